#include "archive/tar_header.h"

#include "base/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* Where ustar keeps the modification time, as octal digits. */
#define MTIME_OFFSET 136
#define MTIME_BYTES 12

static la_ssize_t take(struct archive *archive, void *data, const void *bytes, size_t length)
{
    (void)archive;
    g_byte_array_append(data, bytes, (guint)length);
    return (la_ssize_t)length;
}

static struct archive_entry *make_entry(const char *name, uint64_t size_bytes, int64_t mtime)
{
    struct archive_entry *entry = archive_entry_new();
    g_assert(entry != NULL);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, g_str_has_suffix(name, ".sh") ? 0755 : 0644);
    archive_entry_set_size(entry, (la_int64_t)size_bytes);
    archive_entry_set_mtime(entry, mtime, 0);
    return entry;
}

/* An archive that is given up as soon as it has written the one header. */
GByteArray *hf_tar_header(const char *name, uint64_t size_bytes, int64_t mtime, GError **error)
{
    GByteArray *header = g_byte_array_new();
    struct archive *archive = archive_write_new();
    g_assert(archive != NULL);
    struct archive_entry *entry = make_entry(name, size_bytes, mtime);
    bool made = archive_write_set_format_pax_restricted(archive) == ARCHIVE_OK &&
                archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK &&
                archive_write_open(archive, header, NULL, take, NULL) == ARCHIVE_OK &&
                archive_write_header(archive, entry) == ARCHIVE_OK;
    if (!made) {
        g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "no tar header can be made for %s: %s", name,
                    archive_error_string(archive));
        g_clear_pointer(&header, g_byte_array_unref);
    }
    archive_entry_free(entry);
    archive_write_fail(archive);
    archive_write_free(archive);
    return header;
}

int64_t hf_tar_header_mtime(const uint8_t header[HF_TAR_BLOCK])
{
    char digits[MTIME_BYTES + 1] = "";
    memcpy(digits, header + MTIME_OFFSET, MTIME_BYTES);
    return g_ascii_strtoll(digits, NULL, 8);
}
