/*
 * What one worker does for all: it starts due schedules, takes back the jobs of dead workers, publishes again what got
 * lost on its way, and clears away what has expired. Which worker is the leader is decided by a lock in the catalog,
 * which goes with its connection.
 */
#ifndef WORKER_SCHEDULER_H
#define WORKER_SCHEDULER_H

#include "catalog/schedule_table.h"
#include "worker/worker.h"

/* What the clock on the wall says, in microseconds since 1970; tests have their own. */
typedef int64_t (*HfClock)(gpointer data);

typedef struct HfScheduler HfScheduler;
/* `clock` NULL: the system's. Transfer full. */
HfScheduler *hf_scheduler_new(const HfWorker *worker, HfClock clock, gpointer clock_data);
void hf_scheduler_free(HfScheduler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfScheduler, hf_scheduler_free)

/* One turn; blocks as long as the catalog does. */
void hf_scheduler_turn(HfScheduler *self);

/* From now on the audit log's end is noted there; the configuration's at first. */
void hf_scheduler_set_audit_anchor(HfScheduler *self, const char *path);

/* Turns every second in a thread of its own, until free. */
void hf_scheduler_start(HfScheduler *self);

/* Whether a schedule runs now, and when it is due next. What was missed is made up once; one whose next time is not
 * known yet does not run but gets one. */
bool hf_scheduler_decide(const HfScheduleRow *schedule, int64_t now_us, bool *run, int64_t *next_us, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whether the schedule waits for so long that the clock must have been set back since: by more than its two next times
 * and three hours. (Less is waited for, so that nothing runs twice.) `next_us`: what its next time is by the clock now.
 * False with error: that cannot be computed. */
bool hf_scheduler_is_ahead(const HfScheduleRow *schedule, int64_t now_us, int64_t *next_us, GError **error);

#endif
