/*
 * A claim raises the attempt, and every write of the worker that has it names that attempt: what comes from an attempt
 * that lost its job meets no row. What must be decided at one moment (whose turn it is, what an end comes to, what is
 * taken back) is a function in views.sql, one round trip each.
 */
#include "catalog/job.h"

#include "base/error.h"
#include "catalog/row.h"

#include <string.h>

/* Claims look through what is queued, one at a time. */
#define MAX_QUEUED 5000

#define STEP_AWAY_S 30

static const char *const job_filters[] = {"kind", "state", "database_id", "backup_id", "schedule_id", NULL};
static const char *const job_sorts[] = {"-created_at", NULL};

const HfNoun hf_noun_job = {.name = "job",
                            .table = "job",
                            .view = "holdfast_view.job",
                            .filters = job_filters,
                            .sorts = job_sorts,
                            .search = "name",
                            .is_long = true,
                            .open = "'queued', 'running'"};

static const char *const log_filters[] = {"type", "outcome", "database_id", "schedule_id", NULL};
static const char *const log_sorts[] = {"-created_at", "name", "type", "size_bytes", NULL};

const HfNoun hf_noun_log = {.name = "log",
                            .table = "job",
                            .view = "holdfast_view.log",
                            .filters = log_filters,
                            .time = "created_at",
                            .sorts = log_sorts,
                            .search = "name",
                            .is_long = true};

/* ---- Making --------------------------------------------------------------------------------------------------------
 */

char *hf_job_create(HfCatalog *catalog, const char *organization, const HfNewJob *job, GError **error)
{
    static const char sql[] =
        "INSERT INTO job (organization_id, kind, name, request, holds, server_id, database_id, backup_id, schedule_id, "
        "pool, created_by, reason, secret, database_name, published_at) SELECT $1::uuid, $2, $3, "
        "coalesce(nullif($4, ''), '{}')::jsonb, array_remove(string_to_array($5, ' '), ''), "
        "coalesce(nullif($6, '')::uuid, d.server_id), nullif($7, '')::uuid, nullif($8, '')::uuid, nullif($9, "
        "'')::uuid, "
        "coalesce(nullif($10, ''), 'default'), $11, $12, nullif($13, '')::bytea, coalesce(d.name, $14), "
        "clock_timestamp() "
        "FROM (SELECT) one LEFT JOIN database d ON d.id = nullif($7, '')::uuid AND d.organization_id = $1::uuid "
        "RETURNING id::text";
    g_autofree char *secret = hf_bytes_parameter(job->secret);
    return hf_catalog_text(
        catalog, sql,
        HF_PARAMETERS(organization, job->kind, hf_or_empty(job->name), hf_or_empty(job->request),
                      hf_or_empty(job->holds), hf_or_empty(job->server_id), hf_or_empty(job->database_id),
                      hf_or_empty(job->backup_id), hf_or_empty(job->schedule_id), hf_or_empty(job->pool),
                      hf_or_empty(job->created_by), hf_or_empty(job->reason), secret, hf_or_empty(job->database_name)),
        error);
}

/* ---- Claiming ------------------------------------------------------------------------------------------------------
 */

#define JOB_COLUMNS                                                                                                    \
    "j.id, j.organization_id, j.kind, j.name, j.request, j.step, j.server_id, j.database_id, j.backup_id, "            \
    "j.schedule_id, j.created_by, j.reason, j.pool, j.secret, j.attempt, j.log_seq"
static const size_t texts[] = {
    offsetof(HfJobRow, id),          offsetof(HfJobRow, organization), offsetof(HfJobRow, kind),
    offsetof(HfJobRow, name),        offsetof(HfJobRow, request),      offsetof(HfJobRow, step),
    offsetof(HfJobRow, server_id),   offsetof(HfJobRow, database_id),  offsetof(HfJobRow, backup_id),
    offsetof(HfJobRow, schedule_id), offsetof(HfJobRow, created_by),   offsetof(HfJobRow, reason),
    offsetof(HfJobRow, pool),
};

static HfJobRow *row_of(const HfPgRows *rows)
{
    HfJobRow *self = g_new0(HfJobRow, 1);
    int column = G_N_ELEMENTS(texts);
    hf_row_texts(self, rows, 0, texts, G_N_ELEMENTS(texts));
    self->secret = hf_row_bytes(rows, 0, column++);
    self->attempt = (int)hf_pg_rows_int64(rows, 0, column++);
    self->log_seq = hf_pg_rows_int64(rows, 0, column);
    return self;
}

void hf_job_row_free(HfJobRow *self)
{
    if (self == NULL)
        return;
    hf_row_free_texts(self, texts, G_N_ELEMENTS(texts));
    g_clear_pointer(&self->secret, g_bytes_unref);
    g_free(self);
}

HfJobRow *hf_job_claim(HfCatalog *catalog, const char *pool, const char *worker, HfClaim which, const char *hint,
                       GError **error)
{
    static const char sql[] =
        "/* writes: */ SELECT " JOB_COLUMNS " FROM holdfast_view.job_claim($1, $2, $3, $4::int, $5::boolean) j";
    HfNumber lease;
    const char *const *parameters = HF_PARAMETERS(pool, worker, hf_or_empty(hint), hf_number(&lease, HF_JOB_LEASE_S),
                                                  which == HF_CLAIM_URGENT ? "true" : "false");
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, parameters, error);
    return rows != NULL && hf_pg_rows_count(rows) > 0 ? row_of(rows) : NULL;
}

/* Whether the statement met the job that the attempt owns. */
static bool owned(const HfPgRows *rows, const char *id, int attempt, GError **error)
{
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "attempt %d does not own the job %s any more", attempt, id);
    return rows != NULL && hf_pg_rows_count(rows) > 0;
}

#define OWNED " WHERE id = $1::uuid AND attempt = $2::int AND state = 'running'"

HfJobRow *hf_job_owned(HfCatalog *catalog, const char *id, int attempt, GError **error)
{
    HfNumber number;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, "SELECT " JOB_COLUMNS " FROM job j" OWNED " FOR UPDATE",
                                                HF_PARAMETERS(id, hf_number(&number, attempt)), error);
    return owned(rows, id, attempt, error) ? row_of(rows) : NULL;
}

/* ---- The owner's writes --------------------------------------------------------------------------------------------
 */

/* `sql` has $1 id, $2 attempt, $3 and $4. */
static bool write_owned(HfCatalog *catalog, const char *sql, const char *id, int attempt, const char *value,
                        const char *other, GError **error)
{
    HfNumber number;
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(catalog, sql, HF_PARAMETERS(id, hf_number(&number, attempt), value, other), error);
    return owned(rows, id, attempt, error);
}

bool hf_job_check_room(HfCatalog *catalog, const char *organization, GError **error)
{
    static const char sql[] = "SELECT EXISTS (SELECT FROM job WHERE organization_id = $1::uuid AND state = 'queued' "
                              "AND reason <> '" HF_JOB_RETENTION "' OFFSET " G_STRINGIFY(MAX_QUEUED) ")";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(organization), error);
    if (rows == NULL || !hf_pg_rows_bool(rows, 0, 0))
        return rows != NULL;
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "more than %d jobs are queued already: wait until some have run, or cancel them", MAX_QUEUED);
    return false;
}

bool hf_job_heartbeat(HfCatalog *catalog, const char *id, int attempt, bool *cancel, GError **error)
{
    static const char sql[] = "UPDATE job SET lease_until = clock_timestamp() + $3::int * interval '1 second'" OWNED
                              " RETURNING cancel_requested";
    HfNumber number, lease;
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        catalog, sql, HF_PARAMETERS(id, hf_number(&number, attempt), hf_number(&lease, HF_JOB_LEASE_S)), error);
    if (!owned(rows, id, attempt, error))
        return false;
    *cancel = hf_pg_rows_bool(rows, 0, 0);
    return true;
}

bool hf_job_hand_over(HfCatalog *catalog, const char *id, int attempt, GError **error)
{
    static const char sql[] = "UPDATE job SET state = 'queued', lease_until = NULL, not_before = clock_timestamp(), "
                              "published_at = NULL" OWNED " RETURNING id";
    return write_owned(catalog, sql, id, attempt, NULL, NULL, error);
}

bool hf_job_set_step(HfCatalog *catalog, const char *id, int attempt, const char *step, GError **error)
{
    static const char sql[] = "UPDATE job SET step = $3" OWNED " RETURNING id";
    gint64 until = g_get_monotonic_time() + STEP_AWAY_S * G_USEC_PER_SEC;
    for (;;) {
        g_autoptr(GError) reason = NULL;
        if (write_owned(catalog, sql, id, attempt, step, NULL, &reason))
            return true;
        if (!g_error_matches(reason, HF_ERROR, HF_ERROR_NETWORK) || g_get_monotonic_time() > until ||
            hf_catalog_in_transaction(catalog)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
        g_usleep(G_USEC_PER_SEC);
    }
}

bool hf_job_set_progress(HfCatalog *catalog, const char *id, int attempt, const char *phase, const char *progress_json,
                         GError **error)
{
    static const char sql[] =
        "UPDATE job SET phase = $3, progress = coalesce(nullif($4, '')::jsonb, progress)" OWNED " RETURNING id";
    return write_owned(catalog, sql, id, attempt, phase, hf_or_empty(progress_json), error);
}

static char *lines_as_json(const HfJobLine *lines, size_t count)
{
    HfJsonWriter writer;
    g_autoptr(GString) text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_array(&writer, NULL);
    for (size_t i = 0; i < count; i++) {
        hf_json_writer_begin_object(&writer, NULL);
        hf_json_writer_int64(&writer, "seq", lines[i].seq);
        hf_json_writer_int64(&writer, "at_us", lines[i].at_us);
        hf_json_writer_string(&writer, "level", lines[i].level);
        hf_json_writer_string(&writer, "message", lines[i].message);
        hf_json_writer_end_object(&writer);
    }
    hf_json_writer_end_array(&writer);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

bool hf_job_append_log(HfCatalog *catalog, const char *id, int attempt, const HfJobLine *lines, size_t count,
                       GError **error)
{
    static const char sql[] =
        "WITH line AS (SELECT * FROM jsonb_to_recordset($3::jsonb) AS l (seq bigint, at_us bigint, level text, message "
        "text)), mine AS (UPDATE job SET log_seq = greatest(log_seq, $4::bigint)" OWNED " RETURNING id), done AS "
        "(INSERT INTO job_log (job_id, seq, at, attempt, level, message) SELECT mine.id, l.seq, "
        "holdfast_view.at(l.at_us), $2::int, l.level, l.message FROM mine, line l ON CONFLICT DO NOTHING) "
        "SELECT id FROM mine";
    HfNumber last;
    int64_t last_seq = 0;
    for (size_t i = 0; i < count; i++)
        last_seq = MAX(last_seq, lines[i].seq);
    g_autofree char *json = lines_as_json(lines, count);
    return write_owned(catalog, sql, id, attempt, json, hf_number(&last, last_seq), error);
}

/* {"code", "message"}, or "" without a code. Transfer full. */
static char *error_as_json(const char *code, const char *message)
{
    HfJsonWriter writer;
    g_autoptr(GString) text = g_string_new(NULL);
    if (code == NULL)
        return g_strdup("");
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "code", code);
    hf_json_writer_string(&writer, "message", hf_or_empty(message));
    hf_json_writer_end_object(&writer);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static HfJobEnd end_of(const char *state)
{
    return strcmp(state, "succeeded") == 0   ? HF_JOB_SUCCEEDED
           : strcmp(state, "cancelled") == 0 ? HF_JOB_CANCELLED
           : strcmp(state, "failed") == 0    ? HF_JOB_FAILED
                                             : HF_JOB_AGAIN;
}

bool hf_job_end(HfCatalog *catalog, const char *id, int attempt, const char *actor, HfJobEnd *end,
                unsigned again_after_s, const char *result_json, int64_t size_bytes, const char *error_code,
                const char *error_message, GError **error)
{
    static const char *const wishes[] = {[HF_JOB_SUCCEEDED] = "succeeded",
                                         [HF_JOB_FAILED] = "failed",
                                         [HF_JOB_CANCELLED] = "cancelled",
                                         [HF_JOB_AGAIN] = "again"};
    static const char sql[] =
        "/* writes: */ SELECT holdfast_view.job_end($1::uuid, $2::int, $3, $4, $5::int, $6::int, nullif($7, "
        "'')::jsonb, nullif($8::bigint, -1), nullif($9, '')::jsonb)";
    HfNumber number, after, attempts, size;
    g_autofree char *error_json = error_as_json(error_code, error_message);
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(catalog, sql,
                         HF_PARAMETERS(id, hf_number(&number, attempt), actor, wishes[*end],
                                       hf_number(&after, again_after_s), hf_number(&attempts, HF_JOB_ATTEMPTS),
                                       hf_or_empty(result_json), hf_number(&size, size_bytes), error_json),
                         error);
    if (!owned(rows, id, attempt, error))
        return false;
    *end = end_of(hf_pg_rows_text(rows, 0, 0));
    return true;
}

/* ---- From outside --------------------------------------------------------------------------------------------------
 */

bool hf_job_cancel(HfCatalog *catalog, const char *organization, const char *id, char **state, GError **error)
{
    static const char sql[] =
        "UPDATE job SET cancel_requested = true, state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END, "
        "ended_at = CASE state WHEN 'queued' THEN clock_timestamp() END, secret = CASE state WHEN 'queued' THEN NULL "
        "ELSE "
        "secret END WHERE id = $1::uuid AND ($2 = '' OR organization_id::text = $2) AND state IN ('queued', 'running') "
        "RETURNING state";
    static const char ended[] = "SELECT state FROM job WHERE id = $1::uuid AND ($2 = '' OR organization_id::text = $2)";
    const char *where = hf_or_empty(organization);
    if (!hf_id_check("job", id, error))
        return false;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, where), error);
    if (rows == NULL)
        return false;
    if (hf_pg_rows_count(rows) > 0) {
        *state = g_strdup(hf_pg_rows_text(rows, 0, 0));
        return true;
    }
    g_autoptr(HfPgRows) now = hf_catalog_query(catalog, ended, HF_PARAMETERS(id, where), error);
    if (now != NULL && (hf_pg_rows_count(now) > 0 || hf_not_found("job", id, error)))
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the job %s has ended already: it %s", id,
                    hf_pg_rows_text(now, 0, 0));
    return false;
}

/* ---- Workers -------------------------------------------------------------------------------------------------------
 */

bool hf_job_note_worker(HfCatalog *catalog, const char *name, const char *pool, GError **error)
{
    static const char sql[] =
        "INSERT INTO worker (name, pool, seen_at) VALUES ($1, $2, now()) ON CONFLICT (name, pool) "
        "DO UPDATE SET seen_at = excluded.seen_at";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(name, pool), error);
}

bool hf_job_forget_worker(HfCatalog *catalog, const char *name, const char *pool, GError **error)
{
    static const char sql[] = "DELETE FROM worker WHERE (name, pool) = ($1, $2) OR seen_at < now() - interval '7 days'";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(name, pool), error);
}

/* ---- The leader's --------------------------------------------------------------------------------------------------
 */

char **hf_job_take_back(HfCatalog *catalog, const char *actor, GError **error)
{
    static const char sql[] = "/* writes: */ SELECT holdfast_view.job_take_back($1, $2::int, $3::int)";
    HfNumber attempts, lease;
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        catalog, sql, HF_PARAMETERS(actor, hf_number(&attempts, HF_JOB_ATTEMPTS), hf_number(&lease, HF_JOB_LEASE_S)),
        error);
    return rows != NULL ? hf_rows_list(rows) : NULL;
}

char **hf_job_unpublished(HfCatalog *catalog, unsigned older_than_s, GError **error)
{
    static const char sql[] =
        "WITH published AS (UPDATE job SET published_at = clock_timestamp() WHERE id IN (SELECT id FROM job WHERE "
        "state = "
        "'queued' AND not_before <= clock_timestamp() AND (published_at IS NULL OR published_at < clock_timestamp() - "
        "$1::int * interval '1 second') ORDER BY created_at LIMIT 500 FOR UPDATE SKIP LOCKED) RETURNING id, pool, "
        "created_at) SELECT v.text FROM (SELECT * FROM published ORDER BY created_at, id) p, LATERAL (VALUES (1, "
        "p.pool), "
        "(2, p.id::text)) v (n, text)";
    HfNumber older;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(hf_number(&older, older_than_s)), error);
    return rows != NULL ? hf_rows_list(rows) : NULL;
}

/* ---- The document --------------------------------------------------------------------------------------------------
 */

char *hf_job_organization(HfCatalog *catalog, const char *id, GError **error)
{
    return hf_catalog_text(catalog, "SELECT organization_id FROM job WHERE id = $1::uuid", HF_PARAMETERS(id), error);
}

char *hf_job_document(HfCatalog *catalog, const char *organization, const char *id, int64_t after, unsigned max_lines,
                      GError **error)
{
    static const char sql[] =
        "SELECT CASE WHEN $4::int = 0 THEN v.json::jsonb ELSE v.json::jsonb || jsonb_build_object('log', "
        "coalesce(l.lines, '[]'), "
        "'cursor', coalesce(l.last, $3::bigint)) END FROM holdfast_view.job v, LATERAL (SELECT max(x.seq) AS last, "
        "jsonb_agg(jsonb_build_object('seq', x.seq, 'at', holdfast_view.t(x.at), 'level', x.level, 'message', "
        "x.message) "
        "ORDER BY x.seq) AS lines FROM (SELECT * FROM job_log WHERE job_id = v.id AND seq > $3::bigint ORDER BY seq "
        "LIMIT "
        "$4::int) x) l WHERE v.id = $1::uuid AND ($2 = '' OR v.organization_id::text = $2)";
    HfNumber cursor, limit;
    if (!hf_id_check("job", id, error))
        return NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        catalog, sql,
        HF_PARAMETERS(id, hf_or_empty(organization), hf_number(&cursor, after), hf_number(&limit, max_lines)), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("job", id, error)))
        return NULL;
    return g_strdup(hf_pg_rows_text(rows, 0, 0));
}
