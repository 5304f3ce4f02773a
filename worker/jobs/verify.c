/* Proves that a backup is whole, and if asked that a database holds the same rows or that it can be restored. */
#include "service/verify.h"

#include "base/error.h"
#include "service/copies.h"
#include "service/request_body.h"
#include "worker/backup_file.h"
#include "worker/place.h"

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

/* What dead attempts left on the server, of this job or another: one restores there at a time. */
static bool drop_left(HfJobRun *run, const HfPgTarget *target, GError **error)
{
    g_autoptr(GPtrArray) copies = hf_copies_list(target, NULL, false, run->cancellable, error);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const HfCopy *copy = copies->pdata[i];
        if (copy->kind == HF_COPY_SCRATCH && !copy->in_use)
            g_strv_builder_add(names, copy->name);
    }
    g_auto(GStrv) left = g_strv_builder_end(names);
    g_auto(GStrv) dropped =
        copies != NULL ? hf_copies_drop(target, NULL, (const char *const *)left, run->cancellable, error) : NULL;
    for (char **name = dropped; name != NULL && *name != NULL; name++)
        g_message("%s, of an attempt that was lost, is removed", *name);
    return dropped != NULL;
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
    if (restores && !drop_left(run, target, error))
        return false;
    const HfVerifyOptions options = {
        .archive = hf_backup_file_reader(file),
        .jobs = (unsigned)hf_body_number(run->request, 0, "jobs", run->worker->configuration->worker_lanes),
        .against = restores ? NULL : target,
        .restore_to = restores ? target : NULL};
    bool ok = hf_verify(&options, run->progress, run->cancellable, &result, &reason);
    /* What a dead attempt had asked for may have been made after this one has looked. */
    g_autoptr(GError) stays = NULL;
    if (restores && run->job->attempt > 1 && !drop_left(run, target, &stays))
        g_warning("a scratch database of an attempt that was lost may be left: %s", stays->message);
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
