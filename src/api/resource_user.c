/*
 * People. A user is an account in an organization, with a role there; accounts are the installation's, for its owners.
 * Whenever somebody's rights change, what is remembered of their sessions goes.
 */
#include "api/change.h"
#include "api/guard.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "base/error.h"
#include "crypto/password.h"

/* ---- The body ------------------------------------------------------------------------------------------------------
 */

typedef struct {
    char *name, *full_name, *password, *role;
    bool is_active, is_owner;
    HfAccountChange change; /* borrows from the others */
} Body;

static void body_clear(Body *self)
{
    g_free(self->name);
    g_free(self->full_name);
    g_free(self->password);
    g_free(self->role);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Body, body_clear)

static bool read_role(const HfRequest *request, Body *body, GError **error)
{
    if (!hf_request_text(request, "role", 20, &body->role, error))
        return false;
    body->change.role = body->role != NULL ? hf_role_parse(body->role) : HF_ROLE_NONE;
    if (body->role == NULL || body->change.role != HF_ROLE_NONE)
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "\"role\" is " HF_ROLES);
    return false;
}

static bool read_password(const HfRequest *request, Body *body, GError **error)
{
    g_autofree char *password = NULL;
    if (!hf_request_secret(request, "password", &password, error))
        return false;
    if (password == NULL)
        return true;
    body->password = hf_password_acceptable(password, error) ? hf_password_hash(password, error) : NULL;
    body->change.password = body->password;
    return body->password != NULL;
}

static bool read_flags(const HfRequest *request, Body *body, GError **error)
{
    bool active, owner;
    if (!hf_request_flag(request, "is_active", &body->is_active, &active, error) ||
        !hf_request_flag(request, "is_owner", &body->is_owner, &owner, error))
        return false;
    body->change.is_active = active ? &body->is_active : NULL;
    body->change.is_owner = owner ? &body->is_owner : NULL;
    return true;
}

static bool read_body(const HfRequest *request, const char *const *members, Body *body, GError **error)
{
    if (!hf_request_only(request, members, error) || !hf_request_text(request, "name", 200, &body->name, error) ||
        !hf_request_text(request, "full_name", 400, &body->full_name, error) || !read_role(request, body, error) ||
        !read_flags(request, body, error) || !read_password(request, body, error))
        return false;
    body->change.name = body->name;
    body->change.full_name = body->full_name;
    return true;
}

static bool demand(const void *value, const char *name, GError **error)
{
    if (value == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "\"%s\" is missing", name);
    return value != NULL;
}

/* ---- Users and accounts --------------------------------------------------------------------------------------------
 */

static const char *const user_members[] = {"name", "full_name", "password", "role", "is_active", NULL};
static const char *const account_members[] = {"name", "full_name", "password", "is_owner", "is_active", NULL};

static bool is_account_route(const HfRoute *route)
{
    return route->noun == &hf_noun_account;
}

static const char *const *members_of(const HfRoute *route)
{
    return is_account_route(route) ? account_members : user_members;
}

bool hf_user_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    const char *organization = hf_route_organization(route, request);
    g_auto(Body) body = {0};
    if (!read_body(request, members_of(route), &body, error) || !demand(body.name, "name", error) ||
        (!is_account_route(route) && !demand(body.role, "role", error)) || !hf_catalog_begin(api->catalog, error))
        return false;
    g_autofree char *id = hf_account_create(api->catalog, organization, &body.change, request->principal->actor, error);
    const char *action = is_account_route(route) ? "account.create" : "user.create";
    return hf_change_end(
               api, request,
               &(HfChange){.action = action, .id = id, .detail = body.role, .installation = is_account_route(route)},
               id != NULL, response, error) &&
           hf_noun_answer(api, route->noun, organization, id, 201, response, error);
}

/* Ends the transaction of a change of somebody's rights. */
static bool end(HfApi *api, const HfRequest *request, const HfChange *change, char **hashes, bool done,
                HfResponse *response, GError **error)
{
    if (!hf_change_end(api, request, change, done, response, error))
        return false;
    hf_guard_forget(api, (const char *const *)hashes);
    return true;
}

bool hf_user_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    int version;
    const char *id = request->ids[0], *organization = hf_route_organization(route, request);
    g_auto(Body) body = {0};
    if (!hf_request_version(request, &version, error) || !read_body(request, members_of(route), &body, error) ||
        !hf_catalog_begin(api->catalog, error))
        return false;
    body.change.session = request->principal->session_id;
    g_auto(GStrv) hashes = hf_session_hashes(api->catalog, id, error);
    g_autoptr(HfJson) before = hashes != NULL ? hf_change_look(api, route->noun, organization, id, error) : NULL;
    bool done = before != NULL && hf_account_change(api->catalog, organization, id, version, &body.change,
                                                    request->principal->is_owner, error);
    HfChange change = {.action = is_account_route(route) ? "account.change" : "user.change",
                       .id = id,
                       .noun = route->noun,
                       .before = before,
                       .installation = is_account_route(route)};
    return end(api, request, &change, hashes, done, response, error) &&
           hf_noun_handle_get(api, route, request, response, error);
}

bool hf_user_handle_remove(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    int version;
    const char *id = request->ids[0];
    if (!hf_request_version(request, &version, error) || !hf_catalog_begin(api->catalog, error))
        return false;
    g_auto(GStrv) hashes = hf_session_hashes(api->catalog, id, error);
    const char *organization = hf_route_organization(route, request);
    g_autoptr(HfJson) before = hashes != NULL ? hf_change_look(api, &hf_noun_user, organization, id, error) : NULL;
    bool done = before != NULL && hf_member_remove(api->catalog, organization, id, version, error);
    const HfChange change = {.action = "user.delete", .id = id, .noun = &hf_noun_user, .before = before};
    if (!end(api, request, &change, hashes, done, response, error))
        return false;
    response->status = 204;
    return true;
}

/* PUT /organizations/{id}/users/{user_id}: an account that is there becomes a member. */
bool hf_user_handle_join(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    static const char *const members[] = {"role", NULL};
    const char *organization = request->ids[0], *id = request->ids[1];
    g_auto(Body) body = {0};
    if (!read_body(request, members, &body, error) || !demand(body.role, "role", error) ||
        !hf_catalog_begin(api->catalog, error))
        return false;
    g_auto(GStrv) hashes = hf_session_hashes(api->catalog, id, error);
    bool done = hashes != NULL && hf_member_set(api->catalog, organization, id, body.change.role, error);
    HfChange change = {.action = "user.join", .id = id, .detail = body.role, .organization = organization};
    return end(api, request, &change, hashes, done, response, error) &&
           hf_noun_answer(api, route->noun, organization, id, 200, response, error);
}
