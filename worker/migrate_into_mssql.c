/*
 * A row that SQL Server refuses is in the report before the migration goes on without it: the part that it was of is
 * then finished, and an attempt that follows a dead one does not see it again. So that attempt begins with what the
 * report has.
 */
#include "worker/migrate_into_mssql.h"

#include "base/error.h"
#include "base/units.h"
#include "crypto/age.h"
#include "engine/ends/mssql_plan.h"
#include "service/job_report.h"
#include "service/migrate_mssql.h"
#include "service/mssql_reach.h"
#include "service/request_body.h"

#include <string.h>

#define MAX_REFUSED_BYTES (HF_JOB_REPORT_MAX / 2)
#define MAX_REPORT_NODES 4000000

typedef struct {
    HfJobRun *run;
    GString *refused;  /* JSON objects, a comma between two */
    GHashTable *known; /* each of them */
} Into;

/* ---- Rows that are refused -----------------------------------------------------------------------------------------
 */

/* False: it was told before. */
static bool add_refused(Into *self, const char *json)
{
    if (!g_hash_table_add(self->known, g_strdup(json)))
        return false;
    g_string_append_printf(self->refused, "%s%s", self->refused->len > 0 ? "," : "", json);
    return true;
}

/* Members of an object, which may be none, with those rows behind them. Transfer full. */
static char *join_report(const Into *self, const GString *members)
{
    return g_strdup_printf("{%s%s\"refused_rows\":[%s]}", members->str, members->len > 0 ? "," : "",
                           self->refused->str);
}

static bool keep_refused(const Into *self, GError **error)
{
    const HfJobRun *run = self->run;
    g_autoptr(GString) nothing = g_string_new(NULL);
    g_autofree char *json = join_report(self, nothing);
    return hf_job_report_write(run->catalog, run->worker->sealer, run->job, &(HfJobReport){.json = json}, error);
}

/* HfMigrateMssqlOptions.on_refused */
static bool on_refused(const HfNeutralTable *table, const HfMssqlRefused *row, gpointer data, GError **error)
{
    Into *self = data;
    HfJsonWriter writer;
    g_autoptr(GString) json = g_string_new(NULL);
    g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
    hf_json_writer_init(&writer, json);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "table", name);
    hf_json_writer_string(&writer, "key", row->key);
    hf_json_writer_string(&writer, "reason", row->reason);
    hf_json_writer_string(&writer, "row", row->line);
    hf_json_writer_end_object(&writer);
    if (!add_refused(self, json->str))
        return true;
    g_warning("%s: a row is refused, and left out; the report has it", name); /* who reads logs may not read rows */
    if (self->refused->len <= MAX_REFUSED_BYTES)
        return keep_refused(self, error);
    g_autofree char *most = hf_format_bytes(MAX_REFUSED_BYTES);
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "the rows that are refused have over %s, which is more than a report keeps: change them, or migrate on "
                "the command line, which writes them to a file",
                most);
    return false;
}

/* What an attempt before this one has told. */
static bool read_refused(Into *self, GError **error)
{
    const HfJobRun *run = self->run;
    g_autoptr(GError) reason = NULL;
    char *text = hf_job_report_read(run->catalog, run->worker->sealer, run->job->organization, run->job->id,
                                    HF_JOB_REPORT_JSON, &reason);
    if (text == NULL && g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND))
        return true;
    g_autoptr(HfJson) json =
        text != NULL ? hf_json_parse("the report", text, strlen(text), MAX_REPORT_NODES, &reason) : NULL;
    hf_age_secret_free(text);
    if (json == NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    HfJsonNode rows = hf_json_get(json, 0, "refused_rows");
    if (rows == HF_JSON_NONE)
        return true;
    for (HfJsonNode each = hf_json_first(json, rows); each != HF_JSON_NONE; each = hf_json_next(json, rows, each)) {
        HfJsonWriter writer;
        g_autoptr(GString) row = g_string_new(NULL);
        hf_json_writer_init(&writer, row);
        hf_json_copy(json, each, &writer, NULL);
        add_refused(self, row->str);
    }
    return true;
}

/* ---- What came of it -----------------------------------------------------------------------------------------------
 */

static char *write_result(const Into *self, const HfMigrateMssqlResult *result)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "target", "sql-server");
    hf_json_writer_bool(&writer, "proved", result->proved);
    hf_json_writer_string(&writer, "line", result->line);
    hf_json_writer_uint64(&writer, "tables", result->tables->len);
    hf_json_writer_uint64(&writer, "rows", result->rows);
    hf_json_writer_uint64(&writer, "raw_bytes", result->bytes);
    hf_json_writer_uint64(&writer, "refused", MAX(result->refused, g_hash_table_size(self->known)));
    hf_json_writer_uint64(&writer, "parts_kept", result->parts_kept);
    hf_json_writer_uint64(&writer, "steps", result->steps);
    hf_json_writer_uint64(&writer, "steps_done", result->steps_done);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

static bool keep_report(const Into *self, const HfMigrateMssqlResult *result, GError **error)
{
    const HfJobRun *run = self->run;
    const HfMssqlPlan *plan = result->assessment.plan;
    HfJsonWriter writer;
    g_autoptr(GString) members = g_string_new(NULL);
    hf_json_writer_init(&writer, members);
    hf_json_writer_begin_object(&writer, NULL);
    hf_migrate_mssql_write(result, &writer);
    hf_json_writer_end_object(&writer);
    g_string_erase(members, 0, 1); /* the braces: there is more to come */
    g_string_truncate(members, members->len - 1);
    g_autofree char *json = join_report(self, members);
    g_autofree char *html = plan != NULL ? hf_migrate_mssql_html(result) : NULL;
    g_autofree char *script = plan != NULL ? hf_mssql_plan_script(plan, result->assessment.model) : NULL;
    const HfJobReport report = {.json = json, .html = html, .script = script};
    return hf_job_report_write(run->catalog, run->worker->sealer, run->job, &report, error);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static HfTdsTarget *find_target(const HfJobRun *run, GError **error)
{
    const HfJobRow *job = run->job;
    const HfSealer *sealer = run->worker->sealer;
    char *once = NULL;
    g_autoptr(HfMssqlServerRow) server =
        hf_mssql_server_get(run->catalog, job->organization, hf_body_text(run->request, 0, "mssql_server_id"), error);
    if (server == NULL)
        return NULL;
    if (job->secret != NULL) {
        gsize length;
        const void *sealed = g_bytes_get_data(job->secret, &length);
        if ((once = hf_sealer_open_text(sealer, HF_JOB_SECRET, sealed, length, error)) == NULL)
            return NULL;
    }
    g_autoptr(HfTdsTarget) target =
        hf_mssql_reach_target(sealer, server, hf_body_text(run->request, 0, "database_name"), once, error);
    hf_age_secret_free(once);
    return target != NULL && hf_mssql_reach_check_not_own(target, run->worker->configuration, error)
               ? g_steal_pointer(&target)
               : NULL;
}

static bool migrate(Into *self, const HfMigrationPlan *plan, const HfTdsTarget *target, GError **error)
{
    HfJobRun *run = self->run;
    HfMigrateMssqlResult result = {0};
    g_autoptr(GError) unkept = NULL;
    HfMigrateMssqlOptions options = {.assess = plan->assess,
                                     .lock_wait_ms = plan->lock_wait_ms,
                                     .others = plan->others,
                                     .target = target,
                                     .jobs = plan->jobs,
                                     .refused_limit = (guint)hf_body_number(run->request, 0, "refused_limit", 0),
                                     .on_refused = on_refused,
                                     .data = self};
    options.assess.readings = HF_MIGRATE_MSSQL_READINGS;
    bool ok = hf_migrate_mssql(&options, run->progress, run->cancellable, &result, error);
    run->result = write_result(self, &result);
    if (ok)
        g_message("%s", result.line);
    if (!keep_report(self, &result, ok ? error : &unkept)) {
        if (unkept != NULL)
            g_warning("the report is not kept: %s", unkept->message);
        ok = false;
    }
    hf_migrate_mssql_result_clear(&result);
    return ok;
}

bool hf_migrate_into_mssql(const HfMigrationPlan *plan, HfJobRun *run, GError **error)
{
    Into self = {.run = run};
    g_autoptr(HfTdsTarget) target = find_target(run, error);
    if (target == NULL)
        return false;
    self.refused = g_string_new(NULL);
    self.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool ok = read_refused(&self, error) && migrate(&self, plan, target, error);
    g_hash_table_unref(self.known);
    g_string_free(self.refused, TRUE);
    return ok;
}
