/*
 * The file of a database that is to be replaced: written before it goes, or afterwards from what is kept of it.
 */
#ifndef WORKER_SAFETY_BACKUP_H
#define WORKER_SAFETY_BACKUP_H

#include "service/restore.h"
#include "worker/backup_writer.h"

typedef enum { HF_SAFETY_NONE, HF_SAFETY_BEFORE, HF_SAFETY_AFTER } HfSafety;

/* Belongs to one thread; what it points to outlives it. */
typedef struct {
    HfJobRun *run;
    const HfDatabaseRow *database; /* NULL: nothing is replaced */
    const HfRestoreOptions *options;
    const char *storage_id, *folder, *prefix, *step; /* the job's step while it loads */
    /* Who may open it: elements HfKeyRow, transfer full. */
    GPtrArray *(*find_keys)(gpointer data, GError **error);
    gpointer data;
    char *path; /* of the file; NULL: there is none. To be freed */
} HfSafetyBackup;

/* What the job's request says in "safety"; what is not kept can only be written before it goes. */
HfSafety hf_safety_backup_when(const HfSafetyBackup *self);

/* Registered before anything is replaced: it is there whatever becomes of the rest. */
bool hf_safety_backup_before(HfSafetyBackup *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of the copy `kept`, into run->kept, for the record of the job (hf_safety_backup_record). The swap is done by then:
 * what goes wrong is a warning. */
void hf_safety_backup_after(HfSafetyBackup *self, const char *kept);

/* In HfJobKind.record. */
bool hf_safety_backup_record(HfJobRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
