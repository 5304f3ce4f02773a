#include "archive/archive_reader.h"

#include "archive/foreign_file.h"
#include "archive/member_cursor.h"
#include "archive/tar_header.h"
#include "archive/temp_file.h"
#include "base/error.h"

#include <string.h>

/* The manifest's last bytes, its padding and the tar's end lie well inside this. */
#define END_BYTES (64 * 1024)
#define HEAD_MAX_BYTES (16 * 1024 * 1024)

struct HfArchiveReader {
    HfInput *file;
    HfTempFile *dearmored; /* stands in for an armored file; else NULL */
    HfAgeReader *age;      /* NULL: in the clear */
    HfInput *plaintext;
    HfMember manifest_member;
    HfManifest *manifest;
    GHashTable *members; /* name -> const HfMember */
    HfArchiveHead *head;
};

const HfArchiveHead *hf_archive_reader_head(const HfArchiveReader *self)
{
    return self->head;
}

const HfManifest *hf_archive_reader_manifest(const HfArchiveReader *self)
{
    return self->manifest;
}

const HfMember *hf_archive_reader_manifest_member(const HfArchiveReader *self)
{
    return &self->manifest_member;
}

bool hf_archive_reader_is_encrypted(const HfArchiveReader *self)
{
    return self->age != NULL;
}

uint64_t hf_archive_reader_file_size(const HfArchiveReader *self)
{
    return self->file->size_bytes;
}

HfInput *hf_archive_reader_plaintext(const HfArchiveReader *self)
{
    return self->plaintext;
}

static bool corrupt(GError **error, const char *what)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_CORRUPT, what);
    return false;
}

/* ---- The layer of age ----------------------------------------------------------------------------------------------
 */

static bool open_encrypted(HfArchiveReader *self, bool armored, const HfAgeIdentities *identities, GError **error)
{
    HfInput *encrypted = self->file;
    if (armored) {
        self->dearmored = hf_temp_file_new(error);
        if (self->dearmored == NULL || !hf_age_dearmor(self->file, hf_temp_file_output(self->dearmored), error))
            return false;
        encrypted = hf_temp_file_input(self->dearmored);
    }
    g_autoptr(HfAgeIdentities) none = hf_age_identities_new();
    self->age = hf_age_reader_open(encrypted, identities != NULL ? identities : none, error);
    if (self->age == NULL)
        return false;
    self->plaintext = hf_age_reader_input(self->age);
    return true;
}

static bool open_plaintext(HfArchiveReader *self, const HfAgeIdentities *identities, GError **error)
{
    uint8_t start[HF_TAR_BLOCK];
    size_t length = (size_t)MIN(self->file->size_bytes, sizeof start);
    if (!hf_input_read_at(self->file, 0, start, length, error))
        return false;
    bool armored = hf_age_is_armored(start, length);
    if (armored || hf_age_is_age(start, length))
        return open_encrypted(self, armored, identities, error);
    self->plaintext = self->file;
    return true;
}

/* A tar of ours starts with a header that bears the head's name. */
static bool check_start(HfArchiveReader *self, GError **error)
{
    static const char name[] = HF_MEMBER_HEAD; /* with its NUL, as the header has it */
    char start[HF_TAR_BLOCK] = "";
    size_t length = (size_t)MIN(self->plaintext->size_bytes, sizeof start);
    if (!hf_input_read_at(self->plaintext, 0, start, length, error))
        return false;
    if (length >= sizeof name && memcmp(start, name, sizeof name) == 0)
        return true;
    const char *other = hf_foreign_file_name(start, length);
    if (other == NULL)
        other = self->age == NULL ? "neither an age file nor a tar that starts with " HF_MEMBER_HEAD
                                  : "what the age file holds does not start with " HF_MEMBER_HEAD;
    g_autofree char *what = g_strdup_printf("not a Holdfast archive: %s", other);
    return corrupt(error, what);
}

/* ---- The manifest --------------------------------------------------------------------------------------------------
 */

/* Finds the manifest by its tail, which only zeros follow: the padding of its last block, and the tar's end. */
static bool find_manifest(HfArchiveReader *self, GError **error)
{
    uint64_t size = self->plaintext->size_bytes;
    size_t length = (size_t)MIN(size, END_BYTES), end = length;
    g_autofree char *bytes = g_malloc(length);
    if (!hf_input_read_at(self->plaintext, size - length, bytes, length, error))
        return false;
    while (end > 0 && bytes[end - 1] == '\0')
        end--;
    if (end < HF_MANIFEST_TAIL_BYTES)
        return corrupt(error, "the archive is cut off or damaged: it does not end with a manifest");
    size_t manifest_bytes;
    if (!hf_manifest_parse_tail(bytes + end - HF_MANIFEST_TAIL_BYTES, &manifest_bytes, error)) {
        g_prefix_error(error, "the archive is cut off or damaged at its end: ");
        return false;
    }
    uint64_t manifest_end = size - (length - end);
    if (manifest_end < 2 * HF_TAR_BLOCK || manifest_bytes > manifest_end - HF_TAR_BLOCK ||
        (manifest_end - manifest_bytes) % HF_TAR_BLOCK != 0 ||
        manifest_end + hf_tar_padding(manifest_end) + HF_TAR_END_BYTES != size)
        return corrupt(error, "the archive is cut off or damaged: its manifest does not lie where it must");
    self->manifest_member.offset = manifest_end - manifest_bytes;
    self->manifest_member.size_bytes = manifest_bytes;
    return true;
}

static bool read_manifest(HfArchiveReader *self, GError **error)
{
    HfMember *member = &self->manifest_member;
    size_t length = (size_t)member->size_bytes;
    g_autofree char *text = g_malloc(length);
    if (!hf_input_read_at(self->plaintext, member->offset, text, length, error))
        return false;
    self->manifest = hf_manifest_from_json(text, length, member->offset - HF_TAR_BLOCK, error);
    if (self->manifest == NULL)
        return false;
    member->name = g_strdup(HF_MEMBER_MANIFEST);
    member->digest = hf_digest_of(text, length);
    self->members = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < self->manifest->members->len; i++) {
        HfMember *each = self->manifest->members->pdata[i];
        g_hash_table_insert(self->members, each->name, each);
    }
    return true;
}

static bool read_head(HfArchiveReader *self, GError **error)
{
    g_autoptr(GBytes) text = hf_archive_reader_read(self, HF_MEMBER_HEAD, HEAD_MAX_BYTES, error);
    if (text == NULL)
        return false;
    size_t length;
    const char *data = g_bytes_get_data(text, &length);
    self->head = hf_archive_head_from_json(data, length, error);
    return self->head != NULL;
}

static bool check_bound(const HfArchiveReader *self, size_t max_manifest_bytes, GError **error)
{
    if (self->manifest_member.size_bytes <= max_manifest_bytes)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "manifest.json is %" G_GUINT64_FORMAT " bytes long, over the bound of %zu",
                self->manifest_member.size_bytes, max_manifest_bytes);
    return false;
}

HfArchiveReader *hf_archive_reader_open_within(HfInput *file, const HfAgeIdentities *identities,
                                               size_t max_manifest_bytes, GError **error)
{
    g_autoptr(HfArchiveReader) self = g_new0(HfArchiveReader, 1);
    self->file = file;
    if (!open_plaintext(self, identities, error) || !check_start(self, error) || !find_manifest(self, error) ||
        !check_bound(self, max_manifest_bytes, error) || !read_manifest(self, error) || !read_head(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

HfArchiveReader *hf_archive_reader_open(HfInput *file, const HfAgeIdentities *identities, GError **error)
{
    return hf_archive_reader_open_within(file, identities, HF_MANIFEST_MAX_BYTES, error);
}

void hf_archive_reader_free(HfArchiveReader *self)
{
    if (self == NULL)
        return;
    hf_archive_head_free(self->head);
    g_clear_pointer(&self->members, g_hash_table_unref);
    hf_manifest_free(self->manifest);
    g_free(self->manifest_member.name);
    hf_age_reader_free(self->age);
    hf_temp_file_free(self->dearmored);
    g_free(self);
}

/* ---- Members -------------------------------------------------------------------------------------------------------
 */

static GBytes *read_whole(HfArchiveReader *self, const HfMember *member, GError **error)
{
    size_t size = (size_t)member->size_bytes;
    g_autofree void *data = g_malloc(MAX(size, 1));
    if (!hf_input_read_at(self->plaintext, member->offset, data, size, error))
        return NULL;
    if (!hf_digest_equal(hf_digest_of(data, size), member->digest)) {
        hf_member_refuse(member, "its bytes do not have the digest that the manifest states", error);
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&data), size);
}

GBytes *hf_archive_reader_read(HfArchiveReader *self, const char *name, size_t max_bytes, GError **error)
{
    const HfMember *member = g_hash_table_lookup(self->members, name);
    if (member == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the archive has no member %s", name);
        return NULL;
    }
    if (member->size_bytes > max_bytes) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                    "member %s is %" G_GUINT64_FORMAT " bytes long, over the bound of %zu", name, member->size_bytes,
                    max_bytes);
        return NULL;
    }
    return read_whole(self, member, error);
}

bool hf_archive_reader_copy(HfArchiveReader *self, const HfMember *member, HfOutput *to, GError **error)
{
    g_autoptr(HfMemberCursor) cursor = hf_member_cursor_new(self->plaintext);
    const uint8_t *data;
    size_t length;
    hf_member_cursor_begin(cursor, member);
    do {
        if (!hf_member_cursor_next(cursor, &data, &length, error))
            return false;
        if (length > 0 && !hf_output_write(to, data, length, error))
            return false;
    } while (length > 0);
    return true;
}

/* ---- The frame -----------------------------------------------------------------------------------------------------
 */

/* Whether what lies between two members is zeros up to the block's end and then the second one's header, all of it. */
static bool check_gap(HfArchiveReader *self, uint64_t from, const HfMember *member, int64_t mtime, GError **error)
{
    static const uint8_t zeros[HF_TAR_BLOCK];
    g_autoptr(GByteArray) expected = hf_tar_header(member->name, member->size_bytes, mtime);
    g_byte_array_prepend(expected, zeros, (guint)hf_tar_padding(from));

    if (member->offset - from != expected->len)
        return hf_member_refuse(member, "it does not lie right after the member before it", error);
    g_autofree uint8_t *found = g_malloc(expected->len);
    if (!hf_input_read_at(self->plaintext, from, found, expected->len, error))
        return false;
    return memcmp(found, expected->data, expected->len) == 0 ||
           hf_member_refuse(member, "its tar header, or the padding before it, is not as it must be", error);
}

/* That the tar ends with zeros alone was seen when the manifest was found. */
bool hf_archive_reader_check_frame(HfArchiveReader *self, GError **error)
{
    uint8_t first[HF_TAR_BLOCK];
    if (!hf_input_read_at(self->plaintext, 0, first, sizeof first, error))
        return false;
    int64_t mtime = hf_tar_header_mtime(first);
    uint64_t from = 0;
    for (guint i = 0; i < self->manifest->members->len; i++) {
        const HfMember *member = self->manifest->members->pdata[i];
        if (!check_gap(self, from, member, mtime, error))
            return false;
        from = member->offset + member->size_bytes;
    }
    return check_gap(self, from, &self->manifest_member, mtime, error);
}
