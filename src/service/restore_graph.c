/*
 * One task graph does the bulk of it, in lanes of one connection each:
 *
 *   first slice of a table ─> its other slices ─> proof of the table
 *                                  └────────────> its indexes and key constraints
 *   all tables loaded ─> indexes over expressions ─> statistics ─> foreign keys
 *   all tables loaded ─> triggers and the rest; and proved ─> policies
 *   all of post-data, statistics ─> grants ─> materialized views that may need them
 *
 * so that index builds and proofs of finished tables overlap with the loading of others. Every entry of post-data is a
 * task that waits for what pg_dump says it depends on, and for nothing that only comes before it in the file. Proofs
 * weigh nothing: they fill the lanes beside what goes one by one, unless policies or code of users wait for them.
 *
 * Only an index over plain columns starts before everything is loaded: a function in an index may look into other
 * tables. One in a materialized view may write to them: that waits for the proof. A refresh that needs nobody's grant
 * goes as soon as there are rows and statistics: at the end it would be alone in its lane.
 *
 * A task names the tables that it locks, so that no lane stands in the server's queue for a lock that another holds.
 */
#include "service/restore_graph.h"

#include "base/error.h"
#include "engine/ends/archive.h"
#include "engine/ends/postgres.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/task_graph.h"
#include "service/restore_entry.h"
#include "service/restore_foreign_key.h"
#include "service/restore_lanes.h"
#include "service/restore_refresh.h"

#include <string.h>

/* Of a table's bytes, what proving it, and building one index or checking one key of it, weigh beside loading it. */
#define PROOF_WEIGHT(bytes) ((bytes) / 4 + 1)
#define INDEX_WEIGHT(bytes) ((bytes) / 8 + 1)
#define GIN_WEIGHT(bytes) ((bytes) / 2 + 1)
#define FOREIGN_KEY_WEIGHT(bytes) ((bytes) / 4 + 1) /* more than it costs: it locks two tables, so it goes first */
#define REFRESH_WEIGHT(bytes) ((bytes) / 8 + 1)     /* of all tables: one task that may read them all */
#define ANALYZE_WEIGHT 1
#define PROOF_SLICE_BYTES ((uint64_t)128 << 20)

/* A table as it is loaded. */
typedef struct {
    HfManifestTable *info;
    HfTask *first;   /* NULL: there is nothing to do */
    HfTask *done;    /* after the last slice; NULL as above */
    HfTask *analyze; /* NULL: it has no rows */
} TableTasks;

struct HfRestoreGraph {
    HfRestoreLanes lanes; /* first, so that a lane knows its graph */
    const HfRestoreLoad *options;
    const HfManifest *manifest;
    HfTaskGraph *graph;
    HfTask *all_loaded, *all_proved, *all_made; /* barriers */
    HfRestoreStep grant;
    gpointer grant_data;
    GPtrArray *owned;        /* task payloads */
    GPtrArray *slices;       /* GPtrArray of HfSlice: those of each table */
    uint64_t raw_bytes;      /* of all tables that are loaded */
    GHashTable *dumped;      /* OID -> HfTocEntry*: the tables that the schema makes itself */
    GHashTable *tables;      /* OID -> TableTasks* */
    GHashTable *entry_tasks; /* dump_id -> HfTask*, of post-data entries */
    GMutex mutex;            /* guards counted */
    GHashTable *counted;     /* HfManifestTable* -> uint64_t*: rows by count, proof count */
};

static HfRestoreGraph *graph_of(const HfRestoreLane *lane)
{
    return (HfRestoreGraph *)lane->all;
}

/* ---- Tasks ---------------------------------------------------------------------------------------------------------
 */

static gpointer own(HfRestoreGraph *self, gpointer payload)
{
    g_ptr_array_add(self->owned, payload);
    return payload;
}

static void expect(HfRestoreGraph *self, uint64_t weight)
{
    if (self->options->progress != NULL)
        hf_progress_expect(self->options->progress, weight);
}

static HfTask *add_task(HfRestoreGraph *self, HfTaskFunc func, gpointer data, uint64_t weight)
{
    expect(self, weight);
    return hf_task_graph_add(self->graph, func, data, weight);
}

static bool do_nothing(gpointer lane, gpointer data, GError **error)
{
    (void)lane;
    (void)data;
    (void)error;
    return true;
}

static bool load_slice(gpointer lane, gpointer slice, GError **error)
{
    return hf_restore_lane_load(lane, slice, error) && hf_restore_lane_end_load(lane, error);
}

/* All slices of a table. */
static bool load_table(gpointer lane, gpointer payload, GError **error)
{
    const GPtrArray *slices = payload;
    for (guint i = 0; i < slices->len; i++)
        if (!hf_restore_lane_load(lane, slices->pdata[i], error))
            return false;
    return hf_restore_lane_end_load(lane, error);
}

/* A share of a table to be read back: share `start` of `end` shares; which pages that is, is known when it is loaded.
 */
static bool slice_pages(HfPg *pg, HfSlice *slice, GError **error)
{
    uint64_t number = slice->start, count = slice->end;
    slice->start = 0;
    slice->end = HF_SLICE_TO_END;
    if (count <= 1)
        return true;
    g_autofree char *name = hf_pg_quote_qualified(slice->table->schema, slice->table->name);
    g_autofree char *sql = g_strdup_printf("SELECT pg_catalog.pg_relation_size(tableoid) / "
                                           "pg_catalog.current_setting('block_size')::bigint FROM ONLY %s LIMIT 1",
                                           name);
    g_autoptr(HfPgRows) rows = hf_pg_query(pg, sql, NULL, error);
    if (rows == NULL)
        return false;
    uint64_t pages = hf_pg_rows_count(rows) > 0 ? (uint64_t)hf_pg_rows_int64(rows, 0, 0) : 0;
    slice->start = pages * number / count;
    if (number + 1 < count)
        slice->end = pages * (number + 1) / count;
    return true;
}

static bool prove_slice(gpointer data, gpointer payload, GError **error)
{
    HfRestoreLane *lane = data;
    HfSlice slice = *(const HfSlice *)payload;
    if (slice.table->kind == HF_TABLE_PLAIN && !slice_pages(lane->pg, &slice, error))
        return false;
    return hf_pipeline_lane_copy(lane->prove, &slice, error);
}

static bool count_rows(gpointer data, gpointer payload, GError **error)
{
    HfRestoreLane *lane = data;
    const HfManifestTable *table = payload;
    bool root = table->load_root_oid != 0;
    g_autofree char *name = root ? hf_pg_quote_qualified(table->load_root_schema, table->load_root_name)
                                 : hf_pg_quote_qualified(table->schema, table->name);
    g_autofree char *sql = g_strdup_printf("SELECT pg_catalog.count(*) FROM %s%s %s", root ? "" : "ONLY ", name,
                                           table->filter != NULL ? table->filter : "");
    g_autoptr(HfPgRows) rows = hf_pg_query(lane->pg, sql, NULL, error);
    if (rows == NULL)
        return false;
    uint64_t count = (uint64_t)hf_pg_rows_int64(rows, 0, 0);
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&graph_of(lane)->mutex);
    g_hash_table_insert(graph_of(lane)->counted, payload, g_memdup2(&count, sizeof count));
    return true;
}

/* The bytes of the tables that an entry depends on: what building it has to read. */
static uint64_t entry_bytes(HfRestoreGraph *self, const HfTocEntry *entry)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *needed = hf_dump_toc_find(self->options->schema->toc, entry->dependencies[i]);
        const TableTasks *tasks =
            needed != NULL ? g_hash_table_lookup(self->tables, GUINT_TO_POINTER(needed->object_oid)) : NULL;
        bytes += tasks != NULL && strcmp(needed->kind, "TABLE") == 0 ? tasks->info->raw_bytes : 0;
    }
    return bytes;
}

static uint64_t entry_weight(HfRestoreGraph *self, const HfTocEntry *entry)
{
    if (entry->phase == HF_TOC_LAST)
        return REFRESH_WEIGHT(self->raw_bytes);
    if (hf_toc_entry_is_foreign_key(entry))
        return FOREIGN_KEY_WEIGHT(entry_bytes(self, entry));
    if (!hf_toc_entry_is_index(entry))
        return 1;
    uint64_t bytes = entry_bytes(self, entry);
    return strstr(entry->definition, " USING gin ") != NULL ? GIN_WEIGHT(bytes) : INDEX_WEIGHT(bytes);
}

static bool run_entry(gpointer data, gpointer payload, GError **error)
{
    HfRestoreLane *lane = data;
    const HfTocEntry *entry = payload;
    HfProgress *progress = graph_of(lane)->options->progress;
    g_autofree char *label = g_strdup_printf("%s %s", entry->kind, entry->tag);
    if (progress != NULL)
        hf_progress_lane_begin(progress, lane->number, label, entry_weight(graph_of(lane), entry));
    bool ok = hf_postgres_run_entry(lane->pg, graph_of(lane)->options->schema, entry, error);
    if (progress != NULL)
        hf_progress_lane_end(progress, lane->number);
    return ok;
}

/* Statistics are worth having and no part of the data: where they cannot be had (of a foreign table whose server is
 * away, say) the restore goes on. */
static bool analyze(gpointer data, gpointer payload, GError **error)
{
    const HfRestoreLane *lane = data;
    bool shared = graph_of(lane)->options->shared != NULL;
    g_autoptr(GError) reason = NULL;
    if (shared && !hf_pg_exec(lane->pg, "SAVEPOINT before_analyze", error))
        return false;
    if (!hf_pg_execf(lane->pg, &reason, "ANALYZE %s", (const char *)payload)) {
        if (g_error_matches(reason, HF_ERROR, HF_ERROR_CANCELLED) ||
            g_error_matches(reason, HF_ERROR, HF_ERROR_NETWORK)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
        g_warning("no statistics of %s: %s", (const char *)payload, reason->message);
        return !shared || hf_pg_exec(lane->pg, "ROLLBACK TO SAVEPOINT before_analyze", error);
    }
    return !shared || hf_pg_exec(lane->pg, "RELEASE SAVEPOINT before_analyze", error);
}

static bool truncate_table(gpointer data, gpointer payload, GError **error)
{
    const HfRestoreLane *lane = data;
    const HfManifestTable *table = payload;
    g_autofree char *name = hf_pg_quote_qualified(table->schema, table->name);
    return hf_pg_execf(lane->pg, error, "TRUNCATE ONLY %s", name);
}

/* ---- The graph: rows -----------------------------------------------------------------------------------------------
 */

static HfTask *barrier(HfRestoreGraph *self)
{
    return hf_task_graph_add(self->graph, do_nothing, NULL, 0);
}

/* Whether the table is made by its extension, which may put rows into it. */
static bool is_of_extension(HfRestoreGraph *self, const HfManifestTable *table)
{
    return table->kind == HF_TABLE_PLAIN && !g_hash_table_contains(self->dumped, GUINT_TO_POINTER(table->oid));
}

static void use_table(HfRestoreGraph *self, HfTask *task, const HfManifestTable *table, bool exclusive)
{
    const HfTocEntry *entry = g_hash_table_lookup(self->dumped, GUINT_TO_POINTER(table->oid));
    if (entry != NULL)
        hf_task_use(task, entry, exclusive);
}

/* Before the checks of foreign keys and what else reads much, which are planned by them. */
static HfTask *add_analyze(HfRestoreGraph *self, const HfManifestTable *table)
{
    char *name = own(self, hf_pg_quote_qualified(table->schema, table->name));
    HfTask *task = hf_task_graph_add(self->graph, analyze, name, ANALYZE_WEIGHT);
    hf_task_depend(task, self->all_loaded);
    hf_task_depend(self->all_made, task);
    use_table(self, task, table, true);
    return task;
}

/* One lane is best: rows keep their order, and all are frozen. But a table with more than a lane's share of all bytes
 * would keep the other lanes waiting at the end. */
static bool fits_one_lane(HfRestoreGraph *self, const HfManifestTable *table)
{
    return table->kind == HF_TABLE_PLAIN && table->load_root_oid == 0 && table->filter == NULL &&
           table->raw_bytes <= self->raw_bytes / self->options->jobs;
}

static HfTask *add_load(HfRestoreGraph *self, HfTaskFunc func, gpointer data, uint64_t weight)
{
    self->lanes.loads++;
    return add_task(self, func, data, weight);
}

static HfTask *add_load_in_one_lane(HfRestoreGraph *self, GPtrArray *slices)
{
    uint64_t weight = 0;
    for (guint i = 0; i < slices->len; i++) {
        HfSlice *slice = slices->pdata[i];
        slice->one_lane = true;
        weight += slice->weight;
    }
    return add_load(self, load_table, slices, weight);
}

/* The first slice truncates the table and freezes its rows: it goes alone. Slices that are added to one table through a
 * partition root, and large objects, need no such order. */
static void add_load_by_slices(HfRestoreGraph *self, TableTasks *tasks, const GPtrArray *slices)
{
    const HfManifestTable *table = tasks->info;
    bool first_alone = table->kind == HF_TABLE_PLAIN && table->load_root_oid == 0;
    tasks->done = barrier(self);
    for (guint i = 0; i < slices->len; i++) {
        HfSlice *slice = slices->pdata[i];
        HfTask *task = add_load(self, load_slice, slice, slice->weight);
        if (i == 0)
            tasks->first = task;
        else if (first_alone)
            hf_task_depend(task, tasks->first);
        hf_task_depend(tasks->done, task);
    }
}

static bool add_table(HfRestoreGraph *self, HfManifestTable *table, GError **error)
{
    HfOrigin *origin = self->options->origin;
    TableTasks *tasks = own(self, g_new0(TableTasks, 1));
    GPtrArray *slices = g_ptr_array_new_with_free_func(g_free);
    bool one_lane = fits_one_lane(self, table);
    g_ptr_array_add(self->slices, slices);
    tasks->info = table;
    g_hash_table_insert(self->tables, GUINT_TO_POINTER(table->oid), tasks);
    if (!origin->cut(origin, table, one_lane, self->options->jobs, slices, error))
        return false;
    if (slices->len == 0 && is_of_extension(self, table) && table->filter == NULL)
        tasks->done = tasks->first = hf_task_graph_add(self->graph, truncate_table, table, 1);
    if (slices->len == 0)
        return true;
    if (one_lane)
        tasks->done = tasks->first = add_load_in_one_lane(self, slices);
    else
        add_load_by_slices(self, tasks, slices);
    if (table->kind == HF_TABLE_PLAIN)
        tasks->analyze = add_analyze(self, table);
    return true;
}

static unsigned proof_shares(const HfRestoreGraph *self, const HfManifestTable *table)
{
    bool whole = table->load_root_oid != 0 || table->filter != NULL || self->options->shared != NULL;
    return whole ? 1 : (unsigned)MIN(table->raw_bytes / PROOF_SLICE_BYTES + 1, 4 * self->options->jobs);
}

static void add_proof_task(HfRestoreGraph *self, HfSlice slice, HfTask *after)
{
    HfTask *task;
    if (self->options->proof == HF_PROOF_COUNT && slice.table->kind == HF_TABLE_PLAIN)
        task = hf_task_graph_add(self->graph, count_rows, slice.table, 0);
    else {
        task = hf_task_graph_add(self->graph, prove_slice, own(self, g_memdup2(&slice, sizeof slice)), 0);
        expect(self, slice.weight);
    }
    if (after != NULL)
        hf_task_depend(task, after);
    use_table(self, task, slice.table, false);
    hf_task_depend(self->all_proved, task);
}

static void add_proof(HfRestoreGraph *self, HfManifestTable *table, HfTask *after)
{
    unsigned shares = self->options->proof == HF_PROOF_COUNT ? 1 : proof_shares(self, table);
    for (unsigned i = 0; i < shares; i++)
        add_proof_task(
            self,
            (HfSlice){.table = table, .start = i, .end = shares, .weight = PROOF_WEIGHT(table->raw_bytes / shares)},
            after);
}

static bool add_large_object_proof(HfRestoreGraph *self, HfPg *pg, HfManifestTable *table, HfTask *after,
                                   GError **error)
{
    g_autoptr(GPtrArray) slices = g_ptr_array_new_with_free_func(g_free);
    if (!hf_postgres_slice_large_objects(pg, table, 4 * self->options->jobs, slices, error))
        return false;
    for (guint i = 0; i < slices->len; i++) {
        HfSlice slice = *(HfSlice *)slices->pdata[i];
        slice.weight = PROOF_WEIGHT(table->raw_bytes / slices->len);
        add_proof_task(self, slice, after);
    }
    return true;
}

/* The first table of a group that is loaded through one root stands for all of it. */
static bool stands_for_root(HfRestoreGraph *self, const HfManifestTable *table)
{
    if (table->load_root_oid == 0)
        return true;
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        const HfManifestTable *other = self->manifest->tables->pdata[i];
        if (other->load_root_oid == table->load_root_oid && hf_restore_takes_table(self->options->schema, other))
            return other == table;
    }
    return true;
}

/* Loads through a root touch all its partitions: whatever waits for one of them waits for all. */
static void join_root_groups(HfRestoreGraph *self)
{
    GHashTableIter a, b;
    gpointer left, right;
    g_hash_table_iter_init(&a, self->tables);
    while (g_hash_table_iter_next(&a, NULL, &left)) {
        TableTasks *tasks = left;
        if (tasks->info->load_root_oid == 0)
            continue;
        HfTask *all = barrier(self);
        g_hash_table_iter_init(&b, self->tables);
        while (g_hash_table_iter_next(&b, NULL, &right)) {
            const TableTasks *other = right;
            if (other->info->load_root_oid == tasks->info->load_root_oid && other->first != NULL)
                hf_task_depend(all, other->done);
        }
        g_hash_table_insert(self->entry_tasks, tasks, all);
    }
    g_hash_table_iter_init(&a, self->tables);
    while (g_hash_table_iter_next(&a, NULL, &left)) {
        HfTask *all = g_hash_table_lookup(self->entry_tasks, left);
        if (all != NULL)
            ((TableTasks *)left)->done = all;
        g_hash_table_remove(self->entry_tasks, left);
    }
}

static bool add_rows(HfRestoreGraph *self, HfPg *pg, GError **error)
{
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        const HfManifestTable *table = self->manifest->tables->pdata[i];
        self->raw_bytes += hf_restore_takes_table(self->options->schema, table) ? table->raw_bytes : 0;
    }
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        HfManifestTable *table = self->manifest->tables->pdata[i];
        if (hf_restore_takes_table(self->options->schema, table) && !add_table(self, table, error))
            return false;
    }
    join_root_groups(self);
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        HfManifestTable *table = self->manifest->tables->pdata[i];
        TableTasks *tasks = g_hash_table_lookup(self->tables, GUINT_TO_POINTER(table->oid));
        if (tasks == NULL)
            continue;
        if (tasks->done != NULL)
            hf_task_depend(self->all_loaded, tasks->done);
        if (self->options->proof == HF_PROOF_NONE || !stands_for_root(self, table))
            continue;
        if (table->kind == HF_TABLE_PLAIN)
            add_proof(self, table, tasks->done);
        else if (!add_large_object_proof(self, pg, table, tasks->done, error))
            return false;
    }
    return true;
}

/* ---- The graph: post-data ------------------------------------------------------------------------------------------
 */

/* Whether the entry may run as soon as its own tables are loaded: nothing in it can look elsewhere. */
static bool may_run_early(HfRestoreGraph *self, const HfTocEntry *entry)
{
    bool has_table = false;
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *needed = hf_dump_toc_find(self->options->schema->toc, entry->dependencies[i]);
        if (needed == NULL)
            continue;
        if (hf_toc_entry_is_code(needed))
            return false;
        has_table = has_table || strcmp(needed->kind, "TABLE") == 0;
    }
    return has_table;
}

/* Lets the task wait for the rows of the tables that the entry depends on, and for other entries; and keeps it apart
 * from others that lock the same tables. */
static void bind_entry(HfRestoreGraph *self, HfTask *task, const HfTocEntry *entry, bool exclusive)
{
    for (size_t i = 0; i < entry->dependency_count; i++) {
        HfTask *other = g_hash_table_lookup(self->entry_tasks, GINT_TO_POINTER(entry->dependencies[i]));
        if (other != NULL)
            hf_task_depend(task, other);
        const HfTocEntry *needed = hf_dump_toc_find(self->options->schema->toc, entry->dependencies[i]);
        if (needed == NULL || (strcmp(needed->kind, "TABLE") != 0 && strcmp(needed->kind, "MATERIALIZED VIEW") != 0))
            continue;
        hf_task_use(task, needed, exclusive);
        const TableTasks *tasks = g_hash_table_lookup(self->tables, GUINT_TO_POINTER(needed->object_oid));
        if (tasks != NULL && tasks->done != NULL)
            hf_task_depend(task, tasks->done);
        if (tasks != NULL && tasks->analyze != NULL && hf_toc_entry_may_have_statistics(entry))
            hf_task_depend(tasks->analyze, task);
    }
}

/* Statistics, and what else of it is made. */
static void wait_for_what_is_read(HfRestoreGraph *self, HfTask *task, GHashTable *reads)
{
    GHashTableIter iter;
    gpointer each;
    g_hash_table_iter_init(&iter, reads);
    while (g_hash_table_iter_next(&iter, &each, NULL)) {
        const HfTocEntry *entry = each;
        HfTask *made = g_hash_table_lookup(self->entry_tasks, GINT_TO_POINTER(entry->dump_id));
        if (made != NULL && made != task)
            hf_task_depend(task, made);
        const TableTasks *tasks = g_hash_table_lookup(self->tables, GUINT_TO_POINTER(entry->object_oid));
        if (strcmp(entry->kind, "TABLE") == 0 && tasks != NULL && tasks->analyze != NULL)
            hf_task_depend(task, tasks->analyze);
    }
}

/* Foreign keys are checked when statistics and indexes are there. */
static void bind_foreign_keys(HfRestoreGraph *self)
{
    const HfDumpToc *toc = self->options->schema->toc;
    g_autoptr(HfForeignKeyReads) all = hf_foreign_key_reads_new(toc);
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(toc, i);
        HfTask *task = g_hash_table_lookup(self->entry_tasks, GINT_TO_POINTER(entry->dump_id));
        if (task == NULL || !hf_toc_entry_is_foreign_key(entry))
            continue;
        g_autoptr(GHashTable) reads = hf_foreign_key_reads(all, entry);
        wait_for_what_is_read(self, task, reads);
    }
}

static void wait_for_rows(HfRestoreGraph *self, HfTask *task, const HfTocEntry *entry)
{
    if (!hf_toc_entry_is_index(entry) || !may_run_early(self, entry))
        hf_task_depend(task, self->all_loaded);
    if (hf_toc_entry_hides_rows(entry))
        hf_task_depend(task, self->all_proved);
}

static void add_post_data(HfRestoreGraph *self)
{
    const HfSchema *schema = self->options->schema;
    for (size_t i = 0; i < hf_dump_toc_size(schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(schema->toc, i);
        if (entry->phase != HF_TOC_POST_DATA || !hf_schema_has(schema, i))
            continue;
        HfTask *task = add_task(self, run_entry, (gpointer)entry, entry_weight(self, entry));
        bind_entry(self, task, entry, hf_toc_entry_needs_table_alone(entry));
        wait_for_rows(self, task, entry);
        hf_task_depend(self->all_made, task);
        g_hash_table_insert(self->entry_tasks, GINT_TO_POINTER(entry->dump_id), task);
    }
    bind_foreign_keys(self);
}

/* ---- The graph: what comes last ------------------------------------------------------------------------------------
 */

static bool run_grant(gpointer data, gpointer payload, GError **error)
{
    const HfRestoreLane *lane = data;
    const HfRestoreGraph *self = payload;
    return self->grant(lane->pg, self->grant_data, error);
}

/* Grants may take from the owner what all before needs. Only a superuser reads on whatever they say. */
static bool add_grant(HfRestoreGraph *self, HfPg *pg, HfTask **task, GError **error)
{
    g_autofree char *superuser = hf_pg_query_text(pg, "SHOW is_superuser", NULL, error);
    if (superuser == NULL)
        return false;
    *task = hf_task_graph_add(self->graph, run_grant, self, 1);
    hf_task_depend(*task, self->all_loaded);
    hf_task_depend(*task, self->all_made);
    if (strcmp(superuser, "on") != 0)
        hf_task_depend(*task, self->all_proved);
    return true;
}

bool hf_restore_is_refresh(const HfTocEntry *entry)
{
    return entry->phase == HF_TOC_LAST && strcmp(entry->kind, "MATERIALIZED VIEW DATA") == 0;
}

static void add_refresh(HfRestoreGraph *self, const HfTocEntry *entry, HfTask *granted)
{
    HfTask *task = add_task(self, run_entry, (gpointer)entry, entry_weight(self, entry));
    g_autoptr(GHashTable) reads = g_hash_table_new(NULL, NULL);
    bool has_code = hf_refresh_reads(self->options->schema, entry, reads);
    if (!has_code && self->options->shared == NULL && hf_refresh_stands_alone(self->options->schema, entry, reads)) {
        hf_task_depend(task, self->all_loaded);
        wait_for_what_is_read(self, task, reads);
    } else
        hf_task_depend(task, granted);
    if (has_code)
        hf_task_depend(task, self->all_proved);
    for (size_t i = 0; i < entry->dependency_count; i++) {
        HfTask *other = g_hash_table_lookup(self->entry_tasks, GINT_TO_POINTER(entry->dependencies[i]));
        if (other != NULL)
            hf_task_depend(task, other);
    }
    g_hash_table_insert(self->entry_tasks, GINT_TO_POINTER(entry->dump_id), task);
    char *name = own(self, hf_pg_quote_qualified(entry->schema, entry->tag));
    hf_task_depend(hf_task_graph_add(self->graph, analyze, name, ANALYZE_WEIGHT), task);
}

static bool add_last(HfRestoreGraph *self, HfPg *pg, GError **error)
{
    const HfSchema *schema = self->options->schema;
    HfTask *granted;
    if (!add_grant(self, pg, &granted, error))
        return false;
    for (size_t i = 0; i < hf_dump_toc_size(schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(schema->toc, i);
        if (hf_schema_has(schema, i) && hf_restore_is_refresh(entry))
            add_refresh(self, entry, granted);
    }
    return true;
}

/* ---- Proof ---------------------------------------------------------------------------------------------------------
 */

/* What the manifest says of a table, or of all tables that share its load root. */
static HfRowDigest expected_proof(HfRestoreGraph *self, const HfManifestTable *table)
{
    HfRowDigest sum = {0};
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        const HfManifestTable *other = self->manifest->tables->pdata[i];
        if (other == table || (table->load_root_oid != 0 && other->load_root_oid == table->load_root_oid &&
                               hf_restore_takes_table(self->options->schema, other)))
            hf_row_digest_merge(&sum, &other->proof);
    }
    return sum;
}

static bool is_proved(HfRestoreGraph *self, const HfManifestTable *table)
{
    HfRowDigest expected = expected_proof(self, table);
    const uint64_t *count = g_hash_table_lookup(self->counted, table);
    if (count != NULL)
        return *count == expected.rows;
    HfRowDigest found = hf_pipeline_digest(self->lanes.prove, table);
    return hf_row_digest_equal(&found, &expected);
}

/* What went through is what the origin has. */
static void settle_proofs(HfRestoreGraph *self)
{
    GHashTableIter iter;
    gpointer tasks;
    g_hash_table_iter_init(&iter, self->tables);
    while (g_hash_table_iter_next(&iter, NULL, &tasks)) {
        HfManifestTable *table = ((const TableTasks *)tasks)->info;
        table->proof = hf_pipeline_digest(self->lanes.load, table);
        table->raw_bytes = hf_pipeline_bytes(self->lanes.load, table);
    }
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

bool hf_restore_graph_run(HfRestoreGraph *self, HfPg *pg, HfRestoreStep loaded, HfRestoreStep grant, gpointer data,
                          GError **error)
{
    self->lanes.loaded = loaded;
    self->lanes.data = data;
    self->grant = grant;
    self->grant_data = data;
    self->all_loaded = barrier(self);
    self->all_proved = barrier(self);
    self->all_made = barrier(self);
    if (!add_rows(self, pg, error))
        return false;
    add_post_data(self);
    if (!add_last(self, pg, error) || (self->lanes.loads == 0 && !loaded(pg, data, error)))
        return false;
    hf_task_graph_start(self->graph, self->options->shared != NULL ? 1 : self->options->jobs, &hf_restore_lane_ops,
                        &self->lanes, self->options->cancellable);
    if (!hf_task_graph_join(self->graph, error))
        return false;
    if (!self->options->origin->is_proved)
        settle_proofs(self);
    return true;
}

bool hf_restore_graph_loads(HfRestoreGraph *self, const HfManifestTable *table)
{
    return g_hash_table_contains(self->tables, GUINT_TO_POINTER(table->oid));
}

bool hf_restore_graph_is_proved(HfRestoreGraph *self, const HfManifestTable *table)
{
    return !stands_for_root(self, table) || is_proved(self, table);
}

static GHashTable *dumped_tables(const HfSchema *schema)
{
    GHashTable *entries = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < hf_dump_toc_size(schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(schema->toc, i);
        if (strcmp(entry->kind, "TABLE") == 0)
            g_hash_table_insert(entries, GUINT_TO_POINTER(entry->object_oid), (gpointer)entry);
    }
    return entries;
}

HfRestoreGraph *hf_restore_graph_new(const HfRestoreLoad *options)
{
    HfRestoreGraph *self = g_new0(HfRestoreGraph, 1);
    self->options = options;
    self->manifest = options->origin->manifest;
    hf_restore_lanes_init(&self->lanes, options);
    self->graph = hf_task_graph_new();
    self->owned = g_ptr_array_new_with_free_func(g_free);
    self->slices = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    self->tables = g_hash_table_new(NULL, NULL);
    self->dumped = dumped_tables(options->schema);
    self->entry_tasks = g_hash_table_new(NULL, NULL);
    self->counted = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    g_mutex_init(&self->mutex);
    return self;
}

void hf_restore_graph_free(HfRestoreGraph *self)
{
    if (self == NULL)
        return;
    hf_task_graph_free(self->graph);
    hf_restore_lanes_clear(&self->lanes);
    g_ptr_array_unref(self->owned);
    g_ptr_array_unref(self->slices);
    g_hash_table_unref(self->tables);
    g_hash_table_unref(self->dumped);
    g_hash_table_unref(self->entry_tasks);
    g_hash_table_unref(self->counted);
    g_mutex_clear(&self->mutex);
    g_free(self);
}
