/* Header, stanzas and payload put together. */
#include "crypto/age.h"

#include "base/error.h"
#include "crypto/age_header.h"
#include "crypto/age_keys.h"
#include "crypto/age_stream.h"

#include <string.h>

#define PAYLOAD_NONCE_BYTES 16
#define MAGIC "age-encryption.org/"

static bool compute_mac(const uint8_t file_key[HF_AGE_FILE_KEY_BYTES], const char *text, size_t length,
                        uint8_t mac[HF_AGE_MAC_BYTES], GError **error)
{
    uint8_t key[HF_CRYPTO_KEY_BYTES];
    bool ok = hf_crypto_hkdf_sha256(file_key, HF_AGE_FILE_KEY_BYTES, NULL, 0, "header", key, error) &&
              hf_crypto_hmac_sha256(key, sizeof key, text, length, mac, error);
    hf_crypto_wipe(key, sizeof key);
    return ok;
}

static bool derive_payload_key(const uint8_t file_key[HF_AGE_FILE_KEY_BYTES], const uint8_t nonce[PAYLOAD_NONCE_BYTES],
                               uint8_t key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    return hf_crypto_hkdf_sha256(file_key, HF_AGE_FILE_KEY_BYTES, nonce, PAYLOAD_NONCE_BYTES, "payload", key, error);
}

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

static GPtrArray *wrap(const HfAgeRecipients *recipients, const uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error)
{
    g_autoptr(GPtrArray) stanzas = g_ptr_array_new_with_free_func((GDestroyNotify)hf_age_stanza_free);
    for (guint i = 0; i < recipients->keys->len; i++) {
        HfAgeStanza *stanza = hf_age_x25519_wrap(g_ptr_array_index(recipients->keys, i), file_key, error);
        if (stanza == NULL)
            return NULL;
        g_ptr_array_add(stanzas, stanza);
    }
    if (recipients->passphrase != NULL) {
        HfAgeStanza *stanza = hf_age_scrypt_wrap(recipients->passphrase, recipients->work_factor, file_key, error);
        if (stanza == NULL)
            return NULL;
        g_ptr_array_add(stanzas, stanza);
    }
    return g_steal_pointer(&stanzas);
}

static GString *make_header(const HfAgeRecipients *recipients, const uint8_t file_key[HF_AGE_FILE_KEY_BYTES],
                            GError **error)
{
    uint8_t mac[HF_AGE_MAC_BYTES];
    g_autoptr(GPtrArray) stanzas = wrap(recipients, file_key, error);
    if (stanzas == NULL)
        return NULL;
    GString *text = hf_age_header_encode(stanzas);
    if (!compute_mac(file_key, text->str, text->len, mac, error)) {
        g_string_free(text, TRUE);
        return NULL;
    }
    hf_age_header_append_mac(text, mac);
    return text;
}

/* Makes the file key, writes header and nonce, and derives the payload key. */
static bool start_file(HfOutput *to, const HfAgeRecipients *recipients, uint8_t file_key[HF_AGE_FILE_KEY_BYTES],
                       uint8_t payload_key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    uint8_t nonce[PAYLOAD_NONCE_BYTES];
    if (!hf_crypto_random(file_key, HF_AGE_FILE_KEY_BYTES, error) || !hf_crypto_random(nonce, sizeof nonce, error) ||
        !derive_payload_key(file_key, nonce, payload_key, error))
        return false;
    g_autoptr(GString) text = make_header(recipients, file_key, error);
    if (text == NULL)
        return false;
    g_string_append_len(text, (const char *)nonce, sizeof nonce);
    return hf_output_write(to, text->str, text->len, error);
}

HfAgeWriter *hf_age_writer_open(HfOutput *to, const HfAgeRecipients *recipients, GError **error)
{
    uint8_t file_key[HF_AGE_FILE_KEY_BYTES], payload_key[HF_CRYPTO_KEY_BYTES];
    if (hf_age_recipients_count(recipients) == 0) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "nobody could open the file: give a recipient or a passphrase");
        return NULL;
    }
    HfAgeWriter *writer = NULL;
    if (start_file(to, recipients, file_key, payload_key, error))
        writer = hf_age_writer_new(to, payload_key, error);
    hf_crypto_wipe(file_key, sizeof file_key);
    hf_crypto_wipe(payload_key, sizeof payload_key);
    return writer;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

bool hf_age_is_age(const uint8_t *start, size_t length)
{
    return (length >= strlen(MAGIC) && memcmp(start, MAGIC, strlen(MAGIC)) == 0) || hf_age_is_armored(start, length);
}

static HfAgeUnwrapped unwrap_stanza(const HfAgeStanza *stanza, const HfAgeIdentities *identities,
                                    uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error)
{
    HfAgeUnwrapped result = HF_AGE_NOT_MINE;
    for (guint i = 0; result == HF_AGE_NOT_MINE && i < identities->keys->len; i++)
        result = hf_age_x25519_unwrap(g_ptr_array_index(identities->keys, i), stanza, file_key, error);
    for (guint i = 0; result == HF_AGE_NOT_MINE && i < identities->passphrases->len; i++)
        result = hf_age_scrypt_unwrap(g_ptr_array_index(identities->passphrases, i), identities->max_work_factor,
                                      stanza, file_key, error);
    return result;
}

static char **kinds_of(const HfAgeHeader *header)
{
    GStrvBuilder *builder = g_strv_builder_new();
    for (guint i = 0; i < header->stanzas->len; i++)
        g_strv_builder_add(builder, ((const HfAgeStanza *)g_ptr_array_index(header->stanzas, i))->args[0]);
    char **kinds = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return kinds;
}

static bool set_wrong_key(const HfAgeHeader *header, const HfAgeIdentities *identities, GError **error)
{
    g_auto(GStrv) kinds = kinds_of(header);
    g_autofree char *list = g_strjoinv(", ", kinds);
    bool passphrase = g_strv_contains((const char *const *)kinds, "scrypt");
    bool key = g_strv_contains((const char *const *)kinds, "X25519");
    if (passphrase && identities->passphrases->len > 0) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_WRONG_KEY, "the passphrase is wrong");
        return false;
    }
    g_set_error(error, HF_ERROR, HF_ERROR_WRONG_KEY, "%s; it was encrypted to %u recipient%s, of the kind %.200s: %s",
                hf_age_identities_count(identities) == 0 ? "no key was given for this encrypted file"
                                                         : "none of the keys given opens this file",
                header->stanzas->len, header->stanzas->len == 1 ? "" : "s", list,
                passphrase ? "give its passphrase with --passphrase-file"
                : key      ? "give a secret key that fits with --identity"
                           : "decrypt it with age first");
    return false;
}

static bool unwrap(const HfAgeHeader *header, const HfAgeIdentities *identities,
                   uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error)
{
    HfAgeUnwrapped result = HF_AGE_NOT_MINE;
    for (guint i = 0; result == HF_AGE_NOT_MINE && i < header->stanzas->len; i++)
        result = unwrap_stanza(g_ptr_array_index(header->stanzas, i), identities, file_key, error);
    if (result == HF_AGE_NOT_MINE)
        return set_wrong_key(header, identities, error);
    return result == HF_AGE_OPENED;
}

static bool check_mac(const HfAgeHeader *header, const uint8_t file_key[HF_AGE_FILE_KEY_BYTES], GError **error)
{
    uint8_t mac[HF_AGE_MAC_BYTES];
    if (!compute_mac(file_key, header->authenticated, header->authenticated_bytes, mac, error))
        return false;
    if (hf_crypto_equal(mac, header->mac, sizeof mac))
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                "age header: its MAC does not match, so one of its %zu bytes was changed", header->size_bytes);
    return false;
}

static bool read_nonce(HfInput *from, uint64_t offset, uint8_t nonce[PAYLOAD_NONCE_BYTES], GError **error)
{
    if (from->size_bytes - offset >= PAYLOAD_NONCE_BYTES)
        return hf_input_read_at(from, offset, nonce, PAYLOAD_NONCE_BYTES, error);
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                "age header: the file ends at offset %" G_GUINT64_FORMAT ", inside the nonce that follows the header; "
                "it was cut",
                from->size_bytes);
    return false;
}

static bool derive_key_of_file(HfInput *from, const HfAgeHeader *header, const HfAgeIdentities *identities,
                               uint8_t payload_key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    uint8_t file_key[HF_AGE_FILE_KEY_BYTES], nonce[PAYLOAD_NONCE_BYTES];
    bool ok = unwrap(header, identities, file_key, error) && check_mac(header, file_key, error) &&
              read_nonce(from, header->size_bytes, nonce, error) &&
              derive_payload_key(file_key, nonce, payload_key, error);
    hf_crypto_wipe(file_key, sizeof file_key);
    return ok;
}

/* All that comes before the first chunk. */
static bool open_file(HfInput *from, const HfAgeIdentities *identities, uint64_t *payload_offset,
                      uint8_t payload_key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    g_autoptr(HfAgeHeader) header = hf_age_header_read(from, error);
    if (header == NULL || !derive_key_of_file(from, header, identities, payload_key, error))
        return false;
    *payload_offset = header->size_bytes + PAYLOAD_NONCE_BYTES;
    return true;
}

HfAgeReader *hf_age_reader_open(HfInput *from, const HfAgeIdentities *identities, GError **error)
{
    uint64_t offset;
    uint8_t payload_key[HF_CRYPTO_KEY_BYTES];
    if (!open_file(from, identities, &offset, payload_key, error))
        return NULL;
    HfAgeReader *reader = hf_age_reader_new(from, offset, payload_key, error);
    hf_crypto_wipe(payload_key, sizeof payload_key);
    return reader;
}

bool hf_age_decrypt(HfInput *from, const HfAgeIdentities *identities, HfOutput *to, GError **error)
{
    uint64_t offset;
    uint8_t payload_key[HF_CRYPTO_KEY_BYTES];
    if (!open_file(from, identities, &offset, payload_key, error))
        return false;
    bool ok = hf_age_stream_decrypt(from, offset, payload_key, to, error);
    hf_crypto_wipe(payload_key, sizeof payload_key);
    return ok;
}

/* ---- Telling kinds -------------------------------------------------------------------------------------------------
 */

/* Keeps the start of a file, long enough for any header, and stops the one who writes there. */
typedef struct {
    HfOutput output;
    GByteArray *bytes;
} StartOutput;

static bool take_start(HfOutput *output, const void *data, size_t length, GError **error)
{
    GByteArray *bytes = ((StartOutput *)output)->bytes;
    g_byte_array_append(bytes, data, (guint)MIN(length, HF_AGE_HEADER_MAX_BYTES - bytes->len));
    if (bytes->len < HF_AGE_HEADER_MAX_BYTES)
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_LIMIT, "the start of the file is complete");
    return false;
}

static HfAgeHeader *read_armored_header(HfInput *from, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GError) end = NULL;
    StartOutput start = {{take_start}, bytes};
    if (!hf_age_dearmor(from, &start.output, &end) && bytes->len < HF_AGE_HEADER_MAX_BYTES) {
        g_propagate_error(error, g_steal_pointer(&end));
        return NULL;
    }
    return hf_age_header_parse((const char *)bytes->data, bytes->len, error);
}

char **hf_age_recipient_kinds(HfInput *from, GError **error)
{
    uint8_t start[HF_AGE_START_BYTES];
    size_t length = (size_t)MIN(from->size_bytes, sizeof start);
    if (!hf_input_read_at(from, 0, start, length, error))
        return NULL;
    g_autoptr(HfAgeHeader) header =
        hf_age_is_armored(start, length) ? read_armored_header(from, error) : hf_age_header_read(from, error);
    return header != NULL ? kinds_of(header) : NULL;
}
