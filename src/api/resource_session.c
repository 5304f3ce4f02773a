/* Signing in and out. A wrong name costs as much time as a wrong password, and both are counted (tries.h). */
#include "api/change.h"
#include "api/guard.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "api/tries.h"
#include "base/error.h"
#include "catalog/audit.h"
#include "crypto/password.h"

#include <string.h>

/* ---- In ------------------------------------------------------------------------------------------------------------
 */

/* `account` is NULL if there is none of that name. */
static bool audit_sign_in(HfApi *api, const HfRequest *request, const char *account, const char *user,
                          const char *outcome, GError **error)
{
    g_autofree char *actor = g_strconcat("user ", user, NULL);
    HfAuditEvent event = {.actor = actor,
                          .action = "session.create",
                          .object_kind = "user",
                          .object_name = user,
                          .address = request->address,
                          .outcome = outcome};
    return hf_audit_append_of(api->catalog, account, &event, error);
}

static void set_cookie(const HfApi *api, HfResponse *response, const char *token, uint64_t seconds)
{
    g_autofree char *cookie =
        g_strdup_printf("%s=%s; Path=/; Max-Age=%" G_GUINT64_FORMAT "; HttpOnly; SameSite=Strict%s",
                        hf_guard_cookie(api), token, seconds, hf_guard_has_tls(api) ? "; Secure" : "");
    hf_response_header(response, "Set-Cookie", cookie);
}

/* NULL without error: the account has just been made inactive. */
static HfPrincipal *make_session(HfApi *api, const HfRequest *request, const char *account, const char *token,
                                 GError **error)
{
    uint8_t hash[32];
    int64_t expires_us = g_get_real_time() + (int64_t)api->configuration->session_hours * 3600 * G_USEC_PER_SEC;
    hf_sha256(token, strlen(token), hash);
    g_autofree char *csrf = hf_token_new("", error);
    g_autofree char *id = csrf == NULL ? NULL
                                       : hf_session_create(api->catalog, account, hash, csrf, request->address,
                                                           request->agent, expires_us, error);
    return id != NULL ? hf_account_by_session(api->catalog, hash, error) : NULL;
}

static bool start_session(HfApi *api, HfRequest *request, const char *account, HfResponse *response, GError **error)
{
    g_autofree char *token = hf_token_new(HF_SESSION_PREFIX, error);
    g_autoptr(GError) reason = NULL;
    if (token == NULL)
        return false;
    request->principal = make_session(api, request, account, token, &reason);
    if (request->principal == NULL) {
        if (reason == NULL)
            reason = g_error_new_literal(HF_ERROR, HF_ERROR_DENIED, "the account is not active");
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    if (!hf_me_handle_get(api, NULL, request, response, error))
        return false;
    response->status = 201;
    set_cookie(api, response, token, api->configuration->session_hours * 3600);
    return true;
}

static bool refuse_credentials(HfApi *api, const HfRequest *request, const char *account, const char *user,
                               HfResponse *response, GError **error)
{
    if (!audit_sign_in(api, request, account, user, "denied", error))
        return false;
    hf_response_problem(response, 401, "wrong-credentials", "Not signed in", "the name or the password is wrong",
                        "Check both; an administrator can set a new password.", request);
    return false;
}

static bool check(HfApi *api, const char *user, const char *password, char **account, bool *right, GError **error)
{
    g_autofree char *hash = NULL;
    g_autoptr(GError) reason = NULL;
    bool known = hf_account_credentials(api->catalog, user, account, &hash, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    *right = hf_password_check(password, known ? hash : NULL);
    return true;
}

bool hf_session_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    static const char *const members[] = {"user", "password", NULL};
    g_autofree char *user = NULL, *password = NULL, *account = NULL;
    bool right;
    (void)route;
    if (!hf_request_only(request, members, error) || !hf_request_required(request, "user", 200, &user, error) ||
        !hf_request_required(request, "password", 1000, &password, error))
        return false;
    if (!hf_tries_count(api, request, user, response))
        return false;
    if (!check(api, user, password, &account, &right, error))
        return false;
    if (!right)
        return refuse_credentials(api, request, account, user, response, error);
    hf_tries_forget(api, request, user);
    return audit_sign_in(api, request, account, user, "success", error) &&
           start_session(api, request, account, response, error);
}

/* ---- Out, and the other ones ---------------------------------------------------------------------------------------
 */

static bool no_account(const HfRequest *request, GError **error)
{
    if (request->principal->account_id != NULL)
        return false;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "a token has no sessions and no password");
    return true;
}

static bool end_session(HfApi *api, HfRequest *request, const char *id, HfResponse *response, GError **error)
{
    const char *account = request->principal->account_id;
    g_auto(GStrv) hashes = hf_session_hashes(api->catalog, account, error);
    if (hashes == NULL || !hf_catalog_begin(api->catalog, error))
        return false;
    bool done = hf_session_end(api->catalog, account, id, error);
    if (!hf_change_end(api, request, &(HfChange){.action = "session.end", .id = id, .account = account}, done, response,
                       error))
        return false;
    hf_guard_forget(api, (const char *const *)hashes);
    response->status = 204;
    return true;
}

bool hf_session_handle_end(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route;
    if (no_account(request, error) || !end_session(api, request, request->principal->session_id, response, error))
        return false;
    set_cookie(api, response, "", 0);
    return true;
}

bool hf_session_handle_list(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    if (no_account(request, error))
        return false;
    const char *own[] = {"account_id", request->principal->account_id, NULL};
    return hf_noun_answer_list(api, route->noun, NULL, own, request, response, error);
}

bool hf_session_handle_revoke(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    (void)route;
    return !no_account(request, error) && end_session(api, request, request->ids[0], response, error);
}
