/*
 * What an assessment and a migration have in common: the source, the target if it is PostgreSQL, and the options of the
 * request.
 */
#ifndef WORKER_MIGRATION_PLAN_H
#define WORKER_MIGRATION_PLAN_H

#include "service/assess.h"
#include "service/migrate.h"
#include "service/migrate_secrets.h"
#include "worker/backup_file.h"
#include "worker/closed_source.h"
#include "worker/pattern_texts.h"
#include "worker/place.h"

#define HF_MIGRATION_PATIENCE_MS 30000 /* for the sessions of an attempt that died */

typedef struct {
    HfPlace source; /* empty for a backup */
    HfPatternTexts texts;
    unsigned jobs;
    uint64_t lock_wait_ms;
    HfOthers others;
    /* Into PostgreSQL; target NULL: it is not. */
    HfServerRow *server;
    HfDatabaseRow *replaced; /* NULL: a new one */
    HfPgTarget *target;
    char **exclude_table_data;
    GHashTable *role_map;
    char *archive_name;        /* of the source and the job: what is noted with a kept copy */
    HfSourceHaltKeeper closed; /* of a source that is closed already, and not by this migration's halt */
    HfMigrateOptions into_postgres;
    /* For SQL Server. */
    char *map;
    char **encrypt;
    HfMigrateSecrets secrets;
    HfBackupFile *file;         /* NULL: the source is live, and so for the next two */
    HfPgTarget *scratch_target; /* the server's maintenance database */
    HfScratch scratch;
    HfAssessOptions assess;
} HfMigrationPlan;

/* Filled in as far as it came, also on failure. It stays where it is: parts of it refer to others. */
bool hf_migration_plan_open(HfMigrationPlan *self, HfJobRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_migration_plan_close(HfMigrationPlan *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfMigrationPlan, hf_migration_plan_close)

#endif
