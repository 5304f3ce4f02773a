/*
 * Databases that were made on a server since, and that a schedule's pattern means: they are registered, so that alarms
 * know of them, and backed up for the first time, all in the transaction that ends the job.
 */
#include "catalog/schedule_table.h"
#include "service/probe.h"
#include "service/request_backup.h"
#include "worker/job_kind.h"

/* Those that the pattern means and nobody has registered, transfer full. */
static char **find_new(HfJobRun *run, const HfScheduleRow *schedule, GError **error)
{
    g_autoptr(GPtrArray) found = hf_probe_databases(run->catalog, run->worker->configuration, run->worker->sealer,
                                                    run->job->organization, schedule->server_id, error);
    if (found == NULL)
        return NULL;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < found->len; i++)
        g_strv_builder_add(builder, ((const HfFoundDatabase *)found->pdata[i])->name);
    g_auto(GStrv) names = g_strv_builder_end(builder);
    return hf_database_note_found(run->catalog, schedule->server_id, (const char *const *)names, error)
               ? hf_schedule_new_databases(run->catalog, schedule->id, (const char *const *)names, error)
               : NULL;
}

bool hf_job_run_find(HfJobRun *run, GError **error)
{
    hf_progress_set_phase(run->progress, "looking for databases");
    g_autoptr(HfScheduleRow) schedule =
        hf_schedule_get(run->catalog, run->job->organization, run->job->schedule_id, error);
    if (schedule == NULL)
        return false;
    char **names = schedule->database_pattern != NULL ? find_new(run, schedule, error) : g_new0(char *, 1);
    if (names == NULL)
        return false;
    run->kept = names;
    run->free_kept = (GDestroyNotify)g_strfreev;
    run->result = g_strdup_printf("{\"registered\":%u}", g_strv_length(names));
    for (char **name = names; *name != NULL; name++)
        g_message("%s is new on the server, and is backed up from now on", *name);
    return true;
}

bool hf_job_record_find(HfJobRun *run, GError **error)
{
    const HfJobRow *job = run->job;
    char **names = run->kept;
    if (*names == NULL)
        return true;
    g_autoptr(HfScheduleRow) schedule = hf_schedule_get(run->catalog, job->organization, job->schedule_id, error);
    if (schedule == NULL || !hf_database_register(run->catalog, job->organization, schedule->server_id,
                                                  (const char *const *)names, job->created_by, NULL, error))
        return false;
    for (char **name = names; *name != NULL; name++) {
        g_autoptr(HfDatabaseRow) database = hf_database_by_name(run->catalog, schedule->server_id, *name, error);
        g_autofree char *made =
            database != NULL ? hf_request_scheduled_backup(&run->requester, schedule, database, error) : NULL;
        if (made == NULL)
            return false;
    }
    return true;
}
