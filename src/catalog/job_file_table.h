/*
 * Files that jobs make for people, in sealed pieces, and links that download one, once. See service/job_files.h.
 */
#ifndef HF_CATALOG_JOB_FILE_TABLE_H
#define HF_CATALOG_JOB_FILE_TABLE_H

#include "catalog/catalog.h"

/* A piece comes before its file is there: a file is there when its job has ended well. */
bool hf_job_piece_add(HfCatalog *catalog, const char *organization, const char *job_id, int file, int number,
                      GBytes *sealed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Transfer full. HF_ERROR_NOT_FOUND: it is gone meanwhile. */
GBytes *hf_job_piece_get(HfCatalog *catalog, const char *job_id, int file, int number, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* All of the job. */
bool hf_job_pieces_remove(HfCatalog *catalog, const char *job_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    char *organization, *job_id, *name;
    int number; /* within the job, from 0 */
    int64_t size_bytes, expires_us;
} HfJobFileRow;
void hf_job_file_row_free(HfJobFileRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfJobFileRow, hf_job_file_row_free)

bool hf_job_file_add(HfCatalog *catalog, const HfJobFileRow *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Transfer full. HF_ERROR_NOT_FOUND: there is no such job or file, or its time is over. */
HfJobFileRow *hf_job_file_get(HfCatalog *catalog, const char *organization, const char *job_id, int number,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool hf_job_file_link_create(HfCatalog *catalog, const HfJobFileRow *file, const uint8_t *hash, const char *created_by,
                             int64_t expires_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Uses the link up: its file, and who made the link in `created_by`, both transfer full. NULL without error: there is
 * no such link (any more). */
HfJobFileRow *hf_job_file_link_use(HfCatalog *catalog, const uint8_t *hash, char **created_by, GError **error);

/* For the leader: forgets links and files that have expired, and pieces of jobs that have ended without a file. */
bool hf_job_file_expire(HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
