#include "crypto/password.h"

#include "base/error.h"
#include "crypto/base64.h"
#include "crypto/primitives.h"

#include <string.h>

#define LOG_N 15
#define SALT_BYTES 16
#define TOKEN_BYTES 32
#define MIN_CHARACTERS 12
#define MAX_CHARACTERS 256
#define MIN_DIFFERENT 5

char *hf_password_hash(const char *password, GError **error)
{
    uint8_t salt[SALT_BYTES], hash[HF_CRYPTO_KEY_BYTES];
    if (!hf_crypto_random(salt, sizeof salt, error) ||
        !hf_crypto_scrypt(password, salt, sizeof salt, LOG_N, hash, error))
        return NULL;
    g_autofree char *salt_text = g_base64_encode(salt, sizeof salt);
    g_autofree char *hash_text = g_base64_encode(hash, sizeof hash);
    return g_strdup_printf("scrypt$%d$%s$%s", LOG_N, salt_text, hash_text);
}

/* The work factor and the two byte strings of a hash; false if it is none of ours. */
static bool parse(const char *text, unsigned *log_n, uint8_t salt[SALT_BYTES], uint8_t hash[HF_CRYPTO_KEY_BYTES])
{
    g_auto(GStrv) fields = g_strsplit(text, "$", 5);
    guint64 factor;
    if (g_strv_length(fields) != 4 || strcmp(fields[0], "scrypt") != 0 ||
        !g_ascii_string_to_unsigned(fields[1], 10, 10, 20, &factor, NULL))
        return false;
    gsize salt_length, hash_length;
    g_autofree guchar *salt_bytes = g_base64_decode(fields[2], &salt_length);
    g_autofree guchar *hash_bytes = g_base64_decode(fields[3], &hash_length);
    if (salt_length != SALT_BYTES || hash_length != HF_CRYPTO_KEY_BYTES)
        return false;
    *log_n = (unsigned)factor;
    memcpy(salt, salt_bytes, SALT_BYTES);
    memcpy(hash, hash_bytes, HF_CRYPTO_KEY_BYTES);
    return true;
}

bool hf_password_check(const char *password, const char *hash)
{
    uint8_t salt[SALT_BYTES] = {0}, expected[HF_CRYPTO_KEY_BYTES] = {0}, found[HF_CRYPTO_KEY_BYTES];
    unsigned log_n = LOG_N;
    bool known = hash != NULL && parse(hash, &log_n, salt, expected);
    bool computed =
        strlen(password) <= 4 * MAX_CHARACTERS && hf_crypto_scrypt(password, salt, sizeof salt, log_n, found, NULL);
    return computed && hf_crypto_equal(found, expected, sizeof found) && known;
}

bool hf_password_acceptable(const char *password, GError **error)
{
    glong length = g_utf8_validate(password, -1, NULL) ? g_utf8_strlen(password, -1) : 0;
    if (length < MIN_CHARACTERS || length > MAX_CHARACTERS) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "a password has %d to %d characters", MIN_CHARACTERS,
                    MAX_CHARACTERS);
        return false;
    }
    g_autoptr(GHashTable) different = g_hash_table_new(NULL, NULL);
    for (const char *c = password; *c != '\0'; c = g_utf8_next_char(c))
        g_hash_table_add(different, GUINT_TO_POINTER(g_utf8_get_char(c)));
    if (g_hash_table_size(different) >= MIN_DIFFERENT)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "a password has at least %d different characters", MIN_DIFFERENT);
    return false;
}

char *hf_token_new(const char *prefix, GError **error)
{
    uint8_t bytes[TOKEN_BYTES];
    if (!hf_crypto_random(bytes, sizeof bytes, error))
        return NULL;
    g_autofree char *text = hf_base64_encode_raw(bytes, sizeof bytes);
    hf_crypto_wipe(bytes, sizeof bytes);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    return g_strconcat(prefix, text, NULL);
}

void hf_sha256(const void *data, gsize length, uint8_t hash[32])
{
    hf_crypto_sha256(data, length, hash);
}

char *hf_sha256_text(const char *text)
{
    uint8_t hash[32];
    hf_sha256(text, strlen(text), hash);
    return hf_crypto_hex(hash, sizeof hash);
}

bool hf_secret_equal(const char *a, const char *b)
{
    return a != NULL && b != NULL && strlen(a) == strlen(b) && hf_crypto_equal(a, b, strlen(a));
}
