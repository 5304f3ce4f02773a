/*
 * Removes the file of a backup, and then says so in the catalog: a backup that is listed as good has its file. That the
 * file was seen is the job's step: so an attempt that finds none knows whether a dead one has removed it, or whether
 * the storage may not be there.
 */
#include "base/error.h"
#include "service/request_delete.h"
#include "worker/backup_file.h"

#include <string.h>

#define STEP_SEEN "seen"

/* What retention has asked for is not done once it is paused: the reason may have come up behind its back. */
static bool check_paused(HfJobRun *run, const HfBackupRow *backup, GError **error)
{
    if (g_strcmp0(run->job->reason, HF_REQUEST_RETENTION) != 0 || backup->database_id == NULL)
        return true;
    g_autoptr(HfDatabaseRow) database =
        hf_database_get(run->catalog, run->job->organization, backup->database_id, error);
    if (database != NULL && database->retention_paused != NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s stays, as retention was paused meanwhile: %s", backup->name,
                    database->retention_paused);
    return database != NULL && database->retention_paused == NULL;
}

static bool remove_file(HfJobRun *run, HfStorage *storage, const HfBackupRow *backup, GError **error)
{
    HfStorageInfo info;
    g_autoptr(GError) reason = NULL;
    const HfJobRow *job = run->job;
    if (hf_storage_stat(storage, backup->path, &info, &reason))
        return hf_job_set_step(run->catalog, job->id, job->attempt, STEP_SEEN, error) &&
               hf_storage_remove(storage, backup->path, error);
    if (!g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    g_message("%s was not there any more", backup->path);
    return strcmp(job->step, STEP_SEEN) == 0 || hf_worker_check_gone(storage, run->catalog, backup, error);
}

bool hf_job_run_delete(HfJobRun *run, GError **error)
{
    const HfJobRow *job = run->job;
    g_autoptr(HfBackupRow) backup = hf_backup_get(run->catalog, job->organization, job->backup_id, error);
    if (backup == NULL)
        return false;
    run->size_bytes = backup->size_bytes;
    if (strcmp(backup->state, "deleted") == 0) {
        g_message("%s was deleted meanwhile", backup->name);
        return true;
    }
    if (backup->is_pinned) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s was pinned meanwhile, and stays", backup->name);
        return false;
    }
    if (!check_paused(run, backup, error))
        return false;
    g_autoptr(HfStorage) storage =
        hf_worker_open_storage(run->worker, run->catalog, job->organization, backup->storage_id, error);
    if (storage == NULL)
        return false;
    return remove_file(run, storage, backup, error);
}

bool hf_job_record_delete(HfJobRun *run, GError **error)
{
    g_autoptr(HfBackupRow) backup = hf_backup_get(run->catalog, run->job->organization, run->job->backup_id, error);
    if (backup == NULL)
        return false;
    return strcmp(backup->state, "deleted") == 0 || hf_backup_set_state(run->catalog, backup->id, "deleted", error);
}
