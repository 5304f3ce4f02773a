/*
 * Who asks, and whether they may.
 */
#ifndef HF_API_GUARD_H
#define HF_API_GUARD_H

#include "api/route.h"

#define HF_SESSION_PREFIX "hfs_"

/* Whether the site is served over TLS. */
bool hf_guard_has_tls(const HfApi *api);
/* The name of the session's cookie. With TLS one that browsers take from this very host alone: no neighbour of the
 * domain can set it. */
const char *hf_guard_cookie(const HfApi *api);

/* For HfApi: who was found behind what Redis keeps, so that it is read and its signature checked once. Transfer full.
 */
GHashTable *hf_guard_beliefs_new(void);
/* Sets request->credential and its hash from the bearer token or the cookie, if there is one. */
void hf_guard_read_credentials(const HfApi *api, HfRequest *request);
/* Sets request->principal: from Redis, else from the catalog (and then puts it into Redis for a minute). Nobody is no
 * error. Does nothing where the route asks for nobody. */
bool hf_guard_find_principal(HfApi *api, const HfRoute *route, HfRequest *request, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The principal that stands in Redis for the request's credential (transfer full); NULL if `kept` (may be NULL) is not
 * what the API wrote for it within the last minute. */
HfPrincipal *hf_guard_from_kept(const HfApi *api, const HfRequest *request, const char *kept);
/* Whether the principal may use the route, and the request carries the session's CSRF token if it must. On false the
 * answer is set; a change that was refused is in the audit log. */
bool hf_guard_check(HfApi *api, const HfRoute *route, const HfRequest *request, HfResponse *response)
    G_GNUC_WARN_UNUSED_RESULT;

/* What is remembered of these (hashes in hexadecimal, NULL-terminated; may be NULL) must go: their rights have changed.
 * When Redis is away, nothing is remembered for longer than a minute. */
void hf_guard_forget(HfApi *api, const char *const *hashes);

#endif
