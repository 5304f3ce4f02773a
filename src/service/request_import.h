/*
 * Asking for the import of a file into a table of a registered PostgreSQL database or of a SQL Server, and for a look
 * at what would come of it. Both take the same, so that what was looked at is what is done.
 */
#ifndef HF_SERVICE_REQUEST_IMPORT_H
#define HF_SERVICE_REQUEST_IMPORT_H

#include "service/request.h"

#define HF_REQUEST_IMPORT_MAX_WRONG 1000

/*
 * HfRequestFunction; `id` is NULL. Members: upload_id, of a complete upload whose purpose is a table; table;
 * database_id, or mssql_server_id with database_name and, if none is kept, password; format ("csv", "xlsx"; by default
 * as the file's name ends); sheet; delimiter, encoding; no_header; columns, an object of columns of the file and of the
 * table (null or
 * "": nowhere); wrong_limit, so many wrong lines are put aside, of PostgreSQL alone (default 0: the first ends it);
 * pool.
 */
char *hf_request_import(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Writes nothing into the table. */
char *hf_request_preview(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
