/*
 * A machine of four states over the bytes of UTF-8, in which every character that means something is ASCII. What is in
 * another encoding is converted on the way in. Places are counted in lines of the file, of which a field in quotes may
 * have several.
 */
#include "sheet/csv.h"

#include "base/error.h"

#include <string.h>

#define SNIFF_BYTES ((gsize)1 << 20)
#define CHUNK_BYTES ((gsize)64 << 10)

typedef enum { AT_FIELD, IN_PLAIN, IN_QUOTES, AFTER_QUOTES } State;

typedef struct {
    HfRecordReader reader;
    char *label;
    GInputStream *stream; /* in UTF-8 */
    GCancellable *cancellable;
    char delimiter;
    char *encoding;
    uint8_t *chunk;
    gsize length, at;
    bool last, after_cr, marked; /* no more comes; the last character was a CR; the byte order mark is passed */
    guint64 line;                /* of the next character, from 1 */
    guint64 start;               /* the record's first */
    GString *field;
} Reader;

/* ---- Bytes ---------------------------------------------------------------------------------------------------------
 */

static bool fail(const Reader *self, HfErrorCode code, GError **error, const char *why)
{
    g_set_error(error, HF_ERROR, (int)code, "%s: line %" G_GUINT64_FORMAT ": %s", self->label, self->line, why);
    return false;
}

static bool fill(Reader *self, GError **error)
{
    g_autoptr(GError) reason = NULL;
    gssize length = g_input_stream_read(self->stream, self->chunk, CHUNK_BYTES, self->cancellable, &reason);
    if (length < 0) {
        if (!hf_error_check_cancelled(self->cancellable, error))
            return false;
        bool bytes = g_error_matches(reason, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE) ||
                     g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_INVALID_DATA) ||
                     g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
        g_autofree char *why =
            bytes
                ? g_strdup_printf("some bytes near it are not in %s; name the encoding with --encoding", self->encoding)
                : g_strdup(reason->message);
        return fail(self, bytes ? HF_ERROR_CORRUPT : HF_ERROR_STORAGE, error, why);
    }
    self->length = (gsize)length;
    self->at = 0;
    self->last = length == 0;
    return true;
}

/* The next byte; -1 at the end, -2 for an error. */
static int get(Reader *self, GError **error)
{
    if (self->at == self->length && !self->last && !fill(self, error))
        return -2;
    return self->at == self->length ? -1 : self->chunk[self->at++];
}

/* ---- Records -------------------------------------------------------------------------------------------------------
 */

static bool end_field(Reader *self, HfRecord *record, bool quoted, GError **error)
{
    if (!quoted && self->field->len == 0) {
        hf_record_add_null(record);
    } else {
        if (!g_utf8_validate(self->field->str, (gssize)self->field->len, NULL)) {
            g_autofree char *why =
                g_strdup_printf("field %u has bytes that are not in %s; name the encoding with --encoding",
                                hf_record_count(record) + 1, self->encoding);
            return fail(self, HF_ERROR_CORRUPT, error, why);
        }
        hf_record_add(record, self->field->str, self->field->len);
    }
    g_string_truncate(self->field, 0);
    return hf_record_count(record) <= HF_RECORD_MAX_FIELDS ||
           fail(self, HF_ERROR_LIMIT, error, "it has more than 16384 fields; is the delimiter right?");
}

/* What a character does that is neither the end of the file nor in quotes. */
static bool add_plain(Reader *self, State *state, int c, GError **error)
{
    if (c == '"' && *state == AT_FIELD) {
        *state = IN_QUOTES;
        return true;
    }
    if (*state == AFTER_QUOTES)
        return fail(self, HF_ERROR_CORRUPT, error, "text after a closing quote; a quote inside of quotes is doubled");
    if (c == '"')
        return fail(self, HF_ERROR_CORRUPT, error, "a quote inside of a field that does not begin with one");
    *state = IN_PLAIN;
    g_string_append_c(self->field, (char)c);
    return true;
}

/* Takes one character; *done when it ends the record. */
static bool take(Reader *self, HfRecord *record, State *state, int c, bool *done, GError **error)
{
    bool line_end = c == '\n' || c == '\r';
    bool second = c == '\n' && self->after_cr; /* of CR LF */
    self->after_cr = c == '\r';
    if (c == '\0')
        return fail(self, HF_ERROR_CORRUPT, error, "it has a NUL; is this a text?");
    if (self->field->len + record->text->len > HF_RECORD_MAX_BYTES)
        return fail(self, HF_ERROR_LIMIT, error, "a record of over 64 MiB; is a quote not closed?");
    if (*state == IN_QUOTES) {
        if (c == '"')
            *state = AFTER_QUOTES;
        else
            g_string_append_c(self->field, (char)c);
        self->line += line_end && !second;
        return true;
    }
    if (*state == AFTER_QUOTES && c == '"') {
        g_string_append_c(self->field, '"');
        *state = IN_QUOTES;
        return true;
    }
    if (c != self->delimiter && !line_end)
        return add_plain(self, state, c, error);
    if (!end_field(self, record, *state == AFTER_QUOTES, error))
        return false;
    *state = AT_FIELD;
    *done = line_end;
    self->line += line_end;
    return true;
}

static bool next(HfRecordReader *reader, HfRecord *record, bool *more, GError **error)
{
    Reader *self = (Reader *)reader;
    State state = AT_FIELD;
    hf_record_reset(record);
    g_string_truncate(self->field, 0);
    self->start = self->line;
    bool begun = false;
    for (bool done = false; !done; begun = true) {
        int c = get(self, error);
        if (c == '\n' && !begun && self->after_cr) { /* the rest of the line before */
            self->after_cr = false;
            c = get(self, error);
        }
        if (c == -2)
            return false;
        if (c == -1 && state == IN_QUOTES) {
            self->line = self->start;
            return fail(self, HF_ERROR_CORRUPT, error, "a quote of the record that begins here is never closed");
        }
        *more = c != -1 || begun;
        if (!*more)
            return true;
        done = c == -1;
        if (done ? !end_field(self, record, state == AFTER_QUOTES, error)
                 : !take(self, record, &state, c, &done, error))
            return false;
    }
    g_free(record->place);
    record->place = g_strdup_printf("line %" G_GUINT64_FORMAT, self->start);
    return true;
}

static void close_reader(HfRecordReader *reader)
{
    Reader *self = (Reader *)reader;
    g_clear_object(&self->stream);
    g_clear_object(&self->cancellable);
    g_string_free(self->field, TRUE);
    g_free(self->encoding);
    g_free(self->chunk);
    g_free(self->label);
    g_free(self);
}

/* ---- What a file is ------------------------------------------------------------------------------------------------
 */

static const char *find_encoding(const uint8_t *data, gsize length, gsize *mark)
{
    const char *end;
    *mark = 0;
    if (length >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        *mark = 3;
        return "UTF-8";
    }
    if (length >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        *mark = 2;
        return data[0] == 0xff ? "UTF-16LE" : "UTF-16BE";
    }
    /* The last character may be cut; a NUL is told as one later. */
    bool valid = g_utf8_validate((const char *)data, (gssize)length, &end) || *end == '\0' ||
                 g_utf8_get_char_validated(end, (const char *)data + length - end) == (gunichar)-2;
    return valid ? "UTF-8" : "WINDOWS-1252";
}

/* In the first line, outside of quotes. */
static char find_delimiter(const char *text, gsize length)
{
    static const char candidates[] = ",;\t|";
    guint counts[sizeof candidates] = {0};
    bool quoted = false;
    for (gsize i = 0; i < length && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        const char *found = text[i] != '\0' ? strchr(candidates, text[i]) : NULL;
        quoted ^= text[i] == '"';
        if (found != NULL && !quoted)
            counts[found - candidates]++;
    }
    size_t best = 0;
    for (size_t i = 1; i < sizeof candidates - 1; i++)
        best = counts[i] > counts[best] ? i : best;
    return candidates[best];
}

/* The stream in UTF-8, from where the text begins. Transfer full. */
static GInputStream *converted(GInputStream *stream, const char *encoding, const char *label, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (g_ascii_strcasecmp(encoding, "UTF-8") == 0)
        return g_object_ref(stream);
    g_autoptr(GCharsetConverter) converter = g_charset_converter_new("UTF-8", encoding, &reason);
    if (converter == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s: the encoding %s is not known: %s", label, encoding,
                    reason->message);
        return NULL;
    }
    return g_converter_input_stream_new(stream, G_CONVERTER(converter));
}

HfRecordReader *hf_csv_reader_open(GInputStream *stream, const char *label, HfCsvForm *form, GCancellable *cancellable,
                                   GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GInputStream) buffered = g_buffered_input_stream_new_sized(stream, SNIFF_BYTES);
    g_filter_input_stream_set_close_base_stream(G_FILTER_INPUT_STREAM(buffered), FALSE);
    GBufferedInputStream *start = G_BUFFERED_INPUT_STREAM(buffered);
    gsize mark, length;
    gssize got;
    do /* a pipe gives it in pieces */
        got = g_buffered_input_stream_fill(start, -1, cancellable, &reason);
    while (got > 0 && g_buffered_input_stream_get_available(start) < SNIFF_BYTES);
    if (got < 0) {
        if (hf_error_check_cancelled(cancellable, error))
            g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "%s: %s", label, reason->message);
        return NULL;
    }
    const uint8_t *data = g_buffered_input_stream_peek_buffer(start, &length);
    const char *found = find_encoding(data, length, &mark);
    form->encoding = form->encoding != NULL ? form->encoding : found;
    if (form->delimiter == 0) {
        bool wide = g_str_has_prefix(form->encoding, "UTF-16");
        g_autofree char *text = wide ? g_convert((const char *)data + mark, (gssize)((length - mark) & ~(gsize)1),
                                                 "UTF-8", form->encoding, NULL, &length, NULL)
                                     : g_strndup((const char *)data, length);
        form->delimiter = text != NULL ? find_delimiter(text, length) : ',';
    }
    g_input_stream_skip(buffered, mark, NULL, NULL); /* of what is in the buffer */
    g_autoptr(GInputStream) utf8 = converted(buffered, form->encoding, label, error);
    if (utf8 == NULL)
        return NULL;
    Reader *self = g_new0(Reader, 1);
    self->reader = (HfRecordReader){.next = next, .close = close_reader};
    self->label = g_strdup(label);
    self->stream = g_steal_pointer(&utf8);
    self->cancellable = cancellable != NULL ? g_object_ref(cancellable) : NULL;
    self->delimiter = form->delimiter;
    self->encoding = g_strdup(form->encoding);
    self->chunk = g_malloc(CHUNK_BYTES);
    self->line = 1;
    self->field = g_string_new(NULL);
    return &self->reader;
}

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

void hf_csv_append(GString *text, const HfRecord *record, char delimiter)
{
    const char special[] = {delimiter, '"', '\r', '\n', '\0'};
    for (guint i = 0; i < hf_record_count(record); i++) {
        size_t length;
        const char *field = hf_record_get(record, i, &length);
        if (i > 0)
            g_string_append_c(text, delimiter);
        if (field == NULL)
            continue;
        if (length > 0 && strpbrk(field, special) == NULL) {
            g_string_append_len(text, field, (gssize)length);
            continue;
        }
        g_auto(GStrv) pieces = g_strsplit(field, "\"", -1);
        g_autofree char *doubled = g_strjoinv("\"\"", pieces);
        g_string_append_printf(text, "\"%s\"", doubled);
    }
    g_string_append(text, "\r\n");
}
