/*
 * Asking for a schedule's old backups to be deleted: what follows each of its backups.
 */
#ifndef HF_SERVICE_REQUEST_RETENTION_H
#define HF_SERVICE_REQUEST_RETENTION_H

#include "service/request.h"

/* Of one database of a schedule, inside a transaction. Nothing is made for a schedule that is gone or keeps everything.
 */
bool hf_request_retention(HfRequester *self, const char *schedule_id, const char *database_id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
