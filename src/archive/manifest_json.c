#include "archive/archive_json.h"
#include "archive/manifest_check.h"
#include "base/error.h"
#include "config.h"

#include <string.h>

#define KIND_TABLE "table"
#define KIND_LARGE_OBJECTS "large objects"
#define TAIL_NODES 4 /* two keys and their values */

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

static void write_digest(HfJsonWriter *json, const char *key, HfDigest digest)
{
    char hex[HF_DIGEST_HEX_SIZE];
    hf_digest_to_hex(digest, hex);
    hf_json_writer_string(json, key, hex);
}

static void write_member(HfJsonWriter *json, const HfMember *member)
{
    hf_json_writer_break(json);
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "name", member->name);
    hf_json_writer_uint64(json, "offset", member->offset);
    hf_json_writer_uint64(json, "size_bytes", member->size_bytes);
    write_digest(json, "digest", member->digest);
    hf_json_writer_end_object(json);
}

static void write_load_root(HfJsonWriter *json, const HfManifestTable *table)
{
    if (table->load_root_oid == 0) {
        hf_json_writer_string(json, "load_root", NULL);
        return;
    }
    hf_json_writer_begin_object(json, "load_root");
    hf_json_writer_uint64(json, "oid", table->load_root_oid);
    hf_json_writer_string(json, "schema", table->load_root_schema);
    hf_json_writer_string(json, "name", table->load_root_name);
    hf_json_writer_end_object(json);
}

static void write_columns(HfJsonWriter *json, const HfManifestTable *table)
{
    hf_json_writer_begin_array(json, "columns");
    for (guint i = 0; i < table->columns->len; i++) {
        const HfColumn *column = table->columns->pdata[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "name", column->name);
        hf_json_writer_string(json, "type", column->type);
        hf_json_writer_uint64(json, "type_oid", column->type_oid);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

static void write_parts(HfJsonWriter *json, const HfManifestTable *table)
{
    hf_json_writer_begin_array(json, "parts");
    for (guint i = 0; i < table->parts->len; i++) {
        const HfPart *part = &g_array_index(table->parts, HfPart, i);
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_uint64(json, "member", part->member);
        hf_json_writer_uint64(json, "rows", part->rows);
        hf_json_writer_uint64(json, "raw_bytes", part->raw_bytes);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

static void write_table(HfJsonWriter *json, const HfManifestTable *table)
{
    hf_json_writer_break(json);
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "kind", table->kind == HF_TABLE_PLAIN ? KIND_TABLE : KIND_LARGE_OBJECTS);
    hf_json_writer_uint64(json, "oid", table->oid);
    hf_json_writer_string(json, "schema", table->schema);
    hf_json_writer_string(json, "name", table->name);
    hf_json_writer_string(json, "format", hf_data_format_name(table->format));
    hf_json_writer_string(json, "format_reason", table->format_reason);
    hf_json_writer_string(json, "filter", table->filter);
    hf_json_writer_string(json, "no_data_reason", table->no_data_reason);
    write_load_root(json, table);
    hf_json_writer_uint64(json, "rows", table->proof.rows);
    write_digest(json, "digest", table->proof.sum);
    hf_json_writer_uint64(json, "raw_bytes", table->raw_bytes);
    write_columns(json, table);
    write_parts(json, table);
    hf_json_writer_end_object(json);
}

static void write_type(HfJsonWriter *json, const HfType *type)
{
    hf_json_writer_break(json);
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_uint64(json, "oid", type->oid);
    hf_json_writer_string(json, "name", type->name);
    hf_json_writer_string(json, "kind", (char[]){type->kind, '\0'});
    hf_json_writer_uint64(json, "base_oid", type->base_oid);
    hf_json_writer_uint64(json, "element_oid", type->element_oid);
    hf_json_writer_uint64(json, "subtype_oid", type->subtype_oid);
    hf_json_writer_bool(json, "has_binary", type->has_binary);
    hf_json_writer_end_object(json);
}

static void write_manifest(HfJsonWriter *json, const HfManifest *self)
{
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_uint64(json, "format", HF_ARCHIVE_FORMAT);
    hf_json_writer_string(json, "product", PACKAGE_STRING);
    hf_json_writer_string(json, "finished", self->finished);
    hf_json_writer_uint64(json, "sequences", self->sequences);
    hf_json_writer_uint64(json, "large_objects", self->large_objects);
    hf_json_writer_begin_array(json, "members");
    for (guint i = 0; i < self->members->len; i++)
        write_member(json, self->members->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_break(json);
    hf_json_writer_begin_array(json, "tables");
    for (guint i = 0; i < self->tables->len; i++)
        write_table(json, self->tables->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_break(json);
    hf_json_writer_begin_array(json, "types");
    for (guint i = 0; i < self->types->len; i++)
        write_type(json, self->types->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_end_object(json);
}

static void make_tail(char tail[HF_MANIFEST_TAIL_BYTES + 1], HfDigest digest, size_t length)
{
    char hex[HF_DIGEST_HEX_SIZE];
    hf_digest_to_hex(digest, hex);
    int written =
        g_snprintf(tail, HF_MANIFEST_TAIL_BYTES + 1, ",\n\"digest\":\"%s\",\n\"manifest_bytes\":%20zu}\n", hex, length);
    g_assert(written == HF_MANIFEST_TAIL_BYTES);
}

char *hf_manifest_to_json(const HfManifest *self, size_t *length, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    HfJsonWriter json;
    hf_json_writer_init(&json, text);
    write_manifest(&json, self);
    g_string_truncate(text, text->len - 1); /* the tail goes before the last brace, and brings its own */

    char tail[HF_MANIFEST_TAIL_BYTES + 1];
    make_tail(tail, hf_digest_of(text->str, text->len), text->len + HF_MANIFEST_TAIL_BYTES);
    g_string_append(text, tail);
    *length = text->len;
    if (text->len <= HF_MANIFEST_MAX_BYTES && json.nodes <= HF_MANIFEST_MAX_NODES - TAIL_NODES)
        return g_string_free(g_steal_pointer(&text), FALSE);
    g_set_error(
        error, HF_ERROR, HF_ERROR_LIMIT,
        "the manifest has %zu bytes and %zu values, over the bound of %d or that of %zu: back up fewer tables at "
        "a time",
        text->len, json.nodes, HF_MANIFEST_MAX_BYTES, HF_MANIFEST_MAX_NODES);
    return NULL;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

static bool refuse(GError **error, const char *what)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "manifest.json: %s", what);
    return false;
}

static bool get_uint32(const HfJson *json, HfJsonNode object, const char *key, uint32_t *value, GError **error)
{
    uint64_t number = 0;
    if (!hf_json_get_uint64(json, object, key, &number, error))
        return false;
    *value = (uint32_t)number;
    if (number <= G_MAXUINT32)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "manifest.json: \"%s\" is %" G_GUINT64_FORMAT ", over %u", key,
                number, G_MAXUINT32);
    return false;
}

static bool get_digest(const HfJson *json, HfJsonNode object, const char *key, HfDigest *digest, GError **error)
{
    g_autofree char *hex = NULL;
    return hf_json_get_string(json, object, key, &hex, error) &&
           (hf_digest_from_hex(hex, digest) || refuse(error, "a digest is not 32 hex digits"));
}

static bool read_member(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfManifest *self = to;
    g_autofree char *name = NULL;
    uint64_t offset = 0, size = 0;
    HfDigest digest;
    if (!hf_json_get_string(json, node, "name", &name, error) ||
        !hf_json_get_uint64(json, node, "offset", &offset, error) ||
        !hf_json_get_uint64(json, node, "size_bytes", &size, error) ||
        !get_digest(json, node, "digest", &digest, error))
        return false;
    hf_manifest_add_member(self, name, offset, size, digest);
    return true;
}

static bool read_column(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfManifestTable *table = to;
    HfColumn *column = hf_column_new(NULL, NULL, 0);
    g_ptr_array_add(table->columns, column);
    return hf_json_get_string(json, node, "name", &column->name, error) &&
           hf_json_get_string(json, node, "type", &column->type, error) &&
           get_uint32(json, node, "type_oid", &column->type_oid, error);
}

static bool read_part(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfManifestTable *table = to;
    HfPart part = {0};
    uint64_t member = 0;
    if (!hf_json_get_uint64(json, node, "member", &member, error) ||
        !hf_json_get_uint64(json, node, "rows", &part.rows, error) ||
        !hf_json_get_uint64(json, node, "raw_bytes", &part.raw_bytes, error))
        return false;
    part.member = member;
    g_array_append_val(table->parts, part);
    return true;
}

static bool read_load_root(const HfJson *json, HfJsonNode node, HfManifestTable *table, GError **error)
{
    HfJsonNode root = hf_json_get(json, node, "load_root");
    if (hf_json_is_null(json, root))
        return true;
    return get_uint32(json, root, "oid", &table->load_root_oid, error) &&
           (table->load_root_oid != 0 || refuse(error, "a load_root without its oid")) &&
           hf_json_get_string(json, root, "schema", &table->load_root_schema, error) &&
           hf_json_get_string(json, root, "name", &table->load_root_name, error);
}

/* Turns a word into its place in `words`. */
static bool get_word(const HfJson *json, HfJsonNode node, const char *key, const char *const words[2], bool *second,
                     GError **error)
{
    g_autofree char *word = NULL;
    if (!hf_json_get_string(json, node, key, &word, error))
        return false;
    *second = strcmp(word, words[1]) == 0;
    if (*second || strcmp(word, words[0]) == 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "manifest.json: \"%s\" is \"%.100s\", not \"%s\" or \"%s\"", key,
                word, words[0], words[1]);
    return false;
}

static bool read_table_words(const HfJson *json, HfJsonNode node, HfManifestTable *table, GError **error)
{
    static const char *const kinds[] = {KIND_TABLE, KIND_LARGE_OBJECTS}, *const formats[] = {"text", "binary"};
    bool large_objects = false, binary = false;
    if (!get_word(json, node, "kind", kinds, &large_objects, error) ||
        !get_word(json, node, "format", formats, &binary, error))
        return false;
    table->kind = large_objects ? HF_TABLE_LARGE_OBJECTS : HF_TABLE_PLAIN;
    table->format = binary ? HF_FORMAT_BINARY : HF_FORMAT_TEXT;
    return true;
}

static bool read_table(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfManifest *self = to;
    HfManifestTable *table = hf_manifest_table_new();
    g_ptr_array_add(self->tables, table);
    return read_table_words(json, node, table, error) && get_uint32(json, node, "oid", &table->oid, error) &&
           hf_json_get_string(json, node, "schema", &table->schema, error) &&
           hf_json_get_string(json, node, "name", &table->name, error) &&
           hf_json_get_optional_string(json, node, "format_reason", &table->format_reason, error) &&
           hf_json_get_optional_string(json, node, "filter", &table->filter, error) &&
           hf_json_get_optional_string(json, node, "no_data_reason", &table->no_data_reason, error) &&
           read_load_root(json, node, table, error) &&
           hf_json_get_uint64(json, node, "rows", &table->proof.rows, error) &&
           get_digest(json, node, "digest", &table->proof.sum, error) &&
           hf_json_get_uint64(json, node, "raw_bytes", &table->raw_bytes, error) &&
           hf_archive_json_read_array(json, node, "columns", read_column, table, error) &&
           hf_archive_json_read_array(json, node, "parts", read_part, table, error);
}

static bool get_type_kind(const HfJson *json, HfJsonNode node, char *kind, GError **error)
{
    g_autofree char *word = NULL;
    if (!hf_json_get_string(json, node, "kind", &word, error))
        return false;
    *kind = word[0];
    return (word[0] != '\0' && word[1] == '\0' && strchr("bcdemr", word[0]) != NULL) ||
           refuse(error, "the kind of a type is not one of b, c, d, e, m and r");
}

static bool read_type(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfManifest *self = to;
    HfType type = {0};
    g_autofree char *name = NULL;
    if (!get_uint32(json, node, "oid", &type.oid, error) || !hf_json_get_string(json, node, "name", &name, error) ||
        !get_type_kind(json, node, &type.kind, error) || !get_uint32(json, node, "base_oid", &type.base_oid, error) ||
        !get_uint32(json, node, "element_oid", &type.element_oid, error) ||
        !get_uint32(json, node, "subtype_oid", &type.subtype_oid, error) ||
        !hf_json_get_bool(json, node, "has_binary", &type.has_binary, error))
        return false;
    type.name = name;
    hf_manifest_add_type(self, &type);
    return true;
}

static bool read_manifest(const HfJson *json, HfManifest *self, GError **error)
{
    return hf_json_get_string(json, 0, "finished", &self->finished, error) &&
           hf_json_get_uint64(json, 0, "sequences", &self->sequences, error) &&
           hf_json_get_uint64(json, 0, "large_objects", &self->large_objects, error) &&
           hf_archive_json_read_array(json, 0, "members", read_member, self, error) &&
           hf_archive_json_read_array(json, 0, "tables", read_table, self, error) &&
           hf_archive_json_read_array(json, 0, "types", read_type, self, error);
}

bool hf_manifest_parse_tail(const char *tail, size_t *length, GError **error)
{
    char hex[HF_DIGEST_HEX_SIZE] = "", number[21] = "", again[HF_MANIFEST_TAIL_BYTES + 1];
    memcpy(hex, tail + strlen(",\n\"digest\":\""), HF_DIGEST_HEX_SIZE - 1);
    memcpy(number, tail + HF_MANIFEST_TAIL_BYTES - strlen("}\n") - 20, 20);
    HfDigest digest;
    guint64 stated = 0;
    if (!hf_digest_from_hex(hex, &digest) ||
        !g_ascii_string_to_unsigned(g_strchug(number), 10, 0, G_MAXUINT64, &stated, NULL))
        return refuse(error, "its end is damaged");
    make_tail(again, digest, stated);
    if (memcmp(again, tail, HF_MANIFEST_TAIL_BYTES) != 0)
        return refuse(error, "its end is damaged");
    if (stated <= HF_MANIFEST_TAIL_BYTES)
        return refuse(error, "its end states too small a length");
    if (stated > HF_MANIFEST_MAX_BYTES) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                    "manifest.json: its end states a length of %" G_GUINT64_FORMAT " bytes, over the bound of %d",
                    stated, HF_MANIFEST_MAX_BYTES);
        return false;
    }
    *length = stated;
    return true;
}

static bool check_digest(const char *text, size_t length, GError **error)
{
    char tail[HF_MANIFEST_TAIL_BYTES + 1];
    size_t body = length - HF_MANIFEST_TAIL_BYTES;
    make_tail(tail, hf_digest_of(text, body), length);
    return memcmp(tail, text + body, HF_MANIFEST_TAIL_BYTES) == 0 ||
           refuse(error, "it is damaged: its bytes do not have the digest that its end states");
}

HfManifest *hf_manifest_from_json(const char *text, size_t length, uint64_t end, GError **error)
{
    size_t stated = 0;
    if (length < HF_MANIFEST_TAIL_BYTES) {
        refuse(error, "it is too short");
        return NULL;
    }
    if (!hf_manifest_parse_tail(text + length - HF_MANIFEST_TAIL_BYTES, &stated, error) ||
        !check_digest(text, length, error))
        return NULL;
    /* Keys and values of ours take over 4 bytes each. */
    size_t max_nodes = MIN(length / 4 + 16, HF_MANIFEST_MAX_NODES);
    g_autoptr(HfJson) json = hf_json_parse("manifest.json", text, length, max_nodes, error);
    g_autoptr(HfManifest) self = hf_manifest_new();
    if (json == NULL || !hf_archive_json_check_format(json, error) || !read_manifest(json, self, error) ||
        !hf_manifest_check(self, end, error))
        return NULL;
    return g_steal_pointer(&self);
}
