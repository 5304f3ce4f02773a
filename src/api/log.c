#include "api/log.h"

#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    GLogLevelFlags level;
} levels[] = {{"error", G_LOG_LEVEL_CRITICAL},
              {"warning", G_LOG_LEVEL_WARNING},
              {"info", G_LOG_LEVEL_INFO},
              {"debug", G_LOG_LEVEL_DEBUG}};

static GLogLevelFlags shown = G_LOG_LEVEL_INFO; /* the least urgent level that is */

static const char *level_name(GLogLevelFlags level)
{
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(levels) && (level & G_LOG_LEVEL_MASK) > levels[i].level)
        i++;
    return levels[i].name;
}

static const char *field(const GLogField *fields, gsize count, const char *key)
{
    for (gsize i = 0; i < count; i++)
        if (strcmp(fields[i].key, key) == 0)
            return fields[i].value;
    return NULL;
}

/* One write a line, so that lines of several processes do not mix. */
static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
    const char *message = field(fields, count, "MESSAGE");
    bool ours = g_strcmp0(field(fields, count, "GLIB_DOMAIN"), G_LOG_DOMAIN) == 0;
    (void)data;
    if (message == NULL || (level & G_LOG_LEVEL_MASK) > (ours ? shown : G_LOG_LEVEL_WARNING))
        return G_LOG_WRITER_HANDLED;
    g_autofree char *valid = g_utf8_make_valid(message, -1);
    g_autofree char *line = g_strdup_printf("level=%s %s\n", level_name(level), g_strdelimit(valid, "\r\n", ' '));
    ssize_t written = write(STDERR_FILENO, line, strlen(line));
    (void)written;
    return G_LOG_WRITER_HANDLED;
}

void hf_api_log_install(void)
{
    g_log_set_writer_func(write_log, NULL, NULL);
}

bool hf_api_log_shows(GLogLevelFlags level)
{
    return level <= shown;
}

void hf_api_log_set_level(const char *level)
{
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (strcmp(levels[i].name, level) == 0)
            shown = levels[i].level;
}
