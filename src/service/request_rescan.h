/*
 * Asking for storages to be looked through: what a catalog that was lost is made of again.
 */
#ifndef HF_SERVICE_REQUEST_RESCAN_H
#define HF_SERVICE_REQUEST_RESCAN_H

#include "service/request.h"

/* HfRequestFunction; `id` is a storage's, no members. */
char *hf_request_rescan(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
