/*
 * What assessments and migrations have to say at length. The page and the script are files to save: a page of ours with
 * names from somebody else's database in it is nothing to show under our own address. (nginx's policy for contents, which
 * runs nothing, is on them as on every answer, and the page has one of its own for when it is a file.)
 */
#include "api/resources.h"
#include "crypto/age.h"
#include "service/job_report.h"

static bool answer(HfApi *api, const HfRoute *route, const HfRequest *request, HfJobReportPart part, const char *type,
                   const char *file, HfResponse *response, GError **error)
{
    char *text = hf_job_report_read(api->catalog, api->sealer, hf_route_organization(route, request), request->ids[0],
                                    part, error);
    if (text == NULL)
        return false;
    hf_response_text(response, type, g_string_new(text));
    hf_age_secret_free(text);
    if (file != NULL) {
        g_autofree char *disposition = g_strdup_printf("attachment; filename=\"%s\"", file);
        hf_response_header(response, "Content-Disposition", disposition);
    }
    return true;
}

bool hf_report_handle_json(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return answer(api, route, request, HF_JOB_REPORT_JSON, "application/json", NULL, response, error);
}

bool hf_report_handle_html(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return answer(api, route, request, HF_JOB_REPORT_HTML, "text/html; charset=utf-8", "report.html", response, error);
}

bool hf_report_handle_script(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    return answer(api, route, request, HF_JOB_REPORT_SCRIPT, "application/sql; charset=utf-8", "script.sql", response,
                  error);
}
