/*
 * Three services in a row where the restore is in place: the preflight alone, so that no time is lost on what cannot be
 * done; a backup of what will be replaced; and the restore. The other modes need the last alone.
 */
#include "service/restore.h"

#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/connection_options.h"
#include "cli/key_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/restore_options.h"
#include "cli/scope_options.h"
#include "cli/work.h"
#include "service/backup.h"
#include "service/restore_hold.h"

#include <string.h>
#include <unistd.h>

#define SAFETY_LOCK_WAIT_MS (60 * 1000)

static struct {
    char *from, *to, *mode, *safety;
    gboolean no_verify;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, "The archive; - is standard input", "FILE"},
    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, "The database to make, swap or fill", "CONNINFO"},
    {"mode", 0, 0, G_OPTION_ARG_STRING, &options.mode,
     "swap: load beside the live database, then swap names; new: make it; in-place: replace its content",
     "swap|new|in-place"},
    {"safety", 0, 0, G_OPTION_ARG_FILENAME, &options.safety, "in-place: back up what is replaced into this new file",
     "FILE"},
    {"no-verify", 0, 0, G_OPTION_ARG_NONE, &options.no_verify, "Do not read the whole archive beforehand", NULL},
    {NULL},
};

/* ---- Options -------------------------------------------------------------------------------------------------------
 */

static bool check_mode(HfRestoreMode *mode, GError **error)
{
    static const char *const names[] = {"swap", "new", "in-place", NULL};
    static const HfRestoreMode modes[] = {HF_RESTORE_SWAP, HF_RESTORE_NEW, HF_RESTORE_IN_PLACE};
    unsigned index = 0;
    if (options.mode == NULL)
        return hf_option_fail(error, "--mode is missing: swap (load beside the live database, then swap names; can be "
                                     "undone), new (make a database) or in-place (replace the content)");
    if (!hf_option_choice("--mode", options.mode, names, &index, error))
        return false;
    *mode = modes[index];
    return true;
}

static bool check_safety(HfRestoreMode mode, bool dry_run, GError **error)
{
    bool in_place = mode == HF_RESTORE_IN_PLACE;
    if (!in_place && options.safety != NULL)
        return hf_option_fail(error, "--safety belongs to --mode in-place; the other modes keep the old database");
    if (in_place && options.safety == NULL && !dry_run)
        return hf_option_fail(error,
                              "--safety is missing: --mode in-place cannot be undone, so it names a new file into "
                              "which the database is backed up first");
    if (options.safety == NULL)
        return true;
    if (hf_path_is_stream(options.safety))
        return hf_option_fail(error, "--safety -: the backup must be in a file, to go back to");
    return hf_option_require("--safety", options.safety, "the file to write", error);
}

/* An option that does nothing is a mistake about what the mode does. */
static bool check_foreign(const HfRestoreOptions *restore, GError **error)
{
    if (restore->mode == HF_RESTORE_IN_PLACE && restore->maintenance_db != NULL)
        return hf_option_fail(error, "--maintenance-db does not belong to --mode in-place, which makes no database");
    if (options.safety == NULL && hf_recipients_are_given())
        return hf_option_fail(error, "--recipient, --recipients-file and --unencrypted are for the file that --safety "
                                     "names, and there is none");
    return true;
}

static bool check(HfRestoreOptions *restore, GError **error)
{
    if (!hf_option_require("--from", options.from, "the archive to read", error) ||
        !check_mode(&restore->mode, error) || !hf_restore_from_options(restore, error) ||
        !check_safety(restore->mode, restore->dry_run, error) || !check_foreign(restore, error))
        return false;
    restore->archive_name = hf_path_is_stream(options.from) ? "standard input" : options.from;
    restore->no_verify = options.no_verify;
    restore->patterns = hf_scope_patterns();
    return true;
}

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

/* The command that brings the content of before back; transfer full. */
static char *way_back(void)
{
    g_autofree char *safety = g_shell_quote(options.safety);
    g_autofree char *to = g_shell_quote(options.to);
    g_autofree char *next_path = g_strconcat(options.safety, ".before-going-back", NULL);
    g_autofree char *next = g_shell_quote(next_path);
    g_autofree char *keys = hf_key_options_text();
    return g_strdup_printf("holdfast restore --from %s --to %s --mode in-place --safety %s%s", safety, to, next, keys);
}

static void report_json(HfJsonWriter *json, const HfRestoreOptions *restore, const HfRestoreResult *result)
{
    hf_json_writer_string(json, "file", options.from);
    hf_json_writer_string(json, "mode", options.mode);
    hf_restore_report_json(json, restore, result);
    hf_json_writer_string(json, "safety", options.safety);
}

static void report_text(HfReport *report, const HfRestoreOptions *restore, const HfRestoreResult *result)
{
    hf_restore_report_text(report, "restore", "restored", options.to, restore, result);
    if (restore->mode == HF_RESTORE_IN_PLACE && !restore->dry_run) {
        g_autofree char *command = way_back();
        hf_report_line(report, "to go back: %s", command);
    }
}

static bool report(const HfRestoreOptions *restore, bool ok, const HfRestoreResult *result, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json)
        report_json(&text.json, restore, result);
    else if (ok && !hf_work_is_quiet())
        report_text(&text, restore, result);
    return hf_report_end(&text, ok, error);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool run_restore(HfWork *work, const HfRestoreOptions *restore, const char *job, HfRestoreResult *result,
                        GError **error)
{
    HfProgress *progress = hf_work_begin_job(work, job);
    bool ok = hf_restore(restore, progress, hf_work_cancellable(work), result, error);
    return hf_work_end_job(work, ok, error);
}

static bool write_safety(HfWork *work, const HfRestoreOptions *restore, const HfAgeRecipients *recipients,
                         HfArchiveTarget *target, GError **error)
{
    HfBackupOptions backup = {.source = restore->target,
                              .recipients = recipients,
                              .jobs = restore->jobs,
                              .level = 1,
                              .lock_wait_ms = SAFETY_LOCK_WAIT_MS};
    HfBackupResult done;
    HfProgress *progress = hf_work_begin_job(work, "safety backup");
    bool ok = hf_backup(&backup, hf_archive_target_put(target), progress, hf_work_cancellable(work), &done, error);
    ok = hf_work_end_job(work, ok, error);
    if (ok)
        g_message("the database as it was is in %s", options.safety);
    else
        g_prefix_error(error, "the safety backup failed, and nothing was touched: ");
    return ok;
}

static void add_way_back(GError **error)
{
    if (error == NULL || *error == NULL)
        return;
    g_autofree char *command = way_back();
    g_autofree char *message = (*error)->message;
    (*error)->message =
        g_strdup_printf("%s\nShould anything be wrong with the database, what it held is in %s; to go back: %s",
                        message, options.safety, command);
}

/* From the hold on nobody writes what the safety file would not have. `result` has the preflight's findings. */
static bool hold_and_restore(HfWork *work, HfRestoreOptions *restore, const HfAgeRecipients *recipients,
                             HfArchiveTarget *safety, HfRestoreResult *result, GError **error)
{
    GPtrArray *findings = g_steal_pointer(&result->findings);
    hf_restore_result_clear(result);
    *result = (HfRestoreResult){.findings = findings};
    g_message("locking the tables of %s against writers, who wait until the restore is done",
              hf_pg_target_database(restore->target));
    g_autoptr(HfPg) held = hf_restore_hold(restore->target, hf_work_cancellable(work), error);
    if (held == NULL || !write_safety(work, restore, recipients, safety, error))
        return false;
    HfRestoreResult restored = {0};
    restore->held = held;
    bool ok = run_restore(work, restore, "restore", &restored, error);
    restore->held = NULL;
    g_ptr_array_unref(restored.findings);
    *result = restored;
    result->findings = findings;
    if (!ok)
        add_way_back(error);
    return ok;
}

static bool restore_in_place(HfWork *work, HfRestoreOptions *restore, const HfAgeRecipients *recipients,
                             HfRestoreResult *result, GError **error)
{
    bool only_preflight = restore->dry_run;
    g_autoptr(HfArchiveTarget) safety = NULL;
    /* Also of a dry run the name and the folder are looked at. */
    if (options.safety != NULL &&
        (safety = hf_archive_target_open("--safety", options.safety, HF_EXISTING_REFUSE, error)) == NULL)
        return false;
    restore->dry_run = true;
    bool possible = run_restore(work, restore, "preflight", result, error);
    restore->dry_run = only_preflight;
    return possible && (only_preflight || hold_and_restore(work, restore, recipients, safety, result, error));
}

static bool restore_archive(HfWork *work, HfRestoreOptions *restore, const HfAgeRecipients *recipients, GError **error)
{
    HfRestoreResult result = {0};
    g_autoptr(HfArchiveFile) file = hf_archive_file_open(options.from, hf_work_cancellable(work), error);
    if (file == NULL)
        return false;
    restore->archive = hf_archive_file_reader(file);
    bool ok = restore->mode == HF_RESTORE_IN_PLACE
                  ? restore_in_place(work, restore, recipients, &result, error)
                  : run_restore(work, restore, restore->dry_run ? "preflight" : "restore", &result, error);
    ok = report(restore, ok, &result, error);
    hf_restore_result_clear(&result);
    return ok;
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    HfRestoreOptions restore = {0};
    g_autoptr(HfAgeRecipients) recipients = NULL;
    if (!hf_options_parse(self, arguments, entries, error, hf_restore_options(), hf_identity_options(),
                          hf_connection_options(), hf_recipient_options(false), hf_scope_options(),
                          hf_work_options(HF_WORK_PROGRESS | HF_WORK_JSON), NULL))
        return false;
    g_autoptr(HfPgTarget) target = hf_connection_target("--to", options.to, error);
    bool checked = target != NULL && check(&restore, error) &&
                   (options.safety == NULL || hf_recipients_from_options(&recipients, error));
    g_autoptr(GHashTable) role_map = restore.role_map;
    g_autoptr(HfWork) work = checked ? hf_work_begin(error) : NULL;
    if (work == NULL || !hf_connection_settle_password(&target, hf_work_cancellable(work), error))
        return false;
    restore.target = target;
    return restore_archive(work, &restore, recipients, error);
}

const HfCommand hf_command_restore = {
    .name = "restore",
    .synopsis = "--from FILE --to CONNINFO --mode swap|new|in-place [--identity F]… [--passphrase-file F]",
    .summary = "Restores an archive into a database, proves it, and keeps a way back.",
    .examples =
        "The live database stays as it is until the new one is complete and proved. Encryption options are for\n"
        "the file that --safety names. Exit status 3 says that what was restored differs from the archive.\n\n"
        "Examples:\n"
        "  holdfast restore --from shop.hf --to 'host=db dbname=shop' --mode swap --identity shop.key\n"
        "  holdfast restore --from shop.hf --to 'host=db dbname=shop_test' --mode new --identity shop.key -O\n"
        "  holdfast restore --from shop.hf --to service=shop --mode in-place --safety before.hf \\\n"
        "      --identity shop.key --recipient age1…",
    .run = run,
};
