#include "crypto/primitives.h"
#include "tests/unit/crypto/age_support.h"

static void from_hex(const char *hex, uint8_t *bytes)
{
    for (size_t i = 0; hex[2 * i] != '\0'; i++)
        bytes[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
}

/* RFC 5869, test cases 1 and 3, cut to 32 bytes. */
static void hkdf_gives_the_vectors_of_its_rfc(void **state)
{
    (void)state;
    uint8_t secret[22], salt[13], expected[32], key[32];
    memset(secret, 0x0b, sizeof secret);
    from_hex("000102030405060708090a0b0c", salt);
    from_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf", expected);
    assert_ok(hf_crypto_hkdf_sha256(secret, 22, salt, 13, "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9", key, error));
    assert_memory_equal(key, expected, 32);
    from_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d", expected);
    assert_ok(hf_crypto_hkdf_sha256(secret, 22, NULL, 0, "", key, error));
    assert_memory_equal(key, expected, 32);
}

/* RFC 7748, section 6.1. */
static void x25519_gives_the_vectors_of_its_rfc(void **state)
{
    (void)state;
    uint8_t alice[32], bob[32], expected[32], public[32], shared[32];
    from_hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", alice);
    from_hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", expected);
    assert_ok(hf_crypto_x25519_public(alice, public, error));
    assert_memory_equal(public, expected, 32);
    from_hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", bob);
    from_hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", expected);
    assert_ok(hf_crypto_x25519_shared(alice, bob, shared, error));
    assert_memory_equal(shared, expected, 32);
}

static void a_share_of_low_order_is_refused(void **state)
{
    (void)state;
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    };
    uint8_t secret[32] = {[3] = 7}, peer[32], shared[32];
    for (size_t i = 0; i < G_N_ELEMENTS(points); i++) {
        from_hex(points[i], peer);
        assert_refused(hf_crypto_x25519_shared(secret, peer, shared, error), HF_ERROR_CORRUPT, "low order");
    }
}

/* The values are those of another implementation (Python's hashlib). */
static void scrypt_agrees_with_others_and_has_the_memory_it_needs(void **state)
{
    (void)state;
    uint8_t key[32], expected[32];
    assert_ok(hf_crypto_scrypt("password", "salt", 4, 1, key, error));
    from_hex("636d8985f1148f8a10f9f925f4e3e895b867bdf43a8f796fc8c49926406519fa", expected);
    assert_memory_equal(key, expected, 32);
    assert_ok(hf_crypto_scrypt("password", "salt", 4, 15, key, error));
    from_hex("4bc0fd507e93a600768021341ec726c57c00cb55a4702a1650131365500cf471", expected);
    assert_memory_equal(key, expected, 32);
}

static void a_sealed_message_opens_once_nonce_bytes_and_length_are_right(void **state)
{
    (void)state;
    uint8_t key[32] = {1}, nonce[12] = {2}, other[12] = {3}, sealed[5 + 16], plain[5];
    g_autoptr(HfAead) sealer = NULL, opener = NULL;
    assert_ok((sealer = hf_aead_new(key, HF_AEAD_SEAL, error)) != NULL);
    assert_ok((opener = hf_aead_new(key, HF_AEAD_OPEN, error)) != NULL);
    assert_ok(hf_aead_seal(sealer, nonce, "hello", 5, sealed, error));
    assert_true(hf_aead_open(opener, nonce, sealed, sizeof sealed, plain));
    assert_memory_equal(plain, "hello", 5);

    assert_false(hf_aead_open(opener, other, sealed, sizeof sealed, plain));
    assert_memory_equal(plain, "\0\0\0\0\0", 5);
    assert_false(hf_aead_open(opener, nonce, sealed, sizeof sealed - 1, plain));
    assert_false(hf_aead_open(opener, nonce, sealed, 15, plain));
    for (size_t i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 1;
        assert_false(hf_aead_open(opener, nonce, sealed, sizeof sealed, plain));
        sealed[i] ^= 1;
    }
    assert_true(hf_aead_open(opener, nonce, sealed, sizeof sealed, plain));
}

static void an_empty_message_is_its_tag(void **state)
{
    (void)state;
    uint8_t key[32] = {1}, nonce[12] = {2}, sealed[16], nothing[1];
    g_autoptr(HfAead) sealer = NULL, opener = NULL;
    assert_ok((sealer = hf_aead_new(key, HF_AEAD_SEAL, error)) != NULL);
    assert_ok((opener = hf_aead_new(key, HF_AEAD_OPEN, error)) != NULL);
    assert_ok(hf_aead_seal(sealer, nonce, "", 0, sealed, error));
    assert_true(hf_aead_open(opener, nonce, sealed, sizeof sealed, nothing));
    sealed[0] ^= 1;
    assert_false(hf_aead_open(opener, nonce, sealed, sizeof sealed, nothing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hkdf_gives_the_vectors_of_its_rfc),
        cmocka_unit_test(x25519_gives_the_vectors_of_its_rfc),
        cmocka_unit_test(a_share_of_low_order_is_refused),
        cmocka_unit_test(scrypt_agrees_with_others_and_has_the_memory_it_needs),
        cmocka_unit_test(a_sealed_message_opens_once_nonce_bytes_and_length_are_right),
        cmocka_unit_test(an_empty_message_is_its_tag),
    };
    return cmocka_run_group_tests_name("crypto/primitives", tests, NULL, NULL);
}
