/*
 * The format, all of it as pg_dump's custom format has it (facts checked against pg_dump 13, 15 and 17):
 *
 *   archive  "PGDMP", version (3 bytes), size of an int (1 byte, 4), size of an offset (1 byte), format (1 byte, 1),
 *            compression (an int; from 1.15 one byte that names the algorithm), creation time (7 ints), database name,
 *            server version, pg_dump version (strings), the number of entries (int), the entries, then the data
 *   int      a sign byte (1 is negative), then the magnitude in 4 bytes, little-endian
 *   string   its length (int; -1 is NULL), then its bytes
 *   entry    see read_entry
 *
 * Without data nothing follows the entries, except where pg_dump's standard output is a file in append mode (pg_dump 17
 * puts every file in it): there it writes the entries a second time.
 *
 * The reader notes the first damage that it meets and gives zeros and NULLs from then on, so that the code that reads a
 * structure looks like the structure; whoever loops looks at the note.
 */
#include "pg/dump_toc.h"

#include "base/error.h"

#include <string.h>

enum {
    OLDEST_MINOR = 14,
    ALGORITHM_BYTE_MINOR = 15, /* the first with a byte for the compression algorithm */
    RELKIND_MINOR = 16,        /* the first that tells an entry's relkind */
    NEWEST_MINOR = 16,
    FORMAT_CUSTOM = 1,
    INT_BYTES = 4,
    STRING_CHUNK_BYTES = 64 * 1024,
};

enum { SECTION_NONE = 1, SECTION_PRE_DATA, SECTION_DATA, SECTION_POST_DATA };

typedef struct {
    const uint8_t *data;
    size_t length;
    size_t at;
    uint8_t minor;
    uint8_t offset_bytes;
    const char *damage; /* the first that was met; NULL if none */
    size_t damage_at;
} Reader;

struct HfDumpToc {
    GStringChunk *strings;
    GArray *entries;   /* of HfTocEntry */
    GHashTable *by_id; /* dump id -> index in entries */
    uint8_t minor;
    uint8_t offset_bytes;
    size_t count_at; /* where the number of entries stands */
    int32_t last_id;
};

static void note_damage(Reader *self, const char *damage)
{
    if (self->damage != NULL)
        return;
    self->damage = damage;
    self->damage_at = self->at;
}

/* NULL if it passes the end. */
static const uint8_t *read_bytes(Reader *self, size_t count)
{
    if (self->damage == NULL && count > self->length - self->at)
        note_damage(self, "it ends too early");
    if (self->damage != NULL)
        return NULL;
    const uint8_t *bytes = self->data + self->at;
    self->at += count;
    return bytes;
}

static uint8_t read_byte(Reader *self)
{
    const uint8_t *byte = read_bytes(self, 1);
    return byte != NULL ? *byte : 0;
}

static int32_t read_int(Reader *self)
{
    const uint8_t *bytes = read_bytes(self, 1 + INT_BYTES);
    if (bytes == NULL)
        return 0;
    uint32_t magnitude;
    memcpy(&magnitude, bytes + 1, INT_BYTES);
    magnitude = GUINT32_FROM_LE(magnitude);
    if (bytes[0] > 1 || magnitude > INT32_MAX) {
        note_damage(self, "a number is out of range");
        return 0;
    }
    return bytes[0] == 1 ? -(int32_t)magnitude : (int32_t)magnitude;
}

/* The bytes of a string, in place; NULL if it is NULL. */
static const char *read_slice(Reader *self, size_t *length)
{
    int32_t count = read_int(self);
    *length = 0;
    if (count < -1)
        note_damage(self, "a string has a negative length");
    if (self->damage != NULL || count == -1)
        return NULL;
    const char *slice = (const char *)read_bytes(self, (size_t)count);
    if (slice != NULL && memchr(slice, '\0', (size_t)count) != NULL) {
        note_damage(self, "a string has a zero byte");
        slice = NULL;
    }
    *length = slice != NULL ? (size_t)count : 0;
    return slice;
}

static const char *read_string(Reader *self, GStringChunk *strings)
{
    size_t length;
    const char *slice = read_slice(self, &length);
    return slice != NULL ? g_string_chunk_insert_len(strings, slice, (gssize)length) : NULL;
}

static const char *read_string_or_empty(Reader *self, GStringChunk *strings)
{
    const char *text = read_string(self, strings);
    return text != NULL ? text : "";
}

/* NULL for an empty string too. */
static const char *read_string_or_null(Reader *self, GStringChunk *strings)
{
    const char *text = read_string(self, strings);
    return text != NULL && *text != '\0' ? text : NULL;
}

static void skip_string(Reader *self)
{
    size_t length;
    read_slice(self, &length);
}

/* A number that is written as a string. False if the string is NULL. */
static bool read_decimal(Reader *self, uint64_t max, uint64_t *number)
{
    size_t length;
    const char *slice = read_slice(self, &length);
    char digits[16] = "";
    *number = 0;
    if (slice == NULL)
        return false;
    if (length < sizeof digits)
        memcpy(digits, slice, length);
    if (g_ascii_string_to_unsigned(digits, 10, 0, max, number, NULL))
        return true;
    note_damage(self, "a string is not the number that it should be");
    return false;
}

static uint32_t read_oid(Reader *self)
{
    uint64_t oid;
    read_decimal(self, UINT32_MAX, &oid);
    return (uint32_t)oid;
}

static void read_dependencies(Reader *self, HfTocEntry *entry)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int32_t));
    uint64_t number;
    while (read_decimal(self, INT32_MAX, &number)) {
        int32_t id = (int32_t)number;
        g_array_append_val(ids, id);
    }
    entry->dependencies = (int32_t *)(void *)g_array_steal(ids, &entry->dependency_count);
}

/* Reads one entry. `section` is pg_dump's. */
static HfTocEntry read_entry(Reader *reader, GStringChunk *strings, int32_t *section, bool *has_data)
{
    HfTocEntry entry = {.start = reader->at};
    entry.dump_id = read_int(reader);
    *has_data = read_int(reader) != 0;
    entry.catalog_oid = read_oid(reader);
    entry.object_oid = read_oid(reader);
    entry.tag = read_string_or_empty(reader, strings);
    entry.kind = read_string_or_empty(reader, strings);
    *section = read_int(reader);
    entry.definition = read_string_or_empty(reader, strings);
    entry.drop = read_string_or_empty(reader, strings);
    skip_string(reader); /* the COPY statement */
    entry.schema = read_string_or_null(reader, strings);
    entry.tablespace = read_string(reader, strings);
    entry.access_method = read_string_or_null(reader, strings);
    if (reader->minor >= RELKIND_MINOR)
        entry.relkind = (char)read_int(reader);
    entry.owner = read_string_or_empty(reader, strings);
    skip_string(reader); /* "true" WITH OIDS: no supported server has them */
    read_dependencies(reader, &entry);
    read_bytes(reader, 1 + (size_t)reader->offset_bytes); /* where the data is */
    entry.length = reader->at - entry.start;
    return entry;
}

/* A comment or label comes after what it describes, also where that is spread over phases. One whose object is not
 * known waits for everything that it could describe. */
static HfTocPhase described_phase(const HfDumpToc *self, const HfTocEntry *entry)
{
    bool known = false;
    HfTocPhase phase = HF_TOC_PRE_DATA;
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *described = hf_dump_toc_find(self, entry->dependencies[i]);
        if (described == NULL)
            continue;
        known = true;
        phase = MAX(phase, described->phase);
    }
    return known ? phase : HF_TOC_POST_DATA;
}

static HfTocPhase phase_of(const HfDumpToc *self, const HfTocEntry *entry, int32_t section)
{
    static const char *const grants[] = {"ACL", "ACL LANGUAGE", "DEFAULT ACL", NULL};
    static const char *const last[] = {"EVENT TRIGGER", "MATERIALIZED VIEW DATA", NULL};
    if (g_strv_contains(grants, entry->kind))
        return HF_TOC_ACL;
    if (g_strv_contains(last, entry->kind))
        return HF_TOC_LAST;
    if (section == SECTION_NONE)
        return described_phase(self, entry);
    return section == SECTION_PRE_DATA ? HF_TOC_PRE_DATA : HF_TOC_POST_DATA;
}

/* Takes over the entry. */
static bool add_entry(HfDumpToc *self, Reader *reader, HfTocEntry *entry, int32_t section, bool has_data,
                      GError **error)
{
    if (section < SECTION_NONE || section > SECTION_POST_DATA)
        note_damage(reader, "an entry is in a section that does not exist");
    entry->phase = phase_of(self, entry, section);
    g_array_append_vals(self->entries, entry, 1);
    self->last_id = MAX(self->last_id, entry->dump_id);
    if (!g_hash_table_insert(self->by_id, GINT_TO_POINTER(entry->dump_id), GUINT_TO_POINTER(self->entries->len - 1)))
        note_damage(reader, "two entries have the same number");
    if (reader->damage != NULL || (!has_data && section != SECTION_DATA))
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                "the dump holds data (entry %d, %s %s); make it with pg_dump --section=pre-data --section=post-data "
                "--no-blobs",
                entry->dump_id, entry->kind, entry->tag);
    return false;
}

static bool read_entries(HfDumpToc *self, Reader *reader, GError **error)
{
    int32_t count = read_int(reader);
    for (int32_t i = 0; i < count && reader->damage == NULL; i++) {
        int32_t section;
        bool has_data;
        HfTocEntry entry = read_entry(reader, self->strings, &section, &has_data);
        if (reader->damage != NULL) {
            g_free(entry.dependencies);
            return true;
        }
        if (!add_entry(self, reader, &entry, section, has_data, error))
            return false;
    }
    if (count < 0)
        note_damage(reader, "the number of entries is negative");
    return true;
}

static bool read_version(Reader *reader, GError **error)
{
    const uint8_t *magic = read_bytes(reader, 5);
    if (magic == NULL || memcmp(magic, "PGDMP", 5) != 0) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CORRUPT, "this is not a pg_dump archive of the custom format");
        return false;
    }
    uint8_t major = read_byte(reader);
    reader->minor = read_byte(reader);
    read_byte(reader); /* the revision changes nothing */
    if (reader->damage == NULL && (major != 1 || reader->minor < OLDEST_MINOR || reader->minor > NEWEST_MINOR)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "the pg_dump archive has version %u.%u, and 1.%d to 1.%d (pg_dump 12 to 18) are known; use a "
                    "release of this program that knows it",
                    major, reader->minor, OLDEST_MINOR, NEWEST_MINOR);
        return false;
    }
    return true;
}

static void read_header(Reader *reader)
{
    if (read_byte(reader) != INT_BYTES)
        note_damage(reader, "its integers are not of 4 bytes");
    reader->offset_bytes = read_byte(reader);
    if (reader->offset_bytes != 4 && reader->offset_bytes != 8)
        note_damage(reader, "its offsets are not of 4 or 8 bytes");
    if (read_byte(reader) != FORMAT_CUSTOM)
        note_damage(reader, "it is not of the custom format");
    if (reader->minor >= ALGORITHM_BYTE_MINOR)
        read_byte(reader);
    else
        read_int(reader);
    for (int i = 0; i < 7; i++)
        read_int(reader); /* when it was made */
    for (int i = 0; i < 3; i++)
        skip_string(reader); /* the database, the server's version, pg_dump's version */
}

static void clear_entry(gpointer entry)
{
    g_free(((HfTocEntry *)entry)->dependencies);
}

static HfDumpToc *toc_new(void)
{
    HfDumpToc *self = g_new0(HfDumpToc, 1);
    self->strings = g_string_chunk_new(STRING_CHUNK_BYTES);
    self->entries = g_array_new(FALSE, FALSE, sizeof(HfTocEntry));
    g_array_set_clear_func(self->entries, clear_entry);
    self->by_id = g_hash_table_new(NULL, NULL);
    return self;
}

HfDumpToc *hf_dump_toc_parse(const uint8_t *data, size_t length, GError **error)
{
    g_autoptr(HfDumpToc) self = toc_new();
    Reader reader = {.data = data, .length = length};
    if (!read_version(&reader, error))
        return NULL;
    read_header(&reader);
    self->minor = reader.minor;
    self->offset_bytes = reader.offset_bytes;
    self->count_at = reader.at;
    if (!read_entries(self, &reader, error))
        return NULL;
    if (reader.damage != NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "the pg_dump archive is damaged at byte %zu of %zu: %s",
                    reader.damage_at, length, reader.damage);
        return NULL;
    }
    return g_steal_pointer(&self);
}

void hf_dump_toc_free(HfDumpToc *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->by_id);
    g_array_unref(self->entries);
    g_string_chunk_free(self->strings);
    g_free(self);
}

size_t hf_dump_toc_size(const HfDumpToc *self)
{
    return self->entries->len;
}

const HfTocEntry *hf_dump_toc_get(const HfDumpToc *self, size_t index)
{
    g_assert(index < self->entries->len);
    return &g_array_index(self->entries, HfTocEntry, index);
}

const HfTocEntry *hf_dump_toc_find(const HfDumpToc *self, int32_t dump_id)
{
    gpointer index;
    if (!g_hash_table_lookup_extended(self->by_id, GINT_TO_POINTER(dump_id), NULL, &index))
        return NULL;
    return hf_dump_toc_get(self, GPOINTER_TO_UINT(index));
}

/* ---- Editing -------------------------------------------------------------------------------------------------------
 */

static void put_int(GByteArray *to, int32_t number)
{
    g_assert(number >= -1);
    uint32_t magnitude = GUINT32_TO_LE((uint32_t)ABS(number));
    g_byte_array_append(to, (const uint8_t[]){number < 0}, 1);
    g_byte_array_append(to, (const uint8_t *)&magnitude, sizeof magnitude);
}

static void put_string(GByteArray *to, const char *text)
{
    put_int(to, text != NULL ? (int32_t)strlen(text) : -1);
    g_byte_array_append(to, (const uint8_t *)text, text != NULL ? (guint)strlen(text) : 0);
}

static void put_decimal(GByteArray *to, uint32_t number)
{
    g_autofree char *text = g_strdup_printf("%u", number);
    put_string(to, text);
}

/* As read_entry reads it. */
static void put_addition(const HfDumpToc *self, GByteArray *to, const HfTocAddition *addition, int32_t dump_id)
{
    static const uint8_t no_data[1 + 8] = {3};
    put_int(to, dump_id);
    put_int(to, 0);
    put_decimal(to, addition->catalog_oid);
    put_decimal(to, addition->object_oid);
    put_string(to, addition->tag);
    put_string(to, addition->kind);
    put_int(to, addition->of_previous ? SECTION_NONE : SECTION_PRE_DATA);
    put_string(to, addition->definition);
    put_string(to, addition->drop);
    for (int i = 0; i < 4; i++)
        put_string(to, NULL); /* the COPY statement, schema, tablespace, access method */
    if (self->minor >= RELKIND_MINOR)
        put_int(to, 0);
    put_string(to, addition->owner);
    put_string(to, "false");
    if (addition->of_previous)
        put_decimal(to, (uint32_t)dump_id - 1);
    put_string(to, NULL);
    g_byte_array_append(to, no_data, 1 + (guint)self->offset_bytes);
}

static bool is_setting(const HfTocEntry *entry)
{
    static const char *const kinds[] = {"ENCODING", "STDSTRINGS", "SEARCHPATH", NULL};
    return g_strv_contains(kinds, entry->kind);
}

GBytes *hf_dump_toc_edit(const HfDumpToc *self, GBytes *archive, const HfTocAddition *additions, size_t count,
                         const bool *left_out)
{
    const uint8_t *bytes = g_bytes_get_data(archive, NULL);
    GByteArray *to = g_byte_array_new();
    size_t size = hf_dump_toc_size(self), kept = 0, added = 0;
    for (size_t i = 0; i < size; i++)
        kept += !left_out[i];
    g_byte_array_append(to, bytes, (guint)self->count_at);
    put_int(to, (int32_t)(kept + count));
    for (size_t i = 0; i <= size; i++) {
        const HfTocEntry *entry = i < size ? hf_dump_toc_get(self, i) : NULL;
        for (; added < count && (entry == NULL || !is_setting(entry)); added++)
            put_addition(self, to, &additions[added], self->last_id + 1 + (int32_t)added);
        if (entry != NULL && !left_out[i])
            g_byte_array_append(to, bytes + entry->start, (guint)entry->length);
    }
    return g_byte_array_free_to_bytes(to);
}
