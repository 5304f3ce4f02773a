/*
 * A live database into another one. First of all a backup of the source is there: one that is named is looked at; else,
 * after a preflight, so that no time is lost on what cannot be done, one is made and registered. Then the migration
 * loads beside what is live, as a restore does. (Into SQL Server there is no such beside: migrate_into_mssql.c.)
 *
 * Services of the source that are halted stay so from the moment on in which its databases may have got their name
 * (closed_source.h).
 *
 * The job's step is the name of the backup's file while that is written, then "loading", then which database is about
 * to get its name (naming_step.h). So an attempt that follows a dead one makes no second backup, and begins the load
 * again unless it was all done.
 */
#include "base/error.h"
#include "catalog/restore_table.h"
#include "service/request_body.h"
#include "service/request_migrate.h"
#include "service/restore_preflight.h"
#include "worker/closed_source.h"
#include "worker/kept_copy.h"
#include "worker/migrate_into_mssql.h"
#include "worker/migration_plan.h"
#include "worker/naming_step.h"
#include "worker/restore_plan.h"
#include "worker/safety_backup.h"

#include <string.h>

#define STEP_LOADING "loading"

typedef struct {
    HfJobRun *run;
    HfMigrationPlan plan;
    HfClosedSource closed;
    HfRestoreResult result;
    HfSafety safety;
    HfSafetyBackup file;
} Migrate;

/* ---- The backup before ---------------------------------------------------------------------------------------------
 */

static HfBackupRow *write_backup(const Migrate *self, GError **error)
{
    HfJobRun *run = self->run;
    g_autoptr(GPtrArray) keys = hf_backup_writer_keys(run, error);
    if (keys == NULL)
        return NULL;
    const HfBackupTask task = {.database = self->plan.source.database,
                               .storage_id = hf_body_text(run->request, 0, "storage_id"),
                               .folder = hf_body_text(run->request, 0, "folder"),
                               .prefix = "before-migration-",
                               .type = "safety",
                               .keys = keys,
                               .is_step = true,
                               .options = {.source = self->plan.source.target,
                                           .jobs = self->plan.jobs,
                                           .level = 1,
                                           .lock_wait_ms = self->plan.lock_wait_ms}};
    hf_progress_set_phase(run->progress, "backing up the source");
    return hf_backup_writer_run(run, &task, error);
}

/* Registered at once: it is there whatever becomes of the migration. */
static bool make_backup(const Migrate *self, GError **error)
{
    const HfJobRun *run = self->run;
    const HfJobRow *job = run->job;
    g_autoptr(HfBackupRow) row = write_backup(self, error);
    if (row == NULL || !hf_catalog_begin(run->catalog, error))
        return false;
    g_autofree char *id = NULL;
    if (hf_job_set_step(run->catalog, job->id, job->attempt, STEP_LOADING, error) &&
        (id = hf_backup_insert(run->catalog, job->organization, row, error)) != NULL &&
        hf_catalog_commit(run->catalog, error)) {
        g_message("the source is backed up in %s", row->path);
        return true;
    }
    hf_catalog_rollback(run->catalog);
    return false;
}

static bool preflight(Migrate *self, GError **error)
{
    HfRestoreResult *result = &self->result;
    HfMigrateOptions options = self->plan.into_postgres;
    options.restore.dry_run = true;
    if (!hf_migrate(&options, self->run->progress, self->run->cancellable, result, error))
        return false;
    hf_restore_result_clear(result);
    *result = (HfRestoreResult){0};
    return true;
}

static bool look_at_backup(const Migrate *self, GError **error)
{
    HfJobRun *run = self->run;
    const HfMigrationPlan *plan = &self->plan;
    uint64_t age_s = hf_body_number(run->request, 0, "backup_age_s", HF_MIGRATE_BACKUP_AGE_S);
    g_autoptr(HfBackupRow) backup = hf_backup_get(run->catalog, run->job->organization, run->job->backup_id, error);
    g_autoptr(HfBackupFile) file = backup != NULL ? hf_backup_file_open(run, backup, error) : NULL;
    if (file == NULL)
        return false;
    hf_progress_set_phase(run->progress, "looking at the backup");
    if (hf_migrate_check_backup(plan->source.target, hf_backup_file_reader(file), age_s, plan->jobs, NULL,
                                run->cancellable, error))
        return true;
    g_prefix_error(error, "%s: ", backup->name);
    return false;
}

/* Whether an attempt before this one had come to the load. */
static bool is_loading(const HfJobRow *job)
{
    return *job->step != '\0' && !g_str_has_suffix(job->step, ".hf");
}

static bool settle_backup(Migrate *self, GError **error)
{
    const HfJobRun *run = self->run;
    const HfJobRow *job = run->job;
    if (is_loading(job))
        return true;
    if (hf_body_text(run->request, 0, "backup_id") == NULL &&
        g_strcmp0(hf_body_text(run->request, 0, "backup"), "none") != 0)
        return preflight(self, error) && make_backup(self, error);
    return (job->backup_id == NULL || look_at_backup(self, error)) &&
           (self->plan.others != HF_OTHERS_HALT || preflight(self, error)) && /* nothing is halted for nothing */
           hf_job_set_step(run->catalog, job->id, job->attempt, STEP_LOADING, error);
}

/* ---- The migration -------------------------------------------------------------------------------------------------
 */

/* HfSafetyBackup.find_keys */
static GPtrArray *find_keys(gpointer run, GError **error)
{
    return hf_backup_writer_keys(run, error);
}

/* Where the backup of the source is. */
static void init_safety(Migrate *self)
{
    HfJobRun *run = self->run;
    self->file = (HfSafetyBackup){.run = run,
                                  .database = self->plan.replaced,
                                  .options = &self->plan.into_postgres.restore,
                                  .storage_id = hf_body_text(run->request, 0, "storage_id"),
                                  .folder = hf_body_text(run->request, 0, "folder"),
                                  .prefix = "before-replacement-",
                                  .step = STEP_LOADING,
                                  .find_keys = find_keys,
                                  .data = run};
    self->safety = hf_safety_backup_when(&self->file);
}

/* HfRestoreOptions.before_swap */
static bool before_swap(const char *incoming, gpointer data, GError **error)
{
    Migrate *self = data;
    return (self->safety != HF_SAFETY_BEFORE || hf_safety_backup_before(&self->file, error)) &&
           hf_naming_step_note(self->run, &self->plan.into_postgres.restore, incoming, error) &&
           hf_closed_source_note(&self->closed, true, error);
}

static bool migrate(Migrate *self, GError **error)
{
    HfJobRun *run = self->run;
    HfMigrateOptions *options = &self->plan.into_postgres;
    bool done = false;
    options->restore.before_swap = before_swap;
    options->restore.swap_data = self;
    if (self->plan.others == HF_OTHERS_HALT)
        options->keeper = &self->closed.keeper;
    if (is_loading(run->job) && !hf_naming_step_follow(run, &options->restore, &self->result, &done, error))
        return false;
    if (done)
        return true;
    if (!hf_closed_source_note(&self->closed, false, error) || !settle_backup(self, error))
        return false;
    options->restore.on_finding = hf_finding_log;
    bool ok = hf_migrate(options, run->progress, run->cancellable, &self->result, error);
    if (!ok && !self->result.in_doubt)
        self->closed.is_moved = false;
    return ok;
}

/* That of the target, if it is registered. Transfer full. */
static char *find_registered(const Migrate *self)
{
    const HfMigrationPlan *plan = &self->plan;
    if (plan->replaced != NULL)
        return g_strdup(plan->replaced->id);
    g_autoptr(HfDatabaseRow) found =
        hf_database_by_name(self->run->catalog, plan->server->id, hf_pg_target_database(plan->target), NULL);
    return found != NULL ? g_strdup(found->id) : NULL;
}

static char *write_result(const Migrate *self)
{
    const HfRestoreResult *result = &self->result;
    g_autofree char *registered = find_registered(self);
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "target", "postgresql");
    hf_json_writer_string(&writer, "mode", hf_body_text(self->run->request, 0, "mode"));
    hf_json_writer_string(&writer, "database", result->database);
    hf_json_writer_string(&writer, "target_database_id", registered);
    hf_restore_plan_write_result(&writer, result, self->file.path);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

static bool into_postgres(Migrate *self, GError **error)
{
    HfRestoreResult *result = &self->result;
    init_safety(self);
    bool ok = migrate(self, error);
    if (ok && self->safety == HF_SAFETY_AFTER && result->kept != NULL)
        hf_safety_backup_after(&self->file, result->kept);
    self->run->result = write_result(self);
    if (ok && result->kept != NULL)
        g_message("what was live is kept as %s until %s", result->kept, result->kept_until);
    hf_restore_result_clear(result);
    g_free(self->file.path);
    return ok;
}

bool hf_job_run_migrate(HfJobRun *run, GError **error)
{
    Migrate self = {.run = run};
    bool halts = false;
    bool ok = hf_migration_plan_open(&self.plan, run, error);
    if (ok && self.plan.others == HF_OTHERS_HALT)
        ok = halts = hf_closed_source_begin(&self.closed, run, &self.plan.source, error);
    ok = ok && (self.plan.target != NULL ? into_postgres(&self, error)
                                         : hf_migrate_into_mssql(&self.plan, run, &self.closed, error));
    if (halts)
        hf_closed_source_end(&self.closed);
    hf_migration_plan_close(&self.plan);
    return ok;
}

bool hf_job_record_migrate(HfJobRun *run, GError **error)
{
    g_autoptr(HfJson) request =
        hf_json_parse("the request", run->job->request, strlen(run->job->request), 100000, error);
    if (request == NULL || !hf_safety_backup_record(run, error))
        return false;
    const char *replaced = hf_body_text(request, 0, "target_database_id");
    if (hf_body_text(request, 0, "mode") == NULL)
        return true;
    if (replaced != NULL)
        return hf_kept_copy_record_of(run, replaced, error) &&
               hf_database_note_missing(run->catalog, replaced, false, error);
    const char *const names[] = {hf_body_text(request, 0, "database_name"), NULL};
    return hf_database_note_found(run->catalog, hf_body_text(request, 0, "server_id"), names, error);
}
