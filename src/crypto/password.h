/*
 * Passwords and tokens of people and programs.
 */
#ifndef HF_CRYPTO_PASSWORD_H
#define HF_CRYPTO_PASSWORD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* scrypt with N = 2^15, r = 8, p = 1 and a random salt: "scrypt$15$8$1$salt$hash" in base64. Takes some 50 ms and 32
 * MiB. Transfer full. */
char *hf_password_hash(const char *password);
/* In constant time. A `hash` NULL (no such account) takes as long, and is false. */
bool hf_password_check(const char *password, const char *hash);
/* HF_ERROR_USAGE says what is wrong with a new password: 12 to 256 characters, not among the most common. */
bool hf_password_acceptable(const char *password, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `prefix` and 32 random bytes in base64url. Transfer full. */
char *hf_token_new(const char *prefix);
void hf_sha256(const void *data, gsize length, uint8_t hash[32]);
void hf_hmac_sha256(const void *key, gsize key_length, const void *data, gsize length, uint8_t mac[32]);
/* Lower case hexadecimal, transfer full. */
char *hf_hex(const uint8_t *data, gsize length);
/* In constant time. */
bool hf_equal_secret(const char *a, const char *b);

#endif
