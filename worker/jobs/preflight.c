/*
 * Finds out what a restore would do and whether it can be done; touches nothing. That it cannot is a result too: the
 * job succeeds, and its result says so.
 */
#include "base/error.h"
#include "catalog/restore_table.h"
#include "service/restore_preflight.h"
#include "worker/restore_plan.h"

/* Errors that speak of what was asked and not of what is broken right now. */
static bool is_finding(const GError *error)
{
    return g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT) || g_error_matches(error, HF_ERROR, HF_ERROR_CONFLICT) ||
           g_error_matches(error, HF_ERROR, HF_ERROR_WRONG_KEY) || g_error_matches(error, HF_ERROR, HF_ERROR_USAGE) ||
           g_error_matches(error, HF_ERROR, HF_ERROR_DENIED) || g_error_matches(error, HF_ERROR, HF_ERROR_NOT_FOUND);
}

/* What stopped the preflight itself is a finding too. */
static void note(HfRestoreResult *result, const GError *reason)
{
    if (result->findings == NULL)
        result->findings = g_ptr_array_new_with_free_func((GDestroyNotify)hf_finding_free);
    HfFinding *finding = g_new0(HfFinding, 1);
    *finding = (HfFinding){.fatal = true, .text = g_strdup(reason->message)};
    g_ptr_array_add(result->findings, finding);
}

/* `reason` NULL: it can be done. */
static char *write_result(HfRestoreResult *result, const GError *reason)
{
    if (reason != NULL && (result->findings == NULL || !hf_findings_have_fatal(result->findings)))
        note(result, reason);
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "ok", reason == NULL);
    hf_json_writer_string(&writer, "code", reason != NULL ? hf_error_code_name((HfErrorCode)reason->code) : NULL);
    hf_json_writer_string(&writer, "message", reason != NULL ? reason->message : NULL);
    hf_restore_plan_write_findings(&writer, result->findings);
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
        (void)!hf_restore(&plan.options, run->progress, run->cancellable, &result, &reason);
    }
    bool known = reason == NULL || (is_finding(reason) && !g_cancellable_is_cancelled(run->cancellable));
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
