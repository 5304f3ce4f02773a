#include "engine/ends/postgres_values.h"

#include "pg/connection.h"

#include <string.h>

static const struct {
    uint32_t oid;
    const char *name;
} types[HF_NEUTRAL_KINDS] = {
    [HF_NEUTRAL_BOOLEAN] = {16, "bool"},
    [HF_NEUTRAL_INT16] = {21, "int2"},
    [HF_NEUTRAL_INT32] = {23, "int4"},
    [HF_NEUTRAL_INT64] = {20, "int8"},
    [HF_NEUTRAL_DECIMAL] = {25, "text"},
    [HF_NEUTRAL_FLOAT32] = {700, "float4"},
    [HF_NEUTRAL_FLOAT64] = {701, "float8"},
    [HF_NEUTRAL_TEXT] = {25, "text"},
    [HF_NEUTRAL_BYTES] = {17, "bytea"},
    [HF_NEUTRAL_UUID] = {2950, "uuid"},
    [HF_NEUTRAL_DATE] = {1082, "date"},
    [HF_NEUTRAL_TIME] = {1083, "time"},
    [HF_NEUTRAL_TIMESTAMP] = {1114, "timestamp"},
    [HF_NEUTRAL_INSTANT] = {1184, "timestamptz"},
};

uint32_t hf_postgres_value_oid(HfNeutralKind kind)
{
    return types[kind].oid;
}

/* ---- Awkward values ------------------------------------------------------------------------------------------------
 */

/* "WHEN condition THEN what is chosen"; {} is the column. */
static void add_case(GString *sql, HfChoice choice, const char *condition, const char *clamped)
{
    if (choice == HF_CHOICE_NULL)
        g_string_append_printf(sql, " WHEN %s THEN NULL", condition);
    else if (choice == HF_CHOICE_CLAMP)
        g_string_append_printf(sql, " WHEN %s THEN %s", condition, clamped);
}

static void choose_moment(GString *sql, HfNeutralKind kind, const HfChoice *choices)
{
    const char *zone = kind == HF_NEUTRAL_INSTANT ? "+00" : "",
               *clock = kind == HF_NEUTRAL_DATE ? "" : " 23:59:59.999999";
    g_autofree char *least = g_strdup_printf("'0001-01-01%s%s'", kind == HF_NEUTRAL_DATE ? "" : " 00:00:00", zone);
    g_autofree char *most = g_strdup_printf("'9999-12-31%s%s'", clock, zone);
    g_autofree char *before = g_strdup_printf("pg_catalog.isfinite({}) AND {} < '0001-01-01%s'", zone);
    g_autofree char *after = g_strdup_printf("pg_catalog.isfinite({}) AND {} >= '10000-01-01%s'", zone);
    add_case(sql, choices[HF_AWKWARD_INFINITY], "{} = '-infinity'", least);
    add_case(sql, choices[HF_AWKWARD_INFINITY], "{} = 'infinity'", most);
    add_case(sql, choices[HF_AWKWARD_BC], before, least);
    add_case(sql, choices[HF_AWKWARD_AFTER_9999], after, most);
}

static void choose_decimal(GString *sql, const HfValueShape *shape)
{
    g_autofree char *limit = g_strdup_printf("1e%" G_GINT64_FORMAT "::numeric", shape->precision - shape->scale);
    g_autofree char *unit = g_strdup_printf("1e-%" G_GINT64_FORMAT "::numeric", shape->scale);
    g_autofree char *rounded = g_strdup_printf("pg_catalog.round({}, %" G_GINT64_FORMAT ")", shape->scale);
    /* What is rounded up may be too large only then. */
    g_autofree char *large = g_strdup_printf("pg_catalog.abs(%s) >= %s", rounded, limit);
    g_autofree char *largest = g_strdup_printf("pg_catalog.sign({}) * (%s - %s)", limit, unit);
    g_autofree char *fine = g_strdup_printf("{} <> %s", rounded);
    add_case(sql, shape->choices[HF_AWKWARD_NOT_A_NUMBER], "{}::text ~ '[NI]'", "NULL");
    add_case(sql, shape->choices[HF_AWKWARD_TOO_MANY_DIGITS], large, largest);
    add_case(sql, shape->choices[HF_AWKWARD_TOO_MANY_DIGITS], fine, rounded);
}

/* The same conditions as postgres_awkward.c counts rows by. */
#define PLAIN "pg_catalog.replace({}::text, '\\\\', '')"
#define BAD_ESCAPE                                                                                                     \
    "(" PLAIN " ~ '\\\\u0000' OR " PLAIN " ~* '\\\\ud[89ab][0-9a-f]{2}(?!\\\\ud[c-f])' OR " PLAIN                      \
    " ~* '(?<!\\\\ud[89ab][0-9a-f]{2})\\\\ud[c-f][0-9a-f]{2}')"

/* The column, or CASE with what is chosen for values that do not fit. `column` is quoted. Transfer full. */
static char *chosen(const char *column, HfNeutralKind kind, const HfValueShape *shape)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    switch (kind) {
    case HF_NEUTRAL_DATE:
    case HF_NEUTRAL_TIMESTAMP:
    case HF_NEUTRAL_INSTANT:
        choose_moment(sql, kind, shape->choices);
        break;
    case HF_NEUTRAL_TIME:
        add_case(sql, shape->choices[HF_AWKWARD_24_00], "{} = '24:00'", "'23:59:59.999999'");
        break;
    case HF_NEUTRAL_DECIMAL:
        if (shape->kind == HF_NEUTRAL_DECIMAL)
            choose_decimal(sql, shape);
        break;
    case HF_NEUTRAL_FLOAT32:
    case HF_NEUTRAL_FLOAT64:
        add_case(sql, shape->choices[HF_AWKWARD_NOT_A_NUMBER], "{} IN ('NaN', 'Infinity', '-Infinity')", "NULL");
        break;
    case HF_NEUTRAL_JSON:
        add_case(sql, shape->choices[HF_AWKWARD_JSON_ESCAPE], BAD_ESCAPE, "NULL");
        break;
    default:
        break;
    }
    if (sql->len == 0)
        return g_strdup(column);
    g_auto(GStrv) pieces = g_strsplit(sql->str, "{}", -1);
    g_autofree char *cases = g_strjoinv(column, pieces);
    return g_strdup_printf("(CASE%s ELSE %s END)", cases, column);
}

/* ---- Shapes --------------------------------------------------------------------------------------------------------
 */

static char *as_text(const char *value, HfNeutralKind kind)
{
    switch (kind) {
    case HF_NEUTRAL_ARRAY:
    case HF_NEUTRAL_COMPOSITE:
    case HF_NEUTRAL_MAP:
        return g_strdup_printf("pg_catalog.to_json(%s)::text", value);
    case HF_NEUTRAL_NETWORK: /* a cast adds the length of the net, though the address is one host's */
        return g_strdup_printf("CASE WHEN %s IS NOT NULL THEN pg_catalog.format('%%s', %s) END", value, value);
    case HF_NEUTRAL_MONEY:
        return g_strdup_printf("%s::numeric::text", value);
    default:
        return g_strdup_printf("%s::text", value);
    }
}

char *hf_postgres_value_sql(const HfNeutralColumn *column, const HfValueShape *shape)
{
    g_autofree char *name = hf_pg_quote_ident(column->name);
    bool text_of_awkward = shape->kind == HF_NEUTRAL_TEXT && column->type.kind != HF_NEUTRAL_JSON;
    g_autofree char *value = text_of_awkward ? g_strdup(name) : chosen(name, column->type.kind, shape);
    if (shape->kind == HF_NEUTRAL_TEXT) {
        g_autofree char *text = as_text(value, column->type.kind);
        return shape->padded ? g_strdup_printf("pg_catalog.rtrim(%s)", text) : g_steal_pointer(&text);
    }
    if (shape->kind == HF_NEUTRAL_DECIMAL)
        return g_strdup_printf("%s::numeric(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")::text", value, shape->precision,
                               shape->scale);
    if (shape->kind >= HF_NEUTRAL_TIME && shape->kind <= HF_NEUTRAL_INSTANT && shape->second_digits < 6)
        return g_strdup_printf("%s::%s(%" G_GINT64_FORMAT ")", value, types[shape->kind].name, shape->second_digits);
    return g_strdup_printf("%s::%s", value, types[shape->kind].name);
}
