#include "worker/backup_writer.h"

#include "base/error.h"
#include "base/units.h"
#include "catalog/storage_table.h"
#include "service/backup_contents.h"
#include "service/request_body.h"
#include "service/unseal.h"

#include <string.h>

#define NAME_BYTES 120 /* of a database, in a file's name */

/* ---- The file ------------------------------------------------------------------------------------------------------
 */

/* What may stand in a file's name, whatever the database is called. Transfer full. */
static char *plain_name(const char *text)
{
    GString *name = g_string_new(NULL);
    for (const char *c = text; *c != '\0' && name->len < NAME_BYTES; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);
        bool fits = g_unichar_isalnum(letter) || (letter < 128 && strchr("._-", (int)letter) != NULL);
        g_string_append_unichar(name, fits && !(letter == '.' && name->len == 0) ? letter : '_');
    }
    return g_string_free(name, FALSE);
}

char *hf_backup_writer_path(const char *folder, const char *prefix, const char *database, int64_t now_us)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
    g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%S");
    g_autofree char *plain_database = plain_name(database);
    g_autofree char *plain_prefix = plain_name(prefix);
    /* To the millisecond: a database is backed up by one job at a time, but two of them can end within a second. */
    return g_strdup_printf("%s%s%s%s-%s.%03dZ.hf", folder, *folder != '\0' ? "/" : "", plain_prefix, plain_database,
                           time, (int)(now_us / 1000 % 1000));
}

/* What an attempt that died left. */
static bool clean_up(const HfJobRun *run, HfStorage *storage, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (*run->job->step == '\0')
        return true;
    if (hf_storage_remove(storage, run->job->step, &reason))
        g_message("%s, of an attempt that was lost, is removed", run->job->step);
    if (reason == NULL || g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND))
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

/* ---- What came of it -----------------------------------------------------------------------------------------------
 */

typedef struct {
    const HfJobRun *run;
    HfBackupRow *row;
} Commit;

/* HfBackupOptions.before_commit: a worker that has lost the job leaves no file. Without a catalog nobody can tell. */
static bool before_commit(const HfManifest *manifest, gpointer data, GError **error)
{
    const Commit *self = data;
    const HfJobRow *job = self->run->job;
    g_autoptr(GError) reason = NULL;
    self->row->contents = hf_backup_contents(manifest);
    g_autoptr(HfJobRow) owned = hf_job_owned(self->run->catalog, job->id, job->attempt, &reason);
    if (owned != NULL || hf_error_code_may_pass((HfErrorCode)reason->code))
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

static void tell(const HfBackupRow *row)
{
    g_autofree char *raw = hf_format_bytes((uint64_t)row->raw_bytes);
    g_autofree char *size = hf_format_bytes((uint64_t)row->size_bytes);
    g_autofree char *rows = hf_format_count((uint64_t)row->rows);
    g_autofree char *tables = hf_format_count((uint64_t)row->tables);
    g_autofree char *time = hf_format_duration((double)row->duration_ms / 1000);
    g_message("%s: %s of rows in %s, from %s tables with %s rows, in %s", row->path, raw, size, tables, rows, time);
}

static void note_result(HfBackupRow *row, const HfBackupResult *result, double seconds)
{
    row->size_bytes = (int64_t)result->archive_bytes;
    row->raw_bytes = (int64_t)result->raw_bytes;
    row->rows = (int64_t)result->rows;
    row->tables = (int64_t)result->tables;
    row->duration_ms = (int64_t)(seconds * 1000);
    tell(row);
}

GPtrArray *hf_backup_writer_keys(const HfJobRun *run, GError **error)
{
    g_auto(GStrv) ids = hf_body_texts(run->request, 0, "key_ids");
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)hf_key_row_free);
    for (char **id = ids; id != NULL && *id != NULL; id++) {
        HfKeyRow *key = hf_key_get(run->catalog, run->job->organization, *id, error);
        if (key == NULL)
            return NULL;
        g_ptr_array_add(keys, key);
    }
    return g_steal_pointer(&keys);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static char *join_fingerprints(const GPtrArray *keys)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < keys->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", ((const HfKeyRow *)keys->pdata[i])->fingerprint);
    return g_strdup(text->str);
}

/* What is known of the backup beforehand. Transfer full. */
static HfBackupRow *new_row(const HfJobRun *run, const HfBackupTask *task)
{
    const HfJobRow *job = run->job;
    HfBackupRow *row = g_new0(HfBackupRow, 1);
    row->path = hf_backup_writer_path(task->folder, task->prefix, task->database->name, g_get_real_time());
    row->name = g_path_get_basename(row->path);
    row->storage_id = g_strdup(task->storage_id);
    row->type = g_strdup(task->type);
    row->database_id = g_strdup(task->database->id);
    row->database_name = g_strdup(task->database->name);
    row->server_name = g_strdup(task->database->server_name);
    row->schedule_id = g_strdup(job->schedule_id);
    row->job_id = g_strdup(job->id);
    row->created_by = g_strdup(job->created_by);
    row->fingerprints = join_fingerprints(task->keys);
    return row;
}

static bool write_file(HfJobRun *run, const HfBackupTask *task, HfStorage *storage, const HfAgeRecipients *recipients,
                       HfBackupRow *row, GError **error)
{
    const HfJobRow *job = run->job;
    HfBackupResult result;
    HfBackupOptions options = task->options;
    options.recipients = recipients;
    options.before_commit = before_commit;
    options.before_commit_data = &(Commit){run, row};
    g_autoptr(GTimer) timer = g_timer_new();
    if (task->is_step && !clean_up(run, storage, error))
        return false;
    /* Only a name that is free is noted, so that nothing of others goes. */
    g_autoptr(HfStoragePut) put = hf_storage_put(storage, row->path, HF_STORAGE_PUT_NEW, 0, error);
    if (put == NULL || (task->is_step && !hf_job_set_step(run->catalog, job->id, job->attempt, row->path, error)) ||
        !hf_backup(&options, put, task->progress, run->cancellable, &result, error))
        return false;
    note_result(row, &result, g_timer_elapsed(timer, NULL));
    return true;
}

void hf_backup_writer_discard(HfJobRun *run)
{
    const HfBackupRow *row = run->kept;
    bool known = true;
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfStorage) storage = NULL;
    if (row == NULL)
        return;
    if (hf_backup_is_known(run->catalog, row->storage_id, row->path, &known, &reason) && !known)
        storage = hf_worker_open_storage(run->worker, run->catalog, run->job->organization, row->storage_id, &reason);
    if (storage != NULL && hf_storage_remove(storage, row->path, &reason))
        g_message("%s, which nobody will record, is removed", row->path);
    else if (reason != NULL)
        g_warning("%s may be left, and a rescan would find it: %s", row->path, reason->message);
}

bool hf_backup_writer_check(HfJobRun *run, const HfBackupTask *task, GError **error)
{
    g_autoptr(HfAgeRecipients) recipients = NULL;
    if (task->keys->len > 0 && (recipients = hf_unseal_recipients(run->worker->sealer, task->keys, error)) == NULL)
        return false;
    g_autoptr(HfStorage) storage =
        hf_worker_open_storage(run->worker, run->catalog, run->job->organization, task->storage_id, error);
    g_autoptr(HfBackupRow) row = new_row(run, task);
    g_autoptr(HfStoragePut) put =
        storage != NULL ? hf_storage_put(storage, row->path, HF_STORAGE_PUT_NEW, 0, error) : NULL;
    return put != NULL;
}

/* What the file has shown of its storage: whether that works. What else failed says nothing of it. */
static void note_storage(const HfJobRun *run, const char *storage_id, const GError *failure)
{
    g_autoptr(GError) reason = NULL;
    if (failure != NULL && !g_error_matches(failure, HF_ERROR, HF_ERROR_STORAGE))
        return;
    if (!hf_storage_note_use(run->catalog, storage_id, failure != NULL ? failure->message : NULL, &reason))
        g_warning("how the storage is is not noted: %s", reason->message);
}

HfBackupRow *hf_backup_writer_run(HfJobRun *run, const HfBackupTask *task, GError **error)
{
    g_autoptr(HfAgeRecipients) recipients = NULL;
    g_autoptr(GError) reason = NULL;
    if (task->keys->len > 0 && (recipients = hf_unseal_recipients(run->worker->sealer, task->keys, error)) == NULL)
        return NULL;
    g_autoptr(HfStorage) storage =
        hf_worker_open_storage(run->worker, run->catalog, run->job->organization, task->storage_id, &reason);
    g_autoptr(HfBackupRow) row = new_row(run, task);
    bool done = storage != NULL && write_file(run, task, storage, recipients, row, &reason);
    note_storage(run, task->storage_id, reason);
    if (!done)
        g_propagate_error(error, g_steal_pointer(&reason));
    return done ? g_steal_pointer(&row) : NULL;
}
