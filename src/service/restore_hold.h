/*
 * The tables of a database, kept from being written between the moment at which they are backed up for safety and the
 * moment at which a restore in place drops them.
 */
#ifndef HF_SERVICE_RESTORE_HOLD_H
#define HF_SERVICE_RESTORE_HOLD_H

#include "pg/connection.h"

/*
 * A session on the target whose transaction holds every table (and the large objects, for a superuser) in SHARE mode:
 * others read on, and who writes waits for the end of the transaction. HF_ERROR_CONFLICT names who held locks for longer
 * than HF_HOLD_LOCK_WAIT_S. Transfer full; closing it lets go.
 */
#define HF_HOLD_LOCK_WAIT_S 60
HfPg *hf_restore_hold(const HfPgTarget *target, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The session's transaction, by which hf_restore_hold_settle knows it; transfer full. */
char *hf_restore_hold_transaction(HfPg *held, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What became of a transaction whose session is lost. HF_ERROR_NETWORK: it goes on. */
bool hf_restore_hold_settle(const HfPgTarget *target, const char *transaction, GCancellable *cancellable,
                            bool *committed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* HF_ERROR_CONFLICT if there are tables that the session does not hold: they were made since. */
bool hf_restore_check_held(HfPg *held, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
