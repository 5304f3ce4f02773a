/*
 * Of a job that loads a database beside the live one: which database is about to get its name is the job's step, by its
 * OID. So an attempt that follows a dead one sees whether it got it, also where nothing had the name before or nothing
 * of that is kept, and otherwise removes what was loaded.
 */
#ifndef WORKER_NAMING_STEP_H
#define WORKER_NAMING_STEP_H

#include "service/restore.h"
#include "worker/job_kind.h"

/* For HfRestoreOptions.before_swap: notes that `incoming` is about to get its name. A worker that has lost the job
 * stops here. */
bool hf_naming_step_note(HfJobRun *run, const HfRestoreOptions *options, const char *incoming, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* First of all in an attempt. *done: the one before it had done it all, and `result` says what it has kept (by
 * options->archive_name, which carries the job's id). Else nothing of it is left. */
bool hf_naming_step_follow(HfJobRun *run, const HfRestoreOptions *options, HfRestoreResult *result, bool *done,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
