/*
 * The order: the source's locks and snapshot; the assessment in it; what is made before the rows; the rows; what is
 * made after them; the proof.
 *
 * The proof is the digest of what went out of PostgreSQL against that of what SQL Server gives back, both in the form
 * of engine/ends/mssql.h. A part that an earlier call has loaded came out of an earlier snapshot: it is read once more
 * in this one, and counts as loaded only if its rows are the same; else its table is emptied and loaded again.
 */
#include "service/migrate_mssql.h"

#include "base/error.h"
#include "base/units.h"
#include "engine/ends/archive.h"
#include "engine/ends/mssql.h"
#include "engine/ends/mssql_encryption.h"
#include "engine/ends/postgres.h"
#include "engine/ends/postgres_awkward.h"
#include "engine/ends/postgres_values.h"
#include "engine/pipeline.h"
#include "service/mssql_compare.h"
#include "service/mssql_state.h"
#include "service/mssql_steps.h"

#include <string.h>

#define OLDEST_VERSION 14 /* SQL Server 2017 */
#define SHOWN 10

typedef struct {
    const HfMigrateMssqlOptions *options;
    HfProgress *progress;
    GCancellable *cancellable;
    HfMigrateMssqlResult *result;
    HfTds *tds;
    HfPostgresSnapshot *snapshot;
    HfTypeTable *types;
    GPtrArray *loads;  /* HfMssqlLoad */
    GPtrArray *slices; /* HfSlice, of a new migration */
    HfMssqlState state;
    GHashTable *aside; /* const HfSlice to GArray, for the sink */
    HfPostgresSource source;
    HfSourceHalt halt;
    const char *doing; /* what may have failed */
    char *bare;        /* an error that was set, without the values of rows; NULL: none was */
} Migration;

static void free_table(void *data)
{
    HfMigratedTable *table = data;
    g_free(table->difference);
    g_free(table);
}

void hf_migrate_mssql_result_clear(HfMigrateMssqlResult *self)
{
    hf_assessment_clear(&self->assessment);
    g_clear_pointer(&self->tables, g_ptr_array_unref);
    g_clear_pointer(&self->into, g_free);
    g_clear_pointer(&self->warning, g_free);
    g_clear_pointer(&self->line, g_free);
    g_clear_pointer(&self->detail, g_free);
}

/* ---- What stands in the way ----------------------------------------------------------------------------------------
 */

static bool check_server(HfTds *tds, GError **error)
{
    g_autoptr(HfTdsRows) rows =
        hf_tds_query(tds, "SELECT CAST(SERVERPROPERTY(N'ProductVersion') AS nvarchar(60))", error);
    if (rows == NULL)
        return false;
    const char *version = hf_tds_rows_count(rows) > 0 ? hf_tds_rows_text(rows, 0, 0) : NULL;
    if (version != NULL && g_ascii_strtoll(version, NULL, 10) >= OLDEST_VERSION)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the target is SQL Server %s; 2017 (14.0) or newer is needed",
                version != NULL ? version : "of an unknown version");
    return false;
}

static bool check_findings(Migration *self, GError **error)
{
    const HfAssessment *assessment = &self->result->assessment;
    g_autoptr(GString) list = g_string_new(NULL);
    g_autoptr(GString) bare = g_string_new(NULL);
    guint count = 0;
    for (guint i = 0; i < assessment->findings->len; i++) {
        const HfAwkwardFinding *finding = assessment->findings->pdata[i];
        if (!hf_assessment_blocks(assessment, finding))
            continue;
        if (count++ >= SHOWN)
            continue;
        g_autofree char *what =
            g_strdup_printf("%s%s in %s.%s.%s (%" G_GUINT64_FORMAT " rows", count > 1 ? ", " : "", finding->kind,
                            finding->table->schema, finding->table->name,
                            finding->column != NULL ? finding->column->name : finding->key, finding->rows);
        g_string_append_printf(bare, "%s)", what);
        g_string_append_printf(list, "%s%s%s)", what, finding->first != NULL ? ", the first is " : "",
                               finding->first != NULL ? finding->first : "");
    }
    if (count == 0)
        return true;
    if (count > SHOWN)
        g_string_append_printf(list, " and %u more", count - SHOWN);
    self->bare = g_strdup_printf("there are values that SQL Server does not take, and nothing was moved: %s; change "
                                 "them, or choose in the map what becomes of them",
                                 bare->str);
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "there are values that SQL Server does not take, and nothing was moved: %s; change them, or choose in "
                "--map what becomes of them (docs/migrate-to-sql-server.md)",
                list->str);
    return false;
}

/* ---- The source ----------------------------------------------------------------------------------------------------
 */

static bool prepare_key(const Migration *self, GError **error)
{
    const HfMssqlKeyChoice *key = self->result->assessment.plan->key;
    return key == NULL || hf_mssql_key_ensure(self->tds, key, self->options->master_key_password, error);
}

/* Whether the target takes the plan of the assessment. */
static bool look_at_target_for_plan(const Migration *self, GError **error)
{
    const HfAssessment *assessment = &self->result->assessment;
    g_autoptr(GPtrArray) loads = hf_mssql_loads_new(assessment->plan, assessment->map, error);
    return loads != NULL && hf_mssql_state_check(self->tds, assessment->plan, loads, error) && prepare_key(self, error);
}

/* Nothing is halted for what cannot be done: all that can be found out before is, in a snapshot of its own. */
static bool look_first(Migration *self, HfPg *pg, GError **error)
{
    HfAssessment *assessment = &self->result->assessment;
    g_autoptr(HfProgress) unseen = hf_progress_new(); /* what is measured then is measured again */
    hf_progress_set_phase(self->progress, "looking at what stands in the way");
    if (!hf_source_halt_check(self->options->keeper, pg, error) ||
        !hf_pg_exec(pg, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", error) ||
        !hf_assess_in(&self->options->assess, pg, unseen, assessment, error) || !hf_pg_exec(pg, "COMMIT", error) ||
        !check_findings(self, error) || !look_at_target_for_plan(self, error))
        return false;
    hf_assessment_clear(assessment);
    return true;
}

static bool settle_others(Migration *self, GError **error)
{
    const HfMigrateMssqlOptions *options = self->options;
    bool halts = options->others == HF_OTHERS_HALT;
    g_autoptr(HfPg) pg = hf_pg_connect(options->assess.source, self->cancellable, error);
    if (pg == NULL ||
        (halts && (!look_first(self, pg, error) ||
                   !hf_source_halt_begin(&self->halt, options->keeper, options->assess.source, pg, NULL, error))))
        return false;
    return hf_migrate_check_others(halts ? HF_OTHERS_REFUSE : options->others, pg, &self->result->warning, error);
}

static bool open_source(Migration *self, GError **error)
{
    const HfMigrateMssqlOptions *options = self->options;
    /* Nobody else works in a scratch database. */
    if (options->assess.scratch == NULL && !settle_others(self, error))
        return false;
    hf_progress_set_phase(self->progress, "taking the snapshot");
    self->snapshot = hf_postgres_snapshot_open(options->assess.source, &options->assess.scope, options->lock_wait_ms,
                                               self->cancellable, error);
    if (self->snapshot == NULL ||
        !hf_assess_in(&options->assess, self->snapshot->pg, self->progress, &self->result->assessment, error) ||
        !hf_postgres_snapshot_read(self->snapshot, &options->assess.scope, error))
        return false;
    self->types = hf_type_table_new();
    hf_postgres_source_init(&self->source, options->assess.source, self->snapshot->name, "UTF8", self->types);
    self->source.setup = HF_POSTGRES_VALUES_SETUP;
    return true;
}

static const HfPlannedTable *planned_of(const Migration *self, const HfManifestTable *info)
{
    for (guint i = 0; i < self->snapshot->tables->len; i++) {
        const HfPlannedTable *planned = self->snapshot->tables->pdata[i];
        if (strcmp(planned->info->name, info->name) == 0 && strcmp(planned->info->schema, info->schema) == 0)
            return planned;
    }
    return NULL;
}

/* The partitions of a table that hold rows, as the snapshot has them. */
static bool find_leaves(const Migration *self, HfMssqlLoad *load, GError **error)
{
    const char *const name[] = {load->info->schema, load->info->name, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        self->snapshot->pg,
        "WITH RECURSIVE below AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace WHERE n.nspname = $1 AND c.relname = $2 UNION ALL SELECT i.inhrelid FROM "
        "pg_catalog.pg_inherits i "
        "JOIN below b ON b.oid = i.inhparent) SELECT n.nspname, c.relname FROM below b JOIN pg_catalog.pg_class c ON "
        "c.oid = b.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' ORDER BY 1, 2",
        name, error);
    for (int i = 0; rows != NULL && i < (int)hf_pg_rows_count(rows); i++)
        (void)hf_mssql_load_add_leaf(load, hf_pg_rows_text(rows, i, 0), hf_pg_rows_text(rows, i, 1));
    return rows != NULL;
}

static void cut_one(Migration *self, const HfMssqlLoad *load, HfManifestTable *info, bool can_slice)
{
    const HfPlannedTable *planned = planned_of(self, info);
    bool whole = planned == NULL || planned->pages == 0 || !can_slice;
    uint64_t bytes = planned != NULL ? planned->bytes : (uint64_t)MAX(load->there->table->bytes, 0);
    hf_slice_cut_pages(self->slices, info, whole ? 1 : planned->pages, whole ? 1 : bytes, self->options->jobs);
}

static bool cut(Migration *self, GError **error)
{
    bool can_slice = hf_postgres_can_slice(self->snapshot->pg);
    self->slices = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < self->loads->len; i++) {
        HfMssqlLoad *load = self->loads->pdata[i];
        const HfNeutralTable *table = load->there->table;
        if (table->elsewhere)
            continue; /* some of its rows are another server's: the plan says that they stay behind */
        if (table->partitioned && !find_leaves(self, load, error))
            return false;
        for (guint leaf = 0; leaf < load->leaves->len; leaf++)
            cut_one(self, load, load->leaves->pdata[leaf], can_slice);
        if (!table->partitioned)
            cut_one(self, load, load->info, can_slice);
    }
    return true;
}

/* ---- The rows ------------------------------------------------------------------------------------------------------
 */

static HfMigratedTable *table_of(const Migration *self, const HfManifestTable *info)
{
    const HfMssqlLoad *load = hf_mssql_loads_find(self->loads, info);
    for (guint i = 0; i < self->result->tables->len; i++) {
        HfMigratedTable *table = self->result->tables->pdata[i];
        if (table->table == load->there->table)
            return table;
    }
    return NULL;
}

static GPtrArray *parts_that_are(const Migration *self, bool done)
{
    GPtrArray *slices = g_ptr_array_new();
    for (guint i = 0; i < self->state.parts->len; i++) {
        HfMssqlPart *part = self->state.parts->pdata[i];
        if (part->done == done)
            g_ptr_array_add(slices, &part->slice);
    }
    return slices;
}

static HfRowDigest noted_of(const Migration *self, const HfMssqlLoad *load)
{
    HfRowDigest sum = {0};
    for (guint i = 0; i < self->state.parts->len; i++) {
        const HfMssqlPart *part = self->state.parts->pdata[i];
        if (part->done && hf_mssql_load_has(load, part->slice.table))
            hf_row_digest_merge(&sum, &part->digest);
    }
    return sum;
}

static HfRowDigest aside_of(const Migration *self, const HfMssqlLoad *load)
{
    HfRowDigest sum = {0};
    for (guint i = 0; i < self->state.parts->len; i++) {
        const HfMssqlPart *part = self->state.parts->pdata[i];
        if (part->done && hf_mssql_load_has(load, part->slice.table))
            hf_row_digest_merge(&sum, &part->aside);
    }
    return sum;
}

/* Whether the source's rows that were read again are those that its parts which are done had, with those put aside. */
static bool is_as_noted(const Migration *self, HfPipeline *again, const HfMssqlLoad *load)
{
    HfRowDigest noted = noted_of(self, load), aside = aside_of(self, load), now = hf_pipeline_digest(again, load->info);
    for (guint i = 0; i < load->leaves->len; i++) {
        HfRowDigest leaf = hf_pipeline_digest(again, load->leaves->pdata[i]);
        hf_row_digest_merge(&now, &leaf);
    }
    hf_row_digest_merge(&noted, &aside);
    return hf_row_digest_equal(&noted, &now);
}

static bool keep_or_forget(Migration *self, HfPipeline *again, const HfMssqlLoad *load, GError **error)
{
    if (is_as_noted(self, again, load)) {
        guint aside = (guint)aside_of(self, load).rows;
        self->result->refused += aside;
        self->result->refused_before += aside;
        return true;
    }
    if (g_hash_table_size(self->state.steps) == 0)
        return hf_mssql_state_forget(&self->state, self->tds, load, error);
    g_set_error(
        error, HF_ERROR, HF_ERROR_CONFLICT,
        "%s.%s has changed at the source since its rows were loaded, and keys stand on them already; begin again "
        "in a new database",
        load->info->schema, load->info->name);
    return false;
}

/* Parts that an earlier call has loaded are held against the rows of this snapshot. */
static bool read_again(Migration *self, GPtrArray *slices, GError **error)
{
    HfSink nothing;
    hf_progress_set_phase(self->progress, "looking at what is loaded");
    hf_null_sink_init(&nothing);
    g_autoptr(HfPipeline) again = hf_pipeline_new(&self->source.source, &nothing, self->progress);
    if (!hf_pipeline_run(again, slices, self->options->jobs, self->cancellable, error))
        return false;
    for (guint i = 0; i < self->loads->len; i++)
        if (!keep_or_forget(self, again, self->loads->pdata[i], error))
            return false;
    return true;
}

static void free_kept(void *data)
{
    HfKeptPart *part = data;
    g_free(part->name);
    g_free(part);
}

static bool tell_kept(const Migration *self, GError **error)
{
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(free_kept);
    for (guint i = 0; i < self->state.parts->len; i++) {
        const HfMssqlPart *part = self->state.parts->pdata[i];
        if (!part->done || part->aside.rows == 0)
            continue;
        HfKeptPart *told = g_new(HfKeptPart, 1);
        *told = (HfKeptPart){hf_mssql_state_part_name(&part->slice), part->aside.rows};
        g_ptr_array_add(kept, told);
    }
    return self->options->on_kept == NULL || self->options->on_kept(kept, self->options->data, error);
}

static bool look_again(Migration *self, GError **error)
{
    g_autoptr(GPtrArray) slices = parts_that_are(self, true);
    if (slices->len > 0 && !read_again(self, slices, error))
        return false;
    g_autoptr(GPtrArray) kept = parts_that_are(self, true);
    self->result->parts_kept = kept->len;
    return tell_kept(self, error);
}

/* Of what was refused in a slice, all is told and left out from now on. */
static bool put_aside(Migration *self, const HfSlice *slice, const GPtrArray *refused, GError **error)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    g_hash_table_insert(self->aside, (gpointer)slice, numbers);
    for (guint i = 0; i < refused->len; i++) {
        const HfMssqlRefused *row = refused->pdata[i];
        g_array_append_val(numbers, row->number);
    }
    self->result->refused += refused->len;
    g_autofree char *part = hf_mssql_state_part_name(slice);
    return self->options->on_refused == NULL ||
           self->options->on_refused(table_of(self, slice->table)->table, part, refused, self->options->data, error);
}

static bool fail_refused(Migration *self, const HfSlice *slice, const GPtrArray *refused, GError **error)
{
    const HfMssqlRefused *row = refused->pdata[0];
    g_autofree char *label = hf_slice_label(slice);
    g_clear_error(error);
    self->bare = self->options->refused_limit == 0 ? g_strdup_printf("%s: a row is refused", label)
                                                   : g_strdup_printf("with rows of %s more than %u rows are refused",
                                                                     label, self->options->refused_limit);
    if (self->options->refused_limit == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_DATABASE,
                    "%s: the row %s is refused: %s; change it, or put such rows aside with --refused-to", label,
                    row->key, row->reason);
    else
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                    "%s: with the row %s more than %u rows are refused: %s; allow more with --refused-limit", label,
                    row->key, self->options->refused_limit, row->reason);
    return false;
}

static void free_refused(void *row)
{
    hf_mssql_refused_free(row);
}

/* After a load that failed. True: it may be tried again without the rows that were found; else the error is what it
 * was, or says which row. */
static bool settle_refusal(Migration *self, HfMssqlSink *sink, GError **error)
{
    const HfSlice *slice = sink->failed;
    if (slice == NULL || g_hash_table_contains(self->aside, slice))
        return false;
    hf_progress_set_phase(self->progress, "looking for the row that is refused");
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func(free_refused);
    guint limit = self->options->refused_limit, left = limit - MIN(limit, self->result->refused);
    if (!hf_mssql_find_refused(sink, &self->source.source, slice, left + 1, refused, self->cancellable, &reason) ||
        refused->len == 0)
        return false;
    if (refused->len > left)
        return fail_refused(self, slice, refused, error);
    g_clear_error(error);
    return put_aside(self, slice, refused, error) && hf_mssql_state_look(&self->state, self->tds, error);
}

static bool try_load(Migration *self, bool *again, GError **error)
{
    HfMssqlSink sink;
    g_autoptr(GPtrArray) slices = parts_that_are(self, false);
    hf_mssql_sink_init(&sink, self->options->target, self->loads);
    sink.on_end = hf_mssql_state_end_part;
    sink.on_commit = hf_mssql_state_part_is_done;
    sink.aside = self->aside;
    hf_progress_set_phase(self->progress, "loading");
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&self->source.source, &sink.sink, self->progress);
    bool ok = slices->len == 0 || hf_pipeline_run(pipeline, slices, self->options->jobs, self->cancellable, error);
    *again = !ok && settle_refusal(self, &sink, error);
    hf_mssql_sink_clear(&sink);
    return ok || *again;
}

static bool load_rows(Migration *self, GError **error)
{
    bool again = true;
    if (!hf_mssql_loads_lock_tables(self->tds, self->loads, true, error))
        return false;
    while (again)
        if (!try_load(self, &again, error))
            return false;
    if (!hf_mssql_loads_lock_tables(self->tds, self->loads, false, error))
        return false;
    for (guint i = 0; i < self->loads->len; i++) {
        const HfMssqlLoad *load = self->loads->pdata[i];
        table_of(self, load->info)->source = noted_of(self, load);
    }
    return true;
}

/* Keys, indexes and the proof take long, and need nothing of the source: its VACUUM is not to wait for them. */
static bool leave_source(Migration *self, GError **error)
{
    if (!hf_postgres_snapshot_end(self->snapshot, error))
        return false;
    g_clear_pointer(&self->snapshot, hf_postgres_snapshot_free);
    return true;
}

static bool make_the_rest(Migration *self, GError **error)
{
    const GPtrArray *steps = self->result->assessment.plan->after_data;
    hf_progress_set_phase(self->progress, "making keys and indexes");
    self->result->steps = steps->len;
    return hf_mssql_steps_run(&self->state, self->options->target, steps, self->options->jobs,
                              &self->result->steps_done, self->cancellable, error);
}

/* ---- The proof -----------------------------------------------------------------------------------------------------
 */

static bool read_back(Migration *self, GError **error)
{
    HfSink nothing;
    HfMssqlSource source;
    g_autoptr(GPtrArray) slices = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < self->loads->len; i++) {
        HfMssqlLoad *load = self->loads->pdata[i];
        hf_slice_cut_pages(slices, load->info, 1, (uint64_t)MAX(load->there->table->bytes, 1), 1);
    }
    hf_progress_set_phase(self->progress, "proving");
    hf_null_sink_init(&nothing);
    hf_mssql_source_init(&source, self->options->target, self->loads);
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&source.source, &nothing, self->progress);
    hf_pipeline_reads_again(pipeline);
    if (slices->len > 0 && !hf_pipeline_run(pipeline, slices, self->options->jobs, self->cancellable, error))
        return false;
    for (guint i = 0; i < self->loads->len; i++) {
        const HfManifestTable *info = ((HfMssqlLoad *)self->loads->pdata[i])->info;
        HfMigratedTable *table = table_of(self, info);
        table->target = hf_pipeline_digest(pipeline, info);
        table->compared = true;
    }
    return true;
}

/* The snapshot of the load is gone. In a new one rows are looked at only if they are still those that were loaded. */
static bool is_still_there(Migration *self, const HfMssqlLoad *load, GPtrArray *slices)
{
    HfSink nothing;
    const HfMigrateMssqlOptions *options = self->options;
    if (self->snapshot == NULL)
        self->snapshot = hf_postgres_snapshot_open(options->assess.source, &options->assess.scope,
                                                   options->lock_wait_ms, self->cancellable, NULL);
    if (self->snapshot == NULL)
        return false;
    self->source.snapshot = self->snapshot->name;
    hf_null_sink_init(&nothing);
    g_autoptr(HfPipeline) again = hf_pipeline_new(&self->source.source, &nothing, NULL);
    return hf_pipeline_run(again, slices, options->jobs, self->cancellable, NULL) && is_as_noted(self, again, load);
}

/* Which rows and columns; what comes of it is told, and where that fails the difference is told without. */
static void narrow(Migration *self, HfMigratedTable *table)
{
    HfMssqlSource target;
    g_autoptr(GPtrArray) slices = g_ptr_array_new();
    const HfMssqlLoad *load = NULL;
    hf_progress_set_phase(self->progress, "looking for the difference");
    for (guint i = 0; i < self->loads->len && load == NULL; i++)
        if (((HfMssqlLoad *)self->loads->pdata[i])->there->table == table->table)
            load = self->loads->pdata[i];
    for (guint i = 0; i < self->state.parts->len; i++) {
        HfMssqlPart *part = self->state.parts->pdata[i];
        if (hf_mssql_load_has(load, part->slice.table))
            g_ptr_array_add(slices, &part->slice);
    }
    hf_mssql_source_init(&target, self->options->target, self->loads);
    if (is_still_there(self, load, slices))
        table->difference =
            hf_mssql_compare(load, &self->source.source, slices, &target.source, self->cancellable, NULL);
    if (table->difference == NULL) /* why may name values of rows, which who reads logs may not read */
        g_info("%s.%s: which rows differ cannot be told", table->table->schema, table->table->name);
}

static bool compare(Migration *self, GError **error)
{
    g_autoptr(GString) differ = g_string_new(NULL);
    g_autoptr(GString) bare = g_string_new(NULL);
    for (guint i = 0; i < self->result->tables->len; i++) {
        HfMigratedTable *table = self->result->tables->pdata[i];
        self->result->rows += table->source.rows;
        if (hf_row_digest_equal(&table->source, &table->target))
            continue;
        narrow(self, table);
        g_autofree char *what =
            g_strdup_printf("%s%s.%s (%" G_GUINT64_FORMAT " rows at the source, %" G_GUINT64_FORMAT " in the target",
                            differ->len > 0 ? ", " : "", table->table->schema, table->table->name, table->source.rows,
                            table->target.rows);
        g_string_append_printf(bare, "%s)", what);
        g_string_append_printf(differ, "%s%s%s)", what, table->difference != NULL ? ": " : "",
                               table->difference != NULL ? table->difference : "");
    }
    self->result->proved = differ->len == 0;
    if (self->result->proved)
        return true;
    self->bare = g_strdup_printf("the target is not equal to the source: %s", bare->str);
    g_set_error(error, HF_ERROR, HF_ERROR_DIFFER, "the target is not equal to the source: %s", differ->str);
    return false;
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static void list_tables(Migration *self)
{
    for (guint i = 0; i < self->loads->len; i++) {
        const HfMssqlLoad *load = self->loads->pdata[i];
        HfMigratedTable *table = g_new0(HfMigratedTable, 1);
        *table = (HfMigratedTable){.table = load->there->table, .there = load->there->name};
        g_ptr_array_add(self->result->tables, table);
    }
    self->result->bytes = self->result->assessment.bytes;
}

static bool prepare(Migration *self, GError **error)
{
    const HfAssessment *assessment = &self->result->assessment;
    hf_progress_set_phase(self->progress, "preparing");
    self->tds = hf_tds_connect(self->options->target, self->cancellable, error);
    if (self->tds == NULL || !check_server(self->tds, error) ||
        !hf_mssql_state_lock(&self->state, self->options->target, self->options->patience_ms, self->cancellable,
                             error) ||
        !open_source(self, error) || !check_findings(self, error) || !prepare_key(self, error))
        return false;
    self->loads = hf_mssql_loads_new(assessment->plan, assessment->map, error);
    if (self->loads == NULL)
        return false;
    list_tables(self);
    if (!cut(self, error))
        return false;
    hf_progress_set_phase(self->progress, "making tables");
    return hf_mssql_state_open(&self->state, self->tds, assessment->plan, self->loads, self->slices, error);
}

/* What a database says of what it refuses may have values of rows; its number has none. Transfer full. */
static char *bare_refusal(const Migration *self, const char *message)
{
    const char *number = g_strrstr(message, "(error ");
    guint64 code = number != NULL ? g_ascii_strtoull(number + strlen("(error "), NULL, 10) : 0;
    return code != 0 ? g_strdup_printf("the server refused something while %s (error %" G_GUINT64_FORMAT ")",
                                       self->doing, code)
                     : g_strdup_printf("a database refused something while %s", self->doing);
}

/* False. */
static bool hide_rows(Migration *self, GError **error)
{
    if (!self->options->discreet || error == NULL || *error == NULL)
        return false;
    GError *whole = *error;
    if (self->bare == NULL && g_error_matches(whole, HF_ERROR, HF_ERROR_DATABASE))
        self->bare = bare_refusal(self, whole->message);
    if (self->bare == NULL)
        return false;
    self->result->detail = g_strdup(whole->message);
    *error = g_error_new(HF_ERROR, whole->code, "%s; the report says more", self->bare);
    g_error_free(whole);
    return false;
}

/* What is unfinished is named. */
static bool tell_unfinished(Migration *self, GError **error)
{
    if (!self->state.made || error == NULL || *error == NULL)
        return false;
    /* Where the connection is gone or all was cancelled, a part may be there of which nobody has heard. */
    bool asked = hf_mssql_state_look(&self->state, self->tds, NULL);
    g_autoptr(GPtrArray) there = parts_that_are(self, true);
    g_prefix_error(error,
                   "the target is unfinished (%s%u of %u parts of the rows are there, %u of %u steps after them; call "
                   "again to go on): ",
                   asked ? "" : "at least ", there->len, self->state.parts->len, self->result->steps_done,
                   self->result->assessment.plan->after_data->len);
    return false;
}

/* It is proved; what is left are the notes of how it came there. */
static bool finish(Migration *self, GError **error)
{
    if (hf_mssql_state_drop(&self->state, self->tds, error))
        return true;
    g_prefix_error(error,
                   "both sides are equal, but the migration's own tables (dbo.holdfast_migration, …_part, …_step) "
                   "may still be in the target; call again, or drop them: ");
    return false;
}

/* Transfer full. */
static char *line_of(const HfMigrateMssqlResult *result)
{
    g_autofree char *rows = hf_format_count(result->rows);
    g_autofree char *but =
        result->refused > 0 ? g_strdup_printf("; %u rows that it refused are left out", result->refused) : g_strdup("");
    return g_strdup_printf("proved: %u table%s, %s row%s, read back from SQL Server and equal to the source%s",
                           result->tables->len, result->tables->len == 1 ? "" : "s", rows, result->rows == 1 ? "" : "s",
                           but);
}

static bool tell_proved(const Migration *self, GError **error)
{
    HfMigrateMssqlResult *result = self->result;
    memcpy(result->plan_digest, self->state.plan_digest, sizeof(result->plan_digest));
    result->line = line_of(result);
    if (self->options->on_proved == NULL || self->options->on_proved(result, self->options->data, error))
        return true;
    g_prefix_error(error, "both sides are equal, but that could not be noted; call again: ");
    return false;
}

static bool run(Migration *self, GError **error)
{
    static const struct {
        const char *doing;
        bool (*run)(Migration *self, GError **error);
    } steps[] = {{"preparing", prepare},
                 {"looking at what is loaded", look_again},
                 {"loading rows", load_rows},
                 {"leaving the source", leave_source},
                 {"making keys and indexes", make_the_rest},
                 {"reading rows back", read_back}};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        self->doing = steps[i].doing;
        if (!steps[i].run(self, error)) {
            hide_rows(self, error);
            return tell_unfinished(self, error);
        }
    }
    if (!compare(self, error))
        return hide_rows(self, error);
    return tell_proved(self, error) && finish(self, error);
}

static void free_array(void *array)
{
    g_array_unref(array);
}

static void close_all(Migration *self)
{
    g_clear_pointer(&self->aside, g_hash_table_unref);
    hf_mssql_state_clear(&self->state);
    g_clear_pointer(&self->slices, g_ptr_array_unref);
    g_clear_pointer(&self->loads, g_ptr_array_unref);
    g_clear_pointer(&self->types, hf_type_table_free);
    g_clear_pointer(&self->snapshot, hf_postgres_snapshot_free);
    g_clear_pointer(&self->tds, hf_tds_close);
    g_clear_pointer(&self->bare, g_free);
}

/* ---- From a backup -------------------------------------------------------------------------------------------------
 */

/* HfScratchWork. What is promised for its rows is promised already. */
static bool run_in(const HfPgTarget *database, gpointer data, GError **error)
{
    Migration *self = data;
    const HfMigrateMssqlOptions *given = self->options;
    HfMigrateMssqlOptions inside = *given;
    inside.assess.source = database;
    inside.assess.readings = 0;
    self->options = &inside;
    bool ok = run(self, error);
    close_all(self);
    self->options = given;
    return ok;
}

/* Nothing is restored for a target that cannot be reached. */
static bool look_at_target(const Migration *self, GError **error)
{
    g_autoptr(HfTds) tds = hf_tds_connect(self->options->target, self->cancellable, error);
    return tds != NULL && check_server(tds, error);
}

static bool run_from_backup(Migration *self, GError **error)
{
    const HfAssessOptions *assess = &self->options->assess;
    g_autofree char *purpose = g_strconcat("its migration into ", hf_tds_target_describe(self->options->target), NULL);
    hf_progress_set_phase(self->progress, "preparing");
    if (!look_at_target(self, error))
        return false;
    self->doing = "restoring the backup";
    g_autoptr(GError) reason = NULL;
    if (hf_scratch_run(assess->scratch, purpose, assess->readings + 1, run_in, self, self->progress, self->cancellable,
                       &reason))
        return true;
    bool begun = self->result->assessment.plan != NULL || self->result->detail != NULL; /* it has told what it may */
    if (g_error_matches(reason, HF_ERROR, HF_ERROR_LIMIT)) /* a full disk is told with the line that met it */
        self->bare = bare_refusal(self, reason->message);
    g_propagate_error(error, g_steal_pointer(&reason));
    return !begun && hide_rows(self, error);
}

bool hf_migrate_mssql(const HfMigrateMssqlOptions *options, HfProgress *progress, GCancellable *cancellable,
                      HfMigrateMssqlResult *result, GError **error)
{
    *result = (HfMigrateMssqlResult){.into = g_strdup(hf_tds_target_describe(options->target)),
                                     .tables = g_ptr_array_new_with_free_func(free_table)};
    Migration self = {.options = options, .progress = progress, .cancellable = cancellable, .result = result};
    self.aside = g_hash_table_new_full(NULL, NULL, NULL, free_array);
    bool ok = options->assess.scratch != NULL ? run_from_backup(&self, error) : run(&self, error);
    close_all(&self);
    hf_source_halt_end(&self.halt, result->proved); /* whoever finds the target equal may have begun to use it */
    if (ok) {
        hf_progress_finish(progress);
    } else {
        g_free(result->line);
        result->line = g_strdup(result->assessment.plan == NULL ? "nothing was moved"
                                : result->proved                ? "proved, but not finished"
                                                                : "not proved");
    }
    return ok;
}

bool hf_migrate_mssql_finish(const HfTdsTarget *target, const char *plan_digest, uint64_t patience_ms,
                             GCancellable *cancellable, GError **error)
{
    return hf_mssql_state_drop_of(target, plan_digest, patience_ms, cancellable, error);
}
