#include "service/verify.h"

#include "base/error.h"
#include "base/units.h"
#include "engine/ends/archive.h"
#include "engine/ends/postgres.h"
#include "engine/pipeline.h"
#include "service/archive_whole.h"
#include "service/restore.h"

#include <string.h>

typedef struct {
    const HfVerifyOptions *options;
    const HfManifest *manifest;
    HfProgress *progress;
    GCancellable *cancellable;
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
}

static void set_phase(const Verify *self, const char *phase)
{
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, phase);
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

static void add_difference(Verify *self, const HfManifestTable *table, char *what)
{
    HfDifference *difference = g_new0(HfDifference, 1);
    bool root = table->load_root_oid != 0;
    difference->table = g_strdup_printf("%s.%s", root ? table->load_root_schema : table->schema,
                                        root ? table->load_root_name : table->name);
    difference->what = what;
    g_ptr_array_add(self->result->differences, difference);
}

/* Tables that the database does not have, or not with these columns, differ; the others are read. */
static bool find_tables(Verify *self, HfPg *pg, GPtrArray *readable, GError **error)
{
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        HfManifestTable *table = self->manifest->tables->pdata[i];
        if (table->no_data_reason != NULL)
            continue;
        g_autofree char *columns = hf_postgres_column_list(table);
        g_autofree char *name = hf_pg_quote_qualified(table->schema, table->name);
        g_autofree char *sql = g_strdup_printf("SELECT %s FROM ONLY %s LIMIT 0", columns, name);
        g_autoptr(GError) reason = NULL;
        if (table->kind == HF_TABLE_LARGE_OBJECTS || hf_pg_exec(pg, sql, &reason)) {
            g_ptr_array_add(readable, table);
        } else if (g_error_matches(reason, HF_ERROR, HF_ERROR_DATABASE)) {
            add_difference(self, table, g_strdup(reason->message));
        } else {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
    }
    return true;
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
    if (!hf_row_digest_equal(&found, &expected))
        add_difference(self, table, describe_difference(&expected, &found));
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
    g_autoptr(HfPg) prober = hf_pg_connect(target, self->cancellable, error);
    g_autoptr(GPtrArray) tables = g_ptr_array_new();
    if (prober == NULL || !find_tables(self, prober, tables, error))
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
                                .target = self->options->restore_to,
                                .mode = HF_RESTORE_SCRATCH,
                                .proof = HF_PROOF_DIGEST,
                                .jobs = self->options->jobs,
                                .no_verify = true, /* done already */
                                .no_owner = true,
                                .no_privileges = true};
    HfRestoreResult result;
    bool ok = hf_restore(&restore, self->progress, self->cancellable, &result, error);
    hf_restore_result_clear(&result);
    return ok;
}

bool hf_verify(const HfVerifyOptions *options, HfProgress *progress, GCancellable *cancellable, HfVerifyResult *result,
               GError **error)
{
    *result = (HfVerifyResult){.differences = g_ptr_array_new_with_free_func(difference_free)};
    Verify self = {.options = options,
                   .manifest = hf_archive_reader_manifest(options->archive),
                   .progress = progress,
                   .cancellable = cancellable,
                   .result = result};
    bool ok = hf_archive_check_whole(options->archive, options->jobs, progress, cancellable, error) &&
              check_rows(&self, error) && (options->against == NULL || compare(&self, error)) &&
              (options->restore_to == NULL || restore_to_scratch(&self, error));
    if (ok && progress != NULL)
        hf_progress_finish(progress);
    return ok;
}
