#include "neutral/expression.h"

#include "base/error.h"

#include <string.h>

/*
 * A parser by descent over tokens, with the precedences of PostgreSQL's manual. It is strict: whatever it does not know
 * ends it with a word about what that is, since a guess would become a wrong check in somebody's database.
 */

#define MAX_DEPTH 200
#define MAX_BYTES 32768 /* so a chain of ANDs is no deeper than a stack can take */

typedef enum { END_OF_TEXT, WORD, QUOTED, STRING, NUMBER, SIGN, PUNCTUATION } TokenKind;

typedef struct {
    TokenKind kind;
    char *text; /* a WORD in lower case */
} Token;

typedef struct {
    GArray *tokens; /* the last is END_OF_TEXT */
    guint at;
    unsigned depth;
    GError **error;
} Parser;

/* ---- Tokens --------------------------------------------------------------------------------------------------------
 */

static void clear_token(void *token)
{
    g_free(((Token *)token)->text);
}

static bool is_word_start(char c)
{
    return g_ascii_isalpha(c) || c == '_' || (c & 0x80) != 0;
}

static bool is_word(char c)
{
    return is_word_start(c) || g_ascii_isdigit(c) || c == '$';
}

/* What is between quotes, which are doubled inside; `*at` is at the first and goes behind the last. NULL: no end. */
static char *take_quoted(const char **at, bool escapes)
{
    char quote = *(*at)++;
    GString *text = g_string_new(NULL);
    for (; **at != '\0'; ++*at) {
        if (**at == quote && (*at)[1] != quote) {
            ++*at;
            return g_string_free(text, FALSE);
        }
        if (**at == quote || (escapes && **at == '\\'))
            ++*at;
        if (**at != '\0')
            g_string_append_c(text, **at);
    }
    g_string_free(text, TRUE);
    return NULL;
}

static bool is_number(const char *at)
{
    return g_ascii_isdigit(*at) || (*at == '.' && g_ascii_isdigit(at[1]));
}

static char *take_number(const char **at)
{
    const char *start = *at;
    while (g_ascii_isdigit(**at) || **at == '.')
        ++*at;
    if ((**at == 'e' || **at == 'E') && (g_ascii_isdigit((*at)[1]) || (*at)[1] == '+' || (*at)[1] == '-'))
        for (*at += 2; g_ascii_isdigit(**at);)
            ++*at;
    return g_strndup(start, (gsize)(*at - start));
}

static char *take_while(const char **at, bool (*belongs)(char))
{
    const char *start = *at;
    while (**at != '\0' && belongs(**at))
        ++*at;
    return g_strndup(start, (gsize)(*at - start));
}

static bool is_sign(char c)
{
    return c != '\0' && strchr("+-*/<>=~!@#%^&|`?", c) != NULL;
}

static Token next_token(const char **at)
{
    if (*at[0] == '\'')
        return (Token){STRING, take_quoted(at, false)};
    if ((*at)[0] == 'E' && (*at)[1] == '\'') {
        ++*at;
        return (Token){STRING, take_quoted(at, true)};
    }
    if (*at[0] == '"')
        return (Token){QUOTED, take_quoted(at, false)};
    if (is_number(*at))
        return (Token){NUMBER, take_number(at)};
    if (is_word_start(**at)) {
        g_autofree char *word = take_while(at, is_word);
        return (Token){WORD, g_ascii_strdown(word, -1)};
    }
    if (is_sign(**at))
        return (Token){SIGN, take_while(at, is_sign)};
    gsize length = strncmp(*at, "::", 2) == 0 ? 2 : 1;
    *at += length;
    return (Token){PUNCTUATION, g_strndup(*at - length, length)};
}

static GArray *tokens_of(const char *text)
{
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(Token));
    g_array_set_clear_func(tokens, clear_token);
    for (const char *at = text; *at != '\0';) {
        if (g_ascii_isspace(*at)) {
            at++;
            continue;
        }
        Token token = next_token(&at);
        if (token.text == NULL) /* a quote without an end: an end of the text where none may be */
            token = (Token){PUNCTUATION, g_strdup("'")};
        g_array_append_val(tokens, token);
    }
    Token end = {END_OF_TEXT, g_strdup("")};
    g_array_append_val(tokens, end);
    return tokens;
}

static const Token *look(const Parser *self, guint ahead)
{
    return &g_array_index(self->tokens, Token, MIN(self->at + ahead, self->tokens->len - 1));
}

static bool is(const Parser *self, guint ahead, TokenKind kind, const char *text)
{
    return look(self, ahead)->kind == kind && strcmp(look(self, ahead)->text, text) == 0;
}

static bool take(Parser *self, TokenKind kind, const char *text)
{
    if (!is(self, 0, kind, text))
        return false;
    self->at++;
    return true;
}

static bool take_word(Parser *self, const char *word)
{
    return take(self, WORD, word);
}

static void *fail(Parser *self, const char *what)
{
    if (self->error != NULL && *self->error == NULL)
        g_set_error_literal(self->error, HF_ERROR, HF_ERROR_LIMIT, what);
    return NULL;
}

static void *fail_here(Parser *self)
{
    g_autofree char *what = g_strdup_printf("\"%s\"", look(self, 0)->text);
    return fail(self, look(self, 0)->kind == END_OF_TEXT ? "an end too early" : what);
}

static bool expect(Parser *self, TokenKind kind, const char *text)
{
    return take(self, kind, text) || fail_here(self) != NULL;
}

/* ---- Trees ---------------------------------------------------------------------------------------------------------
 */

void hf_expression_free(HfExpression *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_free(self->qualifier);
    g_ptr_array_unref(self->parts);
    g_free(self);
}

static void free_part(void *part)
{
    hf_expression_free(part);
}

static GPtrArray *new_list(void)
{
    return g_ptr_array_new_with_free_func(free_part);
}

static HfExpression *node(HfExpressionKind kind, const char *text, HfExpression *a, HfExpression *b)
{
    HfExpression *self = g_new0(HfExpression, 1);
    *self = (HfExpression){.kind = kind, .text = g_strdup(text), .parts = new_list()};
    if (a != NULL)
        g_ptr_array_add(self->parts, a);
    if (b != NULL)
        g_ptr_array_add(self->parts, b);
    return self;
}

const HfExpression *hf_expression_part(const HfExpression *self, guint index)
{
    return self->parts->pdata[index];
}

const HfExpression *hf_expression_without_casts(const HfExpression *self)
{
    while (self->kind == HF_EXPRESSION_CAST)
        self = hf_expression_part(self, 0);
    return self;
}

bool hf_expression_is_strict(const HfExpression *self)
{
    static const char *const functions[] = {"lower",   "upper",     "length", "char_length", "btrim", "ltrim", "rtrim",
                                            "replace", "substring", "substr", "abs",         "floor", "ceil",  NULL};
    bool builtin = self->qualifier == NULL || strcmp(self->qualifier, "pg_catalog") == 0;
    return self->kind == HF_EXPRESSION_OPERATOR || self->kind == HF_EXPRESSION_CAST ||
           (self->kind == HF_EXPRESSION_CALL && builtin && g_strv_contains(functions, self->text));
}

static HfExpression *parse_or(Parser *self);
static HfExpression *parse_operand(Parser *self);

/* Adds to `list` up to the closing sign. */
static bool parse_list(Parser *self, const char *close, GPtrArray *list)
{
    if (take(self, PUNCTUATION, close))
        return true;
    do {
        HfExpression *each = parse_or(self);
        if (each == NULL)
            return false;
        g_ptr_array_add(list, each);
    } while (take(self, PUNCTUATION, ","));
    return expect(self, PUNCTUATION, close);
}

/* Types of more than one word, by their first. */
static void append_rest_of_type(Parser *self, GString *type)
{
    static const char *const rest[][2] = {{"double", "precision"}, {"character", "varying"}, {"bit", "varying"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rest); i++)
        if (strcmp(type->str, rest[i][0]) == 0 && take_word(self, rest[i][1]))
            g_string_append_printf(type, " %s", rest[i][1]);
}

static void append_zone(Parser *self, GString *type)
{
    if ((is(self, 0, WORD, "with") || is(self, 0, WORD, "without")) && is(self, 1, WORD, "time")) {
        g_string_append_printf(type, " %s time zone", look(self, 0)->text);
        self->at += 3;
    }
}

/* "character varying(20)[]". Transfer full; NULL: no type. */
static char *parse_type(Parser *self)
{
    if (look(self, 0)->kind != WORD && look(self, 0)->kind != QUOTED)
        return fail_here(self);
    g_autoptr(GString) type = g_string_new(look(self, 0)->text);
    self->at++;
    while (take(self, PUNCTUATION, ".")) {
        g_string_append_printf(type, ".%s", look(self, 0)->text);
        self->at++;
    }
    append_rest_of_type(self, type);
    if (take(self, PUNCTUATION, "(")) {
        g_string_append_c(type, '(');
        while (!is(self, 0, PUNCTUATION, ")") && look(self, 0)->kind != END_OF_TEXT)
            g_string_append(type, look(self, 0)->text), self->at++;
        if (!expect(self, PUNCTUATION, ")"))
            return NULL;
        g_string_append_c(type, ')');
    }
    append_zone(self, type);
    while (is(self, 0, PUNCTUATION, "[") && is(self, 1, PUNCTUATION, "]")) {
        g_string_append(type, "[]");
        self->at += 2;
    }
    return g_string_free(g_steal_pointer(&type), FALSE);
}

static HfExpression *copy_of(const HfExpression *self)
{
    HfExpression *copy = node(self->kind, self->text, NULL, NULL);
    copy->qualifier = g_strdup(self->qualifier);
    for (guint i = 0; i < self->parts->len; i++)
        g_ptr_array_add(copy->parts, copy_of(hf_expression_part(self, i)));
    return copy;
}

static HfExpression *parse_case(Parser *self)
{
    g_autoptr(HfExpression) operand = NULL;
    if (!is(self, 0, WORD, "when") && (operand = parse_or(self)) == NULL)
        return NULL;
    g_autoptr(HfExpression) result = node(HF_EXPRESSION_CASE, NULL, NULL, NULL);
    while (take_word(self, "when")) {
        HfExpression *condition = parse_or(self);
        if (condition == NULL)
            return NULL;
        g_ptr_array_add(result->parts,
                        operand == NULL ? condition : node(HF_EXPRESSION_OPERATOR, "=", copy_of(operand), condition));
        HfExpression *value = expect(self, WORD, "then") ? parse_or(self) : NULL;
        if (value == NULL)
            return NULL;
        g_ptr_array_add(result->parts, value);
    }
    if (take_word(self, "else")) {
        HfExpression *other = parse_or(self);
        if (other == NULL)
            return NULL;
        g_ptr_array_add(result->parts, other);
    }
    return expect(self, WORD, "end") ? g_steal_pointer(&result) : NULL;
}

/* The parts of extract(year FROM x), substring(x FROM a FOR b): commas of another name. */
static bool parse_arguments(Parser *self, HfExpression *call)
{
    static const char *const commas[] = {"from", "for"};
    if (take(self, SIGN, "*")) {
        g_ptr_array_add(call->parts, node(HF_EXPRESSION_STAR, NULL, NULL, NULL));
        return expect(self, PUNCTUATION, ")");
    }
    if (is(self, 0, WORD, "distinct") || is(self, 0, WORD, "variadic") || is(self, 0, WORD, "both"))
        return fail_here(self) != NULL;
    if (strcmp(call->text, "extract") == 0 && look(self, 0)->kind == WORD) {
        g_ptr_array_add(call->parts, node(HF_EXPRESSION_TEXT, look(self, 0)->text, NULL, NULL));
        self->at++;
        if (!expect(self, WORD, "from"))
            return false;
    }
    if (take(self, PUNCTUATION, ")"))
        return true;
    while (true) {
        HfExpression *part = parse_or(self);
        if (part == NULL)
            return false;
        g_ptr_array_add(call->parts, part);
        if (!take(self, PUNCTUATION, ",") && !take_word(self, commas[0]) && !take_word(self, commas[1]))
            return expect(self, PUNCTUATION, ")");
    }
}

static bool is_call_without_arguments(const char *word)
{
    static const char *const words[] = {"current_timestamp", "current_date",   "current_time", "localtimestamp",
                                        "localtime",         "current_user",   "session_user", "current_catalog",
                                        "current_role",      "current_schema", "user",         NULL};
    return g_strv_contains(words, word);
}

/* A column, or a call of a function. */
static HfExpression *parse_name(Parser *self)
{
    g_autofree char *qualifier = NULL;
    g_autofree char *name = g_strdup(look(self, 0)->text);
    bool quoted = look(self, 0)->kind == QUOTED;
    self->at++;
    if (take(self, PUNCTUATION, ".")) {
        if (look(self, 0)->kind != WORD && look(self, 0)->kind != QUOTED)
            return fail_here(self);
        qualifier = g_steal_pointer(&name);
        name = g_strdup(look(self, 0)->text);
        self->at++;
    }
    if (is(self, 0, PUNCTUATION, "."))
        return fail(self, "a name of three parts");
    bool bare_call = !quoted && qualifier == NULL && is_call_without_arguments(name);
    bool call = bare_call || is(self, 0, PUNCTUATION, "(");
    g_autoptr(HfExpression) result = node(call ? HF_EXPRESSION_CALL : HF_EXPRESSION_COLUMN, name, NULL, NULL);
    result->qualifier = g_steal_pointer(&qualifier);
    if (take(self, PUNCTUATION, "(") && !parse_arguments(self, result))
        return NULL;
    if (is(self, 0, WORD, "filter") || is(self, 0, WORD, "over") || is(self, 0, WORD, "within"))
        return fail(self, "a window or filter of a function");
    return g_steal_pointer(&result);
}

static HfExpression *parse_word(Parser *self)
{
    if (take_word(self, "true"))
        return node(HF_EXPRESSION_TRUE, NULL, NULL, NULL);
    if (take_word(self, "false"))
        return node(HF_EXPRESSION_FALSE, NULL, NULL, NULL);
    if (take_word(self, "null"))
        return node(HF_EXPRESSION_NULL, NULL, NULL, NULL);
    if (take_word(self, "case"))
        return parse_case(self);
    if (is(self, 0, WORD, "select") || is(self, 0, WORD, "exists"))
        return fail(self, "a subquery");
    if (is(self, 0, WORD, "row"))
        return fail(self, "a row of values");
    if (is(self, 0, WORD, "array") && is(self, 1, PUNCTUATION, "[")) {
        self->at += 2;
        g_autoptr(HfExpression) array = node(HF_EXPRESSION_ARRAY, NULL, NULL, NULL);
        return parse_list(self, "]", array->parts) ? g_steal_pointer(&array) : NULL;
    }
    return parse_name(self);
}

static HfExpression *parse_parentheses(Parser *self)
{
    g_autoptr(HfExpression) inner = parse_or(self);
    if (inner != NULL && is(self, 0, PUNCTUATION, ","))
        return fail(self, "a row of values");
    return inner != NULL && expect(self, PUNCTUATION, ")") ? g_steal_pointer(&inner) : NULL;
}

static HfExpression *parse_primary(Parser *self)
{
    const Token *token = look(self, 0);
    if (token->kind == STRING || token->kind == NUMBER) {
        self->at++;
        return node(token->kind == STRING ? HF_EXPRESSION_TEXT : HF_EXPRESSION_NUMBER, token->text, NULL, NULL);
    }
    if (take(self, PUNCTUATION, "("))
        return parse_parentheses(self);
    if (token->kind == WORD)
        return parse_word(self);
    return token->kind == QUOTED ? parse_name(self) : fail_here(self);
}

/* What binds closest: casts, COLLATE, elements. */
static HfExpression *parse_postfix(Parser *self)
{
    g_autoptr(HfExpression) result = parse_primary(self);
    while (result != NULL) {
        if (take(self, PUNCTUATION, "::")) {
            g_autofree char *type = parse_type(self);
            if (type == NULL)
                return NULL;
            result = node(HF_EXPRESSION_CAST, type, g_steal_pointer(&result), NULL);
        } else if (take_word(self, "collate")) {
            g_autofree char *name = parse_type(self);
            if (name == NULL)
                return NULL;
            result = node(HF_EXPRESSION_COLLATE, name, g_steal_pointer(&result), NULL);
        } else if (is(self, 0, PUNCTUATION, "[")) {
            return fail(self, "an element of an array");
        } else if (is(self, 0, PUNCTUATION, ".")) {
            return fail(self, "a field of a value");
        } else {
            return g_steal_pointer(&result);
        }
    }
    return NULL;
}

static HfExpression *parse_unary(Parser *self)
{
    if (look(self, 0)->kind != SIGN)
        return parse_postfix(self);
    g_autofree char *sign = g_strdup(look(self, 0)->text);
    self->at++;
    if (++self->depth > MAX_DEPTH)
        return fail(self, "an expression that is nested too deeply");
    HfExpression *operand = parse_unary(self);
    self->depth--;
    if (operand == NULL)
        return NULL;
    return node(HF_EXPRESSION_OPERATOR, sign, operand, NULL);
}

/* ---- Operators -----------------------------------------------------------------------------------------------------
 */

/* How closely a sign binds its two sides; 0: it is none that stands between two. */
static int strength(const Token *token)
{
    static const char *const signs[][7] = {
        {"<", ">", "=", "<=", ">=", "<>"}, {NULL}, {"+", "-"}, {"*", "/", "%"}, {"^"}};
    if (token->kind != SIGN)
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        for (size_t j = 0; signs[i][j] != NULL; j++)
            if (strcmp(signs[i][j], token->text) == 0)
                return (int)i + 1;
    return 2;
}

/* "= ANY (…)" behind the operator. */
static HfExpression *parse_quantified(Parser *self, const char *sign, HfExpression *left)
{
    bool any = take_word(self, "any");
    if (!any)
        self->at++;
    g_autoptr(HfExpression) mine = left;
    HfExpression *array = expect(self, PUNCTUATION, "(") ? parse_or(self) : NULL;
    if (array == NULL)
        return NULL;
    HfExpression *result = node(any ? HF_EXPRESSION_ANY : HF_EXPRESSION_ALL, sign, g_steal_pointer(&mine), array);
    if (expect(self, PUNCTUATION, ")"))
        return result;
    hf_expression_free(result);
    return NULL;
}

static HfExpression *parse_operators(Parser *self, int least)
{
    g_autoptr(HfExpression) left = parse_unary(self);
    while (left != NULL && strength(look(self, 0)) >= least) {
        int mine = strength(look(self, 0));
        g_autofree char *sign = g_strdup(look(self, 0)->text);
        self->at++;
        if (is(self, 0, WORD, "any") || is(self, 0, WORD, "all")) {
            left = parse_quantified(self, sign, g_steal_pointer(&left));
            continue;
        }
        HfExpression *right = parse_operators(self, mine + 1);
        if (right == NULL)
            return NULL;
        left = node(HF_EXPRESSION_OPERATOR, sign, g_steal_pointer(&left), right);
    }
    return g_steal_pointer(&left);
}

static HfExpression *parse_operand(Parser *self)
{
    return parse_operators(self, 1);
}

/* IS and what follows it. */
static HfExpression *parse_is(Parser *self)
{
    g_autoptr(HfExpression) left = parse_operand(self);
    while (left != NULL && take_word(self, "is")) {
        const char *no = take_word(self, "not") ? "not " : "";
        if (take_word(self, "distinct")) {
            HfExpression *right = expect(self, WORD, "from") ? parse_operand(self) : NULL;
            if (right == NULL)
                return NULL;
            g_autofree char *text = g_strconcat(no, "distinct from", NULL);
            left = node(HF_EXPRESSION_IS, text, g_steal_pointer(&left), right);
            continue;
        }
        if (look(self, 0)->kind != WORD)
            return fail_here(self);
        g_autofree char *text = g_strconcat(no, look(self, 0)->text, NULL);
        self->at++;
        left = node(HF_EXPRESSION_IS, text, g_steal_pointer(&left), NULL);
    }
    return g_steal_pointer(&left);
}

static HfExpression *parse_not(Parser *self)
{
    if (!take_word(self, "not"))
        return parse_is(self);
    HfExpression *operand = parse_not(self);
    return operand != NULL ? node(HF_EXPRESSION_NOT, NULL, operand, NULL) : NULL;
}

static HfExpression *parse_and(Parser *self)
{
    g_autoptr(HfExpression) left = parse_not(self);
    while (left != NULL && take_word(self, "and")) {
        HfExpression *right = parse_not(self);
        if (right == NULL)
            return NULL;
        left = node(HF_EXPRESSION_AND, NULL, g_steal_pointer(&left), right);
    }
    return g_steal_pointer(&left);
}

static HfExpression *parse_or(Parser *self)
{
    if (++self->depth > MAX_DEPTH)
        return fail(self, "an expression that is nested too deeply");
    g_autoptr(HfExpression) left = parse_and(self);
    while (left != NULL && take_word(self, "or")) {
        HfExpression *right = parse_and(self);
        if (right == NULL)
            return NULL;
        left = node(HF_EXPRESSION_OR, NULL, g_steal_pointer(&left), right);
    }
    self->depth--;
    return g_steal_pointer(&left);
}

static void begin(Parser *self, const char *text, GError **error)
{
    *self = (Parser){.tokens = tokens_of(text), .error = error};
}

HfExpression *hf_expression_parse(const char *text, GError **error)
{
    Parser parser;
    g_autoptr(GError) problem = NULL;
    begin(&parser, text, &problem);
    g_autoptr(HfExpression) result =
        strlen(text) <= MAX_BYTES ? parse_or(&parser) : fail(&parser, "an expression of more than 32 kB");
    if (result != NULL && look(&parser, 0)->kind != END_OF_TEXT) {
        fail_here(&parser);
        g_clear_pointer(&result, hf_expression_free);
    }
    g_array_unref(parser.tokens);
    if (problem != NULL)
        g_propagate_error(error, g_steal_pointer(&problem));
    return g_steal_pointer(&result);
}

/* ---- SELECT --------------------------------------------------------------------------------------------------------
 */

static void free_from(void *data)
{
    HfFrom *self = data;
    if (self == NULL)
        return;
    free_from(self->left);
    free_from(self->right);
    hf_expression_free(self->on);
    g_free(self->schema);
    g_free(self->table);
    g_free(self->alias);
    g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfFrom, free_from)

void hf_select_free(HfSelect *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->values);
    g_ptr_array_unref(self->from);
    g_ptr_array_unref(self->group_by);
    hf_expression_free(self->where);
    hf_expression_free(self->having);
    g_free(self);
}

static HfFrom *parse_joined(Parser *self);

/* Words that may follow a table, and so are no alias. */
static bool is_clause(const Token *token)
{
    static const char *const words[] = {"where",     "group",  "having",      "order",   "limit", "union",
                                        "join",      "left",   "right",       "full",    "inner", "cross",
                                        "on",        "using",  "window",      "offset",  "fetch", "for",
                                        "intersect", "except", "tablesample", "natural", NULL};
    return token->kind == WORD && g_strv_contains(words, token->text);
}

static HfFrom *parse_table(Parser *self)
{
    if (take(self, PUNCTUATION, "(")) {
        if (is(self, 0, WORD, "select"))
            return fail(self, "a subquery");
        g_autoptr(HfFrom) inner = parse_joined(self);
        return inner != NULL && expect(self, PUNCTUATION, ")") ? g_steal_pointer(&inner) : NULL;
    }
    if (is(self, 0, WORD, "lateral") || is(self, 0, WORD, "only") || !is(self, 1, PUNCTUATION, "."))
        return fail_here(self); /* names of tables are qualified: the session's search path is empty */
    g_autoptr(HfFrom) table = g_new0(HfFrom, 1);
    table->schema = g_strdup(look(self, 0)->text);
    table->table = g_strdup(look(self, 2)->text);
    self->at += 3;
    if (is(self, 0, PUNCTUATION, "("))
        return fail(self, "a function in the place of a table");
    if ((look(self, 0)->kind == WORD && !is_clause(look(self, 0))) || look(self, 0)->kind == QUOTED) {
        table->alias = g_strdup(look(self, 0)->text);
        self->at++;
    }
    return is(self, 0, PUNCTUATION, "(") ? fail(self, "an alias with columns") : g_steal_pointer(&table);
}

static HfJoin take_join(Parser *self)
{
    static const char *const words[] = {
        [HF_JOIN_LEFT] = "left", [HF_JOIN_RIGHT] = "right", [HF_JOIN_FULL] = "full", [HF_JOIN_CROSS] = "cross"};
    if (take_word(self, "join"))
        return HF_JOIN_INNER;
    for (HfJoin join = HF_JOIN_LEFT; join <= HF_JOIN_CROSS; join++)
        if (take_word(self, words[join]))
            return take_word(self, "join") ? join : HF_JOIN_NONE;
    return HF_JOIN_NONE;
}

static HfFrom *parse_joined(Parser *self)
{
    if (++self->depth > MAX_DEPTH)
        return fail(self, "an expression that is nested too deeply");
    g_autoptr(HfFrom) left = parse_table(self);
    HfJoin join;
    while (left != NULL && (join = take_join(self)) != HF_JOIN_NONE) {
        HfFrom *both = g_new0(HfFrom, 1);
        both->join = join;
        both->left = g_steal_pointer(&left);
        left = both;
        both->right = parse_table(self);
        if (both->right == NULL)
            return NULL;
        if (join != HF_JOIN_CROSS) {
            both->on = expect(self, WORD, "on") ? parse_or(self) : NULL;
            if (both->on == NULL)
                return NULL;
        }
    }
    self->depth--;
    return g_steal_pointer(&left);
}

static bool parse_values(Parser *self, HfSelect *select)
{
    do {
        HfExpression *value = parse_or(self);
        if (value == NULL)
            return false;
        g_ptr_array_add(select->values, value);
        if (take_word(self, "as"))
            self->at++; /* the view says the name, too */
    } while (take(self, PUNCTUATION, ","));
    return true;
}

static bool parse_from(Parser *self, HfSelect *select)
{
    do {
        HfFrom *from = parse_joined(self);
        if (from == NULL)
            return false;
        g_ptr_array_add(select->from, from);
    } while (take(self, PUNCTUATION, ","));
    return true;
}

static bool parse_grouping(Parser *self, HfSelect *select)
{
    do {
        HfExpression *each = parse_or(self);
        if (each == NULL)
            return false;
        g_ptr_array_add(select->group_by, each);
    } while (take(self, PUNCTUATION, ","));
    return true;
}

static bool parse_select(Parser *self, HfSelect *select)
{
    if (!expect(self, WORD, "select"))
        return false;
    select->distinct = take_word(self, "distinct");
    if (select->distinct && is(self, 0, WORD, "on"))
        return fail(self, "DISTINCT ON") != NULL;
    if (!parse_values(self, select) || (take_word(self, "from") && !parse_from(self, select)))
        return false;
    if (take_word(self, "where") && (select->where = parse_or(self)) == NULL)
        return false;
    if (take_word(self, "group") && (!expect(self, WORD, "by") || !parse_grouping(self, select)))
        return false;
    if (take_word(self, "having") && (select->having = parse_or(self)) == NULL)
        return false;
    if (is(self, 0, WORD, "order"))
        return fail(self, "ORDER BY in a view") != NULL;
    take(self, PUNCTUATION, ";");
    return look(self, 0)->kind == END_OF_TEXT || fail_here(self) != NULL;
}

HfSelect *hf_select_parse(const char *text, GError **error)
{
    Parser parser;
    g_autoptr(GError) problem = NULL;
    g_autoptr(HfSelect) select = g_new0(HfSelect, 1);
    select->values = new_list();
    select->group_by = new_list();
    select->from = g_ptr_array_new_with_free_func(free_from);
    begin(&parser, text, &problem);
    bool ok =
        strlen(text) <= MAX_BYTES ? parse_select(&parser, select) : fail(&parser, "a query of more than 32 kB") != NULL;
    g_array_unref(parser.tokens);
    if (problem != NULL)
        g_propagate_error(error, g_steal_pointer(&problem));
    return ok ? g_steal_pointer(&select) : NULL;
}
