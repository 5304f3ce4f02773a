#include "service/restore_load.h"

#include "base/error.h"
#include "service/extract_selection.h"
#include "service/restore_graph.h"

#include <string.h>

typedef struct {
    const HfRestoreLoad *options;
    const HfManifest *manifest;
    HfRestoreGraph *graph;
} Load;

bool hf_restore_takes_table(const HfSchema *schema, const HfManifestTable *table)
{
    return table->no_data_reason == NULL &&
           (schema->tables == NULL || g_hash_table_contains(schema->tables, GUINT_TO_POINTER(table->oid)));
}

static void set_phase(const Load *self, const char *phase)
{
    if (self->options->progress != NULL)
        hf_progress_set_phase(self->options->progress, phase);
}

/* The text of a small SQL member; NULL with no error if the archive does not have it. */
static char *read_sql(const Load *self, const char *name, GError **error)
{
    if (hf_manifest_find_member(self->manifest, name) == NULL)
        return NULL;
    g_autoptr(GBytes) bytes = hf_archive_reader_read(self->options->archive, name, (size_t)1 << 30, error);
    return bytes != NULL ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
}

static bool run_member(Load *self, HfPg *pg, const char *name, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *sql = read_sql(self, name, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    if (sql == NULL || hf_pg_exec(pg, sql, error))
        return true;
    g_prefix_error(error, "%s: ", name);
    return false;
}

/* Those that are restored alone. */
static bool run_sequences(Load *self, HfPg *pg, GError **error)
{
    const HfSchema *schema = self->options->schema;
    if (schema->selected == NULL)
        return run_member(self, pg, HF_MEMBER_SEQUENCES, error);
    g_autoptr(GError) reason = NULL;
    g_autofree char *sql = read_sql(self, HF_MEMBER_SEQUENCES, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    const HfExtractSelection taken = {.toc = schema->toc, .entries = schema->selected, .whole = !schema->selective};
    g_autofree char *wanted = sql != NULL ? hf_extract_select_sequences(&taken, sql) : g_strdup("");
    if (hf_pg_exec(pg, wanted, error))
        return true;
    g_prefix_error(error, "%s: ", HF_MEMBER_SEQUENCES);
    return false;
}

static bool run_large_object_owners(Load *self, HfPg *pg, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *sql = !self->options->schema->selective ? read_sql(self, HF_MEMBER_BLOBS_OWNERS, &reason) : NULL;
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    if (sql == NULL)
        return true;
    g_autofree char *owners = hf_postgres_large_object_owners_sql(sql, &self->options->schema->sql);
    return hf_pg_exec(pg, owners, error);
}

static bool create_schema(Load *self, HfPg *pg, GError **error)
{
    set_phase(self, "creating the schema");
    bool blobs = !self->options->schema->selective;
    return hf_postgres_run_phase(pg, self->options->schema, HF_TOC_PRE_DATA, error) &&
           (!blobs || run_member(self, pg, HF_MEMBER_BLOBS_CREATE, error));
}

static bool run_last(HfPg *pg, const HfSchema *schema, GError **error)
{
    for (size_t i = 0; i < hf_dump_toc_size(schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(schema->toc, i);
        if (entry->phase == HF_TOC_LAST && hf_schema_has(schema, i) && !hf_restore_is_refresh(entry) &&
            !hf_postgres_run_entry(pg, schema, entry, error))
            return false;
    }
    return true;
}

/* Tables that are not as the manifest says stop the restore. */
static bool check_proof(Load *self, HfRestoreResult *result, GError **error)
{
    g_autoptr(GString) wrong = g_string_new(NULL);
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        const HfManifestTable *table = self->manifest->tables->pdata[i];
        if (!hf_restore_graph_loads(self->graph, table))
            continue;
        result->tables += table->kind == HF_TABLE_PLAIN;
        result->rows += table->proof.rows;
        result->raw_bytes += table->raw_bytes;
        if (self->options->proof == HF_PROOF_NONE)
            continue;
        if (hf_restore_graph_is_proved(self->graph, table))
            result->tables_proved += table->kind == HF_TABLE_PLAIN;
        else
            g_string_append_printf(wrong, "%s%s.%s", wrong->len > 0 ? ", " : "", table->schema, table->name);
    }
    if (wrong->len == 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_DIFFER, "the restored rows are not those of the archive in: %s", wrong->str);
    return false;
}

static bool load_rows(Load *self, HfPg *pg, GError **error)
{
    set_phase(self, "loading rows and building indexes");
    return hf_restore_graph_load(self->graph, pg, error);
}

static bool finish(Load *self, HfPg *pg, GError **error)
{
    set_phase(self, "finishing");
    return hf_pg_exec(pg, "SET row_security = on", error) && run_large_object_owners(self, pg, error) &&
           run_sequences(self, pg, error) && hf_postgres_run_phase(pg, self->options->schema, HF_TOC_ACL, error) &&
           hf_restore_graph_refresh(self->graph, error) && run_last(pg, self->options->schema, error);
}

bool hf_restore_load(const HfRestoreLoad *options, HfRestoreResult *result, GError **error)
{
    g_autoptr(HfPg) own_pg = NULL;
    if (options->shared == NULL && (own_pg = hf_restore_connect(options, options->cancellable, error)) == NULL)
        return false;
    HfPg *pg = options->shared != NULL ? options->shared : own_pg;
    g_autoptr(HfRestoreGraph) graph = hf_restore_graph_new(options);
    Load self = {.options = options, .manifest = hf_archive_reader_manifest(options->archive), .graph = graph};
    return create_schema(&self, pg, error) && load_rows(&self, pg, error) && check_proof(&self, result, error) &&
           finish(&self, pg, error);
}
