/*
 * Whether a key opens a backup: age's head and last chunk are looked at, nothing of the rows.
 */
#ifndef HF_SERVICE_KEY_TEST_H
#define HF_SERVICE_KEY_TEST_H

#include "base/configuration.h"
#include "catalog/backup_table.h"
#include "crypto/seal.h"

typedef struct HfKeyTest HfKeyTest;

/* Of a key of the organization, or of `identity` ("AGE-SECRET-KEY-1…" or a passphrase); the other one is NULL.
 * HF_ERROR_CONFLICT: the secret of the key is not here. Transfer full. */
HfKeyTest *hf_key_test_new(HfCatalog *catalog, const HfSealer *sealer, const char *organization, const char *key_id,
                           const char *identity, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_key_test_free(HfKeyTest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfKeyTest, hf_key_test_free)

/* HF_ERROR_CONFLICT: the backup is deleted or not encrypted. HF_ERROR_LIMIT: a passphrase whose test takes more than
 * 256 MiB. */
bool hf_key_test_run(HfKeyTest *self, HfCatalog *catalog, const HfConfiguration *configuration,
                     const HfBackupRow *backup, bool *opens, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
