/* Schedules: when one is saved or switched on, its next time is set in the same transaction. */
#include "api/change.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "base/error.h"
#include "service/request_backup.h"
#include "service/schedule_time.h"

#include <string.h>

/* A folder in the storage, and the beginning of a name in it: neither leads out of it. */
static bool check_place(const HfScheduleRow *schedule, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(schedule->folder, "/", -1);
    bool good = strchr(schedule->prefix, '/') == NULL && *schedule->prefix != '.';
    for (char **part = parts; *part != NULL && *schedule->folder != '\0'; part++)
        good = good && **part != '\0' && **part != '.';
    if (!good)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "folder is a path such as \"shop/nightly\", whose parts do not begin with a point; prefix "
                            "has no slash and does not begin with a point");
    return good;
}

static bool check_options(const HfScheduleRow *schedule, GError **error)
{
    g_autoptr(HfJson) options = hf_json_parse("options", schedule->options, strlen(schedule->options), 10000, error);
    return options != NULL && hf_request_backup_check_options(options, 0, error);
}

static bool settle(HfApi *api, const HfRequest *request, const char *id, GError **error)
{
    int64_t next_us = -1;
    g_autoptr(HfScheduleRow) schedule = hf_schedule_get(api->catalog, request->principal->organization, id, error);
    return schedule != NULL && check_place(schedule, error) && check_options(schedule, error) &&
           hf_schedule_time_next(schedule, g_get_real_time(), &next_us, error) &&
           hf_schedule_advance(api->catalog, schedule, schedule->is_active ? next_us : -1, -1, error);
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
