/*
 * The services of a database at rest, for the moment in which what is behind its name is replaced. Three parts, each
 * switched on by the job's request: "halt_webhooks" tells others before and after, "halt_gate" has nginx answer in the
 * site's place, "halt_connections" refuses new connections and ends the sessions.
 *
 * Services resume whatever happens. What is halted stands in the catalog before it is: so the next attempt of a job
 * that died begins by resuming, and the leader has a job do so where no attempt comes. All that stays halted while no
 * worker of the server's pool is left is new connections; the gate opens by itself after HF_HALT_MAX_S.
 */
#ifndef WORKER_HALT_H
#define WORKER_HALT_H

#include "catalog/restore_table.h"
#include "queue/queue.h"
#include "worker/job_kind.h"

/* What others are told of: services of a database that are halted by a job. */
typedef struct {
    const HfServerRow *server;
    const HfDatabaseRow *database;
    const char *job_id;
} HfHalted;

/* As hf_webhook_tell, of the run's organization. */
bool hf_halt_tell(HfJobRun *run, const HfHalted *halted, const char *event, const char *outcome,
                  GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A halt that its job does not prolong any more is over after so long. */
#define HF_HALT_MAX_S HF_QUEUE_GATE_S

/* Belongs to one thread. What it points to outlives it. */
typedef struct {
    HfJobRun *run;
    const HfServerRow *server;
    const HfDatabaseRow *database; /* NULL: there is nothing to halt */
    const HfPgTarget *target;
    HfHaltParts parts;
    HfHalter halter; /* the attempt that halts */
    bool begun;
    /* Of the thread that prolongs it. */
    GThread *keeper;
    GMutex mutex;
    GCond cond;
    bool ending; /* guarded by mutex */
} HfHalt;

void hf_halt_init(HfHalt *self, HfJobRun *run, const HfServerRow *server, const HfDatabaseRow *database,
                  const HfPgTarget *target);

/* In the order webhooks, gate, connections; the session `spared` (may be NULL) goes on. A webhook that must succeed and
 * does not is HF_ERROR_CONFLICT, with nothing halted. Whatever it returns, hf_halt_resume follows. */
bool hf_halt_services(HfHalt *self, HfPg *spared, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* In the reverse order; `outcome` is for the webhooks. Nothing is done if nothing is halted: again, it is harmless.
 * What cannot be done is the leader's to see to. */
void hf_halt_resume(HfHalt *self, const char *outcome);

/* Resumes what this job's dead attempt, or a job that is dead, has halted; nothing if there is nothing. */
bool hf_halt_recover(HfJobRun *run, const HfServerRow *server, const HfDatabaseRow *database, const HfPgTarget *target,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
