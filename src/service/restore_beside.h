/*
 * A restore by way of a database beside: it is loaded under the name of a copy and takes its final name as the very
 * last step. For the modes new, swap and scratch.
 */
#ifndef HF_SERVICE_RESTORE_BESIDE_H
#define HF_SERVICE_RESTORE_BESIDE_H

#include "pg/connection.h"
#include "service/restore_load.h"

/* Where databases are made and renamed: a maintenance database, but for a scratch restore the target itself, which it
 * leaves alone. */
HfPg *hf_restore_connect_beside(const HfRestoreOptions *options, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* `pg` is such a connection; `load` says what to load, and its `database` is set here. Fills database, kept,
 * kept_until and downtime_s of `result`. After a failure the error says what state was left. */
bool hf_restore_beside(const HfRestoreOptions *options, const HfRestoreLoad *load, HfPg *pg, HfRestoreResult *result,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
