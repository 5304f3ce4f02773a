/*
 * The heart of a restore: fills an empty database from an archive or a live database and proves what it filled. Used by
 * every mode of restore, by verify --restore-to and by migrate.
 */
#ifndef HF_SERVICE_RESTORE_LOAD_H
#define HF_SERVICE_RESTORE_LOAD_H

#include "engine/ends/postgres_schema.h"
#include "service/origin.h"
#include "service/restore.h"

typedef struct {
    HfOrigin *origin;
    const HfSchema *schema;
    HfProof proof;
    unsigned jobs;
    const HfPgTarget *database; /* where to load */
    HfPg *shared;         /* load on this one connection, in its transaction (then jobs is 1); NULL: open connections */
    HfProgress *progress; /* may be NULL */
    GCancellable *cancellable;
} HfRestoreLoad;

/* HF_ERROR_DIFFER names the tables that differ. Fills tables, rows, raw_bytes and tables_proved of `result`. */
bool hf_restore_load(const HfRestoreLoad *load, HfRestoreResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the restore takes this table's rows. */
bool hf_restore_takes_table(const HfSchema *schema, const HfManifestTable *table);

#endif
