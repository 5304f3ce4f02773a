/*
 * The kinds of jobs. To add one: a file in worker/jobs that runs it, a line in the table in job_kind.c, and the file
 * src/service/request_<kind>.c that makes such jobs.
 */
#ifndef WORKER_JOB_KIND_H
#define WORKER_JOB_KIND_H

#include "base/json.h"
#include "catalog/job.h"
#include "engine/progress.h"
#include "service/request.h"
#include "worker/worker.h"

#include <gio/gio.h>

/* One attempt at a job, in a process of its own. */
typedef struct {
    const HfWorker *worker;
    const HfJobRow *job;
    const HfJson *request; /* of the job: its root is an object that was checked when the job was made */
    HfCatalog *catalog;
    HfProgress *progress;
    GCancellable *cancellable;
    HfRequester requester; /* for jobs that follow from this one, in its name */
    /* What came of it. */
    char *result;       /* a JSON object; NULL: none */
    int64_t size_bytes; /* -1: none */
    gpointer kept;      /* from run to record */
    GDestroyNotify free_kept;
} HfJobRun;

typedef struct {
    const char *name;
    const char *noun; /* as the log calls such a job */
    /* Does the work. Blocks; a step that must not be done twice is noted with hf_job_set_step. */
    bool (*run)(HfJobRun *run, GError **error);
    /* After success, in the transaction that ends the job: what the catalog is to know of it. May come again after the
     * catalog was lost. May be NULL. */
    bool (*record)(HfJobRun *run, GError **error);
    /* After success of an attempt that had lost its job meanwhile: nothing will be recorded. May be NULL. */
    void (*discard)(HfJobRun *run);
} HfJobKind;

/* NULL: there is no such kind. */
const HfJobKind *hf_job_kind_find(const char *name);

bool hf_job_run_assess(HfJobRun *run, GError **error);
bool hf_job_run_backup(HfJobRun *run, GError **error);
bool hf_job_record_backup(HfJobRun *run, GError **error);
bool hf_job_run_verify(HfJobRun *run, GError **error);
bool hf_job_record_verify(HfJobRun *run, GError **error);
bool hf_job_run_delete(HfJobRun *run, GError **error);
bool hf_job_record_delete(HfJobRun *run, GError **error);
bool hf_job_run_export(HfJobRun *run, GError **error);
bool hf_job_record_export(HfJobRun *run, GError **error);
bool hf_job_run_find(HfJobRun *run, GError **error);
bool hf_job_record_find(HfJobRun *run, GError **error);
bool hf_job_run_import(HfJobRun *run, GError **error);
bool hf_job_record_import(HfJobRun *run, GError **error);
bool hf_job_run_migrate(HfJobRun *run, GError **error);
bool hf_job_record_migrate(HfJobRun *run, GError **error);
bool hf_job_run_preflight(HfJobRun *run, GError **error);
bool hf_job_record_preflight(HfJobRun *run, GError **error);
bool hf_job_run_preview(HfJobRun *run, GError **error);
bool hf_job_run_restore(HfJobRun *run, GError **error);
bool hf_job_record_restore(HfJobRun *run, GError **error);
bool hf_job_run_resume(HfJobRun *run, GError **error);
bool hf_job_run_undo(HfJobRun *run, GError **error);
bool hf_job_run_rescan(HfJobRun *run, GError **error);
bool hf_job_run_retention(HfJobRun *run, GError **error);
bool hf_job_record_retention(HfJobRun *run, GError **error);

#endif
