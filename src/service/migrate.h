/*
 * The use case migrate: a live PostgreSQL database into another one, on another server or of another version, proved.
 * It is the restore of what the source holds in one snapshot, straight from COPY to COPY: nothing is stored on the way,
 * and the source is only read.
 */
#ifndef HF_SERVICE_MIGRATE_H
#define HF_SERVICE_MIGRATE_H

#include "engine/ends/postgres_catalog.h"
#include "service/restore.h"
#include "service/source_halt.h"

typedef enum {
    HF_OTHERS_REFUSE, /* do nothing while others are connected to the source */
    HF_OTHERS_GO_ON,  /* from the snapshot: what they write later stays behind */
    HF_OTHERS_HALT,   /* the services are halted before it, and stay so if all is moved: see source_halt.h */
} HfOthers;

typedef struct {
    const HfPgTarget *source;
    HfScope scope;         /* what of it to read; restore.patterns choose of that, with all that it needs */
    uint64_t lock_wait_ms; /* for the source's tables; 0: wait for ever */
    HfOthers others;
    /* Of a halt; without one it may know what the connection limit of a source that is closed already was, which is
     * then the target's. NULL: nobody. */
    const HfSourceHaltKeeper *keeper;
    uint64_t patience_ms; /* for the lock of another migration into there: one that died has it for a moment */
    /* Where to and how, mode NEW or SWAP; without archive. archive_name NULL is the source. */
    HfRestoreOptions restore;
} HfMigrateOptions;

/*
 * Errors beside those of hf_restore: HF_ERROR_CONFLICT names the other sessions on the source if they are refused, or
 * another migration into the same database. Its lock is held by a session of the target's server, and goes with it.
 * After a failure the source is as it was, and the error says what state the target is in. `result` as of hf_restore.
 */
bool hf_migrate(const HfMigrateOptions *options, HfProgress *progress, GCancellable *cancellable,
                HfRestoreResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Locks `key` by a transaction that is left open: it goes with the session. HF_ERROR_CONFLICT says that another `what`
 * ("migration into shop") is under way, from whatever database of the server, and does not end within the patience. */
bool hf_migrate_lock(HfPg *pg, const char *key, const char *what, uint64_t patience_ms, GCancellable *cancellable,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Looks at who else is connected to a source. *warning, transfer full, tells of them if they are no hindrance; NULL if
 * there are none. HF_ERROR_CONFLICT names them if they are refused. HF_OTHERS_HALT: as before the halt. */
bool hf_migrate_check_others(HfOthers others, HfPg *pg, char **warning, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Whether an archive will do as the backup that is taken first: a whole backup of this very database, begun no longer
 * than `max_age_s` ago, and not damaged. HF_ERROR_CONFLICT or HF_ERROR_CORRUPT if not.
 */
bool hf_migrate_check_backup(const HfPgTarget *source, HfArchiveReader *archive, uint64_t max_age_s, unsigned jobs,
                             HfProgress *progress, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
