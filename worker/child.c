/*
 * How a job ends. What its kind wants to record, the end of the job and the line of the audit log are one transaction,
 * so that a backup is in the catalog exactly if its job has succeeded. While the catalog is away the transaction is
 * tried again for minutes; as it may have been made although its answer got lost, each time is preceded by the question
 * whether the job is still ours.
 */
#include "worker/child.h"

#include "base/error.h"
#include "worker/job_kind.h"
#include "worker/log.h"
#include "worker/mirror.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>

#define MAX_REQUEST_NODES 100000
#define CATALOG_AWAY_S 600
#define FIRST_PAUSE_S 10
#define PAUSE_FACTOR 6

typedef struct {
    HfJobRun run;
    const HfJobKind *kind;
    HfMirror *mirror;
    int handing_over; /* atomic: set by the thread of the signals */
    HfJobEnd end;
    GError *error; /* of the job */
} Child;

/* ---- Signals -------------------------------------------------------------------------------------------------------
 */

static gboolean on_cancel(gpointer data)
{
    Child *self = data;
    g_cancellable_cancel(self->run.cancellable);
    return G_SOURCE_CONTINUE;
}

static gboolean on_hand_over(gpointer data)
{
    Child *self = data;
    g_atomic_int_set(&self->handing_over, 1);
    return on_cancel(self);
}

static gpointer run_signals(gpointer context)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(context, FALSE);
    g_main_loop_run(loop);
    return NULL;
}

/* Handlers and no blocked mask, which pg_dump would inherit. The thread lives as long as the process. */
static void watch_signals(Child *self)
{
    static const struct {
        int number;
        GSourceFunc handler;
    } signals[] = {{SIGTERM, on_cancel}, {SIGUSR1, on_hand_over}};
    GMainContext *context = g_main_context_new();
    signal(SIGPIPE, SIG_IGN); /* Redis may go away while it is written to; GLib gives a spawned program the default */
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        g_autoptr(GSource) source = g_unix_signal_source_new(signals[i].number);
        g_source_set_callback(source, signals[i].handler, self, NULL);
        g_source_attach(source, context);
    }
    g_thread_unref(g_thread_new("signals", run_signals, context));
}

/* ---- The end -------------------------------------------------------------------------------------------------------
 */

static void choose_end(Child *self)
{
    bool cancelled = g_cancellable_is_cancelled(self->run.cancellable);
    self->end = self->error == NULL                                      ? HF_JOB_SUCCEEDED
                : cancelled                                              ? HF_JOB_CANCELLED
                : hf_error_code_may_pass((HfErrorCode)self->error->code) ? HF_JOB_AGAIN
                                                                         : HF_JOB_FAILED;
    if (self->error != NULL && cancelled)
        g_message("stopped: %s", self->error->message);
    else if (self->error != NULL)
        g_warning("%s", self->error->message);
}

static unsigned pause_after(int attempt)
{
    unsigned pause = FIRST_PAUSE_S;
    for (int i = 1; i < attempt && i < HF_JOB_ATTEMPTS; i++)
        pause *= PAUSE_FACTOR;
    return pause;
}

static bool write_end(Child *self, GError **error)
{
    const HfJobRow *job = self->run.job;
    HfJobEnd end = self->end;
    /* The job's row is held first, then the audit log: as everybody does. */
    g_autoptr(HfJobRow) owned = hf_job_owned(self->run.catalog, job->id, job->attempt, error);
    if (owned == NULL)
        return false;
    if (end == HF_JOB_SUCCEEDED && self->kind->record != NULL && !self->kind->record(&self->run, error))
        return false;
    return hf_job_end(self->run.catalog, job->id, job->attempt, self->run.worker->actor, &end,
                      pause_after(job->attempt), self->run.result, self->run.size_bytes,
                      self->error != NULL ? hf_error_code_name((HfErrorCode)self->error->code) : NULL,
                      self->error != NULL ? self->error->message : NULL, error);
}

static bool end_in_catalog(Child *self, GError **error)
{
    HfCatalog *catalog = self->run.catalog;
    const HfJobRow *job = self->run.job;
    g_autoptr(HfJobRow) owned = hf_job_owned(catalog, job->id, job->attempt, error);
    if (owned == NULL || !hf_mirror_flush(self->mirror, catalog, error))
        return false;
    if (g_atomic_int_get(&self->handing_over) && self->end == HF_JOB_CANCELLED)
        return hf_job_hand_over(catalog, job->id, job->attempt, error);
    if (!hf_catalog_begin(catalog, error))
        return false;
    if (write_end(self, error) && hf_catalog_commit(catalog, error)) {
        hf_request_publish(&self->run.requester);
        return true;
    }
    hf_catalog_rollback(catalog);
    hf_request_forget(&self->run.requester);
    return false;
}

/* Not ours any more: whoever took it makes its own. */
static bool give_up(Child *self)
{
    if (self->end == HF_JOB_SUCCEEDED && self->kind->discard != NULL)
        self->kind->discard(&self->run);
    return true;
}

/* True: it is ended, or not ours any more. */
static bool end_job(Child *self)
{
    gint64 until = g_get_monotonic_time() + CATALOG_AWAY_S * G_USEC_PER_SEC;
    for (;;) {
        g_autoptr(GError) reason = NULL;
        if (end_in_catalog(self, &reason))
            return true;
        if (!hf_catalog_may_pass(reason)) {
            g_autoptr(HfJobRow) owned =
                hf_job_owned(self->run.catalog, self->run.job->id, self->run.job->attempt, NULL);
            if (owned == NULL)
                return give_up(self);
            if (self->error != NULL)
                return false;
            self->error = g_steal_pointer(&reason); /* what it made cannot be recorded */
            choose_end(self);
        } else if (g_get_monotonic_time() > until) {
            return false;
        } else {
            g_warning("the end of the job does not reach the catalog, which is tried again: %s", reason->message);
            g_usleep(G_USEC_PER_SEC);
        }
    }
}

/* ---- The run -------------------------------------------------------------------------------------------------------
 */

static bool run_kind(Child *self, GError **error)
{
    const HfJobRow *job = self->run.job;
    if (self->kind == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "this worker does not know jobs of the kind %s", job->kind);
        return false;
    }
    g_autoptr(HfJson) request =
        hf_json_parse("the request", job->request, strlen(job->request), MAX_REQUEST_NODES, error);
    self->run.request = request;
    bool ok = request != NULL && self->kind->run(&self->run, error);
    self->run.request = NULL;
    if (ok)
        hf_progress_finish(self->run.progress);
    return ok;
}

static void clear(Child *self)
{
    hf_request_forget(&self->run.requester);
    if (self->run.free_kept != NULL)
        self->run.free_kept(self->run.kept);
    g_free(self->run.result);
    g_clear_error(&self->error);
}

static bool run_job(const HfWorker *worker, HfCatalog *catalog, const HfJobRow *job)
{
    g_autoptr(HfProgress) progress = hf_progress_new();
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(HfMirror) mirror = hf_mirror_start(worker, job, progress, cancellable);
    g_autoptr(HfQueue) queue = hf_worker_new_queue(worker);
    static Child self; /* outlives the thread of the signals */
    self = (Child){.run = {.worker = worker,
                           .job = job,
                           .catalog = catalog,
                           .progress = progress,
                           .cancellable = cancellable,
                           .size_bytes = -1,
                           .requester = {.catalog = catalog,
                                         .queue = queue,
                                         .sealer = worker->sealer,
                                         .organization = job->organization,
                                         .actor = job->created_by,
                                         .reason = job->reason}},
                   .mirror = mirror,
                   .kind = hf_job_kind_find(job->kind)};
    hf_worker_log_give_to(hf_mirror_take_line, mirror);
    watch_signals(&self);
    const char *noun = self.kind != NULL ? self.kind->noun : job->kind;
    g_message("attempt %d of the %s begins", job->attempt, noun);
    bool ok = run_kind(&self, &self.error);
    choose_end(&self);
    if (ok)
        g_message("the %s is done", noun);
    hf_worker_log_give_to(NULL, NULL);
    hf_mirror_stop(mirror);
    bool ended = end_job(&self);
    if (ended)
        hf_mirror_close(mirror, catalog);
    clear(&self);
    return ended;
}

int hf_child_run(const HfWorker *worker, const char *id, int attempt)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfCatalog) catalog = hf_worker_new_catalog(worker);
    g_autoptr(HfJobRow) job = hf_job_owned(catalog, id, attempt, &error);
    if (job != NULL)
        return run_job(worker, catalog, job) ? 0 : 1;
    g_warning("the job cannot be run: %s", error->message);
    return g_error_matches(error, HF_ERROR, HF_ERROR_CONFLICT) ? 0 : 1;
}
