#include "base/log_line.h"

#include <stdbool.h>
#include <string.h>

static bool is_plain(const char *value)
{
    return value[0] != '\0' && value[strspn(value, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._:-")] == '\0';
}

/* g_strescape leaves these bytes alone: those of letters beyond ASCII. */
static const char *beyond_ascii(void)
{
    static char bytes[129];
    static gsize done;
    if (g_once_init_enter(&done)) {
        for (unsigned i = 0; i < 128; i++)
            bytes[i] = (char)(128 + i);
        g_once_init_leave(&done, 1);
    }
    return bytes;
}

void hf_log_line_add(GString *line, const char *key, const char *value)
{
    if (line->len > 0)
        g_string_append_c(line, ' ');
    if (is_plain(value)) {
        g_string_append_printf(line, "%s=%s", key, value);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(value, -1), *escaped = g_strescape(valid, beyond_ascii());
    g_string_append_printf(line, "%s=\"%s\"", key, escaped);
}
