/*
 * Finds out what a migration would do, and touches nothing. Into PostgreSQL that is the migration's preflight: that it
 * cannot be done is a result too. For SQL Server the report says of each object what becomes of it.
 */
#include "base/error.h"
#include "engine/ends/mssql_plan.h"
#include "service/job_report.h"
#include "service/request_body.h"
#include "worker/backup_writer.h"
#include "worker/migration_plan.h"
#include "worker/restore_plan.h"

static void begin_result(HfJsonWriter *writer, GString *text, const char *target)
{
    hf_json_writer_init(writer, text);
    hf_json_writer_begin_object(writer, NULL);
    hf_json_writer_string(writer, "target", target);
}

static char *end_result(HfJsonWriter *writer, GString *text)
{
    hf_json_writer_end_object(writer);
    return g_string_free(text, FALSE);
}

/* ---- For PostgreSQL ------------------------------------------------------------------------------------------------
 */

static char *write_preflight(HfRestoreResult *result, const GError *reason)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    begin_result(&writer, text, "postgresql");
    hf_restore_plan_write_outcome(&writer, result, reason);
    return end_result(&writer, text);
}

/* Whether the backups can be written that the migration begins with. */
static bool check_backup(const HfMigrationPlan *plan, HfJobRun *run, GError **error)
{
    const char *storage = hf_body_text(run->request, 0, "storage_id");
    if (storage == NULL)
        return true; /* there are none */
    g_autoptr(GPtrArray) keys = hf_backup_writer_keys(run, error);
    const HfBackupTask task = {.database = plan->source.database,
                               .storage_id = storage,
                               .folder = hf_body_text(run->request, 0, "folder"),
                               .prefix = "assessment-",
                               .type = "safety",
                               .keys = keys};
    return keys != NULL && hf_backup_writer_check(run, &task, error);
}

static bool preflight(HfMigrationPlan *plan, HfJobRun *run, GError **error)
{
    HfRestoreResult result = {0};
    g_autoptr(GError) reason = NULL;
    plan->into_postgres.restore.dry_run = true;
    (void)!(hf_migrate(&plan->into_postgres, run->progress, run->cancellable, &result, &reason) &&
            check_backup(plan, run, &reason));
    bool known = reason == NULL || hf_restore_plan_is_finding(run, reason);
    if (known)
        run->result = write_preflight(&result, reason);
    else
        g_propagate_error(error, g_steal_pointer(&reason));
    hf_restore_result_clear(&result);
    return known;
}

/* ---- For SQL Server ------------------------------------------------------------------------------------------------
 */

static char *write_summary(const HfAssessment *assessment)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    begin_result(&writer, text, "sql-server");
    hf_json_writer_uint64(&writer, "tables", assessment->model->tables->len);
    hf_json_writer_uint64(&writer, "rows", assessment->rows);
    hf_json_writer_uint64(&writer, "raw_bytes", assessment->bytes);
    hf_json_writer_fixed(&writer, "estimated_s", assessment->estimated_s, 1);
    hf_json_writer_uint64(&writer, "same", hf_mssql_plan_count(assessment->plan, HF_VERDICT_SAME));
    hf_json_writer_uint64(&writer, "changed", hf_mssql_plan_count(assessment->plan, HF_VERDICT_CHANGED));
    hf_json_writer_uint64(&writer, "left_behind", hf_mssql_plan_count(assessment->plan, HF_VERDICT_LEFT));
    hf_json_writer_uint64(&writer, "findings", assessment->findings->len);
    return end_result(&writer, text);
}

static bool keep_report(HfJobRun *run, const HfAssessment *assessment, GError **error)
{
    HfJsonWriter writer;
    g_autoptr(GString) json = g_string_new(NULL);
    hf_json_writer_init(&writer, json);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_begin_object(&writer, "assessment");
    hf_assessment_write(assessment, &writer);
    hf_json_writer_end_object(&writer);
    hf_json_writer_end_object(&writer);
    g_autofree char *html = hf_assessment_html(assessment);
    g_autofree char *script = hf_mssql_plan_script(assessment->plan, assessment->model);
    const HfJobReport report = {.json = json->str, .html = html, .script = script};
    return hf_job_report_write(run->catalog, run->worker->sealer, run->job, &report, error);
}

static bool assess(const HfMigrationPlan *plan, HfJobRun *run, GError **error)
{
    HfAssessment assessment = {0};
    bool ok = hf_assess(&plan->assess, run->progress, run->cancellable, &assessment, error) &&
              keep_report(run, &assessment, error);
    if (ok)
        run->result = write_summary(&assessment);
    hf_assessment_clear(&assessment);
    return ok;
}

bool hf_job_run_assess(HfJobRun *run, GError **error)
{
    g_auto(HfMigrationPlan) plan = {0};
    return hf_migration_plan_open(&plan, run, error) &&
           (plan.target != NULL ? preflight(&plan, run, error) : assess(&plan, run, error));
}
