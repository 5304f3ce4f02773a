/* The scrypt stanza: "scrypt <salt> <work factor>", and the file key under a key derived from a passphrase. */
#include "crypto/age_keys.h"

#include "base/error.h"
#include "crypto/base64.h"

#include <string.h>

#define KIND "scrypt"
#define LABEL "age-encryption.org/v1/scrypt"
#define SALT_BYTES 16

static bool derive_wrap_key(const char *passphrase, const uint8_t salt[SALT_BYTES], unsigned work_factor,
                            uint8_t wrap_key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    uint8_t labelled[sizeof LABEL - 1 + SALT_BYTES];
    memcpy(labelled, LABEL, sizeof LABEL - 1);
    memcpy(labelled + sizeof LABEL - 1, salt, SALT_BYTES);
    return hf_crypto_scrypt(passphrase, labelled, sizeof labelled, work_factor, wrap_key, error);
}

HfAgeStanza *hf_age_scrypt_wrap(const char *passphrase, unsigned work_factor,
                                const uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error)
{
    uint8_t salt[SALT_BYTES], wrap_key[HF_CRYPTO_KEY_BYTES], body[HF_AGE_WRAPPED_BYTES];
    bool ok = hf_crypto_random(salt, sizeof salt, error) &&
              derive_wrap_key(passphrase, salt, work_factor, wrap_key, error) &&
              hf_age_file_key_seal(wrap_key, file_key, body, error);
    hf_crypto_wipe(wrap_key, sizeof wrap_key);
    if (!ok)
        return NULL;
    char *args[] = {g_strdup(KIND), hf_base64_encode_raw(salt, sizeof salt), g_strdup_printf("%u", work_factor), NULL};
    return hf_age_stanza_new(g_memdup2(args, sizeof args), body, sizeof body);
}

static bool parse_work_factor(const HfAgeStanza *stanza, unsigned max, unsigned *work_factor, GError **error)
{
    const char *text = stanza->args[2];
    if (strspn(text, "0123456789") != strlen(text) || text[0] == '0')
        return hf_age_stanza_refuse(stanza, "has a work factor that is not a decimal number", error);
    *work_factor = strlen(text) <= 2 ? (unsigned)g_ascii_strtoull(text, NULL, 10) : HF_AGE_MAX_WORK_FACTOR + 1;
    if (*work_factor <= max)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "age header line %u: the scrypt work factor 2^%.20s is above 2^%u, the most that is accepted: it would "
                "take too much time and memory; encrypt the file again with a lower one",
                stanza->line, text, max);
    return false;
}

static bool parse(const HfAgeStanza *stanza, unsigned max_work_factor, uint8_t salt[SALT_BYTES], unsigned *work_factor,
                  GError **error)
{
    if (hf_age_stanza_count_args(stanza) != 3)
        return hf_age_stanza_refuse(stanza, "does not have exactly two arguments", error);
    if (stanza->body->len != HF_AGE_WRAPPED_BYTES)
        return hf_age_stanza_refuse(stanza, "does not hold a file key of 16 bytes", error);
    return hf_age_stanza_decode_arg(stanza, 1, salt, SALT_BYTES, error) &&
           parse_work_factor(stanza, max_work_factor, work_factor, error);
}

HfAgeUnwrapped hf_age_scrypt_unwrap(const char *passphrase, unsigned max_work_factor, const HfAgeStanza *stanza,
                                    uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error)
{
    uint8_t salt[SALT_BYTES], wrap_key[HF_CRYPTO_KEY_BYTES];
    unsigned work_factor = 0;
    if (!g_str_equal(stanza->args[0], KIND))
        return HF_AGE_NOT_MINE;
    if (!parse(stanza, max_work_factor, salt, &work_factor, error) ||
        !derive_wrap_key(passphrase, salt, work_factor, wrap_key, error))
        return HF_AGE_FAILED;
    HfAgeUnwrapped result = hf_age_file_key_open(wrap_key, stanza, file_key, error);
    hf_crypto_wipe(wrap_key, sizeof wrap_key);
    return result;
}
