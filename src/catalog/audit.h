/*
 * The audit log: append-only, chained by hash.
 */
#ifndef HF_CATALOG_AUDIT_H
#define HF_CATALOG_AUDIT_H

#include "catalog/noun.h"

/* Read. Filters: action, object_kind, object_id, actor, outcome. Newest first. */
extern const HfNoun hf_noun_audit;
/* The same of what is of no organization. */
extern const HfNoun hf_noun_installation_audit;

typedef struct {
    const char *organization; /* NULL: the installation */
    const char *actor;        /* "user ada" */
    const char *action;       /* "backup.create" */
    const char *object_kind, *object_id, *object_name;
    const char *address;
    const char *outcome; /* "success", "failure", "denied" */
    const char *detail;
} HfAuditEvent; /* NULL is written as "" */

/* Inside a transaction it is written with it, or not at all; last in it, for other writers wait. */
bool hf_audit_append(HfCatalog *catalog, const HfAuditEvent *event, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What somebody does as a person, in each organization that the account is in; in the installation's log if it is in
 * none, or if `account` is NULL. */
bool hf_audit_append_of(HfCatalog *catalog, const char *account, const HfAuditEvent *event, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Walks the whole chain. HF_ERROR_CORRUPT names the first row that does not fit. `rows` (may be NULL): how many. That
 * the newest rows are gone shows only against a count noted elsewhere. */
bool hf_audit_verify(HfCatalog *catalog, uint64_t *rows, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
