/*
 * What a job has to say at length, kept with it in the catalog: what an assessment or a migration found, as JSON, as a
 * page to print, and the script. In the catalog and not in a storage, because an assessment needs no storage, and who
 * may read it is asked of the catalog anyway. Sealed, as there are examples of keys and rows in it.
 *
 * Each part is bounded. What is longer is not kept, and the job's log says so with its size.
 */
#ifndef HF_SERVICE_JOB_REPORT_H
#define HF_SERVICE_JOB_REPORT_H

#include "catalog/job.h"
#include "crypto/seal.h"

#define HF_JOB_REPORT_MAX ((size_t)8 << 20)

typedef struct {
    const char *json, *html, *script; /* NULL: there is none */
} HfJobReport;

/* In place of what an attempt before has written. HF_ERROR_CONFLICT: the attempt does not own the job. */
bool hf_job_report_write(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, const HfJobReport *report,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum { HF_JOB_REPORT_JSON, HF_JOB_REPORT_HTML, HF_JOB_REPORT_SCRIPT } HfJobReportPart;

/* HF_ERROR_NOT_FOUND: there is no such job, or it has no such part. To be freed with hf_age_secret_free. */
char *hf_job_report_read(HfCatalog *catalog, const HfSealer *sealer, const char *organization, const char *job_id,
                         HfJobReportPart part, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
