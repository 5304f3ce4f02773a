#include "engine/ends/postgres_awkward.h"

#include "engine/ends/mssql_encryption.h"
#include "engine/ends/mssql_type.h"
#include "engine/ends/postgres_values.h"
#include "neutral/expression.h"

#include <string.h>

/*
 * Each question to a table is a probe: an aggregate that measures a column, or a condition whose rows are counted. All
 * probes of a table are the target list of one statement, so that it is read once. Of the rows that meet a condition
 * the least and the greatest key are kept, which needs no memory.
 */

#define MAX_PROBES 300 /* of a statement: three columns each, of 1,664 that one may have */
#define CLUSTERED_BYTES 900
#define INDEX_BYTES 1700
#define ROW_BYTES 8060

typedef enum { UNITS, DIGITS, SCALE, COUNT } ProbeKind;

typedef struct {
    ProbeKind kind;
    HfNeutralColumn *column;
    const char *finding; /* of COUNT */
    int awkward;
    char *key;
    char *sql; /* the value whose greatest is wanted, or the condition */
} Probe;

typedef struct {
    HfPg *pg;
    bool unicode; /* the database is in UTF8, so that characters may take two units */
    const HfMssqlMap *map;
    HfNeutralTable *table;
    GArray *probes;
    char *from;    /* "ONLY shop.orders" */
    char *row_key; /* the text by which a row is told */
} Scan;

void hf_awkward_finding_free(HfAwkwardFinding *self)
{
    g_free(self->key);
    g_free(self->first);
    g_free(self->last);
    g_free(self);
}

static void clear_probe(void *data)
{
    Probe *probe = data;
    g_free(probe->key);
    g_free(probe->sql);
}

/* `sql` is transfer full. */
static void add_probe(Scan *self, ProbeKind kind, HfNeutralColumn *column, char *sql)
{
    Probe probe = {.kind = kind, .column = column, .awkward = -1, .sql = sql};
    g_array_append_val(self->probes, probe);
}

static void add_count(Scan *self, const char *finding, HfNeutralColumn *column, const char *key, char *condition)
{
    Probe probe = {COUNT, column, finding, -1, g_strdup(key), condition};
    g_array_append_val(self->probes, probe);
}

/* A condition with the column's name in the place of each {}. */
static void add_awkward(Scan *self, HfAwkward awkward, HfNeutralColumn *column, const char *condition)
{
    g_autofree char *name = hf_pg_quote_ident(column->name);
    g_auto(GStrv) pieces = g_strsplit(condition, "{}", -1);
    Probe probe = {COUNT, column, hf_awkward_name(awkward), awkward, NULL, g_strjoinv(name, pieces)};
    g_array_append_val(self->probes, probe);
}

/* ---- What a column is asked ----------------------------------------------------------------------------------------
 */

/* UTF-16 units of a text: characters, and those beyond U+FFFF once more. */
static char *units_of_text(const Scan *self, const char *text)
{
    if (!self->unicode)
        return g_strdup_printf("pg_catalog.char_length(%s)", text);
    return g_strdup_printf("CASE WHEN pg_catalog.octet_length(%s) < 4 OR pg_catalog.octet_length(%s) = "
                           "pg_catalog.char_length(%s) THEN pg_catalog.char_length(%s) ELSE 2 * "
                           "pg_catalog.char_length(%s) - pg_catalog.char_length(pg_catalog.regexp_replace(%s, "
                           "'[^\\u0001-\\uFFFF]', '', 'g')) END",
                           text, text, text, text, text, text);
}

static char *units_of(const Scan *self, const HfNeutralColumn *column)
{
    g_autofree char *name = hf_pg_quote_ident(column->name);
    g_autofree char *text = g_strconcat(name, "::text", NULL);
    return units_of_text(self, text);
}

/* The bytes that a value takes there, as SQL; 0 of NULL. Transfer full. */
static char *bytes_of(const Scan *self, const HfNeutralColumn *column)
{
    static const unsigned fixed[HF_NEUTRAL_KINDS] = {
        [HF_NEUTRAL_BOOLEAN] = 1,  [HF_NEUTRAL_INT16] = 2,   [HF_NEUTRAL_INT32] = 4,   [HF_NEUTRAL_INT64] = 8,
        [HF_NEUTRAL_DECIMAL] = 17, [HF_NEUTRAL_FLOAT32] = 4, [HF_NEUTRAL_FLOAT64] = 8, [HF_NEUTRAL_MONEY] = 9,
        [HF_NEUTRAL_UUID] = 16,    [HF_NEUTRAL_DATE] = 3,    [HF_NEUTRAL_TIME] = 5,    [HF_NEUTRAL_TIMESTAMP] = 8,
        [HF_NEUTRAL_INSTANT] = 10};
    if (fixed[column->type.kind] > 0)
        return g_strdup_printf("%u", fixed[column->type.kind]);
    g_autofree char *name = hf_pg_quote_ident(column->name);
    if (column->type.kind == HF_NEUTRAL_BYTES)
        return g_strdup_printf("coalesce(pg_catalog.octet_length(%s), 0)", name);
    g_autofree char *units = units_of(self, column);
    /* What is padded has its room in each row. */
    int64_t least = column->type.kind == HF_NEUTRAL_CHAR ? 2 * column->type.length : 0;
    return g_strdup_printf("greatest(coalesce(2 * (%s), 0), %" G_GINT64_FORMAT ")", units, least);
}

/* Whether a key or an index has it, so that it is no LOB there. */
static bool is_in_key(const HfNeutralTable *table, const HfNeutralColumn *column)
{
    bool found = false;
    for (guint i = 0; i < table->keys->len; i++)
        found = found || g_ptr_array_find_with_equal_func(((HfNeutralKey *)table->keys->pdata[i])->columns,
                                                          column->name, g_str_equal, NULL);
    for (guint i = 0; i < table->indexes->len; i++) {
        const HfNeutralIndex *index = table->indexes->pdata[i];
        for (guint k = 0; k < index->items->len; k++)
            found = found || g_strcmp0(((HfNeutralIndexItem *)index->items->pdata[k])->column, column->name) == 0;
    }
    return found;
}

/* Whether it is max there, so that a row has a pointer of it at the most. */
static bool is_large(const Scan *self, const HfNeutralColumn *column)
{
    static const bool of_any_length[HF_NEUTRAL_KINDS] = {
        [HF_NEUTRAL_TEXT] = true,      [HF_NEUTRAL_TEXT_WITHOUT_CASE] = true,
        [HF_NEUTRAL_BYTES] = true,     [HF_NEUTRAL_JSON] = true,
        [HF_NEUTRAL_XML] = true,       [HF_NEUTRAL_ARRAY] = true,
        [HF_NEUTRAL_COMPOSITE] = true, [HF_NEUTRAL_RANGE] = true,
        [HF_NEUTRAL_MAP] = true,       [HF_NEUTRAL_SEARCH_VECTOR] = true,
        [HF_NEUTRAL_GEOMETRY] = true,  [HF_NEUTRAL_OTHER] = true};
    bool bounded = column->type.length > 0 && column->type.length <= 4000;
    return of_any_length[column->type.kind] && !bounded && !is_in_key(self->table, column);
}

static void probe_moments(Scan *self, HfNeutralColumn *column)
{
    const char *zone = column->type.kind == HF_NEUTRAL_INSTANT ? "+00" : "";
    g_autofree char *before = g_strdup_printf("pg_catalog.isfinite({}) AND {} < '0001-01-01%s'", zone);
    g_autofree char *after = g_strdup_printf("pg_catalog.isfinite({}) AND {} >= '10000-01-01%s'", zone);
    add_awkward(self, HF_AWKWARD_INFINITY, column, "NOT pg_catalog.isfinite({})");
    add_awkward(self, HF_AWKWARD_BC, column, before);
    add_awkward(self, HF_AWKWARD_AFTER_9999, column, after);
}

#define IS_SPECIAL "{}::text ~ '[NI]'" /* NaN, Infinity */
#define DIGITS_OF                                                                                                      \
    "CASE WHEN pg_catalog.abs({}) < 1 THEN 0 ELSE pg_catalog.length(pg_catalog.trunc(pg_catalog.abs({}))::text) END"
#define FITS "NOT " IS_SPECIAL " AND (" DIGITS_OF ") + pg_catalog.min_scale({}) <= 38"

static void probe_decimal(Scan *self, HfNeutralColumn *column)
{
    const HfNeutralType *type = &column->type;
    add_awkward(self, HF_AWKWARD_NOT_A_NUMBER, column, IS_SPECIAL);
    if (type->sized && type->precision <= 38 && type->scale >= 0 && type->scale <= type->precision)
        return;
    g_autofree char *name = hf_pg_quote_ident(column->name);
    g_auto(GStrv) digits = g_strsplit("CASE WHEN " FITS " THEN " DIGITS_OF " END", "{}", -1);
    g_auto(GStrv) scale = g_strsplit("CASE WHEN " FITS " THEN pg_catalog.min_scale({}) END", "{}", -1);
    add_awkward(self, HF_AWKWARD_TOO_MANY_DIGITS, column,
                "CASE WHEN " IS_SPECIAL " THEN false ELSE NOT (" FITS ") END");
    add_probe(self, DIGITS, column, g_strjoinv(name, digits));
    add_probe(self, SCALE, column, g_strjoinv(name, scale));
}

/* Escapes for a zero character and for one half of a pair, which only json (not jsonb) takes. Escaped backslashes go
 * first, so that what follows them is no escape. */
#define PLAIN "pg_catalog.replace({}::text, '\\\\', '')"
#define BAD_ESCAPE                                                                                                     \
    "(" PLAIN " ~ '\\\\u0000' OR " PLAIN " ~* '\\\\ud[89ab][0-9a-f]{2}(?!\\\\ud[c-f])' OR " PLAIN                      \
    " ~* '(?<!\\\\ud[89ab][0-9a-f]{2})\\\\ud[c-f][0-9a-f]{2}')"

/* The condition under which a whole number or decimal has no room in a type; NULL: never. Transfer full. */
static char *beyond_number(HfNeutralKind there, const char *type, int64_t size, int64_t scale)
{
    static const char *const ranges[HF_NEUTRAL_KINDS] = {[HF_NEUTRAL_BOOLEAN] = "0 AND 1",
                                                         [HF_NEUTRAL_INT16] = "-32768 AND 32767",
                                                         [HF_NEUTRAL_INT32] = "-2147483648 AND 2147483647",
                                                         [HF_NEUTRAL_INT64] =
                                                             "-9223372036854775808 AND 9223372036854775807"};
    const char *range = strcmp(type, "tinyint") == 0 ? "0 AND 255" : ranges[there];
    if (range != NULL)
        return g_strdup_printf("CASE WHEN " IS_SPECIAL " THEN false ELSE {}::numeric NOT BETWEEN %s OR {}::numeric <> "
                               "pg_catalog.trunc({}::numeric) END",
                               range);
    if (there != HF_NEUTRAL_DECIMAL)
        return NULL;
    size = size > 0 ? size : 18; /* of decimal without a precision */
    return g_strdup_printf("CASE WHEN " IS_SPECIAL
                           " THEN false ELSE pg_catalog.abs({}::numeric) >= 1e%d OR pg_catalog.min_scale({}::numeric) "
                           "> %d END",
                           (int)(size - scale), (int)scale);
}

/* What has no room in the type that the map gives the column. */
static void probe_fit(Scan *self, HfNeutralColumn *column)
{
    int64_t size, scale;
    const char *type = hf_mssql_map_type(self->map, self->table, column);
    if (type == NULL)
        return;
    HfNeutralKind there = hf_mssql_type_kind(type, &size, &scale);
    bool text = there == HF_NEUTRAL_TEXT || there == HF_NEUTRAL_CHAR;
    g_autofree char *name = hf_pg_quote_ident(column->name);
    g_autofree char *units = text ? units_of(self, column) : NULL;
    g_autofree char *condition = NULL;
    if (text && size > 0)
        condition = g_strdup_printf("%s > %d", units, (int)size);
    else if (there == HF_NEUTRAL_BYTES && size > 0)
        condition = g_strdup_printf("pg_catalog.octet_length({}) > %d", (int)size);
    else if (column->type.kind >= HF_NEUTRAL_INT16 && column->type.kind <= HF_NEUTRAL_DECIMAL)
        condition = beyond_number(there, type, size, scale);
    if (condition == NULL)
        return;
    g_auto(GStrv) pieces = g_strsplit(condition, "{}", -1);
    add_count(self, "too long for the type that you chose", column, NULL, g_strjoinv(name, pieces));
}

/* Whether all kinds of it have one size, so that no row can be asked. */
static bool is_fixed(const HfNeutralColumn *column)
{
    return column->type.kind <= HF_NEUTRAL_MONEY || column->type.kind == HF_NEUTRAL_UUID ||
           (column->type.kind >= HF_NEUTRAL_DATE && column->type.kind <= HF_NEUTRAL_INSTANT &&
            column->type.kind != HF_NEUTRAL_TIME_WITH_ZONE);
}

/* What would be longer than SQL Server takes once it is encrypted: of its text as it goes there. */
static void probe_encrypted(Scan *self, HfNeutralColumn *column)
{
    if (!hf_mssql_map_is_encrypted(self->map, self->table, column) || is_fixed(column))
        return;
    HfValueShape shape = {.kind = column->type.kind == HF_NEUTRAL_BYTES ? HF_NEUTRAL_BYTES : HF_NEUTRAL_TEXT};
    g_autofree char *value = hf_postgres_value_sql(column, &shape);
    if (shape.kind == HF_NEUTRAL_BYTES) {
        add_count(self, HF_AWKWARD_TOO_LONG_TO_ENCRYPT, column, NULL,
                  g_strdup_printf("pg_catalog.octet_length(%s) > %d", value, HF_MSSQL_MAX_PLAIN_BYTES));
        return;
    }
    g_autofree char *text = g_strdup_printf("(%s)", value);
    g_autofree char *units = units_of_text(self, text);
    add_count(self, HF_AWKWARD_TOO_LONG_TO_ENCRYPT, column, NULL,
              g_strdup_printf("%s > %d", units, HF_MSSQL_MAX_PLAIN_BYTES / 2));
}

static void probe_column(Scan *self, HfNeutralColumn *column)
{
    probe_fit(self, column);
    probe_encrypted(self, column);
    switch (column->type.kind) {
    case HF_NEUTRAL_DATE:
    case HF_NEUTRAL_TIMESTAMP:
    case HF_NEUTRAL_INSTANT:
        probe_moments(self, column);
        break;
    case HF_NEUTRAL_TIME:
        add_awkward(self, HF_AWKWARD_24_00, column, "{} = '24:00'");
        break;
    case HF_NEUTRAL_DECIMAL:
        probe_decimal(self, column);
        break;
    case HF_NEUTRAL_FLOAT32:
    case HF_NEUTRAL_FLOAT64:
        add_awkward(self, HF_AWKWARD_NOT_A_NUMBER, column, "{} IN ('NaN', 'Infinity', '-Infinity')");
        break;
    case HF_NEUTRAL_JSON:
        if (strcmp(column->type.source, "jsonb") != 0)
            add_awkward(self, HF_AWKWARD_JSON_ESCAPE, column, BAD_ESCAPE);
        break;
    case HF_NEUTRAL_CHAR:
    case HF_NEUTRAL_TEXT:
    case HF_NEUTRAL_TEXT_WITHOUT_CASE:
    case HF_NEUTRAL_BITS:
    case HF_NEUTRAL_RANGE:
    case HF_NEUTRAL_OTHER:
        add_probe(self, UNITS, column, units_of(self, column));
        break;
    case HF_NEUTRAL_BYTES: {
        g_autofree char *name = hf_pg_quote_ident(column->name);
        add_probe(self, UNITS, column, g_strdup_printf("pg_catalog.octet_length(%s)", name));
        break;
    }
    default:
        break;
    }
}

/* ---- Keys and rows -------------------------------------------------------------------------------------------------
 */

/* The sum over columns (char*), as in a row or as in a key; NULL: always small. Transfer full. */
static char *sum_of_bytes(const Scan *self, const GPtrArray *names, bool in_row)
{
    bool fixed = true;
    g_autoptr(GString) sum = g_string_new("0");
    for (guint i = 0; i < names->len; i++) {
        const HfNeutralColumn *column = hf_neutral_find_column(self->table->columns, names->pdata[i]);
        if (column == NULL)
            continue;
        g_autofree char *bytes = in_row && is_large(self, column) ? g_strdup("24") : bytes_of(self, column);
        g_string_append_printf(sum, " + %s", bytes);
        fixed = fixed && is_fixed(column);
    }
    return fixed ? NULL : g_string_free(g_steal_pointer(&sum), FALSE);
}

static void probe_key(Scan *self, const char *name, bool clustered, const GPtrArray *columns)
{
    g_autofree char *sum = sum_of_bytes(self, columns, false);
    if (sum == NULL)
        return;
    add_count(self, "key over 1,700 bytes", NULL, name, g_strdup_printf("%s > %d", sum, INDEX_BYTES));
    if (clustered)
        add_count(self, "key over 900 bytes", NULL, name, g_strdup_printf("%s > %d", sum, CLUSTERED_BYTES));
}

static GPtrArray *columns_of_index(const HfNeutralIndex *index)
{
    GPtrArray *columns = g_ptr_array_new();
    for (guint i = 0; i < index->items->len; i++) {
        HfNeutralIndexItem *item = index->items->pdata[i];
        if (item->column != NULL)
            g_ptr_array_add(columns, item->column);
    }
    return columns;
}

static void probe_keys_and_rows(Scan *self)
{
    for (guint i = 0; i < self->table->keys->len; i++) {
        const HfNeutralKey *key = self->table->keys->pdata[i];
        probe_key(self, key->name, key->primary, key->columns);
    }
    for (guint i = 0; i < self->table->indexes->len; i++) {
        const HfNeutralIndex *index = self->table->indexes->pdata[i];
        g_autoptr(GPtrArray) columns = columns_of_index(index);
        if (strcmp(index->method, "btree") == 0)
            probe_key(self, index->name, false, columns);
    }
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    for (guint i = 0; i < self->table->columns->len; i++)
        g_ptr_array_add(all, ((HfNeutralColumn *)self->table->columns->pdata[i])->name);
    g_autofree char *sum = sum_of_bytes(self, all, true);
    if (sum != NULL)
        add_count(self, "row over 8,060 bytes", NULL, NULL, g_strdup_printf("%s > %d", sum, ROW_BYTES));
}

/* ---- The scan ------------------------------------------------------------------------------------------------------
 */

/* The primary key's text, else where the row lies. Transfer full. */
static char *row_key_of(const HfNeutralTable *table)
{
    for (guint i = 0; i < table->keys->len; i++) {
        const HfNeutralKey *key = table->keys->pdata[i];
        if (!key->primary)
            continue;
        GString *sql = g_string_new("pg_catalog.concat_ws(', '");
        for (guint c = 0; c < key->columns->len; c++) {
            g_autofree char *name = hf_pg_quote_ident(key->columns->pdata[c]);
            g_string_append_printf(sql, ", pg_catalog.left(%s::text, 100)", name);
        }
        return g_string_free(g_string_append_c(sql, ')'), FALSE);
    }
    return g_strdup("ctid::text");
}

static void add_finding(const Scan *self, const Probe *probe, uint64_t rows, const char *first, const char *last,
                        GPtrArray *findings)
{
    for (guint i = 0; probe->awkward >= 0 && i < findings->len; i++) {
        HfAwkwardFinding *known = findings->pdata[i];
        if (known->column == probe->column && known->awkward == probe->awkward) {
            known->rows += rows; /* of recount_digits: others of the same kind */
            return;
        }
    }
    HfAwkwardFinding *finding = g_new0(HfAwkwardFinding, 1);
    *finding = (HfAwkwardFinding){.kind = probe->finding,
                                  .awkward = probe->awkward,
                                  .table = self->table,
                                  .column = probe->column,
                                  .key = g_strdup(probe->key),
                                  .rows = rows,
                                  .first = g_strdup(first),
                                  .last = g_strcmp0(first, last) != 0 ? g_strdup(last) : NULL};
    g_ptr_array_add(findings, finding);
}

static int take_answer(const Scan *self, const Probe *probe, const HfPgRows *rows, int at, GPtrArray *findings)
{
    int64_t number = hf_pg_rows_int64(rows, 0, at);
    if (probe->kind == COUNT) {
        if (number > 0)
            add_finding(self, probe, (uint64_t)number, hf_pg_rows_text(rows, 0, at + 1),
                        hf_pg_rows_text(rows, 0, at + 2), findings);
        return 3;
    }
    HfNeutralMeasure *measure = &probe->column->measure;
    *(probe->kind == UNITS ? &measure->units : probe->kind == DIGITS ? &measure->digits : &measure->scale) = number;
    return 1;
}

static bool run_probes(Scan *self, guint start, guint end, GPtrArray *findings, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT pg_catalog.count(*)");
    for (guint i = start; i < end; i++) {
        const Probe *probe = &g_array_index(self->probes, Probe, i);
        if (probe->kind == COUNT)
            g_string_append_printf(sql,
                                   ", pg_catalog.count(*) FILTER (WHERE %s), pg_catalog.min(%s COLLATE \"C\") FILTER "
                                   "(WHERE %s), pg_catalog.max(%s COLLATE \"C\") FILTER (WHERE %s)",
                                   probe->sql, self->row_key, probe->sql, self->row_key, probe->sql);
        else
            g_string_append_printf(sql, ", pg_catalog.max(%s)", probe->sql);
    }
    g_string_append_printf(sql, " FROM %s", self->from);
    g_autoptr(HfPgRows) rows = hf_pg_query(self->pg, sql->str, NULL, error);
    if (rows == NULL)
        return false;
    self->table->rows = hf_pg_rows_int64(rows, 0, 0);
    int at = 1;
    for (guint i = start; i < end; i++)
        at += take_answer(self, &g_array_index(self->probes, Probe, i), rows, at, findings);
    return true;
}

/* One scale for all rows: where one needs many digits before the point and another many behind it, some lose. */
static bool recount_digits(Scan *self, GPtrArray *findings, GError **error)
{
    g_array_set_size(self->probes, 0);
    for (guint i = 0; i < self->table->columns->len; i++) {
        HfNeutralColumn *column = self->table->columns->pdata[i];
        if (column->type.kind != HF_NEUTRAL_DECIMAL || column->measure.digits + column->measure.scale <= 38)
            continue;
        g_autofree char *condition =
            g_strdup_printf("CASE WHEN " IS_SPECIAL " THEN false ELSE " FITS " AND pg_catalog.min_scale({}) > %d END",
                            (int)(38 - column->measure.digits));
        add_awkward(self, HF_AWKWARD_TOO_MANY_DIGITS, column, condition);
    }
    return self->probes->len == 0 || run_probes(self, 0, self->probes->len, findings, error);
}

/* ---- Unique texts --------------------------------------------------------------------------------------------------
 */

static bool is_text(const HfNeutralColumn *column)
{
    return column->type.kind == HF_NEUTRAL_TEXT || column->type.kind == HF_NEUTRAL_TEXT_WITHOUT_CASE;
}

/* A key or an index by what is to be asked of it. */
typedef struct {
    const char *name;
    const GPtrArray *items; /* HfNeutralIndexItem */
    const char *predicate;  /* NULL: of all rows */
} Unique;

/* Transfer full; the names are the key's. */
static GPtrArray *items_of_key(const HfNeutralKey *key)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < key->columns->len; i++) {
        HfNeutralIndexItem *item = g_new0(HfNeutralIndexItem, 1);
        item->column = key->columns->pdata[i];
        g_ptr_array_add(items, item);
    }
    return items;
}

/* Whether it is asked of rows what the expression gives. */
static bool is_plain(const HfExpression *self)
{
    bool plain = self->kind == HF_EXPRESSION_COLUMN || self->kind == HF_EXPRESSION_TEXT ||
                 self->kind == HF_EXPRESSION_NUMBER || hf_expression_is_strict(self);
    for (guint i = 0; plain && i < self->parts->len; i++)
        plain = is_plain(hf_expression_part(self, i));
    return plain;
}

static bool is_asked_for(const HfNeutralIndex *index)
{
    bool asked = index->unique;
    for (guint i = 0; asked && i < index->items->len; i++) {
        const HfNeutralIndexItem *item = index->items->pdata[i];
        g_autoptr(HfExpression) expression =
            item->expression != NULL ? hf_expression_parse(item->expression, NULL) : NULL;
        asked = item->expression == NULL || (expression != NULL && is_plain(expression));
    }
    return asked;
}

/* Counts the groups of rows that a unique key keeps apart by what is taken away: spaces at the end, which no text there
 * has, nor one whose case is ignored; or case. */
static bool count_alike(Scan *self, const char *finding, const Unique *of, bool spaces, GPtrArray *findings,
                        GError **error)
{
    const GPtrArray *items = of->items;
    g_autoptr(GString) group = g_string_new(NULL);
    g_autoptr(GString) filter = g_string_new(NULL);
    bool any = false;
    for (guint i = 0; i < items->len; i++) {
        const HfNeutralIndexItem *item = items->pdata[i];
        const HfNeutralColumn *column =
            item->column != NULL ? hf_neutral_find_column(self->table->columns, item->column) : NULL;
        g_autofree char *quoted =
            item->column != NULL ? hf_pg_quote_ident(item->column) : g_strdup_printf("(%s)", item->expression);
        bool text = item->column == NULL || (column != NULL && is_text(column));
        bool ignores = column != NULL && column->type.kind == HF_NEUTRAL_TEXT_WITHOUT_CASE;
        bool lower = text && (!spaces || ignores);
        g_string_append_printf(group, "%s%s%s%s%s%s%s", i > 0 ? ", " : "", lower ? "pg_catalog.lower(" : "",
                               text && spaces ? "pg_catalog.rtrim(" : "", quoted, text ? "::text" : "",
                               text && spaces ? ")" : "", lower ? ")" : "");
        g_string_append_printf(filter, "%s%s IS NOT NULL", i > 0 ? " AND " : "", quoted);
        any = any || text;
    }
    if (!any)
        return true;
    if (of->predicate != NULL)
        g_string_append_printf(filter, " AND (%s)", of->predicate);
    g_autofree char *sql = g_strdup_printf("SELECT coalesce(pg_catalog.sum(n), 0)::bigint, pg_catalog.min(a COLLATE "
                                           "\"C\"), pg_catalog.max(b COLLATE \"C\") "
                                           "FROM (SELECT pg_catalog.count(*) n, pg_catalog.min(%s COLLATE \"C\") a, "
                                           "pg_catalog.max(%s COLLATE \"C\") b FROM "
                                           "%s WHERE %s GROUP BY %s HAVING pg_catalog.count(*) > 1) g",
                                           self->row_key, self->row_key, self->from, filter->str, group->str);
    g_autoptr(HfPgRows) rows = hf_pg_query(self->pg, sql, NULL, error);
    if (rows == NULL)
        return false;
    Probe probe = {COUNT, NULL, finding, -1, (char *)of->name, NULL};
    if (hf_pg_rows_int64(rows, 0, 0) > 0)
        add_finding(self, &probe, (uint64_t)hf_pg_rows_int64(rows, 0, 0), hf_pg_rows_text(rows, 0, 1),
                    hf_pg_rows_text(rows, 0, 2), findings);
    return true;
}

static bool count_unique(Scan *self, const Unique *of, GPtrArray *findings, GError **error)
{
    return count_alike(self, "unique but for trailing spaces", of, true, findings, error) &&
           count_alike(self, "unique but for case", of, false, findings, error);
}

static bool count_all_unique(Scan *self, GPtrArray *findings, GError **error)
{
    for (guint i = 0; i < self->table->keys->len; i++) {
        const HfNeutralKey *key = self->table->keys->pdata[i];
        g_autoptr(GPtrArray) items = items_of_key(key);
        if (!count_unique(self, &(Unique){key->name, items, NULL}, findings, error))
            return false;
    }
    for (guint i = 0; i < self->table->indexes->len; i++) {
        const HfNeutralIndex *index = self->table->indexes->pdata[i];
        if (is_asked_for(index) &&
            !count_unique(self, &(Unique){index->name, index->items, index->predicate}, findings, error))
            return false;
    }
    return true;
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool measure(Scan *self, GPtrArray *findings, GError **error)
{
    for (guint i = 0; i < self->table->columns->len; i++)
        probe_column(self, self->table->columns->pdata[i]);
    probe_keys_and_rows(self);
    guint start = 0;
    do {
        guint end = MIN(start + MAX_PROBES, self->probes->len);
        if (!run_probes(self, start, end, findings, error))
            return false;
        start = end;
    } while (start < self->probes->len);
    for (guint i = 0; i < self->table->columns->len; i++)
        ((HfNeutralColumn *)self->table->columns->pdata[i])->measure.known = true;
    return recount_digits(self, findings, error) && count_all_unique(self, findings, error);
}

bool hf_postgres_measure_table(HfPg *pg, bool unicode, const HfMssqlMap *map, HfNeutralTable *table,
                               GPtrArray *findings, GError **error)
{
    g_autofree char *name = hf_pg_quote_qualified(table->schema, table->name);
    g_autofree char *from = g_strconcat(table->partitioned ? "" : "ONLY ", name, NULL);
    g_autofree char *row_key = row_key_of(table);
    g_autoptr(GArray) probes = g_array_new(FALSE, FALSE, sizeof(Probe));
    g_array_set_clear_func(probes, clear_probe);
    Scan scan = {pg, unicode, map, table, probes, from, row_key};
    return measure(&scan, findings, error);
}
