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

bool hf_report_get(HfCatalog *catalog, const char *organization, const char *job_id, const char *part, GBytes **sealed,
                   GError **error)
{
    static const char sql[] = "SELECT r.sealed FROM job j LEFT JOIN job_report r ON r.job_id = j.id AND r.part = $3 "
                              "WHERE j.id = $1::uuid AND j.organization_id = $2::uuid";
    *sealed = NULL;
    if (!hf_id_check("job", job_id, error))
        return false;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(job_id, organization, part), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("job", job_id, error)))
        return false;
    *sealed = hf_row_bytes(rows, 0, 0);
    return true;
}

/* ---- Refused rows --------------------------------------------------------------------------------------------------
 */

bool hf_refused_add(HfCatalog *catalog, const char *organization, const char *job_id, const char *part, GBytes *sealed,
                    GError **error)
{
    static const char sql[] =
        "INSERT INTO job_refused (organization_id, job_id, number, part, sealed) SELECT $1::uuid, $2::uuid, "
        "coalesce(max(number) + 1, 0), $3, $4::bytea FROM job_refused WHERE job_id = $2::uuid";
    g_autofree char *bytes = hf_bytes_parameter(sealed);
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(organization, job_id, part, bytes), error);
}

bool hf_refused_remove(HfCatalog *catalog, const char *organization, const char *job_id, const char *part,
                       GError **error)
{
    static const char sql[] =
        "DELETE FROM job_refused WHERE organization_id = $1::uuid AND job_id = $2::uuid AND part = $3";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(organization, job_id, part), error);
}

static void free_row(gpointer data)
{
    HfRefusedRow *self = data;
    g_free(self->part);
    g_bytes_unref(self->sealed);
    g_free(self);
}

GPtrArray *hf_refused_list(HfCatalog *catalog, const char *organization, const char *job_id, GError **error)
{
    static const char sql[] =
        "SELECT part, sealed FROM job_refused WHERE job_id = $1::uuid AND organization_id = $2::uuid ORDER BY number";
    if (!hf_id_check("job", job_id, error))
        return NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(job_id, organization), error);
    if (rows == NULL)
        return NULL;
    GPtrArray *all = g_ptr_array_new_with_free_func(free_row);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfRefusedRow *row = g_new(HfRefusedRow, 1);
        *row = (HfRefusedRow){g_strdup(hf_pg_rows_text(rows, i, 0)), hf_row_bytes(rows, i, 1)};
        g_ptr_array_add(all, row);
    }
    return all;
}

/* ---- What expires --------------------------------------------------------------------------------------------------
 */

#define OVER                                                                                                           \
    " r USING job j LEFT JOIN setting s ON s.organization_id = j.organization_id AND s.name = 'report_keep_days' AND " \
    "jsonb_typeof(s.value) = 'number' WHERE j.id = r.job_id AND j.ended_at < holdfast_view.at($1::bigint) - "          \
    "least(greatest(coalesce((s.value #>> '{}')::numeric, $2::int), 1), $3::int)::int * interval '1 day'"

bool hf_report_expire(HfCatalog *catalog, int64_t now_us, GError **error)
{
    HfNumber now, days, most;
    const char *const *parameters =
        HF_PARAMETERS(hf_number(&now, now_us), hf_number(&days, HF_REPORT_DAYS), hf_number(&most, HF_REPORT_MAX_DAYS));
    return hf_catalog_do(catalog, "DELETE FROM job_report" OVER, parameters, error) &&
           hf_catalog_do(catalog, "DELETE FROM job_refused" OVER, parameters, error);
}
