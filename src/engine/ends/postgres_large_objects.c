#include "base/error.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/slice.h"

HfManifestTable *hf_postgres_large_objects_table(void)
{
    HfManifestTable *table = hf_manifest_table_new();
    table->kind = HF_TABLE_LARGE_OBJECTS;
    table->schema = g_strdup("pg_catalog");
    table->name = g_strdup("pg_largeobject");
    table->format = HF_FORMAT_BINARY;
    g_ptr_array_add(table->columns, hf_column_new("loid", "oid", 26));
    g_ptr_array_add(table->columns, hf_column_new("position", "bigint", 20));
    g_ptr_array_add(table->columns, hf_column_new("data", "bytea", 17));
    return table;
}

bool hf_postgres_slice_large_objects(HfPg *pg, HfManifestTable *table, unsigned count, GPtrArray *slices,
                                     GError **error)
{
    /* Superusers alone may ask how large they are all together; otherwise the weight is a guess by their number. */
    g_autofree char *sql = g_strdup_printf(
        "SELECT pg_catalog.min(oid), pg_catalog.count(*) * CASE WHEN pg_catalog.has_table_privilege("
        "'pg_catalog.pg_largeobject', 'SELECT') THEN pg_catalog.pg_table_size('pg_catalog.pg_largeobject') / "
        "sum(count(*)) "
        "OVER () ELSE 65536 END FROM (SELECT oid, pg_catalog.ntile(%u) OVER (ORDER BY oid) AS share FROM "
        "pg_catalog.pg_largeobject_metadata) m GROUP BY share ORDER BY 1",
        count);
    g_autoptr(HfPgRows) rows = hf_pg_query(pg, sql, NULL, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        bool last = i + 1 == hf_pg_rows_count(rows);
        HfSlice slice = {.table = table,
                         .start = (uint64_t)hf_pg_rows_int64(rows, i, 0),
                         .end = last ? HF_SLICE_TO_END : (uint64_t)hf_pg_rows_int64(rows, i + 1, 0),
                         .part = (guint)i,
                         .parts = (guint)hf_pg_rows_count(rows),
                         .weight = (uint64_t)hf_pg_rows_int64(rows, i, 1) + 1};
        g_ptr_array_add(slices, g_memdup2(&slice, sizeof slice));
    }
    return rows != NULL;
}

/* So many statements are held at a time: there may be millions. */
#define STATEMENTS_A_FETCH "1000"

/* Writes the one text column of all rows, one after another. */
static bool write_rows(HfPg *pg, const char *sql, HfOutput *to, GError **error)
{
    if (!hf_pg_execf(pg, error, "DECLARE holdfast_statements NO SCROLL CURSOR FOR %s", sql))
        return false;
    g_autoptr(GString) text = g_string_new(NULL);
    size_t count;
    do {
        g_autoptr(HfPgRows) rows =
            hf_pg_query(pg, "FETCH " STATEMENTS_A_FETCH " FROM holdfast_statements", NULL, error);
        if (rows == NULL)
            return false;
        count = hf_pg_rows_count(rows);
        g_string_truncate(text, 0);
        for (size_t i = 0; i < count; i++)
            g_string_append(text, hf_pg_rows_text(rows, i, 0));
        if (count > 0 && !hf_output_write(to, text->str, text->len, error))
            return false;
    } while (count > 0);
    return hf_pg_exec(pg, "CLOSE holdfast_statements", error);
}

/* The inside of an E'' literal without a newline. */
#define ESCAPED(column)                                                                                                \
    "pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(" column                                                 \
    ", E'\\\\', E'\\\\\\\\'), '''', ''''''), E'\\n', E'\\\\n')"

bool hf_postgres_write_large_objects_create(HfPg *pg, HfOutput *to, GError **error)
{
    static const char create[] =
        "SELECT pg_catalog.format(E'SELECT pg_catalog.lo_create(%s);\\n', oid) FROM pg_catalog.pg_largeobject_metadata "
        "ORDER BY oid";
    return write_rows(pg, create, to, error);
}

bool hf_postgres_write_large_objects_owners(HfPg *pg, HfOutput *to, GError **error)
{
    /* A statement a line: newlines in comments and labels are escaped. Owner first: the owner's own rights in the ACL
     * are then the new owner's. */
    static const char owners[] =
        "SELECT s.statement FROM (SELECT m.oid, 1 AS step, pg_catalog.format(E'ALTER LARGE OBJECT %s OWNER TO %I;\n', "
        "m.oid, "
        "pg_catalog.pg_get_userbyid(m.lomowner)) AS statement FROM pg_catalog.pg_largeobject_metadata m UNION ALL "
        "SELECT "
        "m.oid, 2, pg_catalog.format(E'REVOKE ALL ON LARGE OBJECT %s FROM %I;\n', m.oid, "
        "pg_catalog.pg_get_userbyid(m.lomowner)) FROM pg_catalog.pg_largeobject_metadata m WHERE m.lomacl IS NOT NULL "
        "UNION "
        "ALL SELECT m.oid, 3, pg_catalog.format(E'GRANT %s ON LARGE OBJECT %s TO %s%s;\n', a.privilege_type, m.oid, "
        "CASE WHEN "
        "a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END, CASE WHEN "
        "a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM pg_catalog.pg_largeobject_metadata m, "
        "pg_catalog.aclexplode(m.lomacl) a UNION ALL SELECT d.objoid, 4, pg_catalog.format(E'COMMENT ON LARGE OBJECT "
        "%s IS "
        "E\\'%s\\';\n', d.objoid, " ESCAPED(
            "d.description") ") FROM pg_catalog.pg_description d WHERE d.classoid = "
                             "'pg_catalog.pg_largeobject'::pg_catalog.regclass UNION ALL SELECT l.objoid, 5, "
                             "pg_catalog.format(E'SECURITY LABEL FOR "
                             "%I ON LARGE OBJECT %s IS E\\'%s\\';\n', l.provider, l.objoid, " ESCAPED(
                                 "l.label") ") FROM pg_catalog.pg_seclabel "
                                            "l WHERE l.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass) s "
                                            "ORDER BY s.oid, s.step, s.statement";
    return write_rows(pg, owners, to, error);
}

char **hf_postgres_large_object_roles(HfPg *pg, GError **error)
{
    g_autoptr(HfPgRows) rows =
        hf_pg_query(pg,
                    "SELECT pg_catalog.pg_get_userbyid(lomowner) FROM pg_catalog.pg_largeobject_metadata UNION SELECT "
                    "pg_catalog.pg_get_userbyid(a.grantee) FROM pg_catalog.pg_largeobject_metadata m, "
                    "pg_catalog.aclexplode(m.lomacl) a "
                    "WHERE a.grantee <> 0",
                    NULL, error);
    if (rows == NULL)
        return NULL;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        g_strv_builder_add(names, hf_pg_rows_text(rows, i, 0));
    return g_strv_builder_end(names);
}
