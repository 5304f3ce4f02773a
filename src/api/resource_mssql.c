/* SQL Servers: as servers are, but that the test needs a database, and a password that may not be kept. */
#include "api/change.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "base/error.h"
#include "catalog/mssql_server_table.h"
#include "crypto/age.h"
#include "service/apart.h"
#include "service/mssql_check.h"
#include "service/mssql_reach.h"

#include <string.h>

#define TEST_S 40 /* less than a request may take */
#define MAX_ANSWER ((size_t)1 << 20)

/* In the transaction that saves it. */
static bool check(HfApi *api, const HfRequest *request, const char *id, GError **error)
{
    g_autoptr(HfMssqlServerRow) server = hf_mssql_server_get(api->catalog, request->principal->organization, id, error);
    return server != NULL && hf_mssql_reach_check(server, error);
}

bool hf_mssql_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    g_autofree char *id = hf_noun_do_create(api, route, request, check, response, error);
    return id != NULL && hf_noun_answer(api, route->noun, request->principal->organization, id, 201, response, error);
}

/* Else a password that nobody may read could be had by sending it to a server of one's own. */
static bool check_password_again(HfApi *api, const HfRequest *request, GError **error)
{
    if (hf_json_get(request->json, 0, "password") != HF_JSON_NONE)
        return true;
    g_autoptr(HfMssqlServerRow) server =
        hf_mssql_server_get(api->catalog, request->principal->organization, request->ids[0], error);
    if (server == NULL)
        return false;
    if (server->password == NULL ||
        (!hf_noun_differs(request, "address", server->address) &&
         !hf_noun_differs(request, "tls_root", server->tls_root) &&
         !hf_noun_differs(request, "any_certificate", server->any_certificate ? "true" : "false")))
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                        "with another address, root certificate or any_certificate the password must be given again");
    return false;
}

bool hf_mssql_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return check_password_again(api, request, error) &&
           hf_noun_do_change(api, route, request, check, response, error) &&
           hf_noun_answer(api, route->noun, request->principal->organization, request->ids[0], 200, response, error);
}

/* ---- The test ------------------------------------------------------------------------------------------------------
 */

static bool run_check(gconstpointer data, GString *answer, GError **error)
{
    HfJsonWriter writer;
    HfMssqlCheck result = {0};
    (void)error;
    hf_mssql_check(data, NULL, &result);
    hf_json_writer_init(&writer, answer);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "ok", hf_mssql_check_failed(&result) == NULL);
    hf_mssql_check_write(&result, &writer);
    hf_json_writer_end_object(&writer);
    hf_mssql_check_clear(&result);
    return true;
}

static HfTdsTarget *read_target(HfApi *api, const HfRequest *request, const HfMssqlServerRow *server, GError **error)
{
    static const char *const members[] = {"database_name", "password", NULL};
    g_autofree char *database = NULL;
    char *password = NULL;
    HfTdsTarget *target = NULL;
    if (hf_request_only(request, members, error) &&
        hf_request_required(request, "database_name", 128, &database, error) &&
        hf_request_secret(request, "password", &password, error))
        target = hf_mssql_reach_target(api->sealer, server, database, password, error);
    hf_age_secret_free(password);
    return target;
}

bool hf_mssql_handle_test(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route;
    g_autoptr(HfMssqlServerRow) server =
        hf_mssql_server_get(api->catalog, request->principal->organization, request->ids[0], error);
    g_autoptr(HfTdsTarget) target = server != NULL ? read_target(api, request, server, error) : NULL;
    if (target == NULL)
        return false;
    const HfMssqlCheckOptions options = {.target = target, .configuration = api->configuration};
    g_autofree char *answer = hf_apart_run(run_check, &options, TEST_S, MAX_ANSWER, error);
    if (answer == NULL)
        return false;
    hf_response_json(response, 200, g_steal_pointer(&answer));
    return true;
}
