/*
 * One thread, one loop. It must come round at least every half second, because that is how soon a cancel is carried to
 * a job: so it waits in short turns, for an entry of the stream while there is room for another job, else for a signal.
 */
#include "worker/supervisor.h"

#include "base/error.h"
#include "catalog/job.h"
#include "worker/log.h"
#include "worker/scheduler.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TURN_MS 250
#define HEARTBEAT_US (5 * G_USEC_PER_SEC)
#define CANCEL_LOOK_US (G_USEC_PER_SEC / 2)
#define LOOK_US (5 * G_USEC_PER_SEC)    /* in the catalog, without an entry */
#define LOOK_AWAY_US (G_USEC_PER_SEC)   /* the same while Redis is away */
#define URGENT_LOOK_US (G_USEC_PER_SEC) /* in the catalog, while there is no room, for what cannot wait */
#define URGENT_JOBS 16                  /* so many of them beside the others */
#define FORGET_WORKERS_S 3600           /* names of workers that nobody bears any more, and how often they are sought */
#define KILL_AFTER_US (60 * G_USEC_PER_SEC) /* a job that does not stop when it is told to */

typedef struct {
    char *id, *organization;
    int attempt;
    bool urgent; /* it takes nobody's place */
    GPid pid;    /* 0: it has died, and the job is still to be ended */
    int status;
    gint64 heartbeat_us, cancel_look_us; /* when next */
    gint64 told_us;                      /* when it was told to stop; 0: it was not */
} Child;

typedef struct {
    HfWorker *worker;
    const char *configuration_file;
    HfCatalog *catalog;
    HfQueue *queue;
    HfScheduler *scheduler;
    GPtrArray *children;
    gint64 look_us;   /* when to look in the catalog next */
    gint64 urgent_us; /* the same, while there is no room */
    gint64 forget_us; /* when to forget workers next */
    gint64 note_us;   /* when to say next that this one is there */
    gint64 stop_us;   /* when the jobs are handed over; 0: nobody asked to stop */
    bool catalog_away;
} Supervisor;

static volatile sig_atomic_t stop_signals, reload_asked;

static void on_signal(int number)
{
    if (number == SIGHUP)
        reload_asked = 1;
    else if (number != SIGCHLD)
        stop_signals++;
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal}; /* without SA_RESTART: waits end */
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGCHLD, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void free_child(gpointer data)
{
    Child *child = data;
    g_free(child->id);
    g_free(child->organization);
    g_free(child);
}

/* Told once when it goes away and once when it is back. */
static void note_catalog(Supervisor *self, const GError *reason)
{
    bool away = g_error_matches(reason, HF_ERROR, HF_ERROR_NETWORK);
    if (reason != NULL && (!away || !self->catalog_away))
        g_warning("the catalog: %s", reason->message);
    else if (reason == NULL && self->catalog_away)
        g_message("the catalog is back");
    self->catalog_away = away;
}

/* ---- Starting ------------------------------------------------------------------------------------------------------
 */

static void in_child(gpointer parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != GPOINTER_TO_INT(parent))
        _exit(1);
}

static bool spawn(const Supervisor *self, const HfJobRow *job, GPid *pid, GError **error)
{
    g_autofree char *attempt = g_strdup_printf("%d", job->attempt);
    const char *arguments[] = {
        "/proc/self/exe",   "holdfast-worker", "--run-job",        job->id, "--attempt", attempt, "--name",
        self->worker->name, "--pool",          self->worker->pool, NULL,    NULL,        NULL};
    if (self->configuration_file != NULL) {
        arguments[10] = "--config";
        arguments[11] = self->configuration_file;
    }
    return g_spawn_async(NULL, (char **)arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO,
                         in_child, GINT_TO_POINTER(getpid()), pid, error);
}

static void start(Supervisor *self, const HfJobRow *job)
{
    g_autoptr(GError) error = NULL;
    gint64 now = g_get_monotonic_time();
    Child *child = g_new0(Child, 1);
    *child = (Child){.id = g_strdup(job->id),
                     .organization = g_strdup(job->organization),
                     .attempt = job->attempt,
                     .urgent = strcmp(job->kind, HF_JOB_RESUME) == 0,
                     .heartbeat_us = now + HEARTBEAT_US,
                     .cancel_look_us = now + CANCEL_LOOK_US};
    if (!spawn(self, job, &child->pid, &error)) {
        hf_worker_log_of(job->id, G_LOG_LEVEL_WARNING, "cannot start a process for the job: %s", error->message);
        child->pid = 0;
    }
    g_ptr_array_add(self->children, child);
}

/* Claims what there is to claim with one permit, or without one (`hint` NULL). */
static bool claim(Supervisor *self, HfClaim which, const char *hint)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfJobRow) job = hf_job_claim(self->catalog, self->worker->pool, self->worker->name, which, hint, &error);
    note_catalog(self, error);
    if (job != NULL)
        start(self, job);
    return job != NULL;
}

static guint count_children(const Supervisor *self, bool urgent)
{
    guint count = 0;
    for (guint i = 0; i < self->children->len; i++)
        count += ((const Child *)self->children->pdata[i])->urgent == urgent;
    return count;
}

static bool hands_over(const Supervisor *self)
{
    return self->stop_us != 0 && (stop_signals > 1 || g_get_monotonic_time() >= self->stop_us);
}

static bool has_room(const Supervisor *self)
{
    return self->stop_us == 0 && count_children(self, false) < self->worker->configuration->worker_jobs;
}

/* A turn, or less: a job that ends makes room. */
static void wait_for_signal(void)
{
    poll(NULL, 0, TURN_MS);
}

/* Waits a turn for an entry. An entry that was taken while the catalog is away is left as it is: it comes again. */
static bool take(Supervisor *self)
{
    g_autofree char *entry = NULL;
    g_autoptr(GError) away = NULL;
    g_autofree char *hint = hf_queue_take(self->queue, self->worker->pool, self->worker->name, TURN_MS, &entry, &away);
    if (away != NULL) {
        self->look_us = MIN(self->look_us, g_get_monotonic_time() + LOOK_AWAY_US);
        wait_for_signal();
    }
    if (hint == NULL)
        return false;
    bool claimed = claim(self, HF_CLAIM_ANY, hint);
    if (!self->catalog_away && !hf_queue_acknowledge(self->queue, self->worker->pool, entry, &away))
        g_debug("an entry stays: %s", away->message);
    return claimed;
}

static void forget_workers(Supervisor *self)
{
    uint64_t forgotten;
    g_autoptr(GError) away = NULL;
    if (g_get_monotonic_time() < self->forget_us)
        return;
    self->forget_us = g_get_monotonic_time() + (gint64)FORGET_WORKERS_S * G_USEC_PER_SEC;
    if (!hf_queue_forget_workers(self->queue, self->worker->pool, FORGET_WORKERS_S, &forgotten, &away))
        g_debug("names of workers stay in Redis: %s", away->message);
    else if (forgotten > 0)
        g_message("%" G_GUINT64_FORMAT " workers of the pool are not heard of any more, and forgotten", forgotten);
}

static void note_worker(Supervisor *self)
{
    g_autoptr(GError) error = NULL;
    if (g_get_monotonic_time() < self->note_us)
        return;
    self->note_us = g_get_monotonic_time() + (gint64)HF_WORKER_NOTE_S * G_USEC_PER_SEC;
    (void)!hf_job_note_worker(self->catalog, self->worker->name, self->worker->pool, &error);
    note_catalog(self, error);
}

/* Also by a worker that is full, and by one that stops: nobody else may be there. */
static void find_urgent_work(Supervisor *self)
{
    while (g_get_monotonic_time() >= self->urgent_us)
        if (count_children(self, true) >= URGENT_JOBS || !claim(self, HF_CLAIM_URGENT, NULL))
            self->urgent_us = g_get_monotonic_time() + URGENT_LOOK_US;
}

static void find_work(Supervisor *self)
{
    forget_workers(self);
    note_worker(self);
    if (!has_room(self) && !hands_over(self))
        find_urgent_work(self);
    while (has_room(self) && g_get_monotonic_time() >= self->look_us)
        if (!claim(self, HF_CLAIM_ANY, NULL))
            self->look_us = g_get_monotonic_time() + LOOK_US;
    if (has_room(self))
        take(self);
    else
        wait_for_signal();
}

/* ---- While they run ------------------------------------------------------------------------------------------------
 */

static void tell(Child *child, int number)
{
    if (child->pid == 0)
        return;
    kill(child->pid, number);
    if (child->told_us == 0)
        child->told_us = g_get_monotonic_time();
}

static void look_for_cancel(Supervisor *self, Child *child)
{
    bool asked = false;
    child->cancel_look_us = g_get_monotonic_time() + CANCEL_LOOK_US;
    if (child->told_us == 0 && hf_queue_cancel_asked(self->queue, child->id, &asked, NULL) && asked)
        tell(child, SIGTERM);
}

static void heartbeat(Supervisor *self, Child *child)
{
    bool cancel = false;
    g_autoptr(GError) error = NULL;
    child->heartbeat_us = g_get_monotonic_time() + HEARTBEAT_US;
    bool owned = hf_job_heartbeat(self->catalog, child->id, child->attempt, &cancel, &error);
    if (g_error_matches(error, HF_ERROR, HF_ERROR_CONFLICT)) {
        /* It may have ended itself a moment ago. */
        g_debug("the job %s is not this worker's any more", child->id);
        if (child->pid != 0)
            kill(child->pid, SIGKILL);
        return;
    }
    note_catalog(self, error);
    if (owned && cancel && child->told_us == 0)
        tell(child, SIGTERM);
}

static void watch(Supervisor *self, Child *child)
{
    gint64 now = g_get_monotonic_time();
    if (now >= child->cancel_look_us)
        look_for_cancel(self, child);
    if (now >= child->heartbeat_us)
        heartbeat(self, child);
    if (child->told_us != 0 && now > child->told_us + KILL_AFTER_US && child->pid != 0) {
        hf_worker_log_of(child->id, G_LOG_LEVEL_WARNING, "the job does not stop and is killed");
        kill(child->pid, SIGKILL);
        child->told_us = now;
    }
}

/* ---- Their end -----------------------------------------------------------------------------------------------------
 */

static char *describe_status(int status)
{
    if (WIFSIGNALED(status))
        return g_strdup_printf("the job's process was ended by signal %d (%s)", WTERMSIG(status),
                               g_strsignal(WTERMSIG(status)));
    return g_strdup_printf("the job's process ended with status %d", WEXITSTATUS(status));
}

/* For a process that died before it could; if it could, this changes nothing. False: try again later. */
static bool end_job(Supervisor *self, const Child *child)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *what = describe_status(child->status);
    HfJobEnd end = HF_JOB_AGAIN;
    if (hf_job_end(self->catalog, child->id, child->attempt, self->worker->actor, &end, 1, NULL, -1, "internal", what,
                   &error)) {
        hf_worker_log_of(child->id, G_LOG_LEVEL_WARNING, "%s", what);
        hf_worker_refresh_mirror(self->catalog, self->queue, child->organization, child->id, HF_QUEUE_ALL_LINES);
        return true;
    }
    return !g_error_matches(error, HF_ERROR, HF_ERROR_NETWORK);
}

/* True: nothing is left to do about it. */
static bool reap(Supervisor *self, Child *child)
{
    int status;
    if (child->pid != 0 && waitpid(child->pid, &status, WNOHANG) == child->pid) {
        g_spawn_close_pid(child->pid);
        child->pid = 0;
        child->status = status;
        self->look_us = 0; /* what it held is free */
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            return true;
    }
    return child->pid == 0 && end_job(self, child);
}

static void tend(Supervisor *self)
{
    for (guint i = 0; i < self->children->len;) {
        Child *child = self->children->pdata[i];
        if (reap(self, child)) {
            g_ptr_array_remove_index_fast(self->children, i);
            continue;
        }
        watch(self, child);
        i++;
    }
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static void reload(Supervisor *self)
{
    g_autoptr(GError) error = NULL;
    HfConfiguration *fresh = hf_configuration_load(self->configuration_file, &error);
    reload_asked = 0;
    if (fresh == NULL) {
        g_warning("the configuration stays as it was: %s", error->message);
        return;
    }
    hf_configuration_free(self->worker->configuration);
    self->worker->configuration = fresh;
    hf_scheduler_set_audit_anchor(self->scheduler, fresh->audit_anchor);
    hf_worker_log_set_level(fresh->log_level);
    g_message("the configuration was read anew");
}

static void hand_over(Supervisor *self)
{
    for (guint i = 0; i < self->children->len; i++) {
        Child *child = self->children->pdata[i];
        if (child->told_us == 0)
            tell(child, SIGUSR1);
    }
}

static void heed_signals(Supervisor *self)
{
    gint64 now = g_get_monotonic_time();
    if (reload_asked)
        reload(self);
    if (stop_signals > 0 && self->stop_us == 0) {
        self->stop_us = now + (gint64)self->worker->configuration->worker_stop_seconds * G_USEC_PER_SEC;
        g_message("stopping: no more jobs are taken, and %u go on for up to %" G_GUINT64_FORMAT " s",
                  self->children->len, self->worker->configuration->worker_stop_seconds);
    }
    if (hands_over(self))
        hand_over(self);
}

void hf_supervisor_run(HfWorker *worker, const char *configuration_file)
{
    g_autoptr(HfCatalog) catalog = hf_worker_new_catalog(worker);
    g_autoptr(HfQueue) queue = hf_worker_new_queue(worker);
    g_autoptr(GPtrArray) children = g_ptr_array_new_with_free_func(free_child);
    g_autoptr(HfScheduler) scheduler = hf_scheduler_new(worker, NULL, NULL);
    Supervisor self = {.worker = worker,
                       .configuration_file = configuration_file,
                       .catalog = catalog,
                       .queue = queue,
                       .scheduler = scheduler,
                       .children = children};
    watch_signals();
    hf_scheduler_start(scheduler);
    g_message("ready for jobs of the pool %s", worker->pool);
    while (self.stop_us == 0 || children->len > 0) {
        heed_signals(&self);
        tend(&self);
        find_work(&self);
    }
    (void)!hf_job_forget_worker(catalog, worker->name, worker->pool, NULL);
    g_message("stopped");
}
