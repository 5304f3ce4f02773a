/*
 * What the catalog keeps sealed, made ready for use: a server to connect to, keys to encrypt for, keys that open.
 */
#ifndef HF_SERVICE_UNSEAL_H
#define HF_SERVICE_UNSEAL_H

#include "catalog/key_table.h"
#include "catalog/server_table.h"
#include "crypto/age.h"
#include "crypto/seal.h"

/* A database of the server; `database` NULL: its maintenance database. What the service itself signs in with elsewhere
 * (PGPASSWORD, ~/.pgpass, a client certificate) is not for it. Certificates go into a file of the user's cache
 * folder, named after their digest, as libpq takes them from files alone. Transfer full. */
HfPgTarget *hf_unseal_target(const HfSealer *sealer, const HfServerRow *server, const char *database, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The file with these certificates (PEM), as above. Transfer full. */
char *hf_unseal_certificates(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who may open what is written: elements HfKeyRow, at least one. HF_ERROR_USAGE: a passphrase beside another key, which
 * age does not have. Transfer full. */
HfAgeRecipients *hf_unseal_recipients(const HfSealer *sealer, const GPtrArray *keys, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Adds those of `keys` (HfKeyRow) that have a secret. */
bool hf_unseal_identities(const HfSealer *sealer, const GPtrArray *keys, HfAgeIdentities *identities, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Adds an identity ("AGE-SECRET-KEY-1…") or passphrase. */
bool hf_unseal_add_identity(const char *text, HfAgeIdentities *identities, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, sealed. */
bool hf_unseal_identity(const HfSealer *sealer, const char *purpose, GBytes *secret, HfAgeIdentities *identities,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
