#include "service/assess.h"

#include "base/error.h"
#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/assess_map.h"
#include "cli/command.h"
#include "cli/connection_options.h"
#include "cli/encrypt_options.h"
#include "cli/key_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/scope_options.h"
#include "cli/scratch_options.h"
#include "cli/text.h"
#include "cli/work.h"
#include "engine/ends/postgres_awkward.h"

static struct {
    char *from, *to_script, *html, *map, *jobs;
    gboolean force;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_STRING, &options.from, "The database to read, or an archive", "CONNINFO|FILE"},
    HF_JOBS_ENTRY(&options.jobs),
    {"to-script", 0, 0, G_OPTION_ARG_FILENAME, &options.to_script, "Write the complete T-SQL script", "FILE"},
    {"html", 0, 0, G_OPTION_ARG_FILENAME, &options.html, "Write the report as a page to read or print", "FILE"},
    {"map", 0, 0, G_OPTION_ARG_FILENAME, &options.map, "Types and values that you want otherwise, in JSON", "FILE"},
    {"force", 0, 0, G_OPTION_ARG_NONE, &options.force, "Replace files of those names", NULL},
    {NULL},
};

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

static void text_summary(HfReport *report, const HfAssessment *assessment)
{
    g_autofree char *tables = hf_format_count(assessment->model->tables->len);
    g_autofree char *rows = hf_format_count(assessment->rows);
    g_autofree char *bytes = hf_format_bytes(assessment->bytes);
    g_autofree char *time = hf_format_duration(assessment->estimated_s);
    hf_report_line(report, "%s, %s: tables %s, rows %s (%s); moving them takes about %s", assessment->model->database,
                   assessment->model->source, tables, rows, bytes, time);
    hf_report_line(report, "objects: %u same, %u changed, %u left behind",
                   hf_mssql_plan_count(assessment->plan, HF_VERDICT_SAME),
                   hf_mssql_plan_count(assessment->plan, HF_VERDICT_CHANGED),
                   hf_mssql_plan_count(assessment->plan, HF_VERDICT_LEFT));
}

static void text_finding(HfTextTable *list, const HfAssessment *assessment, const HfAwkwardFinding *finding)
{
    const char *inner = finding->column != NULL ? finding->column->name : finding->key;
    g_autofree char *where = g_strdup_printf("%s.%s%s%s", finding->table->schema, finding->table->name,
                                             inner != NULL ? ": " : "", inner != NULL ? inner : "");
    g_autofree char *rows = hf_format_count(finding->rows);
    hf_text_table_add(
        list, (const char *[]){finding->kind, where, rows, finding->first, hf_assessment_choice(assessment, finding)});
}

static void text_findings(HfReport *report, const HfAssessment *assessment)
{
    g_autoptr(HfTextTable) list = hf_text_table_new("llrll");
    if (assessment->findings->len == 0)
        return;
    hf_text_table_add(list, (const char *[]){"VALUES", "WHERE", "ROWS", "FIRST KEY", "CHOICE"});
    for (guint i = 0; i < assessment->findings->len; i++)
        text_finding(list, assessment, assessment->findings->pdata[i]);
    hf_report_line(report, "%s", "");
    hf_text_table_print(list, report->text);
}

static void text_objects(HfReport *report, const HfAssessment *assessment)
{
    g_autoptr(HfTextTable) list = hf_text_table_new("llll");
    hf_text_table_add(list, (const char *[]){"VERDICT", "KIND", "NAME", "WHY"});
    for (int verdict = HF_VERDICT_LEFT; verdict >= HF_VERDICT_CHANGED; verdict--)
        for (guint i = 0; i < assessment->plan->objects->len; i++) {
            const HfMssqlObject *object = assessment->plan->objects->pdata[i];
            if ((int)object->verdict != verdict)
                continue;
            for (guint n = 0; n < object->notes->len; n++)
                hf_text_table_add(list, (const char *[]){n == 0 ? hf_verdict_name(object->verdict) : "",
                                                         n == 0 ? object->kind : "", n == 0 ? object->name : "",
                                                         object->notes->pdata[n]});
        }
    hf_report_line(report, "%s", "");
    hf_text_table_print(list, report->text);
}

static bool report(bool ok, const HfAssessment *assessment, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json && ok) {
        hf_assessment_write(assessment, &text.json);
    } else if (ok && !hf_work_is_quiet()) {
        text_summary(&text, assessment);
        text_findings(&text, assessment);
        text_objects(&text, assessment);
    }
    return hf_report_end(&text, ok, error);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool write_files(const HfAssessment *assessment, const HfArchiveTarget *script, const HfArchiveTarget *html,
                        GError **error)
{
    g_autofree char *sql = hf_mssql_plan_script(assessment->plan, assessment->model);
    g_autofree char *page = hf_assessment_html(assessment);
    return (script == NULL || hf_archive_target_write(script, sql, error)) &&
           (html == NULL || hf_archive_target_write(html, page, error));
}

static bool assess(HfWork *work, const HfAssessOptions *to_do, GError **error)
{
    HfAssessment assessment = {0};
    g_autoptr(HfArchiveTarget) script = NULL;
    g_autoptr(HfArchiveTarget) html = NULL;
    if (!hf_archive_target_open_given("--to-script", options.to_script, options.force, &script, error) ||
        !hf_archive_target_open_given("--html", options.html, options.force, &html, error))
        return false;
    HfProgress *progress = hf_work_begin_job(work, "assess");
    bool ok = hf_assess(to_do, progress, hf_work_cancellable(work), &assessment, error);
    ok = hf_work_end_job(work, ok, error) && write_files(&assessment, script, html, error);
    ok = report(ok, &assessment, error);
    hf_assessment_clear(&assessment);
    return ok;
}

/* By way of a scratch database. */
static bool assess_archive(HfWork *work, HfAssessOptions *to_do, unsigned jobs, GError **error)
{
    g_autoptr(HfArchiveFile) file = hf_archive_file_open(options.from, hf_work_cancellable(work), error);
    if (file == NULL)
        return false;
    const HfScratch scratch = {.archive = hf_archive_file_reader(file), .server = to_do->source, .jobs = jobs};
    to_do->scratch = &scratch;
    return assess(work, to_do, error);
}

/* The database, or a server for the archive. */
static HfPgTarget *find_source(bool is_archive, unsigned *jobs, GError **error)
{
    if (!is_archive && options.jobs != NULL) {
        hf_option_fail(error, "--jobs is for an archive, which is restored first");
        return NULL;
    }
    if (!is_archive)
        return hf_scratch_options_check_none(error) ? hf_connection_target("--from", options.from, error) : NULL;
    if (hf_connection_password_file() != NULL) {
        hf_option_fail(error, "--from %s is an archive: the server's password is in --scratch-password-file",
                       options.from);
        return NULL;
    }
    return hf_option_jobs(options.jobs, jobs, error) ? hf_scratch_target_from_options(options.from, error) : NULL;
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    HfAssessOptions to_do = {0};
    unsigned jobs = 0;
    g_autofree char *map = NULL;
    if (!hf_options_parse(self, arguments, entries, error, hf_identity_options(), hf_scratch_options(),
                          hf_connection_options(), hf_scope_options(), hf_encrypt_options(),
                          hf_work_options(HF_WORK_PROGRESS | HF_WORK_JSON), NULL) ||
        !hf_option_require("--from", options.from, "the database to read, or an archive", error))
        return false;
    if ((options.to_script != NULL && hf_path_is_stream(options.to_script)) ||
        (options.html != NULL && hf_path_is_stream(options.html)))
        return hf_option_fail(error, "--to-script and --html name files; standard output is for the report");
    bool is_archive = hf_path_is_archive(options.from);
    g_autoptr(HfPgTarget) source = find_source(is_archive, &jobs, error);
    if (source == NULL || !hf_assess_map_read(options.map, &to_do, &map, error) ||
        !hf_encrypt_from_options(&to_do, error))
        return false;
    g_autoptr(HfWork) work = hf_work_begin(error);
    if (work == NULL || !hf_connection_settle_password(&source, hf_work_cancellable(work), error))
        return false;
    to_do.source = source;
    to_do.scope = (HfScope){.patterns = hf_scope_patterns()};
    return is_archive ? assess_archive(work, &to_do, jobs, error) : assess(work, &to_do, error);
}

const HfCommand hf_command_assess = {
    .name = "assess",
    .synopsis = "--from CONNINFO|FILE [--scratch CONNINFO] [--to-script FILE.sql] [--html FILE] [--map FILE] [--json]",
    .summary = "Tells what becomes of a database in SQL Server, and writes the T-SQL script.",
    .examples =
        "The database is read in one snapshot and not changed. Every object is the same there, changed, or "
        "left behind;\n"
        "values that SQL Server does not take are counted. docs/migrate-to-sql-server.md has types and map. An\n"
        "archive is restored into a new database of the server that --scratch names, which is dropped after.\n\n"
        "Examples:\n"
        "  holdfast assess --from 'host=db dbname=shop'\n"
        "  holdfast assess --from service=shop --to-script shop.sql --html shop.html --map map.json\n"
        "  holdfast assess --from shop.hf --identity shop.key --scratch 'host=spare dbname=postgres'\n"
        "  holdfast assess --from service=shop --exclude-table 'log.*' --json",
    .run = run,
};
