/* What the tests of age share: the key pair of the specification's examples, made-up data, files in memory. */
#ifndef HF_TESTS_AGE_SUPPORT_H
#define HF_TESTS_AGE_SUPPORT_H

#include "base/error.h"
#include "crypto/age.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

#define assert_ok(call)                                                                                                \
    do {                                                                                                               \
        GError *_error = NULL;                                                                                         \
        GError **error = &_error;                                                                                      \
        if (!(call))                                                                                                   \
            fail_msg("%s: %s", #call, _error != NULL ? _error->message : "no error set");                              \
        assert_null(_error);                                                                                           \
    } while (0)

/* Fails with this code and a message that contains `part`. */
#define assert_refused(call, wanted_code, part)                                                                        \
    do {                                                                                                               \
        g_autoptr(GError) _error = NULL;                                                                               \
        GError **error = &_error;                                                                                      \
        if (call)                                                                                                      \
            fail_msg("%s succeeded", #call);                                                                           \
        assert_non_null(_error);                                                                                       \
        if (_error->domain != HF_ERROR || _error->code != (wanted_code) || strstr(_error->message, part) == NULL)      \
            fail_msg("%s: %s: %s", #call, hf_error_code_name((HfErrorCode)_error->code), _error->message);             \
    } while (0)

/* The same bytes for the same length. */
static inline GByteArray *made_up_bytes(size_t length)
{
    GByteArray *bytes = g_byte_array_sized_new((guint)length + 1);
    uint32_t state = 12345;
    g_byte_array_set_size(bytes, (guint)length);
    for (size_t i = 0; i < length; i++) {
        state = state * 1664525 + 1013904223;
        bytes->data[i] = (uint8_t)(state >> 24);
    }
    return bytes;
}

static inline HfAgeIdentities *one_identity(const char *identity)
{
    HfAgeIdentities *identities = hf_age_identities_new();
    assert_ok(hf_age_identities_add(identities, identity, error));
    return identities;
}

/* An age file of `plain` to `recipients`, written in pieces of `piece` bytes. */
static inline GByteArray *encrypt_to(const HfAgeRecipients *recipients, const GByteArray *plain, size_t piece)
{
    GByteArray *file = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, file);
    HfAgeWriter *writer = NULL;
    assert_ok((writer = hf_age_writer_open(&output.output, recipients, error)) != NULL);
    for (size_t at = 0; at < plain->len; at += piece)
        assert_ok(hf_output_write(hf_age_writer_output(writer), plain->data + at, MIN(piece, plain->len - at), error));
    assert_ok(hf_age_writer_finish(writer, error));
    hf_age_writer_free(writer);
    return file;
}

static inline GByteArray *encrypt(const GByteArray *plain)
{
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    assert_ok(hf_age_recipients_add(recipients, RECIPIENT, error));
    return encrypt_to(recipients, plain, 100000);
}

/* Appends to `plain` what is handed out. */
static inline bool decrypt(const void *file, size_t length, const HfAgeIdentities *identities, GByteArray *plain,
                           GError **error)
{
    HfMemoryInput input;
    HfMemoryOutput output;
    hf_memory_input_init(&input, file, length);
    hf_memory_output_init(&output, plain);
    return hf_age_decrypt(&input.input, identities, &output.output, error);
}

/* Opens for random access and reads everything at once. NULL on failure. */
static inline GByteArray *read_all(const void *file, size_t length, const HfAgeIdentities *identities, GError **error)
{
    HfMemoryInput input;
    hf_memory_input_init(&input, file, length);
    g_autoptr(HfAgeReader) reader = hf_age_reader_open(&input.input, identities, error);
    if (reader == NULL)
        return NULL;
    HfInput *plain = hf_age_reader_input(reader);
    GByteArray *bytes = g_byte_array_sized_new((guint)plain->size_bytes + 1);
    g_byte_array_set_size(bytes, (guint)plain->size_bytes);
    if (hf_input_read_at(plain, 0, bytes->data, bytes->len, error))
        return bytes;
    g_byte_array_unref(bytes);
    return NULL;
}

static inline void assert_same_bytes(const GByteArray *a, const GByteArray *b)
{
    assert_int_equal(a->len, b->len);
    if (a->len > 0)
        assert_memory_equal(a->data, b->data, a->len);
}

#endif
