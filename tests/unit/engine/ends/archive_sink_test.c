/* Rows through lanes, sink, writer, reader and source and back, in memory; and what becomes of it when writing fails.
 */
#include "engine/ends/archive.h"
#include "engine/pipeline.h"
#include "tests/unit/archive/sample.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>
#include <unistd.h>

#define LIMIT_S 300
#define MIB ((size_t)1 << 20)

/* ---- What the budget has granted -----------------------------------------------------------------------------------
 */

static gintptr granted, most_granted;

/* The linker puts these in the place of the budget's own (see tests/unit/unit.am). */
void __real_hf_budget_acquire(HfBudget *self, size_t bytes);
void __wrap_hf_budget_acquire(HfBudget *self, size_t bytes);
void __real_hf_budget_release(HfBudget *self, size_t bytes, bool pledged);
void __wrap_hf_budget_release(HfBudget *self, size_t bytes, bool pledged);

void __wrap_hf_budget_acquire(HfBudget *self, size_t bytes)
{
    __real_hf_budget_acquire(self, bytes);
    gintptr now = g_atomic_pointer_add(&granted, bytes) + (gintptr)bytes;
    for (gintptr most = g_atomic_pointer_get(&most_granted); now > most; most = g_atomic_pointer_get(&most_granted))
        if (g_atomic_pointer_compare_and_exchange(&most_granted, most, now))
            break;
}

void __wrap_hf_budget_release(HfBudget *self, size_t bytes, bool pledged)
{
    g_atomic_pointer_add(&granted, -(gssize)bytes);
    __real_hf_budget_release(self, bytes, pledged);
}

/* ---- A source of made-up rows --------------------------------------------------------------------------------------
 */

typedef enum { PLAIN_ROWS, NOISE_ROWS } RowKind;

/* `length` bytes, the same for the same `i`. Noise hardly compresses; neither kind holds a newline. */
static void make_value(uint8_t *value, RowKind kind, uint64_t i, size_t length)
{
    if (kind == PLAIN_ROWS) {
        memset(value, (int)('a' + i % 26), length);
        return;
    }
    uint64_t noise = i * 0x9e3779b97f4a7c15U + 1;
    for (size_t at = 0; at < length; at += sizeof noise) {
        noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17;
        uint64_t eight = noise | 0x8080808080808080U;
        memcpy(value + at, &eight, MIN(sizeof eight, length - at));
    }
}

/* A row of one value, in the table's format. */
static void append_row(HfBlock *block, HfDataFormat format, RowKind kind, uint64_t i, size_t length)
{
    g_autofree uint8_t *row = g_malloc(length + 6);
    bool binary = format == HF_FORMAT_BINARY;
    const uint8_t start[6] = {
        0, 1, (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
    memcpy(row, start, sizeof start);
    make_value(binary ? row + sizeof start : row, kind, i, length);
    if (!binary)
        row[length] = '\n';
    hf_block_add_row(block, row, binary ? sizeof start + length : length + 1);
}

typedef struct {
    HfSource source;
    RowKind kind;
    size_t row_bytes;
} MadeUp;

typedef struct {
    HfReader reader;
    const MadeUp *made_up;
    const HfSlice *slice;
    uint64_t at;
} MadeUpReader;

static bool made_up_begin(HfReader *reader, const HfSlice *slice, GError **error)
{
    (void)error;
    MadeUpReader *self = (MadeUpReader *)reader;
    self->slice = slice;
    self->at = slice->start;
    return true;
}

static bool made_up_next(HfReader *reader, HfBlock *block, GError **error)
{
    (void)error;
    MadeUpReader *self = (MadeUpReader *)reader;
    for (; self->at < self->slice->end && !hf_block_is_full(block); self->at++)
        append_row(block, self->slice->table->format, self->made_up->kind, self->at, self->made_up->row_bytes);
    return true;
}

static HfReader *made_up_open(HfSource *source, GCancellable *cancellable, GError **error)
{
    (void)cancellable;
    (void)error;
    MadeUpReader *self = g_new0(MadeUpReader, 1);
    *self = (MadeUpReader){.reader = {made_up_begin, made_up_next, (void (*)(HfReader *))g_free},
                           .made_up = (const MadeUp *)source};
    return &self->reader;
}

/* ---- An output that fails after some bytes -------------------------------------------------------------------------
 */

typedef struct {
    HfOutput output;
    HfOutput *to;
    uint64_t left;
    bool slow;
} FailingOutput;

static bool failing_write(HfOutput *output, const void *data, size_t length, GError **error)
{
    FailingOutput *self = (FailingOutput *)output;
    if (self->slow)
        g_usleep(1000);
    if (length > self->left) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_STORAGE, "the disk is full");
        return false;
    }
    self->left -= length;
    return hf_output_write(self->to, data, length, error);
}

/* ---- A backup and its reading back ---------------------------------------------------------------------------------
 */

typedef struct {
    HfManifest *manifest;
    GPtrArray *slices;
    GByteArray *bytes;
    MadeUp made_up;
    FailingOutput output;
    size_t budget_bytes;
    unsigned lanes;
} Fixture;

static int setup(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    self->manifest = hf_manifest_new();
    self->manifest->finished = g_strdup("now");
    self->slices = g_ptr_array_new_with_free_func(g_free);
    self->bytes = g_byte_array_new();
    self->made_up = (MadeUp){.source = {made_up_open}, .row_bytes = 100};
    self->output = (FailingOutput){.output = {failing_write}, .left = UINT64_MAX};
    self->lanes = 3;
    self->budget_bytes = self->lanes * HF_PART_BYTES;
    granted = most_granted = 0;
    *state = self;
    alarm(LIMIT_S);
    return 0;
}

static int teardown(void **state)
{
    Fixture *self = *state;
    alarm(0);
    g_ptr_array_unref(self->slices);
    hf_manifest_free(self->manifest);
    g_byte_array_unref(self->bytes);
    g_free(self);
    return 0;
}

static HfManifestTable *add_table(Fixture *self, uint32_t oid, HfDataFormat format)
{
    g_autofree char *name = g_strdup_printf("t%u", oid);
    HfManifestTable *table = sample_add_table(self->manifest, oid, name);
    table->format = format;
    if (format == HF_FORMAT_BINARY)
        g_clear_pointer(&table->format_reason, g_free);
    return table;
}

static void add_slice(Fixture *self, HfManifestTable *table, uint64_t start, uint64_t end)
{
    HfSlice slice = {.table = table, .start = start, .end = end, .weight = (end - start) * self->made_up.row_bytes};
    g_ptr_array_add(self->slices, g_memdup2(&slice, sizeof slice));
}

static void on_lanes_end(gpointer sink)
{
    hf_archive_sink_end(sink);
}

/* As a backup does it. */
static bool write_archive(Fixture *self, HfArchiveWriter *writer, HfPipeline *pipeline, HfArchiveSink *sink,
                          HfBudget *budget, GError **error)
{
    g_autoptr(HfTaskGraph) graph = hf_task_graph_new();
    hf_task_graph_on_end(graph, on_lanes_end, sink);
    hf_pipeline_start(pipeline, graph, self->slices, self->lanes, NULL);
    if (!hf_archive_sink_drain(sink, writer, error)) {
        hf_task_graph_stop(graph);
        hf_budget_stop(budget);
        hf_archive_sink_discard(sink);
        g_autoptr(GError) stopped = NULL;
        assert_false(hf_task_graph_join(graph, &stopped));
        return false;
    }
    if (!hf_task_graph_join(graph, error))
        return false;
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        HfManifestTable *table = self->manifest->tables->pdata[i];
        table->proof = hf_pipeline_digest(pipeline, table);
    }
    return hf_archive_writer_finish(writer, error);
}

static bool backup(Fixture *self, HfProgress *progress, GError **error)
{
    HfMemoryOutput memory;
    hf_memory_output_init(&memory, self->bytes);
    self->output.to = &memory.output;
    g_autoptr(HfArchiveHead) head = sample_head();
    g_autofree char *json = hf_archive_head_to_json(head);
    g_autoptr(HfArchiveWriter) writer = hf_archive_writer_open(&self->output.output, NULL, self->manifest, 0, error);
    if (writer == NULL || !hf_archive_writer_add(writer, HF_MEMBER_HEAD, json, strlen(json), error))
        return false;
    g_autoptr(HfBudget) budget = hf_budget_new(self->budget_bytes);
    g_autoptr(HfArchiveSink) sink = hf_archive_sink_new(1, budget, progress);
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&self->made_up.source, hf_archive_sink_get(sink), progress);
    return write_archive(self, writer, pipeline, sink, budget, error);
}

/* Reads every part into nothing and compares the digests with the manifest's, as verify does. */
static void assert_reads_back(const Fixture *self)
{
    g_autoptr(GError) error = NULL;
    HfMemoryInput input;
    HfArchiveSource source;
    HfSink null;
    hf_memory_input_init(&input, self->bytes->data, self->bytes->len);
    g_autoptr(HfArchiveReader) archive = hf_archive_reader_open(&input.input, NULL, &error);
    assert_no_error(error);
    hf_archive_source_init(&source, archive);
    hf_null_sink_init(&null);
    const HfManifest *manifest = hf_archive_reader_manifest(archive);
    g_autoptr(GPtrArray) slices = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < manifest->tables->len; i++)
        hf_slice_cut_parts(slices, manifest->tables->pdata[i]);
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&source.source, &null, NULL);
    if (!hf_pipeline_run(pipeline, slices, self->lanes, NULL, &error))
        fail_msg("reading back: %s", error->message);
    for (guint i = 0; i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        HfRowDigest digest = hf_pipeline_digest(pipeline, table);
        assert_true(hf_row_digest_equal(&digest, &table->proof));
    }
    assert_int_equal(manifest->tables->len, self->manifest->tables->len);
}

static void run(Fixture *self)
{
    g_autoptr(GError) error = NULL;
    if (!backup(self, NULL, &error))
        fail_msg("backup: %s", error->message);
    assert_int_equal(granted, 0);
    assert_reads_back(self);
}

static const HfPart *part(const HfManifestTable *table, guint i)
{
    return &g_array_index(table->parts, HfPart, i);
}

static uint64_t part_size(const Fixture *self, const HfManifestTable *table, guint i)
{
    return ((const HfMember *)self->manifest->members->pdata[part(table, i)->member])->size_bytes;
}

/* ---- Round trips ---------------------------------------------------------------------------------------------------
 */

static void many_small_tables_come_back(void **state)
{
    Fixture *self = *state;
    for (uint32_t i = 1; i <= 200; i++) {
        HfManifestTable *table = add_table(self, i, i % 2 ? HF_FORMAT_BINARY : HF_FORMAT_TEXT);
        add_slice(self, table, 0, i % 7 * 10);
    }
    run(self);
    for (guint i = 0; i < 200; i++) {
        const HfManifestTable *table = self->manifest->tables->pdata[i];
        assert_int_equal(table->proof.rows, (i + 1) % 7 * 10);
        assert_int_equal(table->parts->len, (i + 1) % 7 > 0);
    }
}

static void slices_of_one_table_become_numbered_parts(void **state)
{
    Fixture *self = *state;
    HfManifestTable *table = add_table(self, 7, HF_FORMAT_BINARY);
    for (uint64_t i = 0; i < 20; i++)
        add_slice(self, table, 100 * i, 100 * (i + 1));
    run(self);
    assert_int_equal(table->parts->len, 20);
    assert_int_equal(table->proof.rows, 2000);
    assert_int_equal(table->raw_bytes, 2000 * 106);
    for (guint i = 0; i < 20; i++) {
        g_autofree char *name = hf_part_name(7, i + 1);
        const HfMember *member = self->manifest->members->pdata[part(table, i)->member];
        assert_string_equal(member->name, name);
        assert_int_equal(part(table, i)->rows, 100);
        assert_int_equal(part(table, i)->raw_bytes, 100 * 106);
    }
}

static void a_table_without_rows_has_no_part(void **state)
{
    Fixture *self = *state;
    HfManifestTable *text = add_table(self, 1, HF_FORMAT_TEXT), *binary = add_table(self, 2, HF_FORMAT_BINARY);
    for (int i = 0; i < 3; i++) {
        add_slice(self, text, 0, 0);
        add_slice(self, binary, 5, 5);
    }
    run(self);
    assert_int_equal(text->parts->len, 0);
    assert_int_equal(binary->parts->len, 0);
    assert_int_equal(text->proof.rows, 0);
    assert_int_equal(self->manifest->members->len, 1); /* the head */
}

static void rows_without_columns_are_rows(void **state)
{
    Fixture *self = *state;
    self->made_up.row_bytes = 0;
    HfManifestTable *text = add_table(self, 1, HF_FORMAT_TEXT);
    add_slice(self, text, 0, 300000);
    run(self);
    assert_int_equal(text->proof.rows, 300000);
}

static void assert_cut_into_parts(Fixture *self, HfDataFormat format)
{
    HfManifestTable *table = add_table(self, 1, format);
    self->made_up.kind = NOISE_ROWS;
    self->made_up.row_bytes = 20000;
    add_slice(self, table, 0, 1250); /* 25 MB that hardly compress */
    run(self);
    assert_int_equal(table->proof.rows, 1250);
    assert_int_equal(table->parts->len, 3);
    for (guint i = 0; i < 2; i++)
        assert_in_range(part_size(self, table, i), HF_PART_BYTES, HF_PART_BYTES + 2 * MIB);
    assert_in_range(part_size(self, table, 2), 1, HF_PART_BYTES);
}

static void a_binary_slice_is_cut_into_parts_of_8_mib(void **state)
{
    assert_cut_into_parts(*state, HF_FORMAT_BINARY);
}

static void a_text_slice_is_cut_into_parts_of_8_mib(void **state)
{
    assert_cut_into_parts(*state, HF_FORMAT_TEXT);
}

static void a_row_larger_than_a_part_is_a_part(void **state)
{
    Fixture *self = *state;
    self->made_up.kind = NOISE_ROWS;
    self->made_up.row_bytes = 40 * MIB;
    HfManifestTable *binary = add_table(self, 1, HF_FORMAT_BINARY), *text = add_table(self, 2, HF_FORMAT_TEXT);
    add_slice(self, binary, 0, 2);
    add_slice(self, text, 2, 3);
    run(self);
    assert_int_equal(binary->parts->len, 2);
    assert_int_equal(text->parts->len, 1);
    assert_true(part_size(self, binary, 0) > 34 * MIB);
}

static void progress_counts_what_was_written(void **state)
{
    Fixture *self = *state;
    HfProgressView view;
    g_autoptr(HfProgress) progress = hf_progress_new();
    HfManifestTable *table = add_table(self, 1, HF_FORMAT_TEXT);
    add_slice(self, table, 0, 1000);
    assert_true(backup(self, progress, NULL));
    hf_progress_view(progress, &view);
    assert_int_equal(view.rows, 1000);
    assert_int_equal(view.bytes_in, table->raw_bytes);
    assert_int_equal(view.bytes_out, part_size(self, table, 0));
}

/* ---- Memory --------------------------------------------------------------------------------------------------------
 */

/* What one lane may hold in the part under way: it ends after the block in which it reached its size. */
#define LANE_BYTES (HF_PART_BYTES + 2 * MIB)

static void fill_with_noise(Fixture *self)
{
    self->made_up.kind = NOISE_ROWS;
    self->made_up.row_bytes = 50000;
    self->lanes = 2;
    self->budget_bytes = self->lanes * HF_PART_BYTES;
    for (uint32_t i = 1; i <= 4; i++) {
        HfManifestTable *table = add_table(self, i, i % 2 ? HF_FORMAT_BINARY : HF_FORMAT_TEXT);
        add_slice(self, table, 0, 800); /* 40 MB */
    }
}

static void finished_parts_wait_within_the_budget(void **state)
{
    Fixture *self = *state;
    fill_with_noise(self);
    self->output.slow = true;
    self->budget_bytes = self->lanes * LANE_BYTES;
    run(self);
    assert_in_range(most_granted, HF_PART_BYTES, self->budget_bytes);
}

static void a_budget_that_is_too_small_is_passed_by_the_parts_under_way_alone(void **state)
{
    Fixture *self = *state;
    fill_with_noise(self);
    self->output.slow = true;
    self->budget_bytes = MIB;
    run(self);
    assert_in_range(most_granted, HF_PART_BYTES, self->lanes * LANE_BYTES + MIB);
}

static void parts_that_nobody_writes_hold_the_lanes_back(void **state)
{
    Fixture *self = *state;
    fill_with_noise(self);
    g_autoptr(HfBudget) budget = hf_budget_new(self->budget_bytes);
    g_autoptr(HfArchiveSink) sink = hf_archive_sink_new(1, budget, NULL);
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&self->made_up.source, hf_archive_sink_get(sink), NULL);
    g_autoptr(HfTaskGraph) graph = hf_task_graph_new();
    hf_task_graph_on_end(graph, on_lanes_end, sink);
    hf_pipeline_start(pipeline, graph, self->slices, self->lanes, NULL);
    for (gintptr before = -1; before != g_atomic_pointer_get(&most_granted);) { /* until it stands still */
        before = g_atomic_pointer_get(&most_granted);
        g_usleep(500000);
    }
    assert_in_range(g_atomic_pointer_get(&most_granted), HF_PART_BYTES, self->lanes * LANE_BYTES);
    hf_archive_sink_discard(sink); /* and they go on to the end */
    assert_true(hf_task_graph_join(graph, NULL));
    assert_int_equal(granted, 0);
}

/* ---- Writing that fails --------------------------------------------------------------------------------------------
 */

static void assert_backup_fails(Fixture *self, HfErrorCode code, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_false(backup(self, NULL, &error));
    assert_error(&error, code, message);
    assert_int_equal(granted, 0);
}

static void a_full_disk_ends_it_while_the_lanes_wait(void **state)
{
    Fixture *self = *state;
    fill_with_noise(self);
    self->output.left = 20 * MIB; /* in the middle of the first part */
    self->budget_bytes = MIB;
    assert_backup_fails(self, HF_ERROR_STORAGE, "the disk is full");
}

static void a_full_disk_ends_it_at_any_moment(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        void *inner = NULL;
        setup(&inner);
        Fixture *self = inner;
        for (uint32_t i = 1; i <= 100; i++)
            add_slice(self, add_table(self, i, HF_FORMAT_BINARY), 0, 100);
        self->output.left = 3000 + 2000 * (uint64_t)round; /* 100 parts of some 1,500 bytes with their headers */
        self->budget_bytes = (size_t)round * 1000;
        assert_backup_fails(self, HF_ERROR_STORAGE, "the disk is full");
        teardown(&inner);
    }
    alarm(LIMIT_S);
}

static void a_sink_that_nobody_drained_frees_its_parts(void **state)
{
    Fixture *self = *state;
    HfManifestTable *table = add_table(self, 1, HF_FORMAT_TEXT);
    for (uint64_t i = 0; i < 5; i++)
        add_slice(self, table, 10 * i, 10 * i + 10);
    g_autoptr(HfBudget) budget = hf_budget_new(MIB);
    {
        g_autoptr(HfArchiveSink) sink = hf_archive_sink_new(1, budget, NULL);
        g_autoptr(HfPipeline) pipeline = hf_pipeline_new(&self->made_up.source, hf_archive_sink_get(sink), NULL);
        assert_true(hf_pipeline_run(pipeline, self->slices, 2, NULL, NULL));
        hf_archive_sink_end(sink);
        assert_true(granted > 0);
    }
    assert_int_equal(granted, 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(many_small_tables_come_back),
        test(slices_of_one_table_become_numbered_parts),
        test(a_table_without_rows_has_no_part),
        test(rows_without_columns_are_rows),
        test(a_binary_slice_is_cut_into_parts_of_8_mib),
        test(a_text_slice_is_cut_into_parts_of_8_mib),
        test(a_row_larger_than_a_part_is_a_part),
        test(progress_counts_what_was_written),
        test(finished_parts_wait_within_the_budget),
        test(a_budget_that_is_too_small_is_passed_by_the_parts_under_way_alone),
        test(parts_that_nobody_writes_hold_the_lanes_back),
        test(a_full_disk_ends_it_while_the_lanes_wait),
        cmocka_unit_test(a_full_disk_ends_it_at_any_moment),
        test(a_sink_that_nobody_drained_frees_its_parts),
    };
    return cmocka_run_group_tests_name("engine/ends/archive_sink", tests, NULL, NULL);
}
