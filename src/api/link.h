/*
 * Links that work once and not for long, for a browser takes a file by its address alone: making one, using it up. What
 * they lead to, and where their hashes are kept, is their resource's.
 */
#ifndef HF_API_LINK_H
#define HF_API_LINK_H

#include "api/change.h"
#include "catalog/audit.h"

/* What a link's text begins with. */
#define HF_LINK_BACKUP "hfl_"
#define HF_LINK_JOB_FILE "hff_"

/* Keeps the hash (32 bytes) of a link to `what`. */
typedef bool (*HfLinkStore)(HfApi *api, const HfRequest *request, gconstpointer what, const uint8_t *hash,
                            int64_t expires_us, GError **error);

/* Answers 201 with the link: the hash and the change's line of the audit log are one transaction. It works for five
 * minutes, and not beyond `until_us`. */
bool hf_link_make(HfApi *api, const HfRequest *request, const char *prefix, const HfChange *change, int64_t until_us,
                  HfLinkStore store, gconstpointer what, HfResponse *response, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Uses the link of that hash up: fills `found`, the maker in `actor` (transfer full) and of the event organization,
 * action, object and detail, borrowed from `found`. False without an error: there is no such link. */
typedef bool (*HfLinkUse)(HfApi *api, const HfRequest *request, const uint8_t *hash, gpointer found, char **actor,
                          HfAuditEvent *event, GError **error);

/* The link is the request's first id. That and the event, which is of the link's maker, are one transaction; after a
 * failure the link works still, and `found` is the caller's as `use` left it. */
bool hf_link_use(HfApi *api, const HfRequest *request, const char *prefix, HfLinkUse use, gpointer found,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the link leads to is a file of that name, for the browser to keep. */
void hf_link_name_file(HfResponse *response, const char *name);

#endif
