#include "worker/halt.h"

#include "base/error.h"
#include "service/admission.h"
#include "service/request_body.h"
#include "service/webhook.h"
#include "worker/gate.h"

#include <string.h>

#define KEEP_US (10 * G_USEC_PER_SEC)

void hf_halt_init(HfHalt *self, HfJobRun *run, const HfServerRow *server, const HfDatabaseRow *database,
                  const HfPgTarget *target)
{
    *self = (HfHalt){.run = run, .server = server, .database = database, .target = target};
    if (database == NULL)
        return;
    self->halter = (HfHalter){.database_id = database->id, .job_id = run->job->id, .attempt = run->job->attempt};
    self->parts = (HfHaltParts){.connections = hf_body_boolean(run->request, 0, "halt_connections"),
                                .gate = hf_body_boolean(run->request, 0, "halt_gate"),
                                .webhooks = hf_body_boolean(run->request, 0, "halt_webhooks")};
}

/* ---- For as long as it takes ---------------------------------------------------------------------------------------
 */

/* False: it ends. */
static bool wait_to_keep(HfHalt *self)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    gint64 until_us = g_get_monotonic_time() + KEEP_US;
    while (!self->ending && g_cond_wait_until(&self->cond, &self->mutex, until_us))
        ;
    return !self->ending;
}

/* A gate that has been opened meanwhile stays open. */
static bool keep_gate(HfHalt *self, HfQueue *queue, GError **error)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&self->mutex);
    return !self->parts.gate || self->ending || hf_gate_close(queue, self->database->id, self->halter.job_id, error);
}

/* Until its end; the gate also where Redis has lost it. */
static gpointer keep(gpointer data)
{
    HfHalt *self = data;
    g_autoptr(HfCatalog) catalog = hf_worker_new_catalog(self->run->worker);
    g_autoptr(HfQueue) queue = hf_worker_new_queue(self->run->worker);
    while (wait_to_keep(self)) {
        bool still = false;
        g_autoptr(GError) reason = NULL;
        if (!hf_halt_prolong(catalog, &self->halter, HF_HALT_MAX_S, &still, &reason) ||
            (still && !keep_gate(self, queue, &reason)))
            g_warning("the halt could not be prolonged: %s", reason->message);
    }
    return NULL;
}

static void stop_keeping(HfHalt *self)
{
    g_mutex_lock(&self->mutex);
    self->ending = true;
    g_cond_signal(&self->cond);
    g_mutex_unlock(&self->mutex);
}

static void join_keeper(HfHalt *self)
{
    g_thread_join(g_steal_pointer(&self->keeper));
    g_mutex_clear(&self->mutex);
    g_cond_clear(&self->cond);
}

/* ---- The parts -----------------------------------------------------------------------------------------------------
 */

bool hf_halt_tell(HfJobRun *run, const HfHalted *halted, const char *event, const char *outcome,
                  GCancellable *cancellable, GError **error)
{
    return hf_webhook_tell(run->catalog, run->worker->sealer, run->worker->configuration,
                           &(HfWebhookEvent){.event = event,
                                             .job_id = halted->job_id,
                                             .organization = run->job->organization,
                                             .server = halted->server->name,
                                             .database_id = halted->database->id,
                                             .database = halted->database->name,
                                             .outcome = outcome},
                           cancellable, error);
}

static bool tell(const HfHalt *self, const char *event, const char *outcome, GCancellable *cancellable, GError **error)
{
    return hf_halt_tell(self->run, &(HfHalted){self->server, self->database, self->halter.job_id}, event, outcome,
                        cancellable, error);
}

static bool halt_connections(const HfHalt *self, HfPg *spared, GError **error)
{
    if (!hf_admission_close(self->target, self->server->maintenance_db, spared, self->run->cancellable, error))
        return false;
    g_message("%s lets nobody in", self->database->name);
    return true;
}

bool hf_halt_services(HfHalt *self, HfPg *spared, GError **error)
{
    HfJobRun *run = self->run;
    const HfHaltParts *parts = &self->parts;
    if (!parts->connections && !parts->gate && !parts->webhooks)
        return true;
    hf_progress_set_phase(run->progress, "halting services");
    if (!hf_halt_begin(run->catalog, run->job->organization, &self->halter, parts, HF_HALT_MAX_S, error))
        return false;
    self->begun = true;
    g_mutex_init(&self->mutex);
    g_cond_init(&self->cond);
    self->keeper = g_thread_new("halt", keep, self);
    return (!parts->webhooks || tell(self, "halt.before", NULL, run->cancellable, error)) &&
           (!parts->gate || hf_gate_close_for(run, self->database->id, self->halter.job_id, error)) &&
           (!parts->connections || halt_connections(self, spared, error));
}

/* ---- Resuming ------------------------------------------------------------------------------------------------------
 */

/* By the next attempt at this job, for this one was thought dead, or by another job. While nobody knows, services
 * resume: who halts them prolongs that. */
static bool is_taken(const HfHalt *self)
{
    bool taken;
    return hf_halt_is_taken(self->run->catalog, &self->halter, &taken, NULL) && taken;
}

static bool open_services(const HfHalt *self, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (self->parts.connections && !hf_admission_open(self->target, self->server->maintenance_db, error))
        return false;
    if (self->parts.gate && !hf_queue_open_gate(self->run->requester.queue, self->database->id, &reason))
        g_warning("the gate opens after %d s at the latest: %s", HF_HALT_MAX_S, reason->message);
    else
        g_message("services resume");
    return true;
}

/* Whoever would halt them waits until they are open: what it halts then stays so. */
static bool resume(HfHalt *self, const char *outcome, GError **error)
{
    HfCatalog *catalog = self->run->catalog;
    (void)!hf_catalog_begin(catalog, NULL);
    bool taken = is_taken(self);
    bool open = taken || open_services(self, error);
    hf_catalog_rollback(catalog);
    if (taken)
        g_warning("another attempt halts the services by now, which is left to end it");
    if (taken || !open)
        return open;
    return (!self->parts.webhooks || tell(self, "halt.after", outcome, NULL, error)) &&
           hf_halt_end(catalog, &self->halter, error);
}

void hf_halt_resume(HfHalt *self, const char *outcome)
{
    g_autoptr(GError) reason = NULL;
    if (!self->begun)
        return;
    self->begun = false;
    stop_keeping(self);
    if (!resume(self, outcome, &reason))
        g_warning("services do not resume yet, which is tried again: %s", reason->message);
    join_keeper(self); /* which may wait for a slow catalog: nobody else has to */
}

bool hf_halt_recover(HfJobRun *run, const HfServerRow *server, const HfDatabaseRow *database, const HfPgTarget *target,
                     GError **error)
{
    g_autoptr(HfHaltRow) row = NULL;
    if (!hf_halt_get(run->catalog, database->id, &row, error))
        return false;
    if (row == NULL)
        return true;
    bool is_ours = strcmp(row->job_id, run->job->id) == 0 && row->attempt <= run->job->attempt;
    if (!row->is_orphan && !is_ours) {
        g_message("the services are halted by the job %s, which runs", row->job_id);
        return true;
    }
    g_message("the job %s had halted the services and was lost", row->job_id);
    HfHalt halt = {.run = run,
                   .server = server,
                   .database = database,
                   .target = target,
                   .parts = row->parts,
                   .halter = {.database_id = database->id, .job_id = row->job_id, .attempt = row->attempt}};
    return resume(&halt, "lost", error);
}
