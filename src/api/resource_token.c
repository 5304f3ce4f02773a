/* Tokens of programs. The text is told once, when it is made; only its hash is kept. */
#include "api/change.h"
#include "api/guard.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "base/error.h"
#include "crypto/password.h"

#include <string.h>

#define HINT_LENGTH 8

static bool usage(GError **error, const char *message)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

/* RFC 3339; absent is never. */
static bool read_expiry(const HfRequest *request, int64_t *expires_us, GError **error)
{
    g_autofree char *text = NULL;
    *expires_us = 0;
    if (!hf_request_text(request, "expires_at", 40, &text, error) || text == NULL)
        return text == NULL && (error == NULL || *error == NULL);
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    if (time == NULL)
        return usage(error, "\"expires_at\" is a time such as 2030-01-31T12:00:00Z");
    *expires_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
    return *expires_us > g_get_real_time() || usage(error, "\"expires_at\" is in the past");
}

static char *make(HfApi *api, const HfRequest *request, const char *name, HfRole role, int64_t expires_us,
                  const char *token, GError **error)
{
    uint8_t hash[32];
    g_autofree char *hint = g_strndup(token, HINT_LENGTH);
    hf_sha256(token, strlen(token), hash);
    return hf_token_create(api->catalog, request->principal->organization, name, role, hash, hint, expires_us,
                           request->principal->actor, error);
}

/* The representation, with the token itself as its first member. */
static bool answer(HfApi *api, const HfRequest *request, const char *id, const char *token, HfResponse *response,
                   GError **error)
{
    int version;
    g_autofree char *json =
        hf_noun_get(api->catalog, &hf_noun_token, request->principal->organization, id, &version, error);
    if (json == NULL)
        return false;
    hf_response_json(response, 201, g_strdup_printf("{\"token\":\"%s\",%s", token, json + 1));
    hf_response_version(response, version);
    return true;
}

bool hf_token_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    static const char *const members[] = {"name", "role", "expires_at", NULL};
    g_autofree char *name = NULL, *role = NULL;
    int64_t expires_us;
    (void)route;
    if (!hf_request_only(request, members, error) || !hf_request_required(request, "name", 200, &name, error) ||
        !hf_request_required(request, "role", 20, &role, error) || !read_expiry(request, &expires_us, error))
        return false;
    if (hf_role_parse(role) == HF_ROLE_NONE)
        return usage(error, "\"role\" is " HF_ROLES);
    g_autofree char *token = hf_token_new(HF_TOKEN_PREFIX, error);
    if (token == NULL || !hf_catalog_begin(api->catalog, error))
        return false;
    g_autofree char *id = make(api, request, name, hf_role_parse(role), expires_us, token, error);
    HfChange change = {.action = "token.create", .id = id, .detail = role};
    return hf_change_end(api, request, &change, id != NULL, response, error) &&
           answer(api, request, id, token, response, error);
}

bool hf_token_handle_remove(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    g_autofree char *hash = hf_token_hash(api->catalog, request->principal->organization, request->ids[0], error);
    if (hash == NULL || !hf_noun_handle_remove(api, route, request, response, error))
        return false;
    hf_guard_forget(api, (const char *const[]){hash, NULL});
    return true;
}
