/* Servers whose databases are backed up. */
#include "base/error.h"
#include "catalog/server_table.h"
#include "cli/admin.h"
#include "cli/options.h"
#include "cli/password.h"
#include "cli/work.h"
#include "service/probe.h"

static struct {
    char *name, *rename, *host, *port, *username, *password_file, *tls_mode, *tls_root, *maintenance_db, *pool,
        *max_jobs;
    char **databases;
} options;

static const GOptionEntry entries[] = {
    {"name", 0, 0, G_OPTION_ARG_STRING, &options.name, "The server", "NAME"},
    {"rename", 0, 0, G_OPTION_ARG_STRING, &options.rename, "change: another name", "NAME"},
    {"host", 0, 0, G_OPTION_ARG_STRING, &options.host, "A host's name or address", "HOST"},
    {"port", 0, 0, G_OPTION_ARG_STRING, &options.port, "Its port (default: 5432)", "NUMBER"},
    {"username", 0, 0, G_OPTION_ARG_STRING, &options.username, "The role to connect as", "NAME"},
    {"server-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options.password_file,
     "That role's password is the first line of this file", "FILE"},
    {"tls-mode", 0, 0, G_OPTION_ARG_STRING, &options.tls_mode, "As libpq's sslmode", "MODE"},
    {"tls-root", 0, 0, G_OPTION_ARG_FILENAME, &options.tls_root, "The root certificate, as PEM", "FILE"},
    {"maintenance-db", 0, 0, G_OPTION_ARG_STRING, &options.maintenance_db, "Connect here to look at databases", "NAME"},
    {"pool", 0, 0, G_OPTION_ARG_STRING, &options.pool, "The workers that serve it (default: default)", "NAME"},
    {"max-jobs", 0, 0, G_OPTION_ARG_STRING, &options.max_jobs, "Jobs at a time, 1 to 100", "NUMBER"},
    {"database", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.databases, "register: this database alone; may be repeated",
     "NAME"},
    {NULL},
};

static bool list(HfAdmin *admin, GError **error)
{
    static const HfAdminColumn columns[] = {{"NAME", "name"},
                                            {"HOST", "host"},
                                            {"PORT", "port"},
                                            {"USER", "username"},
                                            {"POOL", "pool"},
                                            {"CHECK", "check"},
                                            {NULL}};
    return hf_admin_list(admin, &hf_noun_server, NULL, columns, error);
}

/* ---- Saving --------------------------------------------------------------------------------------------------------
 */

/* The text of a file that an option names, under `member`. */
static bool body_file(HfAdminBody *body, const char *member, char *text)
{
    hf_admin_body_text(body, member, text);
    hf_age_secret_free(text);
    return text != NULL;
}

static bool fill(HfAdminBody *body, const char *name, GError **error)
{
    hf_admin_body_begin(body);
    hf_admin_body_text(body, "name", name);
    hf_admin_body_text(body, "host", options.host);
    hf_admin_body_text(body, "username", options.username);
    hf_admin_body_text(body, "tls_mode", options.tls_mode);
    hf_admin_body_text(body, "maintenance_db", options.maintenance_db);
    hf_admin_body_text(body, "pool", options.pool);
    return (options.host == NULL || hf_probe_check_host(options.host, error)) &&
           (options.password_file == NULL ||
            body_file(body, "password",
                      hf_password_read_line("--server-password-file", options.password_file, error))) &&
           (options.tls_root == NULL ||
            body_file(body, "tls_root", hf_password_read_public("--tls-root", options.tls_root, error))) &&
           hf_admin_body_number(body, "--port", "port", options.port, error) &&
           hf_admin_body_number(body, "--max-jobs", "max_jobs", options.max_jobs, error);
}

/* Tests it, and tells how that went with the rest. */
static bool probe(HfAdmin *admin, const char *id, GError **error)
{
    if (!hf_probe_server(admin->catalog, admin->configuration, admin->sealer, admin->organization, id, error))
        return false;
    g_autofree char *json = hf_noun_get(admin->catalog, &hf_noun_server, admin->organization, id, NULL, error);
    return json != NULL && hf_admin_tell("server", json, error);
}

static bool add(HfAdmin *admin, GError **error)
{
    g_auto(HfAdminBody) body = {0};
    if (!hf_option_require("--name", options.name, "the new server", error) || !fill(&body, options.name, error))
        return false;
    g_autofree char *id = hf_admin_save(admin, &hf_noun_server, NULL, options.name, &body, NULL, error);
    return id != NULL && probe(admin, id, error);
}

static char *find(HfAdmin *admin, GError **error)
{
    return hf_admin_find(admin, &hf_noun_server, "--name", options.name, error);
}

static bool change(HfAdmin *admin, GError **error)
{
    g_auto(HfAdminBody) body = {0};
    g_autofree char *id = find(admin, error);
    if (id == NULL || !fill(&body, options.rename, error))
        return false;
    g_autofree char *saved = hf_admin_save(admin, &hf_noun_server, id, options.name, &body, NULL, error);
    return saved != NULL && probe(admin, id, error);
}

static bool test(HfAdmin *admin, GError **error)
{
    g_autofree char *id = find(admin, error);
    return id != NULL && probe(admin, id, error);
}

static bool remove_server(HfAdmin *admin, GError **error)
{
    return hf_admin_remove(admin, &hf_noun_server, options.name, error);
}

/* ---- Its databases -------------------------------------------------------------------------------------------------
 */

static GPtrArray *found_names(HfAdmin *admin, const char *id, GError **error)
{
    g_autoptr(GPtrArray) found =
        hf_probe_databases(admin->catalog, admin->configuration, admin->sealer, admin->organization, id, error);
    if (found == NULL)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(names, g_strdup(((const HfFoundDatabase *)found->pdata[i])->name));
    g_ptr_array_add(names, NULL);
    return names;
}

static bool check_wanted(const GPtrArray *found, GError **error)
{
    for (char **name = options.databases; name != NULL && *name != NULL; name++)
        if (!g_strv_contains((const char *const *)found->pdata, *name)) {
            g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the server has no database \"%s\"", *name);
            return false;
        }
    return true;
}

static bool tell_registered(unsigned added, const char *const *names, GError **error)
{
    HfReport report;
    hf_report_begin(&report, hf_work_wants_json(), NULL);
    if (report.is_json) {
        hf_json_writer_uint64(&report.json, "added", added);
        hf_json_writer_begin_array(&report.json, "databases");
        for (; *names != NULL; names++)
            hf_json_writer_string(&report.json, NULL, *names);
        hf_json_writer_end_array(&report.json);
    } else {
        hf_report_line(&report, "%u new", added);
        for (; *names != NULL; names++)
            hf_report_line(&report, "registered: %s", *names);
    }
    return hf_report_end(&report, true, error);
}

static bool register_databases(HfAdmin *admin, GError **error)
{
    unsigned added = 0;
    g_autofree char *id = find(admin, error);
    g_autoptr(GPtrArray) found = id != NULL ? found_names(admin, id, error) : NULL;
    if (found == NULL || !check_wanted(found, error) || !hf_catalog_begin(admin->catalog, error))
        return false;
    const char *const *names =
        (const char *const *)(options.databases != NULL ? (gpointer)options.databases : (gpointer)found->pdata);
    bool done = hf_database_register(admin->catalog, admin->organization, id, names, admin->actor, &added, error);
    g_autofree char *detail = g_strdup_printf("%u new", added);
    return hf_admin_end(admin, "server.register", id, options.name, detail, done, error) &&
           tell_registered(added, names, error);
}

static bool list_databases(HfAdmin *admin, GError **error)
{
    static const HfAdminColumn columns[] = {
        {"NAME", "name"}, {"SERVER", "server_name"}, {"LAST GOOD BACKUP", "last_good_at"}, {"ALARM", "alarm"}, {NULL}};
    g_autofree char *id = options.name != NULL ? find(admin, error) : NULL;
    const char *const filters[] = {"server_id", id, NULL};
    if (options.name != NULL && id == NULL)
        return false;
    return hf_admin_list(admin, &hf_noun_database, id != NULL ? filters : NULL, columns, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    static const HfAdminVerb verbs[] = {{"list", list},
                                        {"add", add},
                                        {"change", change},
                                        {"remove", remove_server},
                                        {"test", test},
                                        {"register", register_databases},
                                        {"databases", list_databases},
                                        {NULL}};
    return hf_admin_run(self, arguments, entries, verbs, NULL, error);
}

const HfCommand hf_command_server = {
    .name = "server",
    .synopsis = "list|add|change|remove|test|register|databases [--name NAME]",
    .summary = "PostgreSQL servers that the service backs up, and their databases.",
    .examples = "A server is tested when it is saved; the answer says how that went. \"register\" asks it for its\n"
                "databases and takes them into the catalog; \"databases\" lists those.\n\n"
                "Examples:\n"
                "  holdfast server add --name main --host db --username backup --server-password-file pw\n"
                "  holdfast server register --name main",
    .run = run,
};
