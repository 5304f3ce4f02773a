/* The encoder and the decoder of data members. */
#include "tests/unit/archive/sample.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

/* ---- Encoder -------------------------------------------------------------------------------------------------------
 */

/* Bytes that do not compress, the same in each run. */
static GByteArray *noise(size_t length)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, (guint)length);
    for (size_t i = 0; i < length; i++)
        bytes->data[i] = (uint8_t)g_rand_int(rand);
    return bytes;
}

static GByteArray *bytes_of(const HfEncodedPart *part)
{
    GByteArray *bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, bytes);
    assert_true(hf_encoded_part_write(part, &output.output, NULL));
    assert_int_equal(bytes->len, hf_encoded_part_size(part));
    assert_true(hf_digest_equal(hf_encoded_part_digest(part), hf_digest_of(bytes->data, bytes->len)));
    return bytes;
}

/* Whether the whole of a budget of 1 MiB is free: if it is not, an acquire waits while there is a pledge, and the alarm
 * ends the test. */
static void assert_budget_is_free(HfBudget *budget)
{
    alarm(10);
    hf_budget_pledge(budget, 1);
    hf_budget_acquire(budget, MIB);
    hf_budget_release(budget, 1, true);
    hf_budget_release(budget, MIB - 1, false);
    alarm(0);
}

static void a_part_is_held_in_chunks_from_the_budget(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) data = noise(600 * 1024);
    g_autoptr(HfBudget) budget = hf_budget_new(MIB);
    g_autoptr(HfPartEncoder) encoder = hf_part_encoder_new(1, budget);
    for (int part = 0; part < 3; part++) {
        for (size_t at = 0; at < data->len; at += 100 * 1024)
            assert_true(hf_part_encoder_write(encoder, data->data + at, 100 * 1024, &error));
        assert_in_range(hf_part_encoder_size(encoder), 256 * 1024, 601 * 1024);
        g_autoptr(HfEncodedPart) encoded = hf_part_encoder_finish(encoder, &error);
        assert_in_range(hf_encoded_part_size(encoded), 600 * 1024, 601 * 1024);
        assert_int_equal(hf_part_encoder_size(encoder), 0);
        g_autoptr(GByteArray) bytes = bytes_of(encoded);
    }
    assert_budget_is_free(budget);
}

static void an_encoder_that_is_given_up_gives_its_memory_back(void **state)
{
    (void)state;
    g_autoptr(GByteArray) data = noise(600 * 1024);
    g_autoptr(HfBudget) budget = hf_budget_new(MIB);
    HfPartEncoder *encoder = hf_part_encoder_new(1, budget);
    assert_true(hf_part_encoder_write(encoder, data->data, data->len, NULL));
    hf_part_encoder_free(encoder);
    assert_budget_is_free(budget);
}

static void a_part_of_nothing_is_a_frame_too(void **state)
{
    (void)state;
    g_autoptr(HfBudget) budget = hf_budget_new(MIB);
    g_autoptr(HfPartEncoder) encoder = hf_part_encoder_new(3, budget);
    g_autoptr(HfEncodedPart) part = hf_part_encoder_finish(encoder, NULL);
    assert_in_range(hf_encoded_part_size(part), 1, 32);
}

static void levels_and_their_memory_are_known(void **state)
{
    (void)state;
    int min, max;
    hf_part_encoder_level_range(&min, &max);
    assert_in_range(max, 19, 22);
    assert_true(min < -100);
    assert_in_range(hf_part_encoder_memory(1), 300 * 1024, 4 * MIB);
    assert_true(hf_part_encoder_memory(1) < hf_part_encoder_memory(9));
}

/* ---- Decoder -------------------------------------------------------------------------------------------------------
 */

typedef struct {
    GByteArray *bytes;
    HfMemoryInput input;
    HfArchiveReader *reader;
} Archive;

/* An archive of one table with one data member: `frame` as it stands. */
static void archive_of(Archive *self, const void *frame, size_t length)
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
    sample_add_frame(writer, manifest, sample_add_table(manifest, 1, "t"), frame, length, 0);
    assert_true(hf_archive_writer_finish(writer, &error));
    hf_memory_input_init(&self->input, self->bytes->data, self->bytes->len);
    self->reader = hf_archive_reader_open(&self->input.input, NULL, &error);
    assert_no_error(error);
}

static void archive_clear(Archive *self)
{
    hf_archive_reader_free(self->reader);
    g_byte_array_unref(self->bytes);
}

static const HfMember *data_member(const Archive *self)
{
    return hf_archive_reader_manifest(self->reader)->members->pdata[1];
}

static GByteArray *frame_of(const void *data, size_t length)
{
    g_autoptr(HfBudget) budget = hf_budget_new(MIB);
    g_autoptr(HfPartEncoder) encoder = hf_part_encoder_new(1, budget);
    assert_true(hf_part_encoder_write(encoder, data, length, NULL));
    g_autoptr(HfEncodedPart) part = hf_part_encoder_finish(encoder, NULL);
    return bytes_of(part);
}

static void a_large_part_is_read_in_pieces(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) data = noise(3 * MIB + 77), frame = frame_of(data->data, data->len);
    Archive archive;
    archive_of(&archive, frame->data, frame->len);
    g_autoptr(HfPartDecoder) decoder = hf_part_decoder_new(archive.reader);
    g_autofree uint8_t *back = g_malloc(data->len);
    for (int round = 0; round < 2; round++) { /* used again, once after half a part */
        size_t length, total = 0;
        assert_true(hf_part_decoder_begin(decoder, data_member(&archive), &error));
        assert_true(hf_part_decoder_read(decoder, back, 1000, &length, &error));
        assert_true(hf_part_decoder_begin(decoder, data_member(&archive), &error));
        do {
            assert_true(
                hf_part_decoder_read(decoder, back + total, MIN(500000, data->len - total + 1), &length, &error));
            total += length;
        } while (length > 0 && total < data->len);
        assert_int_equal(total, data->len);
        assert_memory_equal(back, data->data, total);
        assert_true(hf_part_decoder_read(decoder, back, 1, &length, &error));
        assert_int_equal(length, 0);
    }
    archive_clear(&archive);
}

static void assert_part_is_refused(const void *frame, size_t length, const char *message)
{
    g_autoptr(GError) error = NULL;
    Archive archive;
    archive_of(&archive, frame, length);
    g_autofree char *text = sample_read_part(archive.reader, data_member(&archive), &error);
    assert_null(text);
    assert_non_null(strstr(error->message, "member data/1/00001.copy.zst ("));
    assert_error(&error, HF_ERROR_CORRUPT, message);
    archive_clear(&archive);
}

static void a_frame_that_is_cut_off_or_goes_on_is_refused(void **state)
{
    (void)state;
    g_autoptr(GByteArray) frame = frame_of(SAMPLE_ORDERS_1, strlen(SAMPLE_ORDERS_1));
    for (size_t length = 0; length < frame->len; length++)
        assert_part_is_refused(frame->data, length, "cut off");
    g_autoptr(GByteArray) longer = g_byte_array_new();
    g_byte_array_append(longer, frame->data, frame->len);
    g_byte_array_append(longer, frame->data, frame->len);
    for (size_t length = frame->len + 1; length <= longer->len; length++)
        assert_part_is_refused(longer->data, length, "bytes after its zstd frame");
}

static void a_frame_that_wants_too_much_memory_is_refused(void **state)
{
    (void)state;
    /* A frame header: no content size, a window of 2^(10 + exponent) bytes; then an empty last block. */
    uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x01, 0x00, 0x00};
    assert_part_is_refused(frame, sizeof frame, "requires too much memory");
    frame[5] = 31 << 3;
    assert_part_is_refused(frame, sizeof frame, "requires too much memory");
}

static void what_is_no_zstd_frame_is_refused(void **state)
{
    (void)state;
    assert_part_is_refused("1\tapples\n", 9, "Unknown frame descriptor");
}

static void a_wrong_digest_is_found_at_the_end_of_a_part(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) frame = frame_of(SAMPLE_ORDERS_1, strlen(SAMPLE_ORDERS_1));
    Archive archive;
    archive_of(&archive, frame->data, frame->len);
    HfMember member = *data_member(&archive);
    g_autofree char *good = sample_read_part(archive.reader, &member, &error);
    assert_string_equal(good, SAMPLE_ORDERS_1);
    member.digest.low ^= 1;
    g_autofree char *bad = sample_read_part(archive.reader, &member, &error);
    assert_null(bad);
    assert_error(&error, HF_ERROR_CORRUPT, "digest");
    archive_clear(&archive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_held_in_chunks_from_the_budget),
        cmocka_unit_test(an_encoder_that_is_given_up_gives_its_memory_back),
        cmocka_unit_test(a_part_of_nothing_is_a_frame_too),
        cmocka_unit_test(levels_and_their_memory_are_known),
        cmocka_unit_test(a_large_part_is_read_in_pieces),
        cmocka_unit_test(a_frame_that_is_cut_off_or_goes_on_is_refused),
        cmocka_unit_test(a_frame_that_wants_too_much_memory_is_refused),
        cmocka_unit_test(what_is_no_zstd_frame_is_refused),
        cmocka_unit_test(a_wrong_digest_is_found_at_the_end_of_a_part),
    };
    return cmocka_run_group_tests_name("archive/part", tests, NULL, NULL);
}
