/* Backups: which tables one has, and whether a key opens it. All else is a noun's, or makes a job. */
#include "api/resource_noun.h"
#include "api/resources.h"
#include "base/error.h"
#include "catalog/backup_table.h"
#include "crypto/age.h"
#include "service/key_test.h"

static bool check_query(const HfRequest *request, GError **error)
{
    static const char *const known[] = {"q", "limit", "cursor", NULL};
    for (guint i = 0; i < request->query->len; i += 2)
        if (!g_strv_contains(known, request->query->pdata[i])) {
            g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "a list of tables takes no filter \"%.60s\"",
                        (const char *)request->query->pdata[i]);
            return false;
        }
    return true;
}

bool hf_backup_handle_tables(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    unsigned limit;
    guint64 after = 0;
    const char *cursor = hf_request_parameter(request, "cursor");
    if (!check_query(request, error) || !hf_noun_read_limit(request, &limit, error))
        return false;
    if (cursor != NULL && !g_ascii_string_to_unsigned(cursor, 10, 1, G_MAXINT32, &after, NULL)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "a list of tables takes no cursor \"%.60s\"", cursor);
        return false;
    }
    char *json = hf_backup_tables(api->catalog, hf_route_organization(route, request), request->ids[0],
                                  hf_request_parameter(request, "q"), (int64_t)after, limit, error);
    if (json != NULL)
        hf_response_json(response, 200, json);
    return json != NULL;
}

/* What the request has of a key: its id here, or the key itself. */
static HfKeyTest *read_key(HfApi *api, const HfRequest *request, GError **error)
{
    g_autofree char *key_id = NULL;
    char *identity = NULL;
    HfKeyTest *test = NULL;
    if (hf_request_only(request, (const char *const[]){"key_id", "identity", NULL}, error) &&
        hf_request_text(request, "key_id", 36, &key_id, error) &&
        hf_request_text(request, "identity", 1000, &identity, error))
        test = hf_key_test_new(api->catalog, api->sealer, request->principal->organization, key_id, identity, error);
    hf_age_secret_free(identity);
    return test;
}

bool hf_backup_handle_test_key(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                               GError **error)
{
    bool opens = false;
    g_autoptr(HfBackupRow) backup =
        hf_backup_get(api->catalog, hf_route_organization(route, request), request->ids[0], error);
    g_autoptr(HfKeyTest) test = backup != NULL ? read_key(api, request, error) : NULL;
    if (test == NULL || !hf_key_test_run(test, api->catalog, api->configuration, backup, &opens, error))
        return false;
    hf_response_json(response, 200, g_strdup_printf("{\"opens\":%s}", opens ? "true" : "false"));
    return true;
}
