#include "catalog/closure_table.h"

#include "base/error.h"
#include "catalog/row.h"

#define COLUMNS                                                                                                        \
    "c.database_id, c.organization_id, c.job_id, j.state, c.attempt, c.connection_limit, c.is_moved FROM closure c "   \
    "JOIN job j ON j.id = c.job_id "
static const size_t texts[] = {offsetof(HfClosureRow, database_id), offsetof(HfClosureRow, organization),
                               offsetof(HfClosureRow, job_id), offsetof(HfClosureRow, job_state)};

void hf_closure_row_free(HfClosureRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, texts, G_N_ELEMENTS(texts));
    g_free(self);
}

static GPtrArray *read_all(HfCatalog *catalog, const char *sql, const char *const *parameters, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, parameters, error);
    if (rows == NULL)
        return NULL;
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)hf_closure_row_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfClosureRow *row = g_new0(HfClosureRow, 1);
        hf_row_texts(row, rows, i, texts, G_N_ELEMENTS(texts));
        row->attempt = (int)hf_pg_rows_int64(rows, i, 4);
        row->connection_limit = hf_pg_rows_int64(rows, i, 5);
        row->is_moved = hf_pg_rows_bool(rows, i, 6);
        g_ptr_array_add(all, row);
    }
    return all;
}

/* `sql` has $1 database, $2 job, $3 attempt and $4. */
static bool write_as_owner(HfCatalog *catalog, const char *sql, const HfHalter *halter, const char *value,
                           const char *conflict, GError **error)
{
    HfNumber attempt;
    const char *const *parameters =
        HF_PARAMETERS(halter->database_id, halter->job_id, hf_number(&attempt, halter->attempt), value);
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, parameters, error);
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the database %s: %s", halter->database_id, conflict);
    return rows != NULL && hf_pg_rows_count(rows) > 0;
}

bool hf_closure_begin(HfCatalog *catalog, const HfHalter *halter, int64_t connection_limit, GError **error)
{
    static const char sql[] =
        "INSERT INTO closure AS c (organization_id, database_id, job_id, attempt, connection_limit) SELECT "
        "j.organization_id, $1::uuid, j.id, j.attempt, $4::int FROM job j WHERE j.id = $2::uuid AND j.attempt = "
        "$3::int AND j.state = 'running' ON CONFLICT (database_id) DO UPDATE SET attempt = excluded.attempt, "
        "connection_limit = excluded.connection_limit, asked_at = NULL WHERE c.job_id = excluded.job_id RETURNING "
        "c.database_id";
    HfNumber limit;
    return write_as_owner(catalog, sql, halter, hf_number(&limit, connection_limit),
                          "another job, or a later attempt, has closed it", error);
}

bool hf_closure_set_moved(HfCatalog *catalog, const HfHalter *halter, bool moved, GError **error)
{
    static const char sql[] =
        "UPDATE closure c SET is_moved = $4::boolean, attempt = j.attempt FROM job j WHERE c.database_id = $1::uuid "
        "AND c.job_id = j.id AND j.id = $2::uuid AND j.attempt = $3::int AND j.state = 'running' RETURNING "
        "c.database_id";
    return write_as_owner(catalog, sql, halter, moved ? "true" : "false",
                          "another attempt has the job that closed it, or nobody", error);
}

bool hf_closure_get(HfCatalog *catalog, const char *database_id, HfClosureRow **closure, GError **error)
{
    g_autoptr(GPtrArray) found = read_all(catalog, "SELECT " COLUMNS "WHERE c.database_id = $1::uuid FOR UPDATE OF c",
                                          HF_PARAMETERS(database_id), error);
    *closure = found != NULL && found->len > 0 ? g_ptr_array_steal_index(found, 0) : NULL;
    return found != NULL;
}

bool hf_closure_end(HfCatalog *catalog, const char *database_id, GError **error)
{
    return hf_catalog_do(catalog, "DELETE FROM closure WHERE database_id = $1::uuid", HF_PARAMETERS(database_id),
                         error);
}

bool hf_closure_leave(HfCatalog *catalog, const char *organization, const char *database_id, bool *left,
                      int64_t *connection_limit, GError **error)
{
    static const char sql[] = "DELETE FROM closure c USING job j WHERE c.organization_id = $1::uuid AND "
                              "c.database_id::text = $2 AND j.id = c.job_id AND j.state NOT IN ('queued', 'running') "
                              "RETURNING c.connection_limit";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(organization, database_id), error);
    *left = rows != NULL && hf_pg_rows_count(rows) > 0;
    *connection_limit = *left ? hf_pg_rows_int64(rows, 0, 0) : 0;
    return rows != NULL;
}

GPtrArray *hf_closure_list(HfCatalog *catalog, GError **error)
{
    return read_all(catalog, "SELECT " COLUMNS "FOR SHARE OF c SKIP LOCKED", NULL, error);
}

GPtrArray *hf_closure_orphans(HfCatalog *catalog, GError **error)
{
    static const char sql[] =
        "WITH o AS (SELECT c.database_id FROM closure c JOIN job j ON j.id = c.job_id WHERE NOT c.is_moved AND j.state "
        "<> 'running' AND (c.asked_at IS NULL OR (c.asked_at NOT BETWEEN now() - interval '1 minute' AND now() AND NOT "
        "EXISTS (SELECT FROM job r WHERE r.kind = 'resume' AND r.database_id = c.database_id AND r.state IN ('queued', "
        "'running')))) FOR UPDATE OF c SKIP LOCKED), asked AS (UPDATE closure SET asked_at = now() FROM o WHERE "
        "closure.database_id = o.database_id) SELECT " COLUMNS "WHERE c.database_id IN (SELECT database_id FROM o)";
    return read_all(catalog, sql, NULL, error);
}
