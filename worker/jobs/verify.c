/* Proves that a backup is whole, and if asked that a database holds the same rows or that it can be restored. */
#include "service/verify.h"

#include "base/error.h"
#include "service/request_body.h"
#include "worker/backup_file.h"
#include "worker/place.h"
#include "worker/scratch_step.h"

#include <string.h>

#define MAX_DIFFERENCES 100

/* What to compare with or restore to, if anything; transfer full. */
static bool find_target(HfJobRun *run, HfPgTarget **target, GError **error)
{
    const char *organization = run->job->organization;
    const char *server_id = hf_body_text(run->request, 0, "restore_to_server_id");
    const char *against = hf_body_text(run->request, 0, "against_database_id");
    g_autoptr(HfDatabaseRow) database =
        against != NULL ? hf_database_get(run->catalog, organization, against, error) : NULL;
    if (against != NULL && database == NULL)
        return false;
    if (database != NULL)
        server_id = database->server_id;
    if (server_id == NULL)
        return true;
    g_autoptr(HfServerRow) server = hf_server_get(run->catalog, organization, server_id, error);
    *target = server != NULL ? hf_worker_reach(run, server, database != NULL ? database->name : NULL, error) : NULL;
    return *target != NULL;
}

static void write_notes(HfJsonWriter *writer, const char *key, const GPtrArray *notes)
{
    hf_json_writer_begin_array(writer, key);
    for (guint i = 0; notes != NULL && i < notes->len && i < MAX_DIFFERENCES; i++) {
        const HfDifference *note = notes->pdata[i];
        hf_json_writer_begin_object(writer, NULL);
        hf_json_writer_string(writer, "table", note->table);
        hf_json_writer_string(writer, "what", note->what);
        hf_json_writer_end_object(writer);
    }
    hf_json_writer_end_array(writer);
}

static char *write_result(const HfVerifyResult *result)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_uint64(&writer, "tables", result->tables);
    hf_json_writer_uint64(&writer, "rows", result->rows);
    hf_json_writer_uint64(&writer, "raw_bytes", result->raw_bytes);
    write_notes(&writer, "differences", result->differences);
    write_notes(&writer, "not_compared", result->not_compared);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

bool hf_job_run_verify(HfJobRun *run, GError **error)
{
    HfVerifyResult result = {0};
    GError *reason = NULL;
    g_autoptr(HfPgTarget) target = NULL;
    g_autoptr(HfBackupRow) backup = hf_backup_get(run->catalog, run->job->organization, run->job->backup_id, error);
    if (backup == NULL || !find_target(run, &target, error))
        return false;
    g_autoptr(HfBackupFile) file = hf_backup_file_open(run, backup, error);
    if (file == NULL)
        return false;
    bool restores = hf_body_text(run->request, 0, "restore_to_server_id") != NULL;
    g_autofree char *note = g_strdup_printf("%s (job %s)", backup->name, run->job->id);
    if (restores && !hf_scratch_step_begin(run, target, note, error))
        return false;
    const HfVerifyOptions options = {
        .archive = hf_backup_file_reader(file),
        .archive_name = note,
        .jobs = (unsigned)hf_body_number(run->request, 0, "jobs", run->worker->configuration->worker_lanes),
        .against = restores ? NULL : target,
        .restore_to = restores ? target : NULL};
    bool ok = hf_verify(&options, run->progress, run->cancellable, &result, &reason);
    run->result = write_result(&result);
    run->size_bytes = backup->size_bytes;
    hf_verify_result_clear(&result);
    if (!ok) {
        if (!g_cancellable_is_cancelled(run->cancellable))
            hf_backup_file_note(run, backup, reason);
        g_propagate_error(error, reason);
    }
    return ok;
}

bool hf_job_record_verify(HfJobRun *run, GError **error)
{
    g_autoptr(HfJson) request = hf_json_parse("the request", run->job->request, strlen(run->job->request), 1000, error);
    if (request == NULL)
        return false;
    bool restored = hf_body_text(request, 0, "restore_to_server_id") != NULL;
    return hf_backup_set_proof(run->catalog, run->job->backup_id, restored ? "restored" : "verified", error);
}
