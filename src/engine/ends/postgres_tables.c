#include "base/error.h"
#include "engine/ends/postgres.h"
#include "engine/ends/postgres_catalog.h"
#include "pg/type.h"

#include <string.h>

void hf_planned_table_free(HfPlannedTable *self)
{
    hf_manifest_table_free(self->info);
    g_free(self);
}

bool hf_postgres_can_slice(const HfPg *pg)
{
    return hf_pg_server_version(pg) >= 140000;
}

/* ---- Scope as SQL --------------------------------------------------------------------------------------------------
 */

typedef char *(*ConditionFunc)(const char *pattern, GError **error);

/* "(p1 OR p2 …)"; "true" or "false" as `empty` says for an empty list. Transfer full. */
static char *any_of(const char *const *patterns, ConditionFunc condition, const char *empty, GError **error)
{
    if (patterns == NULL || *patterns == NULL)
        return g_strdup(empty);
    g_autoptr(GString) text = g_string_new("(");
    for (const char *const *pattern = patterns; *pattern != NULL; pattern++) {
        g_autofree char *one = condition(*pattern, error);
        if (one == NULL)
            return NULL;
        g_string_append_printf(text, "%s%s", pattern == patterns ? "" : " OR ", one);
    }
    g_string_append_c(text, ')');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The condition on pg_class c and pg_namespace n that the scope means. As in pg_dump, --table makes --schema have no
 * effect on tables. Transfer full. */
static char *scope_condition(const HfScope *scope, GError **error)
{
    const HfPatternLists *lists = &scope->patterns;
    bool by_table = lists->tables != NULL && *lists->tables != NULL;
    g_autofree char *wanted = by_table ? any_of(lists->tables, hf_postgres_table_or_partition_condition, "true", error)
                                       : any_of(lists->schemas, hf_postgres_schema_condition, "true", error);
    g_autofree char *no_schema =
        wanted == NULL ? NULL : any_of(lists->exclude_schemas, hf_postgres_schema_condition, "false", error);
    g_autofree char *no_table =
        no_schema == NULL ? NULL
                          : any_of(lists->exclude_tables, hf_postgres_table_or_partition_condition, "false", error);
    return no_table == NULL
               ? NULL
               : g_strdup_printf("%s AND NOT %s AND NOT %s", wanted, by_table ? "false" : no_schema, no_table);
}

#define USER_OBJECT                                                                                                    \
    "(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "   \
    "WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'))"

/* Relations that an extension marks as its configuration, with the condition that selects the user's rows. */
#define CONFIGURATION                                                                                                  \
    "(SELECT u.oid, u.condition FROM pg_catalog.pg_extension e, "                                                      \
    "ROWS FROM (pg_catalog.unnest(e.extconfig), pg_catalog.unnest(e.extcondition)) AS u(oid, condition))"

/* ---- Types ---------------------------------------------------------------------------------------------------------
 */

static bool read_types(HfPg *pg, HfTypeTable *types, GError **error)
{
    bool multiranges = hf_pg_server_version(pg) >= 140000;
    g_autofree char *sql = g_strdup_printf(
        "SELECT t.oid, pg_catalog.format_type(t.oid, NULL), t.typtype, t.typbasetype, CASE WHEN t.typcategory = 'A' "
        "THEN "
        "t.typelem ELSE 0 END, coalesce(r.rngsubtype%s, 0), t.typsend <> 0 AND t.typreceive <> 0 FROM "
        "pg_catalog.pg_type t "
        "LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid%s LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem "
        "AND "
        "t.typcategory = 'A' WHERE t.oid >= 10000 AND coalesce(e.typtype, '') <> 'c' AND (t.typtype <> 'c' OR EXISTS "
        "(SELECT FROM pg_catalog.pg_class k WHERE k.oid = t.typrelid AND k.relkind = 'c'))",
        multiranges ? ", m.rngtypid" : "",
        multiranges ? " LEFT JOIN pg_catalog.pg_range m ON m.rngmultitypid = t.oid" : "");
    g_autoptr(HfPgRows) rows = hf_pg_query(pg, sql, NULL, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        g_autofree char *name = g_strdup(hf_pg_rows_text(rows, i, 1));
        HfType type = {.oid = (uint32_t)hf_pg_rows_int64(rows, i, 0),
                       .name = name,
                       .kind = hf_pg_rows_text(rows, i, 2)[0],
                       .base_oid = (uint32_t)hf_pg_rows_int64(rows, i, 3),
                       .element_oid = (uint32_t)hf_pg_rows_int64(rows, i, 4),
                       .subtype_oid = (uint32_t)hf_pg_rows_int64(rows, i, 5),
                       .has_binary = hf_pg_rows_bool(rows, i, 6)};
        hf_type_table_add(types, &type);
    }
    return rows != NULL;
}

/* Binary if every column's type is safe in it; else text, with the first reason. */
static void choose_format(HfManifestTable *table, const HfTypeTable *types, bool force_text)
{
    table->format = HF_FORMAT_BINARY;
    if (force_text)
        table->format_reason = g_strdup("text was asked for");
    for (guint i = 0; i < table->columns->len && table->format_reason == NULL; i++) {
        const HfColumn *column = table->columns->pdata[i];
        const char *reason = hf_type_binary_unsafe_reason(types, column->type_oid);
        if (reason != NULL)
            table->format_reason = g_strdup_printf("column %s, %s: %s", column->name, column->type, reason);
    }
    if (table->format_reason != NULL)
        table->format = HF_FORMAT_TEXT;
}

/* ---- Columns -------------------------------------------------------------------------------------------------------
 */

static uint32_t columns_owner(const HfManifestTable *table)
{
    /* Partitions that are loaded through their root share its order of columns, so that their digests add up. */
    return table->load_root_oid != 0 ? table->load_root_oid : table->oid;
}

/* An array of OIDs as text for a parameter: "{1,2,3}". */
static char *oid_array(GPtrArray *tables)
{
    GString *text = g_string_new("{");
    for (guint i = 0; i < tables->len; i++) {
        const HfPlannedTable *table = tables->pdata[i];
        g_string_append_printf(text, "%s%u", i > 0 ? "," : "", columns_owner(table->info));
    }
    return g_string_free(g_string_append_c(text, '}'), FALSE);
}

static void index_columns(const HfPgRows *rows, GHashTable *first_row)
{
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        gpointer oid = GUINT_TO_POINTER((guint)hf_pg_rows_int64(rows, i, 0));
        if (!g_hash_table_contains(first_row, oid))
            g_hash_table_insert(first_row, oid, GSIZE_TO_POINTER(i));
    }
}

static bool read_columns(HfPg *pg, GPtrArray *tables, GError **error)
{
    g_autofree char *oids = oid_array(tables);
    const char *parameters[] = {oids, NULL};
    g_autoptr(HfPgRows) rows =
        hf_pg_query(pg,
                    "SELECT a.attrelid, a.attname, a.atttypid, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM "
                    "pg_catalog.pg_attribute a WHERE a.attrelid = ANY ($1::pg_catalog.oid[]) AND a.attnum > 0 AND NOT "
                    "a.attisdropped AND "
                    "a.attgenerated = '' ORDER BY a.attrelid, a.attnum",
                    parameters, error);
    if (rows == NULL)
        return false;
    g_autoptr(GHashTable) first_row = g_hash_table_new(NULL, NULL);
    index_columns(rows, first_row);
    for (guint t = 0; t < tables->len; t++) {
        HfManifestTable *table = ((HfPlannedTable *)tables->pdata[t])->info;
        gpointer row;
        if (!g_hash_table_lookup_extended(first_row, GUINT_TO_POINTER(columns_owner(table)), NULL, &row))
            continue;
        for (size_t i = GPOINTER_TO_SIZE(row);
             i < hf_pg_rows_count(rows) && hf_pg_rows_int64(rows, i, 0) == columns_owner(table); i++)
            g_ptr_array_add(table->columns, hf_column_new(hf_pg_rows_text(rows, i, 1), hf_pg_rows_text(rows, i, 3),
                                                          (uint32_t)hf_pg_rows_int64(rows, i, 2)));
    }
    return true;
}

/* ---- Tables --------------------------------------------------------------------------------------------------------
 */

/* "FROM pg_class c … WHERE …": the tables of a scope, partitioned ones too. Transfer full. */
static char *tables_of_scope(const HfScope *scope, GError **error)
{
    g_autofree char *wanted = scope_condition(scope, error);
    return wanted == NULL
               ? NULL
               : g_strdup_printf(
                     "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT "
                     "JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid LEFT JOIN " CONFIGURATION
                     " x ON x.oid = c.oid WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> "
                     "'t' AND (" USER_OBJECT " OR (x.oid IS NOT NULL AND %s)) AND %s",
                     hf_scope_is_selective(scope) ? "false" : "true", wanted);
}

/* The bytes of a relation's main fork. What vacuum or analyze last saw of a small one will do: to ask the file system
 * for tens of thousands of them takes longer than to copy them. */
#define SIZE_OF(relation)                                                                                              \
    "(CASE WHEN " relation ".reltuples >= 0 AND " relation ".relpages < 512 THEN " relation                            \
    ".relpages * pg_catalog.current_setting('block_size')::bigint ELSE pg_catalog.pg_relation_size(" relation          \
    ".oid) END)"

/* Only the heap (its access method has OID 2) can be read by pages: other tables are planned as if they had one.
 * The load root is the highest partitioned table that hashes an enum: rows change partitions below it, none leave it.
 */
static char *tables_sql(const HfScope *scope, GError **error)
{
    g_autofree char *from = tables_of_scope(scope, error);
    g_autofree char *no_data =
        from == NULL ? NULL
                     : any_of(scope->exclude_table_data, hf_postgres_table_or_partition_condition, "false", error);
    if (no_data == NULL)
        return NULL;
    return g_strdup_printf(
        "SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, x.condition, coalesce(%s, "
        "false), CASE c.relam WHEN 2 THEN " SIZE_OF("c") " / pg_catalog.current_setting('block_size')::bigint ELSE 1 "
                                                         "END, " SIZE_OF(
                                                             "c") " + CASE WHEN t.oid IS NULL "
                                                                  "THEN 0 ELSE " SIZE_OF(
                                                                      "t") " END, CASE WHEN c.relispartition THEN "
                                                                           "(SELECT "
                                                                           "a.relid::pg_catalog.oid FROM "
                                                                           "pg_catalog.pg_partition_ancestors(c.oid) "
                                                                           "WITH ORDINALITY a (relid, height) "
                                                                           "JOIN pg_catalog.pg_partitioned_table p ON "
                                                                           "p.partrelid = a.relid JOIN "
                                                                           "pg_catalog.pg_opclass o ON o.oid = ANY "
                                                                           "(p.partclass) JOIN pg_catalog.pg_am m ON "
                                                                           "m.oid = o.opcmethod WHERE "
                                                                           "m.amname = 'hash' AND o.opcname = "
                                                                           "'enum_ops' AND o.opcnamespace = "
                                                                           "'pg_catalog'::pg_catalog.regnamespace "
                                                                           "ORDER BY a.height DESC LIMIT 1) END %s "
                                                                           "ORDER BY n.nspname COLLATE \"C\", "
                                                                           "c.relname COLLATE \"C\"",
        no_data, from);
}

static HfPlannedTable *planned_table(const HfPgRows *rows, size_t i, bool on_standby)
{
    HfPlannedTable *planned = g_new0(HfPlannedTable, 1);
    HfManifestTable *table = planned->info = hf_manifest_table_new();
    table->oid = (uint32_t)hf_pg_rows_int64(rows, i, 0);
    table->schema = g_strdup(hf_pg_rows_text(rows, i, 1));
    table->name = g_strdup(hf_pg_rows_text(rows, i, 2));
    const char *filter = hf_pg_rows_text(rows, i, 5);
    planned->of_extension = filter != NULL;
    if (filter != NULL && *filter != '\0')
        table->filter = g_strdup(filter);
    if (hf_pg_rows_bool(rows, i, 6))
        table->no_data_reason = g_strdup("excluded by --exclude-table-data");
    else if (on_standby && hf_pg_rows_text(rows, i, 4)[0] == 'u')
        table->no_data_reason = g_strdup("unlogged, and a standby has no rows of it");
    planned->pages = (uint64_t)hf_pg_rows_int64(rows, i, 7);
    planned->bytes = (uint64_t)hf_pg_rows_int64(rows, i, 8);
    if (hf_pg_rows_text(rows, i, 9) != NULL)
        table->load_root_oid = (uint32_t)hf_pg_rows_int64(rows, i, 9);
    return planned;
}

/* Gives the load roots, of which only the OID is known so far, their names. */
static void name_roots(GPtrArray *tables, const HfPgRows *rows)
{
    for (guint t = 0; t < tables->len; t++) {
        HfManifestTable *table = ((HfPlannedTable *)tables->pdata[t])->info;
        for (size_t i = 0; table->load_root_oid != 0 && i < hf_pg_rows_count(rows); i++) {
            if (hf_pg_rows_int64(rows, i, 0) != table->load_root_oid)
                continue;
            table->load_root_schema = g_strdup(hf_pg_rows_text(rows, i, 1));
            table->load_root_name = g_strdup(hf_pg_rows_text(rows, i, 2));
        }
        /* The root itself was left out by the scope: then its partition stands alone. */
        if (table->load_root_name == NULL)
            table->load_root_oid = 0;
    }
}

/*
 * The schemas that the user's own search path shows: patterns without a schema mean what is in these, as in pg_dump.
 * Under that path anybody's operators and functions may be found, so that this is the one statement that ever runs
 * under it, and there is nothing in it to be looked up. Transfer full.
 */
static char *read_search_path(HfPg *pg, GError **error)
{
    if (!hf_pg_exec(pg, "RESET search_path", error))
        return NULL;
    g_autofree char *path = hf_pg_query_text(pg, "SELECT pg_catalog.current_schemas(true)", NULL, error);
    if (path == NULL || !hf_pg_exec(pg, "SET search_path = ''", error))
        return NULL;
    return g_steal_pointer(&path);
}

/* The rows of a statement with patterns in it. */
static HfPgRows *query_tables(HfPg *pg, const char *sql, GError **error)
{
    g_autofree char *path = read_search_path(pg, error);
    if (path == NULL)
        return NULL;
    g_autofree char *whole = g_strconcat("WITH search_path (path) AS (SELECT $1::pg_catalog.name[]) ", sql, NULL);
    return hf_pg_query(pg, whole, (const char *[]){path, NULL}, error);
}

/* ---- Patterns ------------------------------------------------------------------------------------------------------
 */

/* One row for each pattern: option, whether it excludes, the pattern, whether it matches anything. */
static bool append_checks(GString *sql, const char *option, bool excludes, const char *const *patterns, GError **error)
{
    bool schemas = g_str_has_suffix(option, "schema");
    for (; patterns != NULL && *patterns != NULL; patterns++) {
        g_autofree char *condition =
            schemas ? hf_postgres_schema_condition(*patterns, error) : hf_postgres_table_condition(*patterns, error);
        if (condition == NULL)
            return false;
        g_autofree char *literal = hf_pg_quote_literal(*patterns);
        g_string_append_printf(sql, "%sSELECT '%s', %s, %s, EXISTS (SELECT FROM pg_catalog.pg_namespace n %s%s)",
                               sql->len > 0 ? " UNION ALL " : "", option, excludes ? "true" : "false", literal,
                               schemas ? "WHERE "
                                       : "JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid LEFT JOIN " CONFIGURATION
                                         " x ON x.oid = c.oid WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND "
                                         "(" USER_OBJECT " OR x.oid IS NOT NULL) AND ",
                               condition);
    }
    return true;
}

bool hf_postgres_check_patterns(HfPg *pg, const HfScope *scope, GError **error)
{
    const HfPatternLists *lists = &scope->patterns;
    g_autoptr(GString) sql = g_string_new(NULL);
    if (!append_checks(sql, "--schema", false, lists->schemas, error) ||
        !append_checks(sql, "--exclude-schema", true, lists->exclude_schemas, error) ||
        !append_checks(sql, "--table", false, lists->tables, error) ||
        !append_checks(sql, "--exclude-table", true, lists->exclude_tables, error) ||
        !append_checks(sql, "--exclude-table-data", true, scope->exclude_table_data, error))
        return false;
    g_autoptr(HfPgRows) rows = sql->len > 0 ? query_tables(pg, sql->str, error) : NULL;
    if (rows == NULL)
        return sql->len == 0;
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        if (!hf_pg_rows_bool(rows, i, 3) &&
            !hf_pattern_tell_unused(hf_pg_rows_text(rows, i, 0), hf_pg_rows_bool(rows, i, 1),
                                    hf_pg_rows_text(rows, i, 2), "the database", error))
            return false;
    return true;
}

/* Partitions of what the patterns of one option mean, without those that they name themselves. */
static bool append_partitions(HfPg *pg, const char *option, const char *const *patterns, GPtrArray *arguments,
                              size_t *length, GError **error)
{
    g_autofree char *named = any_of(patterns, hf_postgres_table_condition, "false", error);
    g_autofree char *all =
        named != NULL ? any_of(patterns, hf_postgres_table_or_partition_condition, "false", error) : NULL;
    if (all == NULL || strcmp(all, "false") == 0)
        return all != NULL;
    g_autofree char *sql = g_strdup_printf("SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN "
                                           "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relispartition "
                                           "AND c.relkind IN ('r', 'p', 'f') AND %s AND NOT %s",
                                           all, named);
    g_autoptr(HfPgRows) rows = query_tables(pg, sql, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        g_autofree char *name = hf_pg_quote_qualified(hf_pg_rows_text(rows, i, 0), hf_pg_rows_text(rows, i, 1));
        char *argument = g_strdup_printf("%s=%s", option, name);
        g_ptr_array_add(arguments, argument);
        *length += strlen(argument) + 1 + sizeof(char *);
    }
    return rows != NULL;
}

/* A system takes 2 MiB or more as arguments and environment of a program. */
#define MAX_ARGUMENT_BYTES ((size_t)1536 * 1024)

bool hf_postgres_append_partition_arguments(HfPg *pg, const HfScope *scope, GPtrArray *arguments, GError **error)
{
    size_t length = 0;
    if (!append_partitions(pg, "--table", scope->patterns.tables, arguments, &length, error) ||
        !append_partitions(pg, "--exclude-table", scope->patterns.exclude_tables, arguments, &length, error))
        return false;
    if (length <= MAX_ARGUMENT_BYTES)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "the tables of --table and --exclude-table have too many partitions to name all of them to pg_dump; "
                "match them with patterns, like shop.orders*, or take their schema with --schema");
    return false;
}

/* ---- Plan ----------------------------------------------------------------------------------------------------------
 */

HfPgRows *hf_postgres_list_relations(HfPg *pg, const HfScope *scope, GError **error)
{
    g_autofree char *from = tables_of_scope(scope, error);
    g_autofree char *sql =
        from == NULL ? NULL
                     : g_strdup_printf("SELECT c.oid, pg_catalog.format('%%I.%%I', n.nspname, c.relname), NOT "
                                       "pg_catalog.has_table_privilege(c.oid, 'SELECT'), c.relrowsecurity AND "
                                       "pg_catalog.row_security_active(c.oid) %s ORDER BY c.oid",
                                       from);
    return sql != NULL ? query_tables(pg, sql, error) : NULL;
}

HfPgRows *hf_postgres_list_excluded(HfPg *pg, const HfScope *scope, GError **error)
{
    const HfScope everything = {0};
    g_autofree char *from = tables_of_scope(&everything, error);
    g_autofree char *taken = from != NULL ? scope_condition(scope, error) : NULL;
    if (taken == NULL)
        return NULL;
    g_autofree char *sql = g_strdup_printf(
        ", gone AS (SELECT c.oid, n.nspname, c.relname %s AND NOT coalesce(%s, false)) SELECT g.nspname, g.relname FROM "
        "gone g WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(g.oid) a JOIN gone h ON h.oid = "
        "a.relid WHERE h.oid <> g.oid) ORDER BY g.nspname COLLATE \"C\", g.relname COLLATE \"C\"",
        from, taken);
    return query_tables(pg, sql, error);
}

/* pg_dump gives their rows, but not the extension without which there is no such table to restore. */
static bool tell_configuration_left_out(HfPg *pg, const HfScope *scope, GError **error)
{
    g_autofree char *wanted = scope_condition(scope, error);
    if (wanted == NULL)
        return false;
    g_autofree char *sql = g_strdup_printf(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace JOIN " CONFIGURATION
        " x ON x.oid = c.oid WHERE c.relkind IN ('r', 'p', 'S') AND %s ORDER BY 1, 2",
        wanted);
    g_autoptr(HfPgRows) rows = query_tables(pg, sql, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++)
        g_warning("%s.%s is not in the backup: it is configuration of an extension, which a backup of some schemas or "
                  "tables leaves out",
                  hf_pg_rows_text(rows, i, 0), hf_pg_rows_text(rows, i, 1));
    return rows != NULL;
}

bool hf_postgres_read_tables(HfPg *pg, const HfScope *scope, bool on_standby, GPtrArray *tables, HfTypeTable *types,
                             GError **error)
{
    if (hf_scope_is_selective(scope) && !tell_configuration_left_out(pg, scope, error))
        return false;
    g_autofree char *sql = tables_sql(scope, error);
    g_autoptr(HfPgRows) rows = sql != NULL ? query_tables(pg, sql, error) : NULL;
    if (rows == NULL)
        return false;
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        if (hf_pg_rows_text(rows, i, 3)[0] == 'r')
            g_ptr_array_add(tables, planned_table(rows, i, on_standby));
    name_roots(tables, rows);
    if (!read_columns(pg, tables, error) || !read_types(pg, types, error))
        return false;
    for (guint i = 0; i < tables->len; i++)
        choose_format(((HfPlannedTable *)tables->pdata[i])->info, types, scope->force_text);
    return true;
}

/* ---- Sequences -----------------------------------------------------------------------------------------------------
 */

HfPgRows *hf_postgres_list_sequences(HfPg *pg, const HfScope *scope, GError **error)
{
    g_autofree char *wanted = scope_condition(scope, error);
    if (wanted == NULL)
        return NULL;
    g_autofree char *list = g_strdup_printf(
        "SELECT c.oid, pg_catalog.format('%%I.%%I', n.nspname, c.relname), NOT pg_catalog.has_table_privilege(c.oid, "
        "'SELECT'), n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace LEFT JOIN " CONFIGURATION
        " x ON x.oid = c.oid WHERE c.relkind = 'S' AND (c.relpersistence = 'p' OR "
        "c.relpersistence = 'u' AND NOT pg_catalog.pg_is_in_recovery()) AND (" USER_OBJECT
        " OR (x.oid IS NOT NULL AND %s)) AND (%s OR EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN "
        "pg_catalog.pg_class t ON "
        "t.oid = d.refobjid WHERE d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.classid = "
        "'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = d.classid AND t.relkind IN ('r', 'p', 'f') AND "
        "t.oid IN "
        "(SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE %s))) "
        "ORDER BY n.nspname, c.relname",
        hf_scope_is_selective(scope) ? "false" : "true", wanted, wanted);
    return query_tables(pg, list, error);
}

/* The SQL that sets the sequences which `select` reads (name, value, whether it was used, whether it is the one that
 * was listed). */
static bool append_setvals(HfPg *pg, const char *select, GString *sql, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(pg, select, NULL, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        if (!hf_pg_rows_bool(rows, i, 3)) {
            g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                        "the sequence %s was renamed or replaced during the backup; try again when that is over",
                        hf_pg_rows_text(rows, i, 0));
            return false;
        }
        g_autofree char *literal = hf_pg_quote_literal(hf_pg_rows_text(rows, i, 0));
        g_string_append_printf(sql, "SELECT pg_catalog.setval(%s, %s, %s);\n", literal, hf_pg_rows_text(rows, i, 1),
                               hf_pg_rows_bool(rows, i, 2) ? "true" : "false");
    }
    return rows != NULL;
}

/* A sequence is read like a table of one row; so many of them at a time. */
#define SEQUENCES_A_QUERY 200

static bool read_values(HfPg *pg, const HfPgRows *sequences, GString *sql, GError **error)
{
    g_autoptr(GString) select = g_string_new(NULL);
    size_t count = hf_pg_rows_count(sequences);
    for (size_t i = 0; i < count; i++) {
        g_autofree char *name =
            hf_pg_quote_qualified(hf_pg_rows_text(sequences, i, 3), hf_pg_rows_text(sequences, i, 4));
        g_autofree char *literal = hf_pg_quote_literal(name);
        g_string_append_printf(select, "%sSELECT %s::pg_catalog.text, last_value, is_called, tableoid = %s FROM %s",
                               select->len > 0 ? " UNION ALL " : "", literal, hf_pg_rows_text(sequences, i, 0), name);
        if ((i + 1) % SEQUENCES_A_QUERY != 0 && i + 1 < count)
            continue;
        if (!append_setvals(pg, select->str, sql, error))
            return false;
        g_string_truncate(select, 0);
    }
    return true;
}

char *hf_postgres_read_sequences(HfPg *pg, const HfScope *scope, uint64_t *count, GError **error)
{
    g_autoptr(HfPgRows) sequences = hf_postgres_list_sequences(pg, scope, error);
    if (sequences == NULL)
        return NULL;
    g_autoptr(GString) sql = g_string_new("-- The values of all sequences.\n");
    g_autoptr(GError) reason = NULL;
    *count = hf_pg_rows_count(sequences);
    if (read_values(pg, sequences, sql, &reason))
        return g_string_free(g_steal_pointer(&sql), FALSE);
    if (strstr(reason->message, "(55P03)") != NULL && hf_pg_exec(pg, "ROLLBACK", NULL))
        hf_postgres_explain_lock_wait(pg, sequences, error);
    else
        g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
}
