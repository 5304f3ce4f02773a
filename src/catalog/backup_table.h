/*
 * Backups: the files that there are, or were. And links that download one, once.
 */
#ifndef HF_CATALOG_BACKUP_TABLE_H
#define HF_CATALOG_BACKUP_TABLE_H

#include "catalog/noun.h"

/* Made by hf_backup_insert; changes: is_pinned. Filters: database_id, schedule_id, storage_id, type, state, is_pinned,
 * job_id, fingerprint.
 * Deleted ones are listed by state=deleted alone. */
extern const HfNoun hf_noun_backup;

/* The fingerprint of an encrypted one that nobody has opened yet. */
#define HF_BACKUP_UNKNOWN_KEY "unknown"

typedef struct {
    char *id, *organization;
    char *name; /* of the file */
    char *storage_id;
    char *path;        /* in the storage */
    char *type;        /* "scheduled", "manual", "safety", "uploaded", "found" */
    char *state;       /* "good", "damaged", "missing", "deleted"; NULL at insert: good */
    char *proof;       /* "rows counted", "verified", "restored"; NULL at insert: the first */
    char *database_id; /* NULL: of none that is registered */
    char *database_name, *server_name;
    char *schedule_id, *job_id; /* NULL: none */
    char *created_by;
    char *fingerprints; /* of the keys that open it, separated by spaces; "": not encrypted */
    char *contents;     /* JSON array of {"schema", "name", "rows", "bytes"}; NULL: not known. Written, not read */
    int64_t size_bytes, raw_bytes, rows, tables, duration_ms;
    int64_t created_us; /* 0 at insert: now */
    bool is_pinned;
} HfBackupRow;
void hf_backup_row_free(HfBackupRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfBackupRow, hf_backup_row_free)

/* Transfer full: the id. HF_ERROR_CONFLICT: the storage's path is registered already. */
char *hf_backup_insert(HfCatalog *catalog, const char *organization, const HfBackupRow *backup, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whether there is a row, or was one, of the file. */
bool hf_backup_is_known(HfCatalog *catalog, const char *storage_id, const char *path, bool *known, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
HfBackupRow *hf_backup_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* {"items": [{"schema", "name", "kind", "rows", "bytes"}], "cursor", "reason"}, transfer full: `limit` of its tables
 * whose "schema.name" has `search` in it (NULL: all), behind the one numbered `after`, which the cursor before told.
 * The reason (or null) says why not all are known. */
char *hf_backup_tables(HfCatalog *catalog, const char *organization, const char *id, const char *search, int64_t after,
                       unsigned limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The pool whose workers reach its file. Transfer full. */
char *hf_backup_pool(HfCatalog *catalog, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What was read of one that could not be read when it came: database, time, rows, bytes, tables, contents, and its
 * fingerprints if they are not NULL. Nothing is done to one whose contents are known. */
bool hf_backup_set_contents(HfCatalog *catalog, const char *id, const HfBackupRow *read, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* For the leader: safety backups of all organizations that are older at `now_us` than the setting "safety_keep_days" of
 * theirs (HF_SAFETY_DAYS; at most HF_SAFETY_MAX_DAYS), are not pinned, are no database's newest good one, and whose
 * deletion was not asked for in the day before; nothing of a database whose retention is paused. Elements HfBackupRow,
 * at most 100, the oldest first. Transfer full. */
#define HF_SAFETY_DAYS 30
#define HF_SAFETY_MAX_DAYS 3650
GPtrArray *hf_backup_safety_due(HfCatalog *catalog, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those that are good and that nobody is about to delete, newest first: of a database, for retention (`schedule_id`
 * NULL: whichever made them). Elements HfBackupRow. Transfer full. */
GPtrArray *hf_backup_of_database(HfCatalog *catalog, const char *database_id, const char *schedule_id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Those of a storage that are not deleted, by path; for rescan. Elements HfBackupRow. Transfer full. */
GPtrArray *hf_backup_of_storage(HfCatalog *catalog, const char *storage_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives those of a storage that have no database the registered one of the same name: on the server whose name the
 * backup has, or the only one of the organization. `adopted`: how many. */
bool hf_backup_adopt(HfCatalog *catalog, const char *storage_id, uint64_t *adopted, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* "good", "damaged", "missing", "deleted". HF_ERROR_CONFLICT: it is deleted, or pinned and would be. */
bool hf_backup_set_state(HfCatalog *catalog, const char *id, const char *state, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* "verified" or "restored"; the stronger one stays. It is good then. */
bool hf_backup_set_proof(HfCatalog *catalog, const char *id, const char *proof, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* ---- Downloads -----------------------------------------------------------------------------------------------------
 */

bool hf_download_create(HfCatalog *catalog, const char *organization, const char *backup_id, const uint8_t *hash,
                        const char *created_by, int64_t expires_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Uses the link up: its backup, and who made the link in `created_by`, transfer full. NULL without error: there is no
 * such link (any more). */
HfBackupRow *hf_download_use(HfCatalog *catalog, const uint8_t *hash, char **created_by, GError **error);
/* For the leader: forgets links, preflights and answers kept for Idempotency-Key that have expired. */
bool hf_catalog_expire(HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
