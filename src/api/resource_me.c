/* Who is signed in, their own password, and which organization they look at. */
#include "api/change.h"
#include "api/guard.h"
#include "api/resources.h"
#include "api/tries.h"
#include "base/error.h"
#include "crypto/password.h"

#include <string.h>

bool hf_me_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route;
    char *json = hf_account_me(api->catalog, request->principal, error);
    if (json != NULL)
        hf_response_json(response, 200, json);
    return json != NULL;
}

static bool usage(GError **error, const char *message)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

/* Who has found a session open may not try passwords for as long as it lasts: they count as those of signing in. */
static bool check_old(HfApi *api, const HfRequest *request, const char *old, HfResponse *response, GError **error)
{
    const char *name = request->principal->actor + strlen("user ");
    g_autofree char *known = hf_account_password(api->catalog, request->principal->account_id, error);
    if (known == NULL || !hf_tries_count(api, request, name, response))
        return false;
    if (!hf_password_check(old, known))
        return usage(error, "the old password is wrong");
    hf_tries_forget(api, request, name);
    return true;
}

/* All other sessions of the account end: whoever had the old password is out. */
static bool set_password(HfApi *api, const HfRequest *request, const char *hash, HfResponse *response, GError **error)
{
    const HfPrincipal *principal = request->principal;
    g_auto(GStrv) hashes = hf_session_hashes(api->catalog, principal->account_id, error);
    if (hashes == NULL || !hf_catalog_begin(api->catalog, error))
        return false;
    bool done = hf_account_set_password(api->catalog, principal->account_id, hash, principal->session_id, error);
    HfChange change = {.action = "user.password",
                       .id = principal->account_id,
                       .name = principal->actor,
                       .account = principal->account_id};
    if (!hf_change_end(api, request, &change, done, response, error))
        return false;
    hf_guard_forget(api, (const char *const *)hashes);
    response->status = 204;
    return true;
}

bool hf_me_handle_password(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    static const char *const members[] = {"old_password", "new_password", NULL};
    g_autofree char *old = NULL, *new = NULL;
    (void)route;
    if (request->principal->account_id == NULL)
        return usage(error, "a token has no password");
    if (!hf_request_only(request, members, error) || !hf_request_required(request, "old_password", 1000, &old, error) ||
        !hf_request_required(request, "new_password", 1000, &new, error) || !hf_password_acceptable(new, error) ||
        !check_old(api, request, old, response, error))
        return false;
    g_autofree char *hash = hf_password_hash(new, error);
    return hash != NULL && set_password(api, request, hash, response, error);
}

bool hf_me_handle_organization(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                               GError **error)
{
    static const char *const members[] = {"organization_id", NULL};
    g_autofree char *organization = NULL;
    if (request->principal->session_id == NULL)
        return usage(error, "a token belongs to one organization");
    if (!hf_request_only(request, members, error) ||
        !hf_request_required(request, "organization_id", 100, &organization, error) ||
        !hf_session_set_organization(api->catalog, request->principal, organization, error))
        return false;
    hf_guard_forget(api, (const char *const[]){request->principal_hash, NULL});
    g_clear_pointer(&request->principal, hf_principal_unref);
    return hf_guard_find_principal(api, route, request, error) && hf_guard_check(api, route, request, response) &&
           hf_me_handle_get(api, route, request, response, error);
}
