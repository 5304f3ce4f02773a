#include "catalog/server_table.h"

#include "catalog/row.h"

static const char *const tls_modes[] = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full", NULL};

static const HfField server_fields[] = {
    {"name", HF_FIELD_LINE, .required = true},
    {"host", HF_FIELD_LINE, .required = true, .max = 255},
    {"port", HF_FIELD_INTEGER, .min = 1, .max = 65535},
    {"username", HF_FIELD_LINE, .required = true},
    {"password", HF_FIELD_SECRET, .nullable = true},
    {"tls_mode", HF_FIELD_CHOICE, .choices = tls_modes},
    {"tls_root", HF_FIELD_TEXT, .max = 65536},
    {"maintenance_db", HF_FIELD_LINE},
    {"pool", HF_FIELD_LINE, .max = 60},
    {"max_jobs", HF_FIELD_INTEGER, .min = 1, .max = 100},
};
static const char *const server_filters[] = {"name", "host", "pool", NULL};
static const char *const by_name[] = {"name", "created_at", NULL};

const HfNoun hf_noun_server = {.name = "server",
                               .table = "server",
                               .view = "holdfast_view.server",
                               .fields = server_fields,
                               .field_count = G_N_ELEMENTS(server_fields),
                               .filters = server_filters,
                               .sorts = by_name,
                               .search = "name"};

static const HfField database_fields[] = {
    {"server_id", HF_FIELD_ID, .required = true, .fixed = true},
    {"name", HF_FIELD_LINE, .required = true, .fixed = true},
    {"alarm_after_s", HF_FIELD_INTEGER, .min = 60, .max = 400LL * 86400},
    {"retention_paused", HF_FIELD_TEXT, .nullable = true, .max = 1000},
};
static const char *const database_filters[] = {"server_id", "name", NULL};

const HfNoun hf_noun_database = {.name = "database",
                                 .table = "database",
                                 .view = "holdfast_view.database",
                                 .fields = database_fields,
                                 .field_count = G_N_ELEMENTS(database_fields),
                                 .filters = database_filters,
                                 .sorts = by_name,
                                 .search = "name"};

static const char *const alarm_filters[] = {"is_raised", "server_id", NULL};
static const char *const alarm_sorts[] = {"name", NULL};

const HfNoun hf_noun_alarm = {.name = "alarm",
                              .table = "database",
                              .view = "holdfast_view.alarm",
                              .filters = alarm_filters,
                              .sorts = alarm_sorts,
                              .search = "name"};

/* ---- Servers -------------------------------------------------------------------------------------------------------
 */

static const size_t server_texts[] = {
    offsetof(HfServerRow, id),       offsetof(HfServerRow, organization), offsetof(HfServerRow, name),
    offsetof(HfServerRow, host),     offsetof(HfServerRow, port),         offsetof(HfServerRow, username),
    offsetof(HfServerRow, tls_mode), offsetof(HfServerRow, tls_root),     offsetof(HfServerRow, maintenance_db),
    offsetof(HfServerRow, pool),     offsetof(HfServerRow, version),      offsetof(HfServerRow, read_at),
};

HfServerRow *hf_server_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    static const char sql[] =
        "SELECT id, organization_id, name, host, port, username, tls_mode, tls_root, maintenance_db, pool, "
        "version, clock_timestamp(), password "
        "FROM server WHERE id = $1::uuid AND ($2 = '' OR organization_id::text = $2)";
    if (!hf_id_check("server", id, error))
        return NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, hf_or_empty(organization)), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("server", id, error)))
        return NULL;
    HfServerRow *self = g_new0(HfServerRow, 1);
    hf_row_texts(self, rows, 0, server_texts, G_N_ELEMENTS(server_texts));
    self->password = hf_row_bytes(rows, 0, G_N_ELEMENTS(server_texts));
    return self;
}

void hf_server_row_free(HfServerRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, server_texts, G_N_ELEMENTS(server_texts));
    g_clear_pointer(&self->password, g_bytes_unref);
    g_free(self);
}

bool hf_server_set_check(HfCatalog *catalog, const HfServerRow *server, const char *result_json, GError **error)
{
    return hf_catalog_do(
        catalog, "UPDATE server SET checked_at = clock_timestamp(), check_result = $2::jsonb " HF_UNCHECKED_SINCE,
        HF_PARAMETERS(server->id, result_json, server->version, server->read_at), error);
}

/* ---- Databases -----------------------------------------------------------------------------------------------------
 */

static const size_t database_texts[] = {
    offsetof(HfDatabaseRow, id),
    offsetof(HfDatabaseRow, organization),
    offsetof(HfDatabaseRow, name),
    offsetof(HfDatabaseRow, server_id),
    offsetof(HfDatabaseRow, server_name),
    offsetof(HfDatabaseRow, pool),
    offsetof(HfDatabaseRow, retention_paused),
};

HfDatabaseRow *hf_database_row(const HfPgRows *rows, size_t row)
{
    HfDatabaseRow *self = g_new0(HfDatabaseRow, 1);
    hf_row_texts(self, rows, row, database_texts, G_N_ELEMENTS(database_texts));
    self->retention_confirmed_us = hf_pg_rows_int64(rows, row, G_N_ELEMENTS(database_texts));
    return self;
}

GPtrArray *hf_database_rows(const HfPgRows *rows)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)hf_database_row_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        g_ptr_array_add(all, hf_database_row(rows, i));
    return all;
}

void hf_database_row_free(HfDatabaseRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, database_texts, G_N_ELEMENTS(database_texts));
    g_free(self);
}

HfDatabaseRow *hf_database_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    static const char sql[] = HF_SELECT_DATABASE " WHERE d.id = $1::uuid AND ($2 = '' OR d.organization_id::text = $2)";
    if (!hf_id_check("database", id, error))
        return NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, hf_or_empty(organization)), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("database", id, error)))
        return NULL;
    return hf_database_row(rows, 0);
}

HfDatabaseRow *hf_database_by_name(HfCatalog *catalog, const char *server_id, const char *name, GError **error)
{
    static const char sql[] = HF_SELECT_DATABASE " WHERE d.server_id = $1::uuid AND d.name = $2";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(server_id, name), error);
    return rows != NULL && hf_pg_rows_count(rows) > 0 ? hf_database_row(rows, 0) : NULL;
}

bool hf_database_register(HfCatalog *catalog, const char *organization, const char *server_id, const char *const *names,
                          const char *created_by, unsigned *added, GError **error)
{
    static const char sql[] =
        "INSERT INTO database (organization_id, server_id, name, created_by) SELECT $1::uuid, $2::uuid, n #>> '{}', $4 "
        "FROM jsonb_array_elements($3::jsonb) n ON CONFLICT (server_id, name) DO NOTHING RETURNING id";
    g_autofree char *list = hf_list_parameter(names);
    if (!hf_id_check("server", server_id, error))
        return false;
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(catalog, sql, HF_PARAMETERS(organization, server_id, list, hf_or_empty(created_by)), error);
    if (rows != NULL && added != NULL)
        *added = (unsigned)hf_pg_rows_count(rows);
    return rows != NULL;
}

bool hf_database_note_missing(HfCatalog *catalog, const char *id, bool missing, GError **error)
{
    static const char sql[] = "UPDATE database SET missing_since = CASE WHEN $2::boolean THEN now() END "
                              "WHERE id = $1::uuid AND (missing_since IS NOT NULL) <> $2::boolean";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(id, missing ? "true" : "false"), error);
}

bool hf_database_note_found(HfCatalog *catalog, const char *server_id, const char *const *names, GError **error)
{
    static const char sql[] =
        "UPDATE database SET missing_since = NULL WHERE server_id = $1::uuid AND missing_since IS "
        "NOT NULL AND name IN (SELECT n #>> '{}' FROM jsonb_array_elements($2::jsonb) n)";
    g_autofree char *list = hf_list_parameter(names);
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(server_id, list), error);
}

bool hf_database_pause_retention(HfCatalog *catalog, const char *id, const char *why, GError **error)
{
    return hf_catalog_do(catalog, "UPDATE database SET retention_paused = nullif($2, '') WHERE id = $1::uuid",
                         HF_PARAMETERS(id, hf_or_empty(why)), error);
}
