/*
 * Asking for what is kept no longer to be deleted: a schedule's old backups, after each new one, and the copies that
 * swaps have kept of a database or a dead attempt has left beside one.
 */
#ifndef HF_SERVICE_REQUEST_RETENTION_H
#define HF_SERVICE_REQUEST_RETENTION_H

#include "service/request.h"

/* Of one database of a schedule, inside a transaction. Nothing is made for a schedule that is gone or keeps everything.
 */
bool hf_request_retention(HfRequester *self, const char *schedule_id, const char *database_id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* HfRequestFunction; `id` is a database's, no members: what swaps have kept of it goes, where its time is over. */
char *hf_request_expire_copies(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* HfRequestFunction; `id` is a server's, which the member server_id has too, database_name that of a database that is
 * not registered: what a restore or migration to there has left unfinished goes. */
char *hf_request_drop_unfinished(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
