/* For those who watch the installation: whether it answers, and its counts as Prometheus reads them. */
#include "api/resources.h"
#include "base/error.h"
#include "base/version.h"
#include "catalog/setting_table.h"

#include <string.h>

/* Without the catalog nothing can be done: 503. Without Redis all is done, more slowly. */
bool hf_health_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    g_autoptr(GError) away = NULL, no_redis = NULL;
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    (void)route, (void)request, (void)error;
    bool catalog = hf_catalog_check(api->catalog, &away);
    g_autofree char *none = hf_queue_gate(api->queue, "-", &no_redis);
    if (away != NULL)
        g_warning("the catalog cannot be used: %s", away->message);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "status", !catalog ? "down" : no_redis != NULL ? "degraded" : "ok");
    hf_json_writer_bool(&writer, "catalog", catalog);
    hf_json_writer_bool(&writer, "redis", no_redis == NULL);
    hf_json_writer_string(&writer, "version", hf_version());
    hf_json_writer_end_object(&writer);
    hf_response_json(response, catalog ? 200 : 503, g_string_free(text, FALSE));
    return true;
}

/* ---- Metrics -------------------------------------------------------------------------------------------------------
 */

static void append_help(GString *to, const char *name, const char *help)
{
    g_string_append_printf(to, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void append_escaped(GString *to, const char *value)
{
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '\n')
            g_string_append(to, "\\n");
        else
            g_string_append_printf(to, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
    }
}

/* name{label="…",…} value, a line for each element of the array; "value" is the member that is no label. */
static void append_rows(GString *to, const HfJson *json, const char *array, const char *name, const char *const *labels,
                        const char *value)
{
    HfJsonNode list = hf_json_get(json, 0, array);
    for (HfJsonNode row = hf_json_first(json, list); row != HF_JSON_NONE; row = hf_json_next(json, list, row)) {
        HfJsonNode node = hf_json_get(json, row, value);
        if (node == HF_JSON_NONE || hf_json_is_null(json, node))
            continue;
        const char *text = hf_json_scalar(json, node, NULL);
        g_string_append(to, name);
        for (const char *const *label = labels; *label != NULL; label++) {
            g_string_append_printf(to, "%s%s=\"", label == labels ? "{" : ",", *label);
            append_escaped(to, hf_json_scalar(json, hf_json_get(json, row, *label), NULL));
            g_string_append_c(to, '"');
        }
        g_string_append_printf(to, "} %s\n", strcmp(text, "true") == 0 ? "1" : strcmp(text, "false") == 0 ? "0" : text);
    }
}

static void append_number(GString *to, const HfJson *json, HfJsonNode node, const char *name, const char *help)
{
    append_help(to, name, help);
    g_string_append_printf(to, "%s %s\n", name, hf_json_scalar(json, node, NULL));
}

static GString *metrics_text(const HfJson *json)
{
    static const char *const job[] = {"pool", "kind", "state", NULL}, *const ended[] = {"kind", "state", NULL},
                             *const pool[] = {"pool", NULL},
                             *const database[] = {"organization", "server", "database", NULL};
    GString *text = g_string_new(NULL);
    HfJsonNode backups = hf_json_get(json, 0, "backups");
    append_help(text, "holdfast_jobs", "Jobs that wait or run.");
    append_rows(text, json, "jobs", "holdfast_jobs", job, "count");
    append_help(text, "holdfast_workers", "Workers that are there; 0: nobody serves the jobs of the pool.");
    append_rows(text, json, "pools", "holdfast_workers", pool, "workers");
    append_help(text, "holdfast_jobs_ended_day", "Jobs that ended in the last 24 hours.");
    append_rows(text, json, "ended", "holdfast_jobs_ended_day", ended, "count");
    append_number(text, json, hf_json_get(json, backups, "count"), "holdfast_backups", "Backups that are there.");
    append_number(text, json, hf_json_get(json, backups, "bytes"), "holdfast_backup_bytes", "What they take.");
    append_number(text, json, hf_json_get(json, 0, "halted"), "holdfast_halted",
                  "Databases whose services are halted.");
    append_help(text, "holdfast_alarm",
                "1: no good backup for longer than the database may be without one, or the database is missing.");
    append_rows(text, json, "alarms", "holdfast_alarm", database, "raised");
    append_help(text, "holdfast_database_missing", "1: its server does not have the database any more.");
    append_rows(text, json, "alarms", "holdfast_database_missing", database, "missing");
    append_help(text, "holdfast_last_good_backup_seconds", "When the last good backup was made, since 1970.");
    append_rows(text, json, "alarms", "holdfast_last_good_backup_seconds", database, "last_good_s");
    return text;
}

bool hf_metrics_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route, (void)request;
    g_autofree char *text = hf_metrics(api->catalog, error);
    g_autoptr(HfJson) json = text != NULL ? hf_json_parse("the metrics", text, strlen(text), 1000000, error) : NULL;
    if (json == NULL)
        return false;
    hf_response_text(response, "text/plain; version=0.0.4; charset=utf-8", metrics_text(json));
    return true;
}
