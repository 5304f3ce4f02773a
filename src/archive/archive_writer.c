#include "archive/archive_writer.h"

#include "archive/load_script.h"
#include "archive/manual.h"
#include "archive/tar_header.h"
#include "base/error.h"

#include <string.h>

struct HfArchiveWriter {
    HfManifest *manifest;
    HfAgeWriter *age; /* NULL: in the clear */
    HfOutput *output; /* of the tar */
    int64_t mtime;
    uint64_t size_bytes; /* written to output */
    bool has_manual;     /* so load.sh is needed */
    bool escape_names;   /* in load.sh */
};

HfArchiveWriter *hf_archive_writer_open(HfOutput *to, const HfAgeRecipients *recipients, HfManifest *manifest,
                                        int64_t mtime, GError **error)
{
    g_autoptr(HfArchiveWriter) self = g_new0(HfArchiveWriter, 1);
    self->manifest = manifest;
    self->mtime = mtime;
    self->output = to;
    if (recipients != NULL) {
        self->age = hf_age_writer_open(to, recipients, error);
        if (self->age == NULL)
            return NULL;
        self->output = hf_age_writer_output(self->age);
    }
    return g_steal_pointer(&self);
}

void hf_archive_writer_free(HfArchiveWriter *self)
{
    if (self == NULL)
        return;
    hf_age_writer_free(self->age);
    g_free(self);
}

uint64_t hf_archive_writer_size(const HfArchiveWriter *self)
{
    return self->size_bytes;
}

static bool write_bytes(HfArchiveWriter *self, const void *data, size_t length, GError **error)
{
    self->size_bytes += length;
    return hf_output_write(self->output, data, length, error);
}

static bool write_zeros(HfArchiveWriter *self, size_t length, GError **error)
{
    static const uint8_t zeros[HF_TAR_END_BYTES];
    return length == 0 || write_bytes(self, zeros, length, error);
}

/* Writes all that stands before a member's data, and enters it in the manifest. */
static bool begin_member(HfArchiveWriter *self, const char *name, uint64_t size_bytes, HfDigest digest, GError **error)
{
    g_assert(hf_member_name_is_valid(name));
    g_autoptr(GByteArray) header = hf_tar_header(name, size_bytes, self->mtime);
    if (!write_bytes(self, header->data, header->len, error))
        return false;
    hf_manifest_add_member(self->manifest, name, self->size_bytes, size_bytes, digest);
    return true;
}

bool hf_archive_writer_add(HfArchiveWriter *self, const char *name, const void *data, size_t length, GError **error)
{
    return begin_member(self, name, length, hf_digest_of(data, length), error) &&
           (length == 0 || write_bytes(self, data, length, error)) && write_zeros(self, hf_tar_padding(length), error);
}

bool hf_archive_writer_add_manual(HfArchiveWriter *self, const HfArchiveHead *head, const char *create_database_sql,
                                  GError **error)
{
    g_autofree char *readme = hf_manual_readme(head);
    g_autofree char *script = hf_manual_restore_script(head, create_database_sql);
    self->has_manual = true;
    self->escape_names = hf_load_script_escapes_names(head->database.encoding);
    return hf_archive_writer_add(self, HF_MEMBER_README, readme, strlen(readme), error) &&
           hf_archive_writer_add(self, HF_MEMBER_RESTORE, script, strlen(script), error);
}

bool hf_archive_writer_add_part(HfArchiveWriter *self, const char *name, const HfEncodedPart *part, size_t *member,
                                GError **error)
{
    uint64_t size = hf_encoded_part_size(part);
    *member = self->manifest->members->len;
    if (!begin_member(self, name, size, hf_encoded_part_digest(part), error))
        return false;
    self->size_bytes += size;
    return hf_encoded_part_write(part, self->output, error) && write_zeros(self, hf_tar_padding(size), error);
}

static bool add_load_script(HfArchiveWriter *self, GError **error)
{
    g_autofree char *script = hf_load_script(self->manifest, self->escape_names);
    return hf_archive_writer_add(self, HF_MEMBER_LOAD, script, strlen(script), error);
}

/* The one member that is not in the manifest. */
static bool write_manifest(HfArchiveWriter *self, GError **error)
{
    size_t length;
    g_autofree char *text = hf_manifest_to_json(self->manifest, &length, error);
    if (text == NULL)
        return false;
    g_autoptr(GByteArray) header = hf_tar_header(HF_MEMBER_MANIFEST, length, self->mtime);
    return write_bytes(self, header->data, header->len, error) && write_bytes(self, text, length, error) &&
           write_zeros(self, hf_tar_padding(length), error);
}

bool hf_archive_writer_finish(HfArchiveWriter *self, GError **error)
{
    return (!self->has_manual || add_load_script(self, error)) && write_manifest(self, error) &&
           write_zeros(self, HF_TAR_END_BYTES, error) && (self->age == NULL || hf_age_writer_finish(self->age, error));
}
