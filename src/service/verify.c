#include "service/verify.h"

#include "base/error.h"
#include "base/units.h"
#include "engine/ends/archive.h"
#include "engine/ends/postgres.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/pipeline.h"
#include "service/archive_selection.h"
#include "service/archive_whole.h"
#include "service/restore.h"
#include "service/restore_preflight.h"

#include <string.h>

typedef struct {
    const HfVerifyOptions *options;
    const HfManifest *manifest;
    HfProgress *progress;
    GCancellable *cancellable;
    HfArchiveSelection *selection; /* what to compare; NULL: not needed */
    HfVerifyResult *result;
} Verify;

static void difference_free(gpointer data)
{
    HfDifference *self = data;
    g_free(self->table);
    g_free(self->what);
    g_free(self);
}

void hf_verify_result_clear(HfVerifyResult *self)
{
    g_clear_pointer(&self->differences, g_ptr_array_unref);
    g_clear_pointer(&self->not_compared, g_ptr_array_unref);
}

static GPtrArray *new_notes(void)
{
    return g_ptr_array_new_with_free_func(difference_free);
}

static void set_phase(const Verify *self, const char *phase)
{
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, phase);
}

/* The rows of the archive are read once more, from elsewhere. */
static void recount(const Verify *self)
{
    if (self->progress != NULL)
        hf_progress_recount(self->progress);
}

/* ---- The archive by itself -----------------------------------------------------------------------------------------
 */

static bool check_table(const Verify *self, HfPipeline *pipeline, const HfManifestTable *table, GError **error)
{
    HfRowDigest found = hf_pipeline_digest(pipeline, table);
    self->result->tables += table->kind == HF_TABLE_PLAIN;
    self->result->rows += found.rows;
    self->result->raw_bytes += table->raw_bytes;
    if (hf_row_digest_equal(&found, &table->proof))
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                "the archive is damaged: the rows of %s.%s are not those of its manifest", table->schema, table->name);
    return false;
}

static bool check_rows(Verify *self, GError **error)
{
    HfArchiveSource source;
    HfSink null;
    hf_archive_source_init(&source, self->options->archive);
    hf_null_sink_init(&null);
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&source.source, &null, self->progress);
    g_autoptr(GPtrArray) slices = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < self->manifest->tables->len; i++)
        hf_slice_cut_parts(slices, self->manifest->tables->pdata[i]);
    set_phase(self, "reading the rows");
    if (!hf_pipeline_run(pipeline, slices, self->options->jobs, self->cancellable, error))
        return false;
    for (guint i = 0; i < self->manifest->tables->len; i++)
        if (!check_table(self, pipeline, self->manifest->tables->pdata[i], error))
            return false;
    return true;
}

/* ---- Against a database --------------------------------------------------------------------------------------------
 */

/* `schema` NULL: `name` is no table's. Takes `what`. */
static void add_note(GPtrArray *notes, const char *schema, const char *name, char *what)
{
    HfDifference *note = g_new0(HfDifference, 1);
    note->table = g_strdup_printf("%s%s%s", schema != NULL ? schema : "", schema != NULL ? "." : "", name);
    note->what = what;
    g_ptr_array_add(notes, note);
}

/* What stands in the way of comparing a table with `found`, that of its name in the database; NULL if nothing does.
 * Transfer full. */
static char *find_obstacle(const HfManifestTable *table, const HfManifestTable *found)
{
    if (found == NULL)
        return g_strdup("is missing");
    for (guint i = 0; i < table->columns->len; i++) {
        const char *name = ((const HfColumn *)table->columns->pdata[i])->name;
        guint at = 0;
        while (at < found->columns->len && strcmp(((const HfColumn *)found->columns->pdata[at])->name, name) != 0)
            at++;
        if (at == found->columns->len)
            return g_strdup_printf("has no column %s", name);
    }
    return NULL;
}

/* Tables by quoted name. */
static GHashTable *index_planned(const GPtrArray *planned)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < planned->len; i++) {
        HfManifestTable *table = ((const HfPlannedTable *)planned->pdata[i])->info;
        g_hash_table_insert(index, hf_pg_quote_qualified(table->schema, table->name), table);
    }
    return index;
}

/* Tables that can be compared are appended to `readable`. What is left in the index is not in the archive. False if no
 * table of the archive is there. */
static bool match_tables(Verify *self, GHashTable *index, GPtrArray *readable)
{
    guint missing = 0, present = 0;
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        HfManifestTable *table = self->manifest->tables->pdata[i];
        if (!hf_archive_selection_takes_rows(self->selection, table->oid))
            continue;
        if (table->kind == HF_TABLE_LARGE_OBJECTS) {
            g_ptr_array_add(readable, table);
            continue;
        }
        g_autofree char *key = hf_pg_quote_qualified(table->schema, table->name);
        const HfManifestTable *found = g_hash_table_lookup(index, key);
        g_autofree char *obstacle = find_obstacle(table, found);
        *(found == NULL ? &missing : &present) += 1;
        g_hash_table_remove(index, key);
        if (obstacle != NULL)
            add_note(self->result->differences, table->schema, table->name, g_steal_pointer(&obstacle));
        else if (table->no_data_reason != NULL)
            add_note(self->result->not_compared, table->schema, table->name, g_strdup(table->no_data_reason));
        else
            g_ptr_array_add(readable, table);
    }
    return missing == 0 || present > 0;
}

/* Whether the archive has every table that there was. */
static bool is_of_all_tables(const HfArchiveHead *head)
{
    for (guint i = 0; i < head->filters->len; i++)
        if (!g_str_has_prefix(head->filters->pdata[i], "--exclude-table-data"))
            return false;
    return true;
}

static bool find_more(Verify *self, HfPg *pg, const GPtrArray *planned, GHashTable *index, GError **error)
{
    if (!is_of_all_tables(hf_archive_reader_head(self->options->archive)) ||
        hf_pattern_lists_given(&self->options->patterns))
        return true;
    for (guint i = 0; i < planned->len; i++) {
        const HfManifestTable *table = ((const HfPlannedTable *)planned->pdata[i])->info;
        g_autofree char *key = hf_pg_quote_qualified(table->schema, table->name);
        if (g_hash_table_contains(index, key))
            add_note(self->result->differences, table->schema, table->name, g_strdup("is not in the archive"));
    }
    if (self->manifest->large_objects > 0)
        return true;
    static const char sql[] = "SELECT 1 FROM pg_catalog.pg_largeobject_metadata LIMIT 1";
    g_autoptr(HfPgRows) objects = hf_pg_query(pg, sql, NULL, error);
    if (objects != NULL && hf_pg_rows_count(objects) > 0)
        add_note(self->result->differences, NULL, "(large objects)", g_strdup("are not in the archive"));
    return objects != NULL;
}

/* Finds what is there of the archive's tables, and what more there is. */
static bool find_tables(Verify *self, HfPg *pg, GPtrArray *readable, GError **error)
{
    const HfArchiveHead *head = hf_archive_reader_head(self->options->archive);
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    g_autoptr(GPtrArray) planned = g_ptr_array_new_with_free_func((GDestroyNotify)hf_planned_table_free);
    if (!hf_postgres_read_tables(pg, &(HfScope){0}, false, planned, types, error))
        return false;
    g_autoptr(GHashTable) index = index_planned(planned);
    if (match_tables(self, index, readable))
        return find_more(self, pg, planned, index, error);
    g_ptr_array_set_size(self->result->differences, 0);
    g_set_error(error, HF_ERROR, HF_ERROR_DIFFER,
                "%s has no table of the archive, which is of the database %s: it is "
                "another one",
                hf_pg_target_describe(self->options->against), head->database.name);
    return false;
}

static char *describe_difference(const HfRowDigest *archive, const HfRowDigest *database)
{
    if (archive->rows == database->rows)
        return g_strdup("the same number of rows, but other contents");
    g_autofree char *in_archive = hf_format_count(archive->rows);
    g_autofree char *in_database = hf_format_count(database->rows);
    return g_strdup_printf("%s rows in the archive, %s in the database", in_archive, in_database);
}

/* Rows that are loaded through a partitioned table may lie in other partitions of it than at the source: all tables of
 * such a group are compared as one, at the first of them. */
static void compare_rows(Verify *self, HfPipeline *pipeline, const GPtrArray *tables, guint index)
{
    const HfManifestTable *table = tables->pdata[index];
    HfRowDigest expected = table->proof, found = hf_pipeline_digest(pipeline, table);
    for (guint i = 0; i < tables->len && table->load_root_oid != 0; i++) {
        const HfManifestTable *other = tables->pdata[i];
        if (i == index || other->load_root_oid != table->load_root_oid)
            continue;
        if (i < index)
            return;
        HfRowDigest more = hf_pipeline_digest(pipeline, other);
        hf_row_digest_merge(&expected, &other->proof);
        hf_row_digest_merge(&found, &more);
    }
    if (hf_row_digest_equal(&found, &expected))
        return;
    bool root = table->load_root_oid != 0;
    add_note(self->result->differences, root ? table->load_root_schema : table->schema,
             root ? table->load_root_name : table->name, describe_difference(&expected, &found));
}

static bool compare(Verify *self, GError **error)
{
    const HfPgTarget *target = self->options->against;
    const char *encoding = hf_archive_reader_head(self->options->archive)->database.encoding;
    g_autoptr(HfPg) pg = hf_pg_connect(target, self->cancellable, error);
    if (pg == NULL || !hf_pg_exec(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error))
        return false;
    g_autofree char *snapshot = hf_pg_query_text(pg, "SELECT pg_catalog.pg_export_snapshot()", NULL, error);
    if (snapshot == NULL)
        return false;
    g_autoptr(GPtrArray) tables = g_ptr_array_new();
    if (!find_tables(self, pg, tables, error))
        return false;

    g_autoptr(HfTypeTable) types = hf_manifest_type_table(hf_archive_reader_manifest(self->options->archive));
    HfPostgresSource source;
    HfSink null;
    hf_postgres_source_init(&source, target, snapshot, encoding, types);
    hf_null_sink_init(&null);
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&source.source, &null, self->progress);
    g_autoptr(GPtrArray) slices = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < tables->len; i++)
        hf_slice_cut_pages(slices, tables->pdata[i], 1, ((HfManifestTable *)tables->pdata[i])->raw_bytes,
                           self->options->jobs);
    set_phase(self, "reading the database");
    recount(self);
    if (!hf_pipeline_run(pipeline, slices, self->options->jobs, self->cancellable, error))
        return false;
    for (guint i = 0; i < tables->len; i++)
        compare_rows(self, pipeline, tables, i);
    if (self->result->differences->len == 0)
        return true;
    guint count = self->result->differences->len;
    g_set_error(error, HF_ERROR, HF_ERROR_DIFFER, "%u table%s of %s differ%s from the archive", count,
                count == 1 ? "" : "s", hf_pg_target_describe(target), count == 1 ? "s" : "");
    return false;
}

/* ---- By a restore --------------------------------------------------------------------------------------------------
 */

static bool restore_to_scratch(Verify *self, GError **error)
{
    HfRestoreOptions restore = {.archive = self->options->archive,
                                .archive_name = self->options->archive_name,
                                .target = self->options->restore_to,
                                .mode = HF_RESTORE_SCRATCH,
                                .patterns = self->options->patterns,
                                .proof = HF_PROOF_DIGEST,
                                .jobs = self->options->jobs,
                                .no_verify = true, /* done already */
                                .no_owner = true,
                                .no_privileges = true,
                                .on_finding = hf_finding_log};
    HfRestoreResult result;
    recount(self);
    bool ok = hf_restore(&restore, self->progress, self->cancellable, &result, error);
    hf_restore_result_clear(&result);
    return ok;
}

bool hf_verify(const HfVerifyOptions *options, HfProgress *progress, GCancellable *cancellable, HfVerifyResult *result,
               GError **error)
{
    *result = (HfVerifyResult){.differences = new_notes(), .not_compared = new_notes()};
    Verify self = {.options = options,
                   .manifest = hf_archive_reader_manifest(options->archive),
                   .progress = progress,
                   .cancellable = cancellable,
                   .result = result};
    /* A pattern that matches nothing is told before all the work; a restore selects by itself. */
    if (options->against != NULL &&
        (self.selection = hf_archive_select(options->archive, &options->patterns, HF_SELECT_TO_READ, error)) == NULL)
        return false;
    bool ok = hf_archive_check_whole(options->archive, options->jobs, progress, cancellable, error) &&
              check_rows(&self, error) && (options->against == NULL || compare(&self, error)) &&
              (options->restore_to == NULL || restore_to_scratch(&self, error));
    hf_archive_selection_free(self.selection);
    if (ok && progress != NULL)
        hf_progress_finish(progress);
    return ok;
}
