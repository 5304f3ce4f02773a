/* What the X25519 and scrypt stanzas have in common. */
#include "crypto/age_keys.h"

#include "crypto/base64.h"

#include <string.h>

static const uint8_t zero_nonce[HF_CRYPTO_NONCE_BYTES];

bool hf_age_file_key_seal(const uint8_t wrap_key[HF_CRYPTO_KEY_BYTES], const uint8_t file_key[HF_AGE_FILE_KEY_BYTES],
                          uint8_t body[HF_AGE_WRAPPED_BYTES], GError **error)
{
    g_autoptr(HfAead) aead = hf_aead_new(wrap_key, HF_AEAD_SEAL, error);
    return aead != NULL && hf_aead_seal(aead, zero_nonce, file_key, HF_AGE_FILE_KEY_BYTES, body, error);
}

HfAgeUnwrapped hf_age_file_key_open(const uint8_t wrap_key[HF_CRYPTO_KEY_BYTES], const HfAgeStanza *stanza,
                                    uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error)
{
    g_assert(stanza->body->len == HF_AGE_WRAPPED_BYTES);
    g_autoptr(HfAead) aead = hf_aead_new(wrap_key, HF_AEAD_OPEN, error);
    if (aead == NULL)
        return HF_AGE_FAILED;
    return hf_aead_open(aead, zero_nonce, stanza->body->data, stanza->body->len, file_key) ? HF_AGE_OPENED
                                                                                           : HF_AGE_NOT_MINE;
}

bool hf_age_stanza_decode_arg(const HfAgeStanza *stanza, size_t i, uint8_t *data, size_t length, GError **error)
{
    size_t decoded_length;
    g_autofree uint8_t *decoded =
        hf_base64_decode(stanza->args[i], strlen(stanza->args[i]), HF_BASE64_RAW, &decoded_length);
    if (decoded == NULL || decoded_length != length)
        return hf_age_stanza_refuse(stanza, "has an argument of the wrong length or not in canonical base64", error);
    memcpy(data, decoded, length);
    return true;
}
