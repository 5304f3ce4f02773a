/*
 * A due schedule is advanced to its next time and its jobs are made in one transaction, which the row's old time
 * guards: so of two leaders (one that does not know yet that its connection is gone) only one makes them, and a leader
 * that dies half way has made none.
 *
 * Leases run out also because the catalog was away and nobody could renew them. So a new leader, and one that finds the
 * catalog back, gives all workers the time of one lease before it takes anything back.
 */
#include "worker/scheduler.h"

#include "base/error.h"
#include "catalog/account.h"
#include "catalog/audit.h"
#include "catalog/backup_table.h"
#include "catalog/closure_table.h"
#include "catalog/job.h"
#include "catalog/job_file_table.h"
#include "catalog/report_table.h"
#include "catalog/restore_table.h"
#include "service/audit_anchor.h"
#include "service/request_backup.h"
#include "service/request_delete.h"
#include "service/request_find.h"
#include "service/request_resume.h"
#include "service/request_retention.h"
#include "service/schedule_time.h"
#include "service/upload_file.h"
#include "worker/gate.h"
#include "worker/halt.h"
#include "worker/log.h"

#include <string.h>

#define TURN_US G_USEC_PER_SEC
#define GRACE_US (HF_JOB_LEASE_S * G_USEC_PER_SEC)
#define PUBLISH_AGAIN_S 10
#define EXPIRE_US (60 * G_USEC_PER_SEC)
#define ANCHOR_US (60 * G_USEC_PER_SEC)
/* A schedule that cannot be read is looked at again after so long. */
#define PUT_OFF_US (3600 * (int64_t)G_USEC_PER_SEC)
/* By so much a clock may be set back, and nothing runs a second time. */
#define SET_BACK_US (3 * 3600 * (int64_t)G_USEC_PER_SEC)

struct HfScheduler {
    const HfWorker *worker;
    HfClock clock;
    gpointer clock_data;
    HfCatalog *catalog;
    HfQueue *queue;
    GThread *thread;
    GMutex mutex; /* guards ending, and audit_anchor with its time */
    GCond cond;
    bool ending;
    char *audit_anchor; /* of the configuration, which the supervisor replaces */
    gint64 anchor_us;   /* monotonic */
    bool leads;
    gint64 grace_until_us, expire_us; /* monotonic */
};

static int64_t wall_clock(gpointer data)
{
    (void)data;
    return g_get_real_time();
}

/* ---- Schedules -----------------------------------------------------------------------------------------------------
 */

bool hf_scheduler_decide(const HfScheduleRow *schedule, int64_t now_us, bool *run, int64_t *next_us, GError **error)
{
    *run = schedule->next_us >= 0 && schedule->next_us <= now_us;
    return hf_schedule_time_next(schedule, now_us, next_us, error);
}

bool hf_scheduler_is_ahead(const HfScheduleRow *schedule, int64_t now_us, int64_t *next_us, GError **error)
{
    int64_t second_us = -1;
    if (!hf_schedule_time_next(schedule, now_us, next_us, error) ||
        (*next_us >= 0 && !hf_schedule_time_next(schedule, *next_us, &second_us, error)))
        return false;
    return second_us >= 0 && schedule->next_us > second_us + SET_BACK_US;
}

/* Advances the schedule and makes its jobs, inside a transaction. */
static bool make_jobs(HfRequester *requester, const HfScheduleRow *schedule, int64_t next_us, int64_t now_us,
                      GError **error)
{
    g_autoptr(GPtrArray) databases = hf_schedule_databases(requester->catalog, schedule->id, error);
    if (databases == NULL || !hf_schedule_advance(requester->catalog, schedule, next_us, now_us, error))
        return false;
    if (schedule->database_pattern != NULL) {
        g_autofree char *find = hf_request_find(requester, schedule, error);
        if (find == NULL)
            return false;
    } else if (databases->len == 0) {
        g_warning("the schedule %s is due and means no database", schedule->name);
    }
    for (guint i = 0; i < databases->len; i++) {
        g_autofree char *job = hf_request_scheduled_backup(requester, schedule, databases->pdata[i], error);
        if (job == NULL)
            return false;
    }
    return true;
}

static bool run_schedule(HfScheduler *self, const HfScheduleRow *schedule, int64_t next_us, int64_t now_us,
                         GError **error)
{
    g_autofree char *who = g_strconcat("schedule ", schedule->name, NULL);
    HfRequester requester = {.catalog = self->catalog,
                             .queue = self->queue,
                             .sealer = self->worker->sealer,
                             .organization = schedule->organization,
                             .actor = who,
                             .reason = who};
    if (!hf_catalog_begin(self->catalog, error))
        return false;
    if (make_jobs(&requester, schedule, next_us, now_us, error) && hf_catalog_commit(self->catalog, error)) {
        hf_request_publish(&requester);
        return true;
    }
    hf_catalog_rollback(self->catalog);
    hf_request_forget(&requester);
    return false;
}

/* A schedule that cannot run is not tried each second: it is advanced all the same, and the audit log says why. */
static bool pass_over(HfScheduler *self, const HfScheduleRow *schedule, int64_t next_us, const GError *why,
                      GError **error)
{
    const HfAuditEvent event = {.organization = schedule->organization,
                                .actor = self->worker->actor,
                                .action = "schedule.run",
                                .object_kind = "schedule",
                                .object_id = schedule->id,
                                .object_name = schedule->name,
                                .outcome = "failure",
                                .detail = why->message};
    g_warning("the schedule %s cannot run: %s", schedule->name, why->message);
    if (!hf_catalog_begin(self->catalog, error))
        return false;
    if (hf_schedule_advance(self->catalog, schedule, next_us, -1, error) &&
        hf_audit_append(self->catalog, &event, error) && hf_catalog_commit(self->catalog, error))
        return true;
    hf_catalog_rollback(self->catalog);
    return false;
}

static bool tend_schedule(HfScheduler *self, const HfScheduleRow *schedule, int64_t now_us, GError **error)
{
    bool run = false;
    int64_t next_us = now_us + PUT_OFF_US;
    g_autoptr(GError) why = NULL;
    if (hf_scheduler_decide(schedule, now_us, &run, &next_us, &why)) {
        if (!run)
            return hf_schedule_advance(self->catalog, schedule, next_us, -1, error);
        if (run_schedule(self, schedule, next_us, now_us, &why))
            return true;
    }
    if (g_error_matches(why, HF_ERROR, HF_ERROR_CONFLICT))
        return true; /* another leader's */
    if (!hf_error_code_may_pass((HfErrorCode)why->code))
        return pass_over(self, schedule, next_us, why, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool tend_schedules(HfScheduler *self, GError **error)
{
    int64_t now_us = self->clock(self->clock_data);
    g_autoptr(GPtrArray) due = hf_schedule_due(self->catalog, now_us, error);
    for (guint i = 0; due != NULL && i < due->len; i++)
        if (!tend_schedule(self, due->pdata[i], now_us, error))
            return false;
    return due != NULL;
}

/* A clock that was far ahead has left next times that are as far ahead. */
static bool bring_back_schedules(HfScheduler *self, GError **error)
{
    int64_t now_us = self->clock(self->clock_data);
    g_autoptr(GPtrArray) waiting = hf_schedule_waiting(self->catalog, now_us, error);
    for (guint i = 0; waiting != NULL && i < waiting->len; i++) {
        const HfScheduleRow *schedule = waiting->pdata[i];
        int64_t next_us;
        g_autoptr(GError) reason = NULL;
        if (!hf_scheduler_is_ahead(schedule, now_us, &next_us, &reason))
            continue;
        g_warning("the schedule %s waits for longer than it may, as the clock was set back: its next time is computed "
                  "anew",
                  schedule->name);
        if (hf_schedule_advance(self->catalog, schedule, next_us, -1, &reason) ||
            g_error_matches(reason, HF_ERROR, HF_ERROR_CONFLICT)) /* somebody has changed it */
            continue;
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    return waiting != NULL;
}

/* ---- Jobs ----------------------------------------------------------------------------------------------------------
 */

static bool take_back(HfScheduler *self, GError **error)
{
    if (g_get_monotonic_time() < self->grace_until_us)
        return true;
    g_auto(GStrv) ids = hf_job_take_back(self->catalog, self->worker->actor, error);
    for (char **id = ids; id != NULL && *id != NULL; id++) {
        g_autofree char *organization = hf_job_organization(self->catalog, *id, NULL);
        hf_worker_log_of(*id, G_LOG_LEVEL_WARNING, "the job is taken back from a worker that is not heard of any more");
        if (organization != NULL)
            hf_worker_refresh_mirror(self->catalog, self->queue, organization, *id, HF_QUEUE_ALL_LINES);
    }
    return ids != NULL;
}

static bool publish_again(HfScheduler *self, GError **error)
{
    g_autoptr(GError) away = NULL;
    g_auto(GStrv) jobs = hf_job_unpublished(self->catalog, PUBLISH_AGAIN_S, error);
    for (char **job = jobs; job != NULL && job[0] != NULL && away == NULL; job += 2)
        if (!hf_queue_publish(self->queue, job[0], job[1], &away))
            g_debug("jobs are found without Redis: %s", away->message);
    return jobs != NULL;
}

/* ---- What expires --------------------------------------------------------------------------------------------------
 */

/* Connections are for a worker to let in that reaches the server. */
static bool ask_to_resume(HfScheduler *self, const char *organization, const char *database_id, GError **error)
{
    HfRequester requester = {.catalog = self->catalog,
                             .queue = self->queue,
                             .sealer = self->worker->sealer,
                             .organization = organization,
                             .actor = self->worker->actor,
                             .reason = "the job that halted the services is dead"};
    g_autofree char *answer = hf_request_run(&requester, hf_request_resume, database_id, NULL, HF_JSON_NONE, error);
    return answer != NULL;
}

/* Whatever became of the job: services resume. */
static bool resume(HfScheduler *self, const HfHaltRow *halt, GError **error)
{
    hf_worker_log_of(halt->job_id, G_LOG_LEVEL_WARNING,
                     "the services of the database %s, which the job halted and left, resume", halt->database_id);
    if (!halt->parts.connections && !halt->parts.webhooks) {
        (void)!hf_queue_open_gate(self->queue, halt->database_id, NULL);
        return true;
    }
    return ask_to_resume(self, halt->organization, halt->database_id, error);
}

static bool end_halts(HfScheduler *self, GError **error)
{
    g_autoptr(GPtrArray) halts = hf_halt_orphans(self->catalog, HF_HALT_MAX_S, error);
    for (guint i = 0; halts != NULL && i < halts->len; i++)
        if (!resume(self, halts->pdata[i], error))
            return false;
    return halts != NULL;
}

/* Nobody opens one meanwhile, whose gate would then be closed again. Of what is moved no job tells how far it is. */
static bool keep_gates_closed(HfScheduler *self, GError **error)
{
    g_autoptr(GError) away = NULL;
    if (!hf_catalog_begin(self->catalog, error))
        return false;
    g_autoptr(GPtrArray) closures = hf_closure_list(self->catalog, error);
    for (guint i = 0; closures != NULL && i < closures->len && away == NULL; i++) {
        const HfClosureRow *closure = closures->pdata[i];
        if (!hf_gate_close(self->queue, closure->database_id, closure->is_moved ? NULL : closure->job_id, &away))
            g_debug("gates are not closed without Redis: %s", away->message);
    }
    hf_catalog_rollback(self->catalog);
    return closures != NULL;
}

static bool end_closures(HfScheduler *self, GError **error)
{
    g_autoptr(GPtrArray) orphans = hf_closure_orphans(self->catalog, error);
    for (guint i = 0; orphans != NULL && i < orphans->len; i++) {
        const HfClosureRow *closure = orphans->pdata[i];
        hf_worker_log_of(closure->job_id, G_LOG_LEVEL_WARNING,
                         "the database %s, which the migration closed and left, opens", closure->database_id);
        if (!ask_to_resume(self, closure->organization, closure->database_id, error))
            return false;
    }
    return orphans != NULL && keep_gates_closed(self, error);
}

/* One that cannot be asked for any more, as somebody was faster, stops no other. */
static bool was_asked(const char *answer, GError **reason, GError **error)
{
    if (answer != NULL || g_error_matches(*reason, HF_ERROR, HF_ERROR_CONFLICT) ||
        g_error_matches(*reason, HF_ERROR, HF_ERROR_NOT_FOUND))
        return true;
    g_propagate_error(error, g_steal_pointer(reason));
    return false;
}

/* What swaps have kept and nobody brought back: workers of the server's pool drop it. */
static bool expire_copies(HfScheduler *self, GError **error)
{
    g_autoptr(GPtrArray) databases = hf_kept_due(self->catalog, self->clock(self->clock_data), error);
    for (guint i = 0; databases != NULL && i < databases->len; i++) {
        const HfDatabaseRow *database = databases->pdata[i];
        HfRequester requester = {.catalog = self->catalog,
                                 .queue = self->queue,
                                 .sealer = self->worker->sealer,
                                 .organization = database->organization,
                                 .actor = self->worker->actor,
                                 .reason = "the time of a kept copy is over"};
        g_autoptr(GError) reason = NULL;
        g_autofree char *answer =
            hf_request_run(&requester, hf_request_expire_copies, database->id, NULL, HF_JSON_NONE, &reason);
        if (!was_asked(answer, &reason, error))
            return false;
    }
    return databases != NULL;
}

static char *write_place(const char *server_id, const char *database_name)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "server_id", server_id);
    hf_json_writer_string(&writer, "database_name", database_name);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

/* The same of places that are not registered, one job each. */
static bool drop_unfinished(HfScheduler *self, GError **error)
{
    g_auto(GStrv) due = hf_kept_due_unregistered(self->catalog, self->clock(self->clock_data), error);
    for (char **each = due; each != NULL && *each != NULL; each += 3) {
        HfRequester requester = {.catalog = self->catalog,
                                 .queue = self->queue,
                                 .sealer = self->worker->sealer,
                                 .organization = each[0],
                                 .actor = self->worker->actor,
                                 .reason = "a job has left its target unfinished"};
        g_autofree char *place = write_place(each[1], each[2]);
        g_autoptr(GError) reason = NULL;
        g_autoptr(HfJson) json = hf_json_parse("the place", place, strlen(place), 10, &reason);
        g_autofree char *answer =
            json != NULL ? hf_request_run(&requester, hf_request_drop_unfinished, each[1], json, 0, &reason) : NULL;
        if (!was_asked(answer, &reason, error))
            return false;
    }
    return due != NULL;
}

/* What restores made of databases before they replaced them, once nobody will want it any more: a job each. */
static bool expire_safety(HfScheduler *self, GError **error)
{
    g_autoptr(GPtrArray) backups = hf_backup_safety_due(self->catalog, self->clock(self->clock_data), error);
    for (guint i = 0; backups != NULL && i < backups->len; i++) {
        const HfBackupRow *backup = backups->pdata[i];
        HfRequester requester = {.catalog = self->catalog,
                                 .queue = self->queue,
                                 .sealer = self->worker->sealer,
                                 .organization = backup->organization,
                                 .actor = self->worker->actor,
                                 .reason = HF_REQUEST_RETENTION,
                                 .why = "the organization's time of safety backups is over"};
        g_autoptr(GError) reason = NULL;
        g_autofree char *answer =
            hf_request_run(&requester, hf_request_delete, backup->id, NULL, HF_JSON_NONE, &reason);
        if (!was_asked(answer, &reason, error))
            return false;
    }
    return backups != NULL;
}

static bool expire(HfScheduler *self, GError **error)
{
    if (g_get_monotonic_time() < self->expire_us)
        return true;
    self->expire_us = g_get_monotonic_time() + EXPIRE_US;
    return hf_session_expire(self->catalog, error) && hf_catalog_expire(self->catalog, error) &&
           hf_upload_expire(self->catalog, error) && hf_job_file_expire(self->catalog, error) &&
           hf_report_expire(self->catalog, self->clock(self->clock_data), error) && expire_copies(self, error) &&
           drop_unfinished(self, error) && bring_back_schedules(self, error) && expire_safety(self, error);
}

/* ---- The audit log -------------------------------------------------------------------------------------------------
 */

/* Where to, if it is time again. Transfer full. */
static char *take_anchor(HfScheduler *self)
{
    gint64 now = g_get_monotonic_time();
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    if (now < self->anchor_us)
        return NULL;
    self->anchor_us = now + ANCHOR_US;
    return g_strdup(self->audit_anchor);
}

/* Each worker, whoever leads: so it is noted on each machine. */
static void note_audit(HfScheduler *self)
{
    g_autofree char *path = take_anchor(self);
    g_autoptr(GError) error = NULL;
    if (path != NULL && !hf_audit_anchor_note(self->catalog, self->worker->sealer, path, &error) &&
        !hf_error_code_may_pass((HfErrorCode)error->code))
        g_warning("%s", error->message);
}

/* ---- Turns ---------------------------------------------------------------------------------------------------------
 */

static bool turn(HfScheduler *self, GError **error)
{
    bool leader = false;
    if (!hf_catalog_lead(self->catalog, &leader, error))
        return false;
    if (leader && !self->leads) {
        g_message("this worker leads from now on");
        self->grace_until_us = g_get_monotonic_time() + GRACE_US;
    }
    self->leads = leader;
    return !leader || (end_halts(self, error) && end_closures(self, error) && tend_schedules(self, error) &&
                       take_back(self, error) && publish_again(self, error) && expire(self, error));
}

void hf_scheduler_turn(HfScheduler *self)
{
    g_autoptr(GError) error = NULL;
    note_audit(self);
    if (turn(self, &error))
        return;
    bool away = hf_error_code_may_pass((HfErrorCode)error->code);
    if (self->leads || !away)
        g_warning("scheduler: %s", error->message);
    if (away)
        self->leads = false; /* or still, but then with a new time of grace */
}

static bool wait_for_turn(HfScheduler *self)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    gint64 until = g_get_monotonic_time() + TURN_US;
    while (!self->ending && g_cond_wait_until(&self->cond, &self->mutex, until))
        ;
    return !self->ending;
}

static gpointer run(gpointer data)
{
    do
        hf_scheduler_turn(data);
    while (wait_for_turn(data));
    return NULL;
}

HfScheduler *hf_scheduler_new(const HfWorker *worker, HfClock clock, gpointer clock_data)
{
    HfScheduler *self = g_new0(HfScheduler, 1);
    self->worker = worker;
    self->clock = clock != NULL ? clock : wall_clock;
    self->clock_data = clock_data;
    self->audit_anchor = g_strdup(worker->configuration->audit_anchor);
    self->catalog = hf_worker_new_catalog(worker);
    self->queue = hf_worker_new_queue(worker);
    g_mutex_init(&self->mutex);
    g_cond_init(&self->cond);
    return self;
}

void hf_scheduler_set_audit_anchor(HfScheduler *self, const char *path)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    g_free(self->audit_anchor);
    self->audit_anchor = g_strdup(path);
    self->anchor_us = 0;
}

void hf_scheduler_start(HfScheduler *self)
{
    self->thread = g_thread_new("scheduler", run, self);
}

void hf_scheduler_free(HfScheduler *self)
{
    if (self == NULL)
        return;
    g_mutex_lock(&self->mutex);
    self->ending = true;
    g_cond_broadcast(&self->cond);
    g_mutex_unlock(&self->mutex);
    if (self->thread != NULL)
        g_thread_join(self->thread);
    hf_queue_free(self->queue);
    hf_catalog_free(self->catalog);
    g_free(self->audit_anchor);
    g_mutex_clear(&self->mutex);
    g_cond_clear(&self->cond);
    g_free(self);
}
