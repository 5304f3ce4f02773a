/*
 * Of a job that reads a backup in a scratch database: that one may be there is the job's step, its first. So the
 * scheduler knows where to look when a job ended whose last attempt was lost. Such jobs hold "scratch:<server>": on a
 * server that one organization has registered, there is one at a time.
 */
#ifndef WORKER_SCRATCH_STEP_H
#define WORKER_SCRATCH_STEP_H

#include "pg/target.h"
#include "worker/job_kind.h"

/* Before a scratch database is made on `server`, whose copy carries `note` (NULL: nobody knows it): none of a dead
 * attempt, of this job or another, is left. */
bool hf_scratch_step_begin(HfJobRun *run, const HfPgTarget *server, const char *note, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
