/*
 * Asking for assessments and migrations of a registered PostgreSQL database, or for SQL Server of a backup.
 */
#ifndef HF_SERVICE_REQUEST_MIGRATE_H
#define HF_SERVICE_REQUEST_MIGRATE_H

#include "service/request.h"

/*
 * HfRequestFunction; `id` is not used. Both take the same members, so that what was assessed is what is done:
 *
 * - database_id: the source, or backup_id with scratch_server_id (where it is restored, read, and dropped; identity, if no
 *   key is here), which is for SQL Server alone: to PostgreSQL a backup goes by a restore; schemas, exclude_schemas, tables, exclude_tables (patterns); others ("refuse", "go_on");
 *   jobs, lock_wait_s; pool (default: the source's and the target's, if they are the same).
 * - To PostgreSQL: mode "new" with server_id and database_name, or "swap" with target_database_id; backup: "first"
 *   (default; storage_id, folder, key_ids, unencrypted as of a backup), or "none", or backup_id (backup_age_s: how old
 *   it may be; identity, if no key is here); exclude_table_data, data_format, drop_others, no_owner, no_privileges,
 *   create_roles, role_map. With mode "swap" also keep_old_s, and safety ("after", "before", "none"): when the database
 *   that is replaced is backed up, to where a backup of the source goes; what is not kept is backed up before.
 * - To SQL Server: mssql_server_id and database_name; password (used once, if none is kept); map; refused_limit (rows
 *   that are left out and told; 0: the first ends it); encrypt, encryption_key and encryption_certificate as of
 *   service/encrypt_choice.h; master_key_password (used once).
 *
 * An assessment for PostgreSQL is the migration's preflight. Without a target it is one for SQL Server.
 */
char *hf_request_assess(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
char *hf_request_migrate(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#define HF_MIGRATE_BACKUP_AGE_S 3600

#endif
