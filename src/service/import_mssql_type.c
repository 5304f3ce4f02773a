#include "service/import_mssql_type.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>

#define SHOWN_CHARACTERS 40
#define NUMBER "[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)"

typedef struct {
    const char *types[6];
    const char *shape, *wanted;
} Shape;

static const Shape shapes[] = {
    {{"bit"}, "^(?i:0|1|t|f|true|false)$", "0, 1, t, f, true and false"},
    {{"tinyint", "smallint", "int", "bigint"}, "^ *[+-]?[0-9]+ *$", "whole numbers"},
    {{"decimal", "numeric", "money", "smallmoney"}, "^ *" NUMBER " *$", "numbers as 1234.50"},
    {{"real", "float"}, "^ *" NUMBER "(?:[eE][+-]?[0-9]+)? *$", "numbers as 1234.5 and 1e-7"},
    {{"date", "datetime", "datetime2", "smalldatetime", "datetimeoffset"},
     "^(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{8})(?:[ T][^ ].*)?$",
     "dates as 2024-02-29, with a time or without"},
    {{"time"}, "^[0-9]{1,2}:[0-9]{2}.*$", "times as 10:30:00"},
    {{"uniqueidentifier"},
     "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
     "UUIDs as 6f9619ff-8b86-d011-b42d-00c04fc964ff"},
    {{"varbinary", "binary"}, "^(?:\\\\x|0x)(?:[0-9a-fA-F]{2})*$", "bytes as \\x00ff or 0x00ff"},
};

static bool has_type(const char *type, const char *name)
{
    size_t length = strlen(name);
    return strncmp(type, name, length) == 0 && (type[length] == '\0' || type[length] == '(');
}

static const Shape *find_shape(const char *type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
        for (size_t t = 0; t < G_N_ELEMENTS(shapes[i].types) && shapes[i].types[t] != NULL; t++)
            if (has_type(type, shapes[i].types[t]))
                return &shapes[i];
    return NULL;
}

#define NO_CONVERSION ((GIConv)-1)

static bool open_page(HfImportMssqlType *self, GError **error)
{
    g_autofree char *name = g_strdup_printf("CP%" G_GINT64_FORMAT, self->code_page);
    self->to_page = g_iconv_open(name, "UTF-8");
    if (self->to_page != NO_CONVERSION)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "the characters of code page %" G_GINT64_FORMAT " (%s) are not known here; make the column n%s",
                self->code_page, self->type, self->type);
    return false;
}

bool hf_import_mssql_type_init(HfImportMssqlType *self, const char *type, int64_t code_page, GError **error)
{
    const Shape *shape = find_shape(type);
    *self = (HfImportMssqlType){.type = type, .to_page = NO_CONVERSION};
    if (shape != NULL) {
        self->wanted = shape->wanted;
        self->shape = g_regex_new(shape->shape, G_REGEX_OPTIMIZE | G_REGEX_DOLLAR_ENDONLY, 0, NULL);
        g_assert(self->shape != NULL);
    }
    self->code_page = code_page == HF_CODE_PAGE_UTF8 ? 0 : code_page;
    return self->code_page == 0 || open_page(self, error);
}

void hf_import_mssql_type_clear(HfImportMssqlType *self)
{
    g_clear_pointer(&self->shape, g_regex_unref);
    if (self->to_page != NO_CONVERSION)
        g_iconv_close(self->to_page);
}

/* ---- What is wrong -------------------------------------------------------------------------------------------------
 */

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* Whether the code page has all characters of [text, end). */
static bool page_has(const HfImportMssqlType *self, const char *text, const char *end)
{
    char page[256];
    gsize left = (gsize)(end - text);
    char *from = (char *)(gpointer)text;
    while (left > 0) {
        char *to = page;
        gsize room = sizeof page;
        if (g_iconv(self->to_page, &from, &left, &to, &room) == (gsize)-1 && errno != E2BIG)
            return false;
    }
    return true;
}

static char *find_missing(const HfImportMssqlType *self, const char *text)
{
    if (self->code_page == 0 || page_has(self, text, text + strlen(text)))
        return NULL;
    const char *at = text;
    while (page_has(self, at, g_utf8_next_char(at)))
        at = g_utf8_next_char(at);
    return g_strdup_printf("the character \"%.*s\" (U+%04X) is not in code page %" G_GINT64_FORMAT
                           " of this %s, where SQL Server would write another; make the column n%s, or change the text",
                           (int)(g_utf8_next_char(at) - at), at, g_utf8_get_char(at), self->code_page, self->type,
                           self->type);
}

char *hf_import_mssql_type_wrong(const HfImportMssqlType *self, const char *text)
{
    if (self->shape == NULL)
        return find_missing(self, text);
    if (g_regex_match(self->shape, text, 0, NULL))
        return NULL;
    if (is_blank(text))
        return g_strdup_printf(
            "an empty text is no %s, which takes %s; a field with nothing in it, not even quotes, is "
            "NULL",
            self->type, self->wanted);
    g_autofree char *cut = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), SHOWN_CHARACTERS));
    return g_strdup_printf("\"%s%s\" is no %s, which takes %s", cut, strlen(cut) < strlen(text) ? "…" : "", self->type,
                           self->wanted);
}

/* ---- Constants -----------------------------------------------------------------------------------------------------
 */

/* N'text', as a constant. */
static char *text_constant(const char *text)
{
    g_auto(GStrv) pieces = g_strsplit(text, "'", -1);
    g_autofree char *doubled = g_strjoinv("''", pieces);
    return g_strdup_printf("N'%s'", doubled);
}

/* What PostgreSQL and SQL Server write otherwise: bytes, booleans, the zone's minutes, the T of the older moments. */
char *hf_import_mssql_type_constant(const HfImportMssqlType *self, const char *text)
{
    const char *type = self->type;
    size_t length = strlen(text);
    if (has_type(type, "varbinary") || has_type(type, "binary"))
        return g_strconcat("0x", text + 2, NULL);
    if (has_type(type, "bit"))
        return g_strdup(strchr("1tT", *text) != NULL ? "1" : "0");
    g_autofree char *value = g_strdup(text);
    if (has_type(type, "datetimeoffset") && length > 3 && strchr("+-", text[length - 3]) != NULL &&
        strchr(text, ':') != NULL) {
        g_free(value);
        value = g_strconcat(text, ":00", NULL);
    }
    if ((has_type(type, "datetime") || has_type(type, "smalldatetime")) && length > 10 && value[10] == ' ')
        value[10] = 'T';
    return text_constant(value);
}
