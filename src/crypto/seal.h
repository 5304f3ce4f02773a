/*
 * Secrets at rest: sealed with ChaCha20-Poly1305 under keys derived from the installation's secret file. What a secret
 * is for ("server password") goes into its key, so that one cannot be put in another's place.
 */
#ifndef HF_CRYPTO_SEAL_H
#define HF_CRYPTO_SEAL_H

#include <glib.h>
#include <stdbool.h>

typedef struct HfSealer HfSealer;

/* Reads the secret file: 32 bytes in hexadecimal on each line; the first line seals, all of them open, so that the
 * secret can be changed. Nobody but its owner and group may have any right on it (HF_ERROR_DENIED). Transfer full. */
HfSealer *hf_sealer_open(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_sealer_free(HfSealer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfSealer, hf_sealer_free)

/* Makes such a file with a new secret, mode 0600; HF_ERROR_CONFLICT if it is there. */
bool hf_sealer_create_file(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Transfer full. `purpose` is static text. */
GBytes *hf_sealer_seal(const HfSealer *self, const char *purpose, const void *secret, gsize length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* A text, to be freed with hf_age_secret_free. HF_ERROR_WRONG_KEY: no secret of the file opens it for this purpose. */
char *hf_sealer_open_text(const HfSealer *self, const char *purpose, const void *sealed, gsize length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Bytes of any kind, transfer full. */
GBytes *hf_sealer_open_bytes(const HfSealer *self, const char *purpose, const void *sealed, gsize length,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first secret's mark on a text, in hexadecimal, that nobody without it can make: HMAC-SHA-256, some microseconds.
 * Transfer full. */
char *hf_sealer_sign(const HfSealer *self, const char *purpose, const char *text);

#endif
