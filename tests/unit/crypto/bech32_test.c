#include "crypto/bech32.h"
#include "tests/unit/crypto/age_support.h"

static void the_example_keys_of_the_specification_decode_and_encode_back(void **state)
{
    (void)state;
    uint8_t key[32], expected[32];
    memset(expected, 0x42, sizeof expected);
    assert_ok(hf_bech32_decode(IDENTITY, "AGE-SECRET-KEY-", key, sizeof key, error));
    assert_memory_equal(key, expected, sizeof key);
    g_autofree char *identity = hf_bech32_encode("AGE-SECRET-KEY-", key, sizeof key);
    assert_string_equal(identity, IDENTITY);

    assert_ok(hf_bech32_decode(RECIPIENT, "age", key, sizeof key, error));
    g_autofree char *recipient = hf_bech32_encode("age", key, sizeof key);
    assert_string_equal(recipient, RECIPIENT);
}

/* The first is a vector of BIP 173. */
static void every_length_makes_the_round(void **state)
{
    (void)state;
    g_autofree char *empty = hf_bech32_encode("a", NULL, 0);
    assert_string_equal(empty, "a12uel5l");
    for (size_t length = 0; length <= 70; length++) {
        g_autoptr(GByteArray) data = made_up_bytes(length);
        uint8_t back[70];
        g_autofree char *text = hf_bech32_encode("test", data->data, length);
        assert_ok(hf_bech32_decode(text, "test", back, length, error));
        if (length > 0)
            assert_memory_equal(back, data->data, length);
    }
}

static void a_single_wrong_character_is_always_noticed(void **state)
{
    (void)state;
    uint8_t key[32];
    for (size_t i = 0; i < strlen(RECIPIENT); i++)
        for (const char *c = "qpzry9x8gf2tvdw0s3jn54khce6mua7lbio1QPA-\x80"; *c != '\0'; c++) {
            g_autofree char *text = g_strdup(RECIPIENT);
            text[i] = *c;
            if (!g_str_equal(text, RECIPIENT))
                assert_refused(hf_bech32_decode(text, "age", key, sizeof key, error), HF_ERROR_USAGE, "not a key");
        }
}

static void other_case_length_or_prefix_is_refused_without_showing_the_text(void **state)
{
    (void)state;
    uint8_t key[32];
    g_autofree char *lower = g_ascii_strdown(IDENTITY, -1), *mixed = g_strdup(IDENTITY);
    mixed[40] = g_ascii_tolower(mixed[40]);
    assert_refused(hf_bech32_decode(lower, "AGE-SECRET-KEY-", key, 32, error), HF_ERROR_USAGE, "starts differently");
    assert_refused(hf_bech32_decode(mixed, "AGE-SECRET-KEY-", key, 32, error), HF_ERROR_USAGE, "mixes");
    assert_refused(hf_bech32_decode(IDENTITY "Q", "AGE-SECRET-KEY-", key, 32, error), HF_ERROR_USAGE, "length");
    assert_refused(hf_bech32_decode("", "AGE-SECRET-KEY-", key, 32, error), HF_ERROR_USAGE, "starts differently");

    g_autoptr(GError) error = NULL;
    assert_false(hf_bech32_decode(mixed, "AGE-SECRET-KEY-", key, 32, &error));
    assert_null(strstr(error->message, "GFPYYSJZ"));
}

/* Both have right checksums, computed apart: a byte of ones takes ten bits, of which two are spare. */
static void spare_bits_have_to_be_zero(void **state)
{
    (void)state;
    uint8_t one;
    assert_ok(hf_bech32_decode("x1lu7rxnn5", "x", &one, 1, error));
    assert_int_equal(one, 0xff);
    assert_refused(hf_bech32_decode("x1llssn9at", "x", &one, 1, error), HF_ERROR_USAGE, "last bits");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_keys_of_the_specification_decode_and_encode_back),
        cmocka_unit_test(every_length_makes_the_round),
        cmocka_unit_test(a_single_wrong_character_is_always_noticed),
        cmocka_unit_test(other_case_length_or_prefix_is_refused_without_showing_the_text),
        cmocka_unit_test(spare_bits_have_to_be_zero),
    };
    return cmocka_run_group_tests_name("crypto/bech32", tests, NULL, NULL);
}
