#include "cli/migrate_to_mssql.h"

#include "base/error.h"
#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/assess_map.h"
#include "cli/connection_options.h"
#include "cli/encrypt_options.h"
#include "cli/mssql_options.h"
#include "cli/options.h"
#include "cli/password.h"
#include "cli/refused_file.h"
#include "cli/report.h"
#include "cli/text.h"
#include "service/mssql_check.h"

#include <string.h>

#define DEFAULT_REFUSED_LIMIT 1000
#define MAX_REFUSED_LIMIT 1000000

static struct {
    char *map, *html, *refused_to, *refused_limit, *master_password;
    gboolean force, test;
} options;

GOptionGroup *hf_mssql_options(void)
{
    static const GOptionEntry entries[] = {
        {"test", 0, 0, G_OPTION_ARG_NONE, &options.test,
         "Only look, step by step, whether it could go there; --from is not needed", NULL},
        {"master-key-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options.master_password,
         "The database's master key, if one is to be made for --encryption-key default, is protected by the first line "
         "of this file",
         "FILE"},
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
    *given = hf_mssql_server() != NULL;
    if (!*given && (hf_mssql_target_rest_is_given() || options.map != NULL || options.html != NULL ||
                    options.refused_to != NULL || options.refused_limit != NULL || options.force || options.test ||
                    options.master_password != NULL || hf_encrypt_options_are_given()))
        return hf_option_fail(error, "--to-database, --to-user, --to-root, --to-any-certificate, --test, "
                                     "--encrypt, --encryption-key, --encryption-certificate, "
                                     "--master-key-password-file, --map, --html, --refused-to, --refused-limit and "
                                     "--force belong to --to-mssql");
    return true;
}

bool hf_mssql_options_test(void)
{
    return options.test;
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

static void text_encryption(HfReport *report, const HfMigrateMssqlResult *result)
{
    const HfMssqlPlan *plan = result->assessment.plan;
    g_autofree char *open = hf_assessment_open_key(&result->assessment);
    if (open == NULL)
        return;
    hf_report_line(report, "encrypted columns are read so: %s;", open);
    for (guint i = 0; i < plan->tables->len; i++) {
        const HfMssqlTable *table = plan->tables->pdata[i];
        if (table->view != NULL)
            hf_report_line(report, "  SELECT * FROM %s;", table->view);
    }
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
                       result->assessment.model->database, bytes, hf_mssql_database(), hf_mssql_server(),
                       result->steps);
        text_encryption(&text, result);
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

/* ---- Test ----------------------------------------------------------------------------------------------------------
 */

static bool report_test(const HfMssqlCheck *check, const HfTdsTarget *target, GError **error)
{
    HfReport text;
    const HfMssqlCheckStep *failed = hf_mssql_check_failed(check);
    if (failed != NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_DATABASE, "%s: %s: %s", hf_tds_target_describe(target),
                    hf_mssql_check_name((HfMssqlCheckName)(failed - check->steps)), failed->detail);
    hf_report_begin(&text, hf_work_wants_json(), failed != NULL && error != NULL ? *error : NULL);
    if (text.is_json) {
        hf_mssql_check_write(check, &text.json);
        return hf_report_end(&text, failed == NULL, error);
    }
    g_autoptr(HfTextTable) list = hf_text_table_new("lll");
    hf_text_table_add(list, (const char *[]){"STEP", "STATE", "WHAT WAS SEEN, AND WHAT TO DO"});
    for (size_t i = 0; i < HF_MSSQL_CHECKS; i++) {
        const HfMssqlCheckStep *step = &check->steps[i];
        hf_text_table_add(list, (const char *[]){hf_mssql_check_name((HfMssqlCheckName)i),
                                                 hf_mssql_check_state(step->state), step->detail});
        if (step->fix != NULL)
            hf_text_table_add(list, (const char *[]){NULL, NULL, step->fix});
    }
    if (!hf_work_is_quiet())
        hf_text_table_print(list, text.text);
    return hf_report_end(&text, failed == NULL, error);
}

bool hf_mssql_test(GError **error)
{
    HfMssqlCheck check;
    HfMssqlKeyChoice key;
    g_autoptr(HfTdsTarget) target = hf_mssql_target_from_options(error);
    g_autoptr(HfWork) work = target != NULL && hf_encrypt_options_key(&key, error) ? hf_work_begin(error) : NULL;
    if (work == NULL || !hf_mssql_settle_password(&target, hf_work_cancellable(work), error))
        return false;
    hf_mssql_check(&(HfMssqlCheckOptions){.target = target, .key = key}, hf_work_cancellable(work), &check);
    bool ok = report_test(&check, target, error);
    hf_mssql_check_clear(&check);
    return ok;
}

/* ---- Files ---------------------------------------------------------------------------------------------------------
 */

/* Rows that an earlier call has put aside are lost to who does not give its file. */
static bool on_kept(const GPtrArray *kept, gpointer data, GError **error)
{
    HfRefusedFile *refused = data;
    uint64_t rows = 0;
    if (refused != NULL)
        return hf_refused_file_keep(refused, kept, error);
    for (guint i = 0; i < kept->len; i++)
        rows += ((const HfKeptPart *)kept->pdata[i])->refused;
    if (rows == 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "an earlier call has put %" G_GUINT64_FORMAT " rows aside: give the --refused-to of that call", rows);
    return false;
}

static bool on_refused(const HfNeutralTable *table, const char *part, const GPtrArray *rows, gpointer data,
                       GError **error)
{
    return hf_refused_file_add(data, table, part, rows, error);
}

static bool on_proved(const HfMigrateMssqlResult *result, gpointer data, GError **error)
{
    (void)result;
    return data == NULL || hf_refused_file_finish(data, error);
}

/* The page is written of a migration that failed, too; its own failure is told if nothing else was. */
static bool finish_files(const HfArchiveTarget *page, HfRefusedFile *refused, bool ok,
                         const HfMigrateMssqlResult *result, GError **error)
{
    if (refused != NULL && !ok && hf_refused_file_unfinished(refused) != NULL)
        g_message("the rows that were put aside so far are in %s, and the same call goes on with them",
                  hf_refused_file_unfinished(refused));
    return write_page(page, result, error) && (refused == NULL || !ok || hf_refused_file_forget(refused, error));
}

static bool open_refused(const HfMigrateMssqlOptions *migrate, HfRefusedFile **refused, GError **error)
{
    if (options.refused_to == NULL)
        return true;
    *refused = hf_refused_file_open(options.refused_to, options.force, hf_tds_target_describe(migrate->target), error);
    return *refused != NULL;
}

static bool migrate_and_report(HfWork *work, HfMigrateMssqlOptions *migrate, GError **error)
{
    HfMigrateMssqlResult result = {0};
    g_autoptr(HfArchiveTarget) page = NULL;
    g_autoptr(HfRefusedFile) refused = NULL;
    if (!hf_archive_target_open_given("--html", options.html, options.force, &page, error) ||
        !open_refused(migrate, &refused, error))
        return false;
    migrate->on_kept = on_kept;
    migrate->on_refused = on_refused;
    migrate->on_proved = on_proved;
    migrate->data = refused;
    HfProgress *progress = hf_work_begin_job(work, "migration");
    bool ok = hf_migrate_mssql(migrate, progress, hf_work_cancellable(work), &result, error);
    ok = hf_work_end_job(work, ok, error);
    bool written = finish_files(page, refused, ok, &result, ok ? error : NULL);
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

/* From an archive it is read in a scratch database. */
static bool open_and_migrate(HfWork *work, HfMigrateMssqlOptions *migrate, const char *archive, GError **error)
{
    if (archive == NULL)
        return migrate_and_report(work, migrate, error);
    g_autoptr(HfArchiveFile) file = hf_archive_file_open(archive, hf_work_cancellable(work), error);
    if (file == NULL)
        return false;
    const HfScratch scratch = {
        .archive = hf_archive_file_reader(file), .server = migrate->assess.source, .jobs = migrate->jobs};
    migrate->assess.scratch = &scratch;
    return migrate_and_report(work, migrate, error);
}

bool hf_migrate_to_mssql(HfMigrateMssqlOptions *migrate, const char *archive, HfPgTarget **source, GError **error)
{
    g_autofree char *map = NULL;
    g_autoptr(HfTdsTarget) target = hf_mssql_target_from_options(error);
    if (target == NULL || !hf_assess_map_read(options.map, &migrate->assess, &map, error) ||
        !hf_encrypt_from_options(&migrate->assess, error) || !read_refused_limit(&migrate->refused_limit, error))
        return false;
    g_autoptr(HfWork) work = hf_work_begin(error);
    if (work == NULL || !hf_connection_settle_password(source, hf_work_cancellable(work), error) ||
        !hf_mssql_settle_password(&target, hf_work_cancellable(work), error))
        return false;
    migrate->assess.source = *source;
    migrate->assess.readings = HF_MIGRATE_MSSQL_READINGS;
    migrate->target = target;
    char *secret = options.master_password != NULL
                       ? hf_password_read_line("--master-key-password-file", options.master_password, error)
                       : NULL;
    if (options.master_password != NULL && secret == NULL)
        return false;
    migrate->master_key_password = secret;
    bool ok = open_and_migrate(work, migrate, archive, error);
    hf_age_secret_free(secret);
    return ok;
}
