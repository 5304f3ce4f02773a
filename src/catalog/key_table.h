/*
 * Encryption keys: identities, recipients alone, passphrases. A key whose secret opens backups that are still there is
 * not removed (HF_ERROR_CONFLICT).
 */
#ifndef HF_CATALOG_KEY_TABLE_H
#define HF_CATALOG_KEY_TABLE_H

#include "catalog/noun.h"

/* Created by hf_key_create; changes: name. Filters: kind, fingerprint. */
extern const HfNoun hf_noun_key;

#define HF_KEY_SECRET "key secret" /* what the sealer is told */

typedef struct {
    char *id, *organization, *name;
    char *kind;      /* "identity", "recipient", "passphrase" */
    char *recipient; /* age1…; NULL for a passphrase */
    char *fingerprint;
    GBytes *secret; /* sealed identity or passphrase; NULL for a recipient alone */
} HfKeyRow;
void hf_key_row_free(HfKeyRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfKeyRow, hf_key_row_free)

/* `key`: name, kind, recipient, fingerprint and secret are read. Transfer full: the id. */
char *hf_key_create(HfCatalog *catalog, const char *organization, const HfKeyRow *key, const char *created_by,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
HfKeyRow *hf_key_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Those with a secret, of a fingerprint (NULL: all), newest first; elements HfKeyRow. Transfer full. */
GPtrArray *hf_key_with_secret(HfCatalog *catalog, const char *organization, const char *fingerprint, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* For people: the organization's storages with their places, a line each, and how many backups the key opens there.
 * Transfer full; "" if there is none. */
char *hf_key_places(HfCatalog *catalog, const char *organization, const char *fingerprint, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The keys that a schedule encrypts to; elements HfKeyRow. Transfer full. */
GPtrArray *hf_key_of_schedule(HfCatalog *catalog, const char *schedule_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
