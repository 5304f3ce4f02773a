#include "cli/text.h"

#include <stdbool.h>
#include <string.h>

static void append_printable(GString *to, gunichar c)
{
    bool control = g_unichar_iscntrl(c) || g_unichar_type(c) == G_UNICODE_FORMAT;
    if (control && c != '\n' && c != '\t')
        g_string_append_c(to, '?');
    else
        g_string_append_unichar(to, c);
}

char *hf_text_printable(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *printable = g_string_sized_new(strlen(valid));
    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at))
        append_printable(printable, g_utf8_get_char(at));
    return g_string_free(printable, FALSE);
}

static unsigned char_width(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

unsigned hf_text_width(const char *text)
{
    unsigned width = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        width += char_width(g_utf8_get_char(at));
    return width;
}

/* The bytes of the longest start that takes at most `columns`. */
static size_t prefix_bytes(const char *text, unsigned columns)
{
    unsigned width = 0;
    const char *at = text;
    for (; *at != '\0'; at = g_utf8_next_char(at)) {
        width += char_width(g_utf8_get_char(at));
        if (width > columns)
            break;
    }
    return (size_t)(at - text);
}

char *hf_text_fit(const char *text, unsigned columns)
{
    g_autofree char *line = g_strdelimit(hf_text_printable(text), "\n\t", ' ');
    if (hf_text_width(line) <= columns)
        return g_steal_pointer(&line);
    unsigned dots = MIN(columns, 3);
    GString *cut = g_string_new_len(line, (gssize)prefix_bytes(line, columns - dots));
    g_string_append_len(cut, "...", dots);
    return g_string_free(cut, FALSE);
}

/* ---- Tables --------------------------------------------------------------------------------------------------------
 */

struct HfTextTable {
    char *alignment;
    GPtrArray *rows; /* char**, a cell for each column */
};

HfTextTable *hf_text_table_new(const char *alignment)
{
    HfTextTable *self = g_new0(HfTextTable, 1);
    self->alignment = g_strdup(alignment);
    self->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    return self;
}

void hf_text_table_free(HfTextTable *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->rows);
    g_free(self->alignment);
    g_free(self);
}

void hf_text_table_add(HfTextTable *self, const char *const *cells)
{
    size_t columns = strlen(self->alignment);
    char **row = g_new0(char *, columns + 1);
    for (size_t i = 0; i < columns; i++)
        row[i] = g_strdelimit(hf_text_printable(cells[i] != NULL ? cells[i] : ""), "\n\t", ' ');
    g_ptr_array_add(self->rows, row);
}

static void pad(GString *to, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        g_string_append_c(to, ' ');
}

static void print_row(const HfTextTable *self, char **row, const unsigned *widths, GString *to)
{
    gsize start = to->len;
    for (size_t i = 0; self->alignment[i] != '\0'; i++) {
        unsigned room = widths[i] - hf_text_width(row[i]);
        pad(to, (i > 0 ? 2 : 0) + (self->alignment[i] == 'r' ? room : 0));
        g_string_append(to, row[i]);
        pad(to, self->alignment[i] == 'l' ? room : 0);
    }
    while (to->len > start && to->str[to->len - 1] == ' ')
        g_string_truncate(to, to->len - 1);
    g_string_append_c(to, '\n');
}

void hf_text_table_print(const HfTextTable *self, GString *to)
{
    size_t columns = strlen(self->alignment);
    g_autofree unsigned *widths = g_new0(unsigned, columns);
    for (guint r = 0; r < self->rows->len; r++)
        for (size_t i = 0; i < columns; i++)
            widths[i] = MAX(widths[i], hf_text_width(((char **)self->rows->pdata[r])[i]));
    for (guint r = 0; r < self->rows->len; r++)
        print_row(self, self->rows->pdata[r], widths, to);
}
