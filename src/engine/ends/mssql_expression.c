#include "engine/ends/mssql_expression.h"

#include "base/error.h"

#include <string.h>

/*
 * T-SQL has conditions and values, and no way between them: a bit column is no condition, a comparison is no value. So
 * each rendered part carries its class, and as_condition and as_value go from one to the other.
 */

typedef struct {
    char *sql; /* NULL: refused */
    HfMssqlClass class;
    const HfExpression *literal; /* the constant that it is, or NULL */
} Part;

static const Part refused = {NULL, HF_MSSQL_OPAQUE, NULL};

static Part render(const HfMssqlScope *scope, const HfExpression *self, GError **error);

static void clear_part(Part *self)
{
    g_free(self->sql);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Part, clear_part)

char *hf_mssql_quote_name(const char *name)
{
    g_auto(GStrv) pieces = g_strsplit(name, "]", -1);
    g_autofree char *inner = g_strjoinv("]]", pieces);
    return g_strconcat("[", inner, "]", NULL);
}

char *hf_mssql_quote_text(const char *text)
{
    g_auto(GStrv) pieces = g_strsplit(text, "'", -1);
    g_autofree char *inner = g_strjoinv("''", pieces);
    return g_strconcat("N'", inner, "'", NULL);
}

void hf_mssql_note(GPtrArray *notes, const char *note)
{
    for (guint i = 0; notes != NULL && i < notes->len; i++)
        if (strcmp(notes->pdata[i], note) == 0)
            return;
    if (notes != NULL)
        g_ptr_array_add(notes, g_strdup(note));
}

static Part refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static Part refuse(GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *what = g_strdup_vprintf(format, list);
    va_end(list);
    if (error != NULL && *error == NULL)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_LIMIT, what);
    return refused;
}

HfMssqlClass hf_mssql_class_of(HfNeutralKind kind)
{
    static const HfMssqlClass classes[HF_NEUTRAL_KINDS] = {
        [HF_NEUTRAL_BOOLEAN] = HF_MSSQL_BIT,
        [HF_NEUTRAL_INT16] = HF_MSSQL_INTEGER,
        [HF_NEUTRAL_INT32] = HF_MSSQL_INTEGER,
        [HF_NEUTRAL_INT64] = HF_MSSQL_INTEGER,
        [HF_NEUTRAL_DECIMAL] = HF_MSSQL_DECIMAL,
        [HF_NEUTRAL_FLOAT32] = HF_MSSQL_FLOAT,
        [HF_NEUTRAL_FLOAT64] = HF_MSSQL_FLOAT,
        [HF_NEUTRAL_MONEY] = HF_MSSQL_DECIMAL,
        [HF_NEUTRAL_CHAR] = HF_MSSQL_TEXT,
        [HF_NEUTRAL_TEXT] = HF_MSSQL_TEXT,
        [HF_NEUTRAL_TEXT_WITHOUT_CASE] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_BYTES] = HF_MSSQL_BYTES,
        [HF_NEUTRAL_UUID] = HF_MSSQL_UUID,
        [HF_NEUTRAL_DATE] = HF_MSSQL_DATE,
        [HF_NEUTRAL_TIME] = HF_MSSQL_TIME,
        [HF_NEUTRAL_TIME_WITH_ZONE] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_TIMESTAMP] = HF_MSSQL_TIMESTAMP,
        [HF_NEUTRAL_INSTANT] = HF_MSSQL_INSTANT,
        [HF_NEUTRAL_INTERVAL] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_JSON] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_XML] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_ENUM] = HF_MSSQL_TEXT,
        [HF_NEUTRAL_ARRAY] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_COMPOSITE] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_RANGE] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_NETWORK] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_MAC] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_BITS] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_SEARCH_VECTOR] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_MAP] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_GEOMETRY] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_OTHER] = HF_MSSQL_OPAQUE,
    };
    return classes[kind];
}

static bool is_number(HfMssqlClass class)
{
    return class == HF_MSSQL_INTEGER || class == HF_MSSQL_DECIMAL || class == HF_MSSQL_FLOAT;
}

/* ---- Between conditions and values ---------------------------------------------------------------------------------
 */

static Part as_condition(Part part, GError **error)
{
    if (part.sql == NULL || part.class == HF_MSSQL_CONDITION)
        return part;
    g_autofree char *sql = part.sql;
    if (part.class != HF_MSSQL_BIT)
        return refuse(error, "a value in the place of a condition");
    return (Part){g_strconcat(sql, " = 1", NULL), HF_MSSQL_CONDITION, NULL};
}

static Part as_value(Part part)
{
    if (part.sql == NULL || part.class != HF_MSSQL_CONDITION)
        return part;
    g_autofree char *sql = part.sql;
    return (Part){g_strdup_printf("(CASE WHEN %s THEN CAST(1 AS bit) WHEN NOT (%s) THEN CAST(0 AS bit) END)", sql, sql),
                  HF_MSSQL_BIT, NULL};
}

static Part condition_of(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    return as_condition(render(scope, self, error), error);
}

static Part value_of(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    return as_value(render(scope, self, error));
}

/* ---- Constants and casts -------------------------------------------------------------------------------------------
 */

/* Builtin types by the names that casts print, without what is in parentheses. */
static bool class_of_type(const char *type, HfMssqlClass *class)
{
    static const struct {
        const char *name;
        HfMssqlClass class;
    } types[] = {
        {"boolean", HF_MSSQL_BIT},
        {"smallint", HF_MSSQL_INTEGER},
        {"integer", HF_MSSQL_INTEGER},
        {"bigint", HF_MSSQL_INTEGER},
        {"numeric", HF_MSSQL_DECIMAL},
        {"real", HF_MSSQL_FLOAT},
        {"double precision", HF_MSSQL_FLOAT},
        {"text", HF_MSSQL_TEXT},
        {"character varying", HF_MSSQL_TEXT},
        {"bpchar", HF_MSSQL_TEXT},
        {"character", HF_MSSQL_TEXT},
        {"name", HF_MSSQL_TEXT},
        {"date", HF_MSSQL_DATE},
        {"time without time zone", HF_MSSQL_TIME},
        {"timestamp without time zone", HF_MSSQL_TIMESTAMP},
        {"timestamp with time zone", HF_MSSQL_INSTANT},
        {"uuid", HF_MSSQL_UUID},
        {"bytea", HF_MSSQL_BYTES},
        {"json", HF_MSSQL_OPAQUE},
        {"jsonb", HF_MSSQL_OPAQUE},
    };
    g_autofree char *plain = g_strdup(type);
    char *open = strchr(plain, '(');
    char *close = open != NULL ? strchr(open, ')') : NULL;
    if (close != NULL)
        memmove(open, close + 1, strlen(close + 1) + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(types[i].name, plain) == 0) {
            *class = types[i].class;
            return true;
        }
    return false;
}

static bool is_plain_number(const char *text)
{
    const char *digits = *text == '-' ? text + 1 : text;
    size_t length = strspn(digits, "0123456789.");
    return length > 0 && digits[length] == '\0';
}

/* 'text'::type of a date, time or instant that both read alike: ISO, of the years 1 to 9999. */
static bool is_plain_moment(const char *text)
{
    return g_regex_match_simple("^([0-9]{4}-[0-9]{2}-[0-9]{2})?[ T]?([0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?"
                                "([+-][0-9]{2}(:[0-9]{2})?)?)?$",
                                text, 0, 0) &&
           strncmp(text, "24:", 3) != 0 && strncmp(text, "0000", 4) != 0;
}

static char *moment(const char *text, const char *type)
{
    /* +01 is +01:00 there. */
    bool short_zone = g_regex_match_simple("[+-][0-9]{2}$", text, 0, 0) && strchr(text, ':') != NULL;
    g_autofree char *whole = g_strconcat(text, short_zone ? ":00" : "", NULL);
    g_autofree char *quoted = hf_mssql_quote_text(whole);
    return g_strdup_printf("CAST(%s AS %s)", quoted, type);
}

static Part cast_literal(const HfExpression *literal, HfMssqlClass class, const char *type, GError **error)
{
    static const char *const moments[] = {[HF_MSSQL_DATE] = "date",
                                          [HF_MSSQL_TIME] = "time(6)",
                                          [HF_MSSQL_TIMESTAMP] = "datetime2(6)",
                                          [HF_MSSQL_INSTANT] = "datetimeoffset(6)"};
    const char *text = literal->text;
    bool number = is_number(class) && is_plain_number(text);
    if (number || class == HF_MSSQL_TEXT || class == HF_MSSQL_OPAQUE)
        return (Part){number ? g_strdup(text) : hf_mssql_quote_text(text), class, literal};
    if (class == HF_MSSQL_BIT && (strcmp(text, "t") == 0 || strcmp(text, "true") == 0))
        return (Part){g_strdup("1"), class, literal};
    if (class == HF_MSSQL_BIT && (strcmp(text, "f") == 0 || strcmp(text, "false") == 0))
        return (Part){g_strdup("0"), class, literal};
    if (class >= HF_MSSQL_DATE && class <= HF_MSSQL_INSTANT && is_plain_moment(text))
        return (Part){moment(text, moments[class]), class, literal};
    if (class == HF_MSSQL_UUID && g_uuid_string_is_valid(text)) {
        g_autofree char *quoted = hf_mssql_quote_text(text);
        return (Part){g_strdup_printf("CAST(%s AS uniqueidentifier)", quoted), class, literal};
    }
    if (class == HF_MSSQL_BYTES && g_regex_match_simple("^\\\\x([0-9a-f]{2})*$", text, 0, 0))
        return (Part){g_strconcat("0x", text + 2, NULL), class, literal};
    return refuse(error, "the constant '%s' of the type %s", text, type);
}

static Part cast_value(Part inner, HfMssqlClass class, const char *type, GError **error)
{
    g_autofree char *sql = inner.sql;
    if (sql == NULL)
        return refused;
    bool cut = strchr(type, '(') != NULL; /* a length or precision that would change the value */
    bool widens = is_number(inner.class) && is_number(class) && inner.class <= class;
    if (!cut && (inner.class == class || inner.class == HF_MSSQL_NULL) && class != HF_MSSQL_OPAQUE &&
        class != HF_MSSQL_INTEGER)
        return (Part){g_steal_pointer(&sql), class, inner.literal};
    if (class == HF_MSSQL_INTEGER && inner.class == HF_MSSQL_INTEGER)
        return inner.literal != NULL
                   ? (Part){g_steal_pointer(&sql), class, inner.literal}
                   : (Part){g_strdup_printf("CAST(%s AS %s)", sql, strcmp(type, "integer") == 0 ? "int" : type), class,
                            NULL};
    if (widens && class == HF_MSSQL_FLOAT && !cut)
        return (Part){g_strdup_printf("CAST(%s AS float(53))", sql), class, NULL};
    if (widens && !cut)
        return (Part){g_steal_pointer(&sql), class, inner.literal};
    if (class == HF_MSSQL_DATE && inner.class == HF_MSSQL_TIMESTAMP)
        return (Part){g_strdup_printf("CAST(%s AS date)", sql), class, NULL};
    return refuse(error, "a cast to %s", type);
}

static Part render_cast(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    HfMssqlClass class = HF_MSSQL_OPAQUE;
    const HfExpression *inner = hf_expression_part(self, 0);
    bool known = class_of_type(self->text, &class);
    if (inner->kind == HF_EXPRESSION_TEXT) {
        bool array = g_str_has_suffix(self->text, "[]");
        if (array && strcmp(inner->text, "{}") == 0)
            return (Part){g_strdup("N'[]'"), HF_MSSQL_OPAQUE, inner};
        if (known && (strchr(self->text, '(') == NULL || class == HF_MSSQL_INSTANT || class == HF_MSSQL_TIMESTAMP))
            return cast_literal(inner, class, self->text, error);
        /* A label of an enum is its text; a constant of another type of a user is not known. */
        if (!known && !array && strchr(self->text, '.') != NULL)
            return (Part){hf_mssql_quote_text(inner->text), HF_MSSQL_TEXT, inner};
        return refuse(error, "the constant '%s' of the type %s", inner->text, self->text);
    }
    if (inner->kind == HF_EXPRESSION_NULL)
        return (Part){g_strdup("NULL"), known ? class : HF_MSSQL_NULL, inner};
    if (!known)
        return refuse(error, "a cast to %s", self->text);
    return cast_value(value_of(scope, inner, error), class, self->text, error);
}

/* ---- Operators -----------------------------------------------------------------------------------------------------
 */

static bool is_equality(const char *sign)
{
    return strcmp(sign, "=") == 0 || strcmp(sign, "<>") == 0;
}

static bool is_comparison(const char *sign)
{
    static const char *const signs[] = {"=", "<>", "<", ">", "<=", ">=", NULL};
    return g_strv_contains(signs, sign);
}

static bool comparable(HfMssqlClass left, HfMssqlClass right, const char *sign, GError **error)
{
    if (left == HF_MSSQL_NULL || right == HF_MSSQL_NULL)
        return true;
    if (is_number(left) && is_number(right))
        return true;
    if (left != right || left == HF_MSSQL_OPAQUE)
        return refuse(error, "%s between values of these types", sign).sql != NULL;
    if ((left == HF_MSSQL_TEXT || left == HF_MSSQL_UUID) && !is_equality(sign))
        return refuse(error, "the order of texts or UUIDs (%s)", sign).sql != NULL;
    return true;
}

/* A constant without a cast of its own takes the other side's class. */
static bool settle(Part *left, Part *right, GError **error)
{
    Part *sides[][2] = {{left, right}, {right, left}};
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        Part *mine = sides[i][0], *other = sides[i][1];
        if (mine->literal == NULL || mine->literal->kind != HF_EXPRESSION_TEXT || mine->class != HF_MSSQL_TEXT ||
            other->class == HF_MSSQL_TEXT || other->class == HF_MSSQL_OPAQUE || other->class == HF_MSSQL_NULL)
            continue;
        Part cast = cast_literal(mine->literal, other->class, "the other side", error);
        g_free(mine->sql);
        *mine = cast;
        if (cast.sql == NULL)
            return false;
    }
    return true;
}

static Part compare(const HfMssqlScope *scope, const char *sign, Part left, Part right, GError **error)
{
    g_auto(Part) a = left;
    g_auto(Part) b = right;
    if (a.sql == NULL || b.sql == NULL || !settle(&a, &b, error) || !comparable(a.class, b.class, sign, error))
        return refused;
    if (a.class == HF_MSSQL_TEXT)
        hf_mssql_note(scope->notes, "texts that differ in trailing spaces alone are equal");
    return (Part){g_strdup_printf("%s %s %s", a.sql, sign, b.sql), HF_MSSQL_CONDITION, NULL};
}

static Part calculate(const HfMssqlScope *scope, const char *sign, Part left, Part right, GError **error)
{
    g_auto(Part) a = left;
    g_auto(Part) b = right;
    if (a.sql == NULL || b.sql == NULL)
        return refused;
    bool text = a.class == HF_MSSQL_TEXT && b.class == HF_MSSQL_TEXT;
    if (strcmp(sign, "||") == 0 && text)
        return (Part){g_strdup_printf("(%s + %s)", a.sql, b.sql), HF_MSSQL_TEXT, NULL};
    bool integers = a.class == HF_MSSQL_INTEGER && b.class == HF_MSSQL_INTEGER;
    bool numbers = is_number(a.class) && is_number(b.class);
    bool exact = numbers && strchr("+-*", sign[0]) != NULL && sign[1] == '\0';
    if (!exact && !(integers && (strcmp(sign, "/") == 0 || strcmp(sign, "%") == 0 || strcmp(sign, "&") == 0 ||
                                 strcmp(sign, "|") == 0)))
        return refuse(error, "the operator %s between values of these types", sign);
    HfMssqlClass class = MAX(a.class, b.class);
    if (class == HF_MSSQL_DECIMAL)
        hf_mssql_note(scope->notes, "results of decimals have 38 digits at most");
    return (Part){g_strdup_printf("(%s %s %s)", a.sql, sign, b.sql), class, NULL};
}

/* LIKE has brackets there that are plain characters here. */
static Part render_like(const char *sign, Part value, const HfExpression *pattern, GError **error)
{
    g_auto(Part) a = value;
    const HfExpression *literal = hf_expression_without_casts(pattern);
    if (a.sql == NULL)
        return refused;
    if (a.class != HF_MSSQL_TEXT || literal->kind != HF_EXPRESSION_TEXT)
        return refuse(error, "LIKE with what is no constant text");
    g_auto(GStrv) pieces = g_strsplit(literal->text, "[", -1);
    g_autofree char *joined = g_strjoinv("\\[", pieces);
    g_autofree char *quoted = hf_mssql_quote_text(joined);
    return (Part){g_strdup_printf("%s %s %s ESCAPE N'\\'", a.sql, sign, quoted), HF_MSSQL_CONDITION, NULL};
}

static Part render_prefix(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_auto(Part) a = value_of(scope, hf_expression_part(self, 0), error);
    if (a.sql == NULL)
        return refused;
    if (strcmp(self->text, "-") != 0 || !is_number(a.class))
        return refuse(error, "the operator %s before a value", self->text);
    return (Part){g_strdup_printf(*a.sql == '-' ? "(- %s)" : "-%s", a.sql), a.class, a.literal};
}

static Part render_operator(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    if (self->parts->len == 1)
        return render_prefix(scope, self, error);
    const HfExpression *left = hf_expression_part(self, 0), *right = hf_expression_part(self, 1);
    if (strcmp(self->text, "~~") == 0 || strcmp(self->text, "!~~") == 0)
        return render_like(self->text[0] == '!' ? "NOT LIKE" : "LIKE", value_of(scope, left, error), right, error);
    Part a = value_of(scope, left, error);
    Part b = a.sql != NULL ? value_of(scope, right, error) : refused;
    return is_comparison(self->text) ? compare(scope, self->text, a, b, error)
                                     : calculate(scope, self->text, a, b, error);
}

/* = ANY (ARRAY[…]) is IN; <> ALL (…) is NOT IN. */
static Part render_any(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    const HfExpression *array = hf_expression_without_casts(hf_expression_part(self, 1));
    bool any = self->kind == HF_EXPRESSION_ANY;
    if (array->kind != HF_EXPRESSION_ARRAY || array->parts->len == 0 || strcmp(self->text, any ? "=" : "<>") != 0)
        return refuse(error, "%s %s of an array", self->text, any ? "ANY" : "ALL");
    g_autoptr(GString) list = g_string_new(NULL);
    g_autofree char *left = NULL;
    for (guint i = 0; i < array->parts->len; i++) {
        g_auto(Part) a = value_of(scope, hf_expression_part(self, 0), error);
        g_auto(Part) b = a.sql != NULL ? value_of(scope, hf_expression_part(array, i), error) : refused;
        if (b.sql == NULL || !settle(&a, &b, error) || !comparable(a.class, b.class, "=", error))
            return refused;
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", b.sql);
        if (a.class == HF_MSSQL_TEXT)
            hf_mssql_note(scope->notes, "texts that differ in trailing spaces alone are equal");
        if (left == NULL)
            left = g_steal_pointer(&a.sql);
    }
    return (Part){g_strdup_printf("%s %s (%s)", left, any ? "IN" : "NOT IN", list->str), HF_MSSQL_CONDITION, NULL};
}

static Part render_distinct(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_auto(Part) a = value_of(scope, hf_expression_part(self, 0), error);
    g_auto(Part) b = a.sql != NULL ? value_of(scope, hf_expression_part(self, 1), error) : refused;
    if (b.sql == NULL || !settle(&a, &b, error) || !comparable(a.class, b.class, "=", error))
        return refused;
    if (a.class == HF_MSSQL_TEXT)
        hf_mssql_note(scope->notes, "texts that differ in trailing spaces alone are equal");
    bool distinct = g_str_has_prefix(self->text, "distinct");
    return (Part){g_strdup_printf("%s((%s = %s AND %s IS NOT NULL AND %s IS NOT NULL) OR (%s IS NULL AND %s IS NULL))",
                                  distinct ? "NOT " : "", a.sql, b.sql, a.sql, b.sql, a.sql, b.sql),
                  HF_MSSQL_CONDITION, NULL};
}

static Part render_is(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    if (self->parts->len == 2)
        return render_distinct(scope, self, error);
    bool negated = g_str_has_prefix(self->text, "not ");
    const char *word = negated ? self->text + 4 : self->text;
    if (strcmp(word, "null") == 0) {
        g_auto(Part) a = value_of(scope, hf_expression_part(self, 0), error);
        return a.sql == NULL
                   ? refused
                   : (Part){g_strdup_printf("%s IS %sNULL", a.sql, negated ? "NOT " : ""), HF_MSSQL_CONDITION, NULL};
    }
    bool truth = strcmp(word, "true") == 0;
    if (!truth && strcmp(word, "false") != 0)
        return refuse(error, "IS %s", self->text);
    g_auto(Part) a = condition_of(scope, hf_expression_part(self, 0), error);
    if (a.sql == NULL)
        return refused;
    return (Part){g_strdup_printf("(CASE WHEN %s%s%s THEN 1 ELSE 0 END) = %d", truth ? "" : "NOT (", a.sql,
                                  truth ? "" : ")", negated ? 0 : 1),
                  HF_MSSQL_CONDITION, NULL};
}

/* ---- Functions -----------------------------------------------------------------------------------------------------
 */

typedef struct {
    const char *name;
    HfMssqlClass arguments[3];
    guint count;
    HfMssqlClass result;
    const char *before, *after; /* around the arguments */
    const char *note;
} Function;

#define CASE_NOTE "which letters have another case is SQL Server's to say"
#define LENGTH_NOTE "characters beyond U+FFFF count twice"

static const Function functions[] = {
    {"lower", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "LOWER(", ")", CASE_NOTE},
    {"upper", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "UPPER(", ")", CASE_NOTE},
    {"length", {HF_MSSQL_TEXT}, 1, HF_MSSQL_INTEGER, "(DATALENGTH(", ") / 2)", LENGTH_NOTE},
    {"char_length", {HF_MSSQL_TEXT}, 1, HF_MSSQL_INTEGER, "(DATALENGTH(", ") / 2)", LENGTH_NOTE},
    {"character_length", {HF_MSSQL_TEXT}, 1, HF_MSSQL_INTEGER, "(DATALENGTH(", ") / 2)", LENGTH_NOTE},
    {"length", {HF_MSSQL_BYTES}, 1, HF_MSSQL_INTEGER, "DATALENGTH(", ")", NULL},
    {"octet_length", {HF_MSSQL_BYTES}, 1, HF_MSSQL_INTEGER, "DATALENGTH(", ")", NULL},
    {"btrim", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "LTRIM(RTRIM(", "))", NULL},
    {"ltrim", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "LTRIM(", ")", NULL},
    {"rtrim", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "RTRIM(", ")", NULL},
    {"replace", {HF_MSSQL_TEXT, HF_MSSQL_TEXT, HF_MSSQL_TEXT}, 3, HF_MSSQL_TEXT, "REPLACE(", ")", NULL},
    {"abs", {HF_MSSQL_INTEGER}, 1, HF_MSSQL_INTEGER, "ABS(", ")", NULL},
    {"abs", {HF_MSSQL_DECIMAL}, 1, HF_MSSQL_DECIMAL, "ABS(", ")", NULL},
    {"abs", {HF_MSSQL_FLOAT}, 1, HF_MSSQL_FLOAT, "ABS(", ")", NULL},
    {"floor", {HF_MSSQL_DECIMAL}, 1, HF_MSSQL_DECIMAL, "FLOOR(", ")", NULL},
    {"ceil", {HF_MSSQL_DECIMAL}, 1, HF_MSSQL_DECIMAL, "CEILING(", ")", NULL},
    {"ceiling", {HF_MSSQL_DECIMAL}, 1, HF_MSSQL_DECIMAL, "CEILING(", ")", NULL},
    {"round", {HF_MSSQL_DECIMAL, HF_MSSQL_INTEGER}, 2, HF_MSSQL_DECIMAL, "ROUND(", ")", NULL},
    {"mod", {HF_MSSQL_INTEGER, HF_MSSQL_INTEGER}, 2, HF_MSSQL_INTEGER, NULL, NULL, NULL},
    {"now", {0}, 0, HF_MSSQL_INSTANT, "SYSDATETIMEOFFSET(", ")", "the time of the statement, not of the transaction"},
    {"current_timestamp",
     {0},
     0,
     HF_MSSQL_INSTANT,
     "SYSDATETIMEOFFSET(",
     ")",
     "the time of the statement, not of the transaction"},
    {"clock_timestamp", {0}, 0, HF_MSSQL_INSTANT, "SYSDATETIMEOFFSET(", ")", NULL},
    {"statement_timestamp", {0}, 0, HF_MSSQL_INSTANT, "SYSDATETIMEOFFSET(", ")", NULL},
    {"localtimestamp", {0}, 0, HF_MSSQL_TIMESTAMP, "SYSDATETIME(", ")", "the server's own time zone"},
    {"current_date", {0}, 0, HF_MSSQL_DATE, "CAST(SYSDATETIME(", ") AS date)", "the server's own time zone"},
    {"gen_random_uuid", {0}, 0, HF_MSSQL_UUID, "NEWID(", ")", NULL},
    {"uuid_generate_v4", {0}, 0, HF_MSSQL_UUID, "NEWID(", ")", NULL},
    {"current_user", {0}, 0, HF_MSSQL_TEXT, "USER_NAME(", ")", "the names of users are others"},
    {"session_user", {0}, 0, HF_MSSQL_TEXT, "ORIGINAL_LOGIN(", ")", "the names of users are others"},
};

/* NULL: unknown for these arguments. */
static const Function *find_function(const char *name, const Part *arguments, guint count)
{
    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
        const Function *function = &functions[i];
        bool fits = strcmp(function->name, name) == 0 && function->count == count;
        for (guint a = 0; fits && a < count; a++)
            fits = function->arguments[a] == arguments[a].class;
        if (fits)
            return function;
    }
    return NULL;
}

/* coalesce and nullif: of one class, whatever it is. */
static Part render_alike(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_autofree char *name = g_ascii_strup(self->text, -1);
    g_autoptr(GString) sql = g_string_new(name);
    HfMssqlClass class = HF_MSSQL_NULL;
    for (guint i = 0; i < self->parts->len; i++) {
        g_auto(Part) part = value_of(scope, hf_expression_part(self, i), error);
        if (part.sql == NULL)
            return refused;
        if (class != HF_MSSQL_NULL && part.class != class && part.class != HF_MSSQL_NULL &&
            !(is_number(class) && is_number(part.class)))
            return refuse(error, "%s of values of several types", name);
        class = class == HF_MSSQL_NULL || (is_number(class) && part.class > class) ? part.class : class;
        g_string_append_printf(sql, "%s%s", i > 0 ? ", " : "(", part.sql);
    }
    g_string_append_c(sql, ')');
    return (Part){g_string_free(g_steal_pointer(&sql), FALSE), class, NULL};
}

static Part render_extract(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    static const char *const fields[] = {"year", "month", "day", "hour", "minute", NULL};
    if (self->parts->len != 2)
        return refuse(error, "%s()", self->text);
    const HfExpression *field = hf_expression_without_casts(hf_expression_part(self, 0));
    g_auto(Part) from = value_of(scope, hf_expression_part(self, 1), error);
    if (from.sql == NULL)
        return refused;
    bool known = field->kind == HF_EXPRESSION_TEXT && g_strv_contains(fields, field->text);
    if (!known || (from.class != HF_MSSQL_DATE && from.class != HF_MSSQL_TIMESTAMP))
        return refuse(error, "%s() of this field or type", self->text);
    return (Part){g_strdup_printf("DATEPART(%s, %s)", field->text, from.sql), HF_MSSQL_INTEGER, NULL};
}

/* substr(text, from, count) with a start of 1 or more, which is a constant. */
static Part render_substring(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    const HfExpression *start = self->parts->len == 3 ? hf_expression_without_casts(hf_expression_part(self, 1)) : NULL;
    if (start == NULL || start->kind != HF_EXPRESSION_NUMBER || g_ascii_strtoll(start->text, NULL, 10) < 1)
        return refuse(error, "%s() from where no constant says", self->text);
    g_auto(Part) text = value_of(scope, hf_expression_part(self, 0), error);
    g_auto(Part) count = text.sql != NULL ? value_of(scope, hf_expression_part(self, 2), error) : refused;
    if (count.sql == NULL)
        return refused;
    if (text.class != HF_MSSQL_TEXT || count.class != HF_MSSQL_INTEGER)
        return refuse(error, "%s() of these types", self->text);
    hf_mssql_note(scope->notes, LENGTH_NOTE);
    return (Part){g_strdup_printf("SUBSTRING(%s, %s, %s)", text.sql, start->text, count.sql), HF_MSSQL_TEXT, NULL};
}

static Part render_nextval(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    const HfExpression *name = self->parts->len == 1 ? hf_expression_without_casts(hf_expression_part(self, 0)) : NULL;
    g_autofree char *sequence = name != NULL && name->kind == HF_EXPRESSION_TEXT && scope->sequence != NULL
                                    ? scope->sequence(scope, name->text)
                                    : NULL;
    if (sequence == NULL)
        return refuse(error, "nextval() of a sequence that does not go");
    return (Part){g_strdup_printf("NEXT VALUE FOR %s", sequence), HF_MSSQL_INTEGER, NULL};
}

/* Aggregates, which only a view has. */
static Part render_aggregate(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    const HfExpression *only = self->parts->len == 1 ? hf_expression_part(self, 0) : NULL;
    if (only == NULL)
        return refuse(error, "%s()", self->text);
    if (only->kind == HF_EXPRESSION_STAR)
        return (Part){g_strdup("COUNT_BIG(*)"), HF_MSSQL_INTEGER, NULL};
    g_auto(Part) part = value_of(scope, only, error);
    if (part.sql == NULL)
        return refused;
    if (strcmp(self->text, "count") == 0)
        return (Part){g_strdup_printf("COUNT_BIG(%s)", part.sql), HF_MSSQL_INTEGER, NULL};
    if (strcmp(self->text, "sum") == 0 && is_number(part.class))
        return part.class == HF_MSSQL_INTEGER
                   ? (Part){g_strdup_printf("SUM(CAST(%s AS bigint))", part.sql), part.class, NULL}
                   : (Part){g_strdup_printf("SUM(%s)", part.sql), part.class, NULL};
    bool extreme = strcmp(self->text, "min") == 0 || strcmp(self->text, "max") == 0;
    bool ordered = is_number(part.class) || (part.class >= HF_MSSQL_DATE && part.class <= HF_MSSQL_INSTANT);
    g_autofree char *name = g_ascii_strup(self->text, -1);
    if (!extreme || !ordered)
        return refuse(error, "%s() of this type", self->text);
    return (Part){g_strdup_printf("%s(%s)", name, part.sql), part.class, NULL};
}

static Part render_known_call(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    Part arguments[3] = {refused, refused, refused};
    Part result = refused;
    guint count = self->parts->len;
    bool ok = count <= G_N_ELEMENTS(arguments);
    for (guint i = 0; ok && i < count; i++) {
        arguments[i] = value_of(scope, hf_expression_part(self, i), error);
        ok = arguments[i].sql != NULL;
    }
    const Function *function = ok ? find_function(self->text, arguments, count) : NULL;
    if (function == NULL) {
        refuse(error, "%s()%s", self->text, self->parts->len > 0 ? " of these types" : "");
    } else if (function->before == NULL) {
        result = (Part){g_strdup_printf("(%s %% %s)", arguments[0].sql, arguments[1].sql), function->result, NULL};
    } else {
        g_autoptr(GString) sql = g_string_new(function->before);
        for (guint i = 0; i < count; i++)
            g_string_append_printf(sql, "%s%s", i > 0 ? ", " : "", arguments[i].sql);
        g_string_append(sql, function->after);
        if (function->note != NULL)
            hf_mssql_note(scope->notes, function->note);
        result = (Part){g_string_free(g_steal_pointer(&sql), FALSE), function->result, NULL};
    }
    for (guint i = 0; i < G_N_ELEMENTS(arguments); i++)
        g_free(arguments[i].sql);
    return result;
}

static Part render_call(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    static const struct {
        const char *name;
        Part (*render)(const HfMssqlScope *scope, const HfExpression *self, GError **error);
    } special[] = {{"coalesce", render_alike},    {"nullif", render_alike},     {"extract", render_extract},
                   {"date_part", render_extract}, {"substr", render_substring}, {"substring", render_substring},
                   {"nextval", render_nextval},   {"count", render_aggregate},  {"sum", render_aggregate},
                   {"min", render_aggregate},     {"max", render_aggregate}};
    bool builtin = self->qualifier == NULL || strcmp(self->qualifier, "pg_catalog") == 0;
    /* Extensions are anywhere; of theirs only this one is known. */
    if (!builtin && strcmp(self->text, "uuid_generate_v4") != 0)
        return refuse(error, "the function %s.%s()", self->qualifier, self->text);
    for (size_t i = 0; i < G_N_ELEMENTS(special); i++)
        if (strcmp(special[i].name, self->text) == 0)
            return special[i].render(scope, self, error);
    return render_known_call(scope, self, error);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static Part render_column(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    bool as_text = false;
    bool value = scope->value != NULL && self->qualifier == NULL && strcmp(self->text, "value") == 0;
    const HfNeutralColumn *column = value ? scope->value : scope->find(scope, self->qualifier, self->text, &as_text);
    if (column == NULL)
        return refuse(error, "the name %s", self->text);
    g_autofree char *name = hf_mssql_quote_name(scope->name != NULL ? scope->name(scope, column) : column->name);
    g_autofree char *qualifier = self->qualifier != NULL ? hf_mssql_quote_name(self->qualifier) : NULL;
    return (Part){qualifier != NULL ? g_strconcat(qualifier, ".", name, NULL) : g_steal_pointer(&name),
                  as_text ? HF_MSSQL_OPAQUE : hf_mssql_class_of(column->type.kind), NULL};
}

static Part render_both(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_auto(Part) a = condition_of(scope, hf_expression_part(self, 0), error);
    g_auto(Part) b = a.sql != NULL ? condition_of(scope, hf_expression_part(self, 1), error) : refused;
    if (b.sql == NULL)
        return refused;
    return (Part){g_strdup_printf("(%s %s %s)", a.sql, self->kind == HF_EXPRESSION_AND ? "AND" : "OR", b.sql),
                  HF_MSSQL_CONDITION, NULL};
}

static Part render_not(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_auto(Part) a = render(scope, hf_expression_part(self, 0), error);
    if (a.sql != NULL && a.class == HF_MSSQL_BIT)
        return (Part){g_strconcat(a.sql, " = 0", NULL), HF_MSSQL_CONDITION, NULL};
    if (a.sql != NULL && a.class != HF_MSSQL_CONDITION)
        return refuse(error, "NOT of a value");
    return a.sql != NULL ? (Part){g_strdup_printf("NOT (%s)", a.sql), HF_MSSQL_CONDITION, NULL} : refused;
}

static Part render_case(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_autoptr(GString) sql = g_string_new("(CASE");
    HfMssqlClass class = HF_MSSQL_NULL;
    for (guint i = 0; i < self->parts->len; i++) {
        bool other = i + 1 == self->parts->len && i % 2 == 0, condition = i % 2 == 0 && !other;
        g_auto(Part) part = condition ? condition_of(scope, hf_expression_part(self, i), error)
                                      : value_of(scope, hf_expression_part(self, i), error);
        if (part.sql == NULL)
            return refused;
        g_string_append_printf(sql, " %s %s", other ? "ELSE" : condition ? "WHEN" : "THEN", part.sql);
        if (condition || part.class == HF_MSSQL_NULL)
            continue;
        if (class != HF_MSSQL_NULL && class != part.class)
            return refuse(error, "a CASE of several types");
        class = part.class;
    }
    g_string_append(sql, " END)");
    return (Part){g_string_free(g_steal_pointer(&sql), FALSE), class, NULL};
}

static Part render(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    switch (self->kind) {
    case HF_EXPRESSION_TEXT:
        return (Part){hf_mssql_quote_text(self->text), HF_MSSQL_TEXT, self};
    case HF_EXPRESSION_NUMBER:
        return (Part){g_strdup(self->text), strpbrk(self->text, ".eE") != NULL ? HF_MSSQL_DECIMAL : HF_MSSQL_INTEGER,
                      self};
    case HF_EXPRESSION_TRUE:
    case HF_EXPRESSION_FALSE:
        return (Part){g_strdup(self->kind == HF_EXPRESSION_TRUE ? "1" : "0"), HF_MSSQL_BIT, self};
    case HF_EXPRESSION_NULL:
        return (Part){g_strdup("NULL"), HF_MSSQL_NULL, self};
    case HF_EXPRESSION_COLUMN:
        return render_column(scope, self, error);
    case HF_EXPRESSION_CALL:
        return render_call(scope, self, error);
    case HF_EXPRESSION_CAST:
        return render_cast(scope, self, error);
    case HF_EXPRESSION_OPERATOR:
        return render_operator(scope, self, error);
    case HF_EXPRESSION_AND:
    case HF_EXPRESSION_OR:
        return render_both(scope, self, error);
    case HF_EXPRESSION_NOT:
        return render_not(scope, self, error);
    case HF_EXPRESSION_IS:
        return render_is(scope, self, error);
    case HF_EXPRESSION_CASE:
        return render_case(scope, self, error);
    case HF_EXPRESSION_ANY:
    case HF_EXPRESSION_ALL:
        return render_any(scope, self, error);
    default:
        return refuse(error, self->kind == HF_EXPRESSION_COLLATE ? "COLLATE" : "an array of values");
    }
}

char *hf_mssql_value(const HfMssqlScope *scope, const HfExpression *expression, HfMssqlClass *class, GError **error)
{
    Part part = value_of(scope, expression, error);
    *class = part.class;
    return part.sql;
}

char *hf_mssql_condition(const HfMssqlScope *scope, const HfExpression *expression, GError **error)
{
    return condition_of(scope, expression, error).sql;
}
