/*
 * Storages looked through by workers: what a lost catalog is made of again. The jobs are those that the API asks for;
 * here they are waited for and their results told.
 */
#include "base/error.h"
#include "catalog/storage_table.h"
#include "cli/admin.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "cli/work.h"
#include "service/request_rescan.h"

#include <string.h>

#define LOOK_US (G_USEC_PER_SEC / 2)
#define HINT_US (10 * G_USEC_PER_SEC) /* after so long in the queue it is told what it waits for */

static struct {
    char **storages;
    gboolean no_wait;
} options;

static const GOptionEntry entries[] = {
    {"storage", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.storages, "This one alone; may be repeated (default: all)",
     "NAME"},
    {"no-wait", 0, 0, G_OPTION_ARG_NONE, &options.no_wait, "Do not wait for the jobs to end", NULL},
    {NULL},
};

typedef struct {
    char *storage, *job; /* the storage's name, the job's id */
    HfJson *document;    /* the job's as it was last */
} Rescan;

static void free_rescan(gpointer data)
{
    Rescan *self = data;
    g_free(self->storage);
    g_free(self->job);
    hf_json_free(self->document);
    g_free(self);
}

/* ---- Asking --------------------------------------------------------------------------------------------------------
 */

static bool is_wanted(const HfStorageRow *storage)
{
    return options.storages == NULL || g_strv_contains((const char *const *)options.storages, storage->name);
}

static bool check_names(const GPtrArray *storages, GError **error)
{
    for (char **name = options.storages; name != NULL && *name != NULL; name++) {
        bool known = false;
        for (guint i = 0; i < storages->len; i++)
            known = known || strcmp(((const HfStorageRow *)storages->pdata[i])->name, *name) == 0;
        if (!known) {
            g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "there is no storage \"%s\"", *name);
            return false;
        }
    }
    if (storages->len == 0)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                            "no storage is registered yet: there is nothing to do");
    return storages->len > 0;
}

static bool look(HfAdmin *admin, Rescan *rescan, GError **error)
{
    g_autofree char *text = hf_job_document(admin->catalog, admin->organization, rescan->job, 0, 0, error);
    g_clear_pointer(&rescan->document, hf_json_free);
    if (text != NULL)
        rescan->document = hf_json_parse("the job", text, strlen(text), 1000000, error);
    return rescan->document != NULL;
}

static bool ask(HfAdmin *admin, const HfStorageRow *storage, GPtrArray *rescans, GError **error)
{
    HfRequester requester = {.catalog = admin->catalog,
                             .queue = admin->queue,
                             .sealer = admin->sealer,
                             .organization = admin->organization,
                             .actor = admin->actor};
    g_autofree char *answer = hf_request_run(&requester, hf_request_rescan, storage->id, NULL, HF_JSON_NONE, error);
    g_autoptr(HfJson) json = answer != NULL ? hf_json_parse("the answer", answer, strlen(answer), 100, error) : NULL;
    char *job = json != NULL ? hf_json_string(json, hf_json_get(json, 0, "job_id"), error) : NULL;
    if (job == NULL)
        return false;
    Rescan *rescan = g_new0(Rescan, 1);
    rescan->storage = g_strdup(storage->name);
    rescan->job = job;
    g_ptr_array_add(rescans, rescan);
    return look(admin, rescan, error);
}

/* ---- Waiting -------------------------------------------------------------------------------------------------------
 */

static const char *member(const Rescan *self, const char *name)
{
    return hf_json_scalar(self->document, hf_json_get(self->document, 0, name), NULL);
}

static bool is_over(const Rescan *self)
{
    const char *state = member(self, "state");
    return strcmp(state, "queued") != 0 && strcmp(state, "running") != 0;
}

static void hint(const Rescan *self)
{
    if (strcmp(member(self, "state"), "queued") != 0 || hf_work_is_quiet())
        return;
    g_autofree char *line = g_strdup_printf(
        "holdfast: the job %s still waits for a worker of the pool default; it is done whenever one comes", self->job);
    hf_screen_print(line);
}

static bool wait_for(HfAdmin *admin, Rescan *rescan, GError **error)
{
    gint64 hint_us = g_get_monotonic_time() + HINT_US;
    while (!is_over(rescan)) {
        if (hf_error_check_cancelled(admin->cancellable, error)) {
            g_usleep(LOOK_US);
        } else {
            g_prefix_error(error, "the job %s goes on without being watched: ", rescan->job);
            return false;
        }
        if (!look(admin, rescan, error))
            return false;
        if (g_get_monotonic_time() > hint_us) {
            hint(rescan);
            hint_us = G_MAXINT64;
        }
    }
    return true;
}

/* ---- Telling -------------------------------------------------------------------------------------------------------
 */

static void tell_json(HfJsonWriter *json, const Rescan *self)
{
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "storage", self->storage);
    hf_json_writer_string(json, "job_id", self->job);
    for (const char *const *name = (const char *const[]){"state", "result", "error", NULL}; *name != NULL; name++)
        hf_json_copy(self->document, hf_json_get(self->document, 0, *name), json, *name);
    hf_json_writer_end_object(json);
}

static const char *count(const Rescan *self, const char *name)
{
    HfJsonNode result = hf_json_get(self->document, 0, "result");
    const char *number = hf_json_scalar(self->document, hf_json_get(self->document, result, name), NULL);
    return number != NULL ? number : "0";
}

static void tell_text(HfReport *report, const Rescan *self)
{
    const HfJson *json = self->document;
    if (strcmp(member(self, "state"), "succeeded") != 0) {
        hf_report_line(report, "%s: the job %s is %s", self->storage, self->job, member(self, "state"));
        return;
    }
    hf_report_line(report, "%s: %s new, %s known, %s missing, %s there again; %s were given their database",
                   self->storage, count(self, "registered"), count(self, "known"), count(self, "missing"),
                   count(self, "returned"), count(self, "adopted"));
    HfJsonNode list = hf_json_get(json, hf_json_get(json, 0, "result"), "not_opened");
    for (HfJsonNode each = hf_json_first(json, list); each != HF_JSON_NONE; each = hf_json_next(json, list, each))
        hf_report_line(report, "not opened: %s: %s", hf_json_scalar(json, hf_json_get(json, each, "path"), NULL),
                       hf_json_scalar(json, hf_json_get(json, each, "why"), NULL));
}

/* One that failed fails the command. */
static void check_ends(const GPtrArray *rescans, GError **failure)
{
    for (guint i = 0; i < rescans->len && *failure == NULL; i++) {
        const Rescan *self = rescans->pdata[i];
        HfJsonNode error = hf_json_get(self->document, 0, "error");
        const char *message = hf_json_scalar(self->document, hf_json_get(self->document, error, "message"), NULL);
        if (is_over(self) && strcmp(member(self, "state"), "succeeded") != 0)
            g_set_error(failure, HF_ERROR, HF_ERROR_STORAGE, "the rescan of %s has %s%s%s", self->storage,
                        member(self, "state"), message != NULL ? ": " : "", message != NULL ? message : "");
    }
}

static bool tell(const GPtrArray *rescans, GError **error)
{
    HfReport report;
    g_autoptr(GError) failure = NULL;
    check_ends(rescans, &failure);
    hf_report_begin(&report, hf_work_wants_json(), failure);
    if (report.is_json)
        hf_json_writer_begin_array(&report.json, "storages");
    for (guint i = 0; i < rescans->len; i++)
        if (report.is_json)
            tell_json(&report.json, rescans->pdata[i]);
        else
            tell_text(&report, rescans->pdata[i]);
    if (report.is_json)
        hf_json_writer_end_array(&report.json);
    bool ok = failure == NULL;
    if (!ok)
        g_propagate_error(error, g_steal_pointer(&failure));
    return hf_report_end(&report, ok, error);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool rescan(HfAdmin *admin, GError **error)
{
    g_autoptr(GPtrArray) rescans = g_ptr_array_new_with_free_func(free_rescan);
    g_autoptr(GPtrArray) storages = hf_storage_all(admin->catalog, admin->organization, error);
    if (storages == NULL || !check_names(storages, error))
        return false;
    for (guint i = 0; i < storages->len; i++)
        if (is_wanted(storages->pdata[i]) && !ask(admin, storages->pdata[i], rescans, error))
            return false;
    for (guint i = 0; i < rescans->len && !options.no_wait; i++)
        if (!wait_for(admin, rescans->pdata[i], error))
            return false;
    return tell(rescans, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    static const HfAdminVerb verbs[] = {{"", rescan}, {NULL}};
    return hf_admin_run(self, arguments, entries, verbs, NULL, error);
}

const HfCommand hf_command_rescan = {
    .name = "rescan",
    .synopsis = "[--storage NAME]",
    .summary = "Registers the backups that lie in the service's storages and lists what no key opens.",
    .examples =
        "After the loss of the catalog: \"holdfast init\", add the storages and the keys (their recovery sheets name\n"
        "both) and the servers with their databases, then rescan. A worker of the pool default does it.\n\n"
        "Examples:\n"
        "  holdfast rescan\n"
        "  holdfast rescan --storage disk --json",
    .run = run,
};
