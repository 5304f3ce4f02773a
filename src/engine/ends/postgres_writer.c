#include "base/error.h"
#include "engine/ends/postgres.h"

typedef struct {
    HfWriter writer;
    HfPg *pg;
    HfProgress *progress;
    char *encoding;
    bool caller_transaction;
    const HfManifestTable *table;
    uint64_t rows;
    bool commits;        /* a transaction of ours ends with this slice */
    bool has_blob_table; /* the temporary table for pieces of large objects is there */
} PostgresWriter;

static const uint8_t binary_header[19] = "PGCOPY\n\377\r\n";
static const uint8_t binary_trailer[2] = {0xff, 0xff};

#define BLOB_TABLE "pg_temp.holdfast_blob"

static bool prepare_blob_table(PostgresWriter *self, GError **error)
{
    const char *sql = self->has_blob_table
                          ? "TRUNCATE " BLOB_TABLE
                          : "CREATE TEMPORARY TABLE holdfast_blob (loid oid, \"position\" bigint, data bytea)";
    self->has_blob_table = true;
    return hf_pg_exec(self->pg, sql, error);
}

/* FREEZE needs a table that this transaction has created or truncated. A table with a filter holds rows of its
 * extension, and a partitioned table takes no FREEZE. */
static bool may_freeze(const PostgresWriter *self, const HfSlice *slice)
{
    const HfManifestTable *table = slice->table;
    return (slice->part == 0 || slice->one_lane || self->caller_transaction) && table->kind == HF_TABLE_PLAIN &&
           table->filter == NULL && table->load_root_oid == 0;
}

static char *copy_in_sql(const HfManifestTable *table, bool freeze)
{
    bool binary = table->format == HF_FORMAT_BINARY;
    const char *options = binary   ? (freeze ? " (FORMAT binary, FREEZE)" : " (FORMAT binary)")
                          : freeze ? " (FREEZE)"
                                   : "";
    if (table->kind == HF_TABLE_LARGE_OBJECTS)
        return g_strdup_printf("COPY " BLOB_TABLE " FROM STDIN%s", options);
    g_autofree char *columns = hf_postgres_column_list(table);
    g_autofree char *name = table->load_root_oid != 0
                                ? hf_pg_quote_qualified(table->load_root_schema, table->load_root_name)
                                : hf_pg_quote_qualified(table->schema, table->name);
    return *columns == '\0' ? g_strdup_printf("COPY %s FROM STDIN%s", name, options)
                            : g_strdup_printf("COPY %s (%s) FROM STDIN%s", name, columns, options);
}

static bool begin_transaction(PostgresWriter *self, const HfSlice *slice, bool freeze, GError **error)
{
    bool first = slice->part == 0, last = slice->part + 1 == slice->parts;
    self->commits = !self->caller_transaction && (last || !slice->one_lane);
    if (!self->caller_transaction && (first || !slice->one_lane) && !hf_pg_exec(self->pg, "BEGIN", error))
        return false;
    if (!freeze || !first)
        return true;
    /* Also in a transaction that made the table: an extension may have put rows into its own. */
    g_autofree char *name = hf_pg_quote_qualified(slice->table->schema, slice->table->name);
    return hf_pg_execf(self->pg, error, "TRUNCATE ONLY %s", name);
}

static bool writer_begin(HfWriter *writer, const HfSlice *slice, GError **error)
{
    PostgresWriter *self = (PostgresWriter *)writer;
    bool blobs = slice->table->kind == HF_TABLE_LARGE_OBJECTS;
    bool freeze = may_freeze(self, slice);
    self->table = slice->table;
    self->rows = 0;
    if (blobs && !prepare_blob_table(self, error))
        return false;
    if (!begin_transaction(self, slice, freeze, error))
        return false;
    g_autofree char *copy = copy_in_sql(slice->table, freeze);
    g_autofree char *sql = hf_postgres_statement_in(copy, self->encoding);
    if (!hf_postgres_set_encoding(self->pg, self->encoding, self->encoding, error) ||
        !hf_pg_copy_in_begin(self->pg, sql, error))
        return false;
    return slice->table->format == HF_FORMAT_TEXT ||
           hf_pg_copy_in_write(self->pg, binary_header, sizeof binary_header, error);
}

static bool writer_write(HfWriter *writer, const HfBlock *block, GError **error)
{
    PostgresWriter *self = (PostgresWriter *)writer;
    self->rows += block->row_count;
    if (self->progress != NULL)
        hf_progress_add_out(self->progress, block->length);
    return hf_pg_copy_in_write(self->pg, block->data, block->length, error);
}

static bool store_blobs(PostgresWriter *self, GError **error)
{
    return hf_pg_exec(self->pg, "SELECT pg_catalog.count(pg_catalog.lo_put(loid, \"position\", data)) FROM " BLOB_TABLE,
                      error);
}

static bool writer_end(HfWriter *writer, GError **error)
{
    PostgresWriter *self = (PostgresWriter *)writer;
    uint64_t taken;
    if (self->table->format == HF_FORMAT_BINARY &&
        !hf_pg_copy_in_write(self->pg, binary_trailer, sizeof binary_trailer, error))
        return false;
    if (!hf_pg_copy_in_end(self->pg, &taken, error) ||
        !hf_postgres_set_encoding(self->pg, self->encoding, "UTF8", error))
        return false;
    if (taken != self->rows) {
        g_set_error(error, HF_ERROR, HF_ERROR_DIFFER,
                    "the server took %" G_GUINT64_FORMAT " rows of %" G_GUINT64_FORMAT
                    " (a trigger or rule on the table?)",
                    taken, self->rows);
        return false;
    }
    if (self->table->kind == HF_TABLE_LARGE_OBJECTS && !store_blobs(self, error))
        return false;
    if (!self->commits)
        return true;
    bool in_doubt; /* all the same: the database is thrown away after a failure */
    return hf_pg_commit(self->pg, &in_doubt, error);
}

static void writer_close(HfWriter *writer)
{
    PostgresWriter *self = (PostgresWriter *)writer;
    g_free(self->encoding);
    g_free(self);
}

HfWriter *hf_postgres_writer_new(HfPg *pg, bool caller_transaction, const char *encoding, HfProgress *progress)
{
    PostgresWriter *self = g_new0(PostgresWriter, 1);
    *self = (PostgresWriter){.writer = {writer_begin, writer_write, writer_end, writer_close},
                             .pg = pg,
                             .caller_transaction = caller_transaction,
                             .encoding = g_strdup(encoding),
                             .progress = progress};
    return &self->writer;
}
