/*
 * Passwords of people and tokens of programs.
 */
#ifndef HF_CRYPTO_PASSWORD_H
#define HF_CRYPTO_PASSWORD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* scrypt with N = 2^15, r = 8, p = 1 and a random salt: "scrypt$15$<salt>$<hash>" in base64. Takes some 50 ms and 32
 * MiB. Transfer full. */
char *hf_password_hash(const char *password, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In constant time. With `hash` NULL (there is no such account) it takes as long, and is false. */
bool hf_password_check(const char *password, const char *hash);
/* HF_ERROR_USAGE says what is wrong with a new password: 12 to 256 characters, more than four different ones. */
bool hf_password_acceptable(const char *password, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `prefix` and 32 random bytes in base64url. Transfer full. */
char *hf_token_new(const char *prefix, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is stored of a token, and what chains the audit log. */
void hf_sha256(const void *data, gsize length, uint8_t hash[32]);
/* In hexadecimal, transfer full. */
char *hf_sha256_text(const char *text);
/* Whether two texts are equal, in time that depends on their lengths alone. NULL equals nothing. */
bool hf_secret_equal(const char *a, const char *b);

#endif
