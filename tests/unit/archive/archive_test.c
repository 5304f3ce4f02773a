/* The writer and the reader together, on whole archives. */
#include "tests/unit/archive/sample.h"
#include "tests/unit/cmocka_all.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- What is written is read ---------------------------------------------------------------------------------------
 */

static HfArchiveReader *open_bytes(HfMemoryInput *input, const GByteArray *bytes, const HfAgeIdentities *identities)
{
    g_autoptr(GError) error = NULL;
    hf_memory_input_init(input, bytes->data, bytes->len);
    HfArchiveReader *reader = hf_archive_reader_open(&input->input, identities, &error);
    assert_no_error(error);
    return reader;
}

static void assert_is_sample(HfArchiveReader *reader)
{
    g_autoptr(GError) error = NULL;
    const HfManifest *manifest = hf_archive_reader_manifest(reader);
    assert_string_equal(hf_archive_reader_head(reader)->database.name, "shop");
    assert_int_equal(hf_manifest_rows(manifest), 5);
    const HfManifestTable *orders = manifest->tables->pdata[0];
    const HfPart *parts = (const HfPart *)orders->parts->data;
    g_autofree char *first = sample_read_part(reader, manifest->members->pdata[parts[0].member], &error);
    assert_string_equal(first, SAMPLE_ORDERS_1);
    g_autofree char *second = sample_read_part(reader, manifest->members->pdata[parts[1].member], &error);
    assert_string_equal(second, SAMPLE_ORDERS_2);
    g_autofree char *blobs =
        sample_read_part(reader, hf_manifest_find_member(manifest, "blobs/00001.copy.zst"), &error);
    assert_string_equal(blobs, SAMPLE_BLOBS);
    g_autoptr(GBytes) sequences = hf_archive_reader_read(reader, HF_MEMBER_SEQUENCES, 100, &error);
    assert_memory_equal(g_bytes_get_data(sequences, NULL), "SELECT 2;\n", 10);
    g_autoptr(GBytes) schema = hf_archive_reader_read(reader, HF_MEMBER_SCHEMA, 100, &error);
    assert_int_equal(g_bytes_get_size(schema), 0);
    assert_true(hf_archive_reader_check_frame(reader, &error));
}

static void an_archive_in_the_clear_reads_back(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = sample_archive(NULL, true);
    HfMemoryInput input;
    g_autoptr(HfArchiveReader) reader = open_bytes(&input, bytes, NULL);
    assert_false(hf_archive_reader_is_encrypted(reader));
    assert_int_equal(hf_archive_reader_file_size(reader), bytes->len);
    assert_is_sample(reader);
    g_autoptr(GError) error = NULL;
    assert_true(sample_verify_bytes(bytes->data, bytes->len, NULL, &error));
}

static void offsets_are_those_of_the_data(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = sample_archive(NULL, false);
    HfMemoryInput input;
    g_autoptr(HfArchiveReader) reader = open_bytes(&input, bytes, NULL);
    const HfManifest *manifest = hf_archive_reader_manifest(reader);
    static const char *const names[] = {
        "holdfast.json",        "globals.sql",  "schema.dump", "data/16401/00001.copy.zst", "data/16401/00002.copy.zst",
        "blobs/00001.copy.zst", "sequences.sql"};
    assert_int_equal(manifest->members->len, G_N_ELEMENTS(names));
    for (guint i = 0; i < manifest->members->len; i++) {
        const HfMember *member = manifest->members->pdata[i];
        assert_string_equal(member->name, names[i]);
        assert_true(hf_digest_equal(member->digest, hf_digest_of(bytes->data + member->offset, member->size_bytes)));
        assert_string_equal((const char *)bytes->data + member->offset - 512, member->name);
    }
    assert_int_equal(((const HfMember *)manifest->members->pdata[0])->offset, 512);
}

static void a_member_is_bounded_and_named(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = sample_archive(NULL, false);
    HfMemoryInput input;
    g_autoptr(HfArchiveReader) reader = open_bytes(&input, bytes, NULL);
    assert_null(hf_archive_reader_read(reader, "nothing", 100, &error));
    assert_error(&error, HF_ERROR_NOT_FOUND, "no member nothing");
    assert_null(hf_archive_reader_read(reader, HF_MEMBER_SEQUENCES, 9, &error));
    assert_error(&error, HF_ERROR_LIMIT, "sequences.sql is 10 bytes long");
}

static void a_manifest_is_as_long_as_the_reader_allows(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = sample_archive(NULL, false);
    HfMemoryInput input;
    g_autoptr(HfArchiveReader) reader = open_bytes(&input, bytes, NULL);
    size_t length = (size_t)hf_archive_reader_manifest_member(reader)->size_bytes;
    assert_null(hf_archive_reader_open_within(&input.input, NULL, length - 1, &error));
    assert_error(&error, HF_ERROR_LIMIT, "manifest.json is");
    g_autoptr(HfArchiveReader) again = hf_archive_reader_open_within(&input.input, NULL, length, &error);
    assert_no_error(error);
}

/* Takes so many bytes, then no more. */
typedef struct {
    HfOutput output;
    size_t room;
} FullOutput;

static bool fill_up(HfOutput *output, const void *data, size_t length, GError **error)
{
    FullOutput *self = (FullOutput *)output;
    (void)data;
    assert_int_not_equal(self->room, SIZE_MAX); /* not called again after a failure */
    if (length <= self->room) {
        self->room -= length;
        return true;
    }
    self->room = SIZE_MAX;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_STORAGE, "no room");
    return false;
}

static void a_full_disk_ends_the_writing(void **state)
{
    (void)state;
    for (size_t room = 0; room < 2048 + 700; room += 100) {
        g_autoptr(GError) error = NULL;
        g_autoptr(HfManifest) manifest = hf_manifest_new();
        FullOutput full = {{fill_up}, room};
        g_autoptr(HfArchiveWriter) writer = hf_archive_writer_open(&full.output, NULL, manifest, 0, &error);
        assert_false(hf_archive_writer_add(writer, "a", "b", 1, &error) && hf_archive_writer_finish(writer, &error));
        assert_error(&error, HF_ERROR_STORAGE, "no room");
    }
}

/* ---- Damage --------------------------------------------------------------------------------------------------------
 */

static void assert_refused(const void *data, size_t length, const HfAgeIdentities *identities, const char *what,
                           size_t place)
{
    g_autoptr(GError) error = NULL;
    if (sample_verify_bytes(data, length, identities, &error))
        fail_msg("%s at %zu was not seen", what, place);
    assert_int_equal(error->domain, HF_ERROR);
    if (error->code == HF_ERROR_INTERNAL || strlen(error->message) < 10)
        fail_msg("%s at %zu: %s", what, place, error->message);
}

static void every_changed_byte_is_found(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = sample_archive(NULL, false);
    for (size_t i = 0; i < bytes->len; i++) {
        uint8_t was = bytes->data[i];
        bytes->data[i] ^= (uint8_t)(1 + i % 255);
        assert_refused(bytes->data, bytes->len, NULL, "a changed byte", i);
        bytes->data[i] = was;
    }
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = sample_archive(NULL, false);
    for (size_t length = 0; length < bytes->len; length++) {
        g_autofree void *cut = g_memdup2(bytes->data, length); /* so that a read past the end is seen */
        assert_refused(cut, length, NULL, "a cut", length);
    }
}

static void a_file_that_goes_on_is_refused(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = sample_archive(NULL, false);
    size_t length = bytes->len;
    for (size_t more = 1; more <= 2048; more++) {
        g_byte_array_append(bytes, (const uint8_t *)"", 1);
        assert_refused(bytes->data, bytes->len, NULL, "a zero more", more);
    }
    g_byte_array_set_size(bytes, (guint)length);
    g_byte_array_append(bytes, (const uint8_t *)"x", 1);
    assert_refused(bytes->data, bytes->len, NULL, "a byte more", 1);
}

static void parts_that_changed_places_are_refused(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = sample_archive(NULL, false);
    HfMemoryInput input;
    g_autoptr(HfArchiveReader) reader = open_bytes(&input, bytes, NULL);
    const HfManifest *manifest = hf_archive_reader_manifest(reader);
    uint8_t *first = bytes->data + ((const HfMember *)manifest->members->pdata[3])->offset - 512;
    uint8_t *second = bytes->data + ((const HfMember *)manifest->members->pdata[4])->offset - 512;
    assert_int_equal(second - first, 1024); /* each is a header and a block */
    uint8_t kept[1024];
    memcpy(kept, first, sizeof kept);
    memcpy(first, second, sizeof kept);
    memcpy(second, kept, sizeof kept);
    assert_refused(bytes->data, bytes->len, NULL, "an exchange", 0);
    /* Data alone, under the headers that belong there. */
    memcpy(kept, first, 512);
    memcpy(first, second, 512);
    memcpy(second, kept, 512);
    assert_refused(bytes->data, bytes->len, NULL, "an exchange of data", 0);
}

static void what_is_no_archive_is_refused(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autofree char *zeros = g_malloc0(100000), *text = g_strnfill(100000, 'x');
    assert_false(sample_verify_bytes(zeros, 100000, NULL, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "not a Holdfast archive");
    assert_false(sample_verify_bytes(text, 100000, NULL, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "not a Holdfast archive");
    assert_false(sample_verify_bytes("", 0, NULL, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "not a Holdfast archive");
}

/* ---- Encryption ----------------------------------------------------------------------------------------------------
 */

typedef struct {
    char *identity;
    HfAgeRecipients *recipients;
    HfAgeIdentities *identities;
} Keys;

static int make_keys(void **state)
{
    Keys *keys = g_new0(Keys, 1);
    char *recipient = NULL;
    keys->recipients = hf_age_recipients_new();
    keys->identities = hf_age_identities_new();
    bool made = hf_age_keygen(&keys->identity, &recipient, NULL) &&
                hf_age_recipients_add(keys->recipients, recipient, NULL) &&
                hf_age_identities_add(keys->identities, keys->identity, NULL);
    g_free(recipient);
    *state = keys;
    return made ? 0 : -1;
}

static int free_keys(void **state)
{
    Keys *keys = *state;
    hf_age_secret_free(keys->identity);
    hf_age_recipients_free(keys->recipients);
    hf_age_identities_free(keys->identities);
    g_free(keys);
    return 0;
}

static void an_encrypted_archive_reads_back(void **state)
{
    Keys *keys = *state;
    g_autoptr(GByteArray) bytes = sample_archive(keys->recipients, true);
    HfMemoryInput input;
    g_autoptr(HfArchiveReader) reader = open_bytes(&input, bytes, keys->identities);
    assert_true(hf_archive_reader_is_encrypted(reader));
    assert_int_equal(hf_archive_reader_file_size(reader), bytes->len);
    assert_is_sample(reader);
}

static void without_the_key_an_archive_stays_shut(void **state)
{
    Keys *keys = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = sample_archive(keys->recipients, false);
    assert_false(sample_verify_bytes(bytes->data, bytes->len, NULL, &error));
    assert_error(&error, HF_ERROR_WRONG_KEY, "X25519");
    g_autoptr(HfAgeIdentities) others = hf_age_identities_new();
    assert_false(sample_verify_bytes(bytes->data, bytes->len, others, &error));
    assert_error(&error, HF_ERROR_WRONG_KEY, "X25519");
    char *identity = NULL, *recipient = NULL;
    assert_true(hf_age_keygen(&identity, &recipient, NULL));
    assert_true(hf_age_identities_add(others, identity, NULL));
    assert_false(sample_verify_bytes(bytes->data, bytes->len, others, &error));
    assert_error(&error, HF_ERROR_WRONG_KEY, "none of the keys given opens this file");
    hf_age_secret_free(identity);
    g_free(recipient);
}

/* The sample is one age chunk; each open costs two scalar multiplications, so not every byte is tried. */
static void damage_of_an_encrypted_archive_is_found(void **state)
{
    Keys *keys = *state;
    g_autoptr(GByteArray) bytes = sample_archive(keys->recipients, false);
    for (size_t i = 0; i < bytes->len; i += i < 300 ? 1 : 7) {
        bytes->data[i] ^= 1;
        assert_refused(bytes->data, bytes->len, keys->identities, "a changed byte", i);
        bytes->data[i] ^= 1;
        assert_refused(bytes->data, i, keys->identities, "a cut", i);
    }
    g_byte_array_append(bytes, (const uint8_t *)"x", 1);
    assert_refused(bytes->data, bytes->len, keys->identities, "a byte more", 0);
}

#define NOISE_BYTES 300000

/* An archive of five age chunks. */
static GByteArray *archive_of_many_chunks(const HfAgeRecipients *recipients)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = hf_manifest_new();
    manifest->finished = g_strdup("2026-11-21T03:00:01.000000Z");
    GByteArray *bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, bytes);
    g_autoptr(HfArchiveHead) head = sample_head();
    g_autofree char *json = hf_archive_head_to_json(head);
    g_autofree uint8_t *noise = g_malloc(NOISE_BYTES);
    g_autoptr(GRand) generator = g_rand_new_with_seed(1);
    for (size_t i = 0; i < NOISE_BYTES; i++)
        noise[i] = (uint8_t)g_rand_int(generator);

    g_autoptr(HfArchiveWriter) writer = hf_archive_writer_open(&output.output, recipients, manifest, 0, &error);
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_HEAD, json, strlen(json), &error));
    sample_add_part(writer, sample_add_table(manifest, 16401, "noise"), noise, NOISE_BYTES, 1);
    assert_true(hf_archive_writer_finish(writer, &error));
    return bytes;
}

/* Thousands of places: all of the header and of the last chunk's end, and one in a hundred of all others. */
static void damage_anywhere_in_an_archive_of_many_chunks_is_found(void **state)
{
    Keys *keys = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = archive_of_many_chunks(keys->recipients);
    assert_true(sample_verify_bytes(bytes->data, bytes->len, keys->identities, &error));
    size_t places = 0;
    for (size_t i = 0; i < bytes->len; i += i < 300 || i + 300 > bytes->len ? 1 : 101) {
        uint8_t was = bytes->data[i];
        bytes->data[i] ^= (uint8_t)(1 + i % 255);
        assert_refused(bytes->data, bytes->len, keys->identities, "a changed byte", i);
        bytes->data[i] = was;
        places++;
    }
    assert_true(places > 3000);
}

static void an_age_file_of_something_else_is_refused(void **state)
{
    Keys *keys = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, bytes);
    g_autoptr(HfAgeWriter) writer = hf_age_writer_open(&output.output, keys->recipients, &error);
    assert_true(hf_output_write(hf_age_writer_output(writer), "a love letter", 13, &error));
    assert_true(hf_age_writer_finish(writer, &error));
    assert_false(sample_verify_bytes(bytes->data, bytes->len, keys->identities, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "what the age file holds does not start with holdfast.json");
}

/* ---- Stock programs ------------------------------------------------------------------------------------------------
 */

/* Runs a shell command in `folder`; its output is transfer full. */
static char *run_in(const char *folder, const char *command)
{
    g_autoptr(GError) error = NULL;
    char *output = NULL;
    g_autofree char *errors = NULL;
    int status = 0;
    char *argv[] = {(char[]){"/bin/sh"}, (char[]){"-c"}, g_strdup(command), NULL};
    assert_true(g_spawn_sync(folder, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors, &status, &error));
    if (status != 0)
        fail_msg("%s: %s", command, errors);
    g_free(argv[2]);
    return output;
}

static char *make_folder(const GByteArray *archive)
{
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("holdfast-test-XXXXXX", &error);
    g_autofree char *path = g_build_filename(folder, "shop.hf", NULL);
    assert_true(g_file_set_contents(path, (const char *)archive->data, archive->len, &error));
    return folder;
}

static void remove_folder(char *folder)
{
    g_autofree char *command = g_strdup_printf("rm -r '%s'", folder);
    g_free(run_in("/", command));
    g_free(folder);
}

static void assert_prints(const char *folder, const char *command, const char *expected)
{
    g_autofree char *output = run_in(folder, command);
    assert_string_equal(output, expected);
}

static void stock_programs_read_an_archive(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = sample_archive(NULL, true);
    HfMemoryInput input;
    g_autoptr(HfArchiveReader) reader = open_bytes(&input, bytes, NULL);
    const HfMember *part = hf_manifest_find_member(hf_archive_reader_manifest(reader), "data/16401/00001.copy.zst");
    char hex[HF_DIGEST_HEX_SIZE];
    hf_digest_to_hex(part->digest, hex);
    g_autofree char *sum = g_strdup_printf("%s  %s\n", hex, part->name);

    char *folder = make_folder(bytes);
    assert_prints(folder, "tar xf shop.hf && tar tf shop.hf",
                  "holdfast.json\nREADME.txt\nrestore.sh\nglobals.sql\nschema.dump\ndata/16401/00001.copy.zst\n"
                  "data/16401/00002.copy.zst\nblobs/00001.copy.zst\nsequences.sql\nload.sh\nmanifest.json\n");
    assert_prints(folder, "zstd -dc data/16401/*.copy.zst", SAMPLE_ORDERS_1 SAMPLE_ORDERS_2);
    assert_prints(folder, "xxhsum -H2 data/16401/00001.copy.zst", sum);
    assert_prints(folder, "tail -c 86 manifest.json | tr 0-9a-f .",
                  ",\n\".ig.st\":\"................................\",\n\"m.ni..st_.yt.s\":                ....}\n");
    assert_prints(folder, "test -x restore.sh && sh -n restore.sh && sh -n load.sh && stat -c %Y holdfast.json",
                  "1700000000\n");
    remove_folder(folder);
}

static void age_and_tar_read_an_encrypted_archive(void **state)
{
    Keys *keys = *state;
    g_autoptr(GByteArray) bytes = sample_archive(keys->recipients, false);
    char *folder = make_folder(bytes);
    g_autofree char *path = g_build_filename(folder, "key.txt", NULL);
    assert_true(g_file_set_contents(path, keys->identity, -1, NULL));
    assert_prints(folder, "age -d -i key.txt shop.hf | tar xO data/16401/00002.copy.zst | zstd -dc", SAMPLE_ORDERS_2);
    /* Armored by stock age: the reader takes that too. */
    g_free(run_in(folder, "age -d -i key.txt shop.hf | age -a -r $(age-keygen -y key.txt) -o shop.asc"));
    g_autofree char *armored = g_build_filename(folder, "shop.asc", NULL);
    g_autofree char *text = NULL;
    gsize length;
    assert_true(g_file_get_contents(armored, &text, &length, NULL));
    g_autoptr(GError) error = NULL;
    assert_true(sample_verify_bytes(text, length, keys->identities, &error));
    assert_false(sample_verify_bytes(text, length, NULL, &error));
    assert_error(&error, HF_ERROR_WRONG_KEY, "X25519");
    remove_folder(folder);
}

/* The tail stands in the first block, and states a length with which the manifest would start before the archive. */
static void a_manifest_in_the_first_block_is_refused(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    uint8_t bytes[512 + 1024] = HF_MEMBER_HEAD;
    g_autofree char *tail = g_strdup_printf(",\n\"digest\":\"%032d\",\n\"manifest_bytes\":%20d}\n", 0, 400 + 512);
    memcpy(bytes + 400 - strlen(tail), tail, strlen(tail));
    HfMemoryInput input;
    hf_memory_input_init(&input, bytes, sizeof bytes);
    assert_null(hf_archive_reader_open(&input.input, NULL, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "its manifest does not lie where it must");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_in_the_first_block_is_refused),
        cmocka_unit_test(an_archive_in_the_clear_reads_back),
        cmocka_unit_test(offsets_are_those_of_the_data),
        cmocka_unit_test(a_member_is_bounded_and_named),
        cmocka_unit_test(a_manifest_is_as_long_as_the_reader_allows),
        cmocka_unit_test(a_full_disk_ends_the_writing),
        cmocka_unit_test(every_changed_byte_is_found),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(a_file_that_goes_on_is_refused),
        cmocka_unit_test(parts_that_changed_places_are_refused),
        cmocka_unit_test(what_is_no_archive_is_refused),
        cmocka_unit_test_setup_teardown(an_encrypted_archive_reads_back, make_keys, free_keys),
        cmocka_unit_test_setup_teardown(without_the_key_an_archive_stays_shut, make_keys, free_keys),
        cmocka_unit_test_setup_teardown(damage_of_an_encrypted_archive_is_found, make_keys, free_keys),
        cmocka_unit_test_setup_teardown(damage_anywhere_in_an_archive_of_many_chunks_is_found, make_keys, free_keys),
        cmocka_unit_test_setup_teardown(an_age_file_of_something_else_is_refused, make_keys, free_keys),
        cmocka_unit_test(stock_programs_read_an_archive),
        cmocka_unit_test_setup_teardown(age_and_tar_read_an_encrypted_archive, make_keys, free_keys),
    };
    return cmocka_run_group_tests_name("archive/archive", tests, NULL, NULL);
}
