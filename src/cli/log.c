#include "cli/log.h"

#include "cli/screen.h"

#include <string.h>

/* The least urgent level that is shown; in GLib's flags the less urgent has the higher bit. Atomic. */
static int shown = G_LOG_LEVEL_MESSAGE;

static const char *field(const GLogField *fields, gsize count, const char *key)
{
    for (gsize i = 0; i < count; i++)
        if (strcmp(fields[i].key, key) == 0)
            return fields[i].value;
    return NULL;
}

static const char *prefix(GLogLevelFlags level)
{
    if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
        return "internal error: ";
    return level & G_LOG_LEVEL_WARNING ? "warning: " : "";
}

static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
    const char *domain = field(fields, count, "GLIB_DOMAIN");
    bool ours = g_strcmp0(domain, G_LOG_DOMAIN) == 0;
    int limit = ours ? g_atomic_int_get(&shown) : G_LOG_LEVEL_WARNING;
    const char *message = field(fields, count, "MESSAGE");
    (void)data;

    if ((int)(level & G_LOG_LEVEL_MASK) <= limit && message != NULL) {
        g_autofree char *line = g_strdup_printf("holdfast: %s%s", prefix(level), message);
        hf_screen_print(line);
    }
    return G_LOG_WRITER_HANDLED;
}

void hf_log_install(void)
{
    g_log_set_writer_func(write_log, NULL, NULL);
}

void hf_log_set_level(bool quiet, bool verbose)
{
    g_atomic_int_set(&shown, verbose ? G_LOG_LEVEL_DEBUG : quiet ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_MESSAGE);
}

void hf_log_error(const GError *error)
{
    g_autofree char *line = g_strdup_printf("holdfast: error: %s", error->message);
    hf_screen_print(line);
}
