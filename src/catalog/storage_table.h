/*
 * Storages.
 */
#ifndef HF_CATALOG_STORAGE_TABLE_H
#define HF_CATALOG_STORAGE_TABLE_H

#include "catalog/noun.h"

/* Fields: name, kind (fixed), path. */
extern const HfNoun hf_noun_storage;

typedef struct {
    char *id, *organization, *name;
    char *kind;              /* "local" */
    char *path;              /* of a local one: the folder */
    char *version, *read_at; /* for hf_storage_set_check */
} HfStorageRow;
void hf_storage_row_free(HfStorageRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfStorageRow, hf_storage_row_free)

HfStorageRow *hf_storage_row_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* All of the organization (NULL: of the installation), by name; elements HfStorageRow. Transfer full. */
GPtrArray *hf_storage_all(HfCatalog *catalog, const char *organization, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The pool whose workers reach it, as far as the catalog can tell. Transfer full. */
char *hf_storage_pool(HfCatalog *catalog, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the probe of the storage as it was read gave: a JSON object {"ok", "message"}. Nothing is changed if the storage
 * was changed since, or probed by somebody else. */
bool hf_storage_set_check(HfCatalog *catalog, const HfStorageRow *storage, const char *result_json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* What a job saw of it when it wrote there; `failure` NULL: it went well. Noted if the last check says otherwise: so
 * nobody reads that it works, or does not, from before. */
bool hf_storage_note_use(HfCatalog *catalog, const char *id, const char *failure, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
