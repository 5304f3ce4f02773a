#include "service/backup.h"

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
    char *from, *to;
    gboolean force;
    char *jobs, *compress, *lock_wait_timeout, *data_format;
    char **exclude_table_data;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_STRING, &options.from, "The database: a libpq connection string or URI", "CONNINFO"},
    {"to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "The new file; - is standard output", "FILE"},
    {"force", 0, 0, G_OPTION_ARG_NONE, &options.force, "Replace a file of that name, once the new one is complete",
     NULL},
    HF_JOBS_ENTRY(&options.jobs),
    {"compress", 'Z', 0, G_OPTION_ARG_STRING, &options.compress, "Level of zstd, 1 to 22 (default: 1)", "LEVEL"},
    {"lock-wait-timeout", 0, 0, G_OPTION_ARG_STRING, &options.lock_wait_timeout,
     "Wait so long for a table's lock (default: 60s; 0s is for ever)", "TIME"},
    {"exclude-table-data", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.exclude_table_data,
     "These tables without their rows", "PATTERN"},
    {"data-format", 0, 0, G_OPTION_ARG_STRING, &options.data_format,
     "auto: binary where it is safe (default); text: for all tables", "auto|text"},
    {NULL},
};

static bool check(HfBackupOptions *backup, GError **error)
{
    static const char *const formats[] = {"auto", "text", NULL};
    unsigned format = 0;
    uint64_t level = 1, lock_wait_s = 60;
    if (!hf_option_require("--to", options.to, "the file to write", error) ||
        !hf_option_jobs(options.jobs, &backup->jobs, error) ||
        !hf_option_number("--compress", options.compress, 1, 22, &level, error) ||
        !hf_option_duration("--lock-wait-timeout", options.lock_wait_timeout, &lock_wait_s, error) ||
        !hf_option_choice("--data-format", options.data_format, formats, &format, error))
        return false;
    backup->level = (int)level;
    backup->lock_wait_ms = lock_wait_s * 1000;
    backup->scope = (HfScope){.patterns = hf_scope_patterns(),
                              .exclude_table_data = (const char *const *)options.exclude_table_data,
                              .force_text = format == 1};
    return true;
}

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

static void report_json(HfJsonWriter *json, const HfBackupResult *result, double seconds)
{
    hf_json_writer_string(json, "file", options.to);
    hf_json_writer_uint64(json, "tables", result->tables);
    hf_json_writer_uint64(json, "large_objects", result->large_objects);
    hf_json_writer_uint64(json, "rows", result->rows);
    hf_json_writer_uint64(json, "raw_bytes", result->raw_bytes);
    hf_json_writer_uint64(json, "archive_bytes", result->archive_bytes);
    hf_json_writer_fixed(json, "elapsed_s", seconds, 3);
}

static void report_text(HfReport *report, const HfBackupResult *result, double seconds)
{
    g_autofree char *tables = hf_format_count(result->tables);
    g_autofree char *rows = hf_format_count(result->rows);
    g_autofree char *objects = hf_format_count(result->large_objects);
    g_autofree char *raw = hf_format_bytes(result->raw_bytes);
    g_autofree char *size = hf_format_bytes(result->archive_bytes);
    g_autofree char *time = hf_format_duration(seconds);
    hf_report_line(report, "%s: %s of rows in %s, from %s table%s with %s row%s%s%s%s, in %s",
                   hf_path_is_stream(options.to) ? "standard output" : options.to, raw, size, tables,
                   result->tables == 1 ? "" : "s", rows, result->rows == 1 ? "" : "s",
                   result->large_objects > 0 ? " and " : "", result->large_objects > 0 ? objects : "",
                   result->large_objects > 0 ? " large objects" : "", time);
}

static bool report(bool ok, const HfBackupResult *result, double seconds, GError **error)
{
    HfReport text;
    bool json = hf_work_wants_json();
    hf_report_begin(&text, json, ok || error == NULL ? NULL : *error);
    if (json && ok)
        report_json(&text.json, result, seconds);
    else if (ok && !hf_work_is_quiet())
        report_text(&text, result, seconds);
    return hf_report_end(&text, ok, error);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool back_up(HfWork *work, const HfBackupOptions *backup, GError **error)
{
    HfBackupResult result = {0};
    g_autoptr(GTimer) timer = g_timer_new();
    g_autoptr(HfArchiveTarget) target =
        hf_archive_target_open("--to", options.to, options.force ? HF_EXISTING_REPLACE : HF_EXISTING_ASK_FORCE, error);
    if (target == NULL)
        return false;
    g_autofree char *buffers = hf_format_bytes(hf_backup_buffer_bytes(backup->jobs, backup->level));
    g_info("%u job%s, up to %s of buffers", backup->jobs, backup->jobs == 1 ? "" : "s", buffers);
    HfProgress *progress = hf_work_begin_job(work, "backup");
    bool ok = hf_backup(backup, hf_archive_target_put(target), progress, hf_work_cancellable(work), &result, error);
    ok = hf_work_end_job(work, ok, error);
    if (ok && result.tables == 0 && hf_scope_is_selective(&backup->scope))
        g_warning("no table's rows were asked for: the file holds definitions alone");
    return report(ok, &result, g_timer_elapsed(timer, NULL), error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    HfBackupOptions backup = {0};
    g_autoptr(HfAgeRecipients) recipients = NULL;
    if (!hf_options_parse(self, arguments, entries, error, hf_connection_options(), hf_recipient_options(true),
                          hf_scope_options(), hf_work_options(HF_WORK_PROGRESS | HF_WORK_JSON), NULL))
        return false;
    /* Standard output is for the archive if that goes there. */
    if (options.to != NULL && hf_path_is_stream(options.to))
        hf_report_set_fd(STDERR_FILENO);
    g_autoptr(HfPgTarget) source = hf_connection_target("--from", options.from, error);
    if (source == NULL || !check(&backup, error) || !hf_recipients_from_options(&recipients, error))
        return false;
    g_autoptr(HfWork) work = hf_work_begin(error);
    if (work == NULL || !hf_connection_settle_password(&source, hf_work_cancellable(work), error))
        return false;
    backup.source = source;
    backup.recipients = recipients;
    return back_up(work, &backup, error);
}

const HfCommand hf_command_backup = {
    .name = "backup",
    .synopsis =
        "--from CONNINFO --to FILE (--recipient AGE… | --recipients-file F | --passphrase-file F | --unencrypted)",
    .summary = "Backs up a database into one file, with the row count and digest of every table.",
    .examples =
        "Patterns are those of pg_dump: * and ? are wildcards, a dot parts schema and table, double quotes keep\n"
        "capital letters. The file has its name only when it is complete.\n\n"
        "Examples:\n"
        "  holdfast backup --from 'host=db user=app dbname=shop' --to shop.hf --recipient age1…\n"
        "  holdfast backup --from postgresql://app@db/shop --to - --passphrase-file pw | ssh vault 'cat >shop.hf'\n"
        "  holdfast backup --from service=shop --to shop.hf --recipients-file team.txt --exclude-table-data log.*",
    .run = run,
};
