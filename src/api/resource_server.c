/* Servers are tested when they are saved, and their databases are found by asking them. */
#include "api/change.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "base/error.h"
#include "catalog/closure_table.h"
#include "catalog/restore_table.h"
#include "catalog/server_table.h"
#include "service/own_server.h"
#include "service/probe.h"

#include <string.h>

/* ---- Saving and testing --------------------------------------------------------------------------------------------
 */

static bool check_host(const HfRequest *request, GError **error)
{
    g_autofree char *host = NULL;
    return hf_request_text(request, "host", 253, &host, error) && (host == NULL || hf_probe_check_host(host, error));
}

/* In the transaction that saves it. */
static bool check_address(HfApi *api, const HfRequest *request, const char *id, GError **error)
{
    g_autoptr(HfServerRow) server = hf_server_get(api->catalog, request->principal->organization, id, error);
    return server != NULL && hf_own_server_check_address(api->configuration, server->host, server->port, error);
}

static bool test(HfApi *api, const HfRoute *route, const HfRequest *request, const char *id, int status,
                 HfResponse *response, GError **error)
{
    const char *organization = request->principal->organization;
    return hf_probe_server(api->catalog, api->configuration, api->sealer, organization, id, error) &&
           hf_noun_answer(api, route->noun, organization, id, status, response, error);
}

bool hf_server_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    g_autofree char *id =
        check_host(request, error) ? hf_noun_do_create(api, route, request, check_address, response, error) : NULL;
    return id != NULL && test(api, route, request, id, 201, response, error);
}

/* Else a password that nobody may read could be had by sending it to a server of one's own, or past one in the clear.
 */
static bool check_password_again(HfApi *api, const HfRequest *request, GError **error)
{
    if (hf_json_get(request->json, 0, "password") != HF_JSON_NONE)
        return true;
    g_autoptr(HfServerRow) server =
        hf_server_get(api->catalog, request->principal->organization, request->ids[0], error);
    if (server == NULL)
        return false;
    if (server->password == NULL ||
        (!hf_noun_differs(request, "host", server->host) && !hf_noun_differs(request, "port", server->port) &&
         !hf_noun_differs(request, "tls_mode", server->tls_mode) &&
         !hf_noun_differs(request, "tls_root", server->tls_root)))
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                        "with another host, port, TLS mode or root certificate the password must be given again");
    return false;
}

bool hf_server_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return check_host(request, error) && check_password_again(api, request, error) &&
           hf_noun_do_change(api, route, request, check_address, response, error) &&
           test(api, route, request, request->ids[0], 200, response, error);
}

bool hf_server_handle_test(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return hf_request_only(request, (const char *const[]){NULL}, error) &&
           test(api, route, request, request->ids[0], 200, response, error);
}

/* ---- Its databases -------------------------------------------------------------------------------------------------
 */

static bool write_found(HfApi *api, const char *server, const HfFoundDatabase *found, HfJsonWriter *writer,
                        GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfDatabaseRow) row = hf_database_by_name(api->catalog, server, found->name, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    hf_json_writer_begin_object(writer, NULL);
    hf_json_writer_string(writer, "name", found->name);
    if (found->size_bytes >= 0)
        hf_json_writer_int64(writer, "size_bytes", found->size_bytes);
    else
        hf_json_writer_string(writer, "size_bytes", NULL);
    hf_json_writer_string(writer, "database_id", row != NULL ? row->id : NULL);
    hf_json_writer_end_object(writer);
    return true;
}

static GPtrArray *all_names(const GPtrArray *found)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(names, g_strdup(((const HfFoundDatabase *)found->pdata[i])->name));
    return names;
}

/* What the server has now is not missing any more. */
static bool note_found(HfApi *api, const char *server, const GPtrArray *found, GError **error)
{
    g_autoptr(GPtrArray) names = all_names(found);
    g_ptr_array_add(names, NULL);
    return hf_database_note_found(api->catalog, server, (const char *const *)names->pdata, error);
}

static bool answer_found(HfApi *api, const char *server, const GPtrArray *found, const unsigned *added,
                         HfResponse *response, GError **error)
{
    HfJsonWriter writer;
    g_autoptr(GString) text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    if (added != NULL)
        hf_json_writer_uint64(&writer, "added", *added);
    hf_json_writer_begin_array(&writer, "items");
    for (guint i = 0; i < found->len; i++)
        if (!write_found(api, server, found->pdata[i], &writer, error))
            return false;
    hf_json_writer_end_array(&writer);
    hf_json_writer_string(&writer, "cursor", NULL);
    hf_json_writer_end_object(&writer);
    hf_response_json(response, 200, g_string_free(g_steal_pointer(&text), FALSE));
    return true;
}

bool hf_server_handle_find(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    const char *id = request->ids[0];
    (void)route;
    g_autoptr(GPtrArray) found =
        hf_probe_databases(api->catalog, api->configuration, api->sealer, request->principal->organization, id, error);
    return found != NULL && note_found(api, id, found, error) && answer_found(api, id, found, NULL, response, error);
}

static bool is_found(const GPtrArray *found, const char *name)
{
    for (guint i = 0; i < found->len; i++)
        if (strcmp(((const HfFoundDatabase *)found->pdata[i])->name, name) == 0)
            return true;
    return false;
}

/* Those of the body's member "names", all found ones without it. Transfer full, NULL-terminated. */
static GPtrArray *wanted_names(const HfRequest *request, const GPtrArray *found, GError **error)
{
    HfJsonNode list = hf_json_get(request->json, 0, "names");
    g_autoptr(GPtrArray) names = NULL;
    if (list == HF_JSON_NONE)
        names = all_names(found);
    else if (!hf_json_is_array(request->json, list)) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "\"names\" is not an array of names");
        return NULL;
    } else
        names = g_ptr_array_new_with_free_func(g_free);
    HfJsonNode each = list == HF_JSON_NONE ? HF_JSON_NONE : hf_json_first(request->json, list);
    for (; each != HF_JSON_NONE; each = hf_json_next(request->json, list, each)) {
        bool is_string = false;
        const char *name = hf_json_scalar(request->json, each, &is_string);
        if (name == NULL || !is_string || !is_found(found, name)) {
            g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the server has no database \"%s\"",
                        name != NULL ? name : "");
            return NULL;
        }
        g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_add(names, NULL);
    return g_steal_pointer(&names);
}

bool hf_server_handle_register(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                               GError **error)
{
    static const char *const members[] = {"names", NULL};
    const HfPrincipal *principal = request->principal;
    const char *id = request->ids[0];
    unsigned added = 0;
    (void)route;
    if (!hf_request_only(request, members, error))
        return false;
    g_autoptr(GPtrArray) found =
        hf_probe_databases(api->catalog, api->configuration, api->sealer, principal->organization, id, error);
    g_autoptr(GPtrArray) names = found != NULL ? wanted_names(request, found, error) : NULL;
    if (names == NULL || !note_found(api, id, found, error) || !hf_catalog_begin(api->catalog, error))
        return false;
    bool done = hf_database_register(api->catalog, principal->organization, id, (const char *const *)names->pdata,
                                     principal->actor, &added, error);
    g_autofree char *detail = g_strdup_printf("%u new", added);
    HfChange change = {.action = "server.register", .id = id, .detail = detail};
    return hf_change_end(api, request, &change, done, response, error) &&
           answer_found(api, id, found, &added, response, error);
}

/* ---- Forgetting one ------------------------------------------------------------------------------------------------
 */

/* Refused by the catalog, unless somebody says that it is to be left: */
static bool is_to_leave(const HfRequest *request, const char *parameter, bool *leave, GError **error)
{
    const char *value = hf_request_parameter(request, parameter);
    *leave = value != NULL;
    if (value == NULL || strcmp(value, "leave") == 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s is \"leave\" or is not given", parameter);
    return false;
}

/* What a restore has kept of it, which would never be dropped. */
static bool leave_copies(HfApi *api, const HfRequest *request, const char *id, GError **error)
{
    bool leave;
    if (!is_to_leave(request, "copies", &leave, error))
        return false;
    if (!leave)
        return true;
    g_auto(GStrv) left = hf_kept_leave(api->catalog, request->principal->organization, id, error);
    bool ok = left != NULL;
    for (char **name = left; ok && *name != NULL; name++) {
        const HfChange change = {.action = "database.leave_copy", .id = id, .name = *name};
        ok = hf_change_audit(api, request, &change, error);
    }
    return ok;
}

/* The connection limit that it had before a migration closed it, which nobody else knows. */
static bool leave_closed(HfApi *api, const HfRequest *request, const char *id, GError **error)
{
    bool leave, left;
    int64_t limit;
    if (!is_to_leave(request, "closed", &leave, error))
        return false;
    if (!leave)
        return true;
    if (!hf_closure_leave(api->catalog, request->principal->organization, id, &left, &limit, error))
        return false;
    g_autofree char *detail = g_strdup_printf("its connection limit was %" G_GINT64_FORMAT, limit);
    const HfChange change = {.action = "database.leave_closed", .id = id, .detail = detail};
    return !left || hf_change_audit(api, request, &change, error);
}

static bool leave_behind(HfApi *api, const HfRequest *request, const char *id, GError **error)
{
    return leave_copies(api, request, id, error) && leave_closed(api, request, id, error);
}

bool hf_database_handle_remove(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                               GError **error)
{
    return hf_noun_do_remove(api, route, request, leave_behind, response, error);
}
