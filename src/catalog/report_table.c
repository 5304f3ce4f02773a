#include "catalog/report_table.h"

#include "base/error.h"
#include "catalog/row.h"

bool hf_report_put(HfCatalog *catalog, const char *organization, const char *job_id, const char *part, GBytes *sealed,
                   GError **error)
{
    static const char sql[] = "INSERT INTO job_report (organization_id, job_id, part, sealed) "
                              "VALUES ($1::uuid, $2::uuid, $3, $4::bytea) "
                              "ON CONFLICT (job_id, part) DO UPDATE SET sealed = excluded.sealed";
    g_autofree char *bytes = hf_bytes_parameter(sealed);
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(organization, job_id, part, bytes), error);
}

bool hf_report_clear(HfCatalog *catalog, const char *job_id, GError **error)
{
    return hf_catalog_do(catalog, "DELETE FROM job_report WHERE job_id = $1::uuid", HF_PARAMETERS(job_id), error);
}

GBytes *hf_report_get(HfCatalog *catalog, const char *organization, const char *job_id, const char *part,
                      GError **error)
{
    static const char sql[] = "SELECT r.sealed FROM job j LEFT JOIN job_report r ON r.job_id = j.id AND r.part = $3 "
                              "WHERE j.id = $1::uuid AND j.organization_id = $2::uuid";
    if (!hf_id_check("job", job_id, error))
        return NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(job_id, organization, part), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("job", job_id, error)))
        return NULL;
    GBytes *sealed = hf_row_bytes(rows, 0, 0);
    if (sealed == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                    "the job %s has no such report: it is of another kind, has not come so far, or the report was too "
                    "long to be kept, which its log says",
                    job_id);
    return sealed;
}
