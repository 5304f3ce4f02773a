#include "api/route.h"

#include "api/resource_noun.h"
#include "api/resources.h"
#include "base/json.h"
#include "catalog/audit.h"
#include "catalog/backup_table.h"
#include "catalog/key_table.h"
#include "catalog/mssql_server_table.h"
#include "catalog/restore_table.h"
#include "catalog/schedule_table.h"
#include "catalog/server_table.h"
#include "catalog/setting_table.h"
#include "catalog/storage_table.h"
#include "catalog/upload_table.h"
#include "service/request_backup.h"
#include "service/request_delete.h"
#include "service/request_export.h"
#include "service/request_import.h"
#include "service/request_migrate.h"
#include "service/request_rescan.h"
#include "service/request_restore.h"
#include "service/request_resume.h"
#include "service/request_verify.h"

#include <string.h>

#define ANYONE HF_ACCESS_ANYONE
#define LOCAL HF_ACCESS_LOCAL
#define SIGNED_IN HF_ACCESS_SIGNED_IN
#define OWNER HF_ACCESS_OWNER
#define VIEWER HF_ACCESS_VIEWER
#define AUDITOR HF_ACCESS_AUDITOR
#define OPERATOR HF_ACCESS_OPERATOR
#define ADMINISTRATOR HF_ACCESS_ADMINISTRATOR
#define V1 "/api/v1"

static const HfRoute routes[] = {
    /* Found first, for they are asked for most. */
    {"GET", V1 "/jobs/{id}", VIEWER, hf_job_handle_get, .own_guard = true},
    {"GET", V1 "/gate/{database_id}", ANYONE, hf_gate_handle_get},

    {"GET", "/healthz", ANYONE, hf_health_handle_get},
    {"GET", "/metrics", LOCAL, hf_metrics_handle_get},

    {"POST", V1 "/session", ANYONE, hf_session_handle_create},
    {"DELETE", V1 "/session", SIGNED_IN, hf_session_handle_end},
    {"GET", V1 "/sessions", SIGNED_IN, hf_session_handle_list, &hf_noun_session},
    {"DELETE", V1 "/sessions/{id}", SIGNED_IN, hf_session_handle_revoke},
    {"GET", V1 "/me", SIGNED_IN, hf_me_handle_get},
    {"GET", V1 "/me/pieces", OPERATOR, hf_upload_handle_permit},
    {"PUT", V1 "/me/password", SIGNED_IN, hf_me_handle_password},
    {"PUT", V1 "/me/organization", SIGNED_IN, hf_me_handle_organization},

    {"GET", V1 "/organizations", OWNER, hf_noun_handle_list, &hf_noun_organization},
    {"POST", V1 "/organizations", OWNER, hf_noun_handle_create, &hf_noun_organization},
    {"GET", V1 "/organizations/{id}", OWNER, hf_noun_handle_get, &hf_noun_organization},
    {"PATCH", V1 "/organizations/{id}", OWNER, hf_noun_handle_change, &hf_noun_organization},
    {"DELETE", V1 "/organizations/{id}", OWNER, hf_noun_handle_remove, &hf_noun_organization},
    {"PUT", V1 "/organizations/{id}/users/{user_id}", OWNER, hf_user_handle_join, &hf_noun_user},
    {"GET", V1 "/accounts", OWNER, hf_noun_handle_list, &hf_noun_account},
    {"POST", V1 "/accounts", OWNER, hf_user_handle_create, &hf_noun_account},
    {"GET", V1 "/accounts/{id}", OWNER, hf_noun_handle_get, &hf_noun_account},
    {"PATCH", V1 "/accounts/{id}", OWNER, hf_user_handle_change, &hf_noun_account},

    {"GET", V1 "/users", ADMINISTRATOR, hf_noun_handle_list, &hf_noun_user},
    {"POST", V1 "/users", ADMINISTRATOR, hf_user_handle_create, &hf_noun_user},
    {"GET", V1 "/users/{id}", ADMINISTRATOR, hf_noun_handle_get, &hf_noun_user},
    {"PATCH", V1 "/users/{id}", ADMINISTRATOR, hf_user_handle_change, &hf_noun_user},
    {"DELETE", V1 "/users/{id}", ADMINISTRATOR, hf_user_handle_remove, &hf_noun_user},
    {"GET", V1 "/tokens", ADMINISTRATOR, hf_noun_handle_list, &hf_noun_token},
    {"POST", V1 "/tokens", ADMINISTRATOR, hf_token_handle_create, &hf_noun_token},
    {"GET", V1 "/tokens/{id}", ADMINISTRATOR, hf_noun_handle_get, &hf_noun_token},
    {"DELETE", V1 "/tokens/{id}", ADMINISTRATOR, hf_token_handle_remove, &hf_noun_token},

    {"GET", V1 "/servers", VIEWER, hf_noun_handle_list, &hf_noun_server},
    {"POST", V1 "/servers", ADMINISTRATOR, hf_server_handle_create, &hf_noun_server, .waits = true},
    {"GET", V1 "/servers/{id}", VIEWER, hf_noun_handle_get, &hf_noun_server},
    {"PATCH", V1 "/servers/{id}", ADMINISTRATOR, hf_server_handle_change, &hf_noun_server, .waits = true},
    {"DELETE", V1 "/servers/{id}", ADMINISTRATOR, hf_noun_handle_remove, &hf_noun_server},
    {"POST", V1 "/servers/{id}/test", OPERATOR, hf_server_handle_test, &hf_noun_server, .waits = true},
    {"GET", V1 "/servers/{id}/databases", OPERATOR, hf_server_handle_find, .waits = true},
    {"POST", V1 "/servers/{id}/databases", OPERATOR, hf_server_handle_register, .waits = true},
    {"GET", V1 "/databases", VIEWER, hf_noun_handle_list, &hf_noun_database},
    {"POST", V1 "/databases", OPERATOR, hf_noun_handle_create, &hf_noun_database},
    {"GET", V1 "/databases/{id}", VIEWER, hf_noun_handle_get, &hf_noun_database},
    {"GET", V1 "/databases/{id}/live", OPERATOR, hf_database_handle_live, .waits = true},
    {"PATCH", V1 "/databases/{id}", OPERATOR, hf_noun_handle_change, &hf_noun_database},
    {"DELETE", V1 "/databases/{id}", ADMINISTRATOR, hf_database_handle_remove, &hf_noun_database},
    {"GET", V1 "/mssql-servers", VIEWER, hf_noun_handle_list, &hf_noun_mssql_server},
    {"POST", V1 "/mssql-servers", ADMINISTRATOR, hf_mssql_handle_create, &hf_noun_mssql_server},
    {"GET", V1 "/mssql-servers/{id}", VIEWER, hf_noun_handle_get, &hf_noun_mssql_server},
    {"PATCH", V1 "/mssql-servers/{id}", ADMINISTRATOR, hf_mssql_handle_change, &hf_noun_mssql_server},
    {"DELETE", V1 "/mssql-servers/{id}", ADMINISTRATOR, hf_noun_handle_remove, &hf_noun_mssql_server},
    {"POST", V1 "/mssql-servers/{id}/test", OPERATOR, hf_mssql_handle_test, .waits = true},
    {"GET", V1 "/alarms", VIEWER, hf_noun_handle_list, &hf_noun_alarm},

    {"GET", V1 "/storages", VIEWER, hf_noun_handle_list, &hf_noun_storage},
    {"POST", V1 "/storages", ADMINISTRATOR, hf_storage_handle_create, &hf_noun_storage, .waits = true},
    {"GET", V1 "/storages/{id}", VIEWER, hf_noun_handle_get, &hf_noun_storage},
    {"PATCH", V1 "/storages/{id}", ADMINISTRATOR, hf_storage_handle_change, &hf_noun_storage, .waits = true},
    {"DELETE", V1 "/storages/{id}", ADMINISTRATOR, hf_noun_handle_remove, &hf_noun_storage},
    {"POST", V1 "/storages/{id}/test", OPERATOR, hf_storage_handle_test, &hf_noun_storage, .waits = true},
    {"POST", V1 "/storages/{id}/rescan", ADMINISTRATOR, hf_request_handle, .request = hf_request_rescan},
    {"GET", V1 "/keys", VIEWER, hf_noun_handle_list, &hf_noun_key},
    {"POST", V1 "/keys", ADMINISTRATOR, hf_key_handle_create, &hf_noun_key},
    {"GET", V1 "/keys/{id}", VIEWER, hf_noun_handle_get, &hf_noun_key},
    {"PATCH", V1 "/keys/{id}", ADMINISTRATOR, hf_noun_handle_change, &hf_noun_key},
    {"DELETE", V1 "/keys/{id}", ADMINISTRATOR, hf_noun_handle_remove, &hf_noun_key},
    {"POST", V1 "/keys/{id}/sheet", ADMINISTRATOR, hf_key_handle_sheet},

    {"GET", V1 "/schedules", VIEWER, hf_noun_handle_list, &hf_noun_schedule},
    {"POST", V1 "/schedules", OPERATOR, hf_schedule_handle_create, &hf_noun_schedule},
    {"POST", V1 "/schedules/preview", OPERATOR, hf_schedule_handle_preview},
    {"GET", V1 "/schedules/{id}", VIEWER, hf_noun_handle_get, &hf_noun_schedule},
    {"PATCH", V1 "/schedules/{id}", OPERATOR, hf_schedule_handle_change, &hf_noun_schedule},
    {"DELETE", V1 "/schedules/{id}", OPERATOR, hf_noun_handle_remove, &hf_noun_schedule},
    {"POST", V1 "/schedules/{id}/enable", OPERATOR, hf_schedule_handle_enable, &hf_noun_schedule},
    {"POST", V1 "/schedules/{id}/disable", OPERATOR, hf_schedule_handle_disable, &hf_noun_schedule},
    {"POST", V1 "/schedules/{id}/run", OPERATOR, hf_request_handle, .request = hf_request_schedule_run},

    {"GET", V1 "/backups", VIEWER, hf_noun_handle_list, &hf_noun_backup},
    {"POST", V1 "/backups", OPERATOR, hf_request_handle, .request = hf_request_backup},
    {"GET", V1 "/backups/{id}", VIEWER, hf_noun_handle_get, &hf_noun_backup},
    {"PATCH", V1 "/backups/{id}", OPERATOR, hf_noun_handle_change, &hf_noun_backup},
    {"DELETE", V1 "/backups/{id}", OPERATOR, hf_request_handle, .request = hf_request_delete},
    {"POST", V1 "/backups/{id}/verify", OPERATOR, hf_request_handle, .request = hf_request_verify},
    {"GET", V1 "/backups/{id}/tables", VIEWER, hf_backup_handle_tables},
    {"POST", V1 "/backups/{id}/test-key", OPERATOR, hf_backup_handle_test_key},
    {"POST", V1 "/backups/{id}/download", OPERATOR, hf_download_handle_create},
    {"GET", V1 "/downloads/{link}", ANYONE, hf_download_handle_get},
    {"OPTIONS", V1 "/uploads", ANYONE, hf_upload_handle_options, .is_tus = true},
    {"GET", V1 "/uploads", VIEWER, hf_noun_handle_list, &hf_noun_upload},
    {"POST", V1 "/uploads", OPERATOR, hf_upload_handle_create, &hf_noun_upload, .is_tus = true},
    {"GET", V1 "/uploads/{id}", VIEWER, hf_upload_handle_get, &hf_noun_upload, .is_tus = true},
    {"PATCH", V1 "/uploads/{id}", OPERATOR, hf_upload_handle_receive, .own_body = true, .is_tus = true},
    {"DELETE", V1 "/uploads/{id}", OPERATOR, hf_upload_handle_remove, .is_tus = true},
    {"POST", V1 "/preflights", OPERATOR, hf_request_handle, .request = hf_request_preflight},
    {"GET", V1 "/preflights/{id}", VIEWER, hf_noun_handle_get, &hf_noun_preflight},
    {"POST", V1 "/restores", OPERATOR, hf_request_handle, .request = hf_request_restore},
    {"POST", V1 "/databases/{id}/undo", OPERATOR, hf_request_handle, .request = hf_request_undo},

    {"POST", V1 "/assessments", OPERATOR, hf_request_handle, .request = hf_request_assess},
    {"POST", V1 "/migrations", OPERATOR, hf_request_handle, .request = hf_request_migrate},
    {"POST", V1 "/databases/{id}/open", OPERATOR, hf_request_handle, .request = hf_request_open},
    {"GET", V1 "/jobs/{id}/report", OPERATOR, hf_report_handle_json},
    {"GET", V1 "/jobs/{id}/report.html", OPERATOR, hf_report_handle_html},
    {"GET", V1 "/jobs/{id}/script.sql", OPERATOR, hf_report_handle_script},

    /* Rows of people in the clear: not for operators, whose backups are encrypted. */
    {"POST", V1 "/exports", ADMINISTRATOR, hf_request_handle, .request = hf_request_export},
    {"POST", V1 "/imports", OPERATOR, hf_request_handle, .request = hf_request_import},
    {"POST", V1 "/imports/preview", OPERATOR, hf_request_handle, .request = hf_request_preview},
    {"POST", V1 "/jobs/{id}/files/{number}/download", ADMINISTRATOR, hf_job_file_handle_link},

    {"GET", V1 "/jobs", VIEWER, hf_noun_handle_list, &hf_noun_job},
    {"POST", V1 "/jobs/{id}/cancel", OPERATOR, hf_job_handle_cancel},
    {"GET", V1 "/logs", VIEWER, hf_noun_handle_list, &hf_noun_log},
    {"GET", V1 "/installation/audit", OWNER, hf_noun_handle_list, &hf_noun_installation_audit},
    {"GET", V1 "/audit", AUDITOR, hf_noun_handle_list, &hf_noun_audit},
    {"GET", V1 "/audit/chain", AUDITOR, hf_audit_handle_chain},

    {"GET", V1 "/gate/{database_id}/progress", ANYONE, hf_gate_handle_progress},

    {"GET", V1 "/settings", VIEWER, hf_setting_handle_get, &hf_noun_setting},
    {"PATCH", V1 "/settings", ADMINISTRATOR, hf_setting_handle_change, &hf_noun_setting},
    {"GET", V1 "/webhooks", ADMINISTRATOR, hf_noun_handle_list, &hf_noun_webhook},
    {"POST", V1 "/webhooks", ADMINISTRATOR, hf_webhook_handle_create, &hf_noun_webhook},
    {"GET", V1 "/webhooks/{id}", ADMINISTRATOR, hf_noun_handle_get, &hf_noun_webhook},
    {"PATCH", V1 "/webhooks/{id}", ADMINISTRATOR, hf_webhook_handle_change, &hf_noun_webhook},
    {"DELETE", V1 "/webhooks/{id}", ADMINISTRATOR, hf_noun_handle_remove, &hf_noun_webhook},
    {"POST", V1 "/webhooks/{id}/test", ADMINISTRATOR, hf_webhook_handle_test, .waits = true},
};

/* ---- Finding -------------------------------------------------------------------------------------------------------
 */

static void forget_ids(HfRequest *request)
{
    for (size_t i = 0; i < HF_REQUEST_PATH_IDS; i++)
        g_clear_pointer(&request->ids[i], g_free);
}

/* Byte by byte as they came: what is encoded in an id cannot make another path of it. */
static bool match(const char *pattern, HfRequest *request)
{
    const char *path = request->path, *end = path + request->path_length;
    size_t ids = 0;
    forget_ids(request);
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '{') {
            if (path == end || *pattern != *path++)
                return false;
            continue;
        }
        const char *slash = memchr(path, '/', (size_t)(end - path));
        gssize length = (slash != NULL ? slash : end) - path;
        if (length == 0 || (request->ids[ids++] = hf_request_decode(path, length)) == NULL)
            return false;
        path += length;
        pattern += strcspn(pattern, "}");
    }
    return path == end;
}

const HfRoute *hf_route_find(HfRequest *request)
{
    for (size_t i = 0; i < G_N_ELEMENTS(routes); i++)
        if (strcmp(routes[i].method, request->method) == 0 && match(routes[i].pattern, request))
            return &routes[i];
    forget_ids(request);
    return NULL;
}

bool hf_route_is_edit(const HfRoute *route)
{
    return route->noun != NULL && (strcmp(route->method, "PATCH") == 0 || strcmp(route->method, "DELETE") == 0);
}

const char *hf_route_organization(const HfRoute *route, const HfRequest *request)
{
    if (route->access == HF_ACCESS_OWNER)
        return NULL;
    g_assert(route->access >= HF_ACCESS_VIEWER && request->principal->organization != NULL);
    return request->principal->organization;
}

char *hf_routes_to_json(void)
{
    static const char *const names[] = {
        [ANYONE] = "anyone", [LOCAL] = "local",     [SIGNED_IN] = "signed in", [OWNER] = "owner",
        [VIEWER] = "viewer", [AUDITOR] = "auditor", [OPERATOR] = "operator",   [ADMINISTRATOR] = "administrator"};
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_array(&writer, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(routes); i++) {
        hf_json_writer_break(&writer);
        hf_json_writer_begin_object(&writer, NULL);
        hf_json_writer_string(&writer, "method", routes[i].method);
        hf_json_writer_string(&writer, "path", routes[i].pattern);
        hf_json_writer_string(&writer, "access", names[routes[i].access]);
        hf_json_writer_bool(&writer, "job", routes[i].request != NULL);
        hf_json_writer_bool(&writer, "edit", hf_route_is_edit(&routes[i]));
        hf_json_writer_end_object(&writer);
    }
    hf_json_writer_break(&writer);
    hf_json_writer_end_array(&writer);
    return g_string_free(text, FALSE);
}
