/*
 * What a swap keeps of a database, as the catalog knows it: so that the leader has it dropped when its time is over.
 */
#ifndef WORKER_KEPT_COPY_H
#define WORKER_KEPT_COPY_H

#include "worker/job_kind.h"

/* For the record of a job that swaps. Of its result: "kept" and "kept_until" (null: nothing is kept), and "copy" (may
 * be absent): what came back and is no copy any more. */
bool hf_kept_copy_record(HfJobRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of another database than the job's. */
bool hf_kept_copy_record_of(HfJobRun *run, const char *database_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
