/*
 * A database into a file of its own in a storage. The file's name is noted as the job's step before it is begun: its
 * row is made in the transaction that ends the job, so whatever a later attempt finds under that name is of one that
 * died before that, and goes.
 */
#include "service/backup.h"

#include "base/error.h"
#include "base/units.h"
#include "catalog/storage_table.h"
#include "service/request_body.h"
#include "service/request_retention.h"
#include "service/unseal.h"
#include "worker/backup_file.h"
#include "worker/pattern_texts.h"

#include <string.h>

#define NAME_BYTES 120 /* of a database, in a file's name */
#define MAX_CONTENTS 20000
#define DEFAULT_LOCK_WAIT_S 60

/* ---- The file ------------------------------------------------------------------------------------------------------
 */

/* What may stand in a file's name, whatever the database is called. Transfer full. */
static char *plain_name(const char *text)
{
    GString *name = g_string_new(NULL);
    for (const char *c = text; *c != '\0' && name->len < NAME_BYTES; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);
        bool fits = g_unichar_isalnum(letter) || (letter < 128 && strchr("._-", (int)letter) != NULL);
        g_string_append_unichar(name, fits && !(letter == '.' && name->len == 0) ? letter : '_');
    }
    return g_string_free(name, FALSE);
}

/* "<folder>/<prefix><database>-<time>.hf", transfer full. */
static char *choose_path(const HfJobRun *run, const char *database)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *plain = plain_name(database);
    g_autofree char *prefix = plain_name(hf_body_text(run->request, 0, "prefix"));
    const char *folder = hf_body_text(run->request, 0, "folder");
    return g_strdup_printf("%s%s%s%s-%s.hf", folder, *folder != '\0' ? "/" : "", prefix, plain, time);
}

/* What an attempt that died left. */
static bool clean_up(const HfJobRun *run, HfStorage *storage, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (*run->job->step == '\0')
        return true;
    if (hf_storage_remove(storage, run->job->step, &reason))
        g_message("%s, of an attempt that was lost, is removed", run->job->step);
    if (reason == NULL || g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND))
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

/* ---- What is to be done --------------------------------------------------------------------------------------------
 */

static HfScope scope_of(const HfJson *request, const HfPatternTexts *texts, char **exclude_table_data)
{
    return (HfScope){.patterns = hf_pattern_texts_lists(texts),
                     .exclude_table_data = (const char *const *)exclude_table_data,
                     .force_text = g_strcmp0(hf_body_text(request, 0, "data_format"), "text") == 0};
}

/* NULL without error: not encrypted. Notes the fingerprints. */
static bool find_recipients(HfJobRun *run, HfBackupRow *row, HfAgeRecipients **recipients, GError **error)
{
    g_auto(GStrv) ids = hf_body_texts(run->request, 0, "key_ids");
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)hf_key_row_free);
    g_autoptr(GString) fingerprints = g_string_new(NULL);
    for (char **id = ids; id != NULL && *id != NULL; id++) {
        HfKeyRow *key = hf_key_get(run->catalog, run->job->organization, *id, error);
        if (key == NULL)
            return false;
        g_ptr_array_add(keys, key);
        g_string_append_printf(fingerprints, "%s%s", fingerprints->len > 0 ? " " : "", key->fingerprint);
    }
    row->fingerprints = g_strdup(fingerprints->str);
    if (keys->len == 0)
        return true;
    *recipients = hf_unseal_recipients(run->worker->sealer, keys, error);
    return *recipients != NULL;
}

/* ---- What came of it -----------------------------------------------------------------------------------------------
 */

/* HfBackupOptions.on_manifest: what each table holds, for the catalog. */
static void read_contents(const HfManifest *manifest, gpointer data)
{
    HfBackupRow *row = data;
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_array(&writer, NULL);
    for (guint i = 0; i < manifest->tables->len && i < MAX_CONTENTS; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        hf_json_writer_begin_object(&writer, NULL);
        hf_json_writer_string(&writer, "schema", table->schema);
        hf_json_writer_string(&writer, "name", table->name);
        hf_json_writer_uint64(&writer, "rows", table->proof.rows);
        hf_json_writer_uint64(&writer, "bytes", table->raw_bytes);
        hf_json_writer_end_object(&writer);
    }
    hf_json_writer_end_array(&writer);
    row->contents = g_string_free(text, FALSE);
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

static void tell(const HfBackupRow *row)
{
    g_autofree char *raw = hf_format_bytes((uint64_t)row->raw_bytes);
    g_autofree char *size = hf_format_bytes((uint64_t)row->size_bytes);
    g_autofree char *rows = hf_format_count((uint64_t)row->rows);
    g_autofree char *tables = hf_format_count((uint64_t)row->tables);
    g_autofree char *time = hf_format_duration((double)row->duration_ms / 1000);
    g_message("%s: %s of rows in %s, from %s tables with %s rows, in %s", row->path, raw, size, tables, rows, time);
}

static void note_result(HfJobRun *run, HfBackupRow *row, const HfBackupResult *result, double seconds)
{
    row->size_bytes = (int64_t)result->archive_bytes;
    row->raw_bytes = (int64_t)result->raw_bytes;
    row->rows = (int64_t)result->rows;
    row->tables = (int64_t)result->tables;
    row->duration_ms = (int64_t)(seconds * 1000);
    run->size_bytes = row->size_bytes;
    run->name = g_strdup(row->name);
    run->result = write_result(row);
    tell(row);
}

/* ---- The job -------------------------------------------------------------------------------------------------------
 */

static bool write_file(HfJobRun *run, HfBackupOptions *options, HfStorage *storage, HfBackupRow *row, GError **error)
{
    HfBackupResult result;
    g_autoptr(GTimer) timer = g_timer_new();
    if (!clean_up(run, storage, error))
        return false;
    /* Only a name that is free is noted, so that nothing of others goes. */
    g_autoptr(HfStoragePut) put = hf_storage_put(storage, row->path, HF_STORAGE_PUT_NEW, 0, error);
    if (put == NULL || !hf_job_set_step(run->catalog, run->job->id, run->job->attempt, row->path, error) ||
        !hf_backup(options, put, run->progress, run->cancellable, &result, error))
        return false;
    note_result(run, row, &result, g_timer_elapsed(timer, NULL));
    return true;
}

static bool back_up(HfJobRun *run, HfBackupOptions *options, HfBackupRow *row, GError **error)
{
    g_autoptr(HfAgeRecipients) recipients = NULL;
    g_autoptr(HfStorage) storage =
        hf_worker_open_storage(run->worker, run->catalog, run->job->organization, row->storage_id, error);
    if (storage == NULL || !find_recipients(run, row, &recipients, error))
        return false;
    g_auto(HfPatternTexts) texts = {0};
    g_auto(GStrv) exclude_table_data = hf_body_texts(run->request, 0, "exclude_table_data");
    hf_pattern_texts_read(&texts, run->request);
    options->scope = scope_of(run->request, &texts, exclude_table_data);
    options->recipients = recipients;
    return write_file(run, options, storage, row, error);
}

/* What is known of the backup beforehand. Transfer full. */
static HfBackupRow *new_row(const HfJobRun *run, const HfDatabaseRow *database)
{
    const HfJobRow *job = run->job;
    HfBackupRow *row = g_new0(HfBackupRow, 1);
    row->path = choose_path(run, database->name);
    row->name = g_path_get_basename(row->path);
    row->storage_id = g_strdup(hf_body_text(run->request, 0, "storage_id"));
    row->type = g_strdup(hf_body_text(run->request, 0, "type"));
    row->database_id = g_strdup(database->id);
    row->database_name = g_strdup(database->name);
    row->server_name = g_strdup(database->server_name);
    row->schedule_id = g_strdup(job->schedule_id);
    row->job_id = g_strdup(job->id);
    row->created_by = g_strdup(job->created_by);
    return row;
}

bool hf_job_run_backup(HfJobRun *run, GError **error)
{
    const HfJobRow *job = run->job;
    g_autoptr(HfDatabaseRow) database = hf_database_get(run->catalog, job->organization, job->database_id, error);
    g_autoptr(HfServerRow) server =
        database != NULL ? hf_server_get(run->catalog, job->organization, database->server_id, error) : NULL;
    g_autoptr(HfPgTarget) source =
        server != NULL ? hf_unseal_target(run->worker->sealer, server, database->name, error) : NULL;
    if (source == NULL)
        return false;
    HfBackupRow *row = new_row(run, database);
    run->kept = row;
    run->free_kept = (GDestroyNotify)hf_backup_row_free;
    HfBackupOptions options = {
        .source = source,
        .jobs = (unsigned)hf_body_number(run->request, 0, "jobs", run->worker->configuration->worker_lanes),
        .level = (int)hf_body_number(run->request, 0, "level", 1),
        .lock_wait_ms = hf_body_number(run->request, 0, "lock_wait_s", DEFAULT_LOCK_WAIT_S) * 1000,
        .on_manifest = read_contents,
        .on_manifest_data = row};
    return back_up(run, &options, row, error);
}

bool hf_job_record_backup(HfJobRun *run, GError **error)
{
    g_autofree char *id = hf_backup_insert(run->catalog, run->job->organization, run->kept, error);
    return id != NULL && (run->job->schedule_id == NULL ||
                          hf_request_retention(&run->requester, run->job->schedule_id, run->job->database_id, error));
}
