#include "service/key_material.h"

#include "base/error.h"
#include "base/units.h"
#include "crypto/age.h"

#include <string.h>

#define FINGERPRINT_DIGITS 16
#define PASSPHRASE_MIN 12

static bool usage(GError **error, const char *message)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

char *hf_key_fingerprint(const char *recipient)
{
    g_autofree char *random = g_uuid_string_random();
    const char *text = recipient != NULL ? recipient : random;
    char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    digest[FINGERPRINT_DIGITS] = '\0';
    return digest;
}

static bool seal(const HfSealer *sealer, HfKeyRow *key, const char *secret, GError **error)
{
    key->secret = hf_sealer_seal(sealer, HF_KEY_SECRET, secret, strlen(secret), error);
    return key->secret != NULL;
}

static bool fill_identity(const HfSealer *sealer, HfKeyRow *key, const char *secret, GError **error)
{
    char *made = NULL;
    if (secret != NULL)
        key->recipient = hf_age_recipient_of(secret, error);
    else if (!hf_age_keygen(&made, &key->recipient, error))
        return false;
    bool ok = key->recipient != NULL && seal(sealer, key, made != NULL ? made : secret, error);
    hf_age_secret_free(made);
    return ok;
}

static bool fill_recipient(HfKeyRow *key, const char *recipient, GError **error)
{
    g_autoptr(HfAgeRecipients) check = hf_age_recipients_new();
    if (recipient == NULL)
        return usage(error, "a key of the kind recipient needs \"recipient\": age1…");
    key->recipient = g_strdup(recipient);
    return hf_age_recipients_add(check, recipient, error);
}

static bool fill_passphrase(const HfSealer *sealer, HfKeyRow *key, const char *secret, GError **error)
{
    if (secret == NULL || g_utf8_strlen(secret, -1) < PASSPHRASE_MIN)
        return usage(error, "a passphrase has at least 12 characters");
    return seal(sealer, key, secret, error);
}

static bool fill(const HfSealer *sealer, HfKeyRow *key, const char *secret, const char *recipient, GError **error)
{
    bool is_recipient = strcmp(key->kind, "recipient") == 0;
    if (is_recipient ? secret != NULL : recipient != NULL)
        return usage(error, "\"secret\" is of an identity or a passphrase, \"recipient\" of a recipient alone");
    if (is_recipient)
        return fill_recipient(key, recipient, error);
    if (strcmp(key->kind, "identity") == 0)
        return fill_identity(sealer, key, secret, error);
    return strcmp(key->kind, "passphrase") == 0 ? fill_passphrase(sealer, key, secret, error)
                                                : usage(error, "\"kind\" is identity, recipient or passphrase");
}

HfKeyRow *hf_key_material_new(const HfSealer *sealer, const char *name, const char *kind, const char *secret,
                              const char *recipient, GError **error)
{
    g_autoptr(HfKeyRow) key = g_new0(HfKeyRow, 1);
    key->name = g_strdup(name);
    key->kind = g_strdup(kind);
    if (!fill(sealer, key, secret, recipient, error))
        return NULL;
    key->fingerprint = hf_key_fingerprint(key->recipient);
    return g_steal_pointer(&key);
}

/* ---- The sheet -----------------------------------------------------------------------------------------------------
 */

static const char by_identity[] =
    "To restore by hand, write the secret key (the line AGE-SECRET-KEY-1...) into a file key.txt, then\n\n"
    "    mkdir unpacked && cd unpacked\n"
    "    age -d -i ../key.txt ../backup.hf | tar x\n";
static const char by_passphrase[] = "To restore by hand (age asks for the passphrase):\n\n"
                                    "    mkdir unpacked && cd unpacked\n"
                                    "    age -d ../backup.hf | tar x\n";
static const char then_restore[] =
    "    PGHOST=db.example.org PGUSER=postgres sh restore.sh --dbname restored\n\n"
    "Debian's age, tar, zstd and postgresql-client are all that this needs. README.txt in the backup says more.\n"
    "With Holdfast: holdfast restore --from backup.hf --to CONNINFO --mode new, and the key as it asks for it.\n\n"
    "If the service's catalog is lost: \"holdfast init\" makes a new one; add the storages above, this key, and the\n"
    "servers with their databases; \"holdfast rescan\" then registers every backup that the keys open.\n\n"
    "Keep this sheet where neither the databases nor the backups are. Whoever has it can read the backups.\n";

char *hf_key_recovery_sheet(const HfSealer *sealer, const HfKeyRow *key, const char *places, GError **error)
{
    if (key->secret == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "the key %s is a recipient alone: its secret is with whoever made it", key->name);
        return NULL;
    }
    gsize length;
    const void *sealed = g_bytes_get_data(key->secret, &length);
    char *secret = hf_sealer_open_text(sealer, HF_KEY_SECRET, sealed, length, error);
    if (secret == NULL)
        return NULL;
    bool is_identity = key->recipient != NULL;
    g_autofree char *now = hf_format_time(g_get_real_time());
    char *sheet = g_strdup_printf(
        "Holdfast recovery sheet\n\n"
        "Key          %s\nFingerprint  %s\nPrinted      %s\n%s%s%s%s   %s\n\n"
        "It opens every backup that names this fingerprint. The storages are%s\n%s\n%s%s",
        key->name, key->fingerprint, now, is_identity ? "Public key   " : "", is_identity ? key->recipient : "",
        is_identity ? "\n" : "", is_identity ? "Secret key" : "Passphrase", secret,
        *places != '\0' ? ":\n" : " not known yet.", places, is_identity ? by_identity : by_passphrase, then_restore);
    hf_age_secret_free(secret);
    return sheet;
}
