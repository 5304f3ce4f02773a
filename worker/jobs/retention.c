/*
 * Asks for the deletion of those backups of a schedule and a database that are too many or too old: each is a job of
 * its own, which waits for whoever reads that backup.
 */
#include "worker/retention.h"
#include "base/error.h"
#include "catalog/schedule_table.h"
#include "catalog/server_table.h"
#include "service/request_delete.h"
#include "worker/job_kind.h"

/* Whether nothing may be deleted now. */
static bool is_paused(HfJobRun *run, const GPtrArray *backups, bool *paused, GError **error)
{
    g_autoptr(HfDatabaseRow) database =
        hf_database_get(run->catalog, run->job->organization, run->job->database_id, error);
    if (database == NULL)
        return false;
    g_autofree char *doubt = database->retention_paused == NULL ? hf_retention_doubt(backups) : NULL;
    const char *why = doubt != NULL ? doubt : database->retention_paused;
    *paused = why != NULL;
    if (why != NULL)
        g_warning("nothing of %s is deleted until somebody lets retention go on: %s", database->name, why);
    return doubt == NULL || hf_database_pause_retention(run->catalog, database->id, doubt, error);
}

static bool ask(HfJobRun *run, const GPtrArray *chosen, GError **error)
{
    HfRequester requester = run->requester;
    requester.reason = "retention";
    for (guint i = 0; i < chosen->len; i++) {
        const HfBackupRow *backup = chosen->pdata[i];
        g_autofree char *answer = hf_request_run(&requester, hf_request_delete, backup->id, NULL, HF_JSON_NONE, error);
        if (answer == NULL)
            return false;
        g_message("%s is to be deleted", backup->name);
    }
    return true;
}

bool hf_job_run_retention(HfJobRun *run, GError **error)
{
    const HfJobRow *job = run->job;
    bool paused = false;
    g_autoptr(HfScheduleRow) schedule = hf_schedule_get(run->catalog, job->organization, job->schedule_id, error);
    g_autoptr(GPtrArray) backups =
        schedule != NULL ? hf_backup_of_database(run->catalog, job->database_id, job->schedule_id, error) : NULL;
    if (backups == NULL || !is_paused(run, backups, &paused, error))
        return false;
    g_autoptr(GPtrArray) chosen =
        hf_retention_choose(backups, schedule->keep_count, schedule->keep_days, g_get_real_time());
    if (!paused && !ask(run, chosen, error))
        return false;
    run->result = g_strdup_printf("{\"backups\":%u,\"deleted\":%u,\"paused\":%s}", backups->len,
                                  paused ? 0 : chosen->len, paused ? "true" : "false");
    return true;
}
