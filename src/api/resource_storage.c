/* Storages are probed when they are saved. */
#include "api/resource_noun.h"
#include "api/resources.h"
#include "catalog/storage_table.h"
#include "service/probe.h"

static bool check_place(HfApi *api, const HfRequest *request, const char *id, GError **error)
{
    return hf_probe_check_place(api->catalog, api->configuration, request->principal->organization, id, error);
}

static bool test(HfApi *api, const HfRoute *route, const HfRequest *request, const char *id, int status,
                 HfResponse *response, GError **error)
{
    const char *organization = request->principal->organization;
    return hf_probe_storage(api->catalog, organization, id, error) &&
           hf_noun_answer(api, route->noun, organization, id, status, response, error);
}

bool hf_storage_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    g_autofree char *id = hf_noun_do_create(api, route, request, check_place, response, error);
    return id != NULL && test(api, route, request, id, 201, response, error);
}

bool hf_storage_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    return hf_noun_do_change(api, route, request, check_place, response, error) &&
           test(api, route, request, request->ids[0], 200, response, error);
}

bool hf_storage_handle_test(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return hf_request_only(request, (const char *const[]){NULL}, error) &&
           test(api, route, request, request->ids[0], 200, response, error);
}
