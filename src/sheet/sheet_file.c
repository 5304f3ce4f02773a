#include "sheet/sheet_file.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int hf_sheet_file_new(GError **error)
{
    int fd = open(g_get_tmp_dir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        g_autofree char *path = g_build_filename(g_get_tmp_dir(), ".holdfast-XXXXXX", NULL);
        fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
        if (fd >= 0)
            unlink(path);
    }
    if (fd < 0)
        g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "cannot make a temporary file in %s: %s; set TMPDIR",
                    g_get_tmp_dir(), g_strerror(errno));
    return fd;
}

char *hf_sheet_file_path(int fd)
{
    return g_strdup_printf("/proc/self/fd/%d", fd);
}
