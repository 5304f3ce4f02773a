#include "service/key_test.h"

#include "base/error.h"
#include "catalog/storage_table.h"
#include "service/unseal.h"
#include "storage/storage.h"

#include <string.h>

#define MAX_WORK_FACTOR 18 /* a child of the API tests, as with uploads */

struct HfKeyTest {
    HfAgeIdentities *identities;
};

static bool add_kept(HfKeyTest *self, HfCatalog *catalog, const HfSealer *sealer, const char *organization,
                     const char *key_id, GError **error)
{
    g_autoptr(HfKeyRow) key = hf_key_get(catalog, organization, key_id, error);
    if (key == NULL)
        return false;
    if (key->secret != NULL)
        return hf_unseal_identity(sealer, HF_KEY_SECRET, key->secret, self->identities, error);
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the key %s is here without its secret: give the key itself",
                key->name);
    return false;
}

HfKeyTest *hf_key_test_new(HfCatalog *catalog, const HfSealer *sealer, const char *organization, const char *key_id,
                           const char *identity, GError **error)
{
    g_autoptr(HfKeyTest) self = g_new0(HfKeyTest, 1);
    self->identities = hf_age_identities_new();
    hf_age_identities_set_max_work_factor(self->identities, MAX_WORK_FACTOR);
    if ((key_id == NULL) == (identity == NULL)) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "either key_id or identity is needed");
        return NULL;
    }
    bool ok = key_id != NULL ? add_kept(self, catalog, sealer, organization, key_id, error)
              : g_str_has_prefix(identity, "AGE-SECRET-KEY-1")
                  ? hf_age_identities_add(self->identities, identity, error)
                  : hf_age_identities_add_passphrase(self->identities, identity, error);
    return ok ? g_steal_pointer(&self) : NULL;
}

void hf_key_test_free(HfKeyTest *self)
{
    if (self == NULL)
        return;
    hf_age_identities_free(self->identities);
    g_free(self);
}

static bool check_backup(const HfBackupRow *backup, GError **error)
{
    bool deleted = strcmp(backup->state, "deleted") == 0;
    if (!deleted && *backup->fingerprints != '\0')
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, deleted ? "%s is deleted" : "%s is not encrypted: it needs no key",
                backup->name);
    return false;
}

/* Transfer full. */
static HfStorageObject *open_file(HfCatalog *catalog, const HfConfiguration *configuration, const HfBackupRow *backup,
                                  GError **error)
{
    g_autoptr(HfStorageRow) row = hf_storage_row_get(catalog, backup->organization, backup->storage_id, error);
    if (row == NULL)
        return NULL;
    if (!hf_configuration_allows_storage(configuration, row->path)) {
        g_set_error(error, HF_ERROR, HF_ERROR_DENIED,
                    "the folder %s is not there, or not below one of the folders that the configuration allows",
                    row->path);
        return NULL;
    }
    g_autoptr(HfStorage) storage = hf_storage_local_new(row->path, error);
    return storage != NULL ? hf_storage_get(storage, backup->path, error) : NULL;
}

bool hf_key_test_run(HfKeyTest *self, HfCatalog *catalog, const HfConfiguration *configuration,
                     const HfBackupRow *backup, bool *opens, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfStorageObject) file =
        check_backup(backup, error) ? open_file(catalog, configuration, backup, error) : NULL;
    if (file == NULL)
        return false;
    g_autoptr(HfAgeReader) reader = hf_age_reader_open(&file->input, self->identities, &reason);
    *opens = reader != NULL;
    if (*opens || g_error_matches(reason, HF_ERROR, HF_ERROR_WRONG_KEY))
        return true;
    g_propagate_prefixed_error(error, g_steal_pointer(&reason), "%s: ", backup->name);
    return false;
}
