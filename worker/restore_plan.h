/*
 * What a preflight and a restore have in common: the archive, opened, the target, and the options of the request.
 */
#ifndef WORKER_RESTORE_PLAN_H
#define WORKER_RESTORE_PLAN_H

#include "catalog/server_table.h"
#include "service/restore.h"
#include "worker/backup_file.h"
#include "worker/pattern_texts.h"

typedef struct {
    HfBackupRow *backup;
    HfBackupFile *file;
    HfServerRow *server;
    HfDatabaseRow *database; /* NULL: a new one */
    HfPgTarget *target;
    HfPatternTexts texts;
    GHashTable *role_map;
    char *archive_name; /* of the backup and the job: what is noted with a kept copy */
    HfRestoreOptions options;
} HfRestorePlan;

/* Filled in as far as it came, also on failure. */
bool hf_restore_plan_open(HfRestorePlan *self, HfJobRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_restore_plan_close(HfRestorePlan *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfRestorePlan, hf_restore_plan_close)

/* The member "role_map"; NULL: there is none. Transfer full. */
GHashTable *hf_restore_plan_role_map(const HfJson *request);

/* What restores and migrations have in common: tables, rows, what is kept, the safety backup's file (NULL: none), the
 * findings as [{"fatal", "text"}] … */
void hf_restore_plan_write_result(HfJsonWriter *writer, const HfRestoreResult *result, const char *safety);

/* Of a preflight: whether the error speaks of what was asked, and not of what is broken right now. */
bool hf_restore_plan_is_finding(const HfJobRun *run, const GError *error);
/* "ok", "code", "message", "findings"; `reason` NULL: it can be done. */
void hf_restore_plan_write_outcome(HfJsonWriter *writer, HfRestoreResult *result, const GError *reason);

#endif
