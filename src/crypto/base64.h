/* Base64 as age wants it: the standard alphabet, canonical only. */
#ifndef HF_CRYPTO_BASE64_H
#define HF_CRYPTO_BASE64_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { HF_BASE64_RAW, HF_BASE64_PADDED } HfBase64Padding;

/* NULL unless `text` is exactly what encoding the result gives again. Transfer full; never NULL for an empty text. */
uint8_t *hf_base64_decode(const char *text, size_t length, HfBase64Padding padding, size_t *decoded_length);

/* Without padding. Transfer full. */
char *hf_base64_encode_raw(const void *data, size_t length);

#endif
