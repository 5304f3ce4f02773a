/*
 * The source of a migration that halts its services: webhooks are told, it is closed to all but superusers, and so is
 * the gate of its site. The catalog knows it before it is done, and what the connection limit was. So a source whose
 * migration has failed, or is dead, opens by this attempt's end, the next attempt's, or a job that the leader asks for.
 * From right before the target may have been moved to (it gets its name; SQL Server: it is proved) the source stays
 * closed, unless the attempt, or the next one, finds out that it was not. Then somebody opens it: POST
 * /databases/{id}/open.
 *
 * Webhooks are told afterwards what came of it ("failed", "lost", "moved"), and once more when what had moved is opened
 * ("opened"). Each may come again after a crash.
 */
#ifndef WORKER_CLOSED_SOURCE_H
#define WORKER_CLOSED_SOURCE_H

#include "catalog/closure_table.h"
#include "service/source_halt.h"
#include "worker/place.h"

/* Belongs to one thread; it stays where it is. All zero: nothing is closed. */
typedef struct {
    HfJobRun *run;
    const HfPlace *source;
    HfHalter halter;
    HfSourceHaltKeeper keeper; /* for the options of the migration */
    bool is_moved;             /* or may have been */
} HfClosedSource;

/* First of all. What a dead attempt has closed is this one's; what another dead job has, opens. HF_ERROR_CONFLICT: the
 * source is closed since another migration moved it. `source` outlives it. */
bool hf_closed_source_begin(HfClosedSource *self, HfJobRun *run, const HfPlace *source, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* For a migration that halts nothing: whether the source is closed all the same, and with which connection limit
 * before.
 */
bool hf_closed_source_look(HfJobRun *run, const HfPlace *source, HfSourceHaltKeeper *keeper, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* To be called before it may be moved; and when an attempt has found out that the one before it has not.
 * HF_ERROR_CONFLICT: the attempt has lost its job. Nothing is done if nothing is closed. */
bool hf_closed_source_note(HfClosedSource *self, bool moved, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Last: the source opens, unless self->is_moved. What cannot be done is the leader's to see to. */
void hf_closed_source_end(HfClosedSource *self);

/* What a job has closed that does not run any more; with `moved` also what is moved, if the job has ended. Nothing is
 * done if nothing is closed, or it is not to be opened. */
bool hf_closed_source_open(HfJobRun *run, const HfPlace *source, bool moved, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
