/*
 * What a job has to say at length, kept with it in the catalog: what an assessment or a migration found, as JSON, as a
 * page to print, and the script. In the catalog and not in a storage, because an assessment needs no storage, and who
 * may read it is asked of the catalog anyway. Sealed, as there are examples of keys and rows in it.
 *
 * Each part is bounded. What is longer is not kept, and the job's log says so with its size. Rows that were refused are
 * kept one by one beside it, so that no length of the rest makes one vanish: too many of them are an error.
 */
#ifndef HF_SERVICE_JOB_REPORT_H
#define HF_SERVICE_JOB_REPORT_H

#include "catalog/job.h"
#include "crypto/seal.h"

#define HF_JOB_REPORT_MAX ((size_t)8 << 20)
#define HF_JOB_REFUSED_MAX ((size_t)4 << 20) /* of all refused rows of a job */

typedef struct {
    const char *json, *html, *script; /* NULL: there is none. json is an object */
} HfJobReport;

/* In place of those parts that an attempt before has written; of what is not there now, or too long, its stay.
 * HF_ERROR_CONFLICT: the attempt does not own the job. */
bool hf_job_report_write(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, const HfJobReport *report,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum { HF_JOB_REPORT_JSON, HF_JOB_REPORT_HTML, HF_JOB_REPORT_SCRIPT } HfJobReportPart;

/* The JSON has all refused rows in its member "refused_rows", if there are some. HF_ERROR_NOT_FOUND: there is no such
 * job, or it has no such part. To be freed with hf_age_secret_free. */
char *hf_job_report_read(HfCatalog *catalog, const HfSealer *sealer, const char *organization, const char *job_id,
                         HfJobReportPart part, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A row that was refused. */
typedef struct {
    char *part;   /* HfKeptPart.name of the part that it is of */
    char *json;   /* an object */
    size_t total; /* bytes of it and of those before it */
} HfJobRefused;

/* `before`: those that the job has, of hf_job_refused_read; the row is added to them. HF_ERROR_LIMIT: with it there are
 * over HF_JOB_REFUSED_MAX, and it is not kept. HF_ERROR_CONFLICT: the attempt does not own the job. */
bool hf_job_refused_add(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, GPtrArray *before,
                        const char *part, const char *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those of parts that are not among `kept` (HfKeptPart) go, from the catalog and from `before`. HF_ERROR_CONFLICT: of a
 * part that is kept the job has not all rows, and nothing goes; or the attempt does not own the job. */
bool hf_job_refused_keep(HfCatalog *catalog, const HfJobRow *job, GPtrArray *before, const GPtrArray *kept,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In the order in which they came; elements HfJobRefused, transfer full. */
GPtrArray *hf_job_refused_read(HfCatalog *catalog, const HfSealer *sealer, const char *organization, const char *job_id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
