/*
 * The preflight of a restore by theme, one file each. Private to src/service/restore_preflight*.c. A check appends what
 * it finds; it fails only if a question could not be asked.
 */
#ifndef HF_SERVICE_RESTORE_CHECKS_H
#define HF_SERVICE_RESTORE_CHECKS_H

#include "pg/connection.h"
#include "service/restore_preflight.h"

typedef struct {
    const HfRestoreOptions *options;
    HfSchema *schema;
    const HfOrigin *origin;
    const HfArchiveHead *head; /* the origin's */
    HfPg *pg;
    HfPg *live; /* while what gives way is looked at: connected to it */
    GCancellable *cancellable;
    const char *database; /* the target's name */
    bool is_superuser;
    bool may_create_db;
    bool may_create_role;
    bool exists; /* the target database */
    GPtrArray *findings;
} HfPreflight;

void hf_preflight_find(HfPreflight *self, bool fatal, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A few of the names (char*), and how many more. Transfer full. */
char *hf_preflight_join_names(const GPtrArray *names);
/* The names of `wanted` (char*) that are not in the first column of `sql`, borrowed from `wanted`; transfer full. */
GPtrArray *hf_preflight_missing(HfPg *pg, const char *sql, const GPtrArray *wanted, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Roles that what is restored names: whether they are there, or can be made. What a scratch restore cannot do for want
 * of a role it leaves out of the schema. */
bool hf_preflight_check_roles(HfPreflight *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the role connected needs at the end of a restore, so that it is not found out after all the work. */
bool hf_preflight_check_rights(HfPreflight *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a restore over a live database takes away from it. */
bool hf_preflight_check_impact(HfPreflight *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
