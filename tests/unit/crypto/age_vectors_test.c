/*
 * The test kit of the age format (tests/vectors/age). A vector passes if reading it ends as it expects: at the right
 * stage, with the right error, and having handed out exactly the plaintext whose hash it names. Besides, what is
 * accepted has to encode to the same bytes again.
 */
#include "crypto/age_header.h"
#include "crypto/age_stream.h"
#include "tests/unit/crypto/age_support.h"

#include <gio/gio.h>

#define HYBRID_IDENTITY "AGE-SECRET-KEY-PQ-1"
#define NONCE_BYTES 16
#define FOLDER VECTORS "/age/testdata"

typedef struct {
    const char *name;
    char *expect, *payload_hash, *file_key;
    HfAgeIdentities *identities;
    bool armored, hybrid;
    GByteArray *file;
} Vector;

static void vector_clear(Vector *vector)
{
    g_free(vector->expect);
    g_free(vector->payload_hash);
    g_free(vector->file_key);
    hf_age_identities_free(vector->identities);
    g_byte_array_unref(vector->file);
}

static GByteArray *inflate(GByteArray *deflated)
{
    g_autoptr(GZlibDecompressor) zlib = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    g_autoptr(GInputStream) from = g_memory_input_stream_new_from_data(deflated->data, deflated->len, NULL);
    g_autoptr(GInputStream) through = g_converter_input_stream_new(from, G_CONVERTER(zlib));
    g_autoptr(GOutputStream) to = g_memory_output_stream_new_resizable();
    assert_ok(g_output_stream_splice(to, through, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) >= 0);
    GByteArray *inflated = g_bytes_unref_to_array(g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(to)));
    g_byte_array_unref(deflated);
    return inflated;
}

static void take_key(Vector *vector, const char *key, const char *value, bool *compressed)
{
    if (g_str_equal(key, "expect"))
        vector->expect = g_strdup(value);
    else if (g_str_equal(key, "payload"))
        vector->payload_hash = g_strdup(value);
    else if (g_str_equal(key, "file key"))
        vector->file_key = g_strdup(value);
    else if (g_str_equal(key, "armored"))
        vector->armored = true;
    else if (g_str_equal(key, "compressed"))
        *compressed = g_str_equal(value, "zlib");
    else if (g_str_equal(key, "passphrase"))
        assert_ok(hf_age_identities_add_passphrase(vector->identities, value, error));
    else if (g_str_equal(key, "identity") && g_str_has_prefix(value, HYBRID_IDENTITY))
        vector->hybrid = true;
    else if (g_str_equal(key, "identity"))
        assert_ok(hf_age_identities_add(vector->identities, value, error));
    else if (!g_str_equal(key, "comment"))
        fail_msg("%s: unknown key \"%s\"", vector->name, key);
}

static void load(const char *name, Vector *vector)
{
    g_autofree char *path = g_build_filename(FOLDER, name, NULL), *text = NULL;
    gsize length;
    bool compressed = false;
    assert_true(g_file_get_contents(path, &text, &length, NULL));
    *vector = (Vector){.name = name, .identities = hf_age_identities_new()};

    const char *end = g_strstr_len(text, (gssize)length, "\n\n");
    assert_non_null(end);
    g_autofree char *head = g_strndup(text, (gsize)(end - text));
    g_auto(GStrv) lines = g_strsplit(head, "\n", 0);
    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) pair = g_strsplit(*line, ": ", 2);
        take_key(vector, pair[0], pair[1], &compressed);
    }
    vector->file = g_byte_array_new();
    g_byte_array_append(vector->file, (const guint8 *)end + 2, (guint)(length - (gsize)(end + 2 - text)));
    if (compressed)
        vector->file = inflate(vector->file);
}

/* ---- What reading gives --------------------------------------------------------------------------------------------
 */

static bool dearmor(Vector *vector, GError **error)
{
    HfMemoryInput input;
    HfMemoryOutput output;
    GByteArray *binary = g_byte_array_new();
    hf_memory_input_init(&input, vector->file->data, vector->file->len);
    hf_memory_output_init(&output, binary);
    bool ok = hf_age_dearmor(&input.input, &output.output, error);
    g_byte_array_unref(vector->file);
    vector->file = binary;
    return ok;
}

/* The kit's own words for how it ended. */
static const char *outcome(const GError *error)
{
    if (error == NULL)
        return "success";
    if (error->code == HF_ERROR_WRONG_KEY)
        return "no match";
    if (error->code != HF_ERROR_CORRUPT && error->code != HF_ERROR_LIMIT)
        return error->message;
    if (g_str_has_prefix(error->message, "age armor"))
        return "armor failure";
    if (g_str_has_prefix(error->message, "age payload"))
        return "payload failure";
    if (strstr(error->message, "MAC does not match") != NULL)
        return "HMAC failure";
    return g_str_has_prefix(error->message, "age header") ? "header failure" : error->message;
}

static void assert_outcome(const Vector *vector, const GError *error)
{
    if (!g_str_equal(outcome(error), vector->expect))
        fail_msg("%s: expected %s, got %s: %s", vector->name, vector->expect, outcome(error),
                 error != NULL ? error->message : "");
}

static void assert_hash(const Vector *vector, const GByteArray *plain)
{
    g_autofree char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, plain->data, plain->len);
    if (vector->payload_hash != NULL ? !g_str_equal(hash, vector->payload_hash) : plain->len > 0)
        fail_msg("%s: %u bytes with hash %s were handed out", vector->name, plain->len, hash);
}

/* Random access ends in the same way, but shows nothing of a file that is not whole. */
static void assert_random_access_agrees(const Vector *vector)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) plain = read_all(vector->file->data, vector->file->len, vector->identities, &error);
    assert_outcome(vector, error);
    if (plain != NULL)
        assert_hash(vector, plain);
}

/* ---- What was accepted encodes to the same bytes -------------------------------------------------------------------
 */

static void assert_payload_seals_back(const Vector *vector, size_t offset, const GByteArray *plain)
{
    uint8_t file_key[16], payload_key[HF_CRYPTO_KEY_BYTES];
    const uint8_t *nonce = vector->file->data + offset;
    for (size_t i = 0; i < sizeof file_key; i++)
        file_key[i] = (uint8_t)(g_ascii_xdigit_value(vector->file_key[2 * i]) << 4 |
                                g_ascii_xdigit_value(vector->file_key[2 * i + 1]));
    assert_ok(hf_crypto_hkdf_sha256(file_key, sizeof file_key, nonce, NONCE_BYTES, "payload", payload_key, error));

    g_autoptr(GByteArray) sealed = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, sealed);
    g_autoptr(HfAgeWriter) writer = NULL;
    assert_ok((writer = hf_age_writer_new(&output.output, payload_key, error)) != NULL);
    assert_ok(hf_output_write(hf_age_writer_output(writer), plain->data, plain->len, error));
    assert_ok(hf_age_writer_finish(writer, error));
    assert_int_equal(sealed->len, vector->file->len - offset - NONCE_BYTES);
    assert_memory_equal(sealed->data, nonce + NONCE_BYTES, sealed->len);
}

static void assert_encodes_back(const Vector *vector, const GByteArray *plain)
{
    HfMemoryInput input;
    hf_memory_input_init(&input, vector->file->data, vector->file->len);
    g_autoptr(HfAgeHeader) header = NULL;
    assert_ok((header = hf_age_header_read(&input.input, error)) != NULL);
    g_autoptr(GString) text = hf_age_header_encode(header->stanzas);
    hf_age_header_append_mac(text, header->mac);
    assert_int_equal(text->len, header->size_bytes);
    assert_memory_equal(text->str, vector->file->data, text->len);
    if (g_str_equal(vector->expect, "success"))
        assert_payload_seals_back(vector, header->size_bytes, plain);
}

/* ---- All of them ---------------------------------------------------------------------------------------------------
 */

static void check(Vector *vector)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) plain = g_byte_array_new();
    if (!vector->armored || dearmor(vector, &error)) {
        if (decrypt(vector->file->data, vector->file->len, vector->identities, plain, &error))
            assert_null(error);
        assert_random_access_agrees(vector);
    }
    assert_outcome(vector, error);
    assert_hash(vector, plain);
    if (!g_str_equal(vector->expect, "header failure") && !g_str_equal(vector->expect, "armor failure"))
        assert_encodes_back(vector, plain);
}

static void all_vectors_but_the_hybrid_ones_pass(void **state)
{
    (void)state;
    unsigned run = 0, skipped = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) folder = g_dir_open(FOLDER, 0, &error);
    if (folder == NULL)
        fail_msg("%s", error->message);
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        Vector vector;
        load(name, &vector);
        if (vector.hybrid) {
            print_message("skipped %s: needs the ML-KEM-768 hybrid recipient, which OpenSSL 3.0 lacks\n", name);
            skipped++;
        } else {
            check(&vector);
            run++;
        }
        vector_clear(&vector);
    }
    print_message("%u vectors run, %u skipped\n", run, skipped);
    assert_int_equal(run, 124);
    assert_int_equal(skipped, 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_vectors_but_the_hybrid_ones_pass),
    };
    return cmocka_run_group_tests_name("crypto/age_vectors", tests, NULL, NULL);
}
