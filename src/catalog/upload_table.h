/*
 * Files on their way in, piece by piece. The bytes lie in the upload folder of the configuration, under the id.
 */
#ifndef HF_CATALOG_UPLOAD_TABLE_H
#define HF_CATALOG_UPLOAD_TABLE_H

#include "catalog/noun.h"

/* Read. Filters: state, purpose. */
extern const HfNoun hf_noun_upload;

typedef struct {
    char *id, *organization, *storage_id;
    char *name;  /* of the file, as the client says */
    char *state; /* "receiving", "complete", "refused" */
    char *created_by;
    char *purpose; /* "backup": it becomes one; "table": it is imported into one */
    int64_t size_bytes, offset_bytes, expires_us;
} HfUploadRow;
void hf_upload_row_free(HfUploadRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfUploadRow, hf_upload_row_free)

/* Of `upload`: storage_id, name, purpose, size_bytes, expires_us, created_by. Transfer full: the id. */
char *hf_upload_create(HfCatalog *catalog, const char *organization, const HfUploadRow *upload, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
HfUploadRow *hf_upload_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* From the offset that is known to the new one; HF_ERROR_CONFLICT: it is another by now, or complete. Expires at
 * `expires_us` now. */
bool hf_upload_advance(HfCatalog *catalog, const char *id, int64_t from_bytes, int64_t to_bytes, int64_t expires_us,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Checked: "complete" with what the archive says of itself (a JSON object), or "refused" with why. Either may be NULL.
 */
bool hf_upload_finish(HfCatalog *catalog, const char *id, const char *state, const char *summary_json, const char *why,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HF_ERROR_NOT_FOUND: it is gone. The bytes are the caller's to remove. */
bool hf_upload_remove(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Its time is over: nobody needs it any more. */
bool hf_upload_end(HfCatalog *catalog, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For the leader: those that have expired by the catalog's clock; elements HfUploadRow. Transfer full. */
GPtrArray *hf_upload_expired(HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
