#include "service/restore_load.h"

#include "base/error.h"
#include "service/restore_graph.h"
#include "service/restore_sql.h"

#include <string.h>

typedef struct {
    const HfRestoreLoad *options;
    const HfManifest *manifest;
    HfRestoreGraph *graph;
    bool has_owners; /* large objects have their owners */
    bool has_left;   /* the origin is left */
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

/* Which sequences are set: those listed or, where only some are left out, those not listed: extensions have sequences
 * that the schema does not know. */
typedef struct {
    GHashTable *starts; /* of their statements: SELECT pg_catalog.setval('"a"."b"' */
    bool listed;
} Sequences;

static Sequences choose_sequences(const HfSchema *schema)
{
    Sequences chosen = {g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), schema->selective};
    for (size_t i = 0; i < hf_dump_toc_size(schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(schema->toc, i);
        if (strcmp(entry->kind, "SEQUENCE") != 0 || hf_schema_has(schema, i) != chosen.listed)
            continue;
        g_autofree char *name = hf_pg_quote_qualified(entry->schema, entry->tag);
        g_autofree char *literal = hf_pg_quote_literal(name);
        g_hash_table_add(chosen.starts, g_strconcat("SELECT pg_catalog.setval(", literal, NULL));
    }
    return chosen;
}

/* The last two arguments of the statement are the value, and whether that was used. */
static bool take_sequence(const char *statement, gpointer data, GString *sql, GError **error)
{
    (void)error;
    const Sequences *chosen = data;
    g_autofree char *start = g_strdup(statement);
    for (int i = 0; i < 2; i++) {
        char *comma = strrchr(start, ',');
        if (comma != NULL)
            *comma = '\0';
    }
    if (g_hash_table_contains(chosen->starts, start) == chosen->listed)
        g_string_append_printf(sql, "%s\n", statement);
    return true;
}

static bool run_sequences(Load *self, HfPg *pg, GError **error)
{
    Sequences chosen = choose_sequences(self->options->schema);
    bool ok = hf_restore_run_sql(self->options, pg, HF_MEMBER_SEQUENCES, take_sequence, &chosen, error);
    g_hash_table_unref(chosen.starts);
    return ok;
}

static bool take_large_object_statement(const char *statement, gpointer options, GString *sql, GError **error)
{
    return hf_postgres_large_object_statement(statement, options, sql, error);
}

static bool run_large_object_owners(Load *self, HfPg *pg, GError **error)
{
    const HfSchema *schema = self->options->schema;
    bool is_done = schema->selective || self->has_owners;
    self->has_owners = true;
    return is_done || hf_restore_run_sql(self->options, pg, HF_MEMBER_BLOBS_OWNERS, take_large_object_statement,
                                         (gpointer)&schema->sql, error);
}

static bool leave_origin(Load *self, GError **error)
{
    HfOrigin *origin = self->options->origin;
    bool is_done = origin->end == NULL || self->has_left;
    self->has_left = true;
    return is_done || origin->end(origin, error);
}

static bool create_schema(Load *self, HfPg *pg, GError **error)
{
    set_phase(self, "creating the schema");
    bool blobs = !self->options->schema->selective;
    return hf_postgres_run_phase(pg, self->options->schema, HF_TOC_PRE_DATA, error) &&
           (!blobs || hf_restore_run_sql(self->options, pg, HF_MEMBER_BLOBS_CREATE, NULL, NULL, error));
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
    g_set_error(error, HF_ERROR, HF_ERROR_DIFFER, "the restored rows are not those of the %s in: %s",
                self->options->origin->name, wrong->str);
    return false;
}

/* HfRestoreStep. The origin is left as soon as its rows are here. Its large objects' owners are read before that, and
 * there may be too many to remember them: so they are set here, but for a role whom they may take what it still has to
 * prove. For such a one the origin is left with the grants. */
static bool loaded(HfPg *pg, gpointer data, GError **error)
{
    Load *self = data;
    if (self->options->origin->end == NULL)
        return true;
    g_autofree char *superuser = hf_pg_query_text(pg, "SHOW is_superuser", NULL, error);
    if (superuser == NULL)
        return false;
    bool may_lose = strcmp(superuser, "on") != 0 && !self->options->schema->selective;
    if (may_lose && self->manifest->large_objects > 0)
        return true;
    return run_large_object_owners(self, pg, error) && leave_origin(self, error);
}

/* HfRestoreStep */
static bool grant(HfPg *pg, gpointer data, GError **error)
{
    Load *self = data;
    set_phase(self, self->options->proof == HF_PROOF_NONE ? "finishing" : "proving and finishing");
    return hf_pg_exec(pg, "SET row_security = on", error) && run_large_object_owners(self, pg, error) &&
           leave_origin(self, error) && run_sequences(self, pg, error) &&
           hf_postgres_run_phase(pg, self->options->schema, HF_TOC_ACL, error);
}

static bool run_graph(Load *self, HfPg *pg, GError **error)
{
    set_phase(self, "loading rows and building indexes");
    return hf_restore_graph_run(self->graph, pg, loaded, grant, self, error);
}

bool hf_restore_load(const HfRestoreLoad *options, HfRestoreResult *result, GError **error)
{
    g_autoptr(HfPg) own_pg = NULL;
    if (options->shared == NULL && (own_pg = hf_restore_connect(options, options->cancellable, error)) == NULL)
        return false;
    HfPg *pg = options->shared != NULL ? options->shared : own_pg;
    g_autoptr(HfRestoreGraph) graph = hf_restore_graph_new(options);
    Load self = {.options = options, .manifest = options->origin->manifest, .graph = graph};
    return create_schema(&self, pg, error) && run_graph(&self, pg, error) && check_proof(&self, result, error) &&
           run_last(pg, options->schema, error);
}
