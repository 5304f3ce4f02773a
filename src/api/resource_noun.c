#include "api/resource_noun.h"

#include "base/error.h"

#include <string.h>

#define DEFAULT_LIMIT 25
#define MAX_LIMIT 500

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

static bool is_own_parameter(const char *name)
{
    static const char *const own[] = {"q", "sort", "cursor", "limit", NULL};
    return g_strv_contains(own, name);
}

/* Every other parameter of the query is a filter; the catalog refuses those that the noun does not have. */
static GPtrArray *filters_of(const HfRequest *request, const char *const *given)
{
    GPtrArray *filters = g_ptr_array_new();
    for (const char *const *each = given; each != NULL && *each != NULL; each++)
        g_ptr_array_add(filters, (gpointer)*each);
    for (guint i = 0; i < request->query->len; i += 2)
        if (!is_own_parameter(request->query->pdata[i])) {
            g_ptr_array_add(filters, request->query->pdata[i]);
            g_ptr_array_add(filters, request->query->pdata[i + 1]);
        }
    g_ptr_array_add(filters, NULL);
    return filters;
}

bool hf_noun_read_limit(const HfRequest *request, unsigned *limit, GError **error)
{
    const char *text = hf_request_parameter(request, "limit");
    guint64 number = DEFAULT_LIMIT;
    if (text != NULL && !g_ascii_string_to_unsigned(text, 10, 1, MAX_LIMIT, &number, NULL)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "limit is a number from 1 to %d", MAX_LIMIT);
        return false;
    }
    *limit = (unsigned)number;
    return true;
}

bool hf_noun_answer_list(HfApi *api, const HfNoun *noun, const char *organization, const char *const *given,
                         const HfRequest *request, HfResponse *response, GError **error)
{
    g_autoptr(GPtrArray) filters = filters_of(request, given);
    HfListQuery query = {.filters = (const char *const *)filters->pdata,
                         .search = hf_request_parameter(request, "q"),
                         .sort = hf_request_parameter(request, "sort"),
                         .cursor = hf_request_parameter(request, "cursor")};
    if (!hf_noun_read_limit(request, &query.limit, error))
        return false;
    char *json = hf_noun_list(api->catalog, noun, organization, &query, error);
    if (json != NULL)
        hf_response_json(response, 200, json);
    return json != NULL;
}

bool hf_noun_handle_list(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return hf_noun_answer_list(api, route->noun, hf_route_organization(route, request), NULL, request, response, error);
}

bool hf_noun_answer(HfApi *api, const HfNoun *noun, const char *organization, const char *id, int status,
                    HfResponse *response, GError **error)
{
    int version = 0;
    char *json = hf_noun_get(api->catalog, noun, organization, id, &version, error);
    if (json == NULL)
        return false;
    hf_response_json(response, status, json);
    hf_response_version(response, version);
    return true;
}

bool hf_noun_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return hf_noun_answer(api, route->noun, hf_route_organization(route, request), request->ids[0], 200, response,
                          error);
}

/* ---- Changing ------------------------------------------------------------------------------------------------------
 */

static bool end(HfApi *api, const HfRoute *route, const HfRequest *request, const char *verb, const char *id,
                const HfJson *before, bool done, HfResponse *response, GError **error)
{
    g_autofree char *action = g_strconcat(route->noun->name, ".", verb, NULL);
    const HfChange change = {.action = action,
                             .id = id,
                             .noun = route->noun,
                             .before = before,
                             .installation = route->access == HF_ACCESS_OWNER};
    return hf_change_end(api, request, &change, done, response, error);
}

bool hf_noun_differs(const HfRequest *request, const char *name, const char *now)
{
    HfJsonNode node = hf_json_get(request->json, 0, name);
    return node != HF_JSON_NONE && g_strcmp0(hf_json_scalar(request->json, node, NULL), now) != 0;
}

char *hf_noun_do_create(HfApi *api, const HfRoute *route, const HfRequest *request, HfNounHook hook,
                        HfResponse *response, GError **error)
{
    if (!hf_catalog_begin(api->catalog, error))
        return NULL;
    g_autofree char *id = hf_noun_create(api->catalog, route->noun, api->sealer, hf_route_organization(route, request),
                                         request->principal->actor, request->json, 0, error);
    bool done = id != NULL && (hook == NULL || hook(api, request, id, error));
    return end(api, route, request, "create", id, NULL, done, response, error) ? g_steal_pointer(&id) : NULL;
}

bool hf_noun_do_change(HfApi *api, const HfRoute *route, const HfRequest *request, HfNounHook hook,
                       HfResponse *response, GError **error)
{
    int version;
    const char *id = request->ids[0];
    if (!hf_request_version(request, &version, error) || !hf_catalog_begin(api->catalog, error))
        return false;
    const char *organization = hf_route_organization(route, request);
    g_autoptr(HfJson) before = hf_change_look(api, route->noun, organization, id, error);
    bool done =
        before != NULL &&
        hf_noun_change(api->catalog, route->noun, api->sealer, organization, id, version, request->json, 0, error) &&
        (hook == NULL || hook(api, request, id, error));
    return end(api, route, request, "change", id, before, done, response, error);
}

bool hf_noun_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    g_autofree char *id = hf_noun_do_create(api, route, request, NULL, response, error);
    return id != NULL &&
           hf_noun_answer(api, route->noun, hf_route_organization(route, request), id, 201, response, error);
}

bool hf_noun_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return hf_noun_do_change(api, route, request, NULL, response, error) &&
           hf_noun_handle_get(api, route, request, response, error);
}

bool hf_noun_do_remove(HfApi *api, const HfRoute *route, const HfRequest *request, HfNounHook hook,
                       HfResponse *response, GError **error)
{
    int version;
    const char *id = request->ids[0], *organization = hf_route_organization(route, request);
    if (!hf_request_version(request, &version, error) || !hf_catalog_begin(api->catalog, error))
        return false;
    g_autoptr(HfJson) before = hf_change_look(api, route->noun, organization, id, error);
    bool done = before != NULL && (hook == NULL || hook(api, request, id, error)) &&
                hf_noun_remove(api->catalog, route->noun, organization, id, version, error);
    if (!end(api, route, request, "delete", id, before, done, response, error))
        return false;
    response->status = 204;
    return true;
}

bool hf_noun_handle_remove(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return hf_noun_do_remove(api, route, request, NULL, response, error);
}
