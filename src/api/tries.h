/*
 * How often somebody may try a password: to sign in, or to give the own one again. Counted by the name, by the address,
 * and by both together; while Redis is away nothing is counted, and scrypt alone is the brake.
 */
#ifndef HF_API_TRIES_H
#define HF_API_TRIES_H

#include "api/api.h"
#include "api/response.h"

/* Counts a try, right or wrong, from the request's address at the account `user`. False: there were too many, and the
 * answer is set. */
bool hf_tries_count(HfApi *api, const HfRequest *request, const char *user, HfResponse *response)
    G_GNUC_WARN_UNUSED_RESULT;
/* After a right one: those that were wrong before do not count against the account. */
void hf_tries_forget(HfApi *api, const HfRequest *request, const char *user);

#endif
