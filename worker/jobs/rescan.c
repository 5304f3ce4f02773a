/*
 * Holds a storage against the catalog: archives that are not registered and that the organization's keys open are;
 * those that they do not open are listed; and of registered ones it is noted whether their file is there. Backups that
 * have no database get the registered one of their name, also those that an earlier rescan found before it was there.
 *
 * A backup's file is there a moment before its row. So the files are listed first, and if any of them is that young,
 * its job gets the time to register it before the catalog is asked.
 */
#include "base/error.h"
#include "service/backup_contents.h"
#include "service/request_body.h"
#include "service/unseal.h"
#include "worker/backup_file.h"

#include <string.h>

#define YOUNG_US (5 * G_USEC_PER_SEC)
#define MAX_DEPTH 16
#define MAX_LISTED 500 /* of those that cannot be opened */

typedef struct {
    HfJobRun *run;
    const char *storage_id;
    HfStorage *storage;
    GPtrArray *files;       /* HfStorageEntry */
    GPtrArray *keys;        /* HfKeyRow */
    GHashTable *registered; /* paths, borrowed from the rows */
    uint64_t found, known, missing, returned, unopened, adopted;
    HfJsonWriter closed; /* an array of those that cannot be opened */
} Rescan;

/* ---- Files ---------------------------------------------------------------------------------------------------------
 */

static void free_entry(gpointer data)
{
    HfStorageEntry *entry = data;
    g_free(entry->name);
    g_free(entry);
}

/* All but hidden ones. */
static void take_entries(Rescan *self, GPtrArray *entries)
{
    while (entries->len > 0) {
        HfStorageEntry *entry = g_ptr_array_steal_index_fast(entries, entries->len - 1);
        g_autofree char *base = g_path_get_basename(entry->name);
        if (*base == '.')
            free_entry(entry);
        else
            g_ptr_array_add(self->files, entry);
    }
}

static bool walk(Rescan *self, const char *folder, unsigned depth, GError **error)
{
    g_autoptr(GPtrArray) entries = hf_storage_list(self->storage, folder, error);
    g_autoptr(GPtrArray) folders = entries != NULL ? hf_storage_list_folders(self->storage, folder, error) : NULL;
    if (folders == NULL)
        return false;
    take_entries(self, entries);
    for (guint i = 0; i < folders->len && depth < MAX_DEPTH; i++)
        if (!hf_error_check_cancelled(self->run->cancellable, error) ||
            !walk(self, folders->pdata[i], depth + 1, error))
            return false;
    return true;
}

static void wait_for_young(const Rescan *self)
{
    int64_t now_us = g_get_real_time();
    for (guint i = 0; i < self->files->len; i++)
        if (((const HfStorageEntry *)self->files->pdata[i])->info.modified_us > now_us - YOUNG_US) {
            g_usleep(YOUNG_US);
            return;
        }
}

/* ---- Registered ones -----------------------------------------------------------------------------------------------
 */

static bool note_state(Rescan *self, const HfBackupRow *backup, bool is_there, GError **error)
{
    bool was_missing = strcmp(backup->state, "missing") == 0;
    g_hash_table_add(self->registered, backup->path);
    self->known++;
    if (is_there == !was_missing)
        return true;
    self->missing += !is_there;
    self->returned += is_there;
    g_message("%s %s", backup->path, is_there ? "is there again" : "is missing");
    return hf_backup_set_state(self->run->catalog, backup->id, is_there ? "good" : "missing", error);
}

static bool check_registered(Rescan *self, const GPtrArray *backups, GError **error)
{
    g_autoptr(GHashTable) there = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < self->files->len; i++)
        g_hash_table_add(there, ((const HfStorageEntry *)self->files->pdata[i])->name);
    for (guint i = 0; i < backups->len; i++) {
        const HfBackupRow *backup = backups->pdata[i];
        if (!note_state(self, backup, g_hash_table_contains(there, backup->path), error))
            return false;
    }
    return true;
}

/* ---- Others --------------------------------------------------------------------------------------------------------
 */

/* With one key (NULL: none). Transfer full. */
static HfArchiveReader *open_with(Rescan *self, HfInput *file, const HfKeyRow *key, HfAgeIdentities *identities,
                                  GError **error)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    if (key != NULL)
        g_ptr_array_add(one, (gpointer)key);
    return hf_unseal_identities(self->run->worker->sealer, one, identities, error)
               ? hf_archive_reader_open(file, identities, error)
               : NULL;
}

/* Tries every key, for each that opens it is told. False with the reason: none does. */
static bool read_archive(Rescan *self, HfBackupRow *row, HfInput *file, GError **error)
{
    g_autoptr(GString) fingerprints = g_string_new(NULL);
    for (guint i = 0; i <= self->keys->len; i++) {
        const HfKeyRow *key = i == 0 ? NULL : self->keys->pdata[i - 1];
        g_autoptr(GError) reason = NULL;
        g_autoptr(HfAgeIdentities) identities = hf_age_identities_new();
        g_autoptr(HfArchiveReader) reader = open_with(self, file, key, identities, &reason);
        if (reader != NULL && row->contents == NULL)
            hf_backup_describe(row, reader);
        if (reader != NULL && key == NULL)
            break; /* not encrypted */
        if (reader != NULL)
            g_string_append_printf(fingerprints, "%s%s", fingerprints->len > 0 ? " " : "", key->fingerprint);
        else if (!g_error_matches(reason, HF_ERROR, HF_ERROR_WRONG_KEY) ||
                 (i == self->keys->len && row->contents == NULL)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
    }
    row->fingerprints = g_strdup(fingerprints->str);
    return true;
}

static HfBackupRow *new_row(const Rescan *self, const HfStorageEntry *entry)
{
    HfBackupRow *row = g_new0(HfBackupRow, 1);
    row->path = g_strdup(entry->name);
    row->name = g_path_get_basename(entry->name);
    row->storage_id = g_strdup(self->storage_id);
    row->type = g_strdup("found");
    row->job_id = g_strdup(self->run->job->id);
    row->created_by = g_strdup(self->run->job->created_by);
    row->server_name = g_strdup("");
    row->size_bytes = (int64_t)entry->info.size_bytes;
    return row;
}

static void list_closed(Rescan *self, const char *path, const GError *why)
{
    g_message("%s is not registered: %s", path, why->message);
    if (self->unopened++ >= MAX_LISTED)
        return;
    hf_json_writer_begin_object(&self->closed, NULL);
    hf_json_writer_string(&self->closed, "path", path);
    hf_json_writer_string(&self->closed, "code", hf_error_code_name((HfErrorCode)why->code));
    hf_json_writer_string(&self->closed, "why", why->message);
    hf_json_writer_end_object(&self->closed);
}

static bool register_file(Rescan *self, const HfStorageEntry *entry, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfStorageObject) object = hf_storage_get(self->storage, entry->name, &reason);
    g_autoptr(HfBackupRow) row = new_row(self, entry);
    if (object == NULL || !read_archive(self, row, &object->input, &reason)) {
        list_closed(self, entry->name, reason);
        return true;
    }
    g_autofree char *id = hf_backup_insert(self->run->catalog, self->run->job->organization, row, &reason);
    if (id == NULL && !g_error_matches(reason, HF_ERROR, HF_ERROR_CONFLICT)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    self->found += id != NULL;
    if (id != NULL)
        g_message("%s is registered: %s, %s", entry->name, row->database_name, row->name);
    return true;
}

static bool register_others(Rescan *self, GError **error)
{
    for (guint i = 0; i < self->files->len; i++) {
        const HfStorageEntry *entry = self->files->pdata[i];
        if (g_hash_table_contains(self->registered, entry->name))
            continue;
        if (!hf_error_check_cancelled(self->run->cancellable, error) || !register_file(self, entry, error))
            return false;
    }
    return true;
}

/* ---- The job -------------------------------------------------------------------------------------------------------
 */

static char *write_result(Rescan *self, const char *closed)
{
    g_autoptr(HfJson) list = hf_json_parse("the list", closed, strlen(closed), 10 * MAX_LISTED, NULL);
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_uint64(&writer, "registered", self->found);
    hf_json_writer_uint64(&writer, "known", self->known);
    hf_json_writer_uint64(&writer, "missing", self->missing);
    hf_json_writer_uint64(&writer, "returned", self->returned);
    hf_json_writer_uint64(&writer, "adopted", self->adopted);
    hf_json_writer_uint64(&writer, "unopened", self->unopened);
    if (list != NULL)
        hf_json_copy(list, 0, &writer, "not_opened");
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

static bool rescan(Rescan *self, GError **error)
{
    HfJobRun *run = self->run;
    if (!walk(self, "", 0, error))
        return false;
    wait_for_young(self);
    g_autoptr(GPtrArray) backups = hf_backup_of_storage(run->catalog, self->storage_id, error);
    if (backups != NULL && backups->len > 0 && self->files->len == 0 &&
        !hf_worker_check_gone(self->storage, run->catalog, backups->pdata[0], error))
        return false;
    self->keys = backups != NULL ? hf_key_with_secret(run->catalog, run->job->organization, NULL, error) : NULL;
    bool ok = self->keys != NULL && check_registered(self, backups, error) && register_others(self, error) &&
              hf_backup_adopt(run->catalog, self->storage_id, &self->adopted, error);
    g_clear_pointer(&self->keys, g_ptr_array_unref);
    g_hash_table_remove_all(self->registered);
    return ok;
}

bool hf_job_run_rescan(HfJobRun *run, GError **error)
{
    const char *storage_id = hf_body_text(run->request, 0, "storage_id");
    g_autoptr(HfStorage) storage =
        hf_worker_open_storage(run->worker, run->catalog, run->job->organization, storage_id, error);
    if (storage == NULL)
        return false;
    g_autoptr(GString) closed = g_string_new(NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(free_entry);
    g_autoptr(GHashTable) registered = g_hash_table_new(g_str_hash, g_str_equal);
    Rescan self = {.run = run, .storage_id = storage_id, .storage = storage, .files = files, .registered = registered};
    hf_progress_set_phase(run->progress, "looking through the storage");
    hf_json_writer_init(&self.closed, closed);
    hf_json_writer_begin_array(&self.closed, NULL);
    bool ok = rescan(&self, error);
    hf_json_writer_end_array(&self.closed);
    run->result = write_result(&self, closed->str);
    return ok;
}
