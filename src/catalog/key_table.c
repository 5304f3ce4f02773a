#include "catalog/key_table.h"

#include "catalog/row.h"

static const HfField fields[] = {{"name", HF_FIELD_LINE, .required = true}};
static const char *const filters[] = {"name", "kind", "fingerprint", NULL};
static const char *const sorts[] = {"name", "created_at", NULL};

const HfNoun hf_noun_key = {.name = "key",
                            .table = "key",
                            .view = "holdfast_view.key",
                            .fields = fields,
                            .field_count = G_N_ELEMENTS(fields),
                            .filters = filters,
                            .sorts = sorts,
                            .search = "name"};

#define SELECT_KEY "SELECT k.id, k.organization_id, k.name, k.kind, k.recipient, k.fingerprint, k.secret FROM key k "
static const size_t texts[] = {offsetof(HfKeyRow, id),        offsetof(HfKeyRow, organization),
                               offsetof(HfKeyRow, name),      offsetof(HfKeyRow, kind),
                               offsetof(HfKeyRow, recipient), offsetof(HfKeyRow, fingerprint)};

void hf_key_row_free(HfKeyRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, texts, G_N_ELEMENTS(texts));
    g_clear_pointer(&self->secret, g_bytes_unref);
    g_free(self);
}

static GPtrArray *read_all(HfCatalog *catalog, const char *sql, const char *const *parameters, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, parameters, error);
    if (rows == NULL)
        return NULL;
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)hf_key_row_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfKeyRow *row = g_new0(HfKeyRow, 1);
        hf_row_texts(row, rows, i, texts, G_N_ELEMENTS(texts));
        row->secret = hf_row_bytes(rows, i, G_N_ELEMENTS(texts));
        g_ptr_array_add(all, row);
    }
    return all;
}

char *hf_key_create(HfCatalog *catalog, const char *organization, const HfKeyRow *key, const char *created_by,
                    GError **error)
{
    static const char sql[] =
        "INSERT INTO key (organization_id, name, kind, recipient, fingerprint, secret, created_by) VALUES ($1::uuid, "
        "$2, $3, nullif($4, ''), $5, nullif($6, '')::bytea, $7) RETURNING id::text";
    g_autofree char *secret = hf_bytes_parameter(key->secret);
    return hf_catalog_text(catalog, sql,
                           HF_PARAMETERS(organization, key->name, key->kind, hf_or_empty(key->recipient),
                                         key->fingerprint, secret, hf_or_empty(created_by)),
                           error);
}

HfKeyRow *hf_key_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    static const char sql[] = SELECT_KEY "WHERE k.id = $1::uuid AND ($2 = '' OR k.organization_id::text = $2)";
    if (!hf_id_check("key", id, error))
        return NULL;
    g_autoptr(GPtrArray) all = read_all(catalog, sql, HF_PARAMETERS(id, hf_or_empty(organization)), error);
    if (all == NULL || (all->len == 0 && !hf_not_found("key", id, error)))
        return NULL;
    return g_ptr_array_steal_index(all, 0);
}

GPtrArray *hf_key_with_secret(HfCatalog *catalog, const char *organization, const char *fingerprint, GError **error)
{
    static const char sql[] = SELECT_KEY "WHERE k.organization_id = $1::uuid AND k.secret IS NOT NULL AND ($2 = '' OR "
                                         "k.fingerprint = $2) ORDER BY k.created_at DESC, k.id";
    return read_all(catalog, sql, HF_PARAMETERS(organization, hf_or_empty(fingerprint)), error);
}

GPtrArray *hf_key_of_schedule(HfCatalog *catalog, const char *schedule_id, GError **error)
{
    static const char sql[] =
        SELECT_KEY "JOIN schedule_key l ON l.key_id = k.id WHERE l.schedule_id = $1::uuid ORDER BY k.name";
    return read_all(catalog, sql, HF_PARAMETERS(schedule_id), error);
}

char *hf_key_places(HfCatalog *catalog, const char *organization, const char *fingerprint, GError **error)
{
    static const char sql[] =
        "SELECT coalesce(string_agg(format(E'    %s: %s, %s of this key%s\\n', s.name, s.path, b.count, ', the newest "
        "of ' "
        "|| holdfast_view.t(b.newest)), '' ORDER BY s.name), '') FROM storage s, LATERAL (SELECT count(*), "
        "max(created_at) AS newest FROM backup b WHERE b.storage_id = s.id AND b.state <> 'deleted' AND b.fingerprints "
        "@> ARRAY[$2]) b WHERE s.organization_id = $1::uuid";
    return hf_catalog_text(catalog, sql, HF_PARAMETERS(organization, fingerprint), error);
}
