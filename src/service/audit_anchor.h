/*
 * What is noted of the audit log outside of the catalog: how long it was at a time, and the hash of its last row,
 * sealed with the installation's secret. Whoever may change all of the catalog can cut off the newest rows of the log,
 * and the chain is as whole as before; but what was noted is not in it any more.
 *
 * It does not see rows that were cut off within the minute in which they were written, nor who has the catalog, this
 * file's folder and the secret. A catalog that is restored from an older copy has lost rows indeed, and is told.
 */
#ifndef HF_SERVICE_AUDIT_ANCHOR_H
#define HF_SERVICE_AUDIT_ANCHOR_H

#include "catalog/audit.h"
#include "crypto/seal.h"

typedef struct {
    HfAuditEnd end; /* rows 0: nothing was noted */
    char *at;       /* RFC 3339; NULL: never */
} HfAuditAnchor;
void hf_audit_anchor_clear(HfAuditAnchor *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfAuditAnchor, hf_audit_anchor_clear)

/* Notes the chain's end in the file `path` ("": nothing is noted). HF_ERROR_CORRUPT: what was noted before is not in
 * the log, or is not ours; then it stays as it is. */
bool hf_audit_anchor_note(HfCatalog *catalog, const HfSealer *sealer, const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Walks the whole chain as hf_audit_verify does, and compares it with what was noted. `end` and `anchor` are filled in
 * as far as they are known, also on failure. */
bool hf_audit_anchor_verify(HfCatalog *catalog, const HfSealer *sealer, const char *path, int64_t until_us,
                            HfAuditEnd *end, HfAuditAnchor *anchor, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
