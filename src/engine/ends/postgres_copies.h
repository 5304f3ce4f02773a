/*
 * Databases beside a database: those that a restore loads into, those that a swap keeps, and the swap itself. A copy is
 * known by its name, "<of>_hf_<kind>_<time>_<random>", which survives everything, and by a note in its comment.
 */
#ifndef HF_ENGINE_ENDS_POSTGRES_COPIES_H
#define HF_ENGINE_ENDS_POSTGRES_COPIES_H

#include "archive/manifest.h"
#include "pg/connection.h"

typedef enum {
    HF_COPY_KEPT,     /* the database as it was before a swap; undo brings it back */
    HF_COPY_INCOMING, /* half a restore: under way, or interrupted */
    HF_COPY_SCRATCH,  /* of a verify --restore-to: under way, or interrupted */
} HfCopyKind;

const char *hf_copy_kind_name(HfCopyKind kind); /* "kept", "incoming", "scratch" */

typedef struct {
    char *name; /* of the copy's database */
    char *of;   /* of the database that it belongs to */
    HfCopyKind kind;
    char *since; /* RFC 3339 */
    char *until; /* kept: when it may be dropped; NULL otherwise */
    bool expired;
    bool in_use;   /* sessions are connected to it: a restore under way */
    char *archive; /* what was restored; NULL if not known */
    char *comment; /* the database's own comment, which the note stands in place of; NULL if none */
    uint64_t size_bytes;
} HfCopy;

/* A copy yet to be made, with a new name. `keep_s` sets `until` of a kept one. Transfer full. */
HfCopy *hf_copy_new(HfCopyKind kind, const char *of, const char *archive, const char *comment, uint64_t keep_s);
void hf_copy_free(HfCopy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfCopy, hf_copy_free)

/* A connection to a database of the server that is not the target's: `maintenance_db`, or postgres, or template1. */
HfPg *hf_postgres_connect_maintenance(const HfPgTarget *target, const char *maintenance_db, GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* SQL about a session of pg_catalog.pg_stat_activity AS a: whether it is a client's (of others' sessions an ordinary
 * role sees the user but not the kind), and whether the role connected may end it. */
#define HF_SESSION_IS_CLIENT                                                                                           \
    "(a.usesysid IS NOT NULL AND coalesce(a.backend_type, 'client backend') = 'client backend')"
#define HF_SESSION_MAY_BE_ENDED                                                                                        \
    "((SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) OR "                                     \
    "((pg_catalog.pg_has_role(a.usesysid, "                                                                            \
    "'USAGE') OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')) AND NOT (SELECT rolsuper FROM "                 \
    "pg_catalog.pg_roles WHERE oid = a.usesysid)))"

/* All copies on the server, newest first: HfCopy, transfer full. */
GPtrArray *hf_postgres_list_copies(HfPg *pg, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Creates the copy's database like `info` says, owned by `owner` (NULL: the role connected), closed to PUBLIC, with its
 * note. */
bool hf_postgres_create_copy(HfPg *pg, const HfCopy *copy, const HfDatabaseInfo *info, const char *owner,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Drops a database of that name if it is there; its sessions are ended and its subscriptions dropped first, for which a
 * connection to it is made as to `target`. */
bool hf_postgres_drop_database(HfPg *pg, const HfPgTarget *target, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/*
 * Gives `replacement` the name `live`, and what had that name the name and note of `kept`, closed to connections: in
 * one transaction, ending the sessions of both just before. `comment` (NULL: none) becomes the comment of the new live
 * database. *downtime_s is the time from the first session ended to the commit. On failure both are as they were.
 */
bool hf_postgres_swap(const HfPgTarget *target, const char *maintenance_db, const char *live, const char *replacement,
                      const HfCopy *kept, const char *comment, GCancellable *cancellable, double *downtime_s,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
