/*
 * jsmn finds where tokens begin and end but is no judge of the text between them: it takes `["a" "b"]`, `1a`, `[,]`
 * and lone surrogates, and on deep nesting its time is quadratic. So the text goes through a plain recursive descent
 * first, one function for each rule of the grammar. What passes is JSON, no deeper than HF_JSON_MAX_DEPTH, with a known
 * number of tokens: jsmn then has nothing left to get wrong, and its token array is allocated once.
 *
 * The text ends in a NUL and holds no other, so every rule may look at the next byte without asking for the end.
 */
#include "base/json_grammar.h"

#include "base/error.h"

#include <string.h>

typedef struct {
    const char *what;
    const char *text;
    const char *at;
    size_t nodes;
    size_t max_nodes;
    unsigned depth;
    GError **error;
} Checker;

static bool check_value(Checker *self);

static bool malformed(Checker *self, const char *problem)
{
    g_set_error(self->error, HF_ERROR, HF_ERROR_CORRUPT, "%s is not valid JSON: %s at byte %zu", self->what, problem,
                (size_t)(self->at - self->text));
    return false;
}

static bool count_node(Checker *self)
{
    if (self->nodes++ < self->max_nodes)
        return true;
    g_set_error(self->error, HF_ERROR, HF_ERROR_LIMIT, "%s holds more than the %zu values that are accepted",
                self->what, self->max_nodes);
    return false;
}

static void skip_space(Checker *self)
{
    while (*self->at == ' ' || *self->at == '\t' || *self->at == '\n' || *self->at == '\r')
        self->at++;
}

/* Takes `c` and the space around it if it comes next. */
static bool take(Checker *self, char c)
{
    skip_space(self);
    if (*self->at != c)
        return false;
    self->at++;
    skip_space(self);
    return true;
}

/* The unit of the escape \uXXXX at `at`, or -1. */
static int escaped_unit(const char *at)
{
    if (at[0] != '\\' || at[1] != 'u')
        return -1;
    int unit = 0;
    for (int i = 2; i < 6; i++) {
        int digit = g_ascii_xdigit_value(at[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool is_high_surrogate(int unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low_surrogate(int unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

static bool check_unicode_escape(Checker *self)
{
    int unit = escaped_unit(self->at);
    if (unit < 0)
        return malformed(self, "a \\u without four hexadecimal digits");
    if (unit == 0)
        return malformed(self, "a NUL inside a string");
    bool pair = is_high_surrogate(unit) && is_low_surrogate(escaped_unit(self->at + 6));
    if (!pair && (is_high_surrogate(unit) || is_low_surrogate(unit)))
        return malformed(self, "half a surrogate pair");
    self->at += pair ? 12 : 6;
    return true;
}

static bool check_escape(Checker *self)
{
    if (self->at[1] == 'u')
        return check_unicode_escape(self);
    if (self->at[1] == '\0' || strchr("\"\\/bfnrt", self->at[1]) == NULL)
        return malformed(self, "an unknown escape");
    self->at += 2;
    return true;
}

static bool check_string(Checker *self)
{
    if (*self->at != '"')
        return malformed(self, "no string where one is due");
    if (!count_node(self))
        return false;
    self->at++;
    while (*self->at != '"') {
        if (*self->at == '\\') {
            if (!check_escape(self))
                return false;
        } else if ((unsigned char)*self->at < 0x20) {
            return malformed(self, "an unescaped control character or the end inside a string");
        } else {
            self->at++;
        }
    }
    self->at++;
    return true;
}

static bool skip_digits(Checker *self)
{
    const char *start = self->at;
    while (g_ascii_isdigit(*self->at))
        self->at++;
    return self->at > start;
}

static bool check_number(Checker *self)
{
    if (*self->at == '-')
        self->at++;
    if (*self->at == '0')
        self->at++;
    else if (!skip_digits(self))
        return malformed(self, "no value where one is due");
    if (*self->at == '.') {
        self->at++;
        if (!skip_digits(self))
            return malformed(self, "a fraction without digits");
    }
    if (*self->at == 'e' || *self->at == 'E') {
        self->at++;
        if (*self->at == '+' || *self->at == '-')
            self->at++;
        if (!skip_digits(self))
            return malformed(self, "an exponent without digits");
    }
    return true;
}

static bool check_scalar(Checker *self)
{
    static const char *const words[] = {"true", "false", "null"};

    if (!count_node(self))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(self->at, words[i])) {
            self->at += strlen(words[i]);
            return true;
        }
    return check_number(self);
}

static bool check_member(Checker *self)
{
    if (!check_string(self))
        return false;
    if (!take(self, ':'))
        return malformed(self, "no colon after a key");
    return check_value(self);
}

/* The items between the brackets of an array or an object. */
static bool check_container(Checker *self, char close, bool (*check_item)(Checker *))
{
    if (!count_node(self))
        return false;
    if (++self->depth > HF_JSON_MAX_DEPTH) {
        g_set_error(self->error, HF_ERROR, HF_ERROR_LIMIT, "%s is nested deeper than %d at byte %zu", self->what,
                    HF_JSON_MAX_DEPTH, (size_t)(self->at - self->text));
        return false;
    }
    self->at++;
    skip_space(self);
    if (*self->at != close) {
        do {
            if (!check_item(self))
                return false;
        } while (take(self, ','));
        if (*self->at != close)
            return malformed(self, close == ']' ? "neither a comma nor ]" : "neither a comma nor }");
    }
    self->at++;
    self->depth--;
    return true;
}

static bool check_value(Checker *self)
{
    switch (*self->at) {
    case '{':
        return check_container(self, '}', check_member);
    case '[':
        return check_container(self, ']', check_value);
    case '"':
        return check_string(self);
    default:
        return check_scalar(self);
    }
}

bool hf_json_check_grammar(const char *what, const char *text, size_t max_nodes, size_t *nodes, GError **error)
{
    Checker self = {.what = what, .text = text, .at = text, .max_nodes = max_nodes, .error = error};
    skip_space(&self);
    if (!check_value(&self))
        return false;
    skip_space(&self);
    if (*self.at != '\0')
        return malformed(&self, "something after the value");
    *nodes = self.nodes;
    return true;
}
