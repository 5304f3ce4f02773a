/*
 * One attempt at a job: the process that the supervisor starts as "--run-job ID --attempt N". It runs the job's kind,
 * mirrors what is to be seen of it, and ends the job in the catalog itself. SIGTERM cancels; SIGUSR1 stops too, but the
 * job is handed over to another worker.
 */
#ifndef WORKER_CHILD_H
#define WORKER_CHILD_H

#include "worker/worker.h"

/* The exit status: 0 if the job was ended, or is not this attempt's any more. Anything else: the supervisor ends it. */
int hf_child_run(const HfWorker *worker, const char *job, int attempt);

#endif
