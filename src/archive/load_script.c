#include "archive/load_script.h"

bool hf_load_script_escapes_names(const char *encoding)
{
    return g_strcmp0(encoding, "UTF8") != 0 && g_strcmp0(encoding, "SQL_ASCII") != 0;
}

/* As U&"…": PostgreSQL 13 and newer take it whatever the server's encoding is. */
static void append_escaped_name(GString *sql, const char *name)
{
    g_string_append(sql, "U&\"");
    for (const char *c = name; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar code = g_utf8_get_char(c);
        if (code == '"')
            g_string_append(sql, "\"\"");
        else if (code >= ' ' && code < 0x7f && code != '\\')
            g_string_append_c(sql, (char)code);
        else
            g_string_append_printf(sql, "\\+%06x", code);
    }
    g_string_append_c(sql, '"');
}

static void append_name(GString *sql, const char *name, bool escape_names)
{
    if (escape_names && !g_str_is_ascii(name)) {
        append_escaped_name(sql, name);
        return;
    }
    g_string_append_c(sql, '"');
    for (const char *c = name; *c != '\0'; c++)
        g_string_append(sql, *c == '"' ? "\"\"" : (char[]){*c, '\0'});
    g_string_append_c(sql, '"');
}

static char *copy_statement(const HfManifestTable *table, bool escape_names)
{
    bool through_root = table->load_root_oid != 0;
    GString *sql = g_string_new("COPY ");
    append_name(sql, through_root ? table->load_root_schema : table->schema, escape_names);
    g_string_append_c(sql, '.');
    append_name(sql, through_root ? table->load_root_name : table->name, escape_names);
    for (guint i = 0; i < table->columns->len; i++) {
        const HfColumn *column = table->columns->pdata[i];
        g_string_append(sql, i == 0 ? " (" : ", ");
        append_name(sql, column->name, escape_names);
    }
    g_string_append_printf(sql, "%s FROM STDIN (FORMAT %s)", table->columns->len > 0 ? ")" : "",
                           hf_data_format_name(table->format));
    return g_string_free(sql, FALSE);
}

static void append_table(GString *script, const HfManifest *manifest, const HfManifestTable *table, bool escape_names)
{
    g_autofree char *statement = copy_statement(table, escape_names), *word = g_shell_quote(statement);
    for (guint i = 0; i < table->parts->len; i++) {
        const HfPart *part = &g_array_index(table->parts, HfPart, i);
        const char *file = ((const HfMember *)manifest->members->pdata[part->member])->name;
        if (table->kind == HF_TABLE_LARGE_OBJECTS)
            g_string_append_printf(script, "load_large_objects %s %" G_GUINT64_FORMAT " %s\n", file, part->rows,
                                   hf_data_format_name(table->format));
        else
            g_string_append_printf(script, "load_table %s %" G_GUINT64_FORMAT " %s\n", file, part->rows, word);
    }
}

char *hf_load_script(const HfManifest *manifest, bool escape_names)
{
    GString *script = g_string_new("# restore.sh reads this: for each data file its rows and what loads them.\n");
    for (guint i = 0; i < manifest->tables->len; i++)
        append_table(script, manifest, manifest->tables->pdata[i], escape_names);
    return g_string_free(script, FALSE);
}
