#include "worker/migration_plan.h"

#include "service/encrypt_choice.h"
#include "service/request_body.h"
#include "worker/restore_plan.h"
#include "worker/scratch_step.h"

#include <string.h>

#define DEFAULT_LOCK_WAIT_S 60

static bool find_target(HfMigrationPlan *self, HfJobRun *run, GError **error)
{
    const char *organization = run->job->organization;
    const char *replaced = hf_body_text(run->request, 0, "target_database_id");
    if (hf_body_text(run->request, 0, "mode") == NULL)
        return true;
    if (replaced != NULL && (self->replaced = hf_database_get(run->catalog, organization, replaced, error)) == NULL)
        return false;
    const char *server = replaced != NULL ? self->replaced->server_id : hf_body_text(run->request, 0, "server_id");
    const char *name = replaced != NULL ? self->replaced->name : hf_body_text(run->request, 0, "database_name");
    self->server = hf_server_get(run->catalog, organization, server, error);
    self->target = self->server != NULL ? hf_worker_reach(run, self->server, name, error) : NULL;
    return self->target != NULL;
}

/* What is chosen comes with all that it needs, which is to be read then; what is excluded need not be readable. */
static bool read_postgres(HfMigrationPlan *self, HfJobRun *run, GError **error)
{
    const HfJson *request = run->request;
    HfPatternLists patterns = hf_pattern_texts_lists(&self->texts);
    HfMigrateOptions *options = &self->into_postgres;
    self->exclude_table_data = hf_body_texts(request, 0, "exclude_table_data");
    self->role_map = hf_restore_plan_role_map(request);
    self->archive_name = g_strdup_printf("%s on %s (job %s)", self->source.database->name,
                                         self->source.database->server_name, run->job->id);
    *options =
        (HfMigrateOptions){.source = self->source.target,
                           .scope = {.exclude_table_data = (const char *const *)self->exclude_table_data,
                                     .force_text = g_strcmp0(hf_body_text(request, 0, "data_format"), "text") == 0},
                           .lock_wait_ms = self->lock_wait_ms,
                           .others = self->others,
                           .keeper = self->others != HF_OTHERS_HALT ? &self->closed : NULL,
                           .patience_ms = HF_MIGRATION_PATIENCE_MS,
                           .restore = {.archive_name = self->archive_name,
                                       .target = self->target,
                                       .mode = self->replaced != NULL ? HF_RESTORE_SWAP : HF_RESTORE_NEW,
                                       .jobs = self->jobs,
                                       .no_owner = hf_body_boolean(request, 0, "no_owner"),
                                       .no_privileges = hf_body_boolean(request, 0, "no_privileges"),
                                       .create_roles = hf_body_boolean(request, 0, "create_roles"),
                                       .drop_others = hf_body_boolean(request, 0, "drop_others"),
                                       .role_map = self->role_map,
                                       .keep_old_s = hf_body_number(request, 0, "keep_old_s",
                                                                    run->worker->configuration->keep_old_hours * 3600),
                                       .maintenance_db = self->server->maintenance_db}};
    *(hf_pattern_lists_are_selective(&patterns) ? &options->restore.patterns : &options->scope.patterns) = patterns;
    return self->others == HF_OTHERS_HALT || hf_closed_source_look(run, &self->source, &self->closed, error);
}

static bool read_mssql(HfMigrationPlan *self, const HfJobRun *run, GError **error)
{
    HfJsonNode node = hf_json_get(run->request, 0, "map");
    self->assess =
        (HfAssessOptions){.source = self->source.target, .scope = {.patterns = hf_pattern_texts_lists(&self->texts)}};
    self->encrypt = hf_body_texts(run->request, 0, "encrypt");
    if (!hf_encrypt_choose(&self->assess, (const char *const *)self->encrypt,
                           hf_body_text(run->request, 0, "encryption_key"),
                           hf_body_text(run->request, 0, "encryption_certificate"), error))
        return false;
    if (!hf_migrate_secrets_open(&self->secrets, run->worker->sealer, run->job->secret, error))
        return false;
    if (node == HF_JSON_NONE || hf_json_is_null(run->request, node))
        return true;
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_copy(run->request, node, &writer, NULL);
    self->map = g_string_free(text, FALSE);
    self->assess.map_file = "map";
    self->assess.map_text = self->map;
    self->assess.map_length = strlen(self->map);
    return true;
}

/* The backup is read in a scratch database of that server. */
static bool open_scratch(HfMigrationPlan *self, HfJobRun *run, GError **error)
{
    const char *organization = run->job->organization;
    g_autoptr(HfBackupRow) backup = hf_backup_get(run->catalog, organization, run->job->backup_id, error);
    g_autoptr(HfServerRow) server =
        backup != NULL ? hf_server_get(run->catalog, organization, run->job->server_id, error) : NULL;
    if (server == NULL || (self->scratch_target = hf_worker_reach(run, server, NULL, error)) == NULL ||
        !hf_scratch_step_begin(run, self->scratch_target, NULL, error))
        return false;
    self->file = hf_backup_file_open_with(run, backup, self->secrets.identity, error);
    if (self->file == NULL)
        return false;
    self->scratch = (HfScratch){.archive = hf_backup_file_reader(self->file),
                                .server = self->scratch_target,
                                .jobs = self->jobs,
                                .patience_ms = HF_MIGRATION_PATIENCE_MS};
    self->assess.scratch = &self->scratch;
    return true;
}

static HfOthers read_others(const HfJson *request)
{
    const char *others = hf_body_text(request, 0, "others");
    return g_strcmp0(others, "go_on") == 0  ? HF_OTHERS_GO_ON
           : g_strcmp0(others, "halt") == 0 ? HF_OTHERS_HALT
                                            : HF_OTHERS_REFUSE;
}

bool hf_migration_plan_open(HfMigrationPlan *self, HfJobRun *run, GError **error)
{
    const HfJson *request = run->request;
    bool from_backup = hf_body_text(request, 0, "scratch_server_id") != NULL;
    if ((!from_backup && !hf_place_open(&self->source, run, error)) || !find_target(self, run, error))
        return false;
    hf_pattern_texts_read(&self->texts, request);
    self->jobs = (unsigned)hf_body_number(request, 0, "jobs", run->worker->configuration->worker_lanes);
    self->lock_wait_ms = hf_body_number(request, 0, "lock_wait_s", DEFAULT_LOCK_WAIT_S) * 1000;
    self->others = read_others(request);
    if (self->target == NULL)
        return read_mssql(self, run, error) && (!from_backup || open_scratch(self, run, error));
    return read_postgres(self, run, error);
}

void hf_migration_plan_close(HfMigrationPlan *self)
{
    hf_place_close(&self->source);
    hf_server_row_free(self->server);
    hf_database_row_free(self->replaced);
    hf_pg_target_free(self->target);
    hf_pattern_texts_clear(&self->texts);
    g_strfreev(self->exclude_table_data);
    g_strfreev(self->encrypt);
    hf_migrate_secrets_clear(&self->secrets);
    g_clear_pointer(&self->file, hf_backup_file_close);
    hf_pg_target_free(self->scratch_target);
    g_clear_pointer(&self->role_map, g_hash_table_unref);
    g_free(self->archive_name);
    g_free(self->map);
}
