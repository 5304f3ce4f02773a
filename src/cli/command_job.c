/* Jobs: what runs, ran and waits. */
#include "catalog/job.h"
#include "cli/admin.h"
#include "cli/options.h"
#include "cli/work.h"

#include <string.h>

#define MAX_LINES 1000

static struct {
    char *id, *kind, *state;
} options;

static const GOptionEntry entries[] = {
    {"id", 0, 0, G_OPTION_ARG_STRING, &options.id, "show, cancel: the job", "ID"},
    {"kind", 0, 0, G_OPTION_ARG_STRING, &options.kind, "list: of this kind alone", "KIND"},
    {"state", 0, 0, G_OPTION_ARG_STRING, &options.state, "list: in this state alone",
     "queued|running|succeeded|failed|cancelled"},
    {NULL},
};

static bool list(HfAdmin *admin, GError **error)
{
    static const HfAdminColumn columns[] = {{"ID", "id"},
                                            {"KIND", "kind"},
                                            {"STATE", "state"},
                                            {"DATABASE", "database_name"},
                                            {"CREATED", "created_at"},
                                            {"BY", "created_by"},
                                            {"WAITING FOR", "waiting_for"},
                                            {NULL}};
    const char *filters[5] = {NULL};
    size_t count = 0;
    if (options.kind != NULL) {
        filters[count++] = "kind";
        filters[count++] = options.kind;
    }
    if (options.state != NULL) {
        filters[count++] = "state";
        filters[count] = options.state;
    }
    return hf_admin_list(admin, &hf_noun_job, filters, columns, error);
}

static bool need_id(GError **error)
{
    return hf_option_require("--id", options.id, "a job: \"holdfast job list\" lists them", error);
}

/* A line of the log for people: "2030-01-31T12:00:00Z info: …". */
static void tell_log(HfReport *report, const HfJson *json)
{
    HfJsonNode log = hf_json_get(json, 0, "log");
    for (HfJsonNode line = hf_json_first(json, log); line != HF_JSON_NONE; line = hf_json_next(json, log, line)) {
        const char *at = hf_json_scalar(json, hf_json_get(json, line, "at"), NULL);
        const char *level = hf_json_scalar(json, hf_json_get(json, line, "level"), NULL);
        const char *message = hf_json_scalar(json, hf_json_get(json, line, "message"), NULL);
        hf_report_line(report, "%s %s: %s", at, level, message);
    }
}

static void tell_job(HfReport *report, const HfJson *json)
{
    static const char *const members[] = {"id",         "kind",          "state",       "phase",      "attempt",
                                          "name",       "database_name", "created_at",  "created_by", "reason",
                                          "started_at", "ended_at",      "waiting_for", "worker"};
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        const char *value = hf_json_scalar(json, hf_json_get(json, 0, members[i]), NULL);
        if (value != NULL && !hf_json_is_null(json, hf_json_get(json, 0, members[i])))
            hf_report_line(report, "%s: %s", members[i], value);
    }
    HfJsonNode failure = hf_json_get(json, 0, "error");
    const char *message = hf_json_scalar(json, hf_json_get(json, failure, "message"), NULL);
    if (message != NULL)
        hf_report_line(report, "error: %s", message);
    tell_log(report, json);
}

static bool show(HfAdmin *admin, GError **error)
{
    HfReport report;
    g_autofree char *text =
        need_id(error) ? hf_job_document(admin->catalog, admin->organization, options.id, 0, MAX_LINES, error) : NULL;
    g_autoptr(HfJson) json = text != NULL ? hf_json_parse("the job", text, strlen(text), 1000000, error) : NULL;
    if (json == NULL)
        return false;
    hf_report_begin(&report, hf_work_wants_json(), NULL);
    if (report.is_json)
        hf_json_copy(json, 0, &report.json, "job");
    else
        tell_job(&report, json);
    return hf_report_end(&report, true, error);
}

/* A queued job has no worker that would tell its pollers; a running one learns of it from Redis at once. */
static void tell_queue(HfAdmin *admin, bool ended)
{
    g_autoptr(GError) away = NULL;
    unsigned kept_s = ended ? HF_QUEUE_ENDED_S : HF_QUEUE_LIVE_S;
    g_autofree char *document = hf_job_document(admin->catalog, admin->organization, options.id, 0, 0, &away);
    if (document == NULL || !hf_queue_ask_cancel(admin->queue, options.id, &away) ||
        !hf_queue_mirror(admin->queue, options.id, admin->organization, document, HF_QUEUE_ALL_LINES, kept_s, &away))
        g_debug("the worker learns of the cancel with its next heartbeat: %s", away->message);
}

static bool cancel(HfAdmin *admin, GError **error)
{
    HfReport report;
    g_autofree char *state = NULL;
    if (!need_id(error) || !hf_catalog_begin(admin->catalog, error))
        return false;
    bool done = hf_job_cancel(admin->catalog, admin->organization, options.id, &state, error);
    if (!hf_admin_end(admin, "job.cancel", options.id, NULL, NULL, done, error))
        return false;
    tell_queue(admin, strcmp(state, "running") != 0);
    hf_report_begin(&report, hf_work_wants_json(), NULL);
    if (report.is_json) {
        hf_json_writer_string(&report.json, "job_id", options.id);
        hf_json_writer_string(&report.json, "state", state);
    } else
        hf_report_line(&report, "job %s: %s", options.id, strcmp(state, "running") == 0 ? "asked to stop" : state);
    return hf_report_end(&report, true, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    static const HfAdminVerb verbs[] = {{"list", list}, {"show", show}, {"cancel", cancel}, {NULL}};
    return hf_admin_run(self, arguments, entries, verbs, NULL, error);
}

const HfCommand hf_command_job = {
    .name = "job",
    .synopsis = "list|show|cancel [--id ID]",
    .summary = "The service's jobs: what runs, waits and has ended, with their logs.",
    .examples = "Examples:\n"
                "  holdfast job list --state running\n"
                "  holdfast job show --id 6f9619ff-8b86-4d01-b42d-00cf4fc964ff --json",
    .run = run,
};
