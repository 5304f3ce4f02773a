/*
 * The archive that a command names: a path, or "-" for standard input or output.
 */
#ifndef HF_CLI_ARCHIVE_FILE_H
#define HF_CLI_ARCHIVE_FILE_H

#include "archive/archive_reader.h"
#include "storage/storage.h"

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

/* An open archive. */
typedef struct HfArchiveFile HfArchiveFile;

/* Opens it with the keys that the options give (hf_identity_options) or that are asked for. "-" that is no file is
 * copied to a temporary file first, as it stands: what is encrypted stays so. Transfer full. */
HfArchiveFile *hf_archive_file_open(const char *path, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_archive_file_close(HfArchiveFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfArchiveFile, hf_archive_file_close)

/* Borrowed. */
HfArchiveReader *hf_archive_file_reader(const HfArchiveFile *self);
/* The file as it lies there, borrowed. */
HfInput *hf_archive_file_input(const HfArchiveFile *self);

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

/* A file to write; see hf_storage_put. */
typedef struct HfArchiveTarget HfArchiveTarget;

typedef enum {
    HF_EXISTING_REFUSE,
    HF_EXISTING_ASK_FORCE, /* refuse, and name --force as the way */
    HF_EXISTING_REPLACE,
} HfExisting;

/* `option` is named in messages; `existing` says what becomes of a file of that name. Standard output may not be a
 * terminal. Transfer full. */
HfArchiveTarget *hf_archive_target_open(const char *option, const char *path, HfExisting existing, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Of an option that may not be given: then `path` is NULL, and *target stays as it is. `force` replaces a file. */
bool hf_archive_target_open_given(const char *option, const char *path, bool force, HfArchiveTarget **target,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Without a commit of the put nothing is left. */
void hf_archive_target_close(HfArchiveTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfArchiveTarget, hf_archive_target_close)
/* Borrowed. */
HfStoragePut *hf_archive_target_put(const HfArchiveTarget *self);
/* All of it: a text, and the commit. */
bool hf_archive_target_write(const HfArchiveTarget *self, const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a path means standard input or output. */
bool hf_path_is_stream(const char *path);
/* Of what may name a database or an archive: a name alone is a file's if there is one, or if it has a folder in it. */
bool hf_path_is_archive(const char *from);

#endif
