#include "archive/temp_file.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct HfTempFile {
    HfOutput output; /* first, so that the output is the file */
    HfInput input;
    int fd;
};

static bool fail(const char *what, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "cannot %s a temporary file in %s: %s", what, g_get_tmp_dir(),
                g_strerror(errno));
    return false;
}

static bool write_file(HfOutput *output, const void *data, size_t length, GError **error)
{
    HfTempFile *self = (HfTempFile *)output;
    const char *from = data;
    while (length > 0) {
        ssize_t written = write(self->fd, from, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail("write to", error);
        from += written;
        length -= (size_t)written;
        self->input.size_bytes += (uint64_t)written;
    }
    return true;
}

static bool read_file_at(HfInput *input, uint64_t offset, void *buffer, size_t length, GError **error)
{
    HfTempFile *self = (HfTempFile *)((char *)input - G_STRUCT_OFFSET(HfTempFile, input));
    char *to = buffer;
    if (offset > input->size_bytes || length > input->size_bytes - offset) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                    "a read of %zu bytes at offset %" G_GUINT64_FORMAT " passes the end at %" G_GUINT64_FORMAT, length,
                    offset, input->size_bytes);
        return false;
    }
    while (length > 0) {
        ssize_t got = pread(self->fd, to, length, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail("read from", error);
        if (got == 0) {
            errno = EIO; /* somebody else cut it off */
            return fail("read from", error);
        }
        to += got;
        offset += (uint64_t)got;
        length -= (size_t)got;
    }
    return true;
}

HfTempFile *hf_temp_file_new(GError **error)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "holdfast-XXXXXX", NULL);
    int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        fail("create", error);
        return NULL;
    }
    unlink(path);
    HfTempFile *self = g_new0(HfTempFile, 1);
    *self = (HfTempFile){.output = {write_file}, .input = {read_file_at, 0}, .fd = fd};
    return self;
}

void hf_temp_file_free(HfTempFile *self)
{
    if (self == NULL)
        return;
    close(self->fd);
    g_free(self);
}

HfOutput *hf_temp_file_output(HfTempFile *self)
{
    return &self->output;
}

HfInput *hf_temp_file_input(HfTempFile *self)
{
    return &self->input;
}
