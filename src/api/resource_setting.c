/* The organization's settings: a JSON object of names and values. */
#include "api/change.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "base/error.h"
#include "catalog/backup_table.h"
#include "catalog/report_table.h"
#include "catalog/setting_table.h"

#include <string.h>

#define MAX_NAME 60
#define MAX_VALUE 4000
#define MAX_SETTINGS 200 /* at once; and of an organization */

bool hf_setting_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    const char *organization = request->principal->organization;
    return hf_noun_answer(api, route->noun, organization, organization, 200, response, error);
}

static bool check(const char *name, const GString *value, GError **error)
{
    size_t length = strlen(name);
    bool fits = length >= 1 && length <= MAX_NAME && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
    if (fits && strcmp(name, "version") != 0 && value->len <= MAX_VALUE)
        return true;
    g_set_error(
        error, HF_ERROR, HF_ERROR_USAGE,
        "a setting's name is of the characters a-z, 0-9 and _ (at most %d) and not \"version\", its value has at "
        "most %d bytes",
        MAX_NAME, MAX_VALUE);
    return false;
}

/* Those that the service itself reads. */
static bool check_known(const HfJson *json, HfJsonNode node, const char *name, GError **error)
{
    static const struct {
        const char *name;
        uint64_t most;
    } of_days[] = {{"safety_keep_days", HF_SAFETY_MAX_DAYS}, {"report_keep_days", HF_REPORT_MAX_DAYS}};
    uint64_t days;
    for (size_t i = 0; i < G_N_ELEMENTS(of_days); i++) {
        if (strcmp(name, of_days[i].name) != 0 || hf_json_is_null(json, node) ||
            (hf_json_get_uint64(json, 0, name, &days, NULL) && days >= 1 && days <= of_days[i].most))
            continue;
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s is a number from 1 to %" G_GUINT64_FORMAT ", or null", name,
                    of_days[i].most);
        return false;
    }
    return true;
}

static bool set(HfApi *api, const HfRequest *request, const char *name, GError **error)
{
    HfJsonWriter writer;
    g_autoptr(GString) value = g_string_new(NULL);
    HfJsonNode node = hf_json_get(request->json, 0, name);
    hf_json_writer_init(&writer, value);
    hf_json_copy(request->json, node, &writer, NULL);
    return check(name, value, error) && check_known(request->json, node, name, error) &&
           hf_setting_set(api->catalog, request->principal->organization, name,
                          hf_json_is_null(request->json, node) ? NULL : value->str, error);
}

static bool check_number(size_t number, GError **error)
{
    if (number > MAX_SETTINGS)
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "there are no more than %d settings", MAX_SETTINGS);
    return number <= MAX_SETTINGS;
}

/* PATCH: the members that are there change; null removes one. */
bool hf_setting_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    const char *name, *organization = request->principal->organization;
    int version;
    if (!hf_request_version(request, &version, error) || !check_number(hf_json_size(request->json, 0), error) ||
        !hf_catalog_begin(api->catalog, error))
        return false;
    g_autoptr(HfJson) before = hf_change_look(api, route->noun, organization, organization, error);
    bool done = before != NULL && hf_setting_begin_change(api->catalog, organization, version, error);
    for (size_t i = 0; done && (name = hf_json_key(request->json, 0, i)) != NULL; i++)
        done = set(api, request, name, error);
    uint64_t count = 0;
    done = done && hf_setting_count(api->catalog, organization, &count, error) && check_number(count, error);
    const HfChange change = {
        .action = "setting.change", .id = organization, .name = "", .noun = route->noun, .before = before};
    return hf_change_end(api, request, &change, done, response, error) &&
           hf_setting_handle_get(api, route, request, response, error);
}
