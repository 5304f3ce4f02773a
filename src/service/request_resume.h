/*
 * Asking for services to resume that a job has halted and left so, or that a migration has moved away.
 */
#ifndef HF_SERVICE_REQUEST_RESUME_H
#define HF_SERVICE_REQUEST_RESUME_H

#include "service/request.h"

/* HfRequestFunction; `id` is a database's, no members. Done by a worker of its server's pool, once no job writes to it.
 */
char *hf_request_resume(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same of a source that a migration has closed and moved, or may have: it opens again. HF_ERROR_CONFLICT: it is not
 * closed, or the migration has not ended. */
char *hf_request_open(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
