/*
 * For tests of workers: makes an installation and asks for jobs, as the API and the command line do. The configuration
 * is $HOLDFAST_CONFIG's; "-" is no argument. An error is on standard error, with its code, and the exit status is 1.
 */
#include "base/error.h"
#include "catalog/job.h"
#include "catalog/key_table.h"
#include "catalog/migrate.h"
#include "catalog/schedule_table.h"
#include "catalog/server_table.h"
#include "catalog/storage_table.h"
#include "crypto/age.h"
#include "service/job_report.h"
#include "service/request_backup.h"
#include "service/request_delete.h"
#include "service/request_migrate.h"
#include "service/request_rescan.h"
#include "service/request_restore.h"
#include "service/request_verify.h"
#include "worker/scheduler.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    HfWorker worker;
    HfCatalog *catalog;
    HfQueue *queue;
} Check;

static const char *or_null(const char *text)
{
    return strcmp(text, "-") == 0 ? NULL : text;
}

static bool say(char *text)
{
    if (text != NULL)
        puts(text);
    g_free(text);
    return text != NULL;
}

/* NOUN ORGANIZATION BODY */
static bool run_create(Check *self, char **a, GError **error)
{
    static const HfNoun *const nouns[] = {&hf_noun_server, &hf_noun_database, &hf_noun_storage, &hf_noun_schedule};
    g_autoptr(HfJson) json = hf_json_parse("the body", a[2], strlen(a[2]), 1000, error);
    if (json == NULL || !hf_catalog_begin(self->catalog, error))
        return false;
    char *id = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(nouns); i++)
        if (strcmp(nouns[i]->name, a[0]) == 0)
            id = hf_noun_create(self->catalog, nouns[i], self->worker.sealer, a[1], "user test", json, 0, error);
    return id != NULL && hf_catalog_commit(self->catalog, error) && say(id);
}

/* ORGANIZATION NAME SECRET|-: an identity, or a passphrase */
static bool run_key(Check *self, char **a, GError **error)
{
    char *identity = NULL, *recipient = NULL;
    const char *passphrase = or_null(a[2]);
    if (passphrase == NULL && !hf_age_keygen(&identity, &recipient, error))
        return false;
    const char *secret = passphrase != NULL ? passphrase : identity;
    g_autoptr(GBytes) sealed = hf_sealer_seal(self->worker.sealer, HF_KEY_SECRET, secret, strlen(secret), error);
    HfKeyRow key = {.name = a[1],
                    .kind = (char *)(passphrase != NULL ? "passphrase" : "identity"),
                    .recipient = recipient,
                    .fingerprint = a[1],
                    .secret = sealed};
    bool ok = sealed != NULL && say(hf_key_create(self->catalog, a[0], &key, "user test", error));
    hf_age_secret_free(identity);
    g_free(recipient);
    return ok;
}

/* KIND ORGANIZATION ID|- BODY */
static bool run_request(Check *self, char **a, GError **error)
{
    static const struct {
        const char *kind;
        HfRequestFunction request;
    } kinds[] = {{"backup", hf_request_backup},   {"schedule-run", hf_request_schedule_run},
                 {"verify", hf_request_verify},   {"preflight", hf_request_preflight},
                 {"restore", hf_request_restore}, {"undo", hf_request_undo},
                 {"rescan", hf_request_rescan},   {"delete", hf_request_delete},
                 {"assess", hf_request_assess},   {"migrate", hf_request_migrate}};
    g_autoptr(HfJson) json = hf_json_parse("the body", a[3], strlen(a[3]), 1000, error);
    HfRequester requester = {.catalog = self->catalog,
                             .queue = self->queue,
                             .sealer = self->worker.sealer,
                             .organization = a[1],
                             .actor = "user test",
                             .address = "192.0.2.1"};
    for (size_t i = 0; json != NULL && i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].kind, a[0]) == 0)
            return say(hf_request_run(&requester, kinds[i].request, or_null(a[2]), json, 0, error));
    return false;
}

/* JOB ATTEMPT REPORT PAGE SCRIPT: what the attempt that runs leaves of that */
static bool run_report(Check *self, char **a, GError **error)
{
    g_autoptr(HfJobRow) job = hf_job_owned(self->catalog, a[0], (int)g_ascii_strtoll(a[1], NULL, 10), error);
    const HfJobReport report = {.json = or_null(a[2]), .html = or_null(a[3]), .script = or_null(a[4])};
    return job != NULL && hf_job_report_write(self->catalog, self->worker.sealer, job, &report, error);
}

/* ORGANIZATION JOB */
static bool run_cancel(Check *self, char **a, GError **error)
{
    char *state = NULL;
    return hf_job_cancel(self->catalog, a[0], a[1], &state, error) && say(state) &&
           hf_queue_ask_cancel(self->queue, a[1], error);
}

/* JOB: what pollers see, from Redis; "none" if it is not there */
static bool run_view(Check *self, char **a, GError **error)
{
    HfJobView view;
    if (!hf_queue_view_job(self->queue, "-", a[0], 0, 0, &view, error))
        return false;
    if (view.document == NULL)
        puts("none");
    else
        printf("{\"document\": %s, \"lines\": %s}\n", view.document, view.lines->str);
    hf_job_view_clear(&view);
    return true;
}

static int64_t fixed_clock(gpointer now_us)
{
    return *(int64_t *)now_us;
}

/* NOW_US: one turn of the scheduler at that time */
static bool run_turn(Check *self, char **a, GError **error)
{
    (void)error;
    int64_t now_us = g_ascii_strtoll(a[0], NULL, 10);
    g_autoptr(HfScheduler) scheduler = hf_scheduler_new(&self->worker, fixed_clock, &now_us);
    hf_scheduler_turn(scheduler);
    return true;
}

static bool run(const char *name, char **arguments, GError **error)
{
    static const struct {
        const char *name;
        bool (*run)(Check *self, char **arguments, GError **error);
    } commands[] = {{"create", run_create}, {"key", run_key},   {"request", run_request}, {"cancel", run_cancel},
                    {"view", run_view},     {"turn", run_turn}, {"report", run_report}};
    Check self = {0};
    bool ok = false;
    if (!hf_worker_open(&self.worker, NULL, "default", NULL, error))
        return false;
    self.catalog = hf_worker_new_catalog(&self.worker);
    self.queue = hf_worker_new_queue(&self.worker);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            ok = commands[i].run(&self, arguments, error);
    hf_queue_free(self.queue);
    hf_catalog_free(self.catalog);
    hf_worker_close(&self.worker);
    return ok;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    bool ok = false;
    if (argc == 3 && strcmp(argv[1], "secret") == 0) {
        ok = hf_sealer_create_file(argv[2], &error);
    } else if (argc == 4 && strcmp(argv[1], "migrate") == 0) {
        g_autoptr(HfPgTarget) owner = hf_pg_target_new(argv[2], NULL, &error);
        int from, to;
        ok = owner != NULL && hf_catalog_migrate(owner, argv[3], &from, &to, NULL, &error);
    } else if (argc > 2) {
        ok = run(argv[1], argv + 2, &error);
    }
    if (!ok)
        fprintf(stderr, "%s: %s\n", error != NULL ? hf_error_code_name((HfErrorCode)error->code) : "failed",
                error != NULL ? error->message : "unknown command");
    return ok ? 0 : 1;
}
