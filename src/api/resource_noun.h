/*
 * The handlers that serve every noun alike: list, get, create, change, remove.
 */
#ifndef HF_API_RESOURCE_NOUN_H
#define HF_API_RESOURCE_NOUN_H

#include "api/change.h"

bool hf_noun_handle_list(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error);
bool hf_noun_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error);
bool hf_noun_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error);
bool hf_noun_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error);
bool hf_noun_handle_remove(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error);

/* ---- The pieces, for handlers that do a little more ----------------------------------------------------------------
 */

/* `limit` of the query, or what it is by itself. */
bool hf_noun_read_limit(const HfRequest *request, unsigned *limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The page of a list that the query asks for. `filters` (name, value …, NULL-terminated) hold in any case. */
bool hf_noun_answer_list(HfApi *api, const HfNoun *noun, const char *organization, const char *const *filters,
                         const HfRequest *request, HfResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The noun's representation with its ETag. */
bool hf_noun_answer(HfApi *api, const HfNoun *noun, const char *organization, const char *id, int status,
                    HfResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What else a row must fulfil, or brings with it; inside the transaction. */
typedef bool (*HfNounHook)(HfApi *api, const HfRequest *request, const char *id, GError **error);

/* Creates the row that the body tells, and commits. `hook` may be NULL. Transfer full: the id; NULL also if the answer
 * is set. */
char *hf_noun_do_create(HfApi *api, const HfRoute *route, const HfRequest *request, HfNounHook hook,
                        HfResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Changes the row of the path, and commits. */
bool hf_noun_do_change(HfApi *api, const HfRoute *route, const HfRequest *request, HfNounHook hook,
                       HfResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Removes it after `hook`, and commits; the answer is 204. */
bool hf_noun_do_remove(HfApi *api, const HfRoute *route, const HfRequest *request, HfNounHook hook,
                       HfResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the body gives the scalar `name` another value than it has now. */
bool hf_noun_differs(const HfRequest *request, const char *name, const char *now);

#endif
