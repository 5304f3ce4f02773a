/*
 * The cryptographic primitives of age, and the only calls into libcrypto for them. A refusal by libcrypto is
 * HF_ERROR_INTERNAL (or LIMIT where memory lacks) with its own words. Thread-safe, apart from one HfAead, which has one
 * user at a time.
 */
#ifndef HF_CRYPTO_PRIMITIVES_H
#define HF_CRYPTO_PRIMITIVES_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HF_CRYPTO_KEY_BYTES 32
#define HF_CRYPTO_NONCE_BYTES 12
#define HF_CRYPTO_TAG_BYTES 16

/* Overwrites a secret; never optimized away. */
void hf_crypto_wipe(void *secret, size_t length);

/* Whether equal, in time that depends on the length alone. */
bool hf_crypto_equal(const void *a, const void *b, size_t length);

bool hf_crypto_random(void *buffer, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool hf_crypto_hkdf_sha256(const void *secret, size_t secret_length, const void *salt, size_t salt_length,
                           const char *info, uint8_t key[HF_CRYPTO_KEY_BYTES], GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* In hexadecimal, transfer full. */
char *hf_crypto_hex(const uint8_t *bytes, size_t length);
void hf_crypto_sha256(const void *data, size_t length, uint8_t digest[HF_CRYPTO_KEY_BYTES]);
bool hf_crypto_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
                           uint8_t mac[HF_CRYPTO_KEY_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* scrypt with N = 2^log_n, r = 8, p = 1. Takes 2^(log_n + 10) bytes of memory while it runs. */
bool hf_crypto_scrypt(const char *passphrase, const void *salt, size_t salt_length, unsigned log_n,
                      uint8_t key[HF_CRYPTO_KEY_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool hf_crypto_x25519_public(const uint8_t secret[HF_CRYPTO_KEY_BYTES], uint8_t public[HF_CRYPTO_KEY_BYTES],
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* HF_ERROR_CORRUPT if the shared secret would be zero: `peer` is a point of low order, which no honest side sends. */
bool hf_crypto_x25519_shared(const uint8_t secret[HF_CRYPTO_KEY_BYTES], const uint8_t peer[HF_CRYPTO_KEY_BYTES],
                             uint8_t shared[HF_CRYPTO_KEY_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ChaCha20-Poly1305 under one key and in one direction, for many messages. No associated data. */
typedef struct HfAead HfAead;
typedef enum { HF_AEAD_OPEN, HF_AEAD_SEAL } HfAeadDirection;
HfAead *hf_aead_new(const uint8_t key[HF_CRYPTO_KEY_BYTES], HfAeadDirection direction, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_aead_free(HfAead *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAead, hf_aead_free)

/* Writes length + HF_CRYPTO_TAG_BYTES bytes. The buffers do not overlap. */
bool hf_aead_seal(HfAead *self, const uint8_t nonce[HF_CRYPTO_NONCE_BYTES], const void *plain, size_t length,
                  uint8_t *sealed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes length - HF_CRYPTO_TAG_BYTES bytes. False if the message is not authentic; `plain` is then zeros. */
bool hf_aead_open(HfAead *self, const uint8_t nonce[HF_CRYPTO_NONCE_BYTES], const uint8_t *sealed, size_t length,
                  void *plain) G_GNUC_WARN_UNUSED_RESULT;

#endif
