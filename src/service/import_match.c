#include "service/import_match.h"

#include "base/error.h"
#include "engine/ends/postgres_catalog.h"

#include <string.h>

/* ---- The table -----------------------------------------------------------------------------------------------------
 */

static void free_column(void *data)
{
    HfImportColumn *column = data;
    g_free(column->name);
    g_free(column->type);
    g_free(column);
}

static GPtrArray *read_columns(HfPg *pg, const char *table, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT a.atthasdef AND "
        "a.attidentity = '', a.attgenerated <> '' FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
        "$1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        (const char *[]){table, NULL}, error);
    if (rows == NULL)
        return NULL;
    GPtrArray *columns = g_ptr_array_new_with_free_func(free_column);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfImportColumn *column = g_new0(HfImportColumn, 1);
        column->name = g_strdup(hf_pg_rows_text(rows, i, 0));
        column->type = g_strdup(hf_pg_rows_text(rows, i, 1));
        column->needed = hf_pg_rows_bool(rows, i, 2);
        column->generated = hf_pg_rows_bool(rows, i, 3);
        g_ptr_array_add(columns, column);
    }
    return columns;
}

bool hf_import_find_table(HfPg *pg, const char *pattern, char **table, GPtrArray **columns, GError **error)
{
    const char *const tables[] = {pattern, NULL};
    const HfScope scope = {.patterns = {.tables = tables}};
    if (!hf_postgres_check_patterns(pg, &scope, error))
        return false;
    g_autoptr(HfPgRows) all = hf_postgres_list_relations(pg, &scope, error);
    g_autoptr(GString) oids = g_string_new("{");
    for (size_t i = 0; all != NULL && i < hf_pg_rows_count(all); i++)
        g_string_append_printf(oids, "%s%s", i > 0 ? "," : "", hf_pg_rows_text(all, i, 0));
    g_string_append_c(oids, '}');
    /* A partition goes with the table above it. */
    g_autoptr(HfPgRows) rows =
        all == NULL ? NULL
                    : hf_pg_query(pg,
                                  "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c "
                                  "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY "
                                  "($1::pg_catalog.oid[]) AND NOT EXISTS (SELECT FROM "
                                  "pg_catalog.pg_partition_ancestors(c.oid) a WHERE a.relid <> c.oid AND a.relid = ANY "
                                  "($1::pg_catalog.oid[])) ORDER BY 1",
                                  (const char *[]){oids->str, NULL}, error);
    if (rows == NULL)
        return false;
    if (hf_pg_rows_count(rows) != 1) {
        if (hf_pg_rows_count(rows) == 0)
            g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "--table %s is no table that rows can go into", pattern);
        else
            g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "--table %s means %zu tables (%s, %s …): name one", pattern,
                        hf_pg_rows_count(rows), hf_pg_rows_text(rows, 0, 0), hf_pg_rows_text(rows, 1, 0));
        return false;
    }
    *table = g_strdup(hf_pg_rows_text(rows, 0, 0));
    *columns = read_columns(pg, *table, error);
    return *columns != NULL;
}

/* ---- Columns -------------------------------------------------------------------------------------------------------
 */

static bool is_same(const char *a, const char *b)
{
    g_autofree char *first = g_utf8_casefold(a, -1), *second = g_utf8_casefold(b, -1);
    g_autofree char *trimmed = g_strdup(first);
    return strcmp(g_strstrip(trimmed), second) == 0;
}

static const HfImportColumn *find_column(const GPtrArray *columns, const char *name)
{
    const HfImportColumn *found = NULL;
    for (guint i = 0; i < columns->len; i++) {
        const HfImportColumn *column = columns->pdata[i];
        if (strcmp(column->name, name) == 0)
            return column;
        found = found == NULL && is_same(name, column->name) ? column : found;
    }
    return found;
}

/* What the options say of a column of the file: NULL if nothing. */
static const char *find_option(const HfImportOptions *options, const char *name, bool *used)
{
    for (guint i = 0; options->columns != NULL && options->columns[i] != NULL; i++) {
        const char *equals = strrchr(options->columns[i], '=');
        g_autofree char *file = g_strndup(options->columns[i], (gsize)(equals - options->columns[i]));
        if (!is_same(name, file))
            continue;
        used[i] = true;
        return equals + 1;
    }
    return NULL;
}

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (error != NULL)
        *error = g_error_new_valist(HF_ERROR, HF_ERROR_USAGE, format, list);
    va_end(list);
    return false;
}

static char *names_of(const GPtrArray *columns)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < columns->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", ((const HfImportColumn *)columns->pdata[i])->name);
    return g_string_free(names, FALSE);
}

static bool match_one(const HfImportOptions *options, const char *name, const char *wanted, const GPtrArray *columns,
                      GHashTable *taken, HfImportResult *result, bool *sent, GError **error)
{
    *sent = false;
    if (wanted != NULL && *wanted == '\0') {
        g_ptr_array_add(result->left_out, g_strdup(name));
        return true;
    }
    const HfImportColumn *column = find_column(columns, wanted != NULL ? wanted : name);
    if (column == NULL) {
        g_autofree char *names = names_of(columns);
        return fail(error,
                    "%s: %s has no column %s, where the file's \"%s\" would go (it has %s): say where with --column "
                    "\"%s=COLUMN\", or leave it out with --column \"%s=\"",
                    options->label, result->table, wanted != NULL ? wanted : name, name, names, name, name);
    }
    if (column->generated) {
        g_ptr_array_add(result->left_out, g_strdup(name));
        return true;
    }
    if (!g_hash_table_add(taken, (gpointer)column))
        return fail(error, "%s: two columns of the file go into %s", options->label, column->name);
    HfImportMatch *match = g_new0(HfImportMatch, 1);
    match->from = g_strdup(name);
    match->to = g_strdup(column->name);
    match->type = g_strdup(column->type);
    g_ptr_array_add(result->matches, match);
    *sent = true;
    return true;
}

/* The columns that no column of the file goes into. */
static bool check_rest(const HfImportOptions *options, const GPtrArray *columns, GHashTable *taken,
                       HfImportResult *result, GError **error)
{
    for (guint i = 0; i < columns->len; i++) {
        const HfImportColumn *column = columns->pdata[i];
        if (g_hash_table_contains(taken, column) || column->generated)
            continue;
        if (column->needed)
            return fail(error, "%s: no column of the file goes into %s of %s, which must have a value", options->label,
                        column->name, result->table);
        g_ptr_array_add(result->by_default, g_strdup(column->name));
    }
    return result->matches->len > 0 || fail(error, "%s: no column of the file goes into the table", options->label);
}

static bool check_options(const HfImportOptions *options, const bool *used, GError **error)
{
    for (guint i = 0; options->columns != NULL && options->columns[i] != NULL; i++)
        if (!used[i])
            return fail(error, "--column %s: the file has no such column", options->columns[i]);
    return true;
}

/* Transfer full. */
static char *name_of(const HfImportOptions *options, const HfRecord *header, guint field)
{
    size_t length;
    const char *text = hf_record_get(header, field, &length);
    return options->no_header || text == NULL ? g_strdup_printf("%u", field + 1) : g_strdup(text);
}

/* What is asked for the column of the file, by a name of it or its place; NULL: nothing. */
static const char *wanted_for(const HfImportOptions *options, guint field, const char *name, const GPtrArray *columns,
                              bool *used)
{
    const char *wanted = find_option(options, name, used);
    if (options->no_header && wanted == NULL && options->columns == NULL && field < columns->len)
        return ((const HfImportColumn *)columns->pdata[field])->name;
    return wanted;
}

static void tell_fields(const HfImportOptions *options, const HfRecord *header, const GPtrArray *columns, bool *used,
                        HfImportResult *result)
{
    for (guint i = 0; i < hf_record_count(header); i++) {
        HfImportField *field = g_new(HfImportField, 1);
        char *name = name_of(options, header, i);
        const char *wanted = wanted_for(options, i, name, columns, used);
        const HfImportColumn *column = find_column(columns, wanted != NULL ? wanted : name);
        *field = (HfImportField){name, g_strdup(column != NULL && !column->generated ? column->name : NULL)};
        g_ptr_array_add(result->fields, field);
    }
}

bool hf_import_match(const HfImportOptions *options, const HfRecord *header, const GPtrArray *columns,
                     HfImportResult *result, bool **fields, GError **error)
{
    guint count = hf_record_count(header);
    guint given = options->columns != NULL ? g_strv_length((char **)(gpointer)options->columns) : 0;
    g_autofree bool *used = g_new0(bool, given + 1);
    g_autofree bool *sent = g_new0(bool, count + 1);
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
    tell_fields(options, header, columns, used, result);
    for (guint i = 0; i < count; i++) {
        const char *name = ((const HfImportField *)result->fields->pdata[i])->name;
        const char *wanted = wanted_for(options, i, name, columns, used);
        if (!match_one(options, name, wanted, columns, taken, result, &sent[i], error))
            return false;
    }
    *fields = g_steal_pointer(&sent);
    return check_options(options, used, error) && check_rest(options, columns, taken, result, error);
}
