/*
 * Asking for a backup to be deleted.
 */
#ifndef HF_SERVICE_REQUEST_DELETE_H
#define HF_SERVICE_REQUEST_DELETE_H

#include "service/request.h"

/* The reason of those that retention asks for. */
#define HF_REQUEST_RETENTION HF_JOB_RETENTION

/* HfRequestFunction; `id` is the backup's, no members. HF_ERROR_CONFLICT: it is pinned, or deleted already. */
char *hf_request_delete(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
