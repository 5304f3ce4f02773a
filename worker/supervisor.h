/*
 * Claims jobs and runs each in a process of its own, so that a crash is contained and memory goes back. Keeps their
 * leases, carries cancels to them, and ends the jobs of processes that died.
 */
#ifndef WORKER_SUPERVISOR_H
#define WORKER_SUPERVISOR_H

#include "worker/worker.h"

/* Until SIGTERM or SIGINT, and then until the running jobs are done or, after the configured time or a second signal,
 * handed over. SIGHUP reads the configuration anew. `configuration_file` as given to the program. */
void hf_supervisor_run(HfWorker *worker, const char *configuration_file);

#endif
