/*
 * What a restore over a live database takes away from it. Objects are compared by kind and name: those of the live
 * database that the schema to restore does not have will be gone.
 */
#include "service/restore_checks.h"

#include <string.h>

/* Kind, schema, name, and whether it holds rows, of what users made in the live database. What an extension made goes
 * and comes with the extension, sequences of columns with their tables. */
static const char objects_sql[] =
    "SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' "
    "THEN 'foreign table' WHEN 'c' THEN 'type' ELSE 'table' END, n.nspname, c.relname, CASE WHEN c.relkind = 'r' THEN "
    "pg_catalog.pg_relation_size(c.oid) > 0 ELSE false END FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
    "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND c.relpersistence <> 't' AND "
    "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "
    "WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND (d.deptype = 'e' OR "
    "(c.relkind = 'S' AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0))) "
    "UNION ALL SELECT 'function', n.nspname, p.proname, false FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n "
    "ON n.oid = p.pronamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT "
    "FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND "
    "d.deptype = 'e') "
    "UNION ALL SELECT 'type', n.nspname, t.typname, false FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON "
    "n.oid = t.typnamespace WHERE t.typtype IN ('d', 'e') AND n.nspname !~ '^pg_' AND n.nspname <> "
    "'information_schema' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = "
    "'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e') "
    "UNION ALL SELECT 'schema', '', nspname, false FROM pg_catalog.pg_namespace n WHERE nspname !~ '^pg_' AND nspname "
    "NOT IN ('information_schema', 'public') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = "
    "'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid AND d.deptype = 'e') "
    "UNION ALL SELECT 'extension', '', extname, false FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql' "
    "ORDER BY 1, 2, 3";

static const struct {
    const char *entry; /* pg_dump's word */
    const char *kind;
} kinds[] = {
    {"TABLE", "table"},
    {"VIEW", "view"},
    {"MATERIALIZED VIEW", "materialized view"},
    {"SEQUENCE", "sequence"},
    {"FOREIGN TABLE", "foreign table"},
    {"FUNCTION", "function"},
    {"PROCEDURE", "function"},
    {"AGGREGATE", "function"},
    {"TYPE", "type"},
    {"DOMAIN", "type"},
    {"SCHEMA", "schema"},
    {"EXTENSION", "extension"},
};

typedef struct {
    HfPreflight *preflight;
    HfPgRows *live;     /* of objects_sql */
    GHashTable *coming; /* key_of each object that is restored */
} Impact;

static char *key_of(const char *kind, const char *schema, const char *name)
{
    return g_strdup_printf("%s\n%s\n%s", kind, schema, name);
}

static GHashTable *coming_objects(const HfSchema *schema)
{
    GHashTable *coming = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < hf_dump_toc_size(schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(schema->toc, i);
        for (size_t k = 0; hf_schema_has(schema, i) && k < G_N_ELEMENTS(kinds); k++) {
            if (strcmp(entry->kind, kinds[k].entry) != 0)
                continue;
            /* A function's tag has its arguments. */
            bool is_function = strcmp(kinds[k].kind, "function") == 0;
            g_autofree char *name = g_strndup(entry->tag, is_function ? strcspn(entry->tag, "(") : strlen(entry->tag));
            g_hash_table_add(coming, key_of(kinds[k].kind, entry->schema != NULL ? entry->schema : "", name));
        }
    }
    return coming;
}

static char *full_name(const Impact *self, size_t row)
{
    const char *schema = hf_pg_rows_text(self->live, row, 1), *name = hf_pg_rows_text(self->live, row, 2);
    return *schema != '\0' ? g_strdup_printf("%s.%s", schema, name) : g_strdup(name);
}

static bool is_coming(const Impact *self, size_t row)
{
    g_autofree char *key = key_of(hf_pg_rows_text(self->live, row, 0), hf_pg_rows_text(self->live, row, 1),
                                  hf_pg_rows_text(self->live, row, 2));
    return g_hash_table_contains(self->coming, key);
}

/* ---- Findings ------------------------------------------------------------------------------------------------------
 */

static void check_name(HfPreflight *self)
{
    if (strcmp(self->head->database.name, self->database) != 0)
        hf_preflight_find(self, false, "the %s is of the database %s; its content replaces that of %s",
                          self->origin->name, self->head->database.name, self->database);
}

static void tell_tables(HfPreflight *self, const GPtrArray *tables)
{
    g_autofree char *names = hf_preflight_join_names(tables);
    bool chosen = self->schema->selected != NULL;
    g_autofree char *why = chosen ? g_strdup("they are not among those chosen")
                                  : g_strdup_printf("the %s does not have them", self->origin->name);
    if (tables->len == 0)
        return;
    if (chosen && !self->options->drop_others)
        hf_preflight_find(self, true,
                          "the whole database would be replaced by the tables chosen, and %u other table%s of it would "
                          "be gone: %s; to bring chosen tables back, restore them into a new database with --mode new, "
                          "or take their rows with \"holdfast extract --sql --data-only\"; to have the others gone, "
                          "give --drop-others",
                          tables->len, tables->len == 1 ? "" : "s", names);
    else
        hf_preflight_find(self, false, "%u table%s of %s will be gone, because %s: %s", tables->len,
                          tables->len == 1 ? "" : "s", self->database, why, names);
}

static void check_gone(Impact *self)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < hf_pg_rows_count(self->live); i++) {
        const char *kind = hf_pg_rows_text(self->live, i, 0);
        bool is_table = strcmp(kind, "table") == 0;
        if (is_coming(self, i))
            continue;
        g_autofree char *name = full_name(self, i);
        g_ptr_array_add(is_table ? tables : others,
                        is_table ? g_steal_pointer(&name) : g_strdup_printf("%s %s", kind, name));
    }
    tell_tables(self->preflight, tables);
    g_autofree char *names = hf_preflight_join_names(others);
    if (others->len > 0)
        hf_preflight_find(self->preflight, false, "of %s will be gone too, as nothing of what is restored: %s",
                          self->preflight->database, names);
}

/* Tables whose rows the archive leaves out, where the live ones have some. */
static void check_emptied(Impact *self)
{
    g_autoptr(GHashTable) without = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) emptied = g_ptr_array_new_with_free_func(g_free);
    const HfManifest *manifest = self->preflight->origin->manifest;
    for (guint i = 0; i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        if (table->no_data_reason != NULL)
            g_hash_table_add(without, g_strdup_printf("%s.%s", table->schema, table->name));
    }
    for (size_t i = 0; i < hf_pg_rows_count(self->live); i++) {
        g_autofree char *name = full_name(self, i);
        if (hf_pg_rows_bool(self->live, i, 3) && is_coming(self, i) && g_hash_table_contains(without, name))
            g_ptr_array_add(emptied, g_steal_pointer(&name));
    }
    g_autofree char *names = hf_preflight_join_names(emptied);
    if (emptied->len > 0)
        hf_preflight_find(self->preflight, false,
                          "%u table%s will come back empty, because the %s has no rows of %s: %s", emptied->len,
                          emptied->len == 1 ? "" : "s", self->preflight->origin->name,
                          emptied->len == 1 ? "it" : "them", names);
}

static bool check_large_objects(Impact *self, GError **error)
{
    const HfPreflight *preflight = self->preflight;
    bool restored = !preflight->schema->selective && preflight->origin->manifest->large_objects > 0;
    g_autofree char *count = hf_pg_query_text(
        preflight->live, "SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata", NULL, error);
    if (count != NULL && !restored && strcmp(count, "0") != 0)
        hf_preflight_find(self->preflight, false, "the large objects of %s will be gone: %s", preflight->database,
                          count);
    return count != NULL;
}

/* In place nothing of the old is kept but in the safety file. */
static void tell_dropped(Impact *self)
{
    g_autoptr(GString) text = g_string_new(NULL);
    size_t rows = hf_pg_rows_count(self->live);
    for (size_t i = 0, count = 1; i < rows; i++, count++) {
        const char *kind = hf_pg_rows_text(self->live, i, 0);
        if (i + 1 < rows && strcmp(kind, hf_pg_rows_text(self->live, i + 1, 0)) == 0)
            continue;
        g_string_append_printf(text, "%s%zu %s%s", text->len > 0 ? ", " : "", count, kind, count == 1 ? "" : "s");
        count = 0;
    }
    if (text->len > 0)
        hf_preflight_find(self->preflight, false, "all that %s holds is dropped first: %s", self->preflight->database,
                          text->str);
}

bool hf_preflight_check_impact(HfPreflight *self, GError **error)
{
    g_autoptr(HfPgRows) live = hf_pg_query(self->live, objects_sql, NULL, error);
    if (live == NULL)
        return false;
    g_autoptr(GHashTable) coming = coming_objects(self->schema);
    Impact impact = {.preflight = self, .live = live, .coming = coming};
    check_name(self);
    check_gone(&impact);
    check_emptied(&impact);
    if (self->options->mode == HF_RESTORE_IN_PLACE)
        tell_dropped(&impact);
    return check_large_objects(&impact, error);
}
