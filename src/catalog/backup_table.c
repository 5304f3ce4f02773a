#include "catalog/backup_table.h"

#include "base/error.h"
#include "catalog/row.h"

static const HfField fields[] = {{"is_pinned", HF_FIELD_BOOLEAN}};
static const char *const filters[] = {"database_id", "schedule_id", "storage_id", "type",
                                      "state",       "is_pinned",   "job_id",     NULL};
static const char *const sorts[] = {"-created_at", "name", "size_bytes", NULL};

const HfNoun hf_noun_backup = {.name = "backup",
                               .table = "backup",
                               .view = "holdfast_view.backup",
                               .fields = fields,
                               .field_count = G_N_ELEMENTS(fields),
                               .filters = filters,
                               .member = "fingerprint",
                               .sorts = sorts,
                               .search = "name",
                               .is_long = true,
                               .hidden = "deleted"};

#define SELECT_BACKUP                                                                                                  \
    "SELECT b.id, b.organization_id, b.name, b.storage_id, b.path, b.type, b.state, b.proof, b.database_id, "          \
    "b.database_name, b.server_name, b.schedule_id, b.job_id, b.created_by, array_to_string(b.fingerprints, ' '), "    \
    "b.size_bytes, b.raw_bytes, b.rows, b.tables, b.duration_ms, holdfast_view.us(b.created_at), b.is_pinned "
static const size_t texts[] = {
    offsetof(HfBackupRow, id),           offsetof(HfBackupRow, organization),
    offsetof(HfBackupRow, name),         offsetof(HfBackupRow, storage_id),
    offsetof(HfBackupRow, path),         offsetof(HfBackupRow, type),
    offsetof(HfBackupRow, state),        offsetof(HfBackupRow, proof),
    offsetof(HfBackupRow, database_id),  offsetof(HfBackupRow, database_name),
    offsetof(HfBackupRow, server_name),  offsetof(HfBackupRow, schedule_id),
    offsetof(HfBackupRow, job_id),       offsetof(HfBackupRow, created_by),
    offsetof(HfBackupRow, fingerprints),
};
#define IS_PINNED_COLUMN ((int)G_N_ELEMENTS(texts) + 6)

void hf_backup_row_free(HfBackupRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, texts, G_N_ELEMENTS(texts));
    g_free(self->contents);
    g_free(self);
}

static HfBackupRow *row_of(const HfPgRows *rows, size_t i)
{
    HfBackupRow *row = g_new0(HfBackupRow, 1);
    int column = G_N_ELEMENTS(texts);
    hf_row_texts(row, rows, i, texts, G_N_ELEMENTS(texts));
    row->size_bytes = hf_pg_rows_int64(rows, i, column++);
    row->raw_bytes = hf_pg_rows_int64(rows, i, column++);
    row->rows = hf_pg_rows_int64(rows, i, column++);
    row->tables = hf_pg_rows_int64(rows, i, column++);
    row->duration_ms = hf_pg_rows_int64(rows, i, column++);
    row->created_us = hf_pg_rows_int64(rows, i, column++);
    row->is_pinned = hf_pg_rows_bool(rows, i, column);
    return row;
}

static GPtrArray *read_all(HfCatalog *catalog, const char *sql, const char *const *parameters, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, parameters, error);
    if (rows == NULL)
        return NULL;
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)hf_backup_row_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        g_ptr_array_add(all, row_of(rows, i));
    return all;
}

char *hf_backup_insert(HfCatalog *catalog, const char *organization, const HfBackupRow *backup, GError **error)
{
    static const char sql[] =
        "INSERT INTO backup (organization_id, name, storage_id, path, type, state, proof, database_id, database_name, "
        "server_name, schedule_id, job_id, created_by, fingerprints, contents, size_bytes, raw_bytes, rows, tables, "
        "duration_ms, created_at, is_pinned) VALUES ($1::uuid, $2, $3::uuid, $4, $5, coalesce(nullif($6, ''), 'good'), "
        "coalesce(nullif($7, ''), 'rows counted'), nullif($8, '')::uuid, $9, $10, nullif($11, '')::uuid, "
        "nullif($12, '')::uuid, $13, array_remove(string_to_array($14, ' '), ''), nullif($15, '')::jsonb, $16::bigint, "
        "$17::bigint, $18::bigint, $19::bigint, $20::bigint, coalesce(holdfast_view.at(nullif($21::bigint, 0)), "
        "now()), "
        "$22::boolean) RETURNING id::text";
    HfNumber size, raw, rows, tables, duration, created;
    return hf_catalog_text(
        catalog, sql,
        HF_PARAMETERS(organization, backup->name, backup->storage_id, backup->path, backup->type,
                      hf_or_empty(backup->state), hf_or_empty(backup->proof), hf_or_empty(backup->database_id),
                      backup->database_name, hf_or_empty(backup->server_name), hf_or_empty(backup->schedule_id),
                      hf_or_empty(backup->job_id), hf_or_empty(backup->created_by), hf_or_empty(backup->fingerprints),
                      hf_or_empty(backup->contents), hf_number(&size, backup->size_bytes),
                      hf_number(&raw, backup->raw_bytes), hf_number(&rows, backup->rows),
                      hf_number(&tables, backup->tables), hf_number(&duration, backup->duration_ms),
                      hf_number(&created, backup->created_us), backup->is_pinned ? "true" : "false"),
        error);
}

bool hf_backup_is_known(HfCatalog *catalog, const char *storage_id, const char *path, bool *known, GError **error)
{
    static const char sql[] = "SELECT EXISTS (SELECT FROM backup WHERE storage_id = $1::uuid AND path = $2)";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(storage_id, path), error);
    *known = rows != NULL && hf_pg_rows_bool(rows, 0, 0);
    return rows != NULL;
}

HfBackupRow *hf_backup_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    static const char sql[] =
        SELECT_BACKUP "FROM backup b WHERE b.id = $1::uuid AND ($2 = '' OR b.organization_id::text = $2)";
    if (!hf_id_check("backup", id, error))
        return NULL;
    g_autoptr(GPtrArray) all = read_all(catalog, sql, HF_PARAMETERS(id, hf_or_empty(organization)), error);
    if (all == NULL || (all->len == 0 && !hf_not_found("backup", id, error)))
        return NULL;
    return g_ptr_array_steal_index(all, 0);
}

char *hf_backup_tables(HfCatalog *catalog, const char *organization, const char *id, const char *search, int64_t after,
                       unsigned limit, GError **error)
{
    static const char sql[] =
        "WITH b AS (SELECT contents, tables FROM backup WHERE id = $1::uuid AND organization_id = $2::uuid), "
        "t AS (SELECT n, each, row_number() OVER (ORDER BY n) AS place FROM b, jsonb_array_elements(b.contents) WITH "
        "ORDINALITY x (each, n) WHERE n > $4::bigint AND strpos(lower((each ->> 'schema') || '.' || (each ->> "
        "'name')), "
        "lower($3)) > 0 ORDER BY n LIMIT $5::bigint + 1) "
        "SELECT json_build_object('items', coalesce((SELECT json_agg(json_build_object('schema', each -> 'schema', "
        "'name', each -> 'name', 'kind', CASE WHEN each ->> 'schema' = 'pg_catalog' AND each ->> 'name' = "
        "'pg_largeobject' THEN 'large objects' ELSE 'table' END, 'rows', each -> 'rows', 'bytes', each -> 'bytes') "
        "ORDER BY n) FROM t WHERE place <= $5::bigint), '[]'), "
        "'cursor', (SELECT max(n) FILTER (WHERE place <= $5::bigint)::text FROM t HAVING count(*) > $5::bigint), "
        "'reason', CASE WHEN b.contents IS NULL THEN 'the catalog does not know its tables: they are noted when a job "
        "reads the file' WHEN jsonb_array_length(b.contents) < b.tables THEN format('of its %s tables the first %s are "
        "known', b.tables, jsonb_array_length(b.contents)) END) FROM b";
    HfNumber from, count;
    if (!hf_id_check("backup", id, error))
        return NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        catalog, sql,
        HF_PARAMETERS(id, organization, hf_or_empty(search), hf_number(&from, after), hf_number(&count, limit)), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("backup", id, error)))
        return NULL;
    return g_strdup(hf_pg_rows_text(rows, 0, 0));
}

char *hf_backup_pool(HfCatalog *catalog, const char *id, GError **error)
{
    return hf_catalog_text(catalog, "SELECT holdfast_view.backup_pool(b) FROM backup b WHERE b.id = $1::uuid",
                           HF_PARAMETERS(id), error);
}

bool hf_backup_set_contents(HfCatalog *catalog, const char *id, const HfBackupRow *read, GError **error)
{
    static const char sql[] =
        "UPDATE backup SET database_name = $2, created_at = coalesce(holdfast_view.at(nullif($3::bigint, 0)), "
        "created_at), rows = $4::bigint, raw_bytes = $5::bigint, tables = $6::bigint, contents = $7::jsonb, "
        "fingerprints = CASE WHEN $8::boolean THEN array_remove(string_to_array($9, ' '), '') ELSE fingerprints END, "
        "version = version + 1 WHERE id = $1::uuid AND contents IS NULL";
    HfNumber created, rows, raw, tables;
    return hf_catalog_do(catalog, sql,
                         HF_PARAMETERS(id, read->database_name, hf_number(&created, read->created_us),
                                       hf_number(&rows, read->rows), hf_number(&raw, read->raw_bytes),
                                       hf_number(&tables, read->tables), read->contents,
                                       read->fingerprints != NULL ? "true" : "false", hf_or_empty(read->fingerprints)),
                         error);
}

/* Of a database that is registered no more, or not yet, backups are known by the names in them. */
GPtrArray *hf_backup_safety_due(HfCatalog *catalog, int64_t now_us, GError **error)
{
    static const char sql[] = SELECT_BACKUP
        "FROM backup b LEFT JOIN database d ON d.id = b.database_id LEFT JOIN setting s ON s.organization_id = "
        "b.organization_id AND s.name = 'safety_keep_days' AND jsonb_typeof(s.value) = 'number' WHERE b.type = "
        "'safety' AND b.state = 'good' AND NOT b.is_pinned AND d.retention_paused IS NULL AND b.created_at < "
        "holdfast_view.at($1::bigint) - least(greatest(coalesce((s.value #>> '{}')::numeric, $2::int), 1), "
        "$3::int)::int * interval '1 day' AND EXISTS (SELECT FROM backup o WHERE o.organization_id = b.organization_id "
        "AND o.database_id IS NOT DISTINCT FROM b.database_id AND (b.database_id IS NOT NULL OR (o.database_name, "
        "o.server_name) = (b.database_name, b.server_name)) AND o.state = 'good' AND (o.created_at, o.id) > "
        "(b.created_at, b.id) AND NOT EXISTS (SELECT FROM job j WHERE j.backup_id = o.id AND j.kind = 'delete' AND "
        "j.state IN ('queued', 'running'))) AND NOT EXISTS (SELECT FROM job j WHERE j.backup_id = b.id AND j.kind = "
        "'delete' AND (j.state IN ('queued', 'running') OR j.created_at > now() - interval '1 day')) ORDER BY "
        "b.created_at LIMIT 100";
    HfNumber now, days, most;
    return read_all(
        catalog, sql,
        HF_PARAMETERS(hf_number(&now, now_us), hf_number(&days, HF_SAFETY_DAYS), hf_number(&most, HF_SAFETY_MAX_DAYS)),
        error);
}

GPtrArray *hf_backup_of_database(HfCatalog *catalog, const char *database_id, const char *schedule_id, GError **error)
{
    static const char sql[] =
        SELECT_BACKUP "FROM backup b WHERE b.database_id = $1::uuid AND b.state = 'good' AND ($2 = '' OR "
                      "b.schedule_id::text = $2) AND NOT EXISTS (SELECT FROM job j WHERE j.backup_id = b.id AND j.kind "
                      "= 'delete' AND "
                      "j.state IN ('queued', 'running')) ORDER BY b.created_at DESC, b.id DESC";
    return read_all(catalog, sql, HF_PARAMETERS(database_id, hf_or_empty(schedule_id)), error);
}

GPtrArray *hf_backup_of_storage(HfCatalog *catalog, const char *storage_id, GError **error)
{
    static const char sql[] =
        SELECT_BACKUP "FROM backup b WHERE b.storage_id = $1::uuid AND b.state <> 'deleted' ORDER BY b.path";
    return read_all(catalog, sql, HF_PARAMETERS(storage_id), error);
}

bool hf_backup_adopt(HfCatalog *catalog, const char *storage_id, uint64_t *adopted, GError **error)
{
    static const char sql[] =
        "UPDATE backup b SET database_id = d.id, server_name = s.name, version = b.version + 1 FROM database d JOIN "
        "server s ON s.id = d.server_id WHERE b.storage_id = $1::uuid AND b.database_id IS NULL AND b.state <> "
        "'deleted' AND d.organization_id = b.organization_id AND d.name = b.database_name AND (b.server_name = s.name "
        "OR (b.server_name = '' AND NOT EXISTS (SELECT FROM database o WHERE o.organization_id = d.organization_id AND "
        "o.name = d.name AND o.id <> d.id))) RETURNING b.id";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(storage_id), error);
    *adopted = rows != NULL ? hf_pg_rows_count(rows) : 0;
    return rows != NULL;
}

bool hf_backup_set_state(HfCatalog *catalog, const char *id, const char *state, GError **error)
{
    static const char sql[] =
        "UPDATE backup SET state = $2, version = version + 1, deleted_at = CASE WHEN $2 = 'deleted' THEN now() END "
        "WHERE id = $1::uuid AND state <> 'deleted' AND NOT (is_pinned AND $2 = 'deleted') RETURNING id";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, state), error);
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the backup %s cannot become %s: it is deleted, or pinned", id,
                    state);
    return rows != NULL && hf_pg_rows_count(rows) > 0;
}

bool hf_backup_set_proof(HfCatalog *catalog, const char *id, const char *proof, GError **error)
{
    static const char sql[] =
        "UPDATE backup SET proof = CASE WHEN proof = 'restored' THEN proof ELSE $2 END, proved_at = "
        "now(), state = 'good', version = version + 1 WHERE id = $1::uuid AND state <> 'deleted'";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(id, proof), error);
}

/* ---- Downloads -----------------------------------------------------------------------------------------------------
 */

bool hf_download_create(HfCatalog *catalog, const char *organization, const char *backup_id, const uint8_t *hash,
                        const char *created_by, int64_t expires_us, GError **error)
{
    static const char sql[] = "INSERT INTO download (organization_id, backup_id, token_hash, created_by, expires_at) "
                              "VALUES ($1::uuid, $2::uuid, $3::bytea, $4, holdfast_view.at($5::bigint))";
    HfNumber expires;
    g_autofree char *hash_text = hf_hash_parameter(hash);
    return hf_id_check("backup", backup_id, error) &&
           hf_catalog_do(catalog, sql,
                         HF_PARAMETERS(organization, backup_id, hash_text, hf_or_empty(created_by),
                                       hf_number(&expires, expires_us)),
                         error);
}

HfBackupRow *hf_download_use(HfCatalog *catalog, const uint8_t *hash, char **created_by, GError **error)
{
    static const char sql[] =
        "WITH used AS (DELETE FROM download WHERE token_hash = $1::bytea RETURNING *) " SELECT_BACKUP
        ", u.created_by FROM used u JOIN backup b ON b.id = u.backup_id "
        "WHERE u.expires_at > now() AND b.state <> 'deleted'";
    g_autofree char *hash_text = hf_hash_parameter(hash);
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(hash_text), error);
    *created_by = NULL;
    if (rows == NULL || hf_pg_rows_count(rows) == 0)
        return NULL;
    *created_by = g_strdup(hf_pg_rows_text(rows, 0, IS_PINNED_COLUMN + 1));
    return row_of(rows, 0);
}

bool hf_catalog_expire(HfCatalog *catalog, GError **error)
{
    return hf_catalog_do(catalog, "DELETE FROM download WHERE expires_at < now()", NULL, error) &&
           hf_catalog_do(catalog, "DELETE FROM preflight WHERE expires_at < now()", NULL, error) &&
           hf_catalog_do(catalog, "DELETE FROM idempotency WHERE created_at < now() - interval '1 day'", NULL, error);
}
