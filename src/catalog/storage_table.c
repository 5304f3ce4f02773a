#include "catalog/storage_table.h"

#include "catalog/row.h"

static const char *const kinds[] = {"local", NULL};
static const HfField fields[] = {
    {"name", HF_FIELD_LINE, .required = true},
    {"kind", HF_FIELD_CHOICE, .fixed = true, .choices = kinds},
    {"path", HF_FIELD_LINE, .required = true, .max = 1000},
};
static const char *const filters[] = {"name", "kind", NULL};
static const char *const sorts[] = {"name", "created_at", NULL};

const HfNoun hf_noun_storage = {.name = "storage",
                                .table = "storage",
                                .view = "holdfast_view.storage",
                                .fields = fields,
                                .field_count = G_N_ELEMENTS(fields),
                                .filters = filters,
                                .sorts = sorts,
                                .search = "name"};

static const size_t texts[] = {offsetof(HfStorageRow, id),     offsetof(HfStorageRow, organization),
                               offsetof(HfStorageRow, name),   offsetof(HfStorageRow, kind),
                               offsetof(HfStorageRow, path),   offsetof(HfStorageRow, version),
                               offsetof(HfStorageRow, read_at)};

void hf_storage_row_free(HfStorageRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, texts, G_N_ELEMENTS(texts));
    g_free(self);
}

static GPtrArray *read_all(HfCatalog *catalog, const char *id, const char *organization, GError **error)
{
    static const char sql[] =
        "SELECT id, organization_id, name, kind, path, version, clock_timestamp() FROM storage WHERE ($1 = '' OR id = "
        "nullif($1, '')::uuid) AND ($2 = '' OR organization_id::text = $2) ORDER BY name, id";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, hf_or_empty(organization)), error);
    if (rows == NULL)
        return NULL;
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)hf_storage_row_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfStorageRow *row = g_new0(HfStorageRow, 1);
        hf_row_texts(row, rows, i, texts, G_N_ELEMENTS(texts));
        g_ptr_array_add(all, row);
    }
    return all;
}

HfStorageRow *hf_storage_row_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    if (!hf_id_check("storage", id, error))
        return NULL;
    g_autoptr(GPtrArray) all = read_all(catalog, id, organization, error);
    if (all == NULL || (all->len == 0 && !hf_not_found("storage", id, error)))
        return NULL;
    return g_ptr_array_steal_index(all, 0);
}

GPtrArray *hf_storage_all(HfCatalog *catalog, const char *organization, GError **error)
{
    return read_all(catalog, "", organization, error);
}

char *hf_storage_pool(HfCatalog *catalog, const char *id, GError **error)
{
    return hf_catalog_text(catalog, "SELECT holdfast_view.storage_pool($1::uuid)", HF_PARAMETERS(id), error);
}

bool hf_storage_set_check(HfCatalog *catalog, const HfStorageRow *storage, const char *result_json, GError **error)
{
    return hf_catalog_do(
        catalog, "UPDATE storage SET checked_at = clock_timestamp(), check_result = $2::jsonb " HF_UNCHECKED_SINCE,
        HF_PARAMETERS(storage->id, result_json, storage->version, storage->read_at), error);
}

bool hf_storage_note_use(HfCatalog *catalog, const char *id, const char *failure, GError **error)
{
    static const char sql[] = "UPDATE storage SET checked_at = clock_timestamp(), check_result = "
                              "jsonb_build_object('ok', $2 = '', 'message', "
                              "$2::text) WHERE id = $1 AND (check_result->>'ok')::boolean IS DISTINCT FROM ($2 = '')";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(id, hf_or_empty(failure)), error);
}
