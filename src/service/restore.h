/*
 * The use case restore: an archive into a database, proved, in one of three ways. The live database is never missing
 * and never half: a new one is made beside it and takes its name in one transaction, or (in place) all is one
 * transaction.
 */
#ifndef HF_SERVICE_RESTORE_H
#define HF_SERVICE_RESTORE_H

#include "archive/archive_reader.h"
#include "engine/progress.h"
#include "pg/connection.h"
#include "pg/pattern.h"

#include <gio/gio.h>

typedef enum {
    HF_RESTORE_NEW,      /* makes the database, which must not exist */
    HF_RESTORE_SWAP,     /* loads beside the live one, then the two swap names; the old one is kept */
    HF_RESTORE_SCRATCH,  /* loads into a database of its own, proves it, and drops it */
    HF_RESTORE_IN_PLACE, /* replaces the content of the database, in one transaction */
} HfRestoreMode;

typedef enum { HF_PROOF_DIGEST, HF_PROOF_COUNT, HF_PROOF_NONE } HfProof;

/* One thing that the preflight found. */
typedef struct {
    bool fatal; /* the restore cannot be done; otherwise good to know */
    char *text; /* what, and what to do */
} HfFinding;

typedef struct {
    HfArchiveReader *archive;
    const char *archive_name; /* for what is noted with a kept copy: what was restored */
    const HfPgTarget *target; /* names the database to make, replace or fill */
    HfRestoreMode mode;
    HfProof proof;
    unsigned jobs;
    bool dry_run;   /* stop after the preflight */
    bool no_verify; /* do not read the whole archive first */
    bool no_owner;
    bool no_privileges;
    bool create_roles;          /* make missing roles, without passwords */
    GHashTable *role_map;       /* char* -> char*; NULL: none */
    HfPatternLists patterns;    /* what to restore of it */
    uint64_t keep_old_s;        /* swap: how long the old one stays; 0: it is dropped at once */
    const char *maintenance_db; /* where to connect for making and renaming databases; NULL: postgres, else template1 */
    bool drop_others;           /* swap, in place: tables that schemas and tables do not choose may be gone */
    HfPg *held; /* in place: of hf_restore_hold, after a dry run, in place of another preflight; NULL: neither */
    /* Called once for each finding as soon as the preflight is over, in the thread that restores; may be NULL. */
    void (*on_finding)(const HfFinding *finding, gpointer data);
    gpointer on_finding_data;
    /* Swap, new: called when the new database is complete and proved, right before it gets its name; until then it is
     * called `incoming`. With false what was loaded is removed, and the error is the restore's. May be NULL. */
    bool (*before_swap)(const char *incoming, gpointer data, GError **error);
    /* Swap: right after the names are swapped or cannot be, before anything is cleaned up; may be NULL. */
    void (*after_swap)(gpointer data, bool made);
    /* Scratch: called with the database complete and proved, before it is dropped; may be NULL. */
    bool (*in_scratch)(const char *database, gpointer data, GError **error);
    gpointer swap_data; /* for the three of them */
} HfRestoreOptions;

typedef struct {
    uint64_t tables;
    uint64_t rows;
    uint64_t raw_bytes;
    uint64_t tables_proved;
    char *database;      /* where the data are now, or would be */
    char *kept;          /* swap: the old database's name now; NULL if there is none */
    char *kept_until;    /* RFC 3339 */
    double downtime_s;   /* swap: from the end of the first session to the new name */
    GPtrArray *findings; /* HfFinding: what the preflight found, also when it stops there */
    bool in_doubt;       /* there was no answer to the last step, so the database may be live though it failed */
} HfRestoreResult;

void hf_restore_result_clear(HfRestoreResult *self);

/*
 * Preflight, then the restore. All findings are in `result` whatever happens; a fatal one is HF_ERROR_CONFLICT (or a
 * more telling code) with nothing touched. HF_ERROR_DIFFER: a restored table's rows are not the archive's; the live
 * database is as it was, and what was loaded is removed. After a failure or cancel the error says what state was left.
 */
bool hf_restore(const HfRestoreOptions *options, HfProgress *progress, GCancellable *cancellable,
                HfRestoreResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same from elsewhere, see service/origin.h: `archive` is not looked at. */
typedef struct HfOrigin HfOrigin;
bool hf_restore_from(HfOrigin *origin, const HfRestoreOptions *options, HfProgress *progress, GCancellable *cancellable,
                     HfRestoreResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
