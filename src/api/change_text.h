/*
 * What the audit log says of a change: what was, and what is now.
 */
#ifndef HF_API_CHANGE_TEXT_H
#define HF_API_CHANGE_TEXT_H

#include "base/json.h"

/*
 * Of the members of `body`, those that differ between the representations `before` and `after`:
 * "keep_count: 30 -> 2; keep_days: 90 -> none". A member that neither has is a secret, of which is told that it was
 * given, unless it is null; of an address of a webhook no more than that it is another. "nothing is another" if none
 * differs. At most some 1,000 bytes. Transfer full.
 */
char *hf_change_text(const HfJson *before, const HfJson *after, const HfJson *body);

/* What is gone, where that is asked for later: of a token its role, and when it was used last. Transfer full; NULL. */
char *hf_change_text_removed(const HfJson *before);

#endif
