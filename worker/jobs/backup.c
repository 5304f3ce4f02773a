/*
 * A database into a file of its own in a storage. The file's name is noted as the job's step before it is begun: its
 * row is made in the transaction that ends the job, so whatever a later attempt finds under that name is of one that
 * died before that, and goes.
 */
#include "base/error.h"
#include "service/request_body.h"
#include "service/request_retention.h"
#include "worker/backup_writer.h"
#include "worker/pattern_texts.h"
#include "worker/place.h"

#define DEFAULT_LOCK_WAIT_S 60

static HfScope scope_of(const HfJson *request, const HfPatternTexts *texts, char **exclude_table_data)
{
    return (HfScope){.patterns = hf_pattern_texts_lists(texts),
                     .exclude_table_data = (const char *const *)exclude_table_data,
                     .force_text = g_strcmp0(hf_body_text(request, 0, "data_format"), "text") == 0};
}

static bool back_up(HfJobRun *run, const HfDatabaseRow *database, const HfPgTarget *source, const GPtrArray *keys,
                    GError **error)
{
    const HfJson *request = run->request;
    g_auto(HfPatternTexts) texts = {0};
    g_auto(GStrv) exclude_table_data = hf_body_texts(request, 0, "exclude_table_data");
    hf_pattern_texts_read(&texts, request);
    const HfBackupTask task = {
        .database = database,
        .storage_id = hf_body_text(request, 0, "storage_id"),
        .folder = hf_body_text(request, 0, "folder"),
        .prefix = hf_body_text(request, 0, "prefix"),
        .type = hf_body_text(request, 0, "type"),
        .keys = keys,
        .is_step = true,
        .options = {.source = source,
                    .scope = scope_of(request, &texts, exclude_table_data),
                    .jobs = (unsigned)hf_body_number(request, 0, "jobs", run->worker->configuration->worker_lanes),
                    .level = (int)hf_body_number(request, 0, "level", 1),
                    .lock_wait_ms = hf_body_number(request, 0, "lock_wait_s", DEFAULT_LOCK_WAIT_S) * 1000},
        .progress = run->progress};
    run->kept = hf_backup_writer_run(run, &task, error);
    run->free_kept = (GDestroyNotify)hf_backup_row_free;
    return run->kept != NULL;
}

static char *write_result(const HfBackupRow *row)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "name", row->name);
    hf_json_writer_string(&writer, "path", row->path);
    hf_json_writer_int64(&writer, "size_bytes", row->size_bytes);
    hf_json_writer_int64(&writer, "raw_bytes", row->raw_bytes);
    hf_json_writer_int64(&writer, "rows", row->rows);
    hf_json_writer_int64(&writer, "tables", row->tables);
    hf_json_writer_int64(&writer, "duration_ms", row->duration_ms);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

bool hf_job_run_backup(HfJobRun *run, GError **error)
{
    const HfJobRow *job = run->job;
    g_autoptr(HfDatabaseRow) database = hf_database_get(run->catalog, job->organization, job->database_id, error);
    g_autoptr(HfServerRow) server =
        database != NULL ? hf_server_get(run->catalog, job->organization, database->server_id, error) : NULL;
    g_autoptr(HfPgTarget) source = server != NULL ? hf_worker_reach(run, server, database->name, error) : NULL;
    g_autoptr(GPtrArray) keys = source != NULL ? hf_backup_writer_keys(run, error) : NULL;
    g_autoptr(GError) reason = NULL;
    if (keys == NULL)
        return false;
    if (!back_up(run, database, source, keys, &reason)) {
        if (g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND))
            hf_worker_note_missing(run, server, database);
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    const HfBackupRow *row = run->kept;
    run->size_bytes = row->size_bytes;
    run->result = write_result(row);
    return true;
}

bool hf_job_record_backup(HfJobRun *run, GError **error)
{
    g_autofree char *id = hf_backup_insert(run->catalog, run->job->organization, run->kept, error);
    return id != NULL && hf_database_note_missing(run->catalog, run->job->database_id, false, error) &&
           (run->job->schedule_id == NULL ||
            hf_request_retention(&run->requester, run->job->schedule_id, run->job->database_id, error));
}
