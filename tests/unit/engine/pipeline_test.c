#include "base/error.h"
#include "engine/pipeline.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>
#include <unistd.h>

#define LIMIT_S 120

/* ---- Ends made for these tests: a source that counts, a sink that keeps digests ------------------------------------
 *
 * Row i of a table is the text "<table> <i>\n". A slice gives the rows from its start to its end, ROWS_PER_BLOCK in
 * each block.
 */

#define ROWS_PER_BLOCK 10

typedef enum { NOWHERE, AT_OPEN, AT_BEGIN, AT_WORK, AT_END } Place;

typedef struct {
    HfSource source;
    HfSink sink;
    Place reader_fails, writer_fails;
    uint64_t fails_at_block;
    GCancellable *cancelled_by_writer; /* after the first block; NULL: none */
    GMutex mutex;                      /* guards all below */
    unsigned readers_open, writers_open;
    uint64_t slices_ended, blocks_written;
    HfRowDigest written; /* of all rows, whatever table */
} Ends;

typedef struct {
    HfReader reader;
    Ends *ends;
    const HfSlice *slice;
    uint64_t at, blocks;
} CountingReader;

typedef struct {
    HfWriter writer;
    Ends *ends;
    uint64_t blocks;
} DigestWriter;

static bool fail_test_end(GError **error, const char *who)
{
    g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "%s fails", who);
    return false;
}

static bool reader_begin(HfReader *reader, const HfSlice *slice, GError **error)
{
    CountingReader *self = (CountingReader *)reader;
    self->slice = slice;
    self->at = slice->start;
    self->blocks = 0;
    return self->ends->reader_fails != AT_BEGIN || fail_test_end(error, "begin of the reader");
}

static bool reader_next(HfReader *reader, HfBlock *block, GError **error)
{
    CountingReader *self = (CountingReader *)reader;
    assert_int_equal(block->length, 0);
    assert_int_equal(block->row_count, 0);
    if (self->ends->reader_fails == AT_WORK && self->blocks++ == self->ends->fails_at_block)
        return fail_test_end(error, "the reader");
    for (; self->at < self->slice->end && block->row_count < ROWS_PER_BLOCK; self->at++) {
        g_autofree char *row = g_strdup_printf("%s %" G_GUINT64_FORMAT "\n", self->slice->table->name, self->at);
        hf_block_add_row(block, row, strlen(row));
    }
    return true;
}

static void reader_close(HfReader *reader)
{
    CountingReader *self = (CountingReader *)reader;
    g_mutex_lock(&self->ends->mutex);
    self->ends->readers_open--;
    g_mutex_unlock(&self->ends->mutex);
    g_free(self);
}

static HfReader *source_open(HfSource *source, GCancellable *cancellable, GError **error)
{
    Ends *ends = (Ends *)source;
    assert_non_null(cancellable);
    if (ends->reader_fails == AT_OPEN && !fail_test_end(error, "open of the reader"))
        return NULL;
    CountingReader *self = g_new0(CountingReader, 1);
    *self = (CountingReader){.reader = {reader_begin, reader_next, reader_close}, .ends = ends};
    g_mutex_lock(&ends->mutex);
    ends->readers_open++;
    g_mutex_unlock(&ends->mutex);
    return &self->reader;
}

static bool writer_begin(HfWriter *writer, const HfSlice *slice, GError **error)
{
    DigestWriter *self = (DigestWriter *)writer;
    assert_non_null(slice);
    self->blocks = 0;
    return self->ends->writer_fails != AT_BEGIN || fail_test_end(error, "begin of the writer");
}

static bool writer_write(HfWriter *writer, const HfBlock *block, GError **error)
{
    DigestWriter *self = (DigestWriter *)writer;
    if (self->ends->writer_fails == AT_WORK && self->blocks++ == self->ends->fails_at_block)
        return fail_test_end(error, "the writer");
    g_mutex_lock(&self->ends->mutex);
    self->ends->blocks_written++;
    hf_row_digest_add_rows(&self->ends->written, block->data, block->ends, block->row_count);
    g_mutex_unlock(&self->ends->mutex);
    if (self->ends->cancelled_by_writer != NULL)
        g_cancellable_cancel(self->ends->cancelled_by_writer);
    return true;
}

static bool writer_end(HfWriter *writer, GError **error)
{
    DigestWriter *self = (DigestWriter *)writer;
    if (self->ends->writer_fails == AT_END)
        return fail_test_end(error, "end of the writer");
    g_mutex_lock(&self->ends->mutex);
    self->ends->slices_ended++;
    g_mutex_unlock(&self->ends->mutex);
    return true;
}

static void writer_close(HfWriter *writer)
{
    DigestWriter *self = (DigestWriter *)writer;
    g_mutex_lock(&self->ends->mutex);
    self->ends->writers_open--;
    g_mutex_unlock(&self->ends->mutex);
    g_free(self);
}

static HfWriter *sink_open(HfSink *sink, GCancellable *cancellable, GError **error)
{
    Ends *ends = (Ends *)((char *)sink - offsetof(Ends, sink));
    assert_non_null(cancellable);
    if (ends->writer_fails == AT_OPEN && !fail_test_end(error, "open of the writer"))
        return NULL;
    DigestWriter *self = g_new0(DigestWriter, 1);
    *self = (DigestWriter){.writer = {writer_begin, writer_write, writer_end, writer_close}, .ends = ends};
    g_mutex_lock(&ends->mutex);
    ends->writers_open++;
    g_mutex_unlock(&ends->mutex);
    return &self->writer;
}

/* ---- Fixture: two tables, cut into slices --------------------------------------------------------------------------
 */

#define ORDERS_ROWS 1234
#define ITEMS_ROWS 77
#define EMPTY_AT 5 /* one slice of the orders is empty */

typedef struct {
    Ends ends;
    HfManifestTable *orders, *items, *nothing;
    GPtrArray *slices;
    HfProgress *progress;
    HfPipeline *pipeline;
    unsigned lanes;
} Fixture;

static HfManifestTable *new_table(const char *name)
{
    HfManifestTable *table = hf_manifest_table_new();
    table->schema = g_strdup("shop");
    table->name = g_strdup(name);
    return table;
}

static void add_slice(Fixture *self, HfManifestTable *table, uint64_t start, uint64_t end)
{
    HfSlice slice = {.table = table, .start = start, .end = end, .weight = 10 * (end - start) + 1};
    g_ptr_array_add(self->slices, g_memdup2(&slice, sizeof slice));
}

static int setup(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    self->ends.source.open = source_open;
    self->ends.sink.open = sink_open;
    g_mutex_init(&self->ends.mutex);
    self->orders = new_table("orders");
    self->items = new_table("items");
    self->nothing = new_table("nothing");
    self->slices = g_ptr_array_new_with_free_func(g_free);
    for (uint64_t at = 0; at < ORDERS_ROWS; at += 100)
        add_slice(self, self->orders, at, MIN(at + 100, ORDERS_ROWS));
    add_slice(self, self->orders, EMPTY_AT, EMPTY_AT);
    add_slice(self, self->items, 0, ITEMS_ROWS);
    add_slice(self, self->nothing, 0, 0);
    self->progress = hf_progress_new();
    self->pipeline = hf_pipeline_new(&self->ends.source, &self->ends.sink, self->progress);
    self->lanes = 3;
    *state = self;
    alarm(LIMIT_S);
    return 0;
}

static int teardown(void **state)
{
    Fixture *self = *state;
    alarm(0);
    hf_pipeline_free(self->pipeline);
    hf_progress_free(self->progress);
    g_ptr_array_unref(self->slices);
    hf_manifest_table_free(self->orders);
    hf_manifest_table_free(self->items);
    hf_manifest_table_free(self->nothing);
    g_mutex_clear(&self->ends.mutex);
    g_free(self);
    return 0;
}

/* The digest, and the bytes, as one reader of the whole table would find them. */
static HfRowDigest expected(const HfManifestTable *table, uint64_t rows, uint64_t *bytes)
{
    HfRowDigest digest = {0};
    for (uint64_t i = 0; i < rows; i++) {
        g_autofree char *row = g_strdup_printf("%s %" G_GUINT64_FORMAT "\n", table->name, i);
        uint32_t end = (uint32_t)strlen(row);
        hf_row_digest_add_rows(&digest, (const uint8_t *)row, &end, 1);
        *bytes += end;
    }
    return digest;
}

static void assert_digest(Fixture *self, const HfManifestTable *table, uint64_t rows)
{
    uint64_t bytes = 0;
    HfRowDigest is = hf_pipeline_digest(self->pipeline, table), should = expected(table, rows, &bytes);
    assert_int_equal(is.rows, rows);
    assert_true(hf_row_digest_equal(&is, &should));
    assert_int_equal(hf_pipeline_bytes(self->pipeline, table), bytes);
}

static void assert_all_is_closed(const Fixture *self)
{
    assert_int_equal(self->ends.readers_open, 0);
    assert_int_equal(self->ends.writers_open, 0);
}

/* ---- What goes through ---------------------------------------------------------------------------------------------
 */

static void digests_of_slices_and_lanes_add_up_to_the_tables(void **state)
{
    Fixture *self = *state;
    assert_true(hf_pipeline_run(self->pipeline, self->slices, 4, NULL, NULL));
    assert_digest(self, self->orders, ORDERS_ROWS);
    assert_digest(self, self->items, ITEMS_ROWS);
    assert_digest(self, self->nothing, 0);
    assert_int_equal(self->ends.slices_ended, self->slices->len);
    assert_all_is_closed(self);
}

static void the_sink_gets_the_rows_that_were_digested(void **state)
{
    Fixture *self = *state;
    assert_true(hf_pipeline_run(self->pipeline, self->slices, 3, NULL, NULL));
    uint64_t bytes = 0;
    HfRowDigest sum = expected(self->orders, ORDERS_ROWS, &bytes), items = expected(self->items, ITEMS_ROWS, &bytes);
    hf_row_digest_merge(&sum, &items);
    assert_true(hf_row_digest_equal(&sum, &self->ends.written));
}

static void one_lane_gives_the_same(void **state)
{
    Fixture *self = *state;
    assert_true(hf_pipeline_run(self->pipeline, self->slices, 1, NULL, NULL));
    assert_digest(self, self->orders, ORDERS_ROWS);
    assert_digest(self, self->items, ITEMS_ROWS);
}

static void progress_is_told_of_every_row_and_slice(void **state)
{
    Fixture *self = *state;
    HfProgressView view;
    assert_true(hf_pipeline_run(self->pipeline, self->slices, 4, NULL, NULL));
    hf_progress_view(self->progress, &view);
    assert_int_equal(view.rows, ORDERS_ROWS + ITEMS_ROWS);
    assert_true(view.bytes_in > view.rows * 8);
    assert_float_equal(view.percent, 99.9, 0.001);
    assert_int_equal(view.lanes, 0);
}

static void a_pipeline_runs_without_progress(void **state)
{
    Fixture *self = *state;
    hf_pipeline_free(self->pipeline);
    self->pipeline = hf_pipeline_new(&self->ends.source, &self->ends.sink, NULL);
    assert_true(hf_pipeline_run(self->pipeline, self->slices, 2, NULL, NULL));
    assert_digest(self, self->orders, ORDERS_ROWS);
}

static void no_slices_are_no_work(void **state)
{
    Fixture *self = *state;
    g_ptr_array_set_size(self->slices, 0);
    assert_true(hf_pipeline_run(self->pipeline, self->slices, 4, NULL, NULL));
    assert_digest(self, self->orders, 0);
}

static void a_lane_of_a_reader_and_a_writer_serves_the_callers_thread(void **state)
{
    Fixture *self = *state;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    HfReader *reader = source_open(&self->ends.source, cancellable, NULL);
    HfWriter *writer = sink_open(&self->ends.sink, cancellable, NULL);
    HfPipelineLane *lane = hf_pipeline_lane_new(self->pipeline, 0, cancellable, reader, writer);
    for (guint i = 0; i < self->slices->len; i++)
        assert_true(hf_pipeline_lane_copy(lane, self->slices->pdata[i], NULL));
    hf_pipeline_lane_close(lane);
    assert_digest(self, self->orders, ORDERS_ROWS);
    assert_all_is_closed(self);
}

/* ---- Failures ------------------------------------------------------------------------------------------------------
 */

static void assert_run_fails(Fixture *self, GCancellable *cancellable, HfErrorCode code, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_false(hf_pipeline_run(self->pipeline, self->slices, self->lanes, cancellable, &error));
    assert_true(g_error_matches(error, HF_ERROR, (int)code));
    if (strstr(error->message, message) == NULL)
        fail_msg("expected \"%s\", got: %s", message, error->message);
    assert_all_is_closed(self);
}

static void a_failing_reader_stops_it_and_is_named_with_the_table(void **state)
{
    Fixture *self = *state;
    self->ends.reader_fails = AT_WORK;
    self->ends.fails_at_block = 3;
    assert_run_fails(self, NULL, HF_ERROR_STORAGE, "shop.orders: the reader fails");
    assert_true(self->ends.slices_ended < self->slices->len);
}

static void a_failing_writer_stops_it_and_is_named_with_the_table(void **state)
{
    Fixture *self = *state;
    self->ends.writer_fails = AT_WORK;
    self->ends.fails_at_block = 2;
    assert_run_fails(self, NULL, HF_ERROR_STORAGE, "shop.orders: the writer fails");
    assert_true(self->ends.slices_ended < self->slices->len);
}

static void ends_that_do_not_begin_or_end_a_slice_stop_it(void **state)
{
    Fixture *self = *state;
    self->ends.reader_fails = AT_BEGIN;
    assert_run_fails(self, NULL, HF_ERROR_STORAGE, "begin of the reader fails");
    self->ends.reader_fails = NOWHERE;
    self->ends.writer_fails = AT_BEGIN;
    assert_run_fails(self, NULL, HF_ERROR_STORAGE, "begin of the writer fails");
    assert_int_equal(self->ends.blocks_written, 0);
    self->ends.writer_fails = AT_END;
    assert_run_fails(self, NULL, HF_ERROR_STORAGE, "end of the writer fails");
}

static void ends_that_cannot_be_opened_stop_it(void **state)
{
    Fixture *self = *state;
    self->ends.reader_fails = AT_OPEN;
    assert_run_fails(self, NULL, HF_ERROR_STORAGE, "open of the reader fails");
    self->ends.reader_fails = NOWHERE;
    self->ends.writer_fails = AT_OPEN; /* the reader that was open already is closed */
    assert_run_fails(self, NULL, HF_ERROR_STORAGE, "open of the writer fails");
}

static void a_slice_that_failed_is_in_no_digest(void **state)
{
    Fixture *self = *state;
    g_ptr_array_set_size(self->slices, 1);
    self->ends.writer_fails = AT_END;
    assert_run_fails(self, NULL, HF_ERROR_STORAGE, "end of the writer fails");
    assert_digest(self, self->orders, 0);
}

static void cancelling_stops_between_blocks(void **state)
{
    Fixture *self = *state;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    self->ends.cancelled_by_writer = cancellable;
    self->lanes = 1;
    assert_run_fails(self, cancellable, HF_ERROR_CANCELLED, "cancelled");
    assert_int_equal(self->ends.blocks_written, 1);
    assert_int_equal(self->ends.slices_ended, 0);
}

static void what_is_cancelled_before_reads_nothing(void **state)
{
    Fixture *self = *state;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_cancellable_cancel(cancellable);
    assert_run_fails(self, cancellable, HF_ERROR_CANCELLED, "cancelled");
    assert_int_equal(self->ends.blocks_written, 0);
}

static void cancelling_stops_all_lanes(void **state)
{
    Fixture *self = *state;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    self->ends.cancelled_by_writer = cancellable;
    g_ptr_array_set_size(self->slices, 0);
    for (int i = 0; i < 3; i++)
        add_slice(self, self->orders, 0, UINT64_MAX / 10); /* without an end, as far as a test can wait */
    assert_run_fails(self, cancellable, HF_ERROR_CANCELLED, "cancelled");
    assert_int_equal(self->ends.slices_ended, 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(digests_of_slices_and_lanes_add_up_to_the_tables),
        test(the_sink_gets_the_rows_that_were_digested),
        test(one_lane_gives_the_same),
        test(progress_is_told_of_every_row_and_slice),
        test(a_pipeline_runs_without_progress),
        test(no_slices_are_no_work),
        test(a_lane_of_a_reader_and_a_writer_serves_the_callers_thread),
        test(a_failing_reader_stops_it_and_is_named_with_the_table),
        test(a_failing_writer_stops_it_and_is_named_with_the_table),
        test(ends_that_do_not_begin_or_end_a_slice_stop_it),
        test(ends_that_cannot_be_opened_stop_it),
        test(a_slice_that_failed_is_in_no_digest),
        test(cancelling_stops_between_blocks),
        test(cancelling_stops_all_lanes),
        test(what_is_cancelled_before_reads_nothing),
    };
    return cmocka_run_group_tests_name("engine/pipeline", tests, NULL, NULL);
}
