#include "catalog/mssql_server_table.h"

#include "catalog/row.h"

static const HfField fields[] = {
    {"name", HF_FIELD_LINE, .required = true},
    {"address", HF_FIELD_LINE, .required = true, .max = 300},
    {"username", HF_FIELD_LINE, .required = true},
    {"password", HF_FIELD_SECRET, .nullable = true},
    {"tls_root", HF_FIELD_TEXT, .max = 65536},
    {"any_certificate", HF_FIELD_BOOLEAN},
    {"pool", HF_FIELD_LINE, .max = 60},
};
static const char *const filters[] = {"name", "pool", NULL};
static const char *const sorts[] = {"name", "created_at", NULL};

const HfNoun hf_noun_mssql_server = {.name = "mssql_server",
                                     .table = "mssql_server",
                                     .view = "holdfast_view.mssql_server",
                                     .fields = fields,
                                     .field_count = G_N_ELEMENTS(fields),
                                     .filters = filters,
                                     .sorts = sorts,
                                     .search = "name"};

static const size_t texts[] = {
    offsetof(HfMssqlServerRow, id),      offsetof(HfMssqlServerRow, organization), offsetof(HfMssqlServerRow, name),
    offsetof(HfMssqlServerRow, address), offsetof(HfMssqlServerRow, username),     offsetof(HfMssqlServerRow, tls_root),
    offsetof(HfMssqlServerRow, pool),
};

HfMssqlServerRow *hf_mssql_server_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    static const char sql[] = "SELECT id, organization_id, name, address, username, tls_root, pool, any_certificate, "
                              "password FROM mssql_server WHERE id = $1::uuid AND organization_id = $2::uuid";
    if (!hf_id_check("mssql_server", id, error))
        return NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, organization), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("mssql_server", id, error)))
        return NULL;
    int column = G_N_ELEMENTS(texts);
    HfMssqlServerRow *self = g_new0(HfMssqlServerRow, 1);
    hf_row_texts(self, rows, 0, texts, G_N_ELEMENTS(texts));
    self->any_certificate = hf_pg_rows_bool(rows, 0, column++);
    self->password = hf_row_bytes(rows, 0, column);
    return self;
}

void hf_mssql_server_row_free(HfMssqlServerRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, texts, G_N_ELEMENTS(texts));
    g_clear_pointer(&self->password, g_bytes_unref);
    g_free(self);
}
