/* Bech32 (BIP 173) without its limit on length, as age writes its keys. */
#ifndef HF_CRYPTO_BECH32_H
#define HF_CRYPTO_BECH32_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text is in upper case if `prefix` (the human-readable part) is. Transfer full. */
char *hf_bech32_encode(const char *prefix, const uint8_t *data, size_t length);

/*
 * Decodes `text`, whose human-readable part has to be `prefix` in the same case, into exactly `length` bytes. Errors:
 * HF_ERROR_USAGE; the message tells nothing of the text, which may be a secret.
 */
bool hf_bech32_decode(const char *text, const char *prefix, uint8_t *data, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
