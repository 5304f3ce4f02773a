#include "cli/screen.h"

#include "cli/text.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CLEAR_TO_LINE_END "\033[K"
#define CLEAR_BELOW "\033[J"

static GMutex mutex; /* guards the footer and the order of writes */
static char *footer; /* as painted; NULL: none */

bool hf_screen_is_live(void)
{
    const char *terminal = g_getenv("TERM");
    return isatty(STDERR_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

void hf_screen_size(unsigned *columns, unsigned *rows)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    *columns = known ? size.ws_col : 80;
    *rows = known ? size.ws_row : 24;
}

/* Nothing can be done about a standard error that takes nothing. */
static void write_all(const GString *text)
{
    const char *at = text->str;
    gsize left = text->len;
    while (left > 0) {
        ssize_t written = write(STDERR_FILENO, at, left);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0) {
            at += written;
            left -= (gsize)written;
        }
    }
}

static void go_to_footer(GString *to)
{
    unsigned lines = 0;
    for (const char *c = footer; c != NULL && *c != '\0'; c++)
        lines += *c == '\n';
    if (lines > 0)
        g_string_append_printf(to, "\033[%uA\r", lines);
}

static void paint_footer(GString *to)
{
    for (const char *c = footer; c != NULL && *c != '\0'; c++) {
        if (*c == '\n')
            g_string_append(to, CLEAR_TO_LINE_END);
        g_string_append_c(to, *c);
    }
}

void hf_screen_print(const char *text)
{
    g_autofree char *printable = hf_text_printable(text);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&mutex);
    go_to_footer(out);
    if (footer != NULL)
        g_string_append(out, CLEAR_BELOW);
    g_string_append_printf(out, "%s\n", printable);
    paint_footer(out);
    write_all(out);
}

void hf_screen_set_footer(const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&mutex);
    bool had_one = footer != NULL;
    go_to_footer(out);
    g_free(footer);
    footer = *text != '\0' ? g_strdup(text) : NULL;
    paint_footer(out);
    if (had_one)
        g_string_append(out, CLEAR_BELOW);
    write_all(out);
}
