/*
 * A database into a new file of a storage: for backup jobs, and for what a restore replaces.
 */
#ifndef WORKER_BACKUP_WRITER_H
#define WORKER_BACKUP_WRITER_H

#include "catalog/key_table.h"
#include "catalog/server_table.h"
#include "service/backup.h"
#include "worker/backup_file.h"

typedef struct {
    const HfDatabaseRow *database; /* whose it is, whatever the source is called at the moment */
    const char *storage_id, *folder, *prefix;
    const char *type;        /* "manual", "scheduled", "safety" */
    const GPtrArray *keys;   /* HfKeyRow: who may open it; empty: not encrypted */
    bool is_step;            /* the file's name is the job's step, and what an attempt before left under it goes */
    HfBackupOptions options; /* source, scope, jobs, level, lock_wait_ms */
    HfProgress *progress;    /* may be NULL */
} HfBackupTask;

/* "<folder>/<prefix><database>-<time>.hf", with what may not stand in a file's name replaced. Transfer full. */
char *hf_backup_writer_path(const char *folder, const char *prefix, const char *database, int64_t now_us);

/* Those that the request names in key_ids; elements HfKeyRow, transfer full. */
GPtrArray *hf_backup_writer_keys(const HfJobRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the file; the row that hf_backup_insert is to make of it, transfer full. */
HfBackupRow *hf_backup_writer_run(HfJobRun *run, const HfBackupTask *task, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a file like that can be begun now: the storage lets it, and the keys are there. Nothing is left of it. */
bool hf_backup_writer_check(HfJobRun *run, const HfBackupTask *task, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* HfJobKind.discard: removes the file of the row in run->kept, if the catalog does not know it. */
void hf_backup_writer_discard(HfJobRun *run);

#endif
