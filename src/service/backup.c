/*
 * Three things go on at once, all in one snapshot: pg_dump writes the schema into memory, the lanes make parts of the
 * tables' rows, and this thread writes the archive: the head and the schema first, then parts as they come. Until the
 * schema is there the lanes work ahead, as far as the budget of buffers allows.
 */
#include "service/backup.h"

#include "archive/archive_writer.h"
#include "base/error.h"
#include "engine/ends/archive.h"
#include "engine/ends/postgres_globals.h"
#include "engine/pipeline.h"
#include "service/database_read.h"

#include <string.h>

/* An SQL member that may be continued by another is closed at about this size. */
#define SQL_MEMBER_BYTES ((size_t)1 << 20)

/* The file, and how much was written to it. */
typedef struct {
    HfOutput output;
    HfOutput *to;
    uint64_t bytes;
} CountedOutput;

typedef struct {
    const HfBackupOptions *options;
    CountedOutput file;
    HfProgress *progress;
    GCancellable *cancellable;
    HfDatabaseRead *database;
    HfBudget *budget;
    HfArchiveWriter *writer;
} Backup;

size_t hf_backup_buffer_bytes(unsigned jobs, int level)
{
    /* A lane: a part, which the block that makes it full may pass; that block; and libpq's buffer of its rows. */
    return jobs * (HF_PART_BYTES + 5 * HF_BLOCK_BYTES + hf_part_encoder_memory(level));
}

static bool write_counted(HfOutput *output, const void *data, size_t length, GError **error)
{
    CountedOutput *self = (CountedOutput *)output;
    self->bytes += length;
    return hf_output_write(self->to, data, length, error);
}

/* ---- Before the rows -----------------------------------------------------------------------------------------------
 */

static bool add_text(Backup *self, const char *name, const char *text, GError **error)
{
    return hf_archive_writer_add(self->writer, name, text, strlen(text), error);
}

/* Everything that stands before the rows in the archive. */
static bool write_front(Backup *self, GError **error)
{
    g_autoptr(GBytes) schema = hf_database_read_schema(self->database, error);
    if (schema == NULL)
        return false;
    gsize length;
    const uint8_t *data = g_bytes_get_data(schema, &length);
    const HfArchiveHead *about = self->database->head;
    g_autofree char *head = hf_archive_head_to_json(about);
    g_autofree char *globals = hf_globals_sql(about);
    g_autofree char *create =
        hf_globals_create_database_sql(&about->database, ":\"dbname\"", NULL, (int)about->server_version_num);
    return add_text(self, HF_MEMBER_HEAD, head, error) &&
           hf_archive_writer_add_manual(self->writer, about, create, error) &&
           add_text(self, HF_MEMBER_GLOBALS, globals, error) &&
           hf_archive_writer_add(self->writer, HF_MEMBER_SCHEMA, data, length, error);
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------
 */

static void on_lanes_end(gpointer sink)
{
    hf_archive_sink_end(sink);
}

/* Runs the slices through the pipeline while `before` (may be NULL) and then the parts are written by this thread. */
static bool copy_rows(Backup *self, GPtrArray *slices, bool (*before)(Backup *self, GError **error), GError **error)
{
    g_autoptr(HfArchiveSink) sink = hf_archive_sink_new(self->options->level, self->budget, self->progress);
    HfPostgresSource source;
    hf_database_read_source_init(self->database, &source);
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&source.source, hf_archive_sink_get(sink), self->progress);
    g_autoptr(HfTaskGraph) graph = hf_task_graph_new();
    hf_task_graph_on_end(graph, on_lanes_end, sink);
    /* Nothing can be written before the schema is there. */
    if (before != NULL && self->options->jobs > 1)
        hf_task_graph_add(graph, hf_database_read_await_schema, self->database, UINT64_MAX);
    hf_pipeline_start(pipeline, graph, slices, self->options->jobs, self->cancellable);

    GError *writing = NULL, *reading = NULL;
    bool written = (before == NULL || before(self, &writing)) && hf_archive_sink_drain(sink, self->writer, &writing);
    if (!written) {
        hf_task_graph_stop(graph);
        hf_budget_stop(self->budget);
        hf_archive_sink_discard(sink);
    }
    bool read = hf_task_graph_join(graph, &reading);
    /* When writing fails the lanes are stopped, which is then no error of its own. */
    if (!written) {
        g_clear_error(&reading);
        g_propagate_error(error, writing);
    } else if (!read) {
        g_propagate_error(error, reading);
    }
    if (!written || !read)
        return false;
    for (guint i = 0; i < slices->len; i++) {
        HfManifestTable *table = ((HfSlice *)slices->pdata[i])->table;
        table->proof = hf_pipeline_digest(pipeline, table);
    }
    return true;
}

/* All tables of that kind. */
static bool copy_kind(Backup *self, HfTableKind kind, bool (*before)(Backup *self, GError **error), GError **error)
{
    const GPtrArray *tables = self->database->manifest->tables;
    g_autoptr(GPtrArray) slices = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < tables->len; i++)
        if (((const HfManifestTable *)tables->pdata[i])->kind == kind &&
            !hf_database_read_cut(self->database, tables->pdata[i], false, self->options->jobs, slices, error))
            return false;
    return copy_rows(self, slices, before, error);
}

static bool copy_tables(Backup *self, GError **error)
{
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, "copying rows");
    return copy_kind(self, HF_TABLE_PLAIN, write_front, error);
}

/* Becomes a member and, as it grows, further ones: a member's size stands before it, so its text waits in memory. */
typedef struct {
    HfOutput output;
    Backup *backup;
    const char *first;
    unsigned number;
    GString *text;
} SqlMembers;

static bool add_sql_member(SqlMembers *self, GError **error)
{
    if (self->text->len == 0)
        return true;
    g_autofree char *name = hf_sql_member_name(self->first, ++self->number);
    bool ok = hf_archive_writer_add(self->backup->writer, name, self->text->str, self->text->len, error);
    g_string_truncate(self->text, 0);
    return ok;
}

static bool write_sql(HfOutput *output, const void *data, size_t length, GError **error)
{
    SqlMembers *self = (SqlMembers *)output;
    g_string_append_len(self->text, data, (gssize)length);
    return self->text->len < SQL_MEMBER_BYTES || add_sql_member(self, error);
}

static bool add_sql(Backup *self, const char *first, bool (*write)(HfPg *pg, HfOutput *to, GError **error),
                    GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    SqlMembers members = {.output = {write_sql}, .backup = self, .first = first, .text = text};
    return write(self->database->snapshot->pg, &members.output, error) && add_sql_member(&members, error);
}

static bool copy_large_objects(Backup *self, GError **error)
{
    if (self->database->manifest->large_objects == 0)
        return true;
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, "copying large objects");
    return add_sql(self, HF_MEMBER_BLOBS_CREATE, hf_postgres_write_large_objects_create, error) &&
           copy_kind(self, HF_TABLE_LARGE_OBJECTS, NULL, error) &&
           add_sql(self, HF_MEMBER_BLOBS_OWNERS, hf_postgres_write_large_objects_owners, error);
}

static bool write_sequences(Backup *self, GError **error)
{
    /* Sequences know no snapshot. Read after the rows they are never behind them. */
    g_autofree char *sql = hf_postgres_read_sequences(self->database->snapshot->pg, &self->options->scope,
                                                      &self->database->manifest->sequences, error);
    return sql != NULL && add_text(self, HF_MEMBER_SEQUENCES, sql, error);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool finish(Backup *self, HfStoragePut *put, GError **error)
{
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, "finishing");
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    self->database->manifest->finished = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S.%fZ");
    const HfBackupOptions *options = self->options;
    return hf_error_check_cancelled(self->cancellable, error) && hf_archive_writer_finish(self->writer, error) &&
           (options->before_commit == NULL ||
            options->before_commit(self->database->manifest, options->before_commit_data, error)) &&
           hf_storage_put_commit(put, error);
}

static bool run(Backup *self, const HfDatabaseReadOptions *read, HfStoragePut *put, GError **error)
{
    const HfBackupOptions *options = self->options;
    self->database = hf_database_read_open(read, self->cancellable, error);
    if (self->database == NULL)
        return false;
    self->budget = hf_budget_new(options->jobs * HF_PART_BYTES);
    self->writer = hf_archive_writer_open(&self->file.output, options->recipients, self->database->manifest,
                                          g_get_real_time() / G_USEC_PER_SEC, error);
    return self->writer != NULL && copy_tables(self, error) && copy_large_objects(self, error) &&
           write_sequences(self, error) && hf_postgres_snapshot_end(self->database->snapshot, error) &&
           finish(self, put, error);
}

static void fill_result(const Backup *self, HfBackupResult *result)
{
    const HfManifest *manifest = self->database->manifest;
    *result = (HfBackupResult){.tables = self->database->snapshot->tables->len,
                               .large_objects = manifest->large_objects,
                               .rows = hf_manifest_rows(manifest),
                               .raw_bytes = hf_manifest_raw_bytes(manifest),
                               .archive_bytes = self->file.bytes};
}

bool hf_backup(const HfBackupOptions *options, HfStoragePut *put, HfProgress *progress, GCancellable *cancellable,
               HfBackupResult *result, GError **error)
{
    HfDatabaseReadOptions read = {
        .source = options->source, .scope = options->scope, .lock_wait_ms = options->lock_wait_ms};
    Backup self = {.options = options,
                   .file = {{write_counted}, &put->output, 0},
                   .progress = progress,
                   .cancellable = cancellable};
    if (progress != NULL)
        hf_progress_set_phase(progress, "taking the snapshot");
    bool ok = run(&self, &read, put, error);
    if (ok)
        fill_result(&self, result);
    if (ok && progress != NULL)
        hf_progress_finish(progress);
    hf_archive_writer_free(self.writer);
    hf_budget_free(self.budget);
    hf_database_read_free(self.database);
    return ok;
}
