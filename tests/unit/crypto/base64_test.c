#include "crypto/base64.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static bool decodes(const char *text, size_t length, HfBase64Padding padding, const char *expected)
{
    size_t decoded_length;
    g_autofree uint8_t *data = hf_base64_decode(text, length, padding, &decoded_length);
    return data != NULL && decoded_length == strlen(expected) && memcmp(data, expected, decoded_length) == 0;
}

static void canonical_text_decodes_and_encodes_back(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"", ""}, {"YQ", "a"}, {"YWI", "ab"}, {"YWJj", "abc"}, {"YWJjZA", "abcd"}};
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        assert_true(decodes(pairs[i][0], strlen(pairs[i][0]), HF_BASE64_RAW, pairs[i][1]));
        g_autofree char *text = hf_base64_encode_raw(pairs[i][1], strlen(pairs[i][1]));
        assert_string_equal(text, pairs[i][0]);
    }
    assert_true(decodes("YQ==", 4, HF_BASE64_PADDED, "a"));
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    static const char *const raw[] = {"Y", "YQ==", "YR", "YWJ", "YW Jj", "YWJj\n", "YW-_", "YWJjZ", "Y=Jj"};
    for (size_t i = 0; i < G_N_ELEMENTS(raw); i++)
        assert_null(hf_base64_decode(raw[i], strlen(raw[i]), HF_BASE64_RAW, &(size_t){0}));
    static const char *const padded[] = {"YQ", "YQ=", "YR==", "YQ==YQ==", "YQ==\n", "====", "Y==="};
    for (size_t i = 0; i < G_N_ELEMENTS(padded); i++)
        assert_null(hf_base64_decode(padded[i], strlen(padded[i]), HF_BASE64_PADDED, &(size_t){0}));
    assert_null(hf_base64_decode("\0\0\0\0", 4, HF_BASE64_RAW, &(size_t){0}));
    assert_null(hf_base64_decode("YWJj\0\0\0\0", 8, HF_BASE64_PADDED, &(size_t){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_text_decodes_and_encodes_back),
        cmocka_unit_test(anything_else_is_refused),
    };
    return cmocka_run_group_tests_name("crypto/base64", tests, NULL, NULL);
}
