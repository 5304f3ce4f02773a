#include "cli/migrate_to_mssql.h"

#include "base/error.h"
#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/assess_map.h"
#include "cli/connection_options.h"
#include "cli/options.h"
#include "cli/password.h"
#include "cli/report.h"
#include "cli/text.h"

#define DEFAULT_REFUSED_LIMIT 1000
#define MAX_REFUSED_LIMIT 1000000

static struct {
    char *server, *database, *user, *root, *map, *html, *refused_to, *refused_limit;
    gboolean any_certificate, force;
} options;

GOptionGroup *hf_mssql_options(void)
{
    static const GOptionEntry entries[] = {
        {"to-mssql", 0, 0, G_OPTION_ARG_STRING, &options.server, "Into SQL Server: host, host:port or host\\INSTANCE",
         "SERVER"},
        {"to-database", 0, 0, G_OPTION_ARG_STRING, &options.database, "The empty database there", "NAME"},
        {"to-user", 0, 0, G_OPTION_ARG_STRING, &options.user, "The login there; DOMAIN\\user for one of Windows",
         "NAME"},
        {"to-root", 0, 0, G_OPTION_ARG_FILENAME, &options.root,
         "The certificate that signs the server's, in PEM (default: those of the system)", "FILE"},
        {"to-any-certificate", 0, 0, G_OPTION_ARG_NONE, &options.any_certificate,
         "Encrypt, but send password and rows to whoever answers: its certificate is not looked at", NULL},
        {"map", 0, 0, G_OPTION_ARG_FILENAME, &options.map, "Types and values that you want otherwise, in JSON", "FILE"},
        {"html", 0, 0, G_OPTION_ARG_FILENAME, &options.html, "Write the report as a page to read or print", "FILE"},
        {"refused-to", 0, 0, G_OPTION_ARG_FILENAME, &options.refused_to,
         "Put rows that SQL Server refuses into this file, and go on (default: stop at the first)", "FILE"},
        {"refused-limit", 0, 0, G_OPTION_ARG_STRING, &options.refused_limit, "So many of them (default: 1000)",
         "NUMBER"},
        {"force", 0, 0, G_OPTION_ARG_NONE, &options.force, "Replace files of those names", NULL},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("mssql", "Into SQL Server:", "Into SQL Server", NULL, NULL);
    g_option_group_add_entries(group, entries);
    return group;
}

bool hf_mssql_options_check(bool *given, GError **error)
{
    *given = options.server != NULL;
    if (!*given && (options.database != NULL || options.user != NULL || options.root != NULL || options.map != NULL ||
                    options.html != NULL || options.refused_to != NULL || options.refused_limit != NULL ||
                    options.any_certificate || options.force))
        return hf_option_fail(error, "--to-database, --to-user, --to-root, --to-any-certificate, --map, --html, "
                                     "--refused-to, --refused-limit and --force belong to --to-mssql");
    return true;
}

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

static void text_left(HfReport *report, const HfMigrateMssqlResult *result)
{
    const HfMssqlPlan *plan = result->assessment.plan;
    guint left = hf_mssql_plan_count(plan, HF_VERDICT_LEFT);
    if (left == 0)
        return;
    g_autoptr(HfTextTable) list = hf_text_table_new("lll");
    hf_report_line(report, "left behind: %u", left);
    hf_text_table_add(list, (const char *[]){"KIND", "NAME", "WHY"});
    for (guint i = 0; i < plan->objects->len; i++) {
        const HfMssqlObject *object = plan->objects->pdata[i];
        if (object->verdict == HF_VERDICT_LEFT)
            hf_text_table_add(list, (const char *[]){object->kind, object->name,
                                                     object->notes->len > 0 ? object->notes->pdata[0] : ""});
    }
    hf_text_table_print(list, report->text);
}

static bool report(bool ok, const HfMigrateMssqlResult *result, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json) {
        hf_migrate_mssql_write(result, &text.json);
    } else if (ok && !hf_work_is_quiet()) {
        g_autofree char *bytes = hf_format_bytes(result->bytes);
        hf_report_line(&text, "%s", result->line);
        hf_report_line(&text, "migrated %s (%s) into %s of %s; %u steps after the rows",
                       result->assessment.model->database, bytes, options.database, options.server, result->steps);
        text_left(&text, result);
    }
    return hf_report_end(&text, ok, error);
}

static bool write_page(const HfArchiveTarget *target, const HfMigrateMssqlResult *result, GError **error)
{
    if (target == NULL || result->assessment.plan == NULL)
        return true;
    g_autofree char *page = hf_migrate_mssql_html(result);
    return hf_archive_target_write(target, page, error);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static HfTdsTarget *target_from_options(GError **error)
{
    HfTdsTargetOptions to = {.server = options.server,
                             .database = options.database,
                             .user = options.user,
                             .root_file = options.root,
                             .any_certificate = options.any_certificate};
    if (!hf_option_require("--to-database", options.database, "the empty database there", error) ||
        !hf_option_require("--to-user", options.user, "the login there", error))
        return NULL;
    if (options.root != NULL && options.any_certificate) {
        hf_option_fail(error, "--to-root and --to-any-certificate exclude each other");
        return NULL;
    }
    HfTdsTarget *target = hf_tds_target_new(&to, error);
    if (target == NULL)
        g_prefix_error(error, "--to-mssql: ");
    return target;
}

static bool settle_password(HfTdsTarget **target, GCancellable *cancellable, GError **error)
{
    const char *file = hf_connection_password_file();
    g_autofree char *prompt = g_strdup_printf("Password for %s", hf_tds_target_describe(*target));
    char *secret = file != NULL ? hf_password_read_line("--password-file", file, error)
                                : hf_password_ask(prompt, "--password-file", cancellable, error);
    if (secret == NULL)
        return false;
    HfTdsTarget *complete = hf_tds_target_with_password(*target, secret);
    hf_age_secret_free(secret);
    hf_tds_target_free(*target);
    *target = complete;
    return true;
}

/* One row that was refused: an object on a line of its own. */
static bool write_refused(const HfNeutralTable *table, const HfMssqlRefused *row, gpointer data, GError **error)
{
    HfJsonWriter json;
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
    HfStoragePut *put = hf_archive_target_put(data);
    hf_json_writer_init(&json, line);
    hf_json_writer_begin_object(&json, NULL);
    hf_json_writer_string(&json, "table", name);
    hf_json_writer_string(&json, "key", row->key);
    hf_json_writer_string(&json, "reason", row->reason);
    hf_json_writer_string(&json, "row", row->line);
    hf_json_writer_end_object(&json);
    g_string_append_c(line, '\n');
    return hf_output_write(&put->output, line->str, line->len, error);
}

/* Both files are written of a migration that failed, too; their own failure is told if nothing else was. */
static bool finish_files(const HfArchiveTarget *page, const HfArchiveTarget *refused,
                         const HfMigrateMssqlResult *result, GError **error)
{
    return write_page(page, result, error) &&
           (refused == NULL || hf_storage_put_commit(hf_archive_target_put(refused), error));
}

static bool migrate_and_report(HfWork *work, HfMigrateMssqlOptions *migrate, GError **error)
{
    HfMigrateMssqlResult result = {0};
    g_autoptr(HfArchiveTarget) page = NULL;
    g_autoptr(HfArchiveTarget) refused = NULL;
    if (!hf_archive_target_open_given("--html", options.html, options.force, &page, error) ||
        !hf_archive_target_open_given("--refused-to", options.refused_to, options.force, &refused, error))
        return false;
    migrate->on_refused = write_refused;
    migrate->data = refused;
    HfProgress *progress = hf_work_begin_job(work, "migration");
    bool ok = hf_migrate_mssql(migrate, progress, hf_work_cancellable(work), &result, error);
    ok = hf_work_end_job(work, ok, error);
    bool written = finish_files(page, refused, &result, ok ? error : NULL);
    ok = report(ok && written, &result, error);
    hf_migrate_mssql_result_clear(&result);
    return ok;
}

/* Without a file there is nowhere to put a row: the first ends it. */
static bool read_refused_limit(guint *limit, GError **error)
{
    uint64_t number = options.refused_to != NULL ? DEFAULT_REFUSED_LIMIT : 0;
    if (options.refused_limit != NULL && options.refused_to == NULL)
        return hf_option_fail(error, "--refused-limit belongs to --refused-to");
    if (!hf_option_number("--refused-limit", options.refused_limit, 1, MAX_REFUSED_LIMIT, &number, error))
        return false;
    *limit = (guint)number;
    return true;
}

bool hf_migrate_to_mssql(HfMigrateMssqlOptions *migrate, HfPgTarget **source, GError **error)
{
    g_autofree char *map = NULL;
    g_autoptr(HfTdsTarget) target = target_from_options(error);
    if (target == NULL || !hf_assess_map_read(options.map, &migrate->assess, &map, error) ||
        !read_refused_limit(&migrate->refused_limit, error))
        return false;
    g_autoptr(HfWork) work = hf_work_begin(error);
    if (work == NULL || !hf_connection_settle_password(source, hf_work_cancellable(work), error) ||
        !settle_password(&target, hf_work_cancellable(work), error))
        return false;
    migrate->assess.source = *source;
    migrate->assess.readings = HF_MIGRATE_MSSQL_READINGS;
    migrate->target = target;
    return migrate_and_report(work, migrate, error);
}
