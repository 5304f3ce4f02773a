#include "engine/ends/mssql_part.h"

#include "base/error.h"

#include <string.h>

/* Constants and casts. */

/* Builtin types by the names that casts print, without what is in parentheses. */
bool hf_mssql_class_of_type(const char *type, HfMssqlClass *class)
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
        {"name", HF_MSSQL_TEXT},
        {"bpchar", HF_MSSQL_PADDED},
        {"character", HF_MSSQL_PADDED},
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

/* ---- Numbers -------------------------------------------------------------------------------------------------------
 */

static int64_t digits_of_integer(const char *type)
{
    return strcmp(type, "smallint") == 0 ? 5 : strcmp(type, "bigint") == 0 ? 19 : 10;
}

/* A number beyond int is a decimal there, unless it is told to be none. */
static HfMssqlPart integer(const char *text, int64_t digits, const HfExpression *literal, GError **error)
{
    gint64 value;
    if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL))
        return hf_mssql_refuse(error, "the number %s", text);
    bool wide = value > G_MAXINT32 || value < -G_MAXINT32;
    return (HfMssqlPart){.sql = g_strdup_printf(wide ? "CAST(%s AS bigint)" : "%s", text),
                         .class = HF_MSSQL_INTEGER,
                         .literal = literal,
                         .size = wide ? 19 : digits};
}

static HfMssqlPart decimal(const char *text, const HfExpression *literal, GError **error)
{
    const char *digits = *text == '-' ? text + 1 : text;
    size_t before = strspn(digits, "0123456789");
    size_t after = digits[before] == '.' ? strspn(digits + before + 1, "0123456789") : 0;
    size_t dot = digits[before] == '.' ? 1 : 0;
    if (before + after == 0 || before + after > HF_MSSQL_MAX_DIGITS || digits[before + dot + after] != '\0')
        return hf_mssql_refuse(error, "the number %s", text);
    return (HfMssqlPart){.sql = g_strdup(text),
                         .class = HF_MSSQL_DECIMAL,
                         .literal = literal,
                         .size = (int64_t)(before + after),
                         .scale = (int64_t)after};
}

/* A decimal constant there is no float, and is compared with a real as one of those. */
static HfMssqlPart floating(const char *text, const char *type, const HfExpression *literal, GError **error)
{
    if (!g_regex_match_simple("^-?[0-9]+(\\.[0-9]+)?(e[-+]?[0-9]+)?$", text, 0, 0))
        return hf_mssql_refuse(error, "the constant '%s' of the type %s", text, type);
    g_autofree char *number = g_strconcat(text, strchr(text, 'e') == NULL ? "E0" : "", NULL);
    bool single = strcmp(type, "real") == 0;
    return (HfMssqlPart){.sql = single ? g_strdup_printf("CAST(%s AS real)", number) : g_steal_pointer(&number),
                         .class = HF_MSSQL_FLOAT,
                         .literal = literal};
}

HfMssqlPart hf_mssql_number(const HfExpression *literal, GError **error)
{
    if (strpbrk(literal->text, "eE") != NULL)
        return hf_mssql_refuse(error, "the number %s", literal->text);
    return strchr(literal->text, '.') != NULL ? decimal(literal->text, literal, error)
                                              : integer(literal->text, 10, literal, error);
}

/* ---- Constants in quotes -------------------------------------------------------------------------------------------
 */

HfMssqlPart hf_mssql_text(const char *text, HfMssqlClass class, const HfExpression *literal)
{
    glong units = 0;
    g_free(g_utf8_to_utf16(text, -1, NULL, &units, NULL));
    return (HfMssqlPart){.sql = hf_mssql_quote_text(text), .class = class, .literal = literal, .size = MAX(units, 1)};
}

/* 'text'::type of a date, time or instant that both read alike: ISO, of the years 1 to 9999. */
static bool is_plain_moment(const char *text)
{
    return g_regex_match_simple("^([0-9]{4}-[0-9]{2}-[0-9]{2})?[ T]?([0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?"
                                "([+-][0-9]{2}(:[0-9]{2})?)?)?$",
                                text, 0, 0) &&
           strncmp(text, "24:", 3) != 0 && strncmp(text, "0000", 4) != 0;
}

/* CAST of a text to a date is not deterministic for SQL Server, CONVERT with a style over 100 is. */
static HfMssqlPart moment(const HfMssqlScope *scope, const HfExpression *literal, HfMssqlClass class, GError **error)
{
    static const char *const types[] = {[HF_MSSQL_DATE] = "date",
                                        [HF_MSSQL_TIME] = "time(6)",
                                        [HF_MSSQL_TIMESTAMP] = "datetime2(6)",
                                        [HF_MSSQL_INSTANT] = "datetimeoffset(6)"};
    const char *text = literal->text;
    bool plain = class == HF_MSSQL_DATE || class == HF_MSSQL_TIMESTAMP;
    if (!is_plain_moment(text) || (scope->deterministic && !plain))
        return hf_mssql_refuse(error, "the constant '%s' of a date or time", text);
    /* +01 is +01:00 there. */
    bool short_zone = g_regex_match_simple("[+-][0-9]{2}$", text, 0, 0) && strchr(text, ':') != NULL;
    g_autofree char *whole = g_strconcat(text, short_zone ? ":00" : "", NULL);
    g_autofree char *quoted = hf_mssql_quote_text(whole);
    return (HfMssqlPart){.sql = scope->deterministic ? g_strdup_printf("CONVERT(%s, %s, 121)", types[class], quoted)
                                                     : g_strdup_printf("CAST(%s AS %s)", quoted, types[class]),
                         .class = class,
                         .literal = literal};
}

HfMssqlPart hf_mssql_cast_literal(const HfMssqlScope *scope, const HfExpression *literal, HfMssqlClass class,
                                  const char *type, GError **error)
{
    const char *text = literal->text;
    if (hf_mssql_is_text(class) || class == HF_MSSQL_OPAQUE)
        return hf_mssql_text(text, class, literal);
    if (class == HF_MSSQL_INTEGER)
        return integer(text, digits_of_integer(type), literal, error);
    if (class == HF_MSSQL_DECIMAL)
        return decimal(text, literal, error);
    if (class == HF_MSSQL_FLOAT)
        return floating(text, type, literal, error);
    if (class == HF_MSSQL_BIT && (strcmp(text, "t") == 0 || strcmp(text, "true") == 0))
        return (HfMssqlPart){.sql = g_strdup("1"), .class = class, .literal = literal};
    if (class == HF_MSSQL_BIT && (strcmp(text, "f") == 0 || strcmp(text, "false") == 0))
        return (HfMssqlPart){.sql = g_strdup("0"), .class = class, .literal = literal};
    if (class >= HF_MSSQL_DATE && class <= HF_MSSQL_INSTANT)
        return moment(scope, literal, class, error);
    if (class == HF_MSSQL_UUID && g_uuid_string_is_valid(text)) {
        g_autofree char *quoted = hf_mssql_quote_text(text);
        return (HfMssqlPart){
            .sql = g_strdup_printf("CAST(%s AS uniqueidentifier)", quoted), .class = class, .literal = literal};
    }
    if (class == HF_MSSQL_BYTES && g_regex_match_simple("^\\\\x([0-9a-f]{2})*$", text, 0, 0))
        return (HfMssqlPart){.sql = g_strconcat("0x", text + 2, NULL), .class = class, .literal = literal};
    return hf_mssql_refuse(error, "the constant '%s' of the type %s", text, type);
}

/* ---- Casts ---------------------------------------------------------------------------------------------------------
 */

/* `inner` in a function or CAST. Its SQL is taken. */
static HfMssqlPart wrap(HfMssqlPart *inner, HfMssqlClass class, int64_t size, const char *before, const char *after)
{
    g_autofree char *sql = g_steal_pointer(&inner->sql);
    return (HfMssqlPart){
        .sql = g_strconcat(before, sql, after, NULL), .class = class, .size = size, .collated = inner->collated};
}

static HfMssqlPart cast_number(HfMssqlPart *inner, HfMssqlClass class, const char *type, GError **error)
{
    if (class == HF_MSSQL_INTEGER && inner->class == HF_MSSQL_INTEGER) {
        g_autofree char *after = g_strdup_printf(" AS %s)", strcmp(type, "integer") == 0 ? "int" : type);
        int64_t digits = digits_of_integer(type);
        if (inner->literal == NULL)
            return wrap(inner, class, digits, "CAST(", after);
        inner->size = MAX(inner->size, digits);
    } else if (class == HF_MSSQL_FLOAT && (inner->class != HF_MSSQL_FLOAT || inner->literal == NULL)) {
        return wrap(inner, class, 0, "CAST(", strcmp(type, "real") == 0 ? " AS real)" : " AS float(53))");
    } else if (class == HF_MSSQL_DECIMAL && inner->class == HF_MSSQL_INTEGER) {
        int64_t digits = inner->size > 0 ? inner->size : 19;
        g_autofree char *after = g_strdup_printf(" AS decimal(%d, 0))", (int)digits);
        if (inner->literal == NULL)
            return wrap(inner, class, digits, "CAST(", after);
        inner->class = class; /* as it stands it has these digits, and the right type where it is reckoned with */
        inner->size = g_ascii_isalpha(*inner->sql) ? digits : (int64_t)strlen(inner->sql);
    } else if (inner->class != class) {
        return hf_mssql_refuse(error, "a cast to %s", type); /* it rounds here, and cuts there */
    }
    HfMssqlPart same = *inner;
    inner->sql = NULL;
    return same;
}

/* What pads a text is no part of it once it is a text. */
static HfMssqlPart cast_text(HfMssqlPart *inner, HfMssqlClass class)
{
    if (inner->class == HF_MSSQL_PADDED && class == HF_MSSQL_TEXT) {
        if (inner->literal == NULL)
            return wrap(inner, class, inner->size, "RTRIM(", ")");
        g_autofree char *text = g_strdup(inner->literal->text);
        size_t length = strlen(text);
        while (length > 0 && text[length - 1] == ' ')
            text[--length] = '\0';
        return hf_mssql_text(text, class, NULL);
    }
    HfMssqlPart same = *inner;
    same.class = class;
    inner->sql = NULL;
    return same;
}

HfMssqlPart hf_mssql_cast_value(HfMssqlPart inner, HfMssqlClass class, const char *type, GError **error)
{
    g_auto(HfMssqlPart) part = inner;
    if (part.sql == NULL)
        return HF_MSSQL_REFUSED;
    /* A length or precision would change the value; so does a name, which is 63 bytes. */
    bool cuts = strchr(type, '(') != NULL || strcmp(type, "name") == 0;
    if (cuts || class == HF_MSSQL_OPAQUE)
        return hf_mssql_refuse(error, "a cast to %s", type);
    if (hf_mssql_is_number(part.class) && hf_mssql_is_number(class))
        return cast_number(&part, class, type, error);
    if (hf_mssql_is_text(part.class) && hf_mssql_is_text(class))
        return cast_text(&part, class);
    if (class == HF_MSSQL_DATE && part.class == HF_MSSQL_TIMESTAMP)
        return wrap(&part, class, 0, "CAST(", " AS date)");
    if (part.class != class && part.class != HF_MSSQL_NULL)
        return hf_mssql_refuse(error, "a cast to %s", type);
    HfMssqlPart same = part;
    same.class = class;
    part.sql = NULL;
    return same;
}

HfMssqlPart hf_mssql_render_cast(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    HfMssqlClass class = HF_MSSQL_OPAQUE;
    const HfExpression *inner = hf_expression_part(self, 0);
    bool known = hf_mssql_class_of_type(self->text, &class);
    if (inner->kind == HF_EXPRESSION_TEXT) {
        bool array = g_str_has_suffix(self->text, "[]");
        if (array && strcmp(inner->text, "{}") == 0)
            return (HfMssqlPart){.sql = g_strdup("N'[]'"), .class = HF_MSSQL_OPAQUE, .literal = inner};
        if (known && (strchr(self->text, '(') == NULL || class == HF_MSSQL_INSTANT || class == HF_MSSQL_TIMESTAMP))
            return hf_mssql_cast_literal(scope, inner, class, self->text, error);
        /* A label of an enum is its text; a constant of another type of a user is not known. */
        if (!known && !array && strchr(self->text, '.') != NULL)
            return hf_mssql_text(inner->text, HF_MSSQL_TEXT, inner);
        return hf_mssql_refuse(error, "the constant '%s' of the type %s", inner->text, self->text);
    }
    if (inner->kind == HF_EXPRESSION_NULL)
        return (HfMssqlPart){.sql = g_strdup("NULL"), .class = known ? class : HF_MSSQL_NULL, .literal = inner};
    if (!known)
        return hf_mssql_refuse(error, "a cast to %s", self->text);
    return hf_mssql_cast_value(hf_mssql_render_value(scope, inner, error), class, self->text, error);
}
