/*
 * The gate of a database's site: while it is closed, nginx answers in the site's place (nginx/holdfast-gate.conf). It
 * opens by itself if nobody closes it again (HF_QUEUE_GATE_S).
 */
#ifndef WORKER_GATE_H
#define WORKER_GATE_H

#include "queue/queue.h"
#include "worker/job_kind.h"

/* The maintenance page tells how far `job_id` is; NULL: nothing of a job. */
bool hf_gate_close(HfQueue *queue, const char *database_id, const char *job_id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Until no request is let through that came before. A gate that cannot be closed stands in nobody's way. Fails if it is
 * cancelled. */
bool hf_gate_close_for(const HfJobRun *run, const char *database_id, const char *job_id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
