/*
 * What jobs have to say at length: JSON, a page, a script; sealed. See service/job_report.h.
 */
#ifndef HF_CATALOG_REPORT_TABLE_H
#define HF_CATALOG_REPORT_TABLE_H

#include "catalog/catalog.h"

/* Replaces what an attempt before has written. `part` is "report", "page" or "script". */
bool hf_report_put(HfCatalog *catalog, const char *organization, const char *job_id, const char *part, GBytes *sealed,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of those of the job: what its attempt before this one has left. */
bool hf_report_clear(HfCatalog *catalog, const char *job_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* HF_ERROR_NOT_FOUND: there is no such job, or it has no such part. Transfer full. */
GBytes *hf_report_get(HfCatalog *catalog, const char *organization, const char *job_id, const char *part,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
