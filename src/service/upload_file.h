/*
 * The bytes of an upload: a hidden file in the storage that they are for, whose name is made of the upload's id alone.
 * When they are complete and an archive, the file becomes a backup of the storage; the file of a table stays hidden,
 * for an import. It belongs to whoever has opened it: a second one is refused, so bytes of two requests never mix.
 */
#ifndef HF_SERVICE_UPLOAD_FILE_H
#define HF_SERVICE_UPLOAD_FILE_H

#include "base/configuration.h"
#include "catalog/backup_table.h"
#include "catalog/upload_table.h"
#include "crypto/seal.h"

typedef struct HfUploadFile HfUploadFile;

/* Makes it if it is not there. HF_ERROR_CONFLICT: another request writes to it. HF_ERROR_DENIED: the storage's folder
 * is not one that the configuration allows. `upload` is borrowed. Transfer full. */
HfUploadFile *hf_upload_file_open(HfCatalog *catalog, const HfConfiguration *configuration, const HfUploadRow *upload,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_upload_file_close(HfUploadFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfUploadFile, hf_upload_file_close)

bool hf_upload_file_write(HfUploadFile *self, int64_t offset, const void *data, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* What was written is on disk after it. */
bool hf_upload_file_sync(HfUploadFile *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * What the complete file is, as a row for hf_backup_insert with the path that hf_upload_file_keep gives it. An archive
 * that none of the organization's keys opens, or that takes much memory to read, may still be one: then `unread` says
 * why, its rows and tables are 0, its database is "", and its fingerprint HF_BACKUP_UNKNOWN_KEY if no key is known to
 * open it. What is no archive, or damaged at its head or end, is HF_ERROR_CORRUPT or HF_ERROR_USAGE. Reads little of
 * the file, however large it is, and tries few of many passphrases. Transfer full, as is `unread` (NULL: it was read).
 */
HfBackupRow *hf_upload_file_check(HfUploadFile *self, HfCatalog *catalog, const HfSealer *sealer, char **unread,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives the file the name that it has as a backup; again, it does nothing. */
bool hf_upload_file_keep(HfUploadFile *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes that name back. */
void hf_upload_file_unkeep(HfUploadFile *self);

/* For a worker, to read a complete one that is the file of a table; to be closed. HF_ERROR_CONFLICT: it is not
 * complete, or for something else; HF_ERROR_NOT_FOUND: its time is over. -1: failed. */
#define HF_TABLE_FILE_MAX ((int64_t)1 << 30)
bool hf_upload_file_is_table(const HfUploadRow *upload, GError **error) G_GNUC_WARN_UNUSED_RESULT;
int hf_upload_file_read(HfCatalog *catalog, const HfConfiguration *configuration, const HfUploadRow *upload,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes what was received; the backup that it has become stays. */
bool hf_upload_file_remove(HfCatalog *catalog, const HfUploadRow *upload, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For the leader: removes the uploads that have expired, and what was received of them. */
bool hf_upload_expire(HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
