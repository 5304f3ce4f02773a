/*
 * Asking for a restore, in two steps: the preflight finds out what it would do and whether it can be done; the restore
 * then does what the preflight was asked for.
 */
#ifndef HF_SERVICE_REQUEST_RESTORE_H
#define HF_SERVICE_REQUEST_RESTORE_H

#include "service/request.h"

/* So long a restore may refer to a preflight. */
#define HF_PREFLIGHT_VALID_S 3600

/*
 * HfRequestFunction; `id` is not used. Members: backup_id; mode "swap" (default) or "in_place" with database_id, or
 * "new" with server_id and database_name; jobs, proof, no_verify, no_owner, no_privileges, create_roles, drop_others, role_map
 * (old name: new name), schemas, exclude_schemas, tables, exclude_tables as on the command line; keep_old_s;
 * halt_connections, halt_gate, halt_webhooks: what of the services is halted, each by itself; safety, a file of what is
 * replaced: made "after", of the copy that is kept (default), "before", while services run, or "none" (in place it is
 * always made before, with writers held off); identity, the text of a key that is used this once. {"job_id", "preflight_id"}.
 */
char *hf_request_preflight(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* HfRequestFunction; `id` is not used. Members: preflight_id, of one that is done and found nothing against it (else
 * HF_ERROR_CONFLICT); identity, again. */
char *hf_request_restore(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* HfRequestFunction; `id` is a database's: brings back what its last restore replaced. Members: copy (default: the
 * newest), keep_old_s, and halt_… as above. */
char *hf_request_undo(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
