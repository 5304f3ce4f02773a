/* The handlers that are no noun's own; each resource_<name>.c says how. */
#ifndef HF_API_RESOURCES_H
#define HF_API_RESOURCES_H

#include "api/route.h"

#define HF_HANDLER(name)                                                                                               \
    bool name(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)

HF_HANDLER(hf_session_handle_create);
HF_HANDLER(hf_session_handle_end);
HF_HANDLER(hf_session_handle_list);
HF_HANDLER(hf_session_handle_revoke);

HF_HANDLER(hf_me_handle_get);
HF_HANDLER(hf_me_handle_password);
HF_HANDLER(hf_me_handle_organization);

HF_HANDLER(hf_user_handle_create);
HF_HANDLER(hf_user_handle_change);
HF_HANDLER(hf_user_handle_remove);
HF_HANDLER(hf_user_handle_join);

HF_HANDLER(hf_token_handle_create);
HF_HANDLER(hf_token_handle_remove);

HF_HANDLER(hf_server_handle_create);
HF_HANDLER(hf_server_handle_change);
HF_HANDLER(hf_server_handle_test);
HF_HANDLER(hf_server_handle_find);
HF_HANDLER(hf_server_handle_register);
HF_HANDLER(hf_database_handle_live);
HF_HANDLER(hf_database_handle_remove);

HF_HANDLER(hf_storage_handle_create);
HF_HANDLER(hf_storage_handle_change);
HF_HANDLER(hf_storage_handle_test);

HF_HANDLER(hf_key_handle_create);
HF_HANDLER(hf_key_handle_sheet);

HF_HANDLER(hf_schedule_handle_create);
HF_HANDLER(hf_schedule_handle_change);
HF_HANDLER(hf_schedule_handle_enable);
HF_HANDLER(hf_schedule_handle_disable);
HF_HANDLER(hf_schedule_handle_preview);

HF_HANDLER(hf_backup_handle_tables);
HF_HANDLER(hf_backup_handle_test_key);

HF_HANDLER(hf_mssql_handle_create);
HF_HANDLER(hf_mssql_handle_change);
HF_HANDLER(hf_mssql_handle_test);

HF_HANDLER(hf_job_handle_get);
HF_HANDLER(hf_job_handle_cancel);
HF_HANDLER(hf_request_handle); /* makes a job, or several */
HF_HANDLER(hf_report_handle_json);
HF_HANDLER(hf_report_handle_html);
HF_HANDLER(hf_report_handle_script);

/* Links to downloads, of backups and of jobs' files (api/link.h). */
HF_HANDLER(hf_job_file_handle_link);
HF_HANDLER(hf_job_file_handle_get); /* GET of a link to one */
HF_HANDLER(hf_download_handle_create);
HF_HANDLER(hf_download_handle_get);

HF_HANDLER(hf_upload_handle_options);
HF_HANDLER(hf_upload_handle_permit);
HF_HANDLER(hf_upload_handle_create);
HF_HANDLER(hf_upload_handle_get);
HF_HANDLER(hf_upload_handle_receive);
HF_HANDLER(hf_upload_handle_remove);

HF_HANDLER(hf_gate_handle_get);
HF_HANDLER(hf_gate_handle_progress);

HF_HANDLER(hf_setting_handle_get);
HF_HANDLER(hf_setting_handle_change);

HF_HANDLER(hf_webhook_handle_create);
HF_HANDLER(hf_webhook_handle_change);
HF_HANDLER(hf_webhook_handle_test);

HF_HANDLER(hf_audit_handle_chain);

HF_HANDLER(hf_health_handle_get);
HF_HANDLER(hf_metrics_handle_get);

#endif
