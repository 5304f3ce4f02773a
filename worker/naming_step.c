#include "worker/naming_step.h"

#include "service/copies.h"

#include <string.h>

#define STEP_NAMING "naming, database "

bool hf_naming_step_note(HfJobRun *run, const HfRestoreOptions *options, const char *incoming, GError **error)
{
    const HfJobRow *job = run->job;
    g_autofree char *oid = hf_copies_oid(options->target, options->maintenance_db, incoming, run->cancellable, error);
    g_autofree char *step = oid != NULL ? g_strconcat(STEP_NAMING, oid, NULL) : NULL;
    return step != NULL && hf_job_set_step(run->catalog, job->id, job->attempt, step, error);
}

/* What the swap of a dead attempt has kept carries the job's id in its note. */
static bool find_kept(HfJobRun *run, const HfRestoreOptions *options, HfRestoreResult *result, GError **error)
{
    g_autoptr(GPtrArray) copies =
        hf_copies_list(options->target, options->maintenance_db, false, run->cancellable, error);
    for (guint i = 0; copies != NULL && i < copies->len && result->kept == NULL; i++) {
        const HfCopy *copy = copies->pdata[i];
        if (copy->kind != HF_COPY_KEPT || g_strcmp0(copy->archive, options->archive_name) != 0)
            continue;
        result->kept = g_strdup(copy->name);
        result->kept_until = g_strdup(copy->until);
    }
    return copies != NULL;
}

bool hf_naming_step_follow(HfJobRun *run, const HfRestoreOptions *options, HfRestoreResult *result, bool *done,
                           GError **error)
{
    const char *step = run->job->step;
    if (g_str_has_prefix(step, STEP_NAMING) &&
        !hf_copies_is_live(options->target, options->maintenance_db, step + strlen(STEP_NAMING), run->cancellable, done,
                           error))
        return false;
    if (*done) {
        result->database = g_strdup(hf_pg_target_database(options->target));
        g_message("the attempt that was lost had given %s its name", result->database);
        return find_kept(run, options, result, error);
    }
    g_autoptr(HfPg) pg =
        hf_postgres_connect_maintenance(options->target, options->maintenance_db, run->cancellable, error);
    if (pg == NULL || !hf_copies_drop_lost(pg, options->target, options->archive_name, false, run->cancellable, error))
        return false;
    g_auto(GStrv) dropped = hf_copies_drop(options->target, options->maintenance_db, NULL, run->cancellable, error);
    for (char **name = dropped; name != NULL && *name != NULL; name++)
        g_message("%s, of an attempt that was lost, is removed", *name);
    return dropped != NULL;
}
