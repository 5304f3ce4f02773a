/*
 * What a migration into SQL Server is told for this once: sealed with its job as one text, a line each.
 */
#ifndef HF_SERVICE_MIGRATE_SECRETS_H
#define HF_SERVICE_MIGRATE_SECRETS_H

#include "crypto/seal.h"

typedef struct {
    char *password;            /* of the SQL Server; NULL: the one that is kept */
    char *master_key_password; /* of the database's master key, if one is to be made; NULL: none */
    char *identity;            /* that opens the backup; NULL: a key that is kept */
} HfMigrateSecrets;

/* The text to seal; none of them has a control character. NULL: there are none. Free with hf_age_secret_free. */
char *hf_migrate_secrets_join(const HfMigrateSecrets *self);
/* `sealed` NULL: there are none. To be cleared, which wipes them, whatever comes back. */
bool hf_migrate_secrets_open(HfMigrateSecrets *self, const HfSealer *sealer, GBytes *sealed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_migrate_secrets_clear(HfMigrateSecrets *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfMigrateSecrets, hf_migrate_secrets_clear)

#endif
