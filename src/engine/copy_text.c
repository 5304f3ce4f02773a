#include "engine/copy_text.h"

#include "base/error.h"

/* ---- Fields --------------------------------------------------------------------------------------------------------
 */

static bool refuse(GError **error, const char *what)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "a row is damaged: %s", what);
    return false;
}

bool hf_copy_fields_begin(HfCopyFields *self, const uint8_t *row, size_t length, size_t count, GError **error)
{
    *self = (HfCopyFields){.at = row + 2, .end = row + length};
    if (length < 2 || ((size_t)row[0] << 8 | row[1]) != count)
        return refuse(error, "it has another number of fields than the table has columns");
    return count > 0 || length == 2 || refuse(error, "there are bytes after its last field");
}

bool hf_copy_fields_next(HfCopyFields *self, const uint8_t **value, size_t *length, GError **error)
{
    const uint8_t *at = self->at;
    if (self->end - at < 4)
        return refuse(error, "it ends inside a field");
    uint32_t size = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    bool null = size == UINT32_MAX;
    if (!null && size > (size_t)(self->end - at - 4))
        return refuse(error, "a field passes its end");
    *value = null ? NULL : at + 4;
    *length = null ? 0 : size;
    self->at = at + 4 + *length;
    return true;
}

/* ---- Text ----------------------------------------------------------------------------------------------------------
 */

/* The letter that stands for a character after a backslash; 0 for one that stands for itself. */
static char escape_of(char c)
{
    switch (c) {
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '\v':
        return 'v';
    case '\\':
        return '\\';
    default:
        return '\0';
    }
}

/* In place, from the end: a value may be some hundred megabytes. */
void hf_copy_text_escape(GString *text, size_t start)
{
    size_t escapes = 0;
    for (size_t i = start; i < text->len; i++)
        escapes += escape_of(text->str[i]) != '\0';
    if (escapes == 0)
        return;
    size_t from = text->len, to = from + escapes;
    g_string_set_size(text, to);
    while (to > from) {
        char c = text->str[--from], escape = escape_of(c);
        text->str[--to] = escape != '\0' ? escape : c;
        if (escape != '\0')
            text->str[--to] = '\\';
    }
}

static bool append_field(GString *text, size_t row_start, const HfTypeTable *types, const HfColumn *column,
                         HfCopyFields *fields, GError **error)
{
    const uint8_t *value;
    size_t length, start = text->len;
    if (!hf_copy_fields_next(fields, &value, &length, error))
        return false;
    if (value == NULL) {
        g_string_append(text, "\\N");
        return true;
    }
    if (!hf_type_value_text(types, column->type_oid, value, length, text, error))
        return false;
    hf_copy_text_escape(text, start);
    if (text->len - row_start <= HF_COPY_TEXT_MAX_BYTES)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "with it a row is over %zu bytes long as text, more than a server takes: restore the table into a "
                "database instead",
                HF_COPY_TEXT_MAX_BYTES);
    return false;
}

bool hf_copy_text_append_row(GString *text, const HfTypeTable *types, const GPtrArray *columns, const uint8_t *row,
                             size_t length, GError **error)
{
    HfCopyFields fields;
    size_t start = text->len;
    if (!hf_copy_fields_begin(&fields, row, length, columns->len, error))
        return false;
    for (guint i = 0; i < columns->len; i++) {
        const HfColumn *column = columns->pdata[i];
        if (i > 0)
            g_string_append_c(text, '\t');
        if (!append_field(text, start, types, column, &fields, error)) {
            g_prefix_error(error, "column %s: ", column->name);
            g_string_truncate(text, start);
            return false;
        }
    }
    if (fields.at != fields.end) {
        g_string_truncate(text, start);
        return refuse(error, "there are bytes after its last field");
    }
    g_string_append_c(text, '\n');
    return true;
}
