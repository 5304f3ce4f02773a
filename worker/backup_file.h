/*
 * Backups as files: in the folder of their storage, opened with the organization's keys.
 */
#ifndef WORKER_BACKUP_FILE_H
#define WORKER_BACKUP_FILE_H

#include "archive/archive_reader.h"
#include "catalog/backup_table.h"
#include "storage/storage.h"
#include "worker/job_kind.h"

/* HF_ERROR_DENIED if the storage's folder is not below one of the configured roots. Transfer full. */
HfStorage *hf_worker_open_storage(const HfWorker *worker, HfCatalog *catalog, const char *organization, const char *id,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For a backup whose file was not found: HF_ERROR_STORAGE if none of the storage's backups is there (of the only one:
 * if nothing at all is), for then it is the storage that is not there. */
bool hf_worker_check_gone(HfStorage *storage, HfCatalog *catalog, const HfBackupRow *backup, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

typedef struct HfBackupFile HfBackupFile;

/* Opens the archive with the organization's keys that fit, and the one that came with the job. A file that is absent or
 * damaged is noted in the catalog. Transfer full. */
HfBackupFile *hf_backup_file_open(HfJobRun *run, const HfBackupRow *backup, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a job whose secret is another: with `identity` (NULL: none). */
HfBackupFile *hf_backup_file_open_with(HfJobRun *run, const HfBackupRow *backup, const char *identity, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_backup_file_close(HfBackupFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfBackupFile, hf_backup_file_close)
/* Borrowed. */
HfArchiveReader *hf_backup_file_reader(const HfBackupFile *self);

/* A worse state of a backup than the catalog knows, if the error says so: damaged, missing. */
void hf_backup_file_note(HfJobRun *run, const HfBackupRow *backup, const GError *error);

#endif
