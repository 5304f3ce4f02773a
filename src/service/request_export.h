/*
 * Asking for an export: tables of a registered database as files to download.
 */
#ifndef HF_SERVICE_REQUEST_EXPORT_H
#define HF_SERVICE_REQUEST_EXPORT_H

#include "service/request.h"

/* HfRequestFunction; `id` is NULL. Members: database_id; tables, patterns as of --table; format, "csv" or "xlsx";
 * lock_wait_s. */
char *hf_request_export(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
