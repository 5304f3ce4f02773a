/* Webhooks: whom to tell before services are halted and after they resume. The job's log shows no more of them than the
 * name and the status, so that what an address answers is not to be read through us. */
#include "api/resource_noun.h"
#include "api/resources.h"
#include "http/post.h"

static bool check_url(const HfRequest *request, GError **error)
{
    g_autofree char *url = NULL;
    return hf_request_text(request, "url", 2000, &url, error) && (url == NULL || hf_http_check_url(url, error));
}

bool hf_webhook_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    return check_url(request, error) && hf_noun_handle_create(api, route, request, response, error);
}

bool hf_webhook_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    return check_url(request, error) && hf_noun_handle_change(api, route, request, response, error);
}
