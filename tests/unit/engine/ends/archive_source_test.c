/* Parts that are cut into rows again, wherever the decoder's bytes end; and COPY streams that are not whole. */
#include "engine/ends/archive.h"
#include "tests/unit/archive/sample.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

#define HEADER "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
#define HEADER_BYTES 19
#define TRAILER "\377\377"

/* ---- A decoder that gives a few bytes at a time --------------------------------------------------------------------
 */

static size_t most_bytes = SIZE_MAX; /* of one read */

/* The linker puts these in the place of the decoder's own (see tests/unit/unit.am). */
bool __real_hf_part_decoder_read(HfPartDecoder *self, void *buffer, size_t size, size_t *length, GError **error);
bool __wrap_hf_part_decoder_read(HfPartDecoder *self, void *buffer, size_t size, size_t *length, GError **error);

bool __wrap_hf_part_decoder_read(HfPartDecoder *self, void *buffer, size_t size, size_t *length, GError **error)
{
    return __real_hf_part_decoder_read(self, buffer, MIN(size, most_bytes), length, error);
}

/* ---- An archive of one table with one part -------------------------------------------------------------------------
 */

typedef struct {
    GByteArray *bytes;
    HfMemoryInput input;
    HfArchiveReader *archive;
    HfArchiveSource source;
    HfReader *reader;
    HfSlice slice;
    uint64_t claimed_bytes; /* what the manifest says of the rows; 0: the truth, if the stream is whole */
} Fixture;

#define FRAMING_BYTES 21 /* header and trailer of a binary stream */

/* `stream` is the COPY stream as it stands in the part, of which the manifest says that it has `rows` rows. */
static void open_archive(Fixture *self, HfDataFormat format, const void *stream, size_t length, uint64_t rows)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = hf_manifest_new();
    manifest->finished = g_strdup("now");
    g_autoptr(HfArchiveHead) head = sample_head();
    g_autofree char *json = hf_archive_head_to_json(head);
    self->bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, self->bytes);
    g_autoptr(HfArchiveWriter) writer = hf_archive_writer_open(&output.output, NULL, manifest, 0, &error);
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_HEAD, json, strlen(json), &error));
    HfManifestTable *table = sample_add_table(manifest, 16401, "orders");
    table->format = format;
    if (format == HF_FORMAT_BINARY)
        g_clear_pointer(&table->format_reason, g_free);
    sample_add_part(writer, table, stream, length, rows);
    if (self->claimed_bytes > 0)
        table->raw_bytes = self->claimed_bytes;
    else if (format == HF_FORMAT_BINARY && length >= FRAMING_BYTES)
        table->raw_bytes -= FRAMING_BYTES;
    g_array_index(table->parts, HfPart, 0).raw_bytes = table->raw_bytes;
    assert_true(hf_archive_writer_finish(writer, &error));

    hf_memory_input_init(&self->input, self->bytes->data, self->bytes->len);
    self->archive = hf_archive_reader_open(&self->input.input, NULL, &error);
    assert_no_error(error);
    hf_archive_source_init(&self->source, self->archive);
    self->reader = self->source.source.open(&self->source.source, NULL, &error);
    assert_no_error(error);
    self->slice = (HfSlice){.table = hf_archive_reader_manifest(self->archive)->tables->pdata[0]};
}

static void close_archive(Fixture *self)
{
    most_bytes = SIZE_MAX;
    self->reader->close(self->reader);
    hf_archive_reader_free(self->archive);
    g_byte_array_unref(self->bytes);
}

/* Reads the slice to its end: the bytes of all rows, and in `ends` where each ends in them. */
static GByteArray *read_rows(Fixture *self, GArray *ends, GError **error)
{
    g_autoptr(GByteArray) rows = g_byte_array_new();
    HfBlock block;
    hf_block_init(&block);
    bool ok = self->reader->begin(self->reader, &self->slice, error);
    while (ok) {
        hf_block_reset(&block);
        ok = self->reader->next(self->reader, &block, error);
        if (!ok || block.row_count == 0)
            break;
        for (size_t i = 0; i < block.row_count; i++) {
            guint end = rows->len + block.ends[i];
            g_array_append_val(ends, end);
        }
        g_byte_array_append(rows, block.data, (guint)block.length);
    }
    hf_block_clear(&block);
    return ok ? g_steal_pointer(&rows) : NULL;
}

static void assert_rows(Fixture *self, const void *rows, size_t length, const GArray *ends)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GByteArray) bytes = read_rows(self, found, &error);
    assert_no_error(error);
    assert_int_equal(bytes->len, length);
    assert_int_equal(found->len, ends->len);
    if (length > 0)
        assert_memory_equal(bytes->data, rows, length);
    if (ends->len > 0)
        assert_memory_equal(found->data, ends->data, ends->len * sizeof(guint));
}

/* ---- Rows in both formats ------------------------------------------------------------------------------------------
 */

typedef struct {
    GByteArray *rows;
    GArray *ends;
} Rows;

static Rows new_rows(void)
{
    return (Rows){g_byte_array_new(), g_array_new(FALSE, FALSE, sizeof(guint))};
}

static void free_rows(Rows *self)
{
    g_byte_array_unref(self->rows);
    g_array_unref(self->ends);
}

static void add_row(Rows *self, const void *data, size_t length)
{
    g_byte_array_append(self->rows, data, (guint)length);
    g_array_append_val(self->ends, self->rows->len);
}

#define ROW(rows, literal) add_row(rows, literal, sizeof(literal) - 1)

/* Values that look like a trailer, a header, a newline; NULL; an empty value; a row without a field. */
static Rows binary_rows(void)
{
    Rows rows = new_rows();
    ROW(&rows, "\0\2\0\0\0\4\0\0\0\1\0\0\0\6apples");
    ROW(&rows, "\0\2\377\377\377\377\0\0\0\0");
    ROW(&rows, "\0\0");
    ROW(&rows, "\0\1\0\0\0\4\377\377\377\377");
    ROW(&rows, "\0\1\0\0\0\12PGCOPY\n\377\r\n");
    ROW(&rows, "\0\3\0\0\0\1\n\377\377\377\377\0\0\0\2\377\377");
    return rows;
}

static Rows text_rows(void)
{
    Rows rows = new_rows();
    ROW(&rows, "1\tapples\n");
    ROW(&rows, "\n");
    ROW(&rows, "\\N\t\\\\n\n");
    ROW(&rows, "\377\377\n");
    ROW(&rows, "\n");
    return rows;
}

static GByteArray *binary_stream(const GByteArray *rows)
{
    GByteArray *stream = g_byte_array_new();
    g_byte_array_append(stream, (const guint8 *)HEADER, HEADER_BYTES);
    g_byte_array_append(stream, rows->data, rows->len);
    g_byte_array_append(stream, (const guint8 *)TRAILER, 2);
    return stream;
}

static void binary_rows_are_whole_wherever_a_read_ends(void **state)
{
    (void)state;
    Fixture fixture = {0};
    Rows rows = binary_rows();
    g_autoptr(GByteArray) stream = binary_stream(rows.rows);
    open_archive(&fixture, HF_FORMAT_BINARY, stream->data, stream->len, rows.ends->len);
    for (most_bytes = 1; most_bytes <= stream->len + 1; most_bytes++)
        assert_rows(&fixture, rows.rows->data, rows.rows->len, rows.ends);
    close_archive(&fixture);
    free_rows(&rows);
}

static void text_rows_are_whole_wherever_a_read_ends(void **state)
{
    (void)state;
    Fixture fixture = {0};
    Rows rows = text_rows();
    open_archive(&fixture, HF_FORMAT_TEXT, rows.rows->data, rows.rows->len, rows.ends->len);
    for (most_bytes = 1; most_bytes <= rows.rows->len + 1; most_bytes++)
        assert_rows(&fixture, rows.rows->data, rows.rows->len, rows.ends);
    close_archive(&fixture);
    free_rows(&rows);
}

static void a_part_without_rows_is_fine(void **state)
{
    (void)state;
    Fixture fixture = {0};
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(guint));
    open_archive(&fixture, HF_FORMAT_TEXT, "", 0, 0);
    assert_rows(&fixture, "", 0, none);
    close_archive(&fixture);
    open_archive(&fixture, HF_FORMAT_BINARY, HEADER TRAILER, HEADER_BYTES + 2, 0);
    assert_rows(&fixture, "", 0, none);
    close_archive(&fixture);
}

static void more_rows_than_a_block_holds_come_in_several(void **state)
{
    (void)state;
    Fixture fixture = {0};
    Rows rows = new_rows();
    for (int i = 0; i < 400000; i++) {
        char row[32];
        add_row(&rows, row, (size_t)g_snprintf(row, sizeof row, "%d\tthis and that\n", i));
    }
    open_archive(&fixture, HF_FORMAT_TEXT, rows.rows->data, rows.rows->len, rows.ends->len);
    assert_rows(&fixture, rows.rows->data, rows.rows->len, rows.ends);
    most_bytes = 9973;
    assert_rows(&fixture, rows.rows->data, rows.rows->len, rows.ends);
    close_archive(&fixture);
    free_rows(&rows);
}

static void a_reader_begins_anew_after_half_a_part(void **state)
{
    (void)state;
    Fixture fixture = {0};
    Rows rows = new_rows();
    for (int i = 0; i < 100000; i++)
        ROW(&rows, "\0\1\0\0\0\24"
                   "01234567890123456789");
    g_autoptr(GByteArray) stream = binary_stream(rows.rows);
    open_archive(&fixture, HF_FORMAT_BINARY, stream->data, stream->len, rows.ends->len);
    HfBlock block;
    hf_block_init(&block);
    assert_true(fixture.reader->begin(fixture.reader, &fixture.slice, NULL));
    assert_true(fixture.reader->next(fixture.reader, &block, NULL));
    assert_in_range(block.row_count, 1, 99999);
    hf_block_clear(&block);
    assert_rows(&fixture, rows.rows->data, rows.rows->len, rows.ends);
    close_archive(&fixture);
    free_rows(&rows);
}

/* ---- One row of 40 MB ----------------------------------------------------------------------------------------------
 */

#define HUGE_BYTES ((size_t)40 << 20)

static void assert_huge_row_is_read(HfDataFormat format, Rows *rows)
{
    Fixture fixture = {0};
    g_autoptr(GByteArray) stream = format == HF_FORMAT_BINARY ? binary_stream(rows->rows) : NULL;
    const GByteArray *whole = stream != NULL ? stream : rows->rows;
    open_archive(&fixture, format, whole->data, whole->len, rows->ends->len);
    gint64 from = g_get_monotonic_time();
    assert_rows(&fixture, rows->rows->data, rows->rows->len, rows->ends);
    assert_true(g_get_monotonic_time() - from < 20 * G_USEC_PER_SEC);
    close_archive(&fixture);
}

static void a_huge_binary_row_between_small_ones_is_read(void **state)
{
    (void)state;
    Rows rows = new_rows();
    g_autofree uint8_t *row = g_malloc0(6 + HUGE_BYTES);
    row[1] = 1;
    for (size_t i = 0; i < 4; i++)
        row[2 + i] = (uint8_t)(HUGE_BYTES >> (24 - 8 * i));
    ROW(&rows, "\0\1\0\0\0\1a");
    add_row(&rows, row, 6 + HUGE_BYTES);
    ROW(&rows, "\0\1\0\0\0\1b");
    assert_huge_row_is_read(HF_FORMAT_BINARY, &rows);
    free_rows(&rows);
}

static void a_huge_text_row_between_small_ones_is_read(void **state)
{
    (void)state;
    Rows rows = new_rows();
    g_autofree char *row = g_strnfill(HUGE_BYTES, 'x');
    row[HUGE_BYTES - 1] = '\n';
    ROW(&rows, "a\n");
    add_row(&rows, row, HUGE_BYTES);
    ROW(&rows, "b\n");
    assert_huge_row_is_read(HF_FORMAT_TEXT, &rows);
    free_rows(&rows);
}

/* ---- What is refused -----------------------------------------------------------------------------------------------
 */

static void assert_refused_though(uint64_t claimed_bytes, HfDataFormat format, const void *stream, size_t length,
                                  uint64_t rows, const char *message)
{
    static const size_t reads[] = {1, 2, 3, 7, 20, SIZE_MAX};
    Fixture fixture = {.claimed_bytes = claimed_bytes};
    open_archive(&fixture, format, stream, length, rows);
    for (size_t i = 0; i < G_N_ELEMENTS(reads); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(guint));
        most_bytes = reads[i];
        g_autoptr(GByteArray) found = read_rows(&fixture, ends, &error);
        assert_null(found);
        assert_non_null(strstr(error->message, "data/16401/00001.copy.zst"));
        assert_error(&error, HF_ERROR_CORRUPT, message);
    }
    close_archive(&fixture);
}

static void assert_refused(HfDataFormat format, const void *stream, size_t length, uint64_t rows, const char *message)
{
    assert_refused_though(0, format, stream, length, rows, message);
}

#define REFUSED_BINARY(stream, rows, message)                                                                          \
    assert_refused(HF_FORMAT_BINARY, stream, sizeof(stream) - 1, rows, message)
#define REFUSED_TEXT(stream, rows, message) assert_refused(HF_FORMAT_TEXT, stream, sizeof(stream) - 1, rows, message)

static void a_header_that_is_not_copys_is_refused(void **state)
{
    (void)state;
    REFUSED_BINARY("PGCOPY\n\377\n\n\0\0\0\0\0\0\0\0\0" TRAILER, 0, "binary header"); /* \r\n became \n */
    REFUSED_BINARY("PGCOPY\n\377\r\n\0\0\1\0\0\0\0\0\0" TRAILER, 0, "binary header"); /* a flag: rows have OIDs */
    REFUSED_BINARY("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\4"
                   "abcd" TRAILER,
                   0, "binary header"); /* an extension */
    REFUSED_BINARY("1\tapples\n2\tpears\n3\tplums\n", 3, "binary header");
}

static void every_cut_of_a_binary_stream_is_refused(void **state)
{
    (void)state;
    Rows rows = binary_rows();
    g_autoptr(GByteArray) stream = binary_stream(rows.rows);
    for (guint length = 0; length < stream->len; length++)
        assert_refused_though(rows.rows->len, HF_FORMAT_BINARY, stream->data, length, rows.ends->len,
                              "does not end with a whole row");
    free_rows(&rows);
}

static void text_without_its_last_newline_is_refused(void **state)
{
    (void)state;
    REFUSED_TEXT("1\tapples\n2\tpears", 2, "does not end with a whole row");
    REFUSED_TEXT("x", 1, "does not end with a whole row");
}

static void bytes_after_the_trailer_are_refused(void **state)
{
    (void)state;
    REFUSED_BINARY(HEADER TRAILER "\0", 0, "bytes after COPY's trailer");
    REFUSED_BINARY(HEADER TRAILER TRAILER, 0, "bytes after COPY's trailer");
    REFUSED_BINARY(HEADER "\0\1\0\0\0\1a" TRAILER "\0\1\0\0\0\1b", 2, "bytes after COPY's trailer");
    REFUSED_BINARY(HEADER "\0\1\0\0\0\1a" TRAILER HEADER "\0\1\0\0\0\1b" TRAILER, 2, "bytes after COPY's trailer");
}

static void a_manifest_that_lies_about_the_rows_is_refused(void **state)
{
    (void)state;
    REFUSED_TEXT("a\nb\n", 1, "number of rows");
    REFUSED_TEXT("a\nb\n", 3, "number of rows");
    REFUSED_TEXT("", 1, "number of rows");
    REFUSED_BINARY(HEADER "\0\1\0\0\0\1a" TRAILER, 0, "number of rows");
    REFUSED_BINARY(HEADER "\0\1\0\0\0\1a" TRAILER, UINT32_MAX, "number of rows");
    REFUSED_BINARY(HEADER TRAILER, 1, "number of rows");
}

static void a_manifest_that_lies_about_the_bytes_is_refused(void **state)
{
    (void)state;
    assert_refused_though(5, HF_FORMAT_TEXT, "a\nb\n", 4, 2, "number of bytes");
    assert_refused_though(UINT64_MAX / 2, HF_FORMAT_TEXT, "a\nb\n", 4, 2, "number of bytes");
    assert_refused_though(3, HF_FORMAT_TEXT, "a\nb\n", 4, 2, "bytes");
}

static void what_is_longer_than_the_manifest_says_is_not_gathered(void **state)
{
    (void)state;
    g_autofree char *row = g_strnfill(HUGE_BYTES, 'x'); /* without an end; it compresses to a few kilobytes */
    Fixture fixture = {.claimed_bytes = 100};
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(guint));
    open_archive(&fixture, HF_FORMAT_TEXT, row, HUGE_BYTES, 1);
    g_autoptr(GByteArray) found = read_rows(&fixture, ends, &error);
    assert_null(found);
    assert_error(&error, HF_ERROR_CORRUPT, "more bytes than the manifest says");
    close_archive(&fixture);
}

static void a_field_that_passes_the_end_is_refused(void **state)
{
    (void)state;
    REFUSED_BINARY(HEADER "\0\1\0\0\0\377a" TRAILER, 1, "does not end with a whole row");
    REFUSED_BINARY(HEADER "\0\1\377\377\377\376a" TRAILER, 1, "does not end with a whole row"); /* a length of -2 */
    REFUSED_BINARY(HEADER "\0\11\0\0\0\1a" TRAILER, 1, "does not end with a whole row");
}

static void garbage_is_refused_and_never_more(void **state)
{
    (void)state;
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    for (int round = 0; round < 300; round++) {
        uint8_t stream[HEADER_BYTES + 64];
        memcpy(stream, HEADER, HEADER_BYTES);
        for (size_t i = HEADER_BYTES; i < sizeof stream; i++)
            stream[i] = (uint8_t)(g_rand_int_range(rand, 0, 3) > 0 ? g_rand_int_range(rand, 0, 3)
                                                                   : g_rand_int_range(rand, 0, 256));
        assert_refused(HF_FORMAT_BINARY, stream, sizeof stream, 12345, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binary_rows_are_whole_wherever_a_read_ends),
        cmocka_unit_test(text_rows_are_whole_wherever_a_read_ends),
        cmocka_unit_test(a_part_without_rows_is_fine),
        cmocka_unit_test(more_rows_than_a_block_holds_come_in_several),
        cmocka_unit_test(a_reader_begins_anew_after_half_a_part),
        cmocka_unit_test(a_huge_binary_row_between_small_ones_is_read),
        cmocka_unit_test(a_huge_text_row_between_small_ones_is_read),
        cmocka_unit_test(a_header_that_is_not_copys_is_refused),
        cmocka_unit_test(every_cut_of_a_binary_stream_is_refused),
        cmocka_unit_test(text_without_its_last_newline_is_refused),
        cmocka_unit_test(bytes_after_the_trailer_are_refused),
        cmocka_unit_test(a_manifest_that_lies_about_the_rows_is_refused),
        cmocka_unit_test(a_manifest_that_lies_about_the_bytes_is_refused),
        cmocka_unit_test(what_is_longer_than_the_manifest_says_is_not_gathered),
        cmocka_unit_test(a_field_that_passes_the_end_is_refused),
        cmocka_unit_test(garbage_is_refused_and_never_more),
    };
    return cmocka_run_group_tests_name("engine/ends/archive_source", tests, NULL, NULL);
}
