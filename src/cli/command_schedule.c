/* Schedules: what is backed up by itself. */
#include "base/error.h"
#include "catalog/key_table.h"
#include "catalog/schedule_table.h"
#include "catalog/server_table.h"
#include "catalog/storage_table.h"
#include "cli/admin.h"
#include "cli/options.h"
#include "service/request_backup.h"
#include "service/schedule_save.h"

static struct {
    char *name, *rename, *description, *every, *cron, *time_zone, *starts_at, *server, *pattern, *storage, *folder,
        *prefix, *keep_count, *keep_days, *pool;
    char **databases, **keys;
    gboolean inactive;
} options;

static const GOptionEntry entries[] = {
    {"name", 0, 0, G_OPTION_ARG_STRING, &options.name, "The schedule", "NAME"},
    {"rename", 0, 0, G_OPTION_ARG_STRING, &options.rename, "change: another name", "NAME"},
    {"description", 0, 0, G_OPTION_ARG_STRING, &options.description, "What it is for", "TEXT"},
    {"every", 0, 0, G_OPTION_ARG_STRING, &options.every, "Run so often", "TIME"},
    {"cron", 0, 0, G_OPTION_ARG_STRING, &options.cron, "Run by a cron expression", "EXPRESSION"},
    {"time-zone", 0, 0, G_OPTION_ARG_STRING, &options.time_zone, "Of the cron expression", "ZONE"},
    {"starts-at", 0, 0, G_OPTION_ARG_STRING, &options.starts_at, "Not before, as 2030-01-31T12:00:00Z", "MOMENT"},
    {"database", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.databases, "This database; may be repeated", "NAME"},
    {"server", 0, 0, G_OPTION_ARG_STRING, &options.server, "The server of the databases", "NAME"},
    {"database-pattern", 0, 0, G_OPTION_ARG_STRING, &options.pattern, "All of the server that match, new ones included",
     "PATTERN"},
    {"storage", 0, 0, G_OPTION_ARG_STRING, &options.storage, "Where the files go", "NAME"},
    {"folder", 0, 0, G_OPTION_ARG_STRING, &options.folder, "A folder in the storage", "FOLDER"},
    {"prefix", 0, 0, G_OPTION_ARG_STRING, &options.prefix, "What names of files begin with", "TEXT"},
    {"key", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.keys, "Encrypt to this key; may be repeated", "NAME"},
    {"keep-count", 0, 0, G_OPTION_ARG_STRING, &options.keep_count, "Keep so many backups, or none: no bound", "NUMBER"},
    {"keep-days", 0, 0, G_OPTION_ARG_STRING, &options.keep_days, "Keep them so long, or none: no bound", "NUMBER"},
    {"pool", 0, 0, G_OPTION_ARG_STRING, &options.pool, "The workers that run it (default: the server's)", "NAME"},
    {"inactive", 0, 0, G_OPTION_ARG_NONE, &options.inactive, "add: do not run it by itself yet", NULL},
    {NULL},
};

static bool list(HfAdmin *admin, GError **error)
{
    static const HfAdminColumn columns[] = {{"NAME", "name"},
                                            {"ACTIVE", "is_active"},
                                            {"EVERY S", "interval_s"},
                                            {"CRON", "cron"},
                                            {"LAST RUN", "last_run_at"},
                                            {"NEXT RUN", "next_run_at"},
                                            {NULL}};
    return hf_admin_list(admin, &hf_noun_schedule, NULL, columns, error);
}

static char *find(HfAdmin *admin, GError **error)
{
    return hf_admin_find(admin, &hf_noun_schedule, "--name", options.name, error);
}

/* ---- Saving --------------------------------------------------------------------------------------------------------
 */

/* One way of the two: the other one is no more. */
static bool fill_times(HfAdminBody *body, GError **error)
{
    uint64_t seconds = 0;
    if (options.every != NULL && options.cron != NULL)
        return hf_option_fail(error, "--every and --cron exclude each other");
    if (!hf_option_duration("--every", options.every, &seconds, error))
        return false;
    if (options.every != NULL) {
        hf_json_writer_uint64(&body->json, "interval_s", seconds);
        hf_json_writer_string(&body->json, "cron", NULL);
    } else if (options.cron != NULL) {
        hf_json_writer_string(&body->json, "interval_s", NULL);
        hf_json_writer_string(&body->json, "cron", options.cron);
    }
    hf_admin_body_text(body, "time_zone", options.time_zone);
    hf_admin_body_text(body, "starts_at", options.starts_at);
    return true;
}

/* NULL: by the name alone, whatever the server. */
static char *find_database(HfAdmin *admin, const char *server, const char *name, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (server == NULL)
        return hf_noun_find(admin->catalog, &hf_noun_database, admin->organization, name, error);
    g_autoptr(HfDatabaseRow) row = hf_database_by_name(admin->catalog, server, name, &reason);
    if (row != NULL)
        return g_strdup(row->id);
    if (reason != NULL)
        g_propagate_error(error, g_steal_pointer(&reason));
    else
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the server %s has no registered database \"%s\"",
                    options.server, name);
    return NULL;
}

static bool fill_named(HfAdmin *admin, HfAdminBody *body, const char *server, GError **error)
{
    hf_json_writer_string(&body->json, "server_id", NULL);
    hf_json_writer_string(&body->json, "database_pattern", NULL);
    hf_json_writer_begin_array(&body->json, "database_ids");
    for (char **name = options.databases; *name != NULL; name++) {
        g_autofree char *id = find_database(admin, server, *name, error);
        if (id == NULL)
            return false;
        hf_json_writer_string(&body->json, NULL, id);
    }
    hf_json_writer_end_array(&body->json);
    return true;
}

static bool fill_databases(HfAdmin *admin, HfAdminBody *body, GError **error)
{
    if (options.databases != NULL && options.pattern != NULL)
        return hf_option_fail(error, "--database and --database-pattern exclude each other");
    if (options.pattern != NULL && options.server == NULL)
        return hf_option_fail(error, "--database-pattern is for the databases of one server: name it by --server");
    g_autofree char *server =
        options.server != NULL ? hf_admin_find(admin, &hf_noun_server, "--server", options.server, error) : NULL;
    if (options.server != NULL && server == NULL)
        return false;
    if (options.databases != NULL)
        return fill_named(admin, body, server, error);
    if (options.pattern != NULL) {
        hf_json_writer_string(&body->json, "server_id", server);
        hf_json_writer_string(&body->json, "database_pattern", options.pattern);
        hf_json_writer_begin_array(&body->json, "database_ids");
        hf_json_writer_end_array(&body->json);
    }
    return true;
}

static bool fill_place(HfAdmin *admin, HfAdminBody *body, GError **error)
{
    if (options.storage != NULL) {
        g_autofree char *id = hf_admin_find(admin, &hf_noun_storage, "--storage", options.storage, error);
        if (id == NULL)
            return false;
        hf_admin_body_text(body, "storage_id", id);
    }
    hf_admin_body_text(body, "folder", options.folder);
    hf_admin_body_text(body, "prefix", options.prefix);
    if (options.keys == NULL)
        return true;
    hf_json_writer_begin_array(&body->json, "key_ids");
    for (char **name = options.keys; *name != NULL; name++) {
        g_autofree char *id = hf_admin_find(admin, &hf_noun_key, "--key", *name, error);
        if (id == NULL)
            return false;
        hf_json_writer_string(&body->json, NULL, id);
    }
    hf_json_writer_end_array(&body->json);
    return true;
}

static bool fill(HfAdmin *admin, HfAdminBody *body, const char *name, GError **error)
{
    hf_admin_body_begin(body);
    hf_admin_body_text(body, "name", name);
    hf_admin_body_text(body, "description", options.description);
    hf_admin_body_text(body, "pool", options.pool);
    if (options.inactive)
        hf_json_writer_bool(&body->json, "is_active", false);
    return fill_times(body, error) && fill_databases(admin, body, error) && fill_place(admin, body, error) &&
           hf_admin_body_number(body, "--keep-count", "keep_count", options.keep_count, error) &&
           hf_admin_body_number(body, "--keep-days", "keep_days", options.keep_days, error);
}

static bool settle(HfAdmin *admin, const char *id, GError **error)
{
    return hf_schedule_settle(admin->catalog, admin->organization, id, options.keys != NULL, error);
}

static bool save(HfAdmin *admin, const char *id, HfAdminBody *body, const char *done, GError **error)
{
    g_autofree char *saved = hf_admin_save(admin, &hf_noun_schedule, id, options.name, body, settle, error);
    return saved != NULL && hf_admin_tell_done(admin, &hf_noun_schedule, saved, done, NULL, NULL, error);
}

static bool add(HfAdmin *admin, GError **error)
{
    g_auto(HfAdminBody) body = {0};
    return hf_option_require("--name", options.name, "the new schedule", error) &&
           fill(admin, &body, options.name, error) && save(admin, NULL, &body, "added", error);
}

static bool change(HfAdmin *admin, GError **error)
{
    g_auto(HfAdminBody) body = {0};
    g_autofree char *id = find(admin, error);
    return id != NULL && fill(admin, &body, options.rename, error) && save(admin, id, &body, "changed", error);
}

static bool set_active(HfAdmin *admin, bool active, const char *done, GError **error)
{
    g_auto(HfAdminBody) body = {0};
    g_autofree char *id = find(admin, error);
    if (id == NULL)
        return false;
    hf_admin_body_begin(&body);
    hf_json_writer_bool(&body.json, "is_active", active);
    return save(admin, id, &body, done, error);
}

static bool enable(HfAdmin *admin, GError **error)
{
    return set_active(admin, true, "enabled", error);
}

static bool disable(HfAdmin *admin, GError **error)
{
    return set_active(admin, false, "disabled", error);
}

static bool remove_schedule(HfAdmin *admin, GError **error)
{
    return hf_admin_remove(admin, &hf_noun_schedule, options.name, error);
}

/* ---- Running -------------------------------------------------------------------------------------------------------
 */

static bool run_now(HfAdmin *admin, GError **error)
{
    HfRequester requester = {.catalog = admin->catalog,
                             .queue = admin->queue,
                             .sealer = admin->sealer,
                             .organization = admin->organization,
                             .actor = admin->actor};
    g_autofree char *id = find(admin, error);
    if (id == NULL)
        return false;
    g_autofree char *answer = hf_request_run(&requester, hf_request_schedule_run, id, NULL, HF_JSON_NONE, error);
    return answer != NULL && hf_admin_tell("run", answer, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    static const HfAdminVerb verbs[] = {
        {"list", list},     {"add", add},         {"change", change}, {"remove", remove_schedule},
        {"enable", enable}, {"disable", disable}, {"run", run_now},   {NULL}};
    return hf_admin_run(self, arguments, entries, verbs, NULL, error);
}

const HfCommand hf_command_schedule = {
    .name = "schedule",
    .synopsis = "list|add|change|remove|enable|disable|run [--name NAME]",
    .summary = "What the service backs up by itself, when, where to, and how long it keeps the files.",
    .examples =
        "\"disable\" stops it from running by itself, \"run\" makes its jobs now, \"remove\" leaves its backups.\n\n"
        "Examples:\n"
        "  holdfast schedule add --name nightly --cron '0 3 * * *' --time-zone Europe/Berlin \\\n"
        "      --server main --database-pattern '*' --storage disk --key main --keep-count 14\n"
        "  holdfast schedule run --name nightly",
    .run = run,
};
