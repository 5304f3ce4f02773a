/*
 * Finds out what a restore would do and whether it can be done; touches nothing. That it cannot is a result too: the
 * job succeeds, and its result says so. A file that turns out to be damaged is noted, so that nobody picks it again.
 */
#include "catalog/restore_table.h"
#include "worker/restore_plan.h"

/* `reason` NULL: it can be done. */
static char *write_result(HfRestoreResult *result, const GError *reason)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_restore_plan_write_outcome(&writer, result, reason);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

bool hf_job_run_preflight(HfJobRun *run, GError **error)
{
    g_auto(HfRestorePlan) plan = {0};
    HfRestoreResult result = {0};
    g_autoptr(GError) reason = NULL;
    if (hf_restore_plan_open(&plan, run, &reason)) {
        plan.options.dry_run = true;
        if (!hf_restore(&plan.options, run->progress, run->cancellable, &result, &reason))
            hf_backup_file_note(run, plan.backup, reason);
    }
    bool known = reason == NULL || hf_restore_plan_is_finding(run, reason);
    if (known)
        run->result = write_result(&result, reason);
    else
        g_propagate_error(error, g_steal_pointer(&reason));
    hf_restore_result_clear(&result);
    return known;
}

bool hf_job_record_preflight(HfJobRun *run, GError **error)
{
    return hf_preflight_set_result(run->catalog, run->job->id, run->result, error);
}
