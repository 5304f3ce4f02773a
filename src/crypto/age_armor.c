/*
 * ASCII armor: a begin line, base64 in lines of 64 columns of which the last may be shorter, an end line. Lines end
 * with LF or CRLF; white space is allowed before and after, and nowhere else.
 */
#include "crypto/age.h"

#include "base/error.h"
#include "crypto/base64.h"

#include <string.h>

#define BEGIN_LINE "-----BEGIN AGE ENCRYPTED FILE-----"
#define END_LINE "-----END AGE ENCRYPTED FILE-----"
#define SPACES " \t\r\n"
#define COLUMNS 64
#define BLOCK_BYTES (64 * 1024)

/* The file, byte by byte through a block, and what was decoded and not yet passed on. */
typedef struct {
    HfInput *from;
    HfOutput *to;
    uint64_t offset; /* in the file, of the block's end */
    size_t at, end;  /* in the block */
    unsigned line;
    GByteArray *decoded;
    char text[COLUMNS + 1]; /* the present line without its end */
    char block[BLOCK_BYTES];
} Dearmor;

static bool refuse(const Dearmor *self, const char *why, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "age armor line %u: %s", self->line, why);
    return false;
}

/* The next byte, -1 at the end of the file, -2 with an error. */
static int peek(Dearmor *self, GError **error)
{
    if (self->at == self->end) {
        size_t length = (size_t)MIN(self->from->size_bytes - self->offset, BLOCK_BYTES);
        if (length == 0)
            return -1;
        if (!hf_input_read_at(self->from, self->offset, self->block, length, error))
            return -2;
        self->offset += length;
        self->at = 0;
        self->end = length;
    }
    return (unsigned char)self->block[self->at];
}

static bool skip_spaces(Dearmor *self, GError **error)
{
    int c;
    while ((c = peek(self, error)) > 0 && strchr(SPACES, c) != NULL) {
        self->line += c == '\n' ? 1 : 0;
        self->at++;
    }
    return c != -2;
}

/* A line of at most 64 columns into `text`. The end of the file may stand in for the end of the line. */
static bool next_line(Dearmor *self, GError **error)
{
    size_t length = 0;
    int c;
    self->line++;
    while ((c = peek(self, error)) >= 0) {
        self->at++;
        if (c == '\n')
            break;
        if (c == '\0' || (length > 0 && self->text[length - 1] == '\r'))
            return refuse(self, "a zero byte or a carriage return in the middle", error);
        if (length == sizeof self->text)
            return refuse(self, "longer than 64 columns", error);
        self->text[length++] = (char)c;
    }
    if (c == -2)
        return false;
    if (length > 0 && self->text[length - 1] == '\r')
        length--;
    if (length == sizeof self->text)
        return refuse(self, "longer than 64 columns", error);
    self->text[length] = '\0';
    if (length == 0)
        return refuse(self, c == -1 ? "the file ends without an end line; it was cut" : "empty", error);
    return true;
}

static bool flush(Dearmor *self, size_t threshold, GError **error)
{
    if (self->decoded->len <= threshold)
        return true;
    bool ok = hf_output_write(self->to, self->decoded->data, self->decoded->len, error);
    g_byte_array_set_size(self->decoded, 0);
    return ok;
}

static bool decode_line(Dearmor *self, size_t columns, GError **error)
{
    size_t length;
    g_autofree uint8_t *data = hf_base64_decode(self->text, columns, HF_BASE64_PADDED, &length);
    if (data == NULL)
        return refuse(self, "not canonical base64", error);
    g_byte_array_append(self->decoded, data, (guint)length);
    return flush(self, BLOCK_BYTES, error);
}

static bool dearmor_lines(Dearmor *self, GError **error)
{
    bool body_ended = false;
    for (;;) {
        if (!next_line(self, error))
            return false;
        if (g_str_equal(self->text, END_LINE))
            return flush(self, 0, error);
        if (body_ended)
            return refuse(self, "not the end line, though the line before it ended the data", error);
        size_t columns = strlen(self->text);
        if (!decode_line(self, columns, error))
            return false;
        body_ended = columns < COLUMNS || self->text[COLUMNS - 1] == '=';
    }
}

static bool dearmor(Dearmor *self, GError **error)
{
    if (!skip_spaces(self, error) || !next_line(self, error))
        return false;
    if (!g_str_equal(self->text, BEGIN_LINE))
        return refuse(self, "not \"" BEGIN_LINE "\"", error);
    if (!dearmor_lines(self, error))
        return false;
    /* next_line took the end line's own line feed or carriage return. */
    if (!skip_spaces(self, error))
        return false;
    if (self->at < self->end) {
        self->line++;
        return refuse(self, "something follows the end line", error);
    }
    return true;
}

bool hf_age_dearmor(HfInput *from, HfOutput *to, GError **error)
{
    g_autofree Dearmor *self = g_new0(Dearmor, 1);
    g_autoptr(GByteArray) decoded = g_byte_array_new();
    self->from = from;
    self->to = to;
    self->decoded = decoded;
    return dearmor(self, error);
}

bool hf_age_is_armored(const uint8_t *start, size_t length)
{
    while (length > 0 && *start != '\0' && strchr(SPACES, *start) != NULL) {
        start++;
        length--;
    }
    return length >= strlen(BEGIN_LINE) && memcmp(start, BEGIN_LINE, strlen(BEGIN_LINE)) == 0;
}
