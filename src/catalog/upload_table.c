#include "catalog/upload_table.h"

#include "base/error.h"
#include "catalog/row.h"

static const char *const filters[] = {"state", "purpose", NULL};
static const char *const sorts[] = {"-created_at", NULL};

const HfNoun hf_noun_upload = {.name = "upload",
                               .table = "upload",
                               .view = "holdfast_view.upload",
                               .filters = filters,
                               .sorts = sorts,
                               .search = "name"};

#define SELECT_UPLOAD                                                                                                  \
    "SELECT id, organization_id, storage_id, name, state, created_by, purpose, size_bytes, offset_bytes, "             \
    "holdfast_view.us(expires_at) FROM upload "
static const size_t texts[] = {offsetof(HfUploadRow, id),         offsetof(HfUploadRow, organization),
                               offsetof(HfUploadRow, storage_id), offsetof(HfUploadRow, name),
                               offsetof(HfUploadRow, state),      offsetof(HfUploadRow, created_by),
                               offsetof(HfUploadRow, purpose)};

void hf_upload_row_free(HfUploadRow *self)
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
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)hf_upload_row_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfUploadRow *row = g_new0(HfUploadRow, 1);
        hf_row_texts(row, rows, i, texts, G_N_ELEMENTS(texts));
        row->size_bytes = hf_pg_rows_int64(rows, i, 7);
        row->offset_bytes = hf_pg_rows_int64(rows, i, 8);
        row->expires_us = hf_pg_rows_int64(rows, i, 9);
        g_ptr_array_add(all, row);
    }
    return all;
}

char *hf_upload_create(HfCatalog *catalog, const char *organization, const HfUploadRow *upload, GError **error)
{
    static const char sql[] =
        "INSERT INTO upload (organization_id, storage_id, name, size_bytes, expires_at, created_by, purpose) "
        "VALUES ($1::uuid, $2::uuid, $3, $4::bigint, holdfast_view.at($5::bigint), $6, $7) "
        "RETURNING id::text";
    HfNumber size, expires;
    if (!hf_id_check("storage", upload->storage_id, error))
        return NULL;
    return hf_catalog_text(catalog, sql,
                           HF_PARAMETERS(organization, upload->storage_id, upload->name,
                                         hf_number(&size, upload->size_bytes), hf_number(&expires, upload->expires_us),
                                         hf_or_empty(upload->created_by), upload->purpose),
                           error);
}

HfUploadRow *hf_upload_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    static const char sql[] = SELECT_UPLOAD "WHERE id = $1::uuid AND ($2 = '' OR organization_id::text = $2)";
    if (!hf_id_check("upload", id, error))
        return NULL;
    g_autoptr(GPtrArray) all = read_all(catalog, sql, HF_PARAMETERS(id, hf_or_empty(organization)), error);
    if (all == NULL || (all->len == 0 && !hf_not_found("upload", id, error)))
        return NULL;
    return g_ptr_array_steal_index(all, 0);
}

static bool changed(const HfPgRows *rows, const char *id, GError **error)
{
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the upload %s has gone on elsewhere: ask where it is", id);
    return rows != NULL && hf_pg_rows_count(rows) > 0;
}

bool hf_upload_advance(HfCatalog *catalog, const char *id, int64_t from_bytes, int64_t to_bytes, int64_t expires_us,
                       GError **error)
{
    static const char sql[] =
        "UPDATE upload SET offset_bytes = $3::bigint, expires_at = holdfast_view.at($4::bigint), version = version + 1 "
        "WHERE id = $1::uuid AND offset_bytes = $2::bigint AND state = 'receiving' RETURNING id";
    HfNumber from, to, expires;
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        catalog, sql,
        HF_PARAMETERS(id, hf_number(&from, from_bytes), hf_number(&to, to_bytes), hf_number(&expires, expires_us)),
        error);
    return changed(rows, id, error);
}

bool hf_upload_finish(HfCatalog *catalog, const char *id, const char *state, const char *summary_json, const char *why,
                      GError **error)
{
    static const char sql[] = "UPDATE upload SET state = $2, summary = nullif($3, '')::jsonb, error = nullif($4, ''), "
                              "version = version + 1 WHERE id = $1::uuid AND state = 'receiving' RETURNING id";
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(catalog, sql, HF_PARAMETERS(id, state, hf_or_empty(summary_json), hf_or_empty(why)), error);
    return changed(rows, id, error);
}

bool hf_upload_remove(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    static const char sql[] =
        "DELETE FROM upload WHERE id = $1::uuid AND ($2 = '' OR organization_id::text = $2) RETURNING id";
    if (!hf_id_check("upload", id, error))
        return false;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, hf_or_empty(organization)), error);
    return rows != NULL && (hf_pg_rows_count(rows) > 0 || hf_not_found("upload", id, error));
}

bool hf_upload_end(HfCatalog *catalog, const char *id, GError **error)
{
    static const char sql[] = "UPDATE upload SET expires_at = now(), version = version + 1 WHERE id = $1::uuid";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(id), error);
}

GPtrArray *hf_upload_expired(HfCatalog *catalog, GError **error)
{
    return read_all(catalog, SELECT_UPLOAD "WHERE expires_at < now() ORDER BY expires_at LIMIT 100", NULL, error);
}
