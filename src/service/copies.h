/*
 * The use cases around copies of a database that restores left beside it: list, drop, undo.
 */
#ifndef HF_SERVICE_COPIES_H
#define HF_SERVICE_COPIES_H

#include "engine/ends/postgres_copies.h"

/* The copies of the target's database, or with `all` of every database of the server; newest first. HfCopy, transfer
 * full. */
GPtrArray *hf_copies_list(const HfPgTarget *target, const char *maintenance_db, bool all, GCancellable *cancellable,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Drops copies of the target's database: those named (NULL-terminated; the name must be a copy's), or, with `names`
 * NULL, all that have expired or were interrupted. A copy in use is HF_ERROR_CONFLICT. Returns the names dropped,
 * transfer full (g_strfreev).
 */
char **hf_copies_drop(const HfPgTarget *target, const char *maintenance_db, const char *const *names,
                      GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Drops what uses that the caller knows to be dead were loading, of every database of the server: copies that carry
 * `note` (HfCopy.archive; NULL: none does), whoever is connected, and with `unused_scratch` the scratch databases that
 * nobody is connected to. What the server is still creating is waited for. False: not all of it.
 */
bool hf_copies_drop_lost(HfPg *pg, const HfPgTarget *target, const char *note, bool unused_scratch,
                         GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A kept copy lets nobody in; for reading it, it is opened, and closed again. `name` must be a copy's. */
bool hf_copies_open(const HfPgTarget *target, const char *maintenance_db, const char *name, bool open,
                    GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The OID of a database, which it keeps whatever it is called. HF_ERROR_NOT_FOUND: there is none of that name. Transfer
 * full. */
char *hf_copies_oid(const HfPgTarget *target, const char *maintenance_db, const char *name, GCancellable *cancellable,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the target's database is the one of that OID. */
bool hf_copies_is_live(const HfPgTarget *target, const char *maintenance_db, const char *oid, GCancellable *cancellable,
                       bool *is_live, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * After a swap was made: the name of what it kept and until when, transfer full. To keep it for no time is to drop it
 * now; then both are NULL, unless that fails, which is a warning.
 */
void hf_copies_settle_kept(HfPg *pg, const HfPgTarget *target, const HfCopy *kept, char **name, char **until);

typedef struct {
    const HfPgTarget *target; /* its database is swapped */
    const char *maintenance_db;
    const char *copy;    /* the kept copy to bring back; NULL: the newest */
    uint64_t keep_old_s; /* how long what is live now stays; 0: it is dropped at once */
    bool dry_run;        /* find out what would be done, and whether it can be */
} HfUndoOptions;

typedef struct {
    char *database; /* the live name */
    char *copy;     /* the copy that was brought back: the name that it had */
    char *holds;    /* hf_copy_tell of it */
    char *since;    /* when it was live last */
    char *kept;     /* what was live a moment ago, kept in its turn; NULL if it was dropped */
    char *kept_until;
    char *sessions; /* with dry_run: those that would be ended, in words; NULL: none */
    double downtime_s;
} HfUndoResult;
void hf_undo_result_clear(HfUndoResult *self);

/* Swaps the target's database with a kept copy. HF_ERROR_NOT_FOUND if there is none, HF_ERROR_DENIED if the role may
 * not; other errors say whether it may have been made. */
bool hf_undo(const HfUndoOptions *options, GCancellable *cancellable, HfUndoResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
