/*
 * Brings back what a restore replaced. An undo that is done twice undoes itself: so the copy that is to come back is
 * noted as the job's step, and an attempt that follows a dead one sees by its name whether it is still a copy.
 */
#include "base/error.h"
#include "service/copies.h"
#include "service/request_body.h"
#include "worker/halt.h"
#include "worker/place.h"

#include <string.h>

/* The kept copy of that name, or with NULL the newest. */
static const HfCopy *find_kept(const GPtrArray *copies, const char *name)
{
    for (guint i = 0; i < copies->len; i++) {
        const HfCopy *copy = copies->pdata[i];
        if (copy->kind == HF_COPY_KEPT && (name == NULL || strcmp(copy->name, name) == 0))
            return copy;
    }
    return NULL;
}

/* A dead attempt has brought the job's copy back: what it kept is the newest. */
static void tell_done(const GPtrArray *copies, HfUndoResult *result)
{
    const HfCopy *kept = find_kept(copies, NULL);
    if (kept == NULL || kept->undo_to == NULL)
        return;
    result->kept = g_strdup(kept->name);
    result->kept_until = g_strdup(kept->until);
}

/* The kept copy that the job is about: of its step, of the request, or the newest. Transfer full; *done: it is none any
 * more, as a dead attempt has brought it back, and `result` tells what came of that. */
static char *choose_copy(const HfPlace *place, HfJobRun *run, bool *done, HfUndoResult *result, GError **error)
{
    const char *step = *run->job->step != '\0' ? run->job->step : NULL;
    const char *wanted = step != NULL ? step : hf_body_text(run->request, 0, "copy");
    g_autoptr(GPtrArray) copies =
        hf_copies_list(place->target, place->server->maintenance_db, false, run->cancellable, error);
    if (copies == NULL)
        return NULL;
    const HfCopy *copy = find_kept(copies, wanted);
    if (copy != NULL)
        return g_strdup(copy->name);
    *done = step != NULL;
    if (*done) {
        tell_done(copies, result);
        return g_strdup(step);
    }
    g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                "%s%s is kept of %s: there is nothing to undo; what a restore has replaced is kept until its time is "
                "over, and its safety backup can be restored after that",
                wanted != NULL ? "no copy named " : "nothing", wanted != NULL ? wanted : "", place->database->name);
    return NULL;
}

static char *write_result(const HfUndoResult *result, const char *copy)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "database", result->database);
    hf_json_writer_string(&writer, "copy", copy);
    hf_json_writer_string(&writer, "since", result->since);
    hf_json_writer_string(&writer, "kept", result->kept);
    hf_json_writer_string(&writer, "kept_until", result->kept_until);
    hf_json_writer_fixed(&writer, "downtime_s", result->downtime_s, 3);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

static bool undo(const HfPlace *place, HfJobRun *run, const char *copy, HfUndoResult *result, GError **error)
{
    const HfJobRow *job = run->job;
    const HfUndoOptions options = {
        .target = place->target,
        .maintenance_db = place->server->maintenance_db,
        .copy = copy,
        .keep_old_s = hf_body_number(run->request, 0, "keep_old_s", run->worker->configuration->keep_old_hours * 3600)};
    HfHalt halt;
    if (!hf_job_set_step(run->catalog, job->id, job->attempt, copy, error))
        return false;
    hf_halt_init(&halt, run, place->server, place->database, place->target);
    bool ok = hf_halt_services(&halt, NULL, error);
    hf_progress_set_phase(run->progress, "swapping");
    ok = ok && hf_undo(&options, run->cancellable, result, error);
    hf_halt_resume(&halt, ok ? "succeeded" : "failed");
    return ok;
}

bool hf_job_run_undo(HfJobRun *run, GError **error)
{
    g_auto(HfPlace) place = {0};
    HfUndoResult result = {0};
    bool done = false;
    if (!hf_place_open(&place, run, error) || !hf_halt_recover(run, place.server, place.database, place.target, error))
        return false;
    g_autofree char *copy = choose_copy(&place, run, &done, &result, error);
    if (copy == NULL)
        return false;
    if (done)
        g_message("the attempt that was lost had brought %s back", copy);
    else if (!undo(&place, run, copy, &result, error))
        return false;
    else
        g_message("%s is again what it was until %s", result.database, result.since);
    run->result = write_result(&result, copy);
    hf_undo_result_clear(&result);
    return true;
}
