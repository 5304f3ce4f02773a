#include "archive/manual.h"

#include "src/archive/manual_text.h" /* made from manual/ by the build */

/* Puts a value in place of its mark. The value is not searched for marks if it is the last one put in. */
static void put(GString *text, const char *mark, const char *value)
{
    g_string_replace(text, mark, value != NULL ? value : "", 0);
}

static void put_shell_word(GString *text, const char *mark, const char *value)
{
    g_autofree char *quoted = g_shell_quote(value != NULL ? value : "");
    put(text, mark, quoted);
}

/* For the eye: whatever could move a terminal's cursor is out. */
static void put_plain(GString *text, const char *mark, const char *value)
{
    g_autofree char *plain = g_strdup(value != NULL ? value : "");
    for (char *c = plain; *c != '\0'; c++)
        if (g_ascii_iscntrl(*c))
            *c = '?';
    put(text, mark, plain);
}

char *hf_manual_readme(const HfArchiveHead *head)
{
    GString *text = g_string_new(manual_readme);
    put_plain(text, "@PRODUCT@", head->product);
    put_plain(text, "@CREATED@", head->created);
    put_plain(text, "@SERVER_VERSION@", head->server_version);
    put_plain(text, "@DATABASE@", head->database.name);
    return g_string_free(text, FALSE);
}

char *hf_manual_restore_script(const HfArchiveHead *head, const char *create_database_sql)
{
    GString *text = g_string_new(manual_restore);
    put_shell_word(text, "@ENCODING@", head->database.encoding);
    put_shell_word(text, "@CREATE_DATABASE@", create_database_sql);
    return g_string_free(text, FALSE);
}
