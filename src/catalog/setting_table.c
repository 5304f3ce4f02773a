#include "catalog/setting_table.h"

#include "base/error.h"
#include "catalog/row.h"

static const HfField fields[] = {
    {"name", HF_FIELD_LINE, .required = true},
    {"url", HF_FIELD_LINE, .required = true, .max = 2000},
    {"secret", HF_FIELD_SECRET, .nullable = true},
    {"must_succeed", HF_FIELD_BOOLEAN},
    {"is_active", HF_FIELD_BOOLEAN},
};
static const char *const filters[] = {"name", "is_active", NULL};
static const char *const sorts[] = {"name", "created_at", NULL};

const HfNoun hf_noun_webhook = {.name = "webhook",
                                .table = "webhook",
                                .view = "holdfast_view.webhook",
                                .fields = fields,
                                .field_count = G_N_ELEMENTS(fields),
                                .filters = filters,
                                .sorts = sorts,
                                .search = "name"};

static const size_t texts[] = {offsetof(HfWebhookRow, id), offsetof(HfWebhookRow, organization_name),
                               offsetof(HfWebhookRow, name), offsetof(HfWebhookRow, url)};

void hf_webhook_row_free(HfWebhookRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, texts, G_N_ELEMENTS(texts));
    g_clear_pointer(&self->secret, g_bytes_unref);
    g_free(self);
}

/* `whose` ends a statement that has the organization's id as $1. Transfer full. */
static GPtrArray *read_webhooks(HfCatalog *catalog, const char *whose, const char *const *parameters, GError **error)
{
    g_autofree char *sql = g_strconcat(
        "SELECT w.id, o.name, w.name, w.url, w.secret, w.must_succeed FROM webhook w JOIN organization o ON "
        "o.id = w.organization_id WHERE o.id = $1::uuid AND ",
        whose, NULL);
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, parameters, error);
    if (rows == NULL)
        return NULL;
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)hf_webhook_row_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfWebhookRow *row = g_new0(HfWebhookRow, 1);
        hf_row_texts(row, rows, i, texts, G_N_ELEMENTS(texts));
        row->secret = hf_row_bytes(rows, i, G_N_ELEMENTS(texts));
        row->must_succeed = hf_pg_rows_bool(rows, i, G_N_ELEMENTS(texts) + 1);
        g_ptr_array_add(all, row);
    }
    return all;
}

GPtrArray *hf_webhook_active(HfCatalog *catalog, const char *organization, GError **error)
{
    return read_webhooks(catalog, "w.is_active ORDER BY w.name", HF_PARAMETERS(organization), error);
}

HfWebhookRow *hf_webhook_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    if (!hf_id_check("webhook", id, error))
        return NULL;
    g_autoptr(GPtrArray) one = read_webhooks(catalog, "w.id = $2::uuid", HF_PARAMETERS(organization, id), error);
    if (one == NULL || (one->len == 0 && !hf_not_found("webhook", id, error)))
        return NULL;
    return g_ptr_array_steal_index(one, 0);
}

/* ---- Settings ------------------------------------------------------------------------------------------------------
 */

const HfNoun hf_noun_setting = {.name = "setting", .table = "setting", .view = "holdfast_view.setting"};

char *hf_setting_get(HfCatalog *catalog, const char *organization, const char *name, GError **error)
{
    static const char sql[] =
        "SELECT value FROM setting WHERE name = $2 AND (organization_id IS NULL OR organization_id "
        "= nullif($1, '')::uuid) ORDER BY organization_id NULLS LAST LIMIT 1";
    return hf_catalog_text(catalog, sql, HF_PARAMETERS(hf_or_empty(organization), name), error);
}

bool hf_setting_set(HfCatalog *catalog, const char *organization, const char *name, const char *value_json,
                    GError **error)
{
    static const char removal[] =
        "DELETE FROM setting WHERE organization_id IS NOT DISTINCT FROM nullif($1, '')::uuid AND name = $2";
    static const char upsert[] =
        "INSERT INTO setting (organization_id, name, value) VALUES (nullif($1, '')::uuid, $2, $3::jsonb) ON CONFLICT "
        "(coalesce(organization_id, '00000000-0000-0000-0000-000000000000'), name) DO UPDATE SET value = "
        "excluded.value";
    const char *where = hf_or_empty(organization);
    return value_json == NULL ? hf_catalog_do(catalog, removal, HF_PARAMETERS(where, name), error)
                              : hf_catalog_do(catalog, upsert, HF_PARAMETERS(where, name, value_json), error);
}

bool hf_setting_count(HfCatalog *catalog, const char *organization, uint64_t *count, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        catalog, "SELECT count(*) FROM setting WHERE organization_id = $1::uuid", HF_PARAMETERS(organization), error);
    *count = rows != NULL ? (uint64_t)hf_pg_rows_int64(rows, 0, 0) : 0;
    return rows != NULL;
}

bool hf_setting_begin_change(HfCatalog *catalog, const char *organization, int version, GError **error)
{
    static const char sql[] = "UPDATE organization SET settings_version = settings_version + 1 WHERE id = $1::uuid AND "
                              "($2 = '0' OR settings_version = $2::int) RETURNING id";
    HfNumber number;
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(catalog, sql, HF_PARAMETERS(organization, hf_number(&number, version)), error);
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CONFLICT,
                            HF_NOUN_STALE ": the settings have another version now");
    return rows != NULL && hf_pg_rows_count(rows) > 0;
}

/* ---- Idempotency ---------------------------------------------------------------------------------------------------
 */

bool hf_idempotency_begin(HfCatalog *catalog, const char *organization, const char *actor, const char *key,
                          const uint8_t *request_hash, int *status, char **answer, GError **error)
{
    static const char insert[] =
        "INSERT INTO idempotency (organization_id, actor, key, request_hash) VALUES ($1::uuid, $2, $3, $4::bytea) "
        "ON CONFLICT DO NOTHING RETURNING key";
    static const char known[] =
        "SELECT status, answer, request_hash = $4::bytea FROM idempotency WHERE organization_id "
        "= $1::uuid AND actor = $2 AND key = $3";
    g_autofree char *hash = hf_hash_parameter(request_hash);
    const char *const *parameters = HF_PARAMETERS(organization, actor, key, hash);
    *status = 0;
    *answer = NULL;
    g_autoptr(HfPgRows) made = hf_catalog_query(catalog, insert, parameters, error);
    if (made == NULL || hf_pg_rows_count(made) > 0)
        return made != NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, known, parameters, error);
    if (rows == NULL)
        return false;
    if (hf_pg_rows_count(rows) == 0 || !hf_pg_rows_bool(rows, 0, 2) || hf_pg_rows_text(rows, 0, 0) == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "the Idempotency-Key %.60s came with another request before: use a new one", key);
        return false;
    }
    *status = (int)hf_pg_rows_int64(rows, 0, 0);
    *answer = g_strdup(hf_pg_rows_text(rows, 0, 1));
    return true;
}

bool hf_idempotency_finish(HfCatalog *catalog, const char *organization, const char *actor, const char *key, int status,
                           const char *answer, GError **error)
{
    static const char sql[] =
        "UPDATE idempotency SET status = $4::int, answer = $5 WHERE organization_id = $1::uuid AND "
        "actor = $2 AND key = $3";
    HfNumber number;
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(organization, actor, key, hf_number(&number, status), answer),
                         error);
}

char *hf_metrics(HfCatalog *catalog, GError **error)
{
    return hf_catalog_text(catalog, "SELECT holdfast_view.metrics()", NULL, error);
}
