/*
 * What the drivers over file descriptors share: errors, whole writes, objects that are files. Internal to storage.
 */
#ifndef HF_STORAGE_STORAGE_POSIX_H
#define HF_STORAGE_STORAGE_POSIX_H

#include "storage/storage.h"

/* What a path is named for: the advice differs. */
typedef enum { HF_STORAGE_READING, HF_STORAGE_WRITING } HfStorageUse;

/* Sets the error for the errno value `number`: "cannot <verb> <path>: <the system's words>; <what to do>". Returns
 * false. */
bool hf_storage_fail(int number, HfStorageUse use, const char *verb, const char *path, GError **error);

/* Writes all; waits where the descriptor would not block. */
bool hf_storage_write_all(int fd, const void *data, size_t length, const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* An object over the regular file `fd` from `start` to its end as of now. Takes `fd`, also on failure. */
HfStorageObject *hf_storage_file_object_new(int fd, uint64_t start, const char *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
