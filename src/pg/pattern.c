/*
 * Which regular expressions are the same to PostgreSQL (advanced regular expressions) and to GRegex (PCRE):
 *   - No ? can be written, so there are no lazy quantifiers, no (?…), and (*…) becomes (.*…).
 *   - A quantifier after a quantifier is an error to PostgreSQL and possessive to PCRE: refused. So is a { that begins
 *     no {m}, {m,} or {m,n} up to 255, and what only one of them knows between brackets.
 *   - Of the escapes by letters and digits \d, \s and \w alone mean the same; others are refused.
 *   - . matches a newline, and the end is the very end: G_REGEX_DOTALL, G_REGEX_DOLLAR_ENDONLY.
 * Each part is compiled by itself before it is put between ^( and )$, so that no parenthesis of it closes ours.
 */
#include "pg/pattern.h"

#include "base/error.h"

#include <string.h>

#define MAX_PATTERN_BYTES 4096
#define MAX_REPETITIONS 255 /* PostgreSQL's */
#define COMPILE_FLAGS (G_REGEX_DOTALL | G_REGEX_DOLLAR_ENDONLY)

static bool fail(const char *pattern, const char *why, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                "the pattern %s %s; put a name with special characters between double quotes", pattern, why);
    return false;
}

/* ---- One part ------------------------------------------------------------------------------------------------------
 */

/* The part of a pattern up to a dot outside quotes, as psql translates it; *pattern moves behind it. NULL: a quote is
 * not closed. */
static char *translate_part(const char **pattern)
{
    g_autoptr(GString) regex = g_string_new(NULL);
    bool quoted = false;
    const char *c = *pattern;
    for (; *c != '\0' && (quoted || *c != '.'); c++) {
        if (*c == '"' && quoted && c[1] == '"') {
            g_string_append_c(regex, '"');
            c++;
        } else if (*c == '"') {
            quoted = !quoted;
        } else if (!quoted && *c == '*') {
            g_string_append(regex, ".*");
        } else if (!quoted && *c == '?') {
            g_string_append_c(regex, '.');
        } else if (*c == '$' || (quoted && strchr("|*+?()[]{}.^\\", *c) != NULL) || (*c == '[' && c[1] == ']')) {
            g_string_append_c(regex, '\\'); /* [] is more likely meant as of an array's type than as a bracket */
            g_string_append_c(regex, *c);
        } else {
            g_string_append_c(regex, quoted ? *c : g_ascii_tolower(*c));
        }
    }
    *pattern = c;
    return quoted ? NULL : g_string_free(g_steal_pointer(&regex), FALSE);
}

/* The end of a repetition like {2,3} that begins at `brace`; NULL if it is none. */
static const char *repetition_end(const char *brace)
{
    char *end;
    guint64 low = g_ascii_strtoull(brace + 1, &end, 10);
    if (!g_ascii_isdigit(brace[1]) || low > MAX_REPETITIONS)
        return NULL;
    if (*end == ',' && end[1] != '}') {
        const char *second = end + 1;
        guint64 high = g_ascii_strtoull(second, &end, 10);
        if (!g_ascii_isdigit(*second) || high > MAX_REPETITIONS || high < low)
            return NULL;
    } else if (*end == ',') {
        end++;
    }
    return *end == '}' ? end + 1 : NULL;
}

static bool is_known_escape(const char *c)
{
    return g_ascii_ispunct(c[1]) || c[1] == ' ' || (c[1] != '\0' && strchr("dsw", c[1]) != NULL);
}

/* The end of a class like [:digit:] that begins at `open`; NULL if it is none that both know. */
static const char *class_end(const char *open)
{
    static const char *const classes[] = {"alnum", "alpha", "blank", "cntrl", "digit",  "graph", "lower",
                                          "print", "punct", "space", "upper", "xdigit", NULL};
    const char *end = open[1] == ':' ? strstr(open + 2, ":]") : NULL;
    g_autofree char *name = end != NULL ? g_strndup(open + 2, (gsize)(end - open - 2)) : NULL;
    return name != NULL && g_strv_contains(classes, name) ? end + 2 : NULL;
}

/* The end of the bracket expression at `open`; NULL if it has none, or holds what is not read alike. */
static const char *bracket_end(const char *open)
{
    const char *c = open + 1;
    c += *c == '^';
    for (bool first = true; first || *c != ']'; first = false) {
        if (*c == '[' && c[1] != '\0' && strchr(".:=", c[1]) != NULL)
            c = class_end(c);
        else if (*c == '\\' && is_known_escape(c))
            c += 2;
        else
            c = *c == '\0' || *c == '\\' ? NULL : c + 1;
        if (c == NULL)
            return NULL;
    }
    return c + 1;
}

/* What is wrong with an expression that the two do not read alike; NULL if they do. */
static const char *find_difference(const char *regex)
{
    bool repeatable = false; /* what stands before */
    for (const char *c = regex; *c != '\0';) {
        bool quantifier = *c == '*' || *c == '+' || *c == '{';
        const char *next = *c == '{' ? repetition_end(c) : *c == '[' ? bracket_end(c) : c + (*c == '\\' ? 2 : 1);
        if (*c == '\\' && !is_known_escape(c))
            return "has a backslash before what it cannot stand before (of letters: d, s and w)";
        if (next == NULL)
            return *c == '{' ? "has a { that begins no repetition like {2} or {2,3}" : "has a [ that begins no set";
        if (quantifier && !repeatable)
            return "repeats what cannot be repeated";
        repeatable = !quantifier && strchr("(|^", *c) == NULL;
        c = next;
    }
    return NULL;
}

/* Transfer full; the compiled one goes to `compiled`. */
static char *parse_part(const char *pattern, const char **rest, GRegex **compiled, GError **error)
{
    g_autofree char *part = translate_part(rest);
    const char *why = part != NULL ? find_difference(part) : "has a quote that is not closed";
    if (why != NULL && !fail(pattern, why, error))
        return NULL;
    g_autoptr(GError) reason = NULL;
    g_autoptr(GRegex) alone = g_regex_new(part, COMPILE_FLAGS, 0, &reason);
    char *whole = g_strconcat("^(", part, ")$", NULL);
    *compiled = alone != NULL ? g_regex_new(whole, COMPILE_FLAGS, 0, &reason) : NULL;
    if (*compiled != NULL)
        return whole;
    g_free(whole);
    g_autofree char *text = g_strdup_printf("is not a regular expression (%s)", reason->message);
    fail(pattern, text, error);
    return NULL;
}

/* ---- Patterns ------------------------------------------------------------------------------------------------------
 */

static bool check_text(const char *text, GError **error)
{
    if (strlen(text) > MAX_PATTERN_BYTES) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "the pattern %.60s… is longer than %d bytes; give several shorter ones", text, MAX_PATTERN_BYTES);
        return false;
    }
    if (g_utf8_validate(text, -1, NULL))
        return true;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the pattern %s is not valid UTF-8", valid);
    return false;
}

HfPattern *hf_pattern_parse(const char *text, HfPatternKind kind, GError **error)
{
    if (!check_text(text, error))
        return NULL;
    g_autoptr(HfPattern) self = g_new0(HfPattern, 1);
    const char *rest = text;
    self->text = g_strdup(text);
    self->schema = parse_part(text, &rest, &self->schema_regex, error);
    if (self->schema == NULL)
        return NULL;
    if (kind == HF_PATTERN_TABLE && *rest == '.') {
        rest++;
        self->name = parse_part(text, &rest, &self->name_regex, error);
        if (self->name == NULL)
            return NULL;
    } else if (kind == HF_PATTERN_TABLE) { /* what was read is the name */
        self->name = g_steal_pointer(&self->schema);
        self->name_regex = g_steal_pointer(&self->schema_regex);
    }
    if (*rest == '\0')
        return g_steal_pointer(&self);
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                "the pattern %s has too many dotted names; give %s, and put names with dots between double quotes",
                text, kind == HF_PATTERN_TABLE ? "schema.table" : "a schema alone");
    return NULL;
}

void hf_pattern_free(HfPattern *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->schema_regex, g_regex_unref);
    g_clear_pointer(&self->name_regex, g_regex_unref);
    g_free(self->schema);
    g_free(self->name);
    g_free(self->text);
    g_free(self);
}

static bool matches(const HfPattern *self, GRegex *regex, const char *name)
{
    g_autoptr(GError) reason = NULL;
    bool found = g_regex_match_full(regex, name, -1, 0, 0, NULL, &reason);
    if (reason != NULL)
        g_warning("the pattern %s is too hard to hold against the name %s: %s", self->text, name, reason->message);
    return found;
}

bool hf_pattern_matches(const HfPattern *self, const char *schema, const char *name)
{
    return (self->schema_regex == NULL || matches(self, self->schema_regex, schema)) &&
           (self->name_regex == NULL || matches(self, self->name_regex, name));
}

static void append_name(GString *text, const char *name)
{
    bool plain = *name != '\0' && !g_ascii_isdigit(*name);
    for (const char *c = name; *c != '\0'; c++)
        plain = plain && (g_ascii_islower(*c) || g_ascii_isdigit(*c) || *c == '_' || (*c & 0x80) != 0);
    if (plain) {
        g_string_append(text, name);
        return;
    }
    g_string_append_c(text, '"');
    for (const char *c = name; *c != '\0'; c++)
        g_string_append_printf(text, "%s%c", *c == '"' ? "\"" : "", *c);
    g_string_append_c(text, '"');
}

char *hf_pattern_of_name(const char *schema, const char *name)
{
    GString *text = g_string_new(NULL);
    append_name(text, schema);
    g_string_append_c(text, '.');
    append_name(text, name);
    return g_string_free(text, FALSE);
}
