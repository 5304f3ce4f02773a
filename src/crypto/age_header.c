/*
 * The grammar, by lines: the version; for each stanza an argument line "-> kind arg…" and the body in base64, 64
 * columns to a line, which a shorter line (perhaps empty) ends; at last "--- " and the MAC. Base64 has neither '-' nor
 * '>', so the first line that starts with "---" is the last of the header wherever it stands: so we know how much of a
 * file to read before parsing.
 */
#include "crypto/age_header.h"

#include "base/error.h"
#include "crypto/age.h"
#include "crypto/base64.h"

#include <string.h>

#define VERSION_PREFIX "age-encryption.org/"
#define VERSION_LINE VERSION_PREFIX "v1"
#define BODY_COLUMNS 64
#define FIRST_READ_BYTES 4096

HfAgeStanza *hf_age_stanza_new(char **args, const void *body, size_t length)
{
    HfAgeStanza *self = g_new0(HfAgeStanza, 1);
    self->args = args;
    self->body = g_byte_array_new();
    g_byte_array_append(self->body, body, (guint)length);
    return self;
}

void hf_age_stanza_free(HfAgeStanza *self)
{
    g_strfreev(self->args);
    g_byte_array_unref(self->body);
    g_free(self);
}

size_t hf_age_stanza_count_args(const HfAgeStanza *self)
{
    return g_strv_length(self->args);
}

bool hf_age_stanza_refuse(const HfAgeStanza *self, const char *why, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "age header line %u: the %.40s stanza %s", self->line, self->args[0],
                why);
    return false;
}

/* ---- Parsing -------------------------------------------------------------------------------------------------------
 */

typedef struct {
    const char *at, *end;
    size_t length; /* of the whole text */
    unsigned line;
} Cursor;

typedef struct {
    const char *text;
    size_t length;
} Line;

static bool refuse(const Cursor *cursor, const char *why, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "age header line %u: %s", cursor->line, why);
    return false;
}

static bool next_line(Cursor *cursor, Line *line, GError **error)
{
    cursor->line++;
    const char *feed = memchr(cursor->at, '\n', (size_t)(cursor->end - cursor->at));
    if (feed == NULL)
        return refuse(cursor,
                      cursor->length < HF_AGE_HEADER_MAX_BYTES
                          ? "the file is cut off here, inside the header"
                          : "the longest header that is accepted (256 KiB) ends here",
                      error);
    *line = (Line){cursor->at, (size_t)(feed - cursor->at)};
    cursor->at = feed + 1;
    return true;
}

static bool starts_with(const Line *line, const char *prefix)
{
    return line->length >= strlen(prefix) && memcmp(line->text, prefix, strlen(prefix)) == 0;
}

static bool parse_version(Cursor *cursor, GError **error)
{
    Line line;
    if ((size_t)(cursor->end - cursor->at) < strlen(VERSION_PREFIX) ||
        memcmp(cursor->at, VERSION_PREFIX, strlen(VERSION_PREFIX)) != 0) {
        cursor->line++;
        return refuse(cursor,
                      hf_age_is_armored((const uint8_t *)cursor->at, (size_t)(cursor->end - cursor->at))
                          ? "this is an armored age file; decode the armor first"
                          : "this is not an age file",
                      error);
    }
    if (!next_line(cursor, &line, error))
        return false;
    if (line.length == strlen(VERSION_LINE) && starts_with(&line, VERSION_LINE))
        return true;
    return refuse(cursor, "this version of the age format is unknown, only v1 can be read", error);
}

/* "-> kind arg…" */
static char **parse_args(const Cursor *cursor, const Line *line, GError **error)
{
    for (size_t i = 3; i < line->length; i++)
        if (line->text[i] != ' ' && !g_ascii_isgraph(line->text[i])) {
            refuse(cursor, "a stanza argument has a character that is not allowed", error);
            return NULL;
        }
    g_autofree char *text = g_strndup(line->text + 3, line->length - 3);
    g_auto(GStrv) args = g_strsplit(text, " ", 0);
    if (args[0] == NULL || g_strv_contains((const char *const *)args, "")) {
        refuse(cursor, "a stanza argument is empty", error);
        return NULL;
    }
    return g_steal_pointer(&args);
}

static bool parse_body(Cursor *cursor, GByteArray *body, GError **error)
{
    Line line;
    do {
        size_t length;
        if (!next_line(cursor, &line, error))
            return false;
        if (line.length > BODY_COLUMNS)
            return refuse(cursor, "a line of a stanza body is longer than 64 columns", error);
        g_autofree uint8_t *data = hf_base64_decode(line.text, line.length, HF_BASE64_RAW, &length);
        if (data == NULL)
            return refuse(cursor, "a stanza body is not canonical base64", error);
        g_byte_array_append(body, data, (guint)length);
    } while (line.length == BODY_COLUMNS);
    return true;
}

static HfAgeStanza *parse_stanza(Cursor *cursor, const Line *line, GError **error)
{
    if (!starts_with(line, "-> ")) {
        refuse(cursor, "neither a recipient stanza (->) nor the MAC (---)", error);
        return NULL;
    }
    char **args = parse_args(cursor, line, error);
    if (args == NULL)
        return NULL;
    g_autoptr(HfAgeStanza) stanza = hf_age_stanza_new(args, NULL, 0);
    stanza->line = cursor->line;
    return parse_body(cursor, stanza->body, error) ? g_steal_pointer(&stanza) : NULL;
}

static bool parse_mac(const Cursor *cursor, const Line *line, uint8_t mac[HF_AGE_MAC_BYTES], GError **error)
{
    size_t length;
    if (!starts_with(line, "--- "))
        return refuse(cursor, "no space before the MAC", error);
    g_autofree uint8_t *data = hf_base64_decode(line->text + 4, line->length - 4, HF_BASE64_RAW, &length);
    if (data == NULL || length != HF_AGE_MAC_BYTES)
        return refuse(cursor, "the MAC is not 32 bytes in canonical base64", error);
    memcpy(mac, data, length);
    return true;
}

/* A passphrase file claims that whoever wrote it knew the passphrase; another recipient beside it would break that. */
static bool check_scrypt_is_alone(const GPtrArray *stanzas, GError **error)
{
    for (guint i = 0; stanzas->len > 1 && i < stanzas->len; i++) {
        const HfAgeStanza *stanza = g_ptr_array_index(stanzas, i);
        if (g_str_equal(stanza->args[0], "scrypt"))
            return hf_age_stanza_refuse(stanza, "is not the only one", error);
    }
    return true;
}

static bool parse_stanzas(Cursor *cursor, HfAgeHeader *header, Line *line, GError **error)
{
    if (!next_line(cursor, line, error))
        return false;
    while (!starts_with(line, "---")) {
        HfAgeStanza *stanza = parse_stanza(cursor, line, error);
        if (stanza == NULL)
            return false;
        g_ptr_array_add(header->stanzas, stanza);
        if (!next_line(cursor, line, error))
            return false;
    }
    if (header->stanzas->len == 0)
        return refuse(cursor, "no recipient stanza before the MAC", error);
    return check_scrypt_is_alone(header->stanzas, error);
}

HfAgeHeader *hf_age_header_parse(const char *text, size_t length, GError **error)
{
    g_autoptr(HfAgeHeader) header = g_new0(HfAgeHeader, 1);
    header->stanzas = g_ptr_array_new_with_free_func((GDestroyNotify)hf_age_stanza_free);
    Cursor cursor = {text, text + length, length, 0};
    Line last;
    if (!parse_version(&cursor, error) || !parse_stanzas(&cursor, header, &last, error) ||
        !parse_mac(&cursor, &last, header->mac, error))
        return NULL;
    header->authenticated_bytes = (size_t)(last.text - text) + strlen("---");
    header->authenticated = g_memdup2(text, header->authenticated_bytes);
    header->size_bytes = (size_t)(cursor.at - text);
    return g_steal_pointer(&header);
}

void hf_age_header_free(HfAgeHeader *self)
{
    g_ptr_array_unref(self->stanzas);
    g_free(self->authenticated);
    g_free(self);
}

/* Whether reading more cannot change what the parser says. */
static bool is_enough(const char *text, size_t length)
{
    if (length < strlen(VERSION_PREFIX) || memcmp(text, VERSION_PREFIX, strlen(VERSION_PREFIX)) != 0)
        return true;
    const char *last = g_strstr_len(text, (gssize)length, "\n---");
    return last != NULL && memchr(last + 1, '\n', length - (size_t)(last + 1 - text)) != NULL;
}

HfAgeHeader *hf_age_header_read(HfInput *from, GError **error)
{
    size_t most = (size_t)MIN(from->size_bytes, HF_AGE_HEADER_MAX_BYTES);
    g_autofree char *text = g_malloc(MAX(most, 1));
    for (size_t have = 0, want = FIRST_READ_BYTES;; want *= 2) {
        want = MIN(want, most);
        if (!hf_input_read_at(from, have, text + have, want - have, error))
            return NULL;
        have = want;
        if (have == most || is_enough(text, have))
            return hf_age_header_parse(text, have, error);
    }
}

/* ---- Encoding ------------------------------------------------------------------------------------------------------
 */

static void append_stanza(GString *text, const HfAgeStanza *stanza)
{
    g_autofree char *args = g_strjoinv(" ", stanza->args);
    g_autofree char *body = hf_base64_encode_raw(stanza->body->data, stanza->body->len);
    g_string_append_printf(text, "-> %s\n", args);
    const char *rest = body;
    for (; strlen(rest) >= BODY_COLUMNS; rest += BODY_COLUMNS)
        g_string_append_printf(text, "%.*s\n", BODY_COLUMNS, rest);
    g_string_append_printf(text, "%s\n", rest);
}

GString *hf_age_header_encode(const GPtrArray *stanzas)
{
    GString *text = g_string_new(VERSION_LINE "\n");
    for (guint i = 0; i < stanzas->len; i++)
        append_stanza(text, g_ptr_array_index(stanzas, i));
    g_string_append(text, "---");
    return text;
}

void hf_age_header_append_mac(GString *text, const uint8_t mac[HF_AGE_MAC_BYTES])
{
    g_autofree char *encoded = hf_base64_encode_raw(mac, HF_AGE_MAC_BYTES);
    g_string_append_printf(text, " %s\n", encoded);
}
