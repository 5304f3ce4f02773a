/*
 * Files that a job makes for people: exported tables. They are kept in the catalog, which whoever runs the job and
 * whoever sends the file reach both, in sealed pieces, as there are rows in them; for a day after the job's end. What
 * an attempt writes is a file only when its job has ended well. All of a job's have a bound together.
 */
#ifndef HF_SERVICE_JOB_FILES_H
#define HF_SERVICE_JOB_FILES_H

#include "base/io.h"
#include "catalog/job.h"
#include "catalog/job_file_table.h"
#include "crypto/seal.h"

#define HF_JOB_FILES_MAX ((uint64_t)256 << 20) /* of all files of a job */
#define HF_JOB_FILES_KEEP_S ((int64_t)24 * 3600)

typedef struct HfJobFiles HfJobFiles;

/* Removes what an attempt before has written. All are borrowed. Not thread-safe. Transfer full.
 * HF_ERROR_CONFLICT, here and later: the attempt does not own the job. */
HfJobFiles *hf_job_files_begin(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_job_files_free(HfJobFiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfJobFiles, hf_job_files_free)

/* A file more, after those that there are. Each is written in one go: when another is written to, it is complete.
 * HF_ERROR_LIMIT by a write: with it there are over HF_JOB_FILES_MAX. Borrowed. */
HfOutput *hf_job_files_add(HfJobFiles *self, const char *name);
/* All is written: what waits in memory goes to the catalog. */
bool hf_job_files_end(HfJobFiles *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint hf_job_files_count(const HfJobFiles *self);
/* Of what was added as the `number`th, from 0; borrowed. Its expires_us is that of all. */
const HfJobFileRow *hf_job_files_get(const HfJobFiles *self, guint number);
/* In the transaction that ends the job: they are there. */
bool hf_job_files_record(const HfJobFiles *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes the bytes of a file that is there. */
bool hf_job_file_send(HfCatalog *catalog, const HfSealer *sealer, const HfJobFileRow *file, HfOutput *output,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
