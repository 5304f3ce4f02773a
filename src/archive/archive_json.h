/* Internal to archive: what the readers of holdfast.json and manifest.json share. */
#ifndef HF_ARCHIVE_ARCHIVE_JSON_H
#define HF_ARCHIVE_ARCHIVE_JSON_H

#include "base/json.h"

/* Whether a document's "format" is ours: HF_ERROR_USAGE with the product that wrote it if it is newer. */
bool hf_archive_json_check_format(const HfJson *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Calls `read` for each element of the array under `key`, which must be there. An error gets the element's place put
 * before it. */
bool hf_archive_json_read_array(const HfJson *json, HfJsonNode object, const char *key,
                                bool (*read)(const HfJson *json, HfJsonNode node, gpointer to, GError **error),
                                gpointer to, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
