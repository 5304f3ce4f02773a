/* What recipients and identities hold, and the two native ways of wrapping a file key. For the files of age alone. */
#ifndef HF_CRYPTO_AGE_KEYS_H
#define HF_CRYPTO_AGE_KEYS_H

#include "crypto/age.h"
#include "crypto/age_header.h"
#include "crypto/primitives.h"

#define HF_AGE_FILE_KEY_BYTES 16
/* What a header that we read must have room for. */
#define HF_AGE_MAX_RECIPIENTS 1000

/* Of scrypt: 4 GiB of memory and some 15 seconds; what age itself accepts. */
#define HF_AGE_MAX_WORK_FACTOR 22

typedef struct {
    uint8_t bytes[HF_CRYPTO_KEY_BYTES];
} HfAgeKey;

struct HfAgeRecipients {
    GPtrArray *keys; /* of HfAgeKey; empty if there is a passphrase */
    char *passphrase;
    unsigned work_factor;
};

struct HfAgeIdentities {
    GPtrArray *keys;        /* of HfAgeKey */
    GPtrArray *passphrases; /* of char */
    unsigned max_work_factor;
};

/* What an identity says of a stanza. FAILED sets an error: the stanza is addressed to identities of this kind and is
 * malformed. */
typedef enum { HF_AGE_OPENED, HF_AGE_NOT_MINE, HF_AGE_FAILED } HfAgeUnwrapped;

/* Transfer full. */
HfAgeStanza *hf_age_x25519_wrap(const HfAgeKey *recipient, const uint8_t file_key[HF_AGE_FILE_KEY_BYTES],
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
HfAgeUnwrapped hf_age_x25519_unwrap(const HfAgeKey *identity, const HfAgeStanza *stanza,
                                    uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Transfer full. */
HfAgeStanza *hf_age_scrypt_wrap(const char *passphrase, unsigned work_factor,
                                const uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
HfAgeUnwrapped hf_age_scrypt_unwrap(const char *passphrase, unsigned max_work_factor, const HfAgeStanza *stanza,
                                    uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The body of a native stanza: the file key under a wrap key that is used once, hence the nonce of zeros. */
#define HF_AGE_WRAPPED_BYTES (HF_AGE_FILE_KEY_BYTES + HF_CRYPTO_TAG_BYTES)
bool hf_age_file_key_seal(const uint8_t wrap_key[HF_CRYPTO_KEY_BYTES], const uint8_t file_key[HF_AGE_FILE_KEY_BYTES],
                          uint8_t body[HF_AGE_WRAPPED_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;
HfAgeUnwrapped hf_age_file_key_open(const uint8_t wrap_key[HF_CRYPTO_KEY_BYTES], const HfAgeStanza *stanza,
                                    uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Decodes argument `i` of a stanza into exactly `length` bytes. */
bool hf_age_stanza_decode_arg(const HfAgeStanza *stanza, size_t i, uint8_t *data, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
