/* Schedules: when one is saved or switched on, its next time is set in the same transaction. */
#include "api/change.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "service/schedule_preview.h"
#include "service/schedule_save.h"

#include <string.h>

static bool settle(HfApi *api, const HfRequest *request, const char *id, GError **error)
{
    bool names_keys = hf_json_get(request->json, 0, "key_ids") != HF_JSON_NONE;
    return hf_schedule_settle(api->catalog, request->principal->organization, id, names_keys, error);
}

bool hf_schedule_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                               GError **error)
{
    g_autofree char *id = hf_noun_do_create(api, route, request, settle, response, error);
    return id != NULL && hf_noun_answer(api, route->noun, request->principal->organization, id, 201, response, error);
}

bool hf_schedule_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                               GError **error)
{
    return hf_noun_do_change(api, route, request, settle, response, error) &&
           hf_noun_handle_get(api, route, request, response, error);
}

static bool set_active(HfApi *api, const HfRoute *route, HfRequest *request, const char *body, HfResponse *response,
                       GError **error)
{
    if (!hf_request_only(request, (const char *const[]){NULL}, error))
        return false;
    hf_json_free(request->json);
    request->json = hf_json_parse("the body", body, strlen(body), 10, error);
    return request->json != NULL && hf_schedule_handle_change(api, route, request, response, error);
}

bool hf_schedule_handle_enable(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                               GError **error)
{
    return set_active(api, route, request, "{\"is_active\":true}", response, error);
}

bool hf_schedule_handle_disable(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                                GError **error)
{
    return set_active(api, route, request, "{\"is_active\":false}", response, error);
}

bool hf_schedule_handle_preview(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                                GError **error)
{
    HfJsonNode body = request->json != NULL ? 0 : HF_JSON_NONE;
    char *json = hf_schedule_preview(request->json, body, g_get_real_time(), error);
    (void)api;
    (void)route;
    if (json != NULL)
        hf_response_json(response, 200, json);
    return json != NULL;
}
