/*
 * Keys of an organization: made, pasted, and printed for a drawer.
 */
#ifndef HF_SERVICE_KEY_MATERIAL_H
#define HF_SERVICE_KEY_MATERIAL_H

#include "catalog/key_table.h"
#include "crypto/seal.h"

/*
 * What a new key consists of, from its kind and what was given (NULL: nothing): an identity ("AGE-SECRET-KEY-1…", made
 * here if it was not given), a recipient alone, or a passphrase of at least 12 characters. HF_ERROR_USAGE for all else.
 * The name is set too. Transfer full; of the row, name, kind, recipient, fingerprint and secret are filled in.
 */
HfKeyRow *hf_key_material_new(const HfSealer *sealer, const char *name, const char *kind, const char *secret,
                              const char *recipient, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the digest of a recipient begins with; a passphrase, of which nothing may be told, has a random one. Transfer
 * full. */
char *hf_key_fingerprint(const char *recipient);

/* The sheet to print: the key, what it opens and where that is (`places`, of hf_key_places), the commands to restore by
 * hand and after the loss of the catalog. Holds the secret: free it with hf_age_secret_free. HF_ERROR_CONFLICT: the key
 * has no secret here. */
char *hf_key_recovery_sheet(const HfSealer *sealer, const HfKeyRow *key, const char *places, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
