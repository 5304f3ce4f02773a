#include "service/job_report.h"

#include "base/units.h"
#include "catalog/report_table.h"

#include <string.h>

#define PURPOSE "job report"

static const char *const names[] = {
    [HF_JOB_REPORT_JSON] = "report", [HF_JOB_REPORT_HTML] = "page", [HF_JOB_REPORT_SCRIPT] = "script"};

static bool put(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, HfJobReportPart part, const char *text,
                GError **error)
{
    size_t length = text != NULL ? strlen(text) : 0;
    if (text == NULL)
        return true;
    if (length > HF_JOB_REPORT_MAX) {
        g_autofree char *size = hf_format_bytes(length), *most = hf_format_bytes(HF_JOB_REPORT_MAX);
        g_warning("the %s is not kept: it has %s, and no more than %s are; holdfast on the command line writes it to a "
                  "file",
                  names[part], size, most);
        return true;
    }
    g_autoptr(GBytes) sealed = hf_sealer_seal(sealer, PURPOSE, text, length, error);
    return sealed != NULL && hf_report_put(catalog, job->organization, job->id, names[part], sealed, error);
}

bool hf_job_report_write(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, const HfJobReport *report,
                         GError **error)
{
    if (!hf_catalog_begin(catalog, error))
        return false;
    g_autoptr(HfJobRow) owned = hf_job_owned(catalog, job->id, job->attempt, error); /* nobody else's till the end */
    if (owned != NULL && hf_report_clear(catalog, job->id, error) &&
        put(catalog, sealer, job, HF_JOB_REPORT_JSON, report->json, error) &&
        put(catalog, sealer, job, HF_JOB_REPORT_HTML, report->html, error) &&
        put(catalog, sealer, job, HF_JOB_REPORT_SCRIPT, report->script, error) && hf_catalog_commit(catalog, error))
        return true;
    hf_catalog_rollback(catalog);
    return false;
}

char *hf_job_report_read(HfCatalog *catalog, const HfSealer *sealer, const char *organization, const char *job_id,
                         HfJobReportPart part, GError **error)
{
    gsize length;
    g_autoptr(GBytes) sealed = hf_report_get(catalog, organization, job_id, names[part], error);
    if (sealed == NULL)
        return NULL;
    const void *bytes = g_bytes_get_data(sealed, &length);
    return hf_sealer_open_text(sealer, PURPOSE, bytes, length, error);
}
