#include "catalog/schedule_table.h"

#include "base/error.h"
#include "catalog/row.h"

static const HfField fields[] = {
    {"name", HF_FIELD_LINE, .required = true},
    {"description", HF_FIELD_TEXT, .max = 2000},
    {"is_active", HF_FIELD_BOOLEAN},
    {"interval_s", HF_FIELD_INTEGER, .nullable = true, .min = 60, .max = 366LL * 86400},
    {"cron", HF_FIELD_LINE, .nullable = true},
    {"time_zone", HF_FIELD_LINE},
    {"starts_at", HF_FIELD_TIME},
    {"server_id", HF_FIELD_ID, .nullable = true},
    {"database_pattern", HF_FIELD_LINE, .nullable = true},
    {"database_ids", HF_FIELD_IDS, .link = "schedule_database"},
    {"storage_id", HF_FIELD_ID, .required = true},
    {"folder", HF_FIELD_TEXT},
    {"prefix", HF_FIELD_TEXT, .max = 60},
    {"key_ids", HF_FIELD_IDS, .link = "schedule_key", .max = 20},
    {"keep_count", HF_FIELD_INTEGER, .nullable = true, .min = 1, .max = 100000},
    {"keep_days", HF_FIELD_INTEGER, .nullable = true, .min = 1, .max = 36500},
    {"pool", HF_FIELD_LINE, .nullable = true, .max = 60},
    {"options", HF_FIELD_OBJECT},
};
static const char *const filters[] = {"name", "is_active", "storage_id", "server_id", NULL};
static const char *const sorts[] = {"name", "created_at", "next_run_at", NULL};

const HfNoun hf_noun_schedule = {.name = "schedule",
                                 .table = "schedule",
                                 .view = "holdfast_view.schedule",
                                 .fields = fields,
                                 .field_count = G_N_ELEMENTS(fields),
                                 .filters = filters,
                                 .sorts = sorts,
                                 .search = "name"};

#define SELECT_SCHEDULE                                                                                                \
    "SELECT id, organization_id, name, cron, time_zone, server_id, database_pattern, storage_id, folder, prefix, "     \
    "pool, options, coalesce(interval_s, 0), holdfast_view.us(starts_at), coalesce(holdfast_view.us(next_run_at), "    \
    "-1), coalesce(holdfast_view.us(last_run_at), -1), coalesce(keep_count, 0), coalesce(keep_days, 0), is_active "    \
    "FROM schedule "
static const size_t texts[] = {
    offsetof(HfScheduleRow, id),
    offsetof(HfScheduleRow, organization),
    offsetof(HfScheduleRow, name),
    offsetof(HfScheduleRow, cron),
    offsetof(HfScheduleRow, time_zone),
    offsetof(HfScheduleRow, server_id),
    offsetof(HfScheduleRow, database_pattern),
    offsetof(HfScheduleRow, storage_id),
    offsetof(HfScheduleRow, folder),
    offsetof(HfScheduleRow, prefix),
    offsetof(HfScheduleRow, pool),
    offsetof(HfScheduleRow, options),
};

void hf_schedule_row_free(HfScheduleRow *self)
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
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)hf_schedule_row_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfScheduleRow *row = g_new0(HfScheduleRow, 1);
        int column = G_N_ELEMENTS(texts);
        hf_row_texts(row, rows, i, texts, G_N_ELEMENTS(texts));
        row->interval_s = hf_pg_rows_int64(rows, i, column++);
        row->starts_us = hf_pg_rows_int64(rows, i, column++);
        row->next_us = hf_pg_rows_int64(rows, i, column++);
        row->last_us = hf_pg_rows_int64(rows, i, column++);
        row->keep_count = hf_pg_rows_int64(rows, i, column++);
        row->keep_days = hf_pg_rows_int64(rows, i, column++);
        row->is_active = hf_pg_rows_bool(rows, i, column);
        g_ptr_array_add(all, row);
    }
    return all;
}

HfScheduleRow *hf_schedule_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    static const char sql[] = SELECT_SCHEDULE "WHERE id = $1::uuid AND ($2 = '' OR organization_id::text = $2)";
    if (!hf_id_check("schedule", id, error))
        return NULL;
    g_autoptr(GPtrArray) all = read_all(catalog, sql, HF_PARAMETERS(id, hf_or_empty(organization)), error);
    if (all == NULL || (all->len == 0 && !hf_not_found("schedule", id, error)))
        return NULL;
    return g_ptr_array_steal_index(all, 0);
}

GPtrArray *hf_schedule_due(HfCatalog *catalog, int64_t now_us, GError **error)
{
    static const char sql[] =
        SELECT_SCHEDULE "WHERE is_active AND (next_run_at IS NULL OR next_run_at <= holdfast_view.at($1::bigint)) "
                        "ORDER BY next_run_at NULLS FIRST, id LIMIT 100";
    HfNumber now;
    return read_all(catalog, sql, HF_PARAMETERS(hf_number(&now, now_us)), error);
}

GPtrArray *hf_schedule_waiting(HfCatalog *catalog, int64_t now_us, GError **error)
{
    static const char sql[] = SELECT_SCHEDULE "WHERE is_active AND next_run_at > holdfast_view.at($1::bigint) AND "
                                              "isfinite(next_run_at) ORDER BY next_run_at DESC, id";
    HfNumber now;
    return read_all(catalog, sql, HF_PARAMETERS(hf_number(&now, now_us)), error);
}

bool hf_schedule_advance(HfCatalog *catalog, const HfScheduleRow *row, int64_t next_us, int64_t ran_us, GError **error)
{
    static const char sql[] =
        "UPDATE schedule SET next_run_at = CASE WHEN $2::bigint = -1 THEN 'infinity' ELSE holdfast_view.at($2::bigint) "
        "END, last_run_at = CASE WHEN $3::bigint = -1 THEN last_run_at ELSE holdfast_view.at($3::bigint) END "
        "WHERE id = $1::uuid AND coalesce(holdfast_view.us(next_run_at), -1) = $4::bigint RETURNING id";
    HfNumber next, ran, known;
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        catalog, sql,
        HF_PARAMETERS(row->id, hf_number(&next, next_us), hf_number(&ran, ran_us), hf_number(&known, row->next_us)),
        error);
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the schedule %s is being run by another leader", row->name);
    return rows != NULL && hf_pg_rows_count(rows) > 0;
}

bool hf_schedule_note_run(HfCatalog *catalog, const char *id, GError **error)
{
    return hf_catalog_do(catalog, "UPDATE schedule SET last_run_at = now() WHERE id = $1::uuid", HF_PARAMETERS(id),
                         error);
}

GPtrArray *hf_schedule_databases(HfCatalog *catalog, const char *id, GError **error)
{
    static const char sql[] = HF_SELECT_DATABASE
        " JOIN schedule c ON c.organization_id = d.organization_id WHERE c.id = $1::uuid AND (EXISTS (SELECT FROM "
        "schedule_database l WHERE l.schedule_id = c.id AND l.database_id = d.id) OR (d.server_id = c.server_id AND "
        "holdfast_view.is_meant(d.name, c.database_pattern))) ORDER BY s.name, d.name";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id), error);
    return rows != NULL ? hf_database_rows(rows) : NULL;
}

char **hf_schedule_new_databases(HfCatalog *catalog, const char *id, const char *const *names, GError **error)
{
    static const char sql[] =
        "SELECT n.name FROM schedule c, jsonb_array_elements_text($2::jsonb) n (name) WHERE c.id = $1::uuid AND "
        "holdfast_view.is_meant(n.name, c.database_pattern) AND NOT EXISTS (SELECT FROM database d WHERE d.server_id = "
        "c.server_id AND d.name = n.name)";
    g_autofree char *list = hf_list_parameter(names);
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, list), error);
    return rows != NULL ? hf_rows_list(rows) : NULL;
}
