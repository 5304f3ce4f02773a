/*
 * A backup is loaded and proved beside the live database, while services run; then they are halted for the moment in
 * which the two swap names. Which database is about to get its name is the job's step, by its OID: so an attempt that
 * follows a dead one sees whether it got it, also where nothing had the name before or nothing of that is kept, and
 * otherwise removes what was loaded and starts over. The live database is never missing.
 *
 * In place there is nothing beside: writers are held off, what they wrote is backed up to a file, services are halted,
 * and one transaction replaces the content. Its number is the job's step, by which the server tells the attempt that
 * follows a dead one whether it was committed.
 */
#include "base/error.h"
#include "service/request_body.h"
#include "service/restore_hold.h"
#include "service/restore_preflight.h"
#include "worker/halt.h"
#include "worker/kept_copy.h"
#include "worker/naming_step.h"
#include "worker/restore_plan.h"
#include "worker/safety_backup.h"

#include <string.h>

#define STEP_LOADING "loading"
#define STEP_IN_PLACE "in place, transaction "

typedef struct {
    HfJobRun *run;
    HfRestorePlan plan;
    HfRestoreResult result;
    HfSafety safety;
    HfSafetyBackup file;
    char *folder; /* of that */
    HfHalt halt;
} Restore;

/* ---- The file of what is replaced ----------------------------------------------------------------------------------
 */

/* Those that open the backup which is restored; elements HfKeyRow, transfer full. HF_ERROR_NOT_FOUND: none is here. */
static GPtrArray *find_keys(gpointer data, GError **error)
{
    const Restore *self = data;
    const HfBackupRow *backup = self->plan.backup;
    g_auto(GStrv) fingerprints = g_strsplit(backup->fingerprints, " ", -1);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)hf_key_row_free);
    for (char **each = fingerprints; *each != NULL && *backup->fingerprints != '\0'; each++) {
        g_autoptr(GPtrArray) found = hf_key_with_secret(self->run->catalog, self->run->job->organization, *each, error);
        if (found == NULL)
            return NULL;
        if (found->len > 0)
            g_ptr_array_add(keys, g_ptr_array_steal_index(found, 0));
    }
    if (keys->len > 0 || *backup->fingerprints == '\0')
        return g_steal_pointer(&keys);
    g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                "no key of %s is here to encrypt it for; a swap with safety \"none\" does without", backup->name);
    return NULL;
}

/* Beside the backup that is restored, for the same keys. */
static void init_safety(Restore *self)
{
    const HfBackupRow *backup = self->plan.backup;
    g_autofree char *folder = g_path_get_dirname(backup->path);
    self->folder = g_strdup(strcmp(folder, ".") == 0 ? "" : folder);
    self->file = (HfSafetyBackup){.run = self->run,
                                  .database = self->plan.database,
                                  .options = &self->plan.options,
                                  .storage_id = backup->storage_id,
                                  .folder = self->folder,
                                  .prefix = "before-restore-",
                                  .step = STEP_LOADING,
                                  .find_keys = find_keys,
                                  .data = self};
    self->safety = hf_safety_backup_when(&self->file);
}

static bool set_step(const Restore *self, const char *step, GError **error)
{
    const HfJobRow *job = self->run->job;
    return hf_job_set_step(self->run->catalog, job->id, job->attempt, step, error);
}

/* ---- After a dead attempt ------------------------------------------------------------------------------------------
 */

static bool follow_up_in_place(Restore *self, bool *done, GError **error)
{
    const char *step = self->run->job->step;
    if (!g_str_has_prefix(step, STEP_IN_PLACE))
        return true;
    if (!hf_restore_hold_settle(self->plan.options.target, step + strlen(STEP_IN_PLACE), self->run->cancellable, done,
                                error))
        return false;
    if (*done) {
        g_message("the attempt that was lost had committed");
        self->result.database = g_strdup(self->plan.database->name);
    }
    return true;
}

/* *done: the dead attempt had done it, so that nothing is left to do. */
static bool follow_up(Restore *self, bool *done, GError **error)
{
    const HfRestorePlan *plan = &self->plan;
    if (plan->database != NULL && !hf_halt_recover(self->run, plan->server, plan->database, plan->target, error))
        return false;
    return plan->options.mode == HF_RESTORE_IN_PLACE
               ? follow_up_in_place(self, done, error)
               : hf_naming_step_follow(self->run, &plan->options, &self->result, done, error);
}

/* ---- The restore ---------------------------------------------------------------------------------------------------
 */

/* HfRestoreOptions.before_swap: a worker that has lost the job stops here at the latest. */
static bool before_swap(const char *incoming, gpointer data, GError **error)
{
    Restore *self = data;
    if ((self->safety == HF_SAFETY_BEFORE && !hf_safety_backup_before(&self->file, error)) ||
        !hf_naming_step_note(self->run, &self->plan.options, incoming, error))
        return false;
    bool ok = hf_halt_services(&self->halt, NULL, error);
    if (!ok)
        hf_halt_resume(&self->halt, "failed");
    hf_progress_set_phase(self->run->progress, "swapping");
    return ok;
}

/* HfRestoreOptions.after_swap: services do not wait for what is removed then. */
static void after_swap(gpointer data, bool made)
{
    Restore *self = data;
    hf_halt_resume(&self->halt, made ? "succeeded" : "failed");
}

/* `held` keeps writers off; services are halted for as long as it takes. */
static bool replace_content(Restore *self, HfPg *held, GError **error)
{
    g_autofree char *transaction = hf_restore_hold_transaction(held, error);
    g_autofree char *step = g_strconcat(STEP_IN_PLACE, transaction, NULL);
    HfRestoreResult replaced = {0};
    self->plan.options.held = held;
    bool ok = transaction != NULL && set_step(self, step, error) && hf_halt_services(&self->halt, held, error) &&
              hf_restore(&self->plan.options, self->run->progress, self->run->cancellable, &replaced, error);
    self->plan.options.held = NULL;
    g_clear_pointer(&replaced.findings, g_ptr_array_unref);
    replaced.findings = g_steal_pointer(&self->result.findings);
    hf_restore_result_clear(&self->result);
    self->result = replaced;
    return ok;
}

static bool restore_in_place(Restore *self, GError **error)
{
    HfJobRun *run = self->run;
    HfRestoreOptions *options = &self->plan.options;
    options->dry_run = true;
    bool possible = hf_restore(options, run->progress, run->cancellable, &self->result, error);
    options->dry_run = false;
    g_autoptr(HfPg) held = possible ? hf_restore_hold(options->target, run->cancellable, error) : NULL;
    return held != NULL && hf_safety_backup_before(&self->file, error) && replace_content(self, held, error);
}

static bool run_restore(Restore *self, GError **error)
{
    HfRestoreOptions *options = &self->plan.options;
    return options->mode == HF_RESTORE_IN_PLACE
               ? restore_in_place(self, error)
               : hf_restore(options, self->run->progress, self->run->cancellable, &self->result, error);
}

static bool restore(Restore *self, GError **error)
{
    HfRestoreOptions *options = &self->plan.options;
    options->on_finding = hf_finding_log;
    options->before_swap = before_swap;
    options->after_swap = after_swap;
    options->swap_data = self;
    bool done = false;
    if (!follow_up(self, &done, error) || (!done && !set_step(self, STEP_LOADING, error)))
        return false;
    init_safety(self);
    hf_halt_init(&self->halt, self->run, self->plan.server, self->plan.database, self->plan.target);
    bool ok = done || run_restore(self, error);
    hf_halt_resume(&self->halt, ok ? "succeeded" : "failed");
    if (ok && self->safety == HF_SAFETY_AFTER && self->result.kept != NULL)
        hf_safety_backup_after(&self->file, self->result.kept);
    return ok;
}

static char *write_result(const Restore *self)
{
    HfJsonWriter writer;
    const HfRestoreResult *result = &self->result;
    const char *mode = hf_body_text(self->run->request, 0, "mode");
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "mode", mode != NULL ? mode : "swap");
    hf_json_writer_string(&writer, "database", result->database);
    hf_restore_plan_write_result(&writer, result, self->file.path);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

bool hf_job_run_restore(HfJobRun *run, GError **error)
{
    Restore self = {.run = run};
    bool ok = hf_restore_plan_open(&self.plan, run, error) && restore(&self, error);
    if (self.plan.backup != NULL)
        run->size_bytes = self.plan.backup->size_bytes;
    run->result = write_result(&self);
    if (ok && self.result.kept != NULL)
        g_message("%s is restored; what was live is kept as %s until %s", self.result.database, self.result.kept,
                  self.result.kept_until);
    hf_restore_result_clear(&self.result);
    hf_restore_plan_close(&self.plan);
    g_free(self.file.path);
    g_free(self.folder);
    return ok;
}

/* Every row was read back and compared, unless somebody asked for less. */
/* What was restored is there: also one that is registered, and was missing, and was made anew under its name. */
static bool note_found(HfJobRun *run, const HfJson *request, GError **error)
{
    const char *server = hf_body_text(request, 0, "server_id"), *name = hf_body_text(request, 0, "database_name");
    if (g_strcmp0(hf_body_text(request, 0, "mode"), "new") != 0)
        return run->job->database_id == NULL ||
               hf_database_note_missing(run->catalog, run->job->database_id, false, error);
    return server == NULL || name == NULL ||
           hf_database_note_found(run->catalog, server, (const char *const[]){name, NULL}, error);
}

bool hf_job_record_restore(HfJobRun *run, GError **error)
{
    if (!hf_safety_backup_record(run, error) || !hf_kept_copy_record(run, error))
        return false;
    g_autoptr(HfJson) request =
        hf_json_parse("the request", run->job->request, strlen(run->job->request), 100000, error);
    if (request == NULL)
        return false;
    const char *proof = hf_body_text(request, 0, "proof");
    return note_found(run, request, error) &&
           ((proof != NULL && strcmp(proof, "digest") != 0) ||
            hf_backup_set_proof(run->catalog, run->job->backup_id, "restored", error));
}
