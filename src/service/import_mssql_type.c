#include "service/import_mssql_type.h"

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

void hf_import_mssql_type_init(HfImportMssqlType *self, const char *type)
{
    const Shape *shape = find_shape(type);
    *self = (HfImportMssqlType){.type = type};
    if (shape == NULL)
        return;
    self->wanted = shape->wanted;
    self->shape = g_regex_new(shape->shape, G_REGEX_OPTIMIZE | G_REGEX_DOLLAR_ENDONLY, 0, NULL);
    g_assert(self->shape != NULL);
}

void hf_import_mssql_type_clear(HfImportMssqlType *self)
{
    g_clear_pointer(&self->shape, g_regex_unref);
}

/* ---- What is wrong -------------------------------------------------------------------------------------------------
 */

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

char *hf_import_mssql_type_wrong(const HfImportMssqlType *self, const char *text)
{
    if (self->shape == NULL || g_regex_match(self->shape, text, 0, NULL))
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
