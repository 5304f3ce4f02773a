#include "config.h" /* first: it asks the C library for what is Linux alone */

#include "storage/storage_posix.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOL_PIECE_BYTES (256 * 1024)

/* ---- Put -----------------------------------------------------------------------------------------------------------
 */

typedef struct {
    HfStoragePut put;
    int fd;
    bool failed;
    char *label;
} StreamPut;

static bool write_stream(HfOutput *output, const void *data, size_t length, GError **error)
{
    StreamPut *self = (StreamPut *)output;
    self->failed = !hf_storage_write_all(self->fd, data, length, self->label, error);
    return !self->failed;
}

static bool commit_stream(HfStoragePut *put, GError **error)
{
    StreamPut *self = (StreamPut *)put;
    struct stat status;

    if (self->failed)
        return hf_storage_fail(ECANCELED, HF_STORAGE_WRITING, "complete", self->label, error);
    bool is_file = fstat(self->fd, &status) == 0 && S_ISREG(status.st_mode);
    if (is_file && fsync(self->fd) != 0)
        return hf_storage_fail(errno, HF_STORAGE_WRITING, "write to", self->label, error);
    return true;
}

static void free_stream(HfStoragePut *put)
{
    StreamPut *self = (StreamPut *)put;
    g_free(self->label);
    g_free(self);
}

HfStoragePut *hf_storage_stream_put(int fd, const char *label)
{
    StreamPut *self = g_new0(StreamPut, 1);
    *self = (StreamPut){.put = {{write_stream}, commit_stream, free_stream}, .fd = fd, .label = g_strdup(label)};
    return &self->put;
}

/* ---- Spooled input -------------------------------------------------------------------------------------------------
 */

/* A file that has no name, or loses it at once. */
static int open_temporary(GError **error)
{
    const char *folder = g_get_tmp_dir();
    int fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        g_autofree char *path = g_build_filename(folder, "holdfast-XXXXXX", NULL);
        fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
        if (fd >= 0)
            unlink(path);
    }
    if (fd < 0)
        hf_storage_fail(errno, HF_STORAGE_WRITING, "create a temporary file in", folder, error);
    return fd;
}

/* Waits until `fd` can be read or `cancellable` is cancelled. */
static bool wait_readable(int fd, GCancellable *cancellable, GError **error)
{
    GPollFD fds[2] = {{.fd = fd, .events = G_IO_IN}};
    bool both = g_cancellable_make_pollfd(cancellable, &fds[1]);
    /* A signal interrupts the wait before anybody has turned it into a cancel. */
    while (g_poll(fds, both ? 2 : 1, -1) < 0 && errno == EINTR)
        ;
    if (both)
        g_cancellable_release_fd(cancellable);
    return hf_error_check_cancelled(cancellable, error);
}

static bool copy_to_end(int from, const char *label, int to, GCancellable *cancellable, GError **error)
{
    g_autofree char *piece = g_malloc(SPOOL_PIECE_BYTES);
    g_autofree char *where =
        g_strdup_printf("the temporary copy of %s in %s (TMPDIR can name another folder)", label, g_get_tmp_dir());
    for (;;) {
        if (!wait_readable(from, cancellable, error))
            return false;
        ssize_t got = read(from, piece, SPOOL_PIECE_BYTES);
        if (got == 0)
            return true;
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return hf_storage_fail(errno, HF_STORAGE_READING, "read", label, error);
        if (got > 0 && !hf_storage_write_all(to, piece, (size_t)got, where, error))
            return false;
    }
}

static HfStorageObject *spool(int fd, const char *label, GCancellable *cancellable, GError **error)
{
    int copy = open_temporary(error);
    if (copy < 0)
        return NULL;
    if (!copy_to_end(fd, label, copy, cancellable, error)) {
        close(copy);
        return NULL;
    }
    return hf_storage_file_object_new(copy, 0, label, error);
}

HfStorageObject *hf_storage_spool_input(int fd, const char *label, GCancellable *cancellable, GError **error)
{
    struct stat status;

    if (fstat(fd, &status) != 0) {
        hf_storage_fail(errno, HF_STORAGE_READING, "read", label, error);
        return NULL;
    }
    if (!S_ISREG(status.st_mode))
        return spool(fd, label, cancellable, error);
    off_t start = lseek(fd, 0, SEEK_CUR);
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (start < 0 || own < 0) {
        hf_storage_fail(errno, HF_STORAGE_READING, "read", label, error);
        if (own >= 0)
            close(own);
        return NULL;
    }
    return hf_storage_file_object_new(own, (uint64_t)start, label, error);
}
