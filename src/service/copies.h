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

typedef struct {
    char *database; /* the live name, now the copy that was kept */
    char *kept;     /* what was live a moment ago, kept in its turn */
    char *kept_until;
    double downtime_s;
} HfUndoResult;
void hf_undo_result_clear(HfUndoResult *self);

/* Swaps the target's database with the newest kept copy. HF_ERROR_NOT_FOUND if there is none. */
bool hf_undo(const HfPgTarget *target, const char *maintenance_db, uint64_t keep_old_s, GCancellable *cancellable,
             HfUndoResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
