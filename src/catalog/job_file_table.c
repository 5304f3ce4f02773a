#include "catalog/job_file_table.h"

#include "base/error.h"
#include "catalog/row.h"

#include <stddef.h>

/* ---- Pieces --------------------------------------------------------------------------------------------------------
 */

bool hf_job_piece_add(HfCatalog *catalog, const char *organization, const char *job_id, int file, int number,
                      GBytes *sealed, GError **error)
{
    static const char sql[] = "INSERT INTO job_piece (organization_id, job_id, file, number, sealed) "
                              "VALUES ($1::uuid, $2::uuid, $3::int, $4::int, $5::bytea)";
    HfNumber its_file, its_number;
    g_autofree char *bytes = hf_bytes_parameter(sealed);
    return hf_catalog_do(
        catalog, sql,
        HF_PARAMETERS(organization, job_id, hf_number(&its_file, file), hf_number(&its_number, number), bytes), error);
}

GBytes *hf_job_piece_get(HfCatalog *catalog, const char *job_id, int file, int number, GError **error)
{
    static const char sql[] =
        "SELECT sealed FROM job_piece WHERE job_id = $1::uuid AND file = $2::int AND number = $3::int";
    HfNumber its_file, its_number;
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        catalog, sql, HF_PARAMETERS(job_id, hf_number(&its_file, file), hf_number(&its_number, number)), error);
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the piece %d of a file of the job %s is gone", number,
                    job_id);
    return rows != NULL && hf_pg_rows_count(rows) > 0 ? hf_row_bytes(rows, 0, 0) : NULL;
}

bool hf_job_pieces_remove(HfCatalog *catalog, const char *job_id, GError **error)
{
    return hf_catalog_do(catalog, "DELETE FROM job_piece WHERE job_id = $1::uuid", HF_PARAMETERS(job_id), error);
}

/* ---- Files ---------------------------------------------------------------------------------------------------------
 */

#define COLUMNS "f.organization_id, f.job_id, f.name, f.number, f.size_bytes, holdfast_view.us(f.expires_at)"
static const size_t texts[] = {offsetof(HfJobFileRow, organization), offsetof(HfJobFileRow, job_id),
                               offsetof(HfJobFileRow, name)};
#define CREATED_BY_COLUMN 6

void hf_job_file_row_free(HfJobFileRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, texts, G_N_ELEMENTS(texts));
    g_free(self);
}

static HfJobFileRow *row_of(const HfPgRows *rows)
{
    HfJobFileRow *row = g_new0(HfJobFileRow, 1);
    hf_row_texts(row, rows, 0, texts, G_N_ELEMENTS(texts));
    row->number = (int)hf_pg_rows_int64(rows, 0, 3);
    row->size_bytes = hf_pg_rows_int64(rows, 0, 4);
    row->expires_us = hf_pg_rows_int64(rows, 0, 5);
    return row;
}

bool hf_job_file_add(HfCatalog *catalog, const HfJobFileRow *file, GError **error)
{
    static const char sql[] = "INSERT INTO job_file (organization_id, job_id, number, name, size_bytes, expires_at) "
                              "VALUES ($1::uuid, $2::uuid, $3::int, $4, $5::bigint, holdfast_view.at($6::bigint))";
    HfNumber number, size, expires;
    return hf_catalog_do(catalog, sql,
                         HF_PARAMETERS(file->organization, file->job_id, hf_number(&number, file->number), file->name,
                                       hf_number(&size, file->size_bytes), hf_number(&expires, file->expires_us)),
                         error);
}

HfJobFileRow *hf_job_file_get(HfCatalog *catalog, const char *organization, const char *job_id, int number,
                              GError **error)
{
    static const char sql[] = "SELECT " COLUMNS " FROM job_file f WHERE f.job_id = $1::uuid AND f.organization_id = "
                              "$2::uuid AND f.number = $3::int AND f.expires_at > now()";
    HfNumber its_number;
    if (!hf_id_check("job", job_id, error))
        return NULL;
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(catalog, sql, HF_PARAMETERS(job_id, organization, hf_number(&its_number, number)), error);
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                    "the job %s has no such file, or not any more: files are kept for a day after the job's end",
                    job_id);
    return rows != NULL && hf_pg_rows_count(rows) > 0 ? row_of(rows) : NULL;
}

/* ---- Links ---------------------------------------------------------------------------------------------------------
 */

bool hf_job_file_link_create(HfCatalog *catalog, const HfJobFileRow *file, const uint8_t *hash, const char *created_by,
                             int64_t expires_us, GError **error)
{
    static const char sql[] = "INSERT INTO job_file_link (organization_id, job_id, number, token_hash, created_by, "
                              "expires_at) VALUES ($1::uuid, $2::uuid, $3::int, $4::bytea, $5, "
                              "holdfast_view.at($6::bigint))";
    HfNumber number, expires;
    g_autofree char *hash_text = hf_hash_parameter(hash);
    return hf_catalog_do(catalog, sql,
                         HF_PARAMETERS(file->organization, file->job_id, hf_number(&number, file->number), hash_text,
                                       hf_or_empty(created_by), hf_number(&expires, expires_us)),
                         error);
}

HfJobFileRow *hf_job_file_link_use(HfCatalog *catalog, const uint8_t *hash, char **created_by, GError **error)
{
    static const char sql[] =
        "WITH used AS (DELETE FROM job_file_link WHERE token_hash = $1::bytea RETURNING *) SELECT " COLUMNS
        ", u.created_by FROM used u JOIN job_file f ON (f.organization_id, f.job_id, f.number) = "
        "(u.organization_id, u.job_id, u.number) "
        "WHERE u.expires_at > now() AND f.expires_at > now()";
    g_autofree char *hash_text = hf_hash_parameter(hash);
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(hash_text), error);
    *created_by = NULL;
    if (rows == NULL || hf_pg_rows_count(rows) == 0)
        return NULL;
    *created_by = g_strdup(hf_pg_rows_text(rows, 0, CREATED_BY_COLUMN));
    return row_of(rows);
}

/* ---- What expires --------------------------------------------------------------------------------------------------
 */

bool hf_job_file_expire(HfCatalog *catalog, GError **error)
{
    static const char pieces[] =
        "DELETE FROM job_piece p USING job j WHERE j.id = p.job_id AND j.state NOT IN ('queued', 'running') AND NOT "
        "EXISTS (SELECT FROM job_file f WHERE (f.organization_id, f.job_id, f.number) = (p.organization_id, p.job_id, "
        "p.file))";
    return hf_catalog_do(catalog, "DELETE FROM job_file_link WHERE expires_at < now()", NULL, error) &&
           hf_catalog_do(catalog, "DELETE FROM job_file WHERE expires_at < now()", NULL, error) &&
           hf_catalog_do(catalog, pieces, NULL, error);
}
