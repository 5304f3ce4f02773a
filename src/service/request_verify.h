/*
 * Asking for a verify: that a backup is whole, and if wanted that a database holds the same rows, or that it can be
 * restored.
 */
#ifndef HF_SERVICE_REQUEST_VERIFY_H
#define HF_SERVICE_REQUEST_VERIFY_H

#include "service/request.h"

/*
 * HfRequestFunction; `id` is the backup's. Members: against_database_id, or restore_to_server_id (a scratch database is
 * made there and dropped); jobs; identity, the text of a key that is used this once.
 */
char *hf_request_verify(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
