#include "pg/sql_lines.h"

#include "base/error.h"

#include <string.h>

#define MAX_STATEMENT_BYTES ((gsize)1 << 30)
#define USUAL_BYTES ((gsize)1 << 16)

struct HfSqlLines {
    HfOutput output; /* first, so that the output is the whole */
    HfSqlLineFunc func;
    gpointer data;
    GString *line; /* of which no end was seen yet */
    char quote;    /* that `line` is inside of; 0: of none */
};

static bool give(HfSqlLines *self, GError **error)
{
    bool wanted = self->line->len > 0 && !g_str_has_prefix(self->line->str, "--");
    bool ok = !wanted || self->func(self->line->str, self->data, error);
    if (self->line->allocated_len > USUAL_BYTES) {
        g_string_free(self->line, TRUE);
        self->line = g_string_new(NULL);
    }
    g_string_truncate(self->line, 0);
    self->quote = '\0';
    return ok;
}

/* The length of what goes on the line: up to its newline, or all. A doubled quote ends and begins a string. */
static gsize measure(HfSqlLines *self, const char *text, gsize length, bool *ends)
{
    bool comment = self->line->len == 0 && length > 0 && *text == '-';
    for (gsize i = 0; i < length; i++) {
        if (self->quote == '\0' && text[i] == '\n') {
            *ends = true;
            return i;
        }
        if (self->quote == text[i])
            self->quote = '\0';
        else if (self->quote == '\0' && (text[i] == '\'' || text[i] == '"') && !comment && *self->line->str != '-')
            self->quote = text[i];
    }
    *ends = false;
    return length;
}

static bool write_lines(HfOutput *output, const void *data, size_t length, GError **error)
{
    HfSqlLines *self = (HfSqlLines *)output;
    const char *text = data;
    while (length > 0) {
        bool ends;
        gsize taken = measure(self, text, length, &ends);
        if (taken > MAX_STATEMENT_BYTES - self->line->len) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "a statement is over %zu bytes long", MAX_STATEMENT_BYTES);
            return false;
        }
        g_string_append_len(self->line, text, (gssize)taken);
        if (ends && !give(self, error))
            return false;
        text += taken + ends;
        length -= taken + ends;
    }
    return true;
}

HfSqlLines *hf_sql_lines_new(HfSqlLineFunc func, gpointer data)
{
    HfSqlLines *self = g_new0(HfSqlLines, 1);
    *self = (HfSqlLines){.output = {write_lines}, .func = func, .data = data, .line = g_string_new(NULL)};
    return self;
}

void hf_sql_lines_free(HfSqlLines *self)
{
    if (self == NULL)
        return;
    g_string_free(self->line, TRUE);
    g_free(self);
}

HfOutput *hf_sql_lines_output(HfSqlLines *self)
{
    return &self->output;
}

bool hf_sql_lines_end(HfSqlLines *self, GError **error)
{
    return give(self, error);
}
