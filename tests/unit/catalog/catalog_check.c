/*
 * For tests/system/test_catalog.py: operations of the catalog from the command line, one answer a line.
 *
 *     catalog_check CONNINFO COMMAND ARGUMENT…
 *
 * An error is "error <code> <message>" on standard output, and the exit status is 0 all the same: errors are what many
 * tests want to see.
 */
#include "base/error.h"
#include "catalog/account.h"
#include "catalog/audit.h"
#include "catalog/backup_table.h"
#include "catalog/job.h"
#include "catalog/key_table.h"
#include "catalog/migrate.h"
#include "catalog/restore_table.h"
#include "catalog/schedule_table.h"
#include "catalog/server_table.h"
#include "catalog/setting_table.h"
#include "catalog/storage_table.h"
#include "catalog/upload_table.h"

#include <stdio.h>
#include <string.h>

typedef bool (*Command)(HfCatalog *catalog, const HfPgTarget *target, char **arguments, GError **error);

static const HfNoun *noun_of(const char *name)
{
    static const HfNoun *const nouns[] = {
        &hf_noun_organization, &hf_noun_account,  &hf_noun_user,      &hf_noun_token,   &hf_noun_session,
        &hf_noun_server,       &hf_noun_database, &hf_noun_alarm,     &hf_noun_storage, &hf_noun_key,
        &hf_noun_schedule,     &hf_noun_backup,   &hf_noun_upload,    &hf_noun_job,     &hf_noun_log,
        &hf_noun_audit,        &hf_noun_webhook,  &hf_noun_preflight,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(nouns); i++)
        if (strcmp(nouns[i]->name, name) == 0)
            return nouns[i];
    g_error("no noun %s", name);
}

/* "-" is NULL. */
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

static bool run_migrate(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    int from, to;
    (void)catalog;
    if (!hf_catalog_migrate(target, a[0], &from, &to, NULL, error))
        return false;
    printf("%d %d\n", from, to);
    return true;
}

static bool run_check(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target, (void)a;
    return hf_catalog_check(catalog, error) && puts("good") >= 0;
}

/* NOUN ORGANIZATION LIMIT SORT [FILTER VALUE]…: every page of a list, a line each. */
static bool run_list(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    g_autofree char *cursor = NULL;
    do {
        HfListQuery query = {.limit = (unsigned)g_ascii_strtoull(a[2], NULL, 10),
                             .sort = or_null(a[3]),
                             .filters = (const char *const *)(gpointer)(a + 4),
                             .cursor = cursor};
        g_autofree char *page = hf_noun_list(catalog, noun_of(a[0]), or_null(a[1]), &query, error);
        if (page == NULL)
            return false;
        puts(page);
        g_autoptr(HfJson) json = hf_json_parse("page", page, strlen(page), 1000000, error);
        g_clear_pointer(&cursor, g_free);
        if (json == NULL || !hf_json_get_optional_string(json, 0, "cursor", &cursor, error))
            return false;
    } while (cursor != NULL);
    return true;
}

static bool run_get(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    return say(hf_noun_get(catalog, noun_of(a[0]), or_null(a[1]), a[2], NULL, error));
}

static bool in_transaction(HfCatalog *catalog, bool done, GError **error)
{
    if (!done)
        hf_catalog_rollback(catalog);
    return done && hf_catalog_commit(catalog, error);
}

/* NOUN ORGANIZATION JSON */
static bool run_create(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    g_autoptr(HfJson) json = hf_json_parse("body", a[2], strlen(a[2]), 1000, error);
    if (json == NULL || !hf_catalog_begin(catalog, error))
        return false;
    char *id = hf_noun_create(catalog, noun_of(a[0]), NULL, or_null(a[1]), "user test", json, 0, error);
    return say(id) ? in_transaction(catalog, true, error) : in_transaction(catalog, false, error);
}

/* NOUN ORGANIZATION ID VERSION JSON */
static bool run_change(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    g_autoptr(HfJson) json = hf_json_parse("body", a[4], strlen(a[4]), 1000, error);
    if (json == NULL || !hf_catalog_begin(catalog, error))
        return false;
    int version = (int)g_ascii_strtoll(a[3], NULL, 10);
    bool done = hf_noun_change(catalog, noun_of(a[0]), NULL, or_null(a[1]), a[2], version, json, 0, error);
    return in_transaction(catalog, done, error) && puts("changed") >= 0;
}

/* NOUN ORGANIZATION ID */
static bool run_remove(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    return hf_noun_remove(catalog, noun_of(a[0]), or_null(a[1]), a[2], 0, error) && puts("removed") >= 0;
}

/* ORGANIZATION KIND DATABASE HOLDS COUNT */
static bool run_jobs(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    HfNewJob job = {.kind = a[1],
                    .database_id = or_null(a[2]),
                    .holds = or_null(a[3]),
                    .name = "made.hf",
                    .created_by = "user test",
                    .reason = "manual"};
    for (guint64 left = g_ascii_strtoull(a[4], NULL, 10); left > 0; left--)
        if (!say(hf_job_create(catalog, a[0], &job, error)))
            return false;
    return true;
}

/* POOL WORKER HINT: "<id> <attempt>", or "none". */
static bool run_claim(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfJobRow) job = hf_job_claim(catalog, a[0], a[1], HF_CLAIM_ANY, or_null(a[2]), &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    return job == NULL ? puts("none") >= 0 : printf("%s %d %s\n", job->id, job->attempt, job->organization) > 0;
}

/* POOL WORKER: claims and ends jobs until there is none; "<id> <organization>" each. */
static bool run_work(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    for (;;) {
        g_autoptr(GError) reason = NULL;
        g_autoptr(HfJobRow) job = hf_job_claim(catalog, a[0], a[1], HF_CLAIM_ANY, NULL, &reason);
        if (job == NULL && reason != NULL)
            g_propagate_error(error, g_steal_pointer(&reason));
        if (job == NULL)
            return *error == NULL;
        printf("%s %s\n", job->id, job->organization);
        HfJobEnd end = HF_JOB_SUCCEEDED;
        if (!hf_job_end(catalog, job->id, job->attempt, "worker test", &end, 0, "{\"name\": \"done.hf\"}", 7, NULL,
                        NULL, error))
            return false;
    }
}

static bool tell(const char *what, bool done, GError **reason)
{
    printf("%s %s\n", what, done ? "done" : hf_error_code_name((HfErrorCode)(*reason)->code));
    g_clear_error(reason);
    return true;
}

/* ID ATTEMPT: every write of an owner. */
static bool run_writes(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target, (void)error;
    int attempt = (int)g_ascii_strtoll(a[1], NULL, 10);
    bool cancel = false;
    g_autoptr(GError) reason = NULL;
    HfJobLine lines[] = {{1, 1700000000123456, "info", (char *)"one \"line\""},
                         {2, 1700000000654321, "warning", (char *)"two"}};
    tell("heartbeat", hf_job_heartbeat(catalog, a[0], attempt, &cancel, &reason), &reason);
    tell("step", hf_job_set_step(catalog, a[0], attempt, "loaded", &reason), &reason);
    tell("progress", hf_job_set_progress(catalog, a[0], attempt, "load", "{\"percent\": 5}", &reason), &reason);
    tell("log", hf_job_append_log(catalog, a[0], attempt, lines, 2, &reason), &reason);
    return tell("log", hf_job_append_log(catalog, a[0], attempt, lines, 2, &reason), &reason);
}

/* ID ATTEMPT END: what it came to. */
static bool run_end(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    static const char *const names[] = {"succeeded", "failed", "cancelled", "again", NULL};
    (void)target;
    HfJobEnd end = HF_JOB_SUCCEEDED;
    while (strcmp(names[end], a[2]) != 0)
        end++;
    if (!hf_job_end(catalog, a[0], (int)g_ascii_strtoll(a[1], NULL, 10), "worker test", &end, 0, NULL, -1,
                    end == HF_JOB_SUCCEEDED ? NULL : "network", "it went away", error))
        return false;
    return puts(names[end]) >= 0;
}

static bool run_cancel(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    char *state = NULL;
    (void)target;
    return hf_job_cancel(catalog, or_null(a[0]), a[1], &state, error) && say(state);
}

static bool say_list(char **list)
{
    g_auto(GStrv) texts = list;
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
        puts(texts[i]);
    return texts != NULL;
}

static bool run_take_back(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target, (void)a;
    return say_list(hf_job_take_back(catalog, "worker test", error));
}

static bool run_unpublished(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    return say_list(hf_job_unpublished(catalog, (unsigned)g_ascii_strtoull(a[0], NULL, 10), error));
}

/* ORGANIZATION ID AFTER */
static bool run_document(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    return say(hf_job_document(catalog, or_null(a[0]), a[1], g_ascii_strtoll(a[2], NULL, 10), 100, error));
}

/* ORGANIZATION COUNT */
static bool run_audit(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    HfAuditEvent event = {.organization = or_null(a[0]),
                          .actor = "user ada",
                          .action = "backup.create",
                          .object_kind = "backup",
                          .object_name = "shop \"ü\" \\.hf",
                          .outcome = "success"};
    for (guint64 left = g_ascii_strtoull(a[1], NULL, 10); left > 0; left--)
        if (!hf_audit_append(catalog, &event, error))
            return false;
    return true;
}

static bool run_verify(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    HfAuditEnd end;
    (void)target, (void)a;
    return hf_audit_verify(catalog, 0, &end, error) && printf("%" G_GUINT64_FORMAT "\n", end.rows) > 0;
}

/* ID: the databases that a schedule means. */
static bool run_meant(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    g_autoptr(GPtrArray) all = hf_schedule_databases(catalog, a[0], error);
    for (guint i = 0; all != NULL && i < all->len; i++)
        puts(((HfDatabaseRow *)g_ptr_array_index(all, i))->name);
    return all != NULL;
}

/* NOW_US: the schedules that are due, each set to an hour later. */
static bool run_due(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target;
    int64_t now = g_ascii_strtoll(a[0], NULL, 10);
    g_autoptr(GPtrArray) all = hf_schedule_due(catalog, now, error);
    for (guint i = 0; all != NULL && i < all->len; i++) {
        const HfScheduleRow *row = g_ptr_array_index(all, i);
        g_autoptr(GError) reason = NULL;
        printf("%s %" G_GINT64_FORMAT "\n", row->name, row->next_us);
        tell("advance", hf_schedule_advance(catalog, row, now + 3600LL * G_USEC_PER_SEC, now, &reason), &reason);
        tell("advance", hf_schedule_advance(catalog, row, now + 3600LL * G_USEC_PER_SEC, now, &reason), &reason);
    }
    return all != NULL;
}

/* Says a line for each line read, so that a test can take the server away between two. */
static bool run_linger(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    char line[16];
    (void)target, (void)a, (void)error;
    while (fgets(line, sizeof line, stdin) != NULL) {
        g_autoptr(GError) reason = NULL;
        bool done = hf_catalog_begin(catalog, &reason) && hf_catalog_check(catalog, &reason);
        if (done)
            done = hf_catalog_commit(catalog, &reason);
        else
            hf_catalog_rollback(catalog);
        tell("check", done, &reason);
        fflush(stdout);
    }
    return true;
}

static bool run_metrics(HfCatalog *catalog, const HfPgTarget *target, char **a, GError **error)
{
    (void)target, (void)a;
    return say(hf_metrics(catalog, error));
}

static const struct {
    const char *name;
    Command run;
} commands[] = {
    {"migrate", run_migrate},
    {"check", run_check},
    {"list", run_list},
    {"get", run_get},
    {"create", run_create},
    {"change", run_change},
    {"remove", run_remove},
    {"jobs", run_jobs},
    {"claim", run_claim},
    {"work", run_work},
    {"writes", run_writes},
    {"end", run_end},
    {"cancel", run_cancel},
    {"take-back", run_take_back},
    {"unpublished", run_unpublished},
    {"document", run_document},
    {"audit", run_audit},
    {"verify", run_verify},
    {"meant", run_meant},
    {"due", run_due},
    {"linger", run_linger},
    {"metrics", run_metrics},
};

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_assert(argc >= 3);
    g_autoptr(HfPgTarget) target = hf_pg_target_new(argv[1], NULL, &error);
    g_assert_no_error(error);
    g_autoptr(HfCatalog) catalog = hf_catalog_new(target, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i].name, argv[2]) == 0) {
            if (!commands[i].run(catalog, target, argv + 3, &error))
                printf("error %s %s\n", hf_error_code_name((HfErrorCode)error->code), error->message);
            return 0;
        }
    return 2;
}
