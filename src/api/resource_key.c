/* Keys: their secrets come in, and go out on a recovery sheet alone, which the audit log notes. */
#include "api/change.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "crypto/age.h"
#include "service/key_material.h"

static HfKeyRow *read_key(HfApi *api, const HfRequest *request, GError **error)
{
    static const char *const members[] = {"name", "kind", "secret", "recipient", NULL};
    g_autofree char *name = NULL, *kind = NULL, *recipient = NULL;
    char *secret = NULL;
    HfKeyRow *key = NULL;
    if (hf_request_only(request, members, error) && hf_request_required(request, "name", 200, &name, error) &&
        hf_request_required(request, "kind", 20, &kind, error) &&
        hf_request_secret(request, "secret", &secret, error) &&
        hf_request_text(request, "recipient", 200, &recipient, error))
        key = hf_key_material_new(api->sealer, name, kind, secret, recipient, error);
    hf_age_secret_free(secret);
    return key;
}

bool hf_key_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    const HfPrincipal *principal = request->principal;
    g_autoptr(HfKeyRow) key = read_key(api, request, error);
    if (key == NULL || !hf_catalog_begin(api->catalog, error))
        return false;
    g_autofree char *id = hf_key_create(api->catalog, principal->organization, key, principal->actor, error);
    HfChange change = {.action = "key.create", .id = id, .detail = key->fingerprint};
    return hf_change_end(api, request, &change, id != NULL, response, error) &&
           hf_noun_answer(api, route->noun, principal->organization, id, 201, response, error);
}

bool hf_key_handle_sheet(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route;
    if (!hf_request_only(request, (const char *const[]){NULL}, error))
        return false;
    g_autoptr(HfKeyRow) key = hf_key_get(api->catalog, request->principal->organization, request->ids[0], error);
    g_autofree char *places =
        key != NULL ? hf_key_places(api->catalog, key->organization, key->fingerprint, error) : NULL;
    char *sheet = places != NULL ? hf_key_recovery_sheet(api->sealer, key, places, error) : NULL;
    bool done = sheet != NULL && hf_catalog_begin(api->catalog, error) &&
                hf_change_end(api, request, &(HfChange){.action = "key.sheet", .id = key->id, .name = key->name}, true,
                              response, error);
    if (done)
        hf_response_text(response, "text/plain; charset=utf-8", g_string_new(sheet));
    hf_age_secret_free(sheet);
    return done;
}
