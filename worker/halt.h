/*
 * The services of a database at rest, for the moment of a swap. The catalog knows until when at the latest, so that the
 * leader ends what a dead worker has begun; the gate in Redis is what nginx asks.
 */
#ifndef WORKER_HALT_H
#define WORKER_HALT_H

#include "worker/job_kind.h"

/* At the latest after so long services resume, whatever happens. */
#define HF_HALT_MAX_S 120

/* Again, it prolongs. */
bool hf_halt_services(HfJobRun *run, const char *database_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whatever became of the job; what cannot be done now is the leader's to do. */
void hf_resume_services(HfJobRun *run, const char *database_id);

#endif
