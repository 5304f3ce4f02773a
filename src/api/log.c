#include "api/log.h"

#include "base/log_line.h"

#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    GLogLevelFlags level;
} levels[] = {{"error", G_LOG_LEVEL_CRITICAL},
              {"warning", G_LOG_LEVEL_WARNING},
              {"info", G_LOG_LEVEL_INFO},
              {"debug", G_LOG_LEVEL_DEBUG}};

/* What g_log_structured may give beside the message, by which names it stands in the line. */
static const struct {
    const char *field, *key;
} more[] = {{HF_LOG_METHOD, "method"}, {HF_LOG_PATH, "path"}, {HF_LOG_STATUS, "status"}};

static GLogLevelFlags shown = G_LOG_LEVEL_INFO; /* the least urgent level that is */
static const char *request_id;                  /* of the one that this process answers, or NULL */

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
    g_autoptr(GString) line = g_string_new(NULL);
    hf_log_line_add(line, "level", level_name(level));
    if (request_id != NULL)
        hf_log_line_add(line, "request", request_id);
    for (size_t i = 0; i < G_N_ELEMENTS(more); i++) {
        const char *value = field(fields, count, more[i].field);
        if (value != NULL)
            hf_log_line_add(line, more[i].key, value);
    }
    hf_log_line_add(line, "message", message);
    g_string_append_c(line, '\n');
    ssize_t written = write(STDERR_FILENO, line->str, line->len);
    (void)written;
    return G_LOG_WRITER_HANDLED;
}

void hf_api_log_install(void)
{
    g_log_set_writer_func(write_log, NULL, NULL);
}

void hf_api_log_set_request(const char *id)
{
    request_id = id;
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
