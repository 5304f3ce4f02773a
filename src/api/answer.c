/* The way of a request: read, find the route, check who asks, read the body, handle, send. */
#include "api/guard.h"
#include "api/log.h"
#include "base/error.h"

#include <string.h>

static bool read_body(const HfRoute *route, HfRequest *request, GError **error)
{
    bool has_body = strcmp(request->method, "GET") != 0 && strcmp(request->method, "DELETE") != 0;
    return !has_body || route->own_body || hf_request_read_json(request, error);
}

static bool guard(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    if (route->own_guard)
        return true;
    return hf_guard_find_principal(api, route, request, error) && hf_guard_check(api, route, request, response);
}

/* Without, whatever somebody else has saved meanwhile would be overwritten by who has not seen it. */
static bool check_version_named(const HfRoute *route, const HfRequest *request, HfResponse *response)
{
    if (!hf_route_is_edit(route) || hf_request_header(request, "If-Match") != NULL)
        return true;
    hf_response_problem(response, 428, "version-missing", "Which version is meant is missing",
                        "a change says in If-Match which version it is of", "Read it, and send its ETag as If-Match.",
                        request);
    return false;
}

static bool refuse_busy(const HfRequest *request, HfResponse *response)
{
    hf_response_problem(response, 503, "busy", "Busy for the moment",
                        "as many servers and storages are being asked as may be at once", "Try again in a few seconds.",
                        request);
    hf_response_header(response, "Retry-After", "5");
    return false;
}

static bool handle(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    if (!guard(api, route, request, response, error) || !check_version_named(route, request, response) ||
        !read_body(route, request, error))
        return false;
    if (!route->waits)
        return route->handle(api, route, request, response, error);
    int place = hf_places_take(&api->places);
    if (place < 0)
        return refuse_busy(request, response);
    bool done = route->handle(api, route, request, response, error);
    hf_places_leave(&api->places, place);
    return done;
}

/* A link to a download is a secret: not even one that did not work is logged. */
static int loggable_length(const HfRequest *request)
{
    static const char secret[] = "/api/v1/downloads/";
    return g_str_has_prefix(request->path, secret) ? (int)strlen(secret) : (int)request->path_length;
}

/* One line for each request: as a warning if the service itself has failed. */
static void note(const HfRequest *request, const HfResponse *response, const GError *error)
{
    bool failed = response->status >= 500;
    if (!failed && !hf_api_log_shows(G_LOG_LEVEL_DEBUG))
        return;
    char status[16];
    g_autofree char *path = g_strndup(request->path, (gsize)loggable_length(request));
    g_snprintf(status, sizeof status, "%d", response->status);
    g_log_structured(G_LOG_DOMAIN, failed ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_DEBUG, HF_LOG_METHOD, request->method,
                     HF_LOG_PATH, path, HF_LOG_STATUS, status, "MESSAGE", "%s",
                     !failed         ? "answered"
                     : error != NULL ? error->message
                                     : "refused");
}

void hf_api_answer(HfApi *self, FCGX_Request *fcgi)
{
    HfRequest request;
    HfResponse response;
    g_autoptr(GError) error = NULL;
    hf_response_init(&response);
    const HfRoute *route = NULL;
    bool is_read = hf_request_read(&request, fcgi, &error);
    hf_api_log_set_request(request.id);
    if (is_read) {
        route = hf_route_find(&request);
        if (route == NULL)
            g_set_error(&error, HF_ERROR, HF_ERROR_NOT_FOUND, "there is no %s %.*s", request.method,
                        (int)request.path_length, request.path);
        else
            (void)handle(self, route, &request, &response, &error);
    }
    if (error != NULL)
        hf_response_error(&response, error, &request);
    if (route != NULL && route->is_tus)
        hf_response_header(&response, "Tus-Resumable", HF_TUS_VERSION);
    note(&request, &response, error);
    hf_response_send(&response, &request);
    hf_response_clear(&response);
    hf_api_log_set_request(NULL);
    hf_request_clear(&request);
}
