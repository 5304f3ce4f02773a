#include "worker/safety_backup.h"

#include "service/copies.h"
#include "service/request_body.h"

#define LOCK_WAIT_MS 60000

HfSafety hf_safety_backup_when(const HfSafetyBackup *self)
{
    const HfRestoreOptions *options = self->options;
    const char *text = hf_body_text(self->run->request, 0, "safety");
    if (self->database == NULL || g_strcmp0(text, "none") == 0)
        return HF_SAFETY_NONE;
    return g_strcmp0(text, "before") == 0 || options->keep_old_s == 0 || options->mode == HF_RESTORE_IN_PLACE
               ? HF_SAFETY_BEFORE
               : HF_SAFETY_AFTER;
}

static bool write_file(HfSafetyBackup *self, const HfPgTarget *source, GError **error)
{
    HfJobRun *run = self->run;
    g_autoptr(GPtrArray) keys = self->find_keys(self->data, error);
    if (keys == NULL)
        return false;
    const HfBackupTask task = {
        .database = self->database,
        .storage_id = self->storage_id,
        .folder = self->folder,
        .prefix = self->prefix,
        .type = "safety",
        .keys = keys,
        .options = {.source = source, .jobs = self->options->jobs, .level = 1, .lock_wait_ms = LOCK_WAIT_MS}};
    HfBackupRow *row = hf_backup_writer_run(run, &task, error);
    if (row == NULL)
        return false;
    self->path = g_strdup(row->path);
    run->kept = row;
    run->free_kept = (GDestroyNotify)hf_backup_row_free;
    return true;
}

bool hf_safety_backup_before(HfSafetyBackup *self, GError **error)
{
    HfJobRun *run = self->run;
    const HfJobRow *job = run->job;
    hf_progress_set_phase(run->progress, "backing up what is to be replaced");
    if (!write_file(self, self->options->target, error))
        return false;
    g_autoptr(HfBackupRow) row = g_steal_pointer(&run->kept);
    g_autofree char *id = NULL;
    if (!hf_catalog_begin(run->catalog, error))
        return false;
    /* The step is for the fence. */
    if (hf_job_set_step(run->catalog, job->id, job->attempt, self->step, error) &&
        (id = hf_backup_insert(run->catalog, job->organization, row, error)) != NULL &&
        hf_catalog_commit(run->catalog, error)) {
        g_message("the database as it was is in %s", row->path);
        return true;
    }
    hf_catalog_rollback(run->catalog);
    return false;
}

/* What was live is kept as a database all the same. */
void hf_safety_backup_after(HfSafetyBackup *self, const char *kept)
{
    HfJobRun *run = self->run;
    g_autoptr(GError) reason = NULL;
    const HfRestoreOptions *options = self->options;
    g_autoptr(HfPgTarget) source = hf_pg_target_with_database(options->target, kept);
    hf_progress_set_phase(run->progress, "backing up what was replaced");
    bool ok = hf_copies_open(options->target, options->maintenance_db, kept, true, run->cancellable, &reason) &&
              write_file(self, source, &reason);
    if (!ok)
        g_warning("%s, which was live, is kept but could not be backed up to a file: %s", kept, reason->message);
    g_clear_error(&reason);
    if (!hf_copies_open(options->target, options->maintenance_db, kept, false, NULL, &reason))
        g_warning("%s still lets sessions in: %s", kept, reason->message);
}

bool hf_safety_backup_record(HfJobRun *run, GError **error)
{
    if (run->kept == NULL)
        return true;
    g_autofree char *id = hf_backup_insert(run->catalog, run->job->organization, run->kept, error);
    return id != NULL;
}
