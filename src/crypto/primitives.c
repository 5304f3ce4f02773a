#include "crypto/primitives.h"

#include "base/error.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <string.h>

/* Messages are chunks of 64 KiB and keys; libcrypto counts in int. */
#define AEAD_MAX_BYTES (1 << 24)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF, EVP_KDF_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF_CTX, EVP_KDF_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)

static bool fail(GError **error, const char *what)
{
    char reason[160] = "no reason given";
    unsigned long code = ERR_peek_last_error();
    if (code != 0)
        ERR_error_string_n(code, reason, sizeof reason);
    ERR_clear_error();
    g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "libcrypto failed at %s: %s; check the OpenSSL configuration", what,
                reason);
    return false;
}

void hf_crypto_wipe(void *secret, size_t length)
{
    OPENSSL_cleanse(secret, length);
}

bool hf_crypto_equal(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}

bool hf_crypto_random(void *buffer, size_t length, GError **error)
{
    return RAND_bytes(buffer, (int)length) == 1 || fail(error, "random bytes");
}

bool hf_crypto_hkdf_sha256(const void *secret, size_t secret_length, const void *salt, size_t salt_length,
                           const char *info, uint8_t key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char[]){"SHA256"}, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)secret, secret_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info, strlen(info)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt, salt_length),
        OSSL_PARAM_END,
    };
    if (salt_length == 0) /* then HKDF's default, zeros */
        params[3] = OSSL_PARAM_construct_end();
    g_autoptr(EVP_KDF) kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_HKDF, NULL);
    g_autoptr(EVP_KDF_CTX) context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    return (context != NULL && EVP_KDF_derive(context, key, HF_CRYPTO_KEY_BYTES, params) == 1) || fail(error, "HKDF");
}

char *hf_crypto_hex(const uint8_t *bytes, size_t length)
{
    char *text = g_malloc(2 * length + 1);
    for (size_t i = 0; i < length; i++) {
        text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    text[2 * length] = '\0';
    return text;
}

void hf_crypto_sha256(const void *data, size_t length, uint8_t digest[HF_CRYPTO_KEY_BYTES])
{
    static EVP_MD *sha256; /* looking it up costs more than a short text */
    if (g_once_init_enter(&sha256))
        g_once_init_leave(&sha256, EVP_MD_fetch(NULL, "SHA256", NULL));
    if (EVP_Digest(data, length, digest, NULL, sha256, NULL) != 1)
        g_error("libcrypto has no SHA-256; check the OpenSSL configuration"); /* nothing is safe without */
}

bool hf_crypto_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                           uint8_t mac[HF_CRYPTO_KEY_BYTES], GError **error)
{
    return HMAC(EVP_sha256(), key, (int)key_length, data, length, mac, NULL) != NULL || fail(error, "HMAC");
}

bool hf_crypto_scrypt(const char *passphrase, const void *salt, size_t salt_length, unsigned log_n,
                      uint8_t key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    g_assert(log_n >= 1 && log_n <= 30);
    uint64_t memory = UINT64_C(1) << (log_n + 10);
    if (EVP_PBE_scrypt(passphrase, strlen(passphrase), salt, salt_length, UINT64_C(1) << log_n, 8, 1,
                       memory + (1 << 20), key, HF_CRYPTO_KEY_BYTES) == 1)
        return true;
    ERR_clear_error();
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "scrypt with work factor 2^%u failed; it needs %" G_GUINT64_FORMAT " MiB of free memory", log_n,
                MAX(memory >> 20, 1));
    return false;
}

bool hf_crypto_x25519_public(const uint8_t secret[HF_CRYPTO_KEY_BYTES], uint8_t public[HF_CRYPTO_KEY_BYTES],
                             GError **error)
{
    size_t length = HF_CRYPTO_KEY_BYTES;
    g_autoptr(EVP_PKEY) key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, length);
    return (key != NULL && EVP_PKEY_get_raw_public_key(key, public, &length) == 1) || fail(error, "X25519");
}

bool hf_crypto_x25519_shared(const uint8_t secret[HF_CRYPTO_KEY_BYTES], const uint8_t peer[HF_CRYPTO_KEY_BYTES],
                             uint8_t shared[HF_CRYPTO_KEY_BYTES], GError **error)
{
    static const uint8_t zero[HF_CRYPTO_KEY_BYTES];
    size_t length = HF_CRYPTO_KEY_BYTES;
    g_autoptr(EVP_PKEY) own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, length);
    g_autoptr(EVP_PKEY) other = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer, length);
    g_autoptr(EVP_PKEY_CTX) context = own != NULL ? EVP_PKEY_CTX_new(own, NULL) : NULL;
    if (other == NULL || context == NULL || EVP_PKEY_derive_init(context) != 1 ||
        EVP_PKEY_derive_set_peer(context, other) != 1)
        return fail(error, "X25519");
    /* libcrypto refuses the zero result too, and can fail here for nothing else. */
    if (EVP_PKEY_derive(context, shared, &length) == 1 && !hf_crypto_equal(shared, zero, sizeof zero))
        return true;
    ERR_clear_error();
    g_set_error_literal(error, HF_ERROR, HF_ERROR_CORRUPT, "the X25519 share is a point of low order");
    return false;
}

struct HfAead {
    EVP_CIPHER_CTX *context;
};

HfAead *hf_aead_new(const uint8_t key[HF_CRYPTO_KEY_BYTES], HfAeadDirection direction, GError **error)
{
    g_autoptr(HfAead) self = g_new0(HfAead, 1);
    self->context = EVP_CIPHER_CTX_new();
    if (self->context == NULL || EVP_CipherInit_ex(self->context, EVP_chacha20_poly1305(), NULL, key, NULL,
                                                   direction == HF_AEAD_SEAL ? 1 : 0) != 1) {
        fail(error, "ChaCha20-Poly1305");
        return NULL;
    }
    return g_steal_pointer(&self);
}

void hf_aead_free(HfAead *self)
{
    if (self == NULL)
        return;
    EVP_CIPHER_CTX_free(self->context); /* wipes the key */
    g_free(self);
}

bool hf_aead_seal(HfAead *self, const uint8_t nonce[HF_CRYPTO_NONCE_BYTES], const void *plain, size_t length,
                  uint8_t *sealed, GError **error)
{
    g_assert(length <= AEAD_MAX_BYTES);
    int written = 0, rest = 0;
    return (EVP_EncryptInit_ex(self->context, NULL, NULL, NULL, nonce) == 1 &&
            EVP_EncryptUpdate(self->context, sealed, &written, plain, (int)length) == 1 &&
            EVP_EncryptFinal_ex(self->context, sealed + length, &rest) == 1 &&
            EVP_CIPHER_CTX_ctrl(self->context, EVP_CTRL_AEAD_GET_TAG, HF_CRYPTO_TAG_BYTES, sealed + length) == 1) ||
           fail(error, "ChaCha20-Poly1305");
}

bool hf_aead_open(HfAead *self, const uint8_t nonce[HF_CRYPTO_NONCE_BYTES], const uint8_t *sealed, size_t length,
                  void *plain)
{
    if (length < HF_CRYPTO_TAG_BYTES || length > AEAD_MAX_BYTES)
        return false;
    size_t text_length = length - HF_CRYPTO_TAG_BYTES;
    uint8_t tag[HF_CRYPTO_TAG_BYTES], nothing[1];
    int written = 0, rest = 0;
    memcpy(tag, sealed + text_length, sizeof tag);
    if (EVP_DecryptInit_ex(self->context, NULL, NULL, NULL, nonce) == 1 &&
        EVP_CIPHER_CTX_ctrl(self->context, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1 &&
        EVP_DecryptUpdate(self->context, plain, &written, sealed, (int)text_length) == 1 &&
        EVP_DecryptFinal_ex(self->context, nothing, &rest) == 1)
        return true;
    ERR_clear_error();
    if (text_length > 0)
        memset(plain, 0, text_length);
    return false;
}
