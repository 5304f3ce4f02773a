#include "catalog/restore_table.h"

#include "base/error.h"
#include "catalog/row.h"

static const char *const sorts[] = {"-created_at", NULL};

const HfNoun hf_noun_preflight = {
    .name = "preflight", .table = "preflight", .view = "holdfast_view.preflight", .sorts = sorts};

char *hf_preflight_create(HfCatalog *catalog, const char *organization, const char *job_id, const char *request_json,
                          const char *created_by, int64_t expires_us, GError **error)
{
    static const char sql[] =
        "INSERT INTO preflight (organization_id, job_id, request, created_by, expires_at) VALUES ($1::uuid, "
        "nullif($2, '')::uuid, $3::jsonb, $4, holdfast_view.at($5::bigint)) RETURNING id::text";
    HfNumber expires;
    return hf_catalog_text(catalog, sql,
                           HF_PARAMETERS(organization, hf_or_empty(job_id), request_json, hf_or_empty(created_by),
                                         hf_number(&expires, expires_us)),
                           error);
}

bool hf_preflight_set_result(HfCatalog *catalog, const char *job_id, const char *result_json, GError **error)
{
    return hf_catalog_do(catalog, "UPDATE preflight SET result = $2::jsonb WHERE job_id = $1::uuid",
                         HF_PARAMETERS(job_id, result_json), error);
}

/* ---- Halts ---------------------------------------------------------------------------------------------------------
 */

#define HALT_COLUMNS                                                                                                   \
    "h.database_id, h.organization_id, h.job_id, holdfast_view.us(h.halted_at), holdfast_view.us(h.until), "           \
    "h.connections, h.gate, h.webhooks, h.until <= now() OR NOT EXISTS (SELECT FROM job a WHERE a.id = h.job_id AND "  \
    "a.state = 'running'), h.attempt"
static const size_t texts[] = {offsetof(HfHaltRow, database_id), offsetof(HfHaltRow, organization),
                               offsetof(HfHaltRow, job_id)};

void hf_halt_row_free(HfHaltRow *self)
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
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)hf_halt_row_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfHaltRow *row = g_new0(HfHaltRow, 1);
        hf_row_texts(row, rows, i, texts, G_N_ELEMENTS(texts));
        row->halted_us = hf_pg_rows_int64(rows, i, 3);
        row->until_us = hf_pg_rows_int64(rows, i, 4);
        row->parts = (HfHaltParts){.connections = hf_pg_rows_bool(rows, i, 5),
                                   .gate = hf_pg_rows_bool(rows, i, 6),
                                   .webhooks = hf_pg_rows_bool(rows, i, 7)};
        row->is_orphan = hf_pg_rows_bool(rows, i, 8);
        row->attempt = (int)hf_pg_rows_int64(rows, i, 9);
        g_ptr_array_add(all, row);
    }
    return all;
}

static const char *flag(bool value)
{
    return value ? "true" : "false";
}

bool hf_halt_begin(HfCatalog *catalog, const char *organization, const HfHalter *halter, const HfHaltParts *parts,
                   unsigned for_s, GError **error)
{
    static const char sql[] =
        "INSERT INTO halt AS h (organization_id, database_id, job_id, connections, gate, webhooks, until, attempt) "
        "VALUES ($1::uuid, $2::uuid, $3::uuid, $4::boolean, $5::boolean, $6::boolean, now() + $7::int * interval '1 "
        "second', $8::int) ON CONFLICT (database_id) DO UPDATE SET until = excluded.until, job_id = excluded.job_id, "
        "attempt = excluded.attempt, connections = h.connections OR excluded.connections, gate = h.gate OR "
        "excluded.gate, webhooks = h.webhooks OR excluded.webhooks, asked_at = NULL WHERE CASE WHEN h.job_id = "
        "excluded.job_id THEN h.attempt <= excluded.attempt ELSE h.until < now() END RETURNING database_id";
    HfNumber seconds, attempt;
    const char *const *parameters =
        HF_PARAMETERS(organization, halter->database_id, halter->job_id, flag(parts->connections), flag(parts->gate),
                      flag(parts->webhooks), hf_number(&seconds, for_s), hf_number(&attempt, halter->attempt));
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, parameters, error);
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "another job, or a later attempt, halts the services of the database %s", halter->database_id);
    return rows != NULL && hf_pg_rows_count(rows) > 0;
}

bool hf_halt_prolong(HfCatalog *catalog, const HfHalter *halter, unsigned for_s, bool *still, GError **error)
{
    static const char sql[] = "UPDATE halt SET until = now() + $4::int * interval '1 second' WHERE database_id = "
                              "$1::uuid AND job_id = $2::uuid AND attempt = $3::int RETURNING database_id";
    HfNumber seconds, attempt;
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(catalog, sql,
                         HF_PARAMETERS(halter->database_id, halter->job_id, hf_number(&attempt, halter->attempt),
                                       hf_number(&seconds, for_s)),
                         error);
    *still = rows != NULL && hf_pg_rows_count(rows) > 0;
    return rows != NULL;
}

bool hf_halt_is_taken(HfCatalog *catalog, const HfHalter *halter, bool *taken, GError **error)
{
    static const char sql[] =
        "SELECT job_id <> $2::uuid OR attempt > $3::int FROM halt WHERE database_id = $1::uuid FOR UPDATE";
    HfNumber attempt;
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        catalog, sql, HF_PARAMETERS(halter->database_id, halter->job_id, hf_number(&attempt, halter->attempt)), error);
    *taken = rows != NULL && hf_pg_rows_count(rows) > 0 && hf_pg_rows_bool(rows, 0, 0);
    return rows != NULL;
}

bool hf_halt_get(HfCatalog *catalog, const char *database_id, HfHaltRow **halt, GError **error)
{
    g_autoptr(GPtrArray) found = read_all(catalog, "SELECT " HALT_COLUMNS " FROM halt h WHERE h.database_id = $1::uuid",
                                          HF_PARAMETERS(database_id), error);
    *halt = found != NULL && found->len > 0 ? g_ptr_array_steal_index(found, 0) : NULL;
    return found != NULL;
}

bool hf_halt_end(HfCatalog *catalog, const HfHalter *halter, GError **error)
{
    static const char sql[] =
        "DELETE FROM halt WHERE database_id = $1::uuid AND job_id = $2::uuid AND attempt <= $3::int";
    HfNumber attempt;
    return hf_catalog_do(
        catalog, sql, HF_PARAMETERS(halter->database_id, halter->job_id, hf_number(&attempt, halter->attempt)), error);
}

/* Whoever is alive prolongs it; whoever is not has halted for no longer than that. */
static bool bring_back(HfCatalog *catalog, unsigned longest_s, GError **error)
{
    static const char sql[] = "UPDATE halt SET until = now() + $1::int * interval '1 second' WHERE until > now() + 2 * "
                              "$1::int * interval '1 second'";
    HfNumber seconds;
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(hf_number(&seconds, longest_s)), error);
}

GPtrArray *hf_halt_orphans(HfCatalog *catalog, unsigned longest_s, GError **error)
{
    static const char sql[] =
        "WITH h AS (SELECT h.* FROM halt h JOIN job j ON j.id = h.job_id WHERE (h.until <= now() OR j.state <> "
        "'running') AND (h.asked_at IS NULL OR (h.asked_at NOT BETWEEN now() - interval '1 minute' AND now() AND NOT "
        "EXISTS (SELECT FROM job r WHERE r.kind = 'resume' AND r.database_id = h.database_id AND r.state IN ('queued', "
        "'running'))))), ended AS (DELETE FROM halt USING h WHERE halt.database_id = h.database_id AND NOT "
        "h.connections AND NOT h.webhooks), asked AS (UPDATE halt SET asked_at = now() FROM h WHERE halt.database_id = "
        "h.database_id AND "
        "(h.connections OR h.webhooks)) SELECT " HALT_COLUMNS " FROM h";
    return bring_back(catalog, longest_s, error) ? read_all(catalog, sql, NULL, error) : NULL;
}

/* ---- Kept copies ---------------------------------------------------------------------------------------------------
 */

bool hf_kept_add(HfCatalog *catalog, const char *organization, const char *database_id, const char *name,
                 const char *until, GError **error)
{
    static const char sql[] = "INSERT INTO kept_copy (organization_id, database_id, name, until) VALUES ($1::uuid, "
                              "$2::uuid, $3, $4::timestamptz) ON CONFLICT DO NOTHING";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(organization, database_id, name, until), error);
}

bool hf_kept_remove(HfCatalog *catalog, const char *database_id, const char *name, GError **error)
{
    return hf_catalog_do(catalog, "DELETE FROM kept_copy WHERE database_id = $1::uuid AND name = $2",
                         HF_PARAMETERS(database_id, name), error);
}

char **hf_kept_leave(HfCatalog *catalog, const char *organization, const char *database_id, GError **error)
{
    static const char sql[] =
        "DELETE FROM kept_copy WHERE organization_id = $1::uuid AND database_id::text = $2 RETURNING name";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(organization, database_id), error);
    return rows != NULL ? hf_rows_list(rows) : NULL;
}

char **hf_kept_settle(HfCatalog *catalog, const char *database_id, const char *const *there, GError **error)
{
    static const char sql[] = "DELETE FROM kept_copy WHERE database_id = $1::uuid AND name NOT IN (SELECT n #>> '{}' "
                              "FROM jsonb_array_elements($2::jsonb) n) RETURNING name";
    g_autofree char *list = hf_list_parameter(there);
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(database_id, list), error);
    return rows != NULL ? hf_rows_list(rows) : NULL;
}

/* Jobs whose last attempt may have left something unfinished, and when they ended. */
#define ENDED_BADLY                                                                                                    \
    "j.state IN ('failed', 'cancelled') AND j.ended_at BETWEEN t.now - interval '6 hours' AND t.now - interval "       \
    "'10 seconds'"
#define UNFINISHED                                                                                                     \
    "j.kind IN ('restore', 'migrate') AND j.step NOT IN ('', '" HF_STEP_SCRATCH "') AND " ENDED_BADLY /* at a target   \
                                                                                                       */
#define HAS_SCRATCH "j.kind IN ('verify', 'assess', 'migrate') AND j.step <> '' AND " ENDED_BADLY
#define SCRATCH_SERVER(job)                                                                                            \
    "coalesce(" job ".request ->> 'restore_to_server_id', " job ".request ->> 'scratch_server_id')"

/* Jobs asked for since, which remove that or have found nothing of it. What ended before its first step was never
 * there. */
#define SINCE                                                                                                          \
    "r.created_at > j.ended_at AND (r.kind = 'retention' OR r.step <> '' OR r.state NOT IN ('failed', 'cancelled'))"

GPtrArray *hf_kept_due(HfCatalog *catalog, int64_t now_us, GError **error)
{
    static const char sql[] =
        "WITH t AS (SELECT holdfast_view.at($1::bigint) AS now), left_behind AS (SELECT l.id FROM t, job j JOIN "
        "database "
        "l ON l.organization_id = j.organization_id AND CASE WHEN j.kind = 'restore' AND j.database_id IS NOT NULL "
        "THEN "
        "l.id = j.database_id WHEN j.request ? 'target_database_id' THEN l.id::text = j.request ->> "
        "'target_database_id' ELSE l.server_id::text = j.request ->> 'server_id' AND l.name = j.request ->> "
        "'database_name' END WHERE " UNFINISHED " AND NOT EXISTS (SELECT FROM job r WHERE " SINCE
        " AND ((r.database_id = l.id AND r.kind IN ('restore', "
        "'retention') AND r.schedule_id IS NULL) OR (r.kind = 'migrate' AND r.request ->> 'target_database_id' = "
        "l.id::text)))) " HF_SELECT_DATABASE
        ", t WHERE d.id IN (SELECT k.database_id FROM kept_copy k WHERE k.until < t.now - interval '1 minute' AND "
        "(k.tried_at IS NULL OR k.tried_at < k.until OR k.tried_at NOT BETWEEN t.now - interval '6 hours' AND t.now + "
        "interval '6 hours')) OR d.id IN (SELECT id FROM left_behind) LIMIT 100";
    HfNumber now;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(hf_number(&now, now_us)), error);
    return rows != NULL ? hf_database_rows(rows) : NULL;
}

char **hf_kept_due_unregistered(HfCatalog *catalog, int64_t now_us, GError **error)
{
    static const char sql[] =
        "WITH t AS (SELECT holdfast_view.at($1::bigint) AS now) SELECT x FROM ((SELECT DISTINCT j.organization_id, "
        "s.id, "
        "j.request ->> 'database_name' AS name FROM t, job j JOIN server s ON s.organization_id = j.organization_id "
        "AND "
        "s.id::text = j.request ->> 'server_id' WHERE " UNFINISHED
        " AND NOT EXISTS (SELECT FROM database d WHERE d.server_id = s.id AND d.name = j.request ->> 'database_name') "
        "AND NOT EXISTS (SELECT FROM job r WHERE " SINCE
        " AND r.kind IN ('restore', 'migrate', 'retention') AND r.request ->> 'server_id' = j.request ->> 'server_id' "
        "AND r.request ->> 'database_name' = "
        "j.request ->> 'database_name') LIMIT 100) UNION (SELECT j.organization_id, s.id, s.maintenance_db FROM t, job "
        "j JOIN "
        "server s ON s.organization_id = j.organization_id AND s.id::text = " SCRATCH_SERVER(
            "j") " WHERE " HAS_SCRATCH " AND NOT EXISTS (SELECT FROM job r WHERE " SINCE
                 " AND (" SCRATCH_SERVER(
                     "r") " = s.id::text OR (r.kind = "
                          "'retention' AND r.request ->> 'server_id' = s.id::text AND r.request ->> 'database_name' = "
                          "s.maintenance_db))) "
                          "LIMIT 100)) l, unnest(ARRAY[l.organization_id::text, l.id::text, l.name]) WITH "
                          "ORDINALITY u(x, n) ORDER BY l.organization_id, l.id, l.name, n";
    HfNumber now;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(hf_number(&now, now_us)), error);
    return rows != NULL ? hf_rows_list(rows) : NULL;
}

bool hf_kept_note_try(HfCatalog *catalog, const char *database_id, GError **error)
{
    return hf_catalog_do(catalog, "UPDATE kept_copy SET tried_at = now() WHERE database_id = $1::uuid",
                         HF_PARAMETERS(database_id), error);
}
