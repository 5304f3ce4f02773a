/*
 * Servers and their databases.
 */
#ifndef HF_CATALOG_SERVER_TABLE_H
#define HF_CATALOG_SERVER_TABLE_H

#include "catalog/noun.h"

/* Fields: name, host, port, username, password, tls_mode, tls_root, maintenance_db, pool, max_jobs. */
extern const HfNoun hf_noun_server;
/* Fields: server_id (fixed), name (fixed), alarm_after_s, retention_paused (null lets it go on). */
extern const HfNoun hf_noun_database;
/* Read: one for each database: whether a good backup is there that is young enough, and
 * whether its server has it. Filter by is_raised ("true"). */
extern const HfNoun hf_noun_alarm;

#define HF_SERVER_PASSWORD "server password" /* what the sealer is told */

/* What a worker needs to connect. */
typedef struct {
    char *id, *organization, *name, *host, *port, *username, *tls_mode, *tls_root, *maintenance_db, *pool;
    char *version, *read_at; /* for hf_server_set_check */
    GBytes *password;        /* sealed; NULL: none */
} HfServerRow;
HfServerRow *hf_server_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_server_row_free(HfServerRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfServerRow, hf_server_row_free)

/* What the test of the server as it was read gave: a JSON object {"ok", "message", "version"}. Nothing is changed if
 * the server was changed since, or tested by somebody else. */
bool hf_server_set_check(HfCatalog *catalog, const HfServerRow *server, const char *result_json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    char *id, *organization, *name, *server_id, *server_name;
    char *pool;                     /* the server's */
    char *retention_paused;         /* why; NULL: it is not */
    int64_t retention_confirmed_us; /* when somebody let it go on; -1: never */
} HfDatabaseRow;
void hf_database_row_free(HfDatabaseRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfDatabaseRow, hf_database_row_free)
HfDatabaseRow *hf_database_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* NULL without error: it is not registered. */
HfDatabaseRow *hf_database_by_name(HfCatalog *catalog, const char *server_id, const char *name, GError **error);

/* Registers those of `names` (NULL-terminated) that are not; `added` (may be NULL): how many were not. */
bool hf_database_register(HfCatalog *catalog, const char *organization, const char *server_id, const char *const *names,
                          const char *created_by, unsigned *added, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* That the server does not have it, or has it. The first time that it was missing stays. */
bool hf_database_note_missing(HfCatalog *catalog, const char *id, bool missing, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* That the server has those of `names` (NULL-terminated). */
bool hf_database_note_found(HfCatalog *catalog, const char *server_id, const char *const *names, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* `why` NULL: it goes on. */
bool hf_database_pause_retention(HfCatalog *catalog, const char *id, const char *why, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
