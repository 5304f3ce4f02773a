/*
 * A row that SQL Server refuses is in the report before the migration goes on without it: the part that it was of is
 * then finished, and an attempt that follows a dead one does not see it again. So that attempt begins with what the
 * report has of parts that were finished; what it has of others is void, and is told again.
 *
 * Once both sides are equal, the notes in the target go, by which an attempt goes on. Before that the job's step says
 * so, with the plan whose notes they are and the result: so an attempt that follows takes away what is left of them,
 * and looks neither at the source nor at the rows again, which may be in use by now.
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

#define STEP_PROVED "proved, plan " /* and the plan's digest, a blank, the result */
#define DIGEST_LENGTH (HF_DIGEST_HEX_SIZE - 1)

typedef struct {
    HfJobRun *run;
    HfClosedSource *closed;
    GPtrArray *refused; /* HfJobRefused */
} Into;

/* ---- Rows that are refused -----------------------------------------------------------------------------------------
 */

/* HfMigrateMssqlOptions.on_kept */
static bool on_kept(const GPtrArray *kept, gpointer data, GError **error)
{
    const Into *self = data;
    return hf_job_refused_keep(self->run->catalog, self->run->job, self->refused, kept, error);
}

static bool keep_refused(const Into *self, const char *name, const char *part, const HfMssqlRefused *row,
                         GError **error)
{
    const HfJobRun *run = self->run;
    HfJsonWriter writer;
    g_autoptr(GString) json = g_string_new(NULL);
    hf_json_writer_init(&writer, json);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "table", name);
    hf_json_writer_string(&writer, "key", row->key);
    hf_json_writer_string(&writer, "reason", row->reason);
    hf_json_writer_string(&writer, "row", row->line);
    hf_json_writer_end_object(&writer);
    if (!hf_job_refused_add(run->catalog, run->worker->sealer, run->job, self->refused, part, json->str, error))
        return false;
    g_warning("%s: a row is refused, and left out; the report has it", name); /* who reads logs may not read rows */
    return true;
}

/* HfMigrateMssqlOptions.on_refused */
static bool on_refused(const HfNeutralTable *table, const char *part, const GPtrArray *rows, gpointer data,
                       GError **error)
{
    g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
    for (guint i = 0; i < rows->len; i++)
        if (!keep_refused(data, name, part, rows->pdata[i], error))
            return false;
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
    hf_json_writer_uint64(&writer, "refused", self->refused->len);
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
    g_autoptr(GString) json = g_string_new(NULL);
    hf_json_writer_init(&writer, json);
    hf_json_writer_begin_object(&writer, NULL);
    hf_migrate_mssql_write(result, &writer);
    hf_json_writer_end_object(&writer);
    g_autofree char *html = plan != NULL ? hf_migrate_mssql_html(result) : NULL;
    g_autofree char *script = plan != NULL ? hf_mssql_plan_script(plan, result->assessment.model) : NULL;
    const HfJobReport report = {.json = json->str, .html = html, .script = script};
    return hf_job_report_write(run->catalog, run->worker->sealer, run->job, &report, error);
}

/* HfMigrateMssqlOptions.on_proved */
static bool on_proved(const HfMigrateMssqlResult *result, gpointer data, GError **error)
{
    const Into *self = data;
    const HfJobRun *run = self->run;
    g_autofree char *told = write_result(self, result);
    g_autofree char *step = g_strconcat(STEP_PROVED, result->plan_digest, " ", told, NULL);
    return hf_closed_source_note(self->closed, true, error) && keep_report(self, result, error) &&
           hf_job_set_step(run->catalog, run->job->id, run->job->attempt, step, error);
}

/* Whether an attempt before this one had proved it. */
static bool is_proved(const HfJobRow *job)
{
    return g_str_has_prefix(job->step, STEP_PROVED) && strlen(job->step) > strlen(STEP_PROVED) + DIGEST_LENGTH;
}

static bool finish(const Into *self, const HfTdsTarget *target, GError **error)
{
    HfJobRun *run = self->run;
    const char *noted = run->job->step + strlen(STEP_PROVED);
    g_autofree char *digest = g_strndup(noted, DIGEST_LENGTH);
    g_message("the attempt that was lost had proved that both sides are equal");
    run->result = g_strdup(noted + DIGEST_LENGTH + 1);
    return hf_migrate_mssql_finish(target, digest, HF_MIGRATION_PATIENCE_MS, run->cancellable, error);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static HfTdsTarget *find_target(const HfJobRun *run, const HfMigrationPlan *plan, GError **error)
{
    g_autoptr(HfMssqlServerRow) server = hf_mssql_server_get(run->catalog, run->job->organization,
                                                             hf_body_text(run->request, 0, "mssql_server_id"), error);
    if (server == NULL)
        return NULL;
    g_autoptr(HfTdsTarget) target = hf_mssql_reach_target(
        run->worker->sealer, server, hf_body_text(run->request, 0, "database_name"), plan->secrets.password, error);
    return target != NULL && hf_mssql_reach_check_not_own(target, run->worker->configuration, error)
               ? g_steal_pointer(&target)
               : NULL;
}

static bool migrate(Into *self, const HfMigrationPlan *plan, const HfTdsTarget *target, GError **error)
{
    HfJobRun *run = self->run;
    HfMigrateMssqlResult result = {0};
    g_autoptr(GError) unkept = NULL;
    HfScratch scratch = plan->scratch;
    g_autoptr(HfPgTarget) frank = /* what the error leaves out is in the report */
        plan->scratch_target != NULL ? hf_pg_target_discreet(plan->scratch_target, false) : NULL;
    scratch.server = frank;
    HfMigrateMssqlOptions options = {.assess = plan->assess,
                                     .lock_wait_ms = plan->lock_wait_ms,
                                     .others = plan->others,
                                     .keeper = &self->closed->keeper,
                                     .patience_ms = HF_MIGRATION_PATIENCE_MS,
                                     .target = target,
                                     .master_key_password = plan->secrets.master_key_password,
                                     .jobs = plan->jobs,
                                     .refused_limit = (guint)hf_body_number(run->request, 0, "refused_limit", 0),
                                     .on_kept = on_kept,
                                     .on_refused = on_refused,
                                     .on_proved = on_proved,
                                     .discreet = true, /* viewers see a job's error */
                                     .data = self};
    options.assess.scratch = frank != NULL ? &scratch : NULL;
    options.assess.readings = HF_MIGRATE_MSSQL_READINGS;
    bool ok = hf_migrate_mssql(&options, run->progress, run->cancellable, &result, error);
    run->result = write_result(self, &result);
    if (ok)
        g_message("%s", result.line);
    else if (!keep_report(self, &result, &unkept))
        g_warning("the report is not kept: %s", unkept->message);
    hf_migrate_mssql_result_clear(&result);
    return ok;
}

bool hf_migrate_into_mssql(const HfMigrationPlan *plan, HfJobRun *run, HfClosedSource *closed, GError **error)
{
    Into self = {.run = run, .closed = closed};
    g_autoptr(HfTdsTarget) target = find_target(run, plan, error);
    if (target == NULL)
        return false;
    if (is_proved(run->job))
        return finish(&self, target, error);
    g_autoptr(GPtrArray) before =
        hf_job_refused_read(run->catalog, run->worker->sealer, run->job->organization, run->job->id, error);
    self.refused = before;
    return before != NULL && migrate(&self, plan, target, error);
}
