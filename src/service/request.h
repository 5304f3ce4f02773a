/*
 * How jobs are made, by the API, the command line and the scheduler alike: request_<kind>.h checks what is asked, makes
 * the job's row and its line of the audit log in the caller's transaction, and remembers to publish it after the
 * commit. Nothing here knows how a job is run.
 */
#ifndef HF_SERVICE_REQUEST_H
#define HF_SERVICE_REQUEST_H

#include "base/json.h"
#include "catalog/job.h"
#include "catalog/server_table.h"
#include "crypto/seal.h"
#include "queue/queue.h"

/* Who asks. Everything is borrowed. */
typedef struct {
    HfCatalog *catalog;
    HfQueue *queue;         /* NULL: the scheduler publishes */
    const HfSealer *sealer; /* for keys that are used once */
    const char *organization;
    const char *actor;   /* "user ada" */
    const char *address; /* NULL: none */
    const char *reason;  /* NULL: "manual" */
    const char *why;     /* for the audit log, where the reason is not enough; NULL: it is */
    GPtrArray *made;     /* of this module: pool, id, pool, id … that are not published yet */
} HfRequester;

/*
 * What every hf_request_<kind> is. Inside a transaction of the caller. `id` is of what the request is about, as the
 * kind's header says, or NULL; `body` is the request's JSON object, HF_JSON_NONE for none. Unknown members, wrong types
 * and bounds are HF_ERROR_USAGE; ids of nothing in the organization are HF_ERROR_NOT_FOUND. Returns the answer, a JSON
 * object with the member "job_id", transfer full. After the commit: hf_request_publish.
 */
typedef char *(*HfRequestFunction)(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body,
                                   GError **error);

/* The whole of it: begin, request, commit, publish. */
char *hf_request_run(HfRequester *self, HfRequestFunction request, const char *id, const HfJson *json, HfJsonNode body,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Publishes what was made, after the commit. A failure is none: the scheduler publishes again. Frees `made`. */
void hf_request_publish(HfRequester *self);
/* Forgets what was made, after a rollback. */
void hf_request_forget(HfRequester *self);

/* For the kinds: makes the row, audits "<kind>.request" about the object, and remembers to publish. The job's
 * created_by and reason are the requester's. Transfer full: the job's id. */
char *hf_request_make(HfRequester *self, HfNewJob *job, const char *object_kind, const char *object_id,
                      const char *object_name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A key that is used once (NULL: none), sealed for HfNewJob; `secret` is transfer full. */
bool hf_request_seal(HfRequester *self, const char *key, GBytes **secret, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For HfNewJob.holds: a database by its place, whether it is registered or not, or not there yet. Transfer full. */
char *hf_request_hold_place(const char *server_id, const char *database_name);
/* The same of a registered one, with the database itself: what is at work in its place may not know that it is
 * registered. Transfer full. */
char *hf_request_hold_database(const HfDatabaseRow *database);
/* {"job_id": id}, transfer full. */
char *hf_request_answer(const char *job_id);

#endif
