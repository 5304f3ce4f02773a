/*
 * Jobs: made as a row, claimed by raising the attempt, written to by that attempt alone, ended once.
 */
#ifndef HF_CATALOG_JOB_H
#define HF_CATALOG_JOB_H

#include "catalog/catalog.h"
#include "catalog/noun.h"

extern const HfNoun hf_noun_job; /* read: every job. Filters: kind, state, database_id, backup_id, schedule_id */
extern const HfNoun hf_noun_log; /* read: backups and restores, with name, type, size and outcome. Search by name */

/* A worker is there, and serves that pool; to be said each HF_WORKER_NOTE_S. */
#define HF_WORKER_NOTE_S 10
bool hf_job_note_worker(HfCatalog *catalog, const char *name, const char *pool, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* It has ended. */
bool hf_job_forget_worker(HfCatalog *catalog, const char *name, const char *pool, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A lease lasts so long without a heartbeat. */
#define HF_JOB_LEASE_S 20
#define HF_JOB_ATTEMPTS 3
#define HF_JOB_SECRET "job secret" /* what the sealer is told */

/* The kind that waits for nothing, as nobody gets into a database before it ran: it comes before all others, whatever
 * runs on its server and however busy its worker is (HF_CLAIM_URGENT). */
#define HF_JOB_RESUME "resume"

/* What a new job is made of; NULL or empty where it does not apply. */
typedef struct {
    const char *kind;      /* "backup" … */
    const char *name;      /* of the file it is about, for the log; until a result has a member "name" */
    const char *request;   /* JSON object: what the kind's file says */
    const char *holds;     /* "database:<id> backup:<id>": running jobs never share one; separated by spaces */
    const char *server_id; /* whose limit counts; NULL: the database's */
    const char *database_id;
    const char *database_name; /* where no registered one is meant: of the new one */
    const char *backup_id;
    const char *schedule_id;
    const char *pool;       /* NULL: "default" */
    const char *created_by; /* "user ada" */
    const char *reason;
    const char *what; /* for the audit log alone: what it will do, "over the database shop" */
    GBytes *secret;   /* sealed */
} HfNewJob;

/* Transfer full: the id. Publish it after the commit (queue/queue.h): it counts as published from now on, and the
 * scheduler publishes again what is still queued after a while. */
char *hf_job_create(HfCatalog *catalog, const char *organization, const HfNewJob *job, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The reason of a deletion that nobody asked for but retention. */
#define HF_JOB_RETENTION "retention"
/* HF_ERROR_CONFLICT: so many jobs of the organization are queued, besides those of retention, that people may ask for
 * no more. */
bool hf_job_check_room(HfCatalog *catalog, const char *organization, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those parts of a claimed job that its worker needs. Texts; NULL for SQL NULL. */
typedef struct {
    char *id, *organization, *kind, *name, *request, *step, *server_id, *database_id, *backup_id, *schedule_id,
        *created_by, *reason, *pool;
    GBytes *secret;
    int attempt;
    int64_t log_seq;
} HfJobRow;
void hf_job_row_free(HfJobRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfJobRow, hf_job_row_free)

/*
 * Claims the job whose turn it is in `pool`: queued, due, nothing that it holds in use, its server under its limit; of
 * the organization with the fewest running jobs, among those the one that waited longest for its turn, and there the
 * oldest job. `hint` (an id from the stream; may be NULL, may not exist) is preferred within its organization: an entry
 * of the stream is a permit, not an order (docs/adr/0015). Raises the attempt. NULL without error: nothing to do now.
 * HF_CLAIM_URGENT, for a worker without room: only what waits for nothing.
 */
typedef enum { HF_CLAIM_ANY, HF_CLAIM_URGENT } HfClaim;
HfJobRow *hf_job_claim(HfCatalog *catalog, const char *pool, const char *worker, HfClaim which, const char *hint,
                       GError **error);
/* The job that this attempt owns, for the process that runs it; to the end of a transaction nobody else changes it.
 * HF_ERROR_CONFLICT: not any more. */
HfJobRow *hf_job_owned(HfCatalog *catalog, const char *id, int attempt, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Renews the lease; sets `cancel` if somebody asked to cancel. HF_ERROR_CONFLICT: the attempt does not own the job any
 * more, and whoever runs it must stop at once. */
bool hf_job_heartbeat(HfCatalog *catalog, const char *id, int attempt, bool *cancel, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A worker that stops hands its job over: queued again, and the attempt not counted against it. */
bool hf_job_hand_over(HfCatalog *catalog, const char *id, int attempt, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The writes of the owner; each is HF_ERROR_CONFLICT if the attempt does not own the job. For a step, which may stand
 * between hours of work and their use, a catalog that is away is waited for, half a minute. */
bool hf_job_set_step(HfCatalog *catalog, const char *id, int attempt, const char *step, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_job_set_progress(HfCatalog *catalog, const char *id, int attempt, const char *phase, const char *progress_json,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    int64_t seq;
    int64_t at_us;
    const char *level; /* "debug", "info", "warning", "error" */
    char *message;
} HfJobLine;
/* Lines that are there already (by seq) are passed over. Number them from log_seq + 1 of the claimed row: each attempt
 * has its own hundred thousand numbers. */
bool hf_job_append_log(HfCatalog *catalog, const char *id, int attempt, const HfJobLine *lines, size_t count,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum { HF_JOB_SUCCEEDED, HF_JOB_FAILED, HF_JOB_CANCELLED, HF_JOB_AGAIN } HfJobEnd;
/* Ends the attempt; an end of the job is in the audit log as `actor`'s. AGAIN queues it once more, `again_after_s` from
 * now, unless it was the last attempt or a cancel was asked for: `end` says on return what it came to. `result_json`,
 * `size_bytes` (-1: none) and the error may be absent. May be repeated by the same attempt. */
bool hf_job_end(HfCatalog *catalog, const char *id, int attempt, const char *actor, HfJobEnd *end,
                unsigned again_after_s, const char *result_json, int64_t size_bytes, const char *error_code,
                const char *error_message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A queued job is cancelled at once, a running one is asked to. Sets `state` (transfer full) to what it is now.
 * HF_ERROR_CONFLICT if it had ended. */
bool hf_job_cancel(HfCatalog *catalog, const char *organization, const char *id, char **state, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* For the leader: running jobs whose lease ran out are queued again, or failed after the last attempt, or cancelled if
 * that was asked; a line of their log says so, and an end is in the audit log as `actor`'s. Returns their ids
 * (NULL-terminated, transfer full). */
char **hf_job_take_back(HfCatalog *catalog, const char *actor, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whose a job is, for whoever mirrors one that it does not run; transfer full. NULL without error: there is none. */
char *hf_job_organization(HfCatalog *catalog, const char *id, GError **error);
/* For the leader: due queued jobs whose last publication is older than `older_than_s`; marks them as published. Pool,
 * id, pool, id …, NULL-terminated, at most 500 jobs, transfer full. */
char **hf_job_unpublished(HfCatalog *catalog, unsigned older_than_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The document of GET /jobs/{id}, JSON, transfer full: the job, and unless `max_lines` is 0 its members "log" (lines
 * after `after`) and "cursor" (the seq of the last one given). `organization` NULL: a worker asks. */
char *hf_job_document(HfCatalog *catalog, const char *organization, const char *id, int64_t after, unsigned max_lines,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
