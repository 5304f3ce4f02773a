/*
 * A server that refuses a bulk load does not say which row it means. So the rows are loaded once more, a block at a
 * time, and of a block that is refused its first bad row is found by halves. Nothing of it stays: each transaction is
 * rolled back, and after a refusal the connection is a new one.
 */
#include "base/error.h"
#include "engine/copy_text.h"
#include "engine/ends/mssql.h"

typedef struct {
    HfMssqlSink *sink;
    const HfSlice *slice;
    const HfMssqlLoad *load;
    GCancellable *cancellable;
    HfWriter *writer; /* NULL: one is to be opened */
    HfTypeTable *types;
    guint limit;
    GPtrArray *refused;
} Search;

void hf_mssql_refused_free(HfMssqlRefused *self)
{
    g_free(self->key);
    g_free(self->line);
    g_free(self->reason);
    g_free(self);
}

/* *reason, transfer full, says why rows [from, to) are refused; NULL: they are not. */
static bool try_rows(Search *self, const HfBlock *block, size_t from, size_t to, char **reason, GError **error)
{
    g_autoptr(GError) refusal = NULL;
    *reason = NULL;
    if (self->writer == NULL)
        self->writer = self->sink->sink.open(&self->sink->sink, self->cancellable, error);
    if (self->writer == NULL)
        return false;
    if (hf_mssql_writer_try(self->writer, self->slice, block, from, to, &refusal))
        return true;
    self->writer->close(self->writer);
    self->writer = NULL;
    if (g_error_matches(refusal, HF_ERROR, HF_ERROR_DATABASE)) {
        *reason = g_strdup(refusal->message);
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&refusal));
    return false;
}

static void add(Search *self, const HfBlock *block, size_t row, uint64_t number, char *reason)
{
    size_t start = row > 0 ? block->ends[row - 1] : 0;
    uint32_t length = (uint32_t)(block->ends[row] - start);
    const uint8_t *data = block->data + start;
    g_autoptr(GString) line = g_string_new(NULL);
    if (!hf_copy_text_append_row(line, self->types, self->load->info->columns, data, length, NULL))
        g_string_assign(line, "?");
    HfMssqlRefused *refused = g_new0(HfMssqlRefused, 1);
    *refused = (HfMssqlRefused){.slice = self->slice,
                                .number = number,
                                .key = hf_mssql_load_row_key(self->load, data, length),
                                .line = g_strchomp(g_strdup(line->str)),
                                .reason = reason};
    g_ptr_array_add(self->refused, refused);
}

/* Nobody is to lose a row that was refused for something else, which has passed meanwhile. */
static bool is_refused_alone(Search *self, const HfBlock *block, size_t row, GError **error)
{
    g_autofree char *reason = NULL;
    if (!try_rows(self, block, row, row + 1, &reason, error))
        return false;
    if (reason == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "the server refused rows of %s.%s together, and takes each of them alone; call again to go on",
                    self->load->info->schema, self->load->info->name);
    return reason != NULL;
}

/* Rows [from, end) are refused for `reason` (transfer full): the first of them that is. */
static bool find_first(Search *self, const HfBlock *block, size_t from, size_t *row, char **reason, GError **error)
{
    size_t good = from, bad = block->row_count; /* [from, good) is taken, [from, bad) is not */
    while (bad - good > 1) {
        size_t middle = good + (bad - good) / 2;
        char *why;
        if (!try_rows(self, block, good, middle, &why, error))
            return false;
        if (why == NULL) {
            good = middle;
            continue;
        }
        g_free(*reason);
        *reason = why;
        bad = middle;
    }
    *row = good;
    return is_refused_alone(self, block, good, error);
}

static bool search_block(Search *self, const HfBlock *block, uint64_t before, GError **error)
{
    size_t from = 0;
    while (from < block->row_count && self->refused->len < self->limit) {
        char *reason;
        size_t row = from;
        if (!try_rows(self, block, from, block->row_count, &reason, error))
            return false;
        if (reason == NULL)
            return true;
        if (!find_first(self, block, from, &row, &reason, error)) {
            g_free(reason);
            return false;
        }
        add(self, block, row, before + row, reason);
        from = row + 1;
    }
    return true;
}

static bool search(Search *self, HfReader *reader, GError **error)
{
    HfBlock block;
    uint64_t before = 0;
    hf_block_init(&block);
    bool ok = reader->begin(reader, self->slice, error);
    while (ok && self->refused->len < self->limit) {
        hf_block_reset(&block);
        ok = reader->next(reader, &block, error);
        if (!ok || block.row_count == 0)
            break;
        ok = search_block(self, &block, before, error);
        before += block.row_count;
    }
    hf_block_clear(&block);
    return ok;
}

bool hf_mssql_find_refused(HfMssqlSink *sink, HfSource *source, const HfSlice *slice, guint limit, GPtrArray *refused,
                           GCancellable *cancellable, GError **error)
{
    HfReader *reader = source->open(source, cancellable, error);
    if (reader == NULL)
        return false;
    /* The rows that were put aside are tried again: their numbers are of the slice, and here they are of a block. */
    HfMssqlSink all = *sink;
    all.aside = NULL;
    Search self = {.sink = &all,
                   .slice = slice,
                   .load = hf_mssql_loads_find(sink->loads, slice->table),
                   .cancellable = cancellable,
                   .types = hf_type_table_new(),
                   .limit = refused->len + limit,
                   .refused = refused};
    bool ok = search(&self, reader, error);
    reader->close(reader);
    if (self.writer != NULL)
        self.writer->close(self.writer);
    hf_type_table_free(self.types);
    return ok;
}
