#include "service/verify.h"

#include "base/error.h"
#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/connection_options.h"
#include "cli/key_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/scope_options.h"
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

static const char *name_of_archive(void)
{
    return hf_path_is_stream(options.from) ? "standard input" : options.from;
}

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

static void json_notes(HfJsonWriter *json, const char *key, const GPtrArray *notes)
{
    hf_json_writer_begin_array(json, key);
    for (guint i = 0; notes != NULL && i < notes->len; i++) {
        const HfDifference *note = notes->pdata[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "table", note->table);
        hf_json_writer_string(json, "what", note->what);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

static void report_json(HfJsonWriter *json, const HfVerifyOptions *verify, const HfVerifyResult *result, double seconds)
{
    hf_json_writer_string(json, "file", options.from);
    hf_json_writer_string(json, "against", verify->against != NULL ? hf_pg_target_describe(verify->against) : NULL);
    hf_json_writer_string(json, "restored_to",
                          verify->restore_to != NULL ? hf_pg_target_server(verify->restore_to) : NULL);
    hf_json_writer_uint64(json, "tables", result->tables);
    hf_json_writer_uint64(json, "rows", result->rows);
    hf_json_writer_uint64(json, "raw_bytes", result->raw_bytes);
    hf_json_writer_fixed(json, "elapsed_s", seconds, 3);
    json_notes(json, "differences", result->differences);
    json_notes(json, "not_compared", result->not_compared);
}

static void report_notes(HfReport *report, const char *label, const GPtrArray *notes)
{
    for (guint i = 0; notes != NULL && i < notes->len; i++) {
        const HfDifference *note = notes->pdata[i];
        hf_report_line(report, "%s: %s%s", note->table, label, note->what);
    }
}

static void report_whole(HfReport *report, const HfVerifyResult *result, double seconds)
{
    g_autofree char *tables = hf_format_count(result->tables);
    g_autofree char *rows = hf_format_count(result->rows);
    g_autofree char *raw = hf_format_bytes(result->raw_bytes);
    g_autofree char *time = hf_format_duration(seconds);
    hf_report_line(report, "%s is whole: %s table%s with %s row%s (%s) are those of its manifest; %s",
                   name_of_archive(), tables, result->tables == 1 ? "" : "s", rows, result->rows == 1 ? "" : "s", raw,
                   time);
}

static void report_proved(HfReport *report, const HfVerifyOptions *verify, const HfVerifyResult *result, double seconds)
{
    report_whole(report, result, seconds);
    report_notes(report, "not compared: ", result->not_compared);
    if (verify->against != NULL)
        hf_report_line(report, "%s holds %s; indexes and sequence values were not compared",
                       hf_pg_target_describe(verify->against),
                       result->not_compared->len > 0 ? "the same rows in all other tables"
                                                     : "the same tables and rows");
    if (verify->restore_to != NULL)
        hf_report_line(report,
                       "it was restored into a new database at %s, every row was read back and compared, and "
                       "the database was dropped",
                       hf_pg_target_server(verify->restore_to));
}

static bool report(bool ok, const HfVerifyOptions *verify, const HfVerifyResult *result, double seconds, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json)
        report_json(&text.json, verify, result, seconds);
    else if (!ok)
        report_notes(&text, "", result->differences);
    else if (!hf_work_is_quiet())
        report_proved(&text, verify, result, seconds);
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
    verify->archive_name = name_of_archive();
    HfProgress *progress = hf_work_begin_job(work, "verify");
    bool ok = hf_verify(verify, progress, cancellable, &result, error);
    if (!ok && error != NULL && g_error_matches(*error, HF_ERROR, HF_ERROR_CORRUPT))
        g_prefix_error(error, "%s: ", name_of_archive());
    ok = hf_work_end_job(work, ok, error);
    ok = report(ok, verify, &result, g_timer_elapsed(timer, NULL), error);
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
    verify->patterns = hf_scope_patterns();
    if (hf_pattern_lists_given(&verify->patterns) && options.against == NULL && options.restore_to == NULL)
        return hf_option_fail(error, "patterns belong to --against or --restore-to; the archive is verified whole");
    return options.against == NULL || options.restore_to == NULL ||
           hf_option_fail(error, "--against and --restore-to exclude each other");
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    HfVerifyOptions to_do = {0};
    if (!hf_options_parse(self, arguments, entries, error, hf_identity_options(), hf_connection_options(),
                          hf_scope_options(), hf_work_options(HF_WORK_PROGRESS | HF_WORK_JSON), NULL) ||
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
    .examples =
        "Exit status 3 says that the data differ; the tables that do are listed. --restore-to names a server: the\n"
        "database in it is not touched.\n\n"
        "Examples:\n"
        "  holdfast verify --from shop.hf --identity shop.key\n"
        "  holdfast verify --from shop.hf --identity shop.key --against 'host=db dbname=shop'\n"
        "  holdfast verify --from shop.hf --identity shop.key --restore-to 'host=spare dbname=postgres'",
    .run = run,
};
