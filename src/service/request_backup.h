/*
 * Asking for backups: of a database, as somebody wants it now or as a schedule says.
 */
#ifndef HF_SERVICE_REQUEST_BACKUP_H
#define HF_SERVICE_REQUEST_BACKUP_H

#include "catalog/schedule_table.h"
#include "catalog/server_table.h"
#include "service/request.h"

/*
 * HfRequestFunction; `id` is not used. Members: database_id; storage_id (default: the only one); folder, prefix;
 * key_ids, or unencrypted: true (default: the only key with a secret); schemas, exclude_schemas, tables,
 * exclude_tables, exclude_table_data (patterns); data_format; jobs, level, lock_wait_s; pool (default: the server's).
 * The job's request holds the same, complete, and as type "manual", "scheduled" or "safety".
 */
char *hf_request_backup(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* As a schedule says, of one of its databases. Inside a transaction. The job's id, transfer full. */
char *hf_request_scheduled_backup(HfRequester *self, const HfScheduleRow *schedule, const HfDatabaseRow *database,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* HfRequestFunction: the schedule `id` runs now, whether it is active or not. {"job_ids": […]}, one for each database;
 * where the pattern matches none that is registered, the one that looks for others; none is HF_ERROR_NOT_FOUND. */
char *hf_request_schedule_run(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* For another kind whose job writes a backup first: where it goes and who may open it, in the members storage_id,
 * folder, key_ids and unencrypted of a body that was checked by these rules. Writes them, complete, for the job. */
#define HF_REQUEST_PLACE_RULES                                                                                         \
    {"storage_id", HF_BODY_ID}, {"folder", HF_BODY_TEXT}, {"key_ids", HF_BODY_IDS},                                    \
    {                                                                                                                  \
        "unencrypted", HF_BODY_BOOLEAN                                                                                 \
    }
bool hf_request_backup_write_place(HfRequester *self, const HfJson *json, HfJsonNode body, HfJsonWriter *writer,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A folder in the storage, and the beginning of a name in it: neither leads out of it, or hides what is there. */
bool hf_request_backup_check_place(const char *folder, const char *prefix, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of HfKeyRow: a file that a passphrase opens is opened by that alone. */
bool hf_request_backup_check_passphrase(const GPtrArray *keys, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Checks a schedule's member "options". */
bool hf_request_backup_check_options(const HfJson *json, HfJsonNode options, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
