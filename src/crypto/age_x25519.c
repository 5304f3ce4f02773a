/*
 * The X25519 stanza: "X25519 <ephemeral share>", and the file key under a key derived from the shared secret of the
 * ephemeral key and the recipient. It names nobody: an identity finds its stanza by trying.
 */
#include "crypto/age_keys.h"

#include "crypto/base64.h"

#include <string.h>

#define KIND "X25519"

static bool derive_wrap_key(const uint8_t shared[HF_CRYPTO_KEY_BYTES], const HfAgeKey *share, const HfAgeKey *recipient,
                            uint8_t wrap_key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    const HfAgeKey salt[] = {*share, *recipient};
    return hf_crypto_hkdf_sha256(shared, HF_CRYPTO_KEY_BYTES, salt, sizeof salt, "age-encryption.org/v1/X25519",
                                 wrap_key, error);
}

HfAgeStanza *hf_age_x25519_wrap(const HfAgeKey *recipient, const uint8_t file_key[HF_AGE_FILE_KEY_BYTES],
                                GError **error)
{
    HfAgeKey ephemeral, share;
    uint8_t shared[HF_CRYPTO_KEY_BYTES], wrap_key[HF_CRYPTO_KEY_BYTES], body[HF_AGE_WRAPPED_BYTES];
    bool ok = hf_crypto_random(ephemeral.bytes, sizeof ephemeral.bytes, error) &&
              hf_crypto_x25519_public(ephemeral.bytes, share.bytes, error) &&
              hf_crypto_x25519_shared(ephemeral.bytes, recipient->bytes, shared, error) &&
              derive_wrap_key(shared, &share, recipient, wrap_key, error) &&
              hf_age_file_key_seal(wrap_key, file_key, body, error);
    hf_crypto_wipe(&ephemeral, sizeof ephemeral);
    hf_crypto_wipe(shared, sizeof shared);
    hf_crypto_wipe(wrap_key, sizeof wrap_key);
    if (!ok)
        return NULL;
    char *args[] = {g_strdup(KIND), hf_base64_encode_raw(share.bytes, sizeof share.bytes), NULL};
    return hf_age_stanza_new(g_memdup2(args, sizeof args), body, sizeof body);
}

static bool parse(const HfAgeStanza *stanza, HfAgeKey *share, GError **error)
{
    if (hf_age_stanza_count_args(stanza) != 2)
        return hf_age_stanza_refuse(stanza, "does not have exactly one argument", error);
    if (stanza->body->len != HF_AGE_WRAPPED_BYTES)
        return hf_age_stanza_refuse(stanza, "does not hold a file key of 16 bytes", error);
    return hf_age_stanza_decode_arg(stanza, 1, share->bytes, sizeof share->bytes, error);
}

HfAgeUnwrapped hf_age_x25519_unwrap(const HfAgeKey *identity, const HfAgeStanza *stanza,
                                    uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error)
{
    HfAgeKey share, recipient;
    uint8_t shared[HF_CRYPTO_KEY_BYTES], wrap_key[HF_CRYPTO_KEY_BYTES];
    if (!g_str_equal(stanza->args[0], KIND))
        return HF_AGE_NOT_MINE;
    if (!parse(stanza, &share, error) || !hf_crypto_x25519_public(identity->bytes, recipient.bytes, error))
        return HF_AGE_FAILED;
    if (!hf_crypto_x25519_shared(identity->bytes, share.bytes, shared, error)) {
        g_prefix_error(error, "age header line %u: ", stanza->line);
        return HF_AGE_FAILED;
    }
    HfAgeUnwrapped result = HF_AGE_FAILED;
    if (derive_wrap_key(shared, &share, &recipient, wrap_key, error))
        result = hf_age_file_key_open(wrap_key, stanza, file_key, error);
    hf_crypto_wipe(shared, sizeof shared);
    hf_crypto_wipe(wrap_key, sizeof wrap_key);
    return result;
}
