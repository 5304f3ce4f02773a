#include "crypto/age_keys.h"

#include "base/error.h"
#include "crypto/bech32.h"

#include <string.h>

#define RECIPIENT_PREFIX "age"
#define IDENTITY_PREFIX "AGE-SECRET-KEY-"
#define DEFAULT_WORK_FACTOR 18

void hf_age_secret_free(char *secret)
{
    if (secret == NULL)
        return;
    hf_crypto_wipe(secret, strlen(secret));
    g_free(secret);
}

typedef char SecretText;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretText, hf_age_secret_free)

static void key_free(HfAgeKey *key)
{
    hf_crypto_wipe(key, sizeof *key);
    g_free(key);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAgeKey, key_free)

static GPtrArray *new_keys(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)key_free);
}

/* ---- One key -------------------------------------------------------------------------------------------------------
 */

#define SECRET_KEY "a secret key"
#define PUBLIC_KEY "a public key"

/* Tells what stands where a key of the kind `wanted` belongs, if it is known by its first letters. False if it was. */
static bool check_kind(const char *text, const char *wanted, const char *what_for, GError **error)
{
    static const struct {
        const char *start, *kind;
    } kinds[] = {
        {IDENTITY_PREFIX, SECRET_KEY},
        {RECIPIENT_PREFIX "1", PUBLIC_KEY},
        {"AGE-PLUGIN-", "a key of an age plugin"},
        {"-----BEGIN AGE ENCRYPTED FILE", "an encrypted file"},
        {"age-encryption.org/", "an encrypted file"},
        {"-----BEGIN ", "a secret key of SSH or TLS"},
        {"ssh-", "a public key of SSH"},
        {"ecdsa-sha2-", "a public key of SSH"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_ascii_strncasecmp(text, kinds[i].start, strlen(kinds[i].start)) != 0)
            continue;
        if (strcmp(kinds[i].kind, wanted) == 0)
            return true;
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "this is %s, and %s (\"holdfast keygen\" makes both keys)",
                    kinds[i].kind, what_for);
        return false;
    }
    return true;
}

static HfAgeKey *parse_identity(const char *text, GError **error)
{
    if (!check_kind(text, SECRET_KEY, "an archive is opened with " SECRET_KEY " of age, AGE-SECRET-KEY-1…", error))
        return NULL;
    g_autoptr(HfAgeKey) key = g_new0(HfAgeKey, 1);
    if (hf_bech32_decode(text, IDENTITY_PREFIX, key->bytes, sizeof key->bytes, error))
        return g_steal_pointer(&key);
    g_prefix_error(error, "the identity cannot be used: ");
    return NULL;
}

static HfAgeKey *parse_recipient(const char *text, GError **error)
{
    /* Any scalar shows a point of low order. */
    static const uint8_t scalar[HF_CRYPTO_KEY_BYTES] = {[31] = 1};
    uint8_t shared[HF_CRYPTO_KEY_BYTES];
    if (!check_kind(text, PUBLIC_KEY, "a file is encrypted for " PUBLIC_KEY " of age, age1…", error))
        return NULL;
    g_autoptr(HfAgeKey) key = g_new0(HfAgeKey, 1);
    if (!hf_bech32_decode(text, RECIPIENT_PREFIX, key->bytes, sizeof key->bytes, error)) {
        if (g_str_has_prefix(text, "age1"))
            g_prefix_error(error, "the recipient \"%.80s\" cannot be used: ", text);
        else /* perhaps a secret, given in the wrong place */
            g_prefix_error(error, "a recipient cannot be used: ");
        return NULL;
    }
    if (!hf_crypto_x25519_shared(scalar, key->bytes, shared, NULL)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the recipient \"%.80s\" is no public key that protects anything",
                    text);
        return NULL;
    }
    return g_steal_pointer(&key);
}

static char *recipient_of(const HfAgeKey *identity, GError **error)
{
    HfAgeKey recipient;
    if (!hf_crypto_x25519_public(identity->bytes, recipient.bytes, error))
        return NULL;
    return hf_bech32_encode(RECIPIENT_PREFIX, recipient.bytes, sizeof recipient.bytes);
}

bool hf_age_keygen(char **identity, char **recipient, GError **error)
{
    g_autoptr(HfAgeKey) key = g_new0(HfAgeKey, 1);
    if (!hf_crypto_random(key->bytes, sizeof key->bytes, error))
        return false;
    *recipient = recipient_of(key, error);
    if (*recipient == NULL)
        return false;
    *identity = hf_bech32_encode(IDENTITY_PREFIX, key->bytes, sizeof key->bytes);
    return true;
}

char *hf_age_recipient_of(const char *identity, GError **error)
{
    g_autoptr(HfAgeKey) key = parse_identity(identity, error);
    return key != NULL ? recipient_of(key, error) : NULL;
}

/* ---- A file of keys ------------------------------------------------------------------------------------------------
 */

typedef HfAgeKey *(*ParseKey)(const char *text, GError **error);

/* The next line without the white space around it, or NULL at the end. */
static char *next_line(const char **text)
{
    if (**text == '\0')
        return NULL;
    const char *start = *text, *end = start + strcspn(start, "\n");
    *text = *end == '\n' ? end + 1 : end;
    while (start < end && g_ascii_isspace(*start))
        start++;
    while (start < end && g_ascii_isspace(end[-1]))
        end--;
    return g_strndup(start, (gsize)(end - start));
}

/* Adds the keys of all lines to `keys`, or none. */
static bool add_lines(GPtrArray *keys, const char *file_name, const char *text, ParseKey parse, GError **error)
{
    g_autoptr(GPtrArray) found = new_keys();
    for (unsigned number = 1;; number++) {
        g_autoptr(SecretText) line = next_line(&text);
        if (line == NULL)
            break;
        if (line[0] == '\0' || line[0] == '#')
            continue;
        HfAgeKey *key = parse(line, error);
        if (key == NULL) {
            g_prefix_error(error, "%s, line %u: ", file_name, number);
            return false;
        }
        g_ptr_array_add(found, key);
    }
    if (found->len == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s has no key", file_name);
        return false;
    }
    g_ptr_array_extend_and_steal(keys, g_steal_pointer(&found));
    return true;
}

static bool check_passphrase(const char *passphrase, GError **error)
{
    if (passphrase[0] != '\0')
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "the passphrase is empty");
    return false;
}

/* ---- Recipients ----------------------------------------------------------------------------------------------------
 */

HfAgeRecipients *hf_age_recipients_new(void)
{
    HfAgeRecipients *self = g_new0(HfAgeRecipients, 1);
    self->keys = new_keys();
    self->work_factor = DEFAULT_WORK_FACTOR;
    return self;
}

void hf_age_recipients_free(HfAgeRecipients *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->keys);
    hf_age_secret_free(self->passphrase);
    g_free(self);
}

/* Keys were added to an own array first, so that a refusal adds none. Takes `keys`. */
static bool take_recipients(HfAgeRecipients *self, GPtrArray *keys, GError **error)
{
    g_autoptr(GPtrArray) taken = keys;
    if (self->passphrase != NULL) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "a file is encrypted to recipients or with a passphrase, not both; leave one out");
        return false;
    }
    if (self->keys->len + taken->len > HF_AGE_MAX_RECIPIENTS) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "more than %d recipients", HF_AGE_MAX_RECIPIENTS);
        return false;
    }
    g_ptr_array_extend_and_steal(self->keys, g_steal_pointer(&taken));
    return true;
}

bool hf_age_recipients_add(HfAgeRecipients *self, const char *recipient, GError **error)
{
    HfAgeKey *key = parse_recipient(recipient, error);
    if (key == NULL)
        return false;
    GPtrArray *keys = new_keys();
    g_ptr_array_add(keys, key);
    return take_recipients(self, keys, error);
}

bool hf_age_recipients_add_text(HfAgeRecipients *self, const char *file_name, const char *text, GError **error)
{
    g_autoptr(GPtrArray) keys = new_keys();
    return add_lines(keys, file_name, text, parse_recipient, error) &&
           take_recipients(self, g_steal_pointer(&keys), error);
}

bool hf_age_recipients_set_passphrase(HfAgeRecipients *self, const char *passphrase, GError **error)
{
    if (!check_passphrase(passphrase, error))
        return false;
    if (self->keys->len > 0 || self->passphrase != NULL) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "a passphrase stands alone, without recipients or another passphrase; leave the rest out");
        return false;
    }
    self->passphrase = g_strdup(passphrase);
    return true;
}

void hf_age_recipients_set_work_factor(HfAgeRecipients *self, unsigned log_n)
{
    g_assert(log_n >= 1 && log_n <= HF_AGE_MAX_WORK_FACTOR);
    self->work_factor = log_n;
}

size_t hf_age_recipients_count(const HfAgeRecipients *self)
{
    return self->keys->len + (self->passphrase != NULL ? 1 : 0);
}

/* ---- Identities ----------------------------------------------------------------------------------------------------
 */

HfAgeIdentities *hf_age_identities_new(void)
{
    HfAgeIdentities *self = g_new0(HfAgeIdentities, 1);
    self->keys = new_keys();
    self->passphrases = g_ptr_array_new_with_free_func((GDestroyNotify)hf_age_secret_free);
    self->max_work_factor = HF_AGE_MAX_WORK_FACTOR;
    return self;
}

void hf_age_identities_free(HfAgeIdentities *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->keys);
    g_ptr_array_unref(self->passphrases);
    g_free(self);
}

bool hf_age_identities_add(HfAgeIdentities *self, const char *identity, GError **error)
{
    HfAgeKey *key = parse_identity(identity, error);
    if (key != NULL)
        g_ptr_array_add(self->keys, key);
    return key != NULL;
}

bool hf_age_identities_add_text(HfAgeIdentities *self, const char *file_name, const char *text, GError **error)
{
    return add_lines(self->keys, file_name, text, parse_identity, error);
}

bool hf_age_identities_add_passphrase(HfAgeIdentities *self, const char *passphrase, GError **error)
{
    if (!check_passphrase(passphrase, error))
        return false;
    g_ptr_array_add(self->passphrases, g_strdup(passphrase));
    return true;
}

void hf_age_identities_set_max_work_factor(HfAgeIdentities *self, unsigned log_n)
{
    g_assert(log_n >= 1 && log_n <= HF_AGE_MAX_WORK_FACTOR);
    self->max_work_factor = log_n;
}

size_t hf_age_identities_count(const HfAgeIdentities *self)
{
    return self->keys->len + self->passphrases->len;
}
