/* The payload: writer, random access, decryption in order; through internal functions with a fixed key. */
#include "crypto/age_stream.h"
#include "tests/unit/crypto/age_support.h"

#define SEALED ((size_t)HF_AGE_SEALED_BYTES)
#define CHUNK ((size_t)HF_AGE_CHUNK_BYTES)

static const uint8_t key[HF_CRYPTO_KEY_BYTES] = {1, 2, 3};

static const size_t sizes[] = {
    0,
    1,
    CHUNK - 1,
    CHUNK,
    CHUNK + 1,
    2 * CHUNK,
    3 * CHUNK,
    5 * CHUNK + 12345,
    16 * CHUNK,
    17 * CHUNK + 1,
    40 * CHUNK - 1,
};

static GByteArray *seal_in_pieces(const GByteArray *plain, size_t piece)
{
    GByteArray *sealed = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, sealed);
    HfAgeWriter *writer = NULL;
    assert_ok((writer = hf_age_writer_new(&output.output, key, error)) != NULL);
    for (size_t at = 0; at < plain->len; at += piece)
        assert_ok(hf_output_write(hf_age_writer_output(writer), plain->data + at, MIN(piece, plain->len - at), error));
    assert_ok(hf_age_writer_finish(writer, error));
    hf_age_writer_free(writer);
    return sealed;
}

/* In order. */
static bool open_in_order(const GByteArray *sealed, GByteArray *plain, GError **error)
{
    HfMemoryInput input;
    HfMemoryOutput output;
    hf_memory_input_init(&input, sealed->data, sealed->len);
    hf_memory_output_init(&output, plain);
    return hf_age_stream_decrypt(&input.input, 0, key, &output.output, error);
}

/* By random access, in one read. */
static bool open_at_once(const GByteArray *sealed, GByteArray *plain, GError **error)
{
    HfMemoryInput input;
    hf_memory_input_init(&input, sealed->data, sealed->len);
    g_autoptr(HfAgeReader) reader = hf_age_reader_new(&input.input, 0, key, error);
    if (reader == NULL)
        return false;
    g_byte_array_set_size(plain, (guint)hf_age_reader_input(reader)->size_bytes);
    return hf_input_read_at(hf_age_reader_input(reader), 0, plain->data, plain->len, error);
}

/* Neither way opens it whole, and what was handed out in order is a prefix of `plain`. */
static void assert_damaged(const GByteArray *sealed, const GByteArray *plain, const char *message)
{
    g_autoptr(GByteArray) out = g_byte_array_new(), all = g_byte_array_new();
    assert_refused(open_in_order(sealed, out, error), HF_ERROR_CORRUPT, message);
    assert_true(out->len <= plain->len);
    if (out->len > 0)
        assert_memory_equal(out->data, plain->data, out->len);
    assert_refused(open_at_once(sealed, all, error), HF_ERROR_CORRUPT, "age payload: ");
}

static void what_was_sealed_opens_whatever_the_pieces(void **state)
{
    (void)state;
    static const size_t pieces[] = {1000, CHUNK - 1, CHUNK, CHUNK + 1, 1 << 20, 100 << 20};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GByteArray) plain = made_up_bytes(sizes[i]), first = seal_in_pieces(plain, 777);
        size_t chunks = MAX(1, (sizes[i] + CHUNK - 1) / CHUNK);
        assert_int_equal(first->len, sizes[i] + chunks * HF_CRYPTO_TAG_BYTES);
        for (size_t j = 0; j < G_N_ELEMENTS(pieces); j++) {
            g_autoptr(GByteArray) other = seal_in_pieces(plain, pieces[j]);
            assert_same_bytes(first, other);
        }
        g_autoptr(GByteArray) in_order = g_byte_array_new(), at_once = g_byte_array_new();
        assert_ok(open_in_order(first, in_order, error));
        assert_same_bytes(in_order, plain);
        assert_ok(open_at_once(first, at_once, error));
        assert_same_bytes(at_once, plain);
    }
}

static void any_range_reads_what_was_written_there(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(40 * CHUNK + 4711), sealed = seal_in_pieces(plain, 1 << 20);
    g_autofree uint8_t *buffer = g_malloc(plain->len);
    HfMemoryInput input;
    hf_memory_input_init(&input, sealed->data, sealed->len);
    g_autoptr(HfAgeReader) reader = NULL;
    assert_ok((reader = hf_age_reader_new(&input.input, 0, key, error)) != NULL);
    HfInput *whole = hf_age_reader_input(reader);
    assert_int_equal(whole->size_bytes, plain->len);

    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int i = 0; i < 400; i++) {
        size_t at = (size_t)g_rand_int_range(random, 0, (gint32)plain->len);
        size_t length = (size_t)g_rand_int_range(random, 0, (gint32)(plain->len - at) + 1);
        switch (i % 4) {
        case 0:
            length = MIN(length, 100);
            break;
        case 1:
            at -= at % CHUNK;
            length -= length % CHUNK;
            break;
        case 2:
            at = plain->len - length;
            break;
        default:
            break;
        }
        memset(buffer, 0xee, length);
        assert_ok(hf_input_read_at(whole, at, buffer, length, error));
        if (length > 0)
            assert_memory_equal(buffer, plain->data + at, length);
    }
}

static void a_read_past_the_end_is_refused(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(CHUNK + 10), sealed = seal_in_pieces(plain, CHUNK);
    uint8_t buffer[16];
    HfMemoryInput input;
    hf_memory_input_init(&input, sealed->data, sealed->len);
    g_autoptr(HfAgeReader) reader = NULL;
    assert_ok((reader = hf_age_reader_new(&input.input, 0, key, error)) != NULL);
    HfInput *whole = hf_age_reader_input(reader);
    assert_ok(hf_input_read_at(whole, CHUNK + 10, buffer, 0, error));
    assert_refused(hf_input_read_at(whole, CHUNK, buffer, 11, error), HF_ERROR_CORRUPT, "passes the end");
    assert_refused(hf_input_read_at(whole, CHUNK + 11, buffer, 0, error), HF_ERROR_CORRUPT, "passes the end");
    assert_refused(hf_input_read_at(whole, UINT64_MAX, buffer, 16, error), HF_ERROR_CORRUPT, "passes the end");
}

/* An input that counts how it is read. */
typedef struct {
    HfInput input;
    HfMemoryInput memory;
    unsigned reads;
    size_t largest;
} CountingInput;

static bool counting_read_at(HfInput *input, uint64_t offset, void *buffer, size_t length, GError **error)
{
    CountingInput *self = (CountingInput *)input;
    self->reads++;
    self->largest = MAX(self->largest, length);
    return hf_input_read_at(&self->memory.input, offset, buffer, length, error);
}

static void long_reads_fetch_a_mebibyte_and_small_ones_a_chunk_once(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(33 * CHUNK), sealed = seal_in_pieces(plain, 1 << 20);
    CountingInput input = {.input = {counting_read_at, sealed->len}};
    hf_memory_input_init(&input.memory, sealed->data, sealed->len);
    g_autoptr(HfAgeReader) reader = NULL;
    assert_ok((reader = hf_age_reader_new(&input.input, 0, key, error)) != NULL);
    assert_int_equal(input.reads, 1);

    HfInput *whole = hf_age_reader_input(reader);
    assert_ok(hf_input_read_at(whole, 100, plain->data, 32 * CHUNK, error));
    assert_int_equal(input.largest, 16 * SEALED);
    assert_int_equal(input.reads, 1 + 3); /* 33 chunks are touched */

    input.reads = 0;
    for (size_t at = 0; at < 2 * CHUNK; at += 512)
        assert_ok(hf_input_read_at(whole, at, plain->data, 512, error));
    assert_int_equal(input.reads, 2);
}

typedef struct {
    HfInput *input;
    const GByteArray *plain;
    guint32 seed;
} Work;

static gpointer read_at_random(gpointer data)
{
    const Work *work = data;
    g_autoptr(GRand) random = g_rand_new_with_seed(work->seed);
    g_autofree uint8_t *buffer = g_malloc(6 * CHUNK);
    for (int i = 0; i < 300; i++) {
        size_t at = (size_t)g_rand_int_range(random, 0, (gint32)work->plain->len);
        size_t length = (size_t)g_rand_int_range(random, 1, i % 2 ? 200 : 6 * CHUNK);
        length = MIN(length, work->plain->len - at);
        if (!hf_input_read_at(work->input, at, buffer, length, NULL) ||
            memcmp(buffer, work->plain->data + at, length) != 0)
            return GINT_TO_POINTER(1);
    }
    return NULL;
}

static void threads_read_side_by_side(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(8 * CHUNK + 99), sealed = seal_in_pieces(plain, 1 << 20);
    HfMemoryInput input;
    hf_memory_input_init(&input, sealed->data, sealed->len);
    g_autoptr(HfAgeReader) reader = NULL;
    assert_ok((reader = hf_age_reader_new(&input.input, 0, key, error)) != NULL);
    Work work[4];
    GThread *threads[4];
    for (guint32 i = 0; i < 4; i++) {
        work[i] = (Work){hf_age_reader_input(reader), plain, i};
        threads[i] = g_thread_new("reader", read_at_random, &work[i]);
    }
    for (int i = 0; i < 4; i++)
        assert_null(g_thread_join(threads[i]));
}

static void a_stream_cut_anywhere_is_refused(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(4 * CHUNK), sealed = seal_in_pieces(plain, 1 << 20);
    for (size_t chunks = 3; chunks > 0; chunks--) {
        g_byte_array_set_size(sealed, (guint)(chunks * SEALED));
        assert_damaged(sealed, plain, "was not written as such: the file was cut");
    }
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    for (int i = 0; i < 300; i++) {
        g_autoptr(GByteArray) cut = seal_in_pieces(plain, 1 << 20);
        size_t length = (size_t)g_rand_int_range(random, 0, (gint32)cut->len);
        if (i < 40) /* near the borders of chunks */
            length = (size_t)(1 + i % 3) * SEALED - 20 + (size_t)i;
        g_byte_array_set_size(cut, (guint)length);
        assert_damaged(cut, plain, "age payload: ");
    }
}

static void chunks_swapped_repeated_or_left_out_are_refused(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(4 * CHUNK);
    for (size_t to = 0; to < 4; to++)
        for (size_t from = 0; from < 4; from++) {
            if (to == from)
                continue;
            g_autoptr(GByteArray) swapped = seal_in_pieces(plain, 1 << 20), repeated = seal_in_pieces(plain, 1 << 20);
            g_autofree uint8_t *chunk = g_memdup2(swapped->data + to * SEALED, SEALED);
            memcpy(swapped->data + to * SEALED, swapped->data + from * SEALED, SEALED);
            memcpy(repeated->data + to * SEALED, repeated->data + from * SEALED, SEALED);
            memcpy(swapped->data + from * SEALED, chunk, SEALED);
            assert_damaged(swapped, plain, "is not authentic");
            assert_damaged(repeated, plain, "is not authentic");
        }
    for (guint left_out = 0; left_out < 4; left_out++) {
        g_autoptr(GByteArray) sealed = seal_in_pieces(plain, 1 << 20);
        g_byte_array_remove_range(sealed, left_out * (guint)SEALED, (guint)SEALED);
        assert_damaged(sealed, plain, "age payload: ");
    }
}

static void appended_bytes_are_refused(void **state)
{
    (void)state;
    static const size_t plain_sizes[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK};
    static const size_t extras[] = {1, 15, 16, 17, 1000, SEALED - 1, SEALED, SEALED + 1};
    for (size_t i = 0; i < G_N_ELEMENTS(plain_sizes); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(extras); j++) {
            g_autoptr(GByteArray) plain = made_up_bytes(plain_sizes[i]), sealed = seal_in_pieces(plain, 1 << 20);
            g_autoptr(GByteArray) extra = made_up_bytes(extras[j]);
            g_byte_array_append(sealed, extra->data, extra->len);
            bool whole = plain_sizes[i] > 0 && plain_sizes[i] % CHUNK == 0;
            assert_damaged(sealed, plain, whole ? "more bytes follow: something was appended" : "age payload: ");
        }
}

static void a_flipped_bit_is_refused_at_its_chunk(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(2 * CHUNK + 50), sealed = seal_in_pieces(plain, 1 << 20);
    g_autoptr(GRand) random = g_rand_new_with_seed(5);
    for (int i = 0; i < 200; i++) {
        size_t at = (size_t)g_rand_int_range(random, 0, (gint32)sealed->len);
        size_t chunk = at / SEALED;
        g_autofree char *place =
            g_strdup_printf("chunk %zu of 3, at offset %zu of the file, is not authentic", chunk + 1, chunk * SEALED);
        sealed->data[at] ^= (uint8_t)(1 << i % 8);
        assert_damaged(sealed, plain, place);
        sealed->data[at] ^= (uint8_t)(1 << i % 8);
    }
}

/* The reader opens, as only the last chunk is looked at, and only the damaged chunk fails. */
static void a_damaged_chunk_leaves_the_others_readable(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(4 * CHUNK), sealed = seal_in_pieces(plain, 1 << 20);
    g_autofree uint8_t *buffer = g_malloc(plain->len);
    sealed->data[SEALED + 5] ^= 1;
    HfMemoryInput input;
    hf_memory_input_init(&input, sealed->data, sealed->len);
    g_autoptr(HfAgeReader) reader = NULL;
    assert_ok((reader = hf_age_reader_new(&input.input, 0, key, error)) != NULL);
    HfInput *whole = hf_age_reader_input(reader);
    assert_ok(hf_input_read_at(whole, 0, buffer, CHUNK, error));
    assert_ok(hf_input_read_at(whole, 2 * CHUNK, buffer, 2 * CHUNK, error));
    assert_memory_equal(buffer, plain->data + 2 * CHUNK, 2 * CHUNK);

    memset(buffer, 0xee, plain->len);
    assert_refused(hf_input_read_at(whole, 0, buffer, 4 * CHUNK, error), HF_ERROR_CORRUPT, "chunk 2 of 4");
    for (size_t i = CHUNK; i < 2 * CHUNK; i++)
        assert_true(buffer[i] == 0);
    assert_refused(hf_input_read_at(whole, CHUNK + 1, buffer, 10, error), HF_ERROR_CORRUPT, "chunk 2 of 4");
}

/* A last chunk that is empty though others come before it: another writer's mistake, authentic as it is. */
static void an_empty_last_chunk_after_others_is_refused(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(CHUNK), sealed = g_byte_array_new();
    g_autoptr(HfAead) aead = NULL;
    g_byte_array_set_size(sealed, (guint)SEALED + HF_CRYPTO_TAG_BYTES);
    assert_ok((aead = hf_aead_new(key, HF_AEAD_SEAL, error)) != NULL);
    assert_ok(hf_age_chunk_seal(aead, 0, false, plain->data, CHUNK, sealed->data, error));
    assert_ok(hf_age_chunk_seal(aead, 1, true, plain->data, 0, sealed->data + SEALED, error));
    assert_damaged(sealed, plain, "too short");
}

/* A failing output ends the writer's call, and a failing input the reader's. */
static bool failing_write(HfOutput *self, const void *data, size_t length, GError **error)
{
    (void)self, (void)data, (void)length;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_STORAGE, "the disk is full");
    return false;
}

static bool failing_read_at(HfInput *self, uint64_t offset, void *buffer, size_t length, GError **error)
{
    (void)self, (void)offset, (void)buffer, (void)length;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_STORAGE, "the disk is gone");
    return false;
}

static void errors_below_come_through(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(3 * CHUNK), sealed = seal_in_pieces(plain, 1 << 20);
    HfOutput output = {failing_write};
    HfInput input = {failing_read_at, sealed->len};
    HfMemoryInput memory;
    hf_memory_input_init(&memory, sealed->data, sealed->len);
    g_autoptr(HfAgeWriter) writer = NULL;
    assert_ok((writer = hf_age_writer_new(&output, key, error)) != NULL);
    assert_refused(hf_output_write(hf_age_writer_output(writer), plain->data, plain->len, error), HF_ERROR_STORAGE,
                   "disk is full");
    assert_refused(hf_age_reader_new(&input, 0, key, error), HF_ERROR_STORAGE, "disk is gone");
    assert_refused(hf_age_stream_decrypt(&input, 0, key, &output, error), HF_ERROR_STORAGE, "disk is gone");
    assert_refused(hf_age_stream_decrypt(&memory.input, 0, key, &output, error), HF_ERROR_STORAGE, "disk is full");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_opens_whatever_the_pieces),
        cmocka_unit_test(any_range_reads_what_was_written_there),
        cmocka_unit_test(a_read_past_the_end_is_refused),
        cmocka_unit_test(long_reads_fetch_a_mebibyte_and_small_ones_a_chunk_once),
        cmocka_unit_test(threads_read_side_by_side),
        cmocka_unit_test(a_stream_cut_anywhere_is_refused),
        cmocka_unit_test(chunks_swapped_repeated_or_left_out_are_refused),
        cmocka_unit_test(appended_bytes_are_refused),
        cmocka_unit_test(a_flipped_bit_is_refused_at_its_chunk),
        cmocka_unit_test(a_damaged_chunk_leaves_the_others_readable),
        cmocka_unit_test(an_empty_last_chunk_after_others_is_refused),
        cmocka_unit_test(errors_below_come_through),
    };
    return cmocka_run_group_tests_name("crypto/age_stream", tests, NULL, NULL);
}
