#include "storage/storage_posix.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    int number;
    HfErrorCode code;
    const char *writing; /* what to do */
    const char *reading; /* NULL: the same */
} Cause;

static const Cause causes[] = {
    {ENOENT, HF_ERROR_NOT_FOUND, "check the name; a missing folder must be created first", "check the name"},
    {ENOTDIR, HF_ERROR_NOT_FOUND, "a part of the path is not a folder; check the name", NULL},
    {EEXIST, HF_ERROR_CONFLICT, "choose another name or pass --force", NULL},
    {EISDIR, HF_ERROR_CONFLICT, "it is a folder; choose another name", NULL},
    {EACCES, HF_ERROR_DENIED, "give this user the right to it or choose another folder",
     "give this user the right to it"},
    {EPERM, HF_ERROR_DENIED, "give this user the right to it or choose another folder",
     "give this user the right to it"},
    {EROFS, HF_ERROR_DENIED, "choose a folder on a file system that can be written", NULL},
    {ENAMETOOLONG, HF_ERROR_USAGE, "choose a shorter name", "check the name"},
    {EMFILE, HF_ERROR_LIMIT, "raise the limit of open files (ulimit -n)", NULL},
    {ENOSPC, HF_ERROR_STORAGE, "free space on that file system or choose another folder", NULL},
    {EDQUOT, HF_ERROR_STORAGE, "free space, have the quota raised or choose another folder", NULL},
    {EFBIG, HF_ERROR_STORAGE, "raise the limit of the file size (ulimit -f) or choose another file system", NULL},
    {EPIPE, HF_ERROR_STORAGE, "the program that reads it ended early; look at its messages", NULL},
    {ECANCELED, HF_ERROR_STORAGE, "an earlier write failed", NULL},
    {EIO, HF_ERROR_STORAGE, "the device failed; see the kernel's log", NULL},
};

bool hf_storage_fail(int number, HfStorageUse use, const char *verb, const char *path, GError **error)
{
    static const Cause unknown = {.code = HF_ERROR_STORAGE};

    const Cause *cause = &unknown;
    for (size_t i = 0; i < G_N_ELEMENTS(causes); i++)
        if (causes[i].number == number)
            cause = &causes[i];
    bool own = use == HF_STORAGE_READING && cause->reading != NULL;
    const char *advice = own ? cause->reading : cause->writing;
    g_autofree char *shown = g_filename_display_name(path);
    g_set_error(error, HF_ERROR, (int)cause->code, "cannot %s %s: %s%s%s", verb, shown, g_strerror(number),
                advice != NULL ? "; " : "", advice != NULL ? advice : "");
    return false;
}

bool hf_storage_write_all(int fd, const void *data, size_t length, const char *path, GError **error)
{
    const char *at = data;
    while (length > 0) {
        ssize_t written = write(fd, at, length);
        if (written >= 0) {
            at += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) {
            (void)poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return hf_storage_fail(errno, HF_STORAGE_WRITING, "write to", path, error);
        }
    }
    return true;
}

/* ---- Objects -------------------------------------------------------------------------------------------------------
 */

typedef struct {
    HfStorageObject object;
    int fd;
    uint64_t start;
    char *path;
} FileObject;

static bool read_file(HfInput *input, uint64_t offset, void *buffer, size_t length, GError **error)
{
    FileObject *self = (FileObject *)input;
    if (offset > input->size_bytes || length > input->size_bytes - offset) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                    "a read of %zu bytes at offset %" G_GUINT64_FORMAT " passes the end of %s at %" G_GUINT64_FORMAT,
                    length, offset, self->path, input->size_bytes);
        return false;
    }
    char *at = buffer;
    while (length > 0) {
        ssize_t got = pread(self->fd, at, length, (off_t)(self->start + offset));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return hf_storage_fail(errno, HF_STORAGE_READING, "read", self->path, error);
        if (got == 0) {
            g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s was cut short while it was being read", self->path);
            return false;
        }
        at += got;
        offset += (uint64_t)got;
        length -= (size_t)got;
    }
    return true;
}

static void free_file(HfStorageObject *object)
{
    FileObject *self = (FileObject *)object;
    close(self->fd);
    g_free(self->path);
    g_free(self);
}

HfStorageObject *hf_storage_file_object_new(int fd, uint64_t start, const char *path, GError **error)
{
    FileObject *self = g_new0(FileObject, 1);
    *self = (FileObject){.object = {.input = {.read_at = read_file}, .free = free_file}, .fd = fd, .start = start};
    self->path = g_filename_display_name(path);

    struct stat status;
    g_autoptr(HfStorageObject) object = &self->object;
    if (fstat(fd, &status) != 0) {
        hf_storage_fail(errno, HF_STORAGE_READING, "read", path, error);
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "%s is not a regular file; a pipe can be read from standard input, as -", self->path);
        return NULL;
    }
    uint64_t size = (uint64_t)status.st_size;
    object->input.size_bytes = size > start ? size - start : 0;
    return g_steal_pointer(&object);
}
