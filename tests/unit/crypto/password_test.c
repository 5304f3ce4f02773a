#include "crypto/password.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static void a_password_checks_against_its_own_hash_alone(void **state)
{
    (void)state;
    g_autofree char *hash = hf_password_hash("correct horse battery", NULL);
    g_autofree char *again = hf_password_hash("correct horse battery", NULL);
    assert_true(hf_password_check("correct horse battery", hash));
    assert_false(hf_password_check("correct horse batterz", hash));
    assert_string_not_equal(hash, again);
}

static void a_missing_or_foreign_hash_is_no_match(void **state)
{
    (void)state;
    assert_false(hf_password_check("x", NULL));
    for (const char *const *bad = (const char *[]){"", "scrypt$15$AA==$AA==", "plain", "scrypt$63$a$b", NULL};
         *bad != NULL; bad++)
        assert_false(hf_password_check("x", *bad));
}

static void a_weak_password_is_told_why(void **state)
{
    (void)state;
    g_autoptr(GError) length = NULL, different = NULL;
    assert_false(hf_password_acceptable("short", &length));
    assert_non_null(strstr(length->message, "12 to 256"));
    assert_false(hf_password_acceptable("aaaaaaaaaaaaaaaa", &different));
    assert_non_null(strstr(different->message, "different"));
    assert_true(hf_password_acceptable("grüne Äpfel 12", NULL));
}

static void tokens_are_long_and_never_the_same(void **state)
{
    (void)state;
    g_autofree char *one = hf_token_new("hft_", NULL), *two = hf_token_new("hft_", NULL);
    assert_int_equal(strlen(one), 4 + 43);
    assert_true(g_str_has_prefix(one, "hft_"));
    assert_string_not_equal(one, two);
    assert_null(strpbrk(one, "+/="));
}

static void sha256_is_the_standards(void **state)
{
    (void)state;
    static const uint8_t abc[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                    0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                    0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    uint8_t hash[32];
    hf_sha256("abc", 3, hash);
    assert_memory_equal(hash, abc, sizeof abc);
}

static void secrets_are_compared_whole(void **state)
{
    (void)state;
    assert_true(hf_secret_equal("abc", "abc"));
    assert_false(hf_secret_equal("abc", "abd"));
    assert_false(hf_secret_equal("abc", "ab"));
    assert_false(hf_secret_equal(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_checks_against_its_own_hash_alone),
        cmocka_unit_test(a_missing_or_foreign_hash_is_no_match),
        cmocka_unit_test(a_weak_password_is_told_why),
        cmocka_unit_test(tokens_are_long_and_never_the_same),
        cmocka_unit_test(sha256_is_the_standards),
        cmocka_unit_test(secrets_are_compared_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
