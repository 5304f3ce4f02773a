/* A database as it is at this moment; all else is a noun's, or of its server. */
#include "api/resources.h"
#include "service/live.h"

bool hf_database_handle_live(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    char *json = hf_live_ask(api->catalog, api->configuration, api->sealer, hf_route_organization(route, request),
                             request->ids[0], error);
    if (json != NULL)
        hf_response_json(response, 200, json);
    return json != NULL;
}
