#include "engine/ends/postgres_partial.h"

#include "pg/dump_toc.h"

#include <string.h>

/* The system catalogs, by the OIDs that they have in every server. */
enum { CATALOG_RELATION = 1259, CATALOG_CONSTRAINT = 2606, CATALOG_SCHEMA = 2615 };

#define SHOWN 20 /* of a list in a message */

typedef struct {
    HfPg *pg;
    const HfDumpToc *toc;
    char *relations;   /* OIDs of the tables, views, sequences and indexes in the archive: "{16401,16405}" */
    GHashTable *there; /* of all that is in the archive, see object_key */
    bool *left_out;    /* for each entry */
    bool by_exclusion; /* the archive is all but what is excluded */
    void (*warn)(gpointer data, const char *text);
    gpointer warn_data;
} Partial;

/* Transfer full. */
static gint64 *object_key(uint32_t catalog_oid, uint32_t object_oid)
{
    gint64 *key = g_new(gint64, 1);
    *key = (gint64)((uint64_t)catalog_oid << 32 | object_oid);
    return key;
}

static bool is_there(const Partial *self, uint32_t catalog_oid, uint32_t object_oid)
{
    g_autofree gint64 *key = object_key(catalog_oid, object_oid);
    return g_hash_table_contains(self->there, key);
}

/* Those that are not left out. */
static void list_entries(Partial *self)
{
    GString *oids = g_string_new("{");
    g_hash_table_remove_all(self->there);
    g_free(self->relations);
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        if (self->left_out[i])
            continue;
        g_hash_table_add(self->there, object_key(entry->catalog_oid, entry->object_oid));
        if (entry->catalog_oid == CATALOG_RELATION)
            g_string_append_printf(oids, "%s%u", oids->len > 1 ? "," : "", entry->object_oid);
    }
    self->relations = g_string_free(g_string_append_c(oids, '}'), FALSE);
}

static HfPgRows *query(const Partial *self, const char *sql, GError **error)
{
    return hf_pg_query(self->pg, sql, (const char *[]){self->relations, NULL}, error);
}

/* ---- Schemas -------------------------------------------------------------------------------------------------------
 */

static const char schemas_sql[] =
    "SELECT n.oid, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner), pg_catalog.format('CREATE SCHEMA IF NOT EXISTS "
    "%I', n.nspname) || E';\\n', pg_catalog.format('DROP SCHEMA %I', n.nspname) || E';\\n', (SELECT "
    "pg_catalog.string_agg(pg_catalog.format('GRANT %s ON SCHEMA %I TO %s%s', a.privilege_type, n.nspname, CASE "
    "a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END, CASE WHEN "
    "a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) || E';\\n', '' ORDER BY a.grantee, a.privilege_type) FROM "
    "pg_catalog.aclexplode(n.nspacl) a WHERE a.grantee <> n.nspowner) FROM pg_catalog.pg_namespace n WHERE n.oid >= "
    "16384 AND n.oid IN (SELECT c.relnamespace FROM pg_catalog.unnest($1::pg_catalog.oid[]) g JOIN "
    "pg_catalog.pg_class c ON c.oid = g) AND n.nspname <> 'public' ORDER BY n.nspname";

/* Of the row of a schema: itself, and its grants. */
static void add_schema(GArray *additions, const HfPgRows *rows, size_t row)
{
    const char *owner = hf_pg_rows_text(rows, row, 2), *grants = hf_pg_rows_text(rows, row, 5);
    HfTocAddition schema = {.kind = "SCHEMA",
                            .catalog_oid = CATALOG_SCHEMA,
                            .object_oid = (uint32_t)hf_pg_rows_int64(rows, row, 0),
                            .tag = g_strdup(hf_pg_rows_text(rows, row, 1)),
                            .owner = owner,
                            .definition = hf_pg_rows_text(rows, row, 3),
                            .drop = hf_pg_rows_text(rows, row, 4)};
    g_array_append_val(additions, schema);
    if (grants == NULL)
        return;
    HfTocAddition acl = {.kind = "ACL",
                         .tag = g_strconcat("SCHEMA ", schema.tag, NULL),
                         .owner = owner,
                         .definition = grants,
                         .drop = "",
                         .of_previous = true};
    g_array_append_val(additions, acl);
}

static void clear_addition(gpointer addition)
{
    g_free(((HfTocAddition *)addition)->tag);
}

/* ---- Foreign keys --------------------------------------------------------------------------------------------------
 */

static const char foreign_keys_sql[] =
    "SELECT c.oid, pg_catalog.format('%I of %s to %s', c.conname, c.conrelid::pg_catalog.regclass, "
    "c.confrelid::pg_catalog.regclass) FROM pg_catalog.unnest($1::pg_catalog.oid[]) g JOIN pg_catalog.pg_constraint c "
    "ON c.conrelid = g WHERE c.contype = 'f' AND NOT EXISTS (SELECT FROM pg_catalog.unnest($1::pg_catalog.oid[]) h "
    "WHERE h = c.confrelid) ORDER BY 2";

static void append_shown(GString *list, size_t *count, const char *text)
{
    if ((*count)++ < SHOWN)
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", text);
}

static void tell(const Partial *self, const char *what, GString *list, size_t count, const char *advice)
{
    if (count == 0)
        return;
    if (count > SHOWN)
        g_string_append_printf(list, " and %zu more", count - SHOWN);
    g_autofree char *text = g_strdup_printf("%s: %s%s", what, list->str, advice);
    self->warn(self->warn_data, text);
}

/* With what is said about it: a comment. */
static void leave_out(Partial *self, int32_t dump_id)
{
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        self->left_out[i] |= entry->dump_id == dump_id;
        for (size_t d = 0; d < entry->dependency_count; d++)
            self->left_out[i] |= entry->dependencies[d] == dump_id;
    }
}

static const HfTocEntry *find_constraint(const Partial *self, uint32_t oid)
{
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        if (entry->catalog_oid == CATALOG_CONSTRAINT && entry->object_oid == oid)
            return entry;
    }
    return NULL;
}

static bool leave_out_foreign_keys(Partial *self, GError **error)
{
    g_autoptr(HfPgRows) rows = query(self, foreign_keys_sql, error);
    g_autoptr(GString) list = g_string_new(NULL);
    size_t count = 0;
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        /* Those of partitions are made with that of the partitioned table, and are no entries. */
        const HfTocEntry *entry = find_constraint(self, (uint32_t)hf_pg_rows_int64(rows, i, 0));
        if (entry == NULL)
            continue;
        leave_out(self, entry->dump_id);
        append_shown(list, &count, hf_pg_rows_text(rows, i, 1));
    }
    tell(self, "foreign keys to tables that are not in the backup are left out", list, count, "");
    return rows != NULL;
}

/* ---- What needs what is excluded -----------------------------------------------------------------------------------
 */

/* Catalog and OID of what depends on a relation that is not there, or on its row type: a view by its rule, a composite
 * type by its relation. */
static const char needing_sql[] =
    "WITH gone AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.oid >= 16384 AND n.nspname !~ '^pg_' AND NOT c.oid = ANY "
    "($1::pg_catalog.oid[]) AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = "
    "'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')), "
    "types AS (SELECT t.oid FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND "
    "t.typcategory = 'A' WHERE coalesce(e.typrelid, t.typrelid) IN (SELECT g.oid FROM gone g)) "
    "SELECT DISTINCT CASE WHEN v.oid IS NOT NULL THEN 'pg_catalog.pg_class'::pg_catalog.regclass WHEN k.oid IS NOT "
    "NULL THEN 'pg_catalog.pg_type'::pg_catalog.regclass ELSE d.classid END::pg_catalog.oid, coalesce(v.oid, "
    "k.reltype, d.objid) FROM pg_catalog.pg_depend d LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = "
    "'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.oid = d.objid LEFT JOIN pg_catalog.pg_class v ON v.oid = "
    "r.ev_class AND v.relkind IN ('v', 'm') LEFT JOIN pg_catalog.pg_class k ON d.classid = "
    "'pg_catalog.pg_class'::pg_catalog.regclass AND k.oid = d.objid AND k.relkind = 'c' WHERE (d.refclassid = "
    "'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid IN (SELECT g.oid FROM gone g)) OR (d.refclassid = "
    "'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN (SELECT t.oid FROM types t))";

/* A table has rows, which are planned; what it lacks is told with what else is needed. */
static bool can_go(const HfTocEntry *entry)
{
    static const char *const kinds[] = {"TABLE", "TABLE ATTACH", "SEQUENCE", "SCHEMA", NULL};
    return !g_strv_contains(kinds, entry->kind);
}

static bool needs_any(const HfTocEntry *entry, GHashTable *dump_ids)
{
    for (size_t d = 0; d < entry->dependency_count; d++)
        if (g_hash_table_contains(dump_ids, GINT_TO_POINTER(entry->dependencies[d])))
            return true;
    return false;
}

/* Those of the query (`needing`), then what needs these by the archive's own dependencies, until nothing changes. */
static void leave_out_all(Partial *self, GHashTable *needing)
{
    g_autoptr(GHashTable) dump_ids = g_hash_table_new(NULL, NULL);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
            const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
            g_autofree gint64 *key = object_key(entry->catalog_oid, entry->object_oid);
            bool by_catalog = entry->object_oid != 0 && g_hash_table_contains(needing, key);
            if (self->left_out[i] || !can_go(entry) || (!by_catalog && !needs_any(entry, dump_ids)))
                continue;
            self->left_out[i] = changed = true;
            g_hash_table_add(dump_ids, GINT_TO_POINTER(entry->dump_id));
        }
    }
}

/* Not what is but said about something, or hangs on it. */
static bool has_own_life(const HfTocEntry *entry)
{
    static const char *const kinds[] = {"ACL",        "COMMENT",
                                        "INDEX",      "MATERIALIZED VIEW DATA",
                                        "RULE",       "INDEX ATTACH",
                                        "CONSTRAINT", "SECURITY LABEL",
                                        "STATISTICS", NULL};
    return !g_strv_contains(kinds, entry->kind) ||
           (strcmp(entry->kind, "RULE") == 0 && entry->object_oid != 0 && !g_str_has_suffix(entry->tag, " _RETURN"));
}

static bool leave_out_needing(Partial *self, GError **error)
{
    g_autoptr(HfPgRows) rows = query(self, needing_sql, error);
    g_autoptr(GHashTable) needing = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autofree bool *before = g_memdup2(self->left_out, sizeof(bool) * MAX(hf_dump_toc_size(self->toc), 1));
    g_autoptr(GString) list = g_string_new(NULL);
    size_t count = 0;
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++)
        g_hash_table_add(needing,
                         object_key((uint32_t)hf_pg_rows_int64(rows, i, 0), (uint32_t)hf_pg_rows_int64(rows, i, 1)));
    leave_out_all(self, needing);
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        if (!self->left_out[i] || before[i] || !has_own_life(entry))
            continue;
        g_autofree char *text = g_strdup_printf("%s %s%s%s", entry->kind, entry->schema != NULL ? entry->schema : "",
                                                entry->schema != NULL ? "." : "", entry->tag);
        append_shown(list, &count, text);
    }
    tell(self, "left out, because they need what is excluded", list, count, "");
    return rows != NULL;
}

/* ---- What else is needed -------------------------------------------------------------------------------------------
 */

/* An array type stands for its element, a row type for its table. */
static const char needs_sql[] =
    "WITH given AS (SELECT g AS oid FROM pg_catalog.unnest($1::pg_catalog.oid[]) g), own (class, oid, relation) AS ("
    "SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, g.oid, g.oid FROM given g UNION ALL "
    "SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, a.oid, g.oid FROM given g JOIN pg_catalog.pg_attrdef a ON "
    "a.adrelid = g.oid UNION ALL "
    "SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, c.oid, g.oid FROM given g JOIN pg_catalog.pg_constraint c "
    "ON c.conrelid = g.oid AND c.contype <> 'f' UNION ALL "
    "SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass, r.oid, g.oid FROM given g JOIN pg_catalog.pg_rewrite r ON "
    "r.ev_class = g.oid UNION ALL "
    "SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass, p.oid, g.oid FROM given g JOIN pg_catalog.pg_policy p ON "
    "p.polrelid = g.oid UNION ALL "
    "SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass, t.oid, g.oid FROM given g JOIN pg_catalog.pg_trigger t ON "
    "t.tgrelid = g.oid AND NOT t.tgisinternal), "
    "needed AS (SELECT d.refclassid AS class, d.refobjid AS oid, min(o.relation) AS relation FROM own o JOIN "
    "pg_catalog.pg_depend d ON d.classid = o.class AND d.objid = o.oid WHERE d.deptype = 'n' AND d.refobjid >= 16384 "
    "AND d.refclassid <> 'pg_catalog.pg_namespace'::pg_catalog.regclass GROUP BY 1, 2), "
    "named AS (SELECT CASE WHEN r.oid IS NOT NULL THEN 'pg_catalog.pg_class'::pg_catalog.regclass ELSE n.class END AS "
    "class, coalesce(r.oid, e.oid, n.oid) AS oid, min(n.relation) AS relation FROM needed n LEFT JOIN "
    "pg_catalog.pg_type t ON n.class = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = n.oid LEFT JOIN "
    "pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' LEFT JOIN pg_catalog.pg_class r ON r.oid = "
    "coalesce(e.typrelid, t.typrelid) AND r.relkind <> 'c' GROUP BY 1, 2) "
    "SELECT n.class::pg_catalog.oid, n.oid, coalesce('extension ' || pg_catalog.quote_ident(x.extname), o.type || ' ' "
    "|| o.identity), n.relation::pg_catalog.regclass FROM named n CROSS JOIN LATERAL "
    "pg_catalog.pg_identify_object(n.class, n.oid, 0) o LEFT JOIN pg_catalog.pg_depend d ON d.classid = n.class AND "
    "d.objid = n.oid AND d.deptype = 'e' LEFT JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid ORDER BY 3, 4";

/* The extensions of the database are in an archive that names what to leave out, and not in one that names what to
 * take; their members never are. */
static bool has_extension(const Partial *self, const char *needed)
{
    for (size_t i = 0; g_str_has_prefix(needed, "extension ") && i < hf_dump_toc_size(self->toc); i++)
        if (strcmp(hf_dump_toc_get(self->toc, i)->kind, "EXTENSION") == 0)
            return true;
    return false;
}

static bool tell_needs(Partial *self, GError **error)
{
    g_autoptr(HfPgRows) rows = query(self, needs_sql, error);
    g_autoptr(GString) list = g_string_new(NULL);
    const char *last = NULL;
    size_t count = 0;
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        const char *needed = hf_pg_rows_text(rows, i, 2);
        if (g_strcmp0(needed, last) == 0 || has_extension(self, needed) ||
            is_there(self, (uint32_t)hf_pg_rows_int64(rows, i, 0), (uint32_t)hf_pg_rows_int64(rows, i, 1)))
            continue;
        last = needed;
        g_autofree char *text = g_strdup_printf("%s (for %s)", needed, hf_pg_rows_text(rows, i, 3));
        append_shown(list, &count, text);
    }
    tell(self, "what is backed up needs what is not in the backup", list, count,
         "; without it a restore fails: back up the whole database and choose tables when you restore, or choose more");
    return rows != NULL;
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static GBytes *complete(Partial *self, GBytes *archive, GError **error)
{
    g_autoptr(HfPgRows) schemas = query(self, schemas_sql, error);
    if (schemas == NULL || !leave_out_foreign_keys(self, error) ||
        (self->by_exclusion && !leave_out_needing(self, error)))
        return NULL;
    list_entries(self);
    if (!tell_needs(self, error))
        return NULL;
    g_autoptr(GArray) additions = g_array_new(FALSE, FALSE, sizeof(HfTocAddition));
    g_array_set_clear_func(additions, clear_addition);
    for (size_t i = 0; i < hf_pg_rows_count(schemas); i++)
        if (!is_there(self, CATALOG_SCHEMA, (uint32_t)hf_pg_rows_int64(schemas, i, 0)))
            add_schema(additions, schemas, i);
    return hf_dump_toc_edit(self->toc, archive, (const HfTocAddition *)(gpointer)additions->data, additions->len,
                            self->left_out);
}

GBytes *hf_postgres_complete_schema(HfPg *pg, GBytes *archive, bool by_exclusion,
                                    void (*warn)(gpointer data, const char *text), gpointer data, GError **error)
{
    gsize length;
    const uint8_t *bytes = g_bytes_get_data(archive, &length);
    g_autoptr(HfDumpToc) toc = hf_dump_toc_parse(bytes, length, error);
    if (toc == NULL)
        return NULL;
    Partial self = {.pg = pg, .toc = toc, .by_exclusion = by_exclusion, .warn = warn, .warn_data = data};
    self.there = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    self.left_out = g_new0(bool, MAX(hf_dump_toc_size(toc), 1));
    list_entries(&self);
    GBytes *completed = complete(&self, archive, error);
    g_hash_table_unref(self.there);
    g_free(self.relations);
    g_free(self.left_out);
    return completed;
}
