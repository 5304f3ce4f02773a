/*
 * From a live database: the backup that comes first, made here (after a preflight, so that no time is lost on what
 * cannot be done) or looked at, then the migration. From an archive there is nothing to back up, and the migration is a
 * restore.
 */
#include "service/migrate.h"

#include "base/error.h"
#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/connection_options.h"
#include "cli/encrypt_options.h"
#include "cli/key_options.h"
#include "cli/migrate_to_mssql.h"
#include "cli/mssql_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/restore_options.h"
#include "cli/scope_options.h"
#include "cli/scratch_options.h"
#include "cli/work.h"
#include "service/backup.h"

#include <string.h>

#define DEFAULT_BACKUP_AGE_S 3600
#define DEFAULT_LOCK_WAIT_S 60

static struct {
    char *from, *to, *mode, *others, *from_password_file;
    char *backup_to, *backup, *backup_age, *lock_wait_timeout, *data_format;
    char **exclude_table_data;
    gboolean no_backup;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_STRING, &options.from, "The database to read, or an archive", "CONNINFO|FILE"},
    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, "The database to make or swap", "CONNINFO"},
    {"mode", 0, 0, G_OPTION_ARG_STRING, &options.mode,
     "new: make it; swap: load beside the live database, then swap names", "new|swap"},
    {"backup-to", 0, 0, G_OPTION_ARG_FILENAME, &options.backup_to, "Back up the source into this new file first",
     "FILE"},
    {"backup", 0, 0, G_OPTION_ARG_FILENAME, &options.backup, "This backup of the source, just made, will do", "FILE"},
    {"backup-age", 0, 0, G_OPTION_ARG_STRING, &options.backup_age, "How old it may be (default: 1h)", "TIME"},
    {"no-backup", 0, 0, G_OPTION_ARG_NONE, &options.no_backup, "Do without a backup of the source", NULL},
    {"others", 0, 0, G_OPTION_ARG_STRING, &options.others,
     "While others are connected to the source: refuse (default), go on from the snapshot, or halt them for good",
     "refuse|go-on|halt"},
    {"from-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options.from_password_file,
     "The source's password is the first line of this file", "FILE"},
    {"lock-wait-timeout", 0, 0, G_OPTION_ARG_STRING, &options.lock_wait_timeout,
     "Wait so long for the lock of a table of the source (default: 60s; 0s is for ever)", "TIME"},
    {"exclude-table-data", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.exclude_table_data,
     "These tables without their rows", "PATTERN"},
    {"data-format", 0, 0, G_OPTION_ARG_STRING, &options.data_format,
     "auto: binary where it is safe (default); text: for all tables", "auto|text"},
    {NULL},
};

/* ---- Options -------------------------------------------------------------------------------------------------------
 */

static bool check_mode(HfRestoreMode *mode, GError **error)
{
    static const char *const names[] = {"new", "swap", NULL};
    static const HfRestoreMode modes[] = {HF_RESTORE_NEW, HF_RESTORE_SWAP};
    unsigned index = 0;
    if (options.mode == NULL)
        return hf_option_fail(error, "--mode is missing: new (make the database) or swap (load beside the live "
                                     "database, then swap names; can be undone)");
    if (!hf_option_choice("--mode", options.mode, names, &index, error))
        return false;
    *mode = modes[index];
    return true;
}

/* An archive is a backup already, and nobody writes to it. */
static bool check_of_archive(GError **error)
{
    if (options.backup_to != NULL || options.backup != NULL || options.no_backup || options.others != NULL ||
        options.from_password_file != NULL || options.lock_wait_timeout != NULL || options.data_format != NULL ||
        options.exclude_table_data != NULL || hf_recipients_are_given())
        return hf_option_fail(error,
                              "--from %s is an archive: --backup-to, --backup, --no-backup, --others, "
                              "--from-password-file, --lock-wait-timeout, --data-format, --exclude-table-data and the "
                              "options of encryption are for a live database",
                              options.from);
    return true;
}

static bool check_backup(bool dry_run, GError **error)
{
    int given = (options.backup_to != NULL) + (options.backup != NULL) + options.no_backup;
    if (given > 1)
        return hf_option_fail(error, "--backup-to, --backup and --no-backup exclude each other");
    if (given == 0 && !dry_run)
        return hf_option_fail(error,
                              "a backup of the source comes first: --backup-to names a new file for it, --backup "
                              "one that was just made, and --no-backup does without");
    if (options.backup == NULL && options.backup_age != NULL)
        return hf_option_fail(error, "--backup-age belongs to --backup");
    if (options.backup_to == NULL && hf_recipients_are_given())
        return hf_option_fail(error, "--recipient, --recipients-file and --unencrypted are for the file that "
                                     "--backup-to names, and there is none");
    if (options.backup_to != NULL && hf_path_is_stream(options.backup_to))
        return hf_option_fail(error, "--backup-to -: the backup must be in a file, to go back to");
    return options.backup_to == NULL || hf_option_require("--backup-to", options.backup_to, "the file to write", error);
}

static const char *const others_choices[] = {
    [HF_OTHERS_REFUSE] = "refuse", [HF_OTHERS_GO_ON] = "go-on", [HF_OTHERS_HALT] = "halt", NULL};

static bool check_live(HfMigrateOptions *migrate, uint64_t *backup_age_s, GError **error)
{
    static const char *const formats[] = {"auto", "text", NULL};
    unsigned format = 0, others = HF_OTHERS_REFUSE;
    uint64_t lock_wait_s = DEFAULT_LOCK_WAIT_S;
    *backup_age_s = DEFAULT_BACKUP_AGE_S;
    if (!check_backup(migrate->restore.dry_run, error) ||
        !hf_option_duration("--backup-age", options.backup_age, backup_age_s, error) ||
        !hf_option_duration("--lock-wait-timeout", options.lock_wait_timeout, &lock_wait_s, error) ||
        !hf_option_choice("--others", options.others, others_choices, &others, error) ||
        !hf_option_choice("--data-format", options.data_format, formats, &format, error))
        return false;
    migrate->others = (HfOthers)others;
    migrate->lock_wait_ms = lock_wait_s * 1000;
    migrate->scope =
        (HfScope){.exclude_table_data = (const char *const *)options.exclude_table_data, .force_text = format == 1};
    /* What is chosen comes with all that it needs, which is to be read then; what is excluded need not be readable. */
    HfPatternLists patterns = hf_scope_patterns();
    *(hf_pattern_lists_are_selective(&patterns) ? &migrate->restore.patterns : &migrate->scope.patterns) = patterns;
    return true;
}

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

static bool report(const HfRestoreOptions *restore, bool ok, const HfRestoreResult *result, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json) {
        hf_json_writer_string(&text.json, "from", options.from);
        hf_json_writer_string(&text.json, "mode", options.mode);
        hf_restore_report_json(&text.json, restore, result);
        hf_json_writer_string(&text.json, "backup", options.backup_to != NULL ? options.backup_to : options.backup);
    } else if (ok && !hf_work_is_quiet()) {
        hf_restore_report_text(&text, "migration", "migrated", options.to, restore, result);
    }
    return hf_report_end(&text, ok, error);
}

/* ---- From an archive -----------------------------------------------------------------------------------------------
 */

static bool migrate_archive(HfWork *work, HfRestoreOptions *restore, GError **error)
{
    HfRestoreResult result = {0};
    g_autoptr(HfArchiveFile) file = hf_archive_file_open(options.from, hf_work_cancellable(work), error);
    if (file == NULL)
        return false;
    restore->archive = hf_archive_file_reader(file);
    restore->archive_name = hf_path_is_stream(options.from) ? "standard input" : options.from;
    restore->patterns = hf_scope_patterns();
    HfProgress *progress = hf_work_begin_job(work, restore->dry_run ? "preflight" : "migration");
    bool ok = hf_restore(restore, progress, hf_work_cancellable(work), &result, error);
    ok = report(restore, hf_work_end_job(work, ok, error), &result, error);
    hf_restore_result_clear(&result);
    return ok;
}

/* ---- From a live database ------------------------------------------------------------------------------------------
 */

static bool run_migration(HfWork *work, const HfMigrateOptions *migrate, HfRestoreResult *result, GError **error)
{
    HfProgress *progress = hf_work_begin_job(work, migrate->restore.dry_run ? "preflight" : "migration");
    bool ok = hf_migrate(migrate, progress, hf_work_cancellable(work), result, error);
    return hf_work_end_job(work, ok, error);
}

static bool look_at_backup(HfWork *work, const HfMigrateOptions *migrate, uint64_t max_age_s, GError **error)
{
    g_autoptr(HfArchiveFile) file = hf_archive_file_open(options.backup, hf_work_cancellable(work), error);
    if (file == NULL)
        return false;
    HfProgress *progress = hf_work_begin_job(work, "verify");
    bool ok = hf_migrate_check_backup(migrate->source, hf_archive_file_reader(file), max_age_s, migrate->restore.jobs,
                                      progress, hf_work_cancellable(work), error);
    ok = hf_work_end_job(work, ok, error);
    if (!ok)
        g_prefix_error(error, "%s: ", options.backup);
    return ok;
}

static bool write_backup(HfWork *work, const HfMigrateOptions *migrate, const HfAgeRecipients *recipients,
                         HfArchiveTarget *target, GError **error)
{
    HfBackupOptions backup = {.source = migrate->source,
                              .recipients = recipients,
                              .jobs = migrate->restore.jobs,
                              .level = 1,
                              .lock_wait_ms = migrate->lock_wait_ms};
    HfBackupResult done;
    HfProgress *progress = hf_work_begin_job(work, "backup");
    bool ok = hf_backup(&backup, hf_archive_target_put(target), progress, hf_work_cancellable(work), &done, error);
    ok = hf_work_end_job(work, ok, error);
    if (ok)
        g_message("the source is backed up in %s", options.backup_to);
    else
        g_prefix_error(error, "the backup of the source failed, and nothing was touched: ");
    return ok;
}

/* Nothing of it is kept: the migration makes its own. */
static bool preflight(HfWork *work, const HfMigrateOptions *migrate, HfRestoreResult *result, GError **error)
{
    HfMigrateOptions looks = *migrate;
    looks.restore.dry_run = true;
    if (!run_migration(work, &looks, result, error))
        return false;
    hf_restore_result_clear(result);
    *result = (HfRestoreResult){0};
    return true;
}

static bool preflight_and_back_up(HfWork *work, const HfMigrateOptions *migrate, const HfAgeRecipients *recipients,
                                  HfRestoreResult *result, GError **error)
{
    g_autoptr(HfArchiveTarget) target =
        hf_archive_target_open("--backup-to", options.backup_to, HF_EXISTING_REFUSE, error);
    if (target == NULL || migrate->restore.dry_run)
        return target != NULL;
    return preflight(work, migrate, result, error) && write_backup(work, migrate, recipients, target, error);
}

static bool migrate_live(HfWork *work, HfMigrateOptions *migrate, const HfAgeRecipients *recipients,
                         uint64_t backup_age_s, GError **error)
{
    HfRestoreResult result = {0};
    bool ok = options.backup_to != NULL ? preflight_and_back_up(work, migrate, recipients, &result, error)
              : options.backup != NULL  ? look_at_backup(work, migrate, backup_age_s, error)
                                        : true;
    bool looks = (options.backup_to != NULL || migrate->others == HF_OTHERS_HALT) && !migrate->restore.dry_run;
    if (ok && looks && options.backup_to == NULL) /* nothing is halted for what cannot be done */
        ok = preflight(work, migrate, &result, error);
    if (ok && looks)
        migrate->restore.on_finding = NULL; /* told already */
    ok = ok && run_migration(work, migrate, &result, error);
    ok = report(&migrate->restore, ok, &result, error);
    hf_restore_result_clear(&result);
    return ok;
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool run_live(HfMigrateOptions *migrate, HfPgTarget **target, GError **error)
{
    uint64_t backup_age_s;
    g_autoptr(HfAgeRecipients) recipients = NULL;
    g_autoptr(HfPgTarget) source =
        hf_connection_target_with("--from", options.from, "--from-password-file", options.from_password_file, error);
    bool checked = source != NULL && check_live(migrate, &backup_age_s, error) &&
                   (options.backup_to == NULL || hf_recipients_from_options(&recipients, error));
    g_autoptr(HfWork) work = checked ? hf_work_begin(error) : NULL;
    if (work == NULL || !hf_connection_settle_password(&source, hf_work_cancellable(work), error) ||
        !hf_connection_settle_password(target, hf_work_cancellable(work), error))
        return false;
    migrate->source = source;
    migrate->restore.target = *target;
    return migrate_live(work, migrate, recipients, backup_age_s, error);
}

static bool run_archive(HfRestoreOptions *restore, HfPgTarget **target, GError **error)
{
    g_autoptr(HfWork) work = check_of_archive(error) ? hf_work_begin(error) : NULL;
    if (work == NULL || !hf_connection_settle_password(target, hf_work_cancellable(work), error))
        return false;
    restore->target = *target;
    return migrate_archive(work, restore, error);
}

/* An archive is read in a scratch database, where nobody else is at work. */
static bool check_of_scratch(GError **error)
{
    if (options.others != NULL || options.from_password_file != NULL)
        return hf_option_fail(
            error, "--from %s is an archive: --others and --from-password-file are for a live database", options.from);
    return true;
}

/* An empty database is filled, and nothing else is touched: there is nothing to swap and nothing to go back to. */
static bool run_mssql(GError **error)
{
    HfMigrateMssqlOptions migrate = {0};
    unsigned others = HF_OTHERS_REFUSE;
    uint64_t lock_wait_s = DEFAULT_LOCK_WAIT_S;
    if (options.to != NULL || options.mode != NULL || options.backup_to != NULL || options.backup != NULL ||
        options.backup_age != NULL || options.no_backup || options.data_format != NULL ||
        options.exclude_table_data != NULL || hf_recipients_are_given())
        return hf_option_fail(error, "--to, --mode, --backup-to, --backup, --backup-age, --no-backup, --data-format, "
                                     "--exclude-table-data and the options of encryption do not go with --to-mssql");
    bool is_archive = hf_path_is_archive(options.from);
    if ((is_archive && !check_of_scratch(error)) || !hf_restore_options_jobs_alone(&migrate.jobs, error) ||
        !hf_option_duration("--lock-wait-timeout", options.lock_wait_timeout, &lock_wait_s, error) ||
        !hf_option_choice("--others", options.others, others_choices, &others, error))
        return false;
    migrate.others = (HfOthers)others;
    migrate.lock_wait_ms = lock_wait_s * 1000;
    migrate.assess.scope = (HfScope){.patterns = hf_scope_patterns()};
    g_autoptr(HfPgTarget) source = is_archive
                                       ? hf_scratch_target_from_options(options.from, error)
                                       : hf_connection_target_with("--from", options.from, "--from-password-file",
                                                                   options.from_password_file, error);
    return source != NULL && (is_archive || hf_scratch_options_check_none(error)) &&
           hf_migrate_to_mssql(&migrate, is_archive ? options.from : NULL, &source, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    HfMigrateOptions migrate = {0};
    bool into_mssql;
    if (!hf_options_parse(self, arguments, entries, error, hf_restore_options(), hf_identity_options(),
                          hf_connection_options(), hf_recipient_options(false), hf_scope_options(),
                          hf_scratch_options(), hf_mssql_target_options(), hf_mssql_options(), hf_encrypt_options(),
                          hf_work_options(HF_WORK_PROGRESS | HF_WORK_JSON), NULL))
        return false;
    if (!hf_mssql_options_check(&into_mssql, error))
        return false;
    if (into_mssql && hf_mssql_options_test())
        return hf_mssql_test(error);
    if (!hf_option_require("--from", options.from, "the database to read, or an archive", error))
        return false;
    if (into_mssql)
        return run_mssql(error);
    if (!hf_scratch_options_check_none(error))
        return false;
    g_autoptr(HfPgTarget) target = hf_connection_target("--to", options.to, error);
    if (target == NULL || !check_mode(&migrate.restore.mode, error) ||
        !hf_restore_from_options(&migrate.restore, error))
        return false;
    g_autoptr(GHashTable) role_map = migrate.restore.role_map;
    return hf_path_is_archive(options.from) ? run_archive(&migrate.restore, &target, error)
                                            : run_live(&migrate, &target, error);
}

const HfCommand hf_command_migrate = {
    .name = "migrate",
    .synopsis = "--from CONNINFO|FILE --to CONNINFO --mode new|swap (--backup-to FILE | --backup FILE | --no-backup)",
    .summary = "Moves a database to another server or version, proves it, and keeps a way back.",
    .examples =
        "The source is only read, in one snapshot. --password-file and the like are for the target; of the source\n"
        "there is --from-password-file. Encryption options are for the file that --backup-to names. Exit status 3\n"
        "says that what was migrated differs from the source.\n\n"
        "Examples:\n"
        "  holdfast migrate --from 'host=old dbname=shop' --to 'host=new dbname=shop' --mode new \\\n"
        "      --backup-to shop.hf --recipient age1…\n"
        "  holdfast migrate --from service=shop --to 'host=new dbname=shop' --mode swap --backup shop.hf \\\n"
        "      --identity shop.key --others go-on\n"
        "  holdfast migrate --from shop.hf --identity shop.key --scratch 'host=spare dbname=postgres' \\\n"
        "      --to-mssql sql --to-database shop --to-user mover --password-file mover.txt",
    .run = run,
};
