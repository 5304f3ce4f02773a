#include "service/verify.h"

#include "base/error.h"
#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/connection_options.h"
#include "cli/key_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/work.h"

#include <unistd.h>

static struct {
    char *from, *against, *restore_to, *jobs;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, "The archive; - is standard input", "FILE"},
    {"against", 0, 0, G_OPTION_ARG_STRING, &options.against, "Compare its rows with those of this database",
     "CONNINFO"},
    {"restore-to", 0, 0, G_OPTION_ARG_STRING, &options.restore_to,
     "Restore it on this server into a new database, prove that, drop it", "CONNINFO"},
    HF_JOBS_ENTRY(&options.jobs),
    {NULL},
};

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

static void report_json(HfJsonWriter *json, const HfVerifyResult *result, double seconds)
{
    hf_json_writer_string(json, "file", options.from);
    hf_json_writer_uint64(json, "tables", result->tables);
    hf_json_writer_uint64(json, "rows", result->rows);
    hf_json_writer_uint64(json, "raw_bytes", result->raw_bytes);
    hf_json_writer_fixed(json, "elapsed_s", seconds, 3);
    hf_json_writer_begin_array(json, "differences");
    for (guint i = 0; result->differences != NULL && i < result->differences->len; i++) {
        const HfDifference *difference = result->differences->pdata[i];
        hf_json_writer_break(json);
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "table", difference->table);
        hf_json_writer_string(json, "what", difference->what);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

static void report_differences(HfReport *report, const HfVerifyResult *result)
{
    for (guint i = 0; result->differences != NULL && i < result->differences->len; i++) {
        const HfDifference *difference = result->differences->pdata[i];
        hf_report_line(report, "%s: %s", difference->table, difference->what);
    }
}

static void report_proved(HfReport *report, const HfVerifyResult *result, double seconds)
{
    g_autofree char *tables = hf_format_count(result->tables);
    g_autofree char *rows = hf_format_count(result->rows);
    g_autofree char *raw = hf_format_bytes(result->raw_bytes);
    g_autofree char *time = hf_format_duration(seconds);
    hf_report_line(report, "%s is whole: %s table%s with %s row%s (%s) are those of its manifest; %s",
                   hf_path_is_stream(options.from) ? "standard input" : options.from, tables,
                   result->tables == 1 ? "" : "s", rows, result->rows == 1 ? "" : "s", raw, time);
    if (options.against != NULL)
        hf_report_line(report, "the database holds the same rows");
    if (options.restore_to != NULL)
        hf_report_line(report, "a restore of it gave the same rows");
}

static bool report(bool ok, const HfVerifyResult *result, double seconds, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json)
        report_json(&text.json, result, seconds);
    else if (!ok)
        report_differences(&text, result);
    else if (!hf_work_is_quiet())
        report_proved(&text, result, seconds);
    return hf_report_end(&text, ok, error);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool verify(HfWork *work, HfVerifyOptions *verify, GError **error)
{
    HfVerifyResult result = {0};
    GCancellable *cancellable = hf_work_cancellable(work);
    g_autoptr(GTimer) timer = g_timer_new();
    g_autoptr(HfArchiveFile) file = hf_archive_file_open(options.from, cancellable, error);
    if (file == NULL)
        return false;
    verify->archive = hf_archive_file_reader(file);
    HfProgress *progress = hf_work_begin_job(work, "verify");
    bool ok = hf_verify(verify, progress, cancellable, &result, error);
    ok = hf_work_end_job(work, ok, error);
    ok = report(ok, &result, g_timer_elapsed(timer, NULL), error);
    hf_verify_result_clear(&result);
    return ok;
}

/* NULL without an error if the option was not given. */
static HfPgTarget *optional_target(const char *name, const char *conninfo, GError **error)
{
    return conninfo != NULL ? hf_connection_target(name, conninfo, error) : NULL;
}

static bool check(HfVerifyOptions *verify, GError **error)
{
    if (!hf_option_require("--from", options.from, "the archive to read", error) ||
        !hf_option_jobs(options.jobs, &verify->jobs, error))
        return false;
    return options.against == NULL || options.restore_to == NULL ||
           hf_option_fail(error, "--against and --restore-to exclude each other");
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    HfVerifyOptions to_do = {0};
    if (!hf_options_parse(self, arguments, entries, error, hf_identity_options(), hf_connection_options(),
                          hf_work_options(HF_WORK_PROGRESS | HF_WORK_JSON), NULL) ||
        !check(&to_do, error))
        return false;
    g_autoptr(HfPgTarget) against = optional_target("--against", options.against, error);
    g_autoptr(HfPgTarget) restore_to = optional_target("--restore-to", options.restore_to, error);
    if ((against == NULL) != (options.against == NULL) || (restore_to == NULL) != (options.restore_to == NULL))
        return false;
    g_autoptr(HfWork) work = hf_work_begin(error);
    if (work == NULL ||
        (against != NULL && !hf_connection_settle_password(&against, hf_work_cancellable(work), error)) ||
        (restore_to != NULL && !hf_connection_settle_password(&restore_to, hf_work_cancellable(work), error)))
        return false;
    to_do.against = against;
    to_do.restore_to = restore_to;
    return verify(work, &to_do, error);
}

const HfCommand hf_command_verify = {
    .name = "verify",
    .synopsis = "--from FILE [--against CONNINFO | --restore-to CONNINFO] [--identity F]… [--passphrase-file F]",
    .summary = "Proves that an archive is whole, that a database holds the same rows, or that it can be restored.",
    .examples = "Exit status 3 says that the data differ; the tables that do are listed.\n\n"
                "Examples:\n"
                "  holdfast verify --from shop.hf --identity shop.key\n"
                "  holdfast verify --from shop.hf --identity shop.key --against 'host=db dbname=shop'\n"
                "  holdfast verify --from shop.hf --identity shop.key --restore-to 'host=spare dbname=postgres'",
    .run = run,
};
