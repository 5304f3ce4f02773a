#include "api/guard.h"

#include "catalog/audit.h"
#include "crypto/age.h"
#include "crypto/password.h"

#include <string.h>

#define PRINCIPAL_S 60
#define MAX_CREDENTIAL 128
#define MAX_BELIEFS 256

/* ---- Who -----------------------------------------------------------------------------------------------------------
 */

/* Who polls is asked for again and again: the very same text needs no second look, nor its credential a second hash. */
typedef struct {
    char *hash; /* of the credential, a GRefString */
    char *kept;
    HfPrincipal *principal;
    int64_t until_us;
} Belief;

static void free_belief(gpointer data)
{
    Belief *self = data;
    g_ref_string_release(self->hash);
    g_free(self->kept);
    hf_principal_unref(self->principal);
    g_free(self);
}

/* How long it takes tells nothing of a credential that is not the asker's. */
static gboolean is_same(gconstpointer a, gconstpointer b)
{
    return hf_secret_equal(a, b);
}

GHashTable *hf_guard_beliefs_new(void)
{
    return g_hash_table_new_full(g_str_hash, is_same, (GDestroyNotify)hf_age_secret_free, free_belief);
}

bool hf_guard_has_tls(const HfApi *api)
{
    return g_str_has_prefix(api->configuration->public_url, "https:");
}

const char *hf_guard_cookie(const HfApi *api)
{
    return hf_guard_has_tls(api) ? "__Host-holdfast_session" : "holdfast_session";
}

/* Only what looks like ours is hashed at all. */
static char *credential(const HfApi *api, const HfRequest *request)
{
    const char *authorization = hf_request_header(request, "Authorization");
    const char *prefix = authorization != NULL ? HF_TOKEN_PREFIX : HF_SESSION_PREFIX;
    g_autofree char *text = NULL;
    if (authorization == NULL)
        text = hf_request_cookie(request, hf_guard_cookie(api));
    else if (g_ascii_strncasecmp(authorization, "Bearer ", 7) == 0)
        text = g_strdup(authorization + 7);
    bool ours = text != NULL && g_str_has_prefix(text, prefix) && strlen(text) < MAX_CREDENTIAL;
    return ours ? g_steal_pointer(&text) : NULL;
}

void hf_guard_read_credentials(const HfApi *api, HfRequest *request)
{
    request->credential = credential(api, request);
    if (request->credential == NULL)
        return;
    const Belief *belief = g_hash_table_lookup(api->beliefs, request->credential);
    if (belief != NULL) {
        request->principal_hash = g_ref_string_acquire(belief->hash);
        return;
    }
    g_autofree char *hash = hf_sha256_text(request->credential);
    request->principal_hash = g_ref_string_new(hash);
}

/*
 * Whoever can write to Redis must not be able to say who is an owner. So what is kept there is signed, together with
 * the credential it stands for and the time until which it is believed: "<signature>\n<until, us>\n<principal>".
 */
static char *sign(const HfApi *api, const HfRequest *request, const char *what)
{
    g_autofree char *text = g_strconcat(request->principal_hash, "\n", what, NULL);
    return hf_sealer_sign(api->sealer, "principal", text);
}

static char *to_kept(const HfApi *api, const HfRequest *request)
{
    g_autofree char *principal = hf_principal_to_text(request->principal);
    int64_t until_us = g_get_real_time() + (int64_t)PRINCIPAL_S * G_USEC_PER_SEC;
    g_autofree char *what = g_strdup_printf("%" G_GINT64_FORMAT "\n%s", until_us, principal);
    g_autofree char *signature = sign(api, request, what);
    return g_strconcat(signature, "\n", what, NULL);
}

static bool is_signed(const HfApi *api, const HfRequest *request, const char *kept, const char *what)
{
    g_autofree char *given = g_strndup(kept, (gsize)(what - kept - 1));
    g_autofree char *right = sign(api, request, what);
    return hf_secret_equal(given, right);
}

static const Belief *believe(const HfApi *api, const HfRequest *request, const char *kept)
{
    const char *what = strchr(kept, '\n');
    char *end;
    if (what == NULL || !is_signed(api, request, kept, ++what))
        return NULL;
    int64_t until_us = g_ascii_strtoll(what, &end, 10);
    HfPrincipal *principal = *end == '\n' ? hf_principal_from_text(end + 1) : NULL;
    if (principal == NULL)
        return NULL;
    Belief *belief = g_new(Belief, 1);
    *belief = (Belief){.hash = g_ref_string_acquire(request->principal_hash),
                       .kept = g_strdup(kept),
                       .principal = principal,
                       .until_us = until_us};
    if (g_hash_table_size(api->beliefs) >= MAX_BELIEFS)
        g_hash_table_remove_all(api->beliefs);
    g_hash_table_replace(api->beliefs, g_strdup(request->credential), belief);
    return belief;
}

HfPrincipal *hf_guard_from_kept(const HfApi *api, const HfRequest *request, const char *kept)
{
    if (kept == NULL)
        return NULL;
    const Belief *belief = g_hash_table_lookup(api->beliefs, request->credential);
    if (belief == NULL || strcmp(belief->kept, kept) != 0)
        belief = believe(api, request, kept);
    return belief != NULL && belief->until_us > g_get_real_time() ? hf_principal_ref(belief->principal) : NULL;
}

static HfPrincipal *ask_redis(HfApi *api, const HfRequest *request)
{
    g_autofree char *kept = hf_queue_get_principal(api->queue, request->principal_hash, NULL);
    return hf_guard_from_kept(api, request, kept);
}

static HfPrincipal *ask_catalog(HfApi *api, const HfRequest *request, GError **error)
{
    uint8_t hash[32];
    hf_sha256(request->credential, strlen(request->credential), hash);
    return g_str_has_prefix(request->credential, HF_SESSION_PREFIX) ? hf_account_by_session(api->catalog, hash, error)
                                                                    : hf_account_by_token(api->catalog, hash, error);
}

static void remember(HfApi *api, const HfRequest *request)
{
    g_autofree char *text = to_kept(api, request);
    g_autoptr(GError) away = NULL;
    if (!hf_queue_put_principal(api->queue, request->principal_hash, text, PRINCIPAL_S, &away))
        g_debug("a principal is not kept: %s", away->message);
}

bool hf_guard_find_principal(HfApi *api, const HfRoute *route, HfRequest *request, GError **error)
{
    if (route->access == HF_ACCESS_ANYONE || route->access == HF_ACCESS_LOCAL)
        return true;
    if (request->credential == NULL)
        hf_guard_read_credentials(api, request);
    if (request->credential == NULL)
        return true;
    request->principal = ask_redis(api, request);
    if (request->principal != NULL)
        return true;
    g_autoptr(GError) reason = NULL;
    request->principal = ask_catalog(api, request, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    if (request->principal != NULL)
        remember(api, request);
    else
        g_hash_table_remove(api->beliefs, request->credential);
    return true;
}

void hf_guard_forget(HfApi *api, const char *const *hashes)
{
    for (const char *const *hash = hashes; hash != NULL && *hash != NULL; hash++) {
        g_autoptr(GError) away = NULL;
        if (!hf_queue_drop_principal(api->queue, *hash, &away))
            g_debug("a principal is not dropped: %s", away->message);
    }
}

/* ---- Whether -------------------------------------------------------------------------------------------------------
 */

static bool may(const HfPrincipal *principal, HfAccess access)
{
    static const HfRole least[] = {[HF_ACCESS_VIEWER] = HF_ROLE_VIEWER,
                                   [HF_ACCESS_AUDITOR] = HF_ROLE_AUDITOR,
                                   [HF_ACCESS_OPERATOR] = HF_ROLE_OPERATOR,
                                   [HF_ACCESS_ADMINISTRATOR] = HF_ROLE_ADMINISTRATOR};
    if (access == HF_ACCESS_OWNER)
        return principal->is_owner;
    if (access == HF_ACCESS_AUDITOR && principal->role == HF_ROLE_OPERATOR)
        return false;
    return access == HF_ACCESS_SIGNED_IN || (principal->organization != NULL && principal->role >= least[access]);
}

static bool is_change(const HfRequest *request)
{
    return strcmp(request->method, "GET") != 0;
}

static bool is_local(const HfRequest *request)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(request->address);
    return address != NULL && g_inet_address_get_is_loopback(address);
}

static void audit_refusal(HfApi *api, const HfRoute *route, const HfRequest *request)
{
    g_autofree char *detail = g_strconcat(route->method, " ", route->pattern, NULL);
    HfAuditEvent event = {.organization = request->principal->organization,
                          .actor = request->principal->actor,
                          .action = "access.refuse",
                          .object_kind = "route",
                          .object_id = request->ids[0],
                          .address = request->address,
                          .outcome = "denied",
                          .detail = detail};
    g_autoptr(GError) error = NULL;
    if (!hf_audit_append(api->catalog, &event, &error))
        g_warning("a refusal was not audited: %s", error->message);
}

static bool refuse_nobody(const HfRequest *request, HfResponse *response)
{
    hf_response_problem(response, 401, "unauthenticated", "Not signed in",
                        "there is no valid session cookie or bearer token", "Sign in, or send a valid token.", request);
    hf_response_header(response, "WWW-Authenticate", "Bearer");
    return false;
}

static bool refuse(HfApi *api, const HfRoute *route, const HfRequest *request, HfResponse *response)
{
    const HfPrincipal *principal = request->principal;
    bool lost = principal != NULL && principal->is_owner && principal->organization == NULL;
    if (principal != NULL && is_change(request))
        audit_refusal(api, route, request);
    hf_response_problem(
        response, 403, "denied", "Not allowed", lost ? "you look at no organization" : "your role does not allow this",
        lost ? "Choose one with PUT /api/v1/me/organization." : "Ask an administrator of the organization.", request);
    return false;
}

static bool refuse_forged(const HfRequest *request, HfResponse *response)
{
    hf_response_problem(response, 403, "csrf", "Not from the page", "the header X-CSRF-Token is not the session's",
                        "Reload the page and try again.", request);
    return false;
}

bool hf_guard_check(HfApi *api, const HfRoute *route, const HfRequest *request, HfResponse *response)
{
    const HfPrincipal *principal = request->principal;
    if (route->access == HF_ACCESS_ANYONE)
        return true;
    if (route->access == HF_ACCESS_LOCAL)
        return is_local(request) || refuse(api, route, request, response);
    if (principal == NULL || principal->expires_us <= g_get_real_time())
        return refuse_nobody(request, response);
    if (principal->session_id != NULL && is_change(request) &&
        !hf_secret_equal(hf_request_header(request, "X-CSRF-Token"), principal->csrf))
        return refuse_forged(request, response);
    return may(principal, route->access) || refuse(api, route, request, response);
}
