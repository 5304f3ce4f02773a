/*
 * Databases beside a database: those that a restore loads into and those that a swap keeps. A copy is
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

const char *hf_copy_kind_name(HfCopyKind kind);
/* Whether a database of that name would be taken for a copy, or be hidden among them. */
bool hf_copy_looks_like(const char *name); /* "kept", "incoming", "scratch" */

typedef struct {
    char *name; /* of the copy's database */
    char *of;   /* of the database that it belongs to */
    HfCopyKind kind;
    char *since;     /* RFC 3339, by the server's clock: when it was begun, or a kept one was live last */
    char *until;     /* kept: when it may be dropped; NULL otherwise */
    uint64_t keep_s; /* of one that is yet to be made: from `since` to `until` */
    bool expired;
    bool in_use;   /* sessions are connected to it: a restore under way */
    char *archive; /* what was restored: into it, or in place of a kept one; NULL if not known */
    char *undo_to; /* kept by an undo: the `since` of the copy that it brought back; NULL otherwise */
    char *comment; /* the database's own comment, which the note stands in place of; NULL if none */
    uint64_t size_bytes;
} HfCopy;

/* A copy yet to be made, which has no name. Transfer full. */
HfCopy *hf_copy_new(HfCopyKind kind, const char *of, const char *archive, const char *comment, uint64_t keep_s);
/* Gives it a new name and its times. */
void hf_copy_stamp(HfCopy *self, GDateTime *now);
/* What it holds, in words: "live until …, replaced by the restore of …". Transfer full. */
char *hf_copy_tell(const HfCopy *self);
/* A time of a copy without the fraction of its second. Transfer full. */
char *hf_copy_tell_time(const char *time);
/* The note for its comment, as JSON. Transfer full. */
char *hf_copy_note(const HfCopy *self);
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

/* The server's clock. Transfer full. */
GDateTime *hf_postgres_now(HfPg *pg, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stamps the copy and creates its database like `info` says, in this tablespace (NULL: the server's default), owned by
 * the role connected, closed to PUBLIC, with its note. After a failure *created tells whether there is a database. */
bool hf_postgres_create_copy(HfPg *pg, HfCopy *copy, const HfDatabaseInfo *info, const char *tablespace, bool *created,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits while another session of the role is creating a copy's database: what a dead process has asked for, the server
 * goes on with. HF_ERROR_CONFLICT after a minute. */
bool hf_postgres_await_copies(HfPg *pg, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Drops a database of that name if it is there; its sessions are ended and its subscriptions dropped first, for which a
 * connection to it is made as to `target`. */
bool hf_postgres_drop_database(HfPg *pg, const HfPgTarget *target, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
