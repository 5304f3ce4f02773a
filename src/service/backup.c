/*
 * Three things go on at once, all in one snapshot: pg_dump writes the schema into memory, the lanes make parts of the
 * tables' rows, and this thread writes the archive: the head and the schema first, then parts as they come. Until the
 * schema is there the lanes work ahead, as far as the budget of buffers allows.
 */
#include "service/backup.h"

#include "archive/archive_writer.h"
#include "base/error.h"
#include "base/version.h"
#include "engine/ends/archive.h"
#include "engine/ends/postgres.h"
#include "engine/ends/postgres_globals.h"
#include "engine/ends/postgres_partial.h"
#include "engine/pipeline.h"
#include "pg/dump_toc.h"
#include "pg/program.h"

#include <string.h>

/* Large objects are cut in so many slices for each lane. */
#define LARGE_OBJECT_SLICES_PER_LANE 4

/* An SQL member that may be continued by another is closed at about this size. */
#define SQL_MEMBER_BYTES ((size_t)1 << 20)

/* How often a look is taken at what pg_dump waits for. */
#define DUMP_CHECK_US G_USEC_PER_SEC

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
    HfPgProgram *pg_dump;
    HfPostgresSnapshot *snapshot;
    HfArchiveHead *head; /* its warnings belong to the dump thread while that runs */
    HfManifest *manifest;
    HfBudget *budget;
    HfArchiveWriter *writer;
    bool pooled;          /* the connections go through a pooler */
    GThread *dump_thread; /* pg_dump at work; NULL: not yet, or no more */
    GMutex dump_mutex;    /* guards dump_done */
    GCond dump_cond;      /* dump_done has changed */
    bool dump_done;
    char *dump_session; /* pg_dump's application_name, which no other session has */
    GCancellable *dump_cancellable;
    gulong cancel_handler;
    GError *dump_error;
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

static bool open_source(Backup *self, GError **error)
{
    const HfBackupOptions *options = self->options;
    self->snapshot =
        hf_postgres_snapshot_open(options->source, &options->scope, options->lock_wait_ms, self->cancellable, error);
    if (self->snapshot == NULL)
        return false;
    self->pg_dump = hf_pg_program_find_dump(hf_pg_server_version(self->snapshot->pg) / 10000, error);
    if (self->pg_dump == NULL)
        return false;
    self->head = hf_archive_head_new();
    self->head->product = g_strdup_printf("holdfast %s", hf_version());
    self->head->pg_dump_version = g_strdup(self->pg_dump->version);
    self->head->snapshot = g_strdup(self->snapshot->name);
    hf_scope_append_arguments(&options->scope, self->head->filters);
    return hf_pg_read_pooled(self->snapshot->pg, &self->pooled, error) &&
           hf_postgres_read_head(self->snapshot->pg, self->head, error);
}

static GPtrArray *plan_tables(Backup *self)
{
    GPtrArray *slices = g_ptr_array_new_with_free_func(g_free);
    bool can_slice = hf_postgres_can_slice(self->snapshot->pg);
    for (guint i = 0; i < self->snapshot->tables->len; i++) {
        HfPlannedTable *planned = self->snapshot->tables->pdata[i];
        HfManifestTable *table = planned->info;
        bool whole = !can_slice || table->filter != NULL;
        if (table->no_data_reason == NULL)
            hf_slice_cut_pages(slices, table, whole ? 1 : planned->pages, planned->bytes, self->options->jobs);
        else
            g_message("%s.%s: no rows: %s", table->schema, table->name, table->no_data_reason);
    }
    return slices;
}

/* The manifest owns the tables from here on. */
static void fill_manifest(Backup *self)
{
    self->manifest = hf_manifest_new();
    for (guint i = 0; i < self->snapshot->tables->len; i++) {
        HfPlannedTable *planned = self->snapshot->tables->pdata[i];
        g_ptr_array_add(self->manifest->tables, planned->info);
    }
    hf_manifest_add_types(self->manifest, self->snapshot->types);
}

/* ---- Schema --------------------------------------------------------------------------------------------------------
 */

/* Never for ever, for who holds the lock may wait for the snapshot's own locks. */
static uint64_t dump_lock_wait_ms(const Backup *self)
{
    return self->options->lock_wait_ms > 0 ? self->options->lock_wait_ms : HF_POSTGRES_LOCK_WAIT_MS;
}

static gpointer dump_schema(gpointer data)
{
    Backup *self = data;
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    hf_scope_append_arguments(&self->options->scope, arguments);
    for (guint i = 0; i < self->snapshot->partition_arguments->len; i++)
        g_ptr_array_add(arguments, g_strdup(self->snapshot->partition_arguments->pdata[i]));
    /* A table pattern without a schema would match the system's tables too; without one, grants on those are wanted. */
    if (hf_scope_is_selective(&self->options->scope)) {
        g_ptr_array_add(arguments, g_strdup("--exclude-table=pg_catalog.*"));
        g_ptr_array_add(arguments, g_strdup("--exclude-table=information_schema.*"));
    }
    g_ptr_array_add(arguments, g_strdup_printf("--lock-wait-timeout=%" G_GUINT64_FORMAT, dump_lock_wait_ms(self)));
    g_ptr_array_add(arguments, NULL);
    /* Of many tables its queries seem so dear that the server compiles them, which takes longer than it saves. */
    const char *settings = self->pooled ? NULL : "-c jit=off";
    GBytes *schema = hf_pg_program_dump_schema(self->pg_dump, self->options->source, settings, self->dump_session,
                                               self->snapshot->name, (const char *const *)arguments->pdata,
                                               self->head->warnings, self->dump_cancellable, &self->dump_error);
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->dump_mutex);
    self->dump_done = true;
    g_cond_broadcast(&self->dump_cond);
    return schema;
}

/* The task of one lane, so that no more than all lanes' work goes on at once: pg_dump takes a processor as they do, and
 * nothing can be written before it is done. */
static bool await_schema(gpointer lane, gpointer data, GError **error)
{
    (void)lane;
    (void)error;
    Backup *self = data;
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->dump_mutex);
    while (!self->dump_done)
        g_cond_wait(&self->dump_cond, &self->dump_mutex);
    return true;
}

static void on_cancelled(GCancellable *cancellable, gpointer dump_cancellable)
{
    (void)cancellable;
    g_cancellable_cancel(dump_cancellable);
}

static void schema_dump_start(Backup *self)
{
    self->dump_cancellable = g_cancellable_new();
    self->dump_session = g_strdup_printf("pg_dump %s", self->snapshot->name);
    if (self->cancellable != NULL)
        self->cancel_handler =
            g_cancellable_connect(self->cancellable, G_CALLBACK(on_cancelled), self->dump_cancellable, NULL);
    self->dump_thread = g_thread_new("pg_dump", dump_schema, self);
}

/*
 * pg_dump lifts the lock timeout, except while it locks tables; yet views are locked as it prints them, and sequences
 * as it reads them. False if it stands still for a lock: the error says whose.
 */
static bool check_dump_waits(Backup *self, GError **error)
{
    static const char *const holder_sql =
        "SELECT pg_catalog.format('process %s, %s', b.pid, coalesce(nullif(b.application_name, ''), b.usename, "
        "'unknown')) FROM pg_catalog.pg_stat_activity a CROSS JOIN "
        "pg_catalog.unnest(pg_catalog.pg_blocking_pids(a.pid)) "
        "p(pid) JOIN pg_catalog.pg_stat_activity b ON b.pid = p.pid WHERE a.application_name = $1 AND "
        "a.wait_event_type "
        "= 'Lock' AND pg_catalog.clock_timestamp() - a.query_start > $2::bigint * '1 ms'::interval LIMIT 1";
    HfPg *pg = self->snapshot->pg;
    g_autofree char *limit = g_strdup_printf("%" G_GUINT64_FORMAT, dump_lock_wait_ms(self));
    /* The server looks at its sessions once in a transaction, unless it is told to look again. */
    if (!hf_pg_exec(pg, "SELECT pg_catalog.pg_stat_clear_snapshot()", error))
        return false;
    g_autoptr(HfPgRows) holders = hf_pg_query(pg, holder_sql, (const char *[]){self->dump_session, limit, NULL}, error);
    if (holders == NULL || hf_pg_rows_count(holders) == 0)
        return holders != NULL;
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "pg_dump waited for longer than the lock wait time for what another session (%s) has locked; try again "
                "later, or wait longer with --lock-wait-timeout",
                hf_pg_rows_text(holders, 0, 0));
    return false;
}

/* On failure pg_dump is stopped, for which a lane waits. */
static bool await_dump(Backup *self, GError **error)
{
    for (;;) {
        g_mutex_lock(&self->dump_mutex);
        gint64 until = g_get_monotonic_time() + DUMP_CHECK_US;
        while (!self->dump_done && g_cond_wait_until(&self->dump_cond, &self->dump_mutex, until))
            ;
        bool done = self->dump_done;
        g_mutex_unlock(&self->dump_mutex);
        if (done)
            return true;
        if (!check_dump_waits(self, error)) {
            g_cancellable_cancel(self->dump_cancellable);
            return false;
        }
    }
}

/* Transfer full; NULL with the error of pg_dump. */
static GBytes *schema_dump_join(Backup *self, GError **error)
{
    GBytes *schema = g_thread_join(g_steal_pointer(&self->dump_thread));
    if (self->cancellable != NULL)
        g_cancellable_disconnect(self->cancellable, self->cancel_handler);
    if (schema == NULL)
        g_propagate_error(error, g_steal_pointer(&self->dump_error));
    return schema;
}

/* For when the backup ends before the schema was asked for. */
static void schema_dump_give_up(Backup *self)
{
    if (self->dump_thread != NULL) {
        g_cancellable_cancel(self->dump_cancellable);
        g_autoptr(GBytes) schema = schema_dump_join(self, NULL);
    }
    g_clear_object(&self->dump_cancellable);
    g_clear_pointer(&self->dump_session, g_free);
    g_clear_error(&self->dump_error);
}

static bool differ(GError **error, const char *schema, const char *name, const char *what)
{
    g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "table %s.%s is in %s: please report this", schema, name, what);
    return false;
}

/* pg_dump and our own plan must speak of the same tables. */
static bool check_same_tables(const Backup *self, const HfDumpToc *toc, GError **error)
{
    g_autoptr(GHashTable) dumped = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(toc, i);
        if (strcmp(entry->kind, "TABLE") != 0)
            continue;
        g_hash_table_add(dumped, GUINT_TO_POINTER(entry->object_oid));
        if (!g_hash_table_contains(self->snapshot->relations, GUINT_TO_POINTER(entry->object_oid)))
            return differ(error, entry->schema, entry->tag, "pg_dump's schema but not in the plan of the rows");
    }
    for (guint i = 0; i < self->snapshot->tables->len; i++) {
        const HfPlannedTable *planned = self->snapshot->tables->pdata[i];
        if (!planned->of_extension && !g_hash_table_contains(dumped, GUINT_TO_POINTER(planned->info->oid)))
            return differ(error, planned->info->schema, planned->info->name,
                          "the plan of the rows but not in pg_dump's schema");
    }
    return true;
}

/* Of what whoever restores the archive has to know too. */
static void warn(gpointer data, const char *text)
{
    Backup *self = data;
    g_warning("%s", text);
    g_ptr_array_add(self->head->warnings, g_strdup(text));
}

/* pg_dump leaves subscriptions out, with a warning that does not name them, if the role may not read them whole. */
static bool warn_of_subscriptions(Backup *self, const HfDumpToc *toc, GError **error)
{
    g_autoptr(HfPgRows) rows =
        hf_pg_query(self->snapshot->pg,
                    "SELECT s.subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = "
                    "s.subdbid WHERE d.datname = pg_catalog.current_database() ORDER BY 1",
                    NULL, error);
    g_autoptr(GHashTable) dumped = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++)
        if (strcmp(hf_dump_toc_get(toc, i)->kind, "SUBSCRIPTION") == 0)
            g_hash_table_add(dumped, (gpointer)hf_dump_toc_get(toc, i)->tag);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        if (g_hash_table_contains(dumped, hf_pg_rows_text(rows, i, 0)))
            continue;
        g_autofree char *text = g_strdup_printf("the subscription %s is not in the backup, for a superuser alone may "
                                                "read it whole",
                                                hf_pg_rows_text(rows, i, 0));
        warn(self, text);
    }
    return rows != NULL;
}

static void add_names(GPtrArray *names, char **more)
{
    for (char **name = more; name != NULL && *name != NULL; name++)
        if (!g_ptr_array_find_with_equal_func(names, *name, g_str_equal, NULL))
            g_ptr_array_add(names, g_strdup(*name));
}

/* Everybody whom the dumped objects, the database or the large objects name. */
static bool read_roles(Backup *self, const HfDumpToc *toc, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const HfDatabaseInfo *database = &self->head->database;
    g_auto(GStrv) toc_roles = hf_dump_toc_roles(toc);
    g_auto(GStrv) blob_roles = hf_postgres_large_object_roles(self->snapshot->pg, error);
    if (blob_roles == NULL)
        return false;
    add_names(names, toc_roles);
    add_names(names, blob_roles);
    add_names(names, (char *[]){database->owner, NULL});
    for (guint i = 0; i < database->grants->len; i++)
        add_names(names, (char *[]){((HfDatabaseGrant *)database->grants->pdata[i])->grantee, NULL});
    for (guint i = 0; i < database->settings->len; i++)
        add_names(names, (char *[]){((HfDatabaseSetting *)database->settings->pdata[i])->role, NULL});
    g_ptr_array_add(names, NULL);
    return hf_postgres_read_roles(self->snapshot->pg, (const char *const *)names->pdata, self->head, error);
}

static bool add_text(Backup *self, const char *name, const char *text, GError **error)
{
    return hf_archive_writer_add(self->writer, name, text, strlen(text), error);
}

/* Everything that stands before the rows in the archive. */
static bool write_front(Backup *self, GBytes *schema, GError **error)
{
    gsize length;
    const uint8_t *data = g_bytes_get_data(schema, &length);
    g_autoptr(HfDumpToc) toc = hf_dump_toc_parse(data, length, error);
    if (toc == NULL || !check_same_tables(self, toc, error) || !read_roles(self, toc, error))
        return false;
    if (!hf_scope_is_selective(&self->options->scope) && !warn_of_subscriptions(self, toc, error))
        return false;
    g_autofree char *head = hf_archive_head_to_json(self->head);
    g_autofree char *globals = hf_globals_sql(self->head);
    g_autofree char *create =
        hf_globals_create_database_sql(&self->head->database, ":\"dbname\"", NULL, (int)self->head->server_version_num);
    return add_text(self, HF_MEMBER_HEAD, head, error) &&
           hf_archive_writer_add_manual(self->writer, self->head, create, error) &&
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
    hf_postgres_source_init(&source, self->options->source, self->snapshot->name, self->head->database.encoding,
                            self->snapshot->types);
    if (self->options->lock_wait_ms > 0)
        source.lock_wait_ms = self->options->lock_wait_ms;
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&source.source, hf_archive_sink_get(sink), self->progress);
    g_autoptr(HfTaskGraph) graph = hf_task_graph_new();
    hf_task_graph_on_end(graph, on_lanes_end, sink);
    if (self->dump_thread != NULL && self->options->jobs > 1)
        hf_task_graph_add(graph, await_schema, self, UINT64_MAX);
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

static bool write_schema(Backup *self, GError **error)
{
    if (!await_dump(self, error))
        return false;
    g_autoptr(GBytes) schema = schema_dump_join(self, error);
    if (schema == NULL || !hf_pattern_lists_given(&self->options->scope.patterns))
        return schema != NULL && write_front(self, schema, error);
    g_autoptr(GBytes) completed = hf_postgres_complete_schema(self->snapshot->pg, schema, warn, self, error);
    return completed != NULL && write_front(self, completed, error);
}

static bool copy_tables(Backup *self, GError **error)
{
    g_autoptr(GPtrArray) slices = plan_tables(self);
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, "copying rows");
    return copy_rows(self, slices, write_schema, error);
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
    return write(self->snapshot->pg, &members.output, error) && add_sql_member(&members, error);
}

static bool copy_large_objects(Backup *self, GError **error)
{
    if (self->snapshot->large_objects == 0)
        return true;
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, "copying large objects");
    if (!add_sql(self, HF_MEMBER_BLOBS_CREATE, hf_postgres_write_large_objects_create, error))
        return false;
    HfManifestTable *table = hf_postgres_large_objects_table();
    g_ptr_array_add(self->manifest->tables, table);
    self->manifest->large_objects = self->snapshot->large_objects;
    g_autoptr(GPtrArray) slices = g_ptr_array_new_with_free_func(g_free);
    return hf_postgres_slice_large_objects(self->snapshot->pg, table,
                                           self->options->jobs * LARGE_OBJECT_SLICES_PER_LANE, slices, error) &&
           copy_rows(self, slices, NULL, error) &&
           add_sql(self, HF_MEMBER_BLOBS_OWNERS, hf_postgres_write_large_objects_owners, error);
}

static bool write_sequences(Backup *self, GError **error)
{
    /* Sequences know no snapshot. Read after the rows they are never behind them. */
    g_autofree char *sql =
        hf_postgres_read_sequences(self->snapshot->pg, &self->options->scope, &self->manifest->sequences, error);
    return sql != NULL && add_text(self, HF_MEMBER_SEQUENCES, sql, error);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool finish(Backup *self, HfStoragePut *put, GError **error)
{
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, "finishing");
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    self->manifest->finished = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S.%fZ");
    const HfBackupOptions *options = self->options;
    return hf_error_check_cancelled(self->cancellable, error) && hf_archive_writer_finish(self->writer, error) &&
           (options->before_commit == NULL ||
            options->before_commit(self->manifest, options->before_commit_data, error)) &&
           hf_storage_put_commit(put, error);
}

static bool run(Backup *self, HfStoragePut *put, GError **error)
{
    const HfBackupOptions *options = self->options;
    if (!open_source(self, error))
        return false;
    schema_dump_start(self);
    if (!hf_postgres_snapshot_read(self->snapshot, &options->scope, error))
        return false;
    fill_manifest(self);
    self->budget = hf_budget_new(options->jobs * HF_PART_BYTES);
    self->writer = hf_archive_writer_open(&self->file.output, options->recipients, self->manifest,
                                          g_get_real_time() / G_USEC_PER_SEC, error);
    return self->writer != NULL && copy_tables(self, error) && copy_large_objects(self, error) &&
           write_sequences(self, error) && hf_postgres_snapshot_end(self->snapshot, error) && finish(self, put, error);
}

static void fill_result(const Backup *self, HfBackupResult *result)
{
    *result = (HfBackupResult){.tables = self->snapshot->tables->len,
                               .large_objects = self->manifest->large_objects,
                               .rows = hf_manifest_rows(self->manifest),
                               .raw_bytes = hf_manifest_raw_bytes(self->manifest),
                               .archive_bytes = self->file.bytes};
}

bool hf_backup(const HfBackupOptions *options, HfStoragePut *put, HfProgress *progress, GCancellable *cancellable,
               HfBackupResult *result, GError **error)
{
    Backup self = {.options = options,
                   .file = {{write_counted}, &put->output, 0},
                   .progress = progress,
                   .cancellable = cancellable};
    if (progress != NULL)
        hf_progress_set_phase(progress, "taking the snapshot");
    bool ok = run(&self, put, error);
    if (ok)
        fill_result(&self, result);
    if (ok && progress != NULL)
        hf_progress_finish(progress);
    schema_dump_give_up(&self);
    hf_archive_writer_free(self.writer);
    hf_budget_free(self.budget);
    /* The tables' entries are owned by the manifest once it is filled. */
    if (self.manifest != NULL)
        for (guint i = 0; i < self.snapshot->tables->len; i++)
            ((HfPlannedTable *)self.snapshot->tables->pdata[i])->info = NULL;
    hf_postgres_snapshot_free(self.snapshot);
    hf_manifest_free(self.manifest);
    hf_archive_head_free(self.head);
    hf_pg_program_free(self.pg_dump);
    return ok;
}
