/*
 * Redis: carries ids of jobs to workers and mirrors what pollers read. Nothing here is the truth: all of it can vanish
 * at any time, and a caller goes on from the catalog. A HfQueue is one connection, opened when first needed and again
 * after a loss (at most once a second, so that a Redis that is away costs nothing). It belongs to one thread.
 *
 * Errors are HF_ERROR_NETWORK (away) or HF_ERROR_INTERNAL (an answer that cannot be).
 *
 * Keys, with the prefix of the configuration ("hf:"):
 *   jobs:<pool>      stream of {id}, consumer group "workers", about as long as HF_QUEUE_PERMITS at most
 *   job:<id>         hash: organization, revision, document (JSON without the log), missing (the log's lines up to this
 *                    number are not here)
 *   log:<id>         stream with ids <seq>-0 of {at, level, message}, the last 5,000 lines or so
 *   cancel:<id>      somebody asks to cancel
 *   principal:<hash> who a session or token is, for a minute; signed by who wrote it
 *   audit:chain      what the last walk of the audit log found, for a minute; signed by who wrote it
 *   gate:<database>  JSON while services are halted
 *   rate:<…>         counters of sign-in attempts
 */
#ifndef HF_QUEUE_QUEUE_H
#define HF_QUEUE_QUEUE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HfQueue HfQueue;

/* `address` is "unix:/path" or "host:port"; user and password (NULL: none) for AUTH. Does not connect. Transfer full.
 */
HfQueue *hf_queue_new(const char *address, const char *user, const char *password, const char *prefix);
void hf_queue_free(HfQueue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfQueue, hf_queue_free)

/* From now on what Redis has answered to a poll is kept until Redis tells that it has changed, for a second at most:
 * for those who poll very often. Without it every poll asks. Redis tells a descriptor of its own, which is added to
 * `epoll` with the data NULL: when there is something to read, hf_queue_hear is called before the next poll. */
void hf_queue_keep_answers(HfQueue *self, int epoll);
void hf_queue_hear(HfQueue *self);

/* ---- Jobs ----------------------------------------------------------------------------------------------------------
 */

/* So many entries at most: while workers are busy the leader publishes the same jobs again and again, and workers that
 * have done a job look for the next one by themselves. */
#define HF_QUEUE_PERMITS "1000"

bool hf_queue_publish(HfQueue *self, const char *pool, const char *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Waits up to `wait_ms` for an entry: its job's id, transfer full, and `entry` (transfer full) to acknowledge. NULL
 * without error: none came. What a dead consumer left unacknowledged comes too, after a minute. */
char *hf_queue_take(HfQueue *self, const char *pool, const char *worker, unsigned wait_ms, char **entry,
                    GError **error);
bool hf_queue_acknowledge(HfQueue *self, const char *pool, const char *entry, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Each start of a worker may leave a name in the group: those that nobody was heard under for `idle_s`, and with
 * nothing unacknowledged, are removed. `forgotten`: how many. One that is alive all the same has its name again when it
 * takes the next entry. */
bool hf_queue_forget_workers(HfQueue *self, const char *pool, unsigned idle_s, uint64_t *forgotten, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* ---- Live state ----------------------------------------------------------------------------------------------------
 */

/* What is not written again is not believed for longer: its writer may be dead, or may not reach us. */
#define HF_QUEUE_LIVE_S 30
#define HF_QUEUE_ENDED_S 3600
#define HF_QUEUE_ALL_LINES (G_MAXINT64 / 2)

/* Writes the document, under a new revision; kept for HF_QUEUE_ENDED_S if the job has ended, else HF_QUEUE_LIVE_S.
 * `missing`: the lines of the log up to that number are not here, those after it all are. */
bool hf_queue_mirror(HfQueue *self, const char *job, const char *organization, const char *document, int64_t missing,
                     unsigned kept_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A line of the log; the revision is new too. A line that is there already is passed over. */
bool hf_queue_mirror_line(HfQueue *self, const char *job, int64_t seq, int64_t at_us, const char *level,
                          const char *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a poll needs, in one round trip, with who the poller is. */
typedef struct {
    char *principal;    /* as hf_queue_put_principal wrote it; NULL: not there */
    char *organization; /* NULL: the job is not mirrored */
    char *document;     /* NULL if `known` is the revision, or if lines after the cursor are not here */
    uint64_t revision;
    bool is_known;    /* `known` is the revision */
    GString *lines;   /* with the document: JSON array of {"seq", "at", "level", "message"} after the cursor */
    int64_t last_seq; /* of those lines; `after` if there are none */
} HfJobView;
void hf_job_view_clear(HfJobView *self);
bool hf_queue_view_job(HfQueue *self, const char *principal_hash, const char *job, int64_t after, uint64_t known,
                       HfJobView *view, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool hf_queue_ask_cancel(HfQueue *self, const char *job, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_queue_cancel_asked(HfQueue *self, const char *job, bool *asked, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Short-lived knowledge -----------------------------------------------------------------------------------------
 */

bool hf_queue_put_principal(HfQueue *self, const char *hash, const char *json, unsigned seconds, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* NULL without error: not there. Transfer full. */
char *hf_queue_get_principal(HfQueue *self, const char *hash, GError **error);
bool hf_queue_drop_principal(HfQueue *self, const char *hash, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool hf_queue_put_chain(HfQueue *self, const char *found, unsigned seconds, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Transfer full; NULL without error: not there. */
char *hf_queue_get_chain(HfQueue *self, GError **error);

/* A gate that is not closed again opens by itself after so long, also where the clock of Redis is set back meanwhile.
 */
#define HF_QUEUE_GATE_S 60
bool hf_queue_close_gate(HfQueue *self, const char *database, const char *json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_queue_open_gate(HfQueue *self, const char *database, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL without error: open. */
char *hf_queue_gate(HfQueue *self, const char *database, GError **error);

/* Counts one more under `name` within the window and returns how many there are. */
bool hf_queue_count(HfQueue *self, const char *name, unsigned window_s, uint64_t *count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_queue_forget(HfQueue *self, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
