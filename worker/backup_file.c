#include "worker/backup_file.h"

#include "base/error.h"
#include "catalog/storage_table.h"
#include "service/backup_contents.h"
#include "service/unseal.h"

#include <string.h>

HfStorage *hf_worker_open_storage(const HfWorker *worker, HfCatalog *catalog, const char *organization, const char *id,
                                  GError **error)
{
    g_autoptr(HfStorageRow) row = hf_storage_row_get(catalog, organization, id, error);
    if (row == NULL)
        return NULL;
    if (hf_configuration_allows_storage(worker->configuration, row->path))
        return hf_storage_local_new(row->path, error);
    if (!g_file_test(row->path, G_FILE_TEST_IS_DIR))
        g_set_error(error, HF_ERROR, HF_ERROR_STORAGE,
                    "the storage %s: there is no folder %s where this worker runs; is its disk mounted there?",
                    row->name, row->path);
    else
        g_set_error(error, HF_ERROR, HF_ERROR_DENIED,
                    "the storage %s: the folder %s lies below none of the storage_roots of this worker's "
                    "configuration; add one there, or give the storage another folder",
                    row->name, row->path);
    return NULL;
}

/* Nothing at all but hidden folders, as a mount point is without its disk. */
static bool is_empty(HfStorage *storage, bool *empty, GError **error)
{
    g_autoptr(GPtrArray) objects = hf_storage_list(storage, "", error);
    g_autoptr(GPtrArray) folders = objects != NULL ? hf_storage_list_folders(storage, "", error) : NULL;
    *empty = folders != NULL && objects->len == 0 && folders->len == 0;
    return folders != NULL;
}

bool hf_worker_check_gone(HfStorage *storage, HfCatalog *catalog, const HfBackupRow *backup, GError **error)
{
    bool empty = true;
    HfStorageInfo info;
    g_autoptr(GPtrArray) others = hf_backup_of_storage(catalog, backup->storage_id, error);
    if (others == NULL)
        return false;
    for (guint i = 0; i < others->len; i++)
        if (hf_storage_stat(storage, ((const HfBackupRow *)others->pdata[i])->path, &info, NULL))
            return true;
    if (others->len <= 1 && !is_empty(storage, &empty, error))
        return false;
    if (empty)
        g_set_error(error, HF_ERROR, HF_ERROR_STORAGE,
                    "%s is not there, and nothing else of its storage either: is the storage's disk mounted?",
                    backup->path);
    return !empty;
}

struct HfBackupFile {
    HfStorage *storage;
    HfStorageObject *object;
    HfAgeIdentities *identities;
    HfArchiveReader *reader;
};

void hf_backup_file_note(HfJobRun *run, const HfBackupRow *backup, const GError *error)
{
    g_autoptr(GError) reason = NULL;
    const char *state = g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT) ? "damaged" : NULL;
    if (state != NULL && strcmp(backup->state, "good") == 0 &&
        !hf_backup_set_state(run->catalog, backup->id, state, &reason))
        g_warning("that the backup is %s could not be noted: %s", state, reason->message);
}

static bool open_object(HfBackupFile *self, HfJobRun *run, const HfBackupRow *backup, GError **error)
{
    g_autoptr(GError) reason = NULL;
    self->storage =
        hf_worker_open_storage(run->worker, run->catalog, run->job->organization, backup->storage_id, error);
    if (self->storage == NULL)
        return false;
    self->object = hf_storage_get(self->storage, backup->path, &reason);
    if (self->object != NULL)
        return true;
    if (g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND) &&
        (!hf_worker_check_gone(self->storage, run->catalog, backup, error) ||
         !hf_backup_set_state(run->catalog, backup->id, "missing", error)))
        return false;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

/* All that the organization has, for a backup may have been made elsewhere. */
static bool find_identities(HfBackupFile *self, HfJobRun *run, GError **error)
{
    g_autoptr(GPtrArray) keys = hf_key_with_secret(run->catalog, run->job->organization, NULL, error);
    return keys != NULL && hf_unseal_identities(run->worker->sealer, keys, self->identities, error);
}

/* Those of the organization's keys that open the file; NULL: it cannot be told. Transfer full. */
static char *name_keys(const HfBackupFile *self, HfJobRun *run)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GPtrArray) keys = hf_key_with_secret(run->catalog, run->job->organization, NULL, NULL);
    for (guint i = 0; keys != NULL && i < keys->len; i++) {
        const HfKeyRow *key = keys->pdata[i];
        g_autoptr(HfAgeIdentities) alone = hf_age_identities_new();
        g_autoptr(HfAgeReader) age = hf_unseal_identity(run->worker->sealer, HF_KEY_SECRET, key->secret, alone, NULL)
                                         ? hf_age_reader_open(&self->object->input, alone, NULL)
                                         : NULL;
        if (age != NULL)
            g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", key->fingerprint);
    }
    return names->len > 0 ? g_strdup(names->str) : NULL;
}

/* One that was uploaded may have been too much to read for the API. */
static void note_contents(const HfBackupFile *self, HfJobRun *run, const HfBackupRow *backup)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfBackupRow) read = g_new0(HfBackupRow, 1);
    if (backup->tables > 0)
        return;
    hf_backup_describe(read, self->reader);
    if (strcmp(backup->fingerprints, HF_BACKUP_UNKNOWN_KEY) == 0)
        read->fingerprints = name_keys(self, run);
    if (!hf_backup_set_contents(run->catalog, backup->id, read, &reason))
        g_warning("what %s holds could not be noted: %s", backup->name, reason->message);
}

/* `identities`: those that came with the job, transfer full. */
static HfBackupFile *open_with(HfJobRun *run, const HfBackupRow *backup, HfAgeIdentities *identities, GError **error)
{
    g_autoptr(HfBackupFile) self = g_new0(HfBackupFile, 1);
    g_autoptr(GError) reason = NULL;
    self->identities = identities;
    if (!open_object(self, run, backup, error) || !find_identities(self, run, error))
        return NULL;
    self->reader = hf_archive_reader_open(&self->object->input, self->identities, &reason);
    if (self->reader != NULL) {
        note_contents(self, run, backup);
        return g_steal_pointer(&self);
    }
    hf_backup_file_note(run, backup, reason);
    g_propagate_prefixed_error(error, g_steal_pointer(&reason), "%s: ", backup->name);
    return NULL;
}

HfBackupFile *hf_backup_file_open(HfJobRun *run, const HfBackupRow *backup, GError **error)
{
    g_autoptr(HfAgeIdentities) identities = hf_age_identities_new();
    if (run->job->secret != NULL &&
        !hf_unseal_identity(run->worker->sealer, HF_JOB_SECRET, run->job->secret, identities, error))
        return NULL;
    return open_with(run, backup, g_steal_pointer(&identities), error);
}

HfBackupFile *hf_backup_file_open_with(HfJobRun *run, const HfBackupRow *backup, const char *identity, GError **error)
{
    g_autoptr(HfAgeIdentities) identities = hf_age_identities_new();
    if (identity != NULL && !hf_unseal_add_identity(identity, identities, error))
        return NULL;
    return open_with(run, backup, g_steal_pointer(&identities), error);
}

void hf_backup_file_close(HfBackupFile *self)
{
    if (self == NULL)
        return;
    hf_archive_reader_free(self->reader);
    hf_age_identities_free(self->identities);
    hf_storage_object_free(self->object);
    hf_storage_free(self->storage);
    g_free(self);
}

HfArchiveReader *hf_backup_file_reader(const HfBackupFile *self)
{
    return self->reader;
}
