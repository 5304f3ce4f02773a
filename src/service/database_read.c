/*
 * pg_dump's thread and the one that opened share the head's warnings and the outcome: the first writes them until it
 * has set `dumped`, the second reads them after it has joined.
 */
#include "service/database_read.h"

#include "base/error.h"
#include "base/version.h"
#include "engine/ends/postgres_partial.h"
#include "pg/dump_toc.h"
#include "pg/program.h"

#include <string.h>

/* Large objects are cut in so many slices for each lane. */
#define LARGE_OBJECT_SLICES_PER_LANE 4

/* How often a look is taken at what pg_dump waits for. */
#define DUMP_CHECK_US G_USEC_PER_SEC

typedef struct {
    HfDatabaseRead read;
    const HfDatabaseReadOptions *options;
    GCancellable *cancellable;
    GHashTable *planned; /* HfManifestTable* -> HfPlannedTable* */
    HfPgProgram *pg_dump;
    bool pooled;          /* the connections go through a pooler */
    GThread *dump_thread; /* pg_dump at work; NULL: not yet, or no more */
    GMutex dump_mutex;    /* guards dump_done */
    GCond dump_cond;      /* dump_done has changed */
    bool dump_done;
    char *dump_session; /* pg_dump's application_name, which no other session has */
    GCancellable *dump_cancellable;
    gulong cancel_handler;
    GError *dump_error;
} Reading;

/* ---- The schema ----------------------------------------------------------------------------------------------------
 */

/* Never for ever, for who holds the lock may wait for the snapshot's own locks. */
static uint64_t dump_lock_wait_ms(const Reading *self)
{
    return self->options->lock_wait_ms > 0 ? self->options->lock_wait_ms : HF_POSTGRES_LOCK_WAIT_MS;
}

static gpointer dump_schema(gpointer data)
{
    Reading *self = data;
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    hf_scope_append_arguments(&self->options->scope, arguments);
    for (guint i = 0; i < self->read.snapshot->partition_arguments->len; i++)
        g_ptr_array_add(arguments, g_strdup(self->read.snapshot->partition_arguments->pdata[i]));
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
                                               self->read.snapshot->name, (const char *const *)arguments->pdata,
                                               self->read.head->warnings, self->dump_cancellable, &self->dump_error);
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->dump_mutex);
    self->dump_done = true;
    g_cond_broadcast(&self->dump_cond);
    return schema;
}

bool hf_database_read_await_schema(gpointer lane, gpointer data, GError **error)
{
    (void)lane;
    (void)error;
    Reading *self = data;
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

static void schema_dump_start(Reading *self)
{
    self->dump_cancellable = g_cancellable_new();
    self->dump_session = g_strdup_printf("pg_dump %s", self->read.snapshot->name);
    if (self->cancellable != NULL)
        self->cancel_handler =
            g_cancellable_connect(self->cancellable, G_CALLBACK(on_cancelled), self->dump_cancellable, NULL);
    self->dump_thread = g_thread_new("pg_dump", dump_schema, self);
}

/*
 * pg_dump lifts the lock timeout, except while it locks tables; yet views are locked as it prints them, and sequences
 * as it reads them. False if it stands still for a lock: the error says whose.
 */
static bool check_dump_waits(Reading *self, GError **error)
{
    static const char *const holder_sql =
        "SELECT pg_catalog.format('process %s, %s', b.pid, coalesce(nullif(b.application_name, ''), b.usename, "
        "'unknown')) FROM pg_catalog.pg_stat_activity a CROSS JOIN "
        "pg_catalog.unnest(pg_catalog.pg_blocking_pids(a.pid)) "
        "p(pid) JOIN pg_catalog.pg_stat_activity b ON b.pid = p.pid WHERE a.application_name = $1 AND "
        "a.wait_event_type "
        "= 'Lock' AND pg_catalog.clock_timestamp() - a.query_start > $2::bigint * '1 ms'::interval LIMIT 1";
    HfPg *pg = self->read.snapshot->pg;
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
static bool await_dump(Reading *self, GError **error)
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
static GBytes *schema_dump_join(Reading *self, GError **error)
{
    GBytes *schema = g_thread_join(g_steal_pointer(&self->dump_thread));
    if (self->cancellable != NULL)
        g_cancellable_disconnect(self->cancellable, self->cancel_handler);
    if (schema == NULL)
        g_propagate_error(error, g_steal_pointer(&self->dump_error));
    return schema;
}

/* For when it ends before the schema was asked for. */
static void schema_dump_give_up(Reading *self)
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
static bool check_same_tables(const Reading *self, const HfDumpToc *toc, GError **error)
{
    g_autoptr(GHashTable) dumped = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(toc, i);
        if (strcmp(entry->kind, "TABLE") != 0)
            continue;
        g_hash_table_add(dumped, GUINT_TO_POINTER(entry->object_oid));
        if (!g_hash_table_contains(self->read.snapshot->relations, GUINT_TO_POINTER(entry->object_oid)))
            return differ(error, entry->schema, entry->tag, "pg_dump's schema but not in the plan of the rows");
    }
    for (guint i = 0; i < self->read.snapshot->tables->len; i++) {
        const HfPlannedTable *planned = self->read.snapshot->tables->pdata[i];
        if (!planned->of_extension && !g_hash_table_contains(dumped, GUINT_TO_POINTER(planned->info->oid)))
            return differ(error, planned->info->schema, planned->info->name,
                          "the plan of the rows but not in pg_dump's schema");
    }
    return true;
}

/* Of what whoever restores the archive has to know too. */
static void warn(gpointer data, const char *text)
{
    Reading *self = data;
    g_warning("%s", text);
    g_ptr_array_add(self->read.head->warnings, g_strdup(text));
}

/* pg_dump leaves subscriptions out, with a warning that does not name them, if the role may not read them whole. */
static bool warn_of_subscriptions(Reading *self, const HfDumpToc *toc, GError **error)
{
    g_autoptr(HfPgRows) rows =
        hf_pg_query(self->read.snapshot->pg,
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
static bool read_roles(Reading *self, const HfDumpToc *toc, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const HfDatabaseInfo *database = &self->read.head->database;
    g_auto(GStrv) toc_roles = hf_dump_toc_roles(toc);
    g_auto(GStrv) blob_roles = hf_postgres_large_object_roles(self->read.snapshot->pg, error);
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
    return hf_postgres_read_roles(self->read.snapshot->pg, (const char *const *)names->pdata, self->read.head, error);
}

/* What is known once there is a schema. */
static bool complete_head(Reading *self, GBytes *schema, GError **error)
{
    gsize length;
    const uint8_t *data = g_bytes_get_data(schema, &length);
    g_autoptr(HfDumpToc) toc = hf_dump_toc_parse(data, length, error);
    return toc != NULL && check_same_tables(self, toc, error) && read_roles(self, toc, error) &&
           (hf_scope_is_selective(&self->options->scope) || warn_of_subscriptions(self, toc, error));
}

GBytes *hf_database_read_schema(HfDatabaseRead *read, GError **error)
{
    Reading *self = (Reading *)read;
    if (!await_dump(self, error))
        return NULL;
    g_autoptr(GBytes) schema = schema_dump_join(self, error);
    if (schema != NULL && hf_pattern_lists_given(&self->options->scope.patterns)) {
        g_autoptr(GBytes) partial = g_steal_pointer(&schema);
        schema = hf_postgres_complete_schema(read->snapshot->pg, partial, !hf_scope_is_selective(&self->options->scope),
                                             warn, self, error);
    }
    return schema != NULL && complete_head(self, schema, error) ? g_steal_pointer(&schema) : NULL;
}

/* ---- The tables ----------------------------------------------------------------------------------------------------
 */

/* The manifest owns the tables from here on. */
static void fill_manifest(Reading *self)
{
    HfDatabaseRead *read = &self->read;
    read->manifest = hf_manifest_new();
    for (guint i = 0; i < read->snapshot->tables->len; i++) {
        HfPlannedTable *planned = read->snapshot->tables->pdata[i];
        g_ptr_array_add(read->manifest->tables, planned->info);
        g_hash_table_insert(self->planned, planned->info, planned);
    }
    hf_manifest_add_types(read->manifest, read->snapshot->types);
    read->manifest->large_objects = read->snapshot->large_objects;
    if (read->manifest->large_objects > 0)
        g_ptr_array_add(read->manifest->tables, hf_postgres_large_objects_table());
}

uint64_t hf_database_read_bytes(HfDatabaseRead *read, const HfManifestTable *table)
{
    const HfPlannedTable *planned = g_hash_table_lookup(((Reading *)read)->planned, table);
    return planned != NULL ? planned->bytes : 0;
}

bool hf_database_read_cut(HfDatabaseRead *read, HfManifestTable *table, bool whole, unsigned lanes, GPtrArray *slices,
                          GError **error)
{
    const HfPlannedTable *planned = g_hash_table_lookup(((Reading *)read)->planned, table);
    if (table->no_data_reason != NULL) {
        g_message("%s.%s: no rows: %s", table->schema, table->name, table->no_data_reason);
        return true;
    }
    if (table->kind == HF_TABLE_LARGE_OBJECTS)
        return hf_postgres_slice_large_objects(read->snapshot->pg, table, lanes * LARGE_OBJECT_SLICES_PER_LANE, slices,
                                               error);
    whole = whole || table->filter != NULL || !hf_postgres_can_slice(read->snapshot->pg);
    hf_slice_cut_pages(slices, table, whole ? 1 : planned->pages, planned->bytes, lanes);
    return true;
}

void hf_database_read_source_init(HfDatabaseRead *read, HfPostgresSource *source)
{
    const HfDatabaseReadOptions *options = ((Reading *)read)->options;
    hf_postgres_source_init(source, options->source, read->snapshot->name, read->head->database.encoding,
                            read->snapshot->types);
    if (options->lock_wait_ms > 0)
        source->lock_wait_ms = options->lock_wait_ms;
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool read_head(Reading *self, GError **error)
{
    HfPg *pg = self->read.snapshot->pg;
    self->pg_dump = hf_pg_program_find_dump(hf_pg_server_version(pg) / 10000, error);
    if (self->pg_dump == NULL)
        return false;
    HfArchiveHead *head = self->read.head = hf_archive_head_new();
    head->product = g_strdup_printf("holdfast %s", hf_version());
    head->pg_dump_version = g_strdup(self->pg_dump->version);
    head->snapshot = g_strdup(self->read.snapshot->name);
    hf_scope_append_arguments(&self->options->scope, head->filters);
    return hf_pg_read_pooled(pg, &self->pooled, error) && hf_postgres_read_head(pg, head, error);
}

HfDatabaseRead *hf_database_read_open(const HfDatabaseReadOptions *options, GCancellable *cancellable, GError **error)
{
    Reading *self = g_new0(Reading, 1);
    g_autoptr(HfDatabaseRead) read = &self->read;
    self->options = options;
    self->cancellable = cancellable;
    self->planned = g_hash_table_new(NULL, NULL);
    read->snapshot =
        hf_postgres_snapshot_open(options->source, &options->scope, options->lock_wait_ms, cancellable, error);
    if (read->snapshot == NULL || !read_head(self, error))
        return NULL;
    schema_dump_start(self);
    if (!hf_postgres_snapshot_read(read->snapshot, &options->scope, error))
        return NULL;
    fill_manifest(self);
    return g_steal_pointer(&read);
}

void hf_database_read_free(HfDatabaseRead *read)
{
    Reading *self = (Reading *)read;
    if (self == NULL)
        return;
    schema_dump_give_up(self);
    if (read->manifest != NULL)
        for (guint i = 0; i < read->snapshot->tables->len; i++)
            ((HfPlannedTable *)read->snapshot->tables->pdata[i])->info = NULL;
    hf_postgres_snapshot_free(read->snapshot);
    hf_manifest_free(read->manifest);
    hf_archive_head_free(read->head);
    hf_pg_program_free(self->pg_dump);
    g_hash_table_unref(self->planned);
    g_free(self);
}
