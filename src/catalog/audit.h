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

/* How long the chain is, and the hash of its last row in hexadecimal ("" of none). */
typedef struct {
    uint64_t rows;
    char hash[65];
} HfAuditEnd;

/* Walks the whole chain, until `until_us` (monotonic; 0: as long as it takes): HF_ERROR_LIMIT. HF_ERROR_CORRUPT names
 * the first row that does not fit. `end`: how far it fits. That the newest rows are gone shows only against what was
 * noted elsewhere (service/audit_anchor.h). */
bool hf_audit_verify(HfCatalog *catalog, int64_t until_us, HfAuditEnd *end, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Inside a transaction, whose end ends it: the only walk of the installation, each statement of which may take 10 s.
 * *only false: somebody else walks. */
bool hf_audit_begin_only_walk(HfCatalog *catalog, bool *only, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The chain's end as its last row has it, unchecked. */
bool hf_audit_last(HfCatalog *catalog, HfAuditEnd *end, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the row number `end->rows` is there and has that hash. */
bool hf_audit_has(HfCatalog *catalog, const HfAuditEnd *end, bool *has, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
