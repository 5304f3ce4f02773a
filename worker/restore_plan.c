#include "worker/restore_plan.h"

#include "base/error.h"
#include "service/request_body.h"
#include "service/restore_preflight.h"
#include "worker/place.h"

#include <string.h>

static bool find_target(HfRestorePlan *self, HfJobRun *run, GError **error)
{
    const char *organization = run->job->organization, *id = hf_body_text(run->request, 0, "database_id");
    if (id != NULL && (self->database = hf_database_get(run->catalog, organization, id, error)) == NULL)
        return false;
    const char *server = id != NULL ? self->database->server_id : hf_body_text(run->request, 0, "server_id");
    const char *name = id != NULL ? self->database->name : hf_body_text(run->request, 0, "database_name");
    self->server = hf_server_get(run->catalog, organization, server, error);
    self->target = self->server != NULL ? hf_worker_reach(run, self->server, name, error) : NULL;
    return self->target != NULL;
}

GHashTable *hf_restore_plan_role_map(const HfJson *request)
{
    HfJsonNode pairs = hf_json_get(request, 0, "role_map");
    if (pairs == HF_JSON_NONE)
        return NULL;
    GHashTable *map = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (size_t i = 0; i < hf_json_size(request, pairs); i++) {
        const char *old = hf_json_key(request, pairs, i);
        g_hash_table_insert(map, g_strdup(old), g_strdup(hf_body_text(request, pairs, old)));
    }
    return map;
}

static HfProof read_proof(const HfJson *request)
{
    const char *proof = hf_body_text(request, 0, "proof");
    return g_strcmp0(proof, "count") == 0  ? HF_PROOF_COUNT
           : g_strcmp0(proof, "none") == 0 ? HF_PROOF_NONE
                                           : HF_PROOF_DIGEST;
}

static HfRestoreMode read_mode(const HfJson *request)
{
    const char *mode = hf_body_text(request, 0, "mode");
    return g_strcmp0(mode, "new") == 0        ? HF_RESTORE_NEW
           : g_strcmp0(mode, "in_place") == 0 ? HF_RESTORE_IN_PLACE
                                              : HF_RESTORE_SWAP;
}

static void read_options(HfRestorePlan *self, const HfJobRun *run)
{
    const HfJson *request = run->request;
    const HfConfiguration *configuration = run->worker->configuration;
    hf_pattern_texts_read(&self->texts, request);
    self->role_map = hf_restore_plan_role_map(request);
    self->archive_name = g_strdup_printf("%s (job %s)", self->backup->name, run->job->id);
    self->options =
        (HfRestoreOptions){.archive = hf_backup_file_reader(self->file),
                           .archive_name = self->archive_name,
                           .target = self->target,
                           .mode = read_mode(request),
                           .proof = read_proof(request),
                           .jobs = (unsigned)hf_body_number(request, 0, "jobs", configuration->worker_lanes),
                           .no_verify = hf_body_boolean(request, 0, "no_verify"),
                           .no_owner = hf_body_boolean(request, 0, "no_owner"),
                           .no_privileges = hf_body_boolean(request, 0, "no_privileges"),
                           .create_roles = hf_body_boolean(request, 0, "create_roles"),
                           .drop_others = hf_body_boolean(request, 0, "drop_others"),
                           .role_map = self->role_map,
                           .patterns = hf_pattern_texts_lists(&self->texts),
                           .keep_old_s = hf_body_number(request, 0, "keep_old_s", configuration->keep_old_hours * 3600),
                           .maintenance_db = self->server->maintenance_db};
}

bool hf_restore_plan_open(HfRestorePlan *self, HfJobRun *run, GError **error)
{
    self->backup = hf_backup_get(run->catalog, run->job->organization, run->job->backup_id, error);
    if (self->backup == NULL || !find_target(self, run, error))
        return false;
    self->file = hf_backup_file_open(run, self->backup, error);
    if (self->file == NULL)
        return false;
    read_options(self, run);
    return true;
}

void hf_restore_plan_close(HfRestorePlan *self)
{
    hf_backup_file_close(self->file);
    hf_backup_row_free(self->backup);
    hf_server_row_free(self->server);
    hf_database_row_free(self->database);
    hf_pg_target_free(self->target);
    hf_pattern_texts_clear(&self->texts);
    g_clear_pointer(&self->role_map, g_hash_table_unref);
    g_free(self->archive_name);
}

static void write_findings(HfJsonWriter *writer, const GPtrArray *findings)
{
    hf_json_writer_begin_array(writer, "findings");
    for (guint i = 0; findings != NULL && i < findings->len; i++) {
        const HfFinding *finding = findings->pdata[i];
        hf_json_writer_begin_object(writer, NULL);
        hf_json_writer_bool(writer, "fatal", finding->fatal);
        hf_json_writer_string(writer, "text", finding->text);
        hf_json_writer_end_object(writer);
    }
    hf_json_writer_end_array(writer);
}

void hf_restore_plan_write_result(HfJsonWriter *writer, const HfRestoreResult *result, const char *safety)
{
    hf_json_writer_uint64(writer, "tables", result->tables);
    hf_json_writer_uint64(writer, "tables_proved", result->tables_proved);
    hf_json_writer_uint64(writer, "rows", result->rows);
    hf_json_writer_uint64(writer, "raw_bytes", result->raw_bytes);
    hf_json_writer_string(writer, "kept", result->kept);
    hf_json_writer_string(writer, "kept_until", result->kept_until);
    hf_json_writer_string(writer, "safety", safety);
    hf_json_writer_fixed(writer, "downtime_s", result->downtime_s, 3);
    write_findings(writer, result->findings);
}

/* ---- The outcome of a preflight ------------------------------------------------------------------------------------
 */

bool hf_restore_plan_is_finding(const HfJobRun *run, const GError *error)
{
    static const HfErrorCode codes[] = {HF_ERROR_CORRUPT, HF_ERROR_CONFLICT, HF_ERROR_WRONG_KEY,
                                        HF_ERROR_USAGE,   HF_ERROR_DENIED,   HF_ERROR_NOT_FOUND};
    bool found = false;
    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        found = found || g_error_matches(error, HF_ERROR, (int)codes[i]);
    return found && !g_cancellable_is_cancelled(run->cancellable);
}

/* What stopped the preflight itself is a finding too. */
static void note(HfRestoreResult *result, const GError *reason)
{
    if (result->findings == NULL)
        result->findings = g_ptr_array_new_with_free_func((GDestroyNotify)hf_finding_free);
    HfFinding *finding = g_new0(HfFinding, 1);
    *finding = (HfFinding){.fatal = true, .text = g_strdup(reason->message)};
    g_ptr_array_add(result->findings, finding);
}

void hf_restore_plan_write_outcome(HfJsonWriter *writer, HfRestoreResult *result, const GError *reason)
{
    if (reason != NULL && (result->findings == NULL || !hf_findings_have_fatal(result->findings)))
        note(result, reason);
    hf_json_writer_bool(writer, "ok", reason == NULL);
    hf_json_writer_string(writer, "code", reason != NULL ? hf_error_code_name((HfErrorCode)reason->code) : NULL);
    hf_json_writer_string(writer, "message", reason != NULL ? reason->message : NULL);
    write_findings(writer, result->findings);
}
