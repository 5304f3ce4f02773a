/*
 * What jobs have to say at length: JSON, a page, a script, and the rows that were refused; sealed. See
 * service/job_report.h.
 */
#ifndef HF_CATALOG_REPORT_TABLE_H
#define HF_CATALOG_REPORT_TABLE_H

#include "catalog/catalog.h"

/* Replaces what an attempt before has written. `part` is "report", "page" or "script". */
bool hf_report_put(HfCatalog *catalog, const char *organization, const char *job_id, const char *part, GBytes *sealed,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* `sealed`: transfer full; NULL if the job has no such part. HF_ERROR_NOT_FOUND: there is no such job. */
bool hf_report_get(HfCatalog *catalog, const char *organization, const char *job_id, const char *part, GBytes **sealed,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    char *part; /* of the load */
    GBytes *sealed;
} HfRefusedRow;

/* A row more that was refused, after those of the job. */
bool hf_refused_add(HfCatalog *catalog, const char *organization, const char *job_id, const char *part, GBytes *sealed,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those of that part. */
bool hf_refused_remove(HfCatalog *catalog, const char *organization, const char *job_id, const char *part,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All of the job in the order in which they came; elements HfRefusedRow, transfer full. */
GPtrArray *hf_refused_list(HfCatalog *catalog, const char *organization, const char *job_id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* For the leader: forgets what jobs have to say that ended more days before `now_us` than the setting
 * "report_keep_days" of their organization has (HF_REPORT_DAYS; at most HF_REPORT_MAX_DAYS). */
#define HF_REPORT_DAYS 90
#define HF_REPORT_MAX_DAYS 3650
bool hf_report_expire(HfCatalog *catalog, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
