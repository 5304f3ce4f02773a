#include "worker/log.h"

#include "base/log_line.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define JOB_FIELD "HOLDFAST_JOB"

static int shown = G_LOG_LEVEL_MESSAGE; /* the least urgent level that is shown; atomic */
static const char *worker_name = "", *job_id;
static GMutex mutex; /* guards what follows */
static HfLogTaker taker;
static gpointer taker_data;

static const char *level_name(GLogLevelFlags level)
{
    if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
        return "error";
    return level & G_LOG_LEVEL_WARNING ? "warning" : level & G_LOG_LEVEL_MESSAGE ? "info" : "debug";
}

static const char *field(const GLogField *fields, gsize count, const char *key)
{
    for (gsize i = 0; i < count; i++)
        if (strcmp(fields[i].key, key) == 0)
            return fields[i].value;
    return NULL;
}

/* One write a line, so that lines of several threads and processes do not mix. */
static void print(const char *level, const char *job, const char *message)
{
    g_autoptr(GString) line = g_string_new(NULL);
    hf_log_line_add(line, "level", level);
    hf_log_line_add(line, "worker", worker_name);
    if (job != NULL)
        hf_log_line_add(line, "job", job);
    hf_log_line_add(line, "message", message);
    g_string_append_c(line, '\n');
    fputs(line->str, stderr);
}

static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer data)
{
    const char *message = field(fields, count, "MESSAGE"), *of = field(fields, count, JOB_FIELD);
    bool ours = g_strcmp0(field(fields, count, "GLIB_DOMAIN"), G_LOG_DOMAIN) == 0;
    const char *name = level_name(level);
    (void)data;
    if (message == NULL || (!ours && (level & G_LOG_LEVEL_MASK) > G_LOG_LEVEL_WARNING))
        return G_LOG_WRITER_HANDLED;
    if ((int)(level & G_LOG_LEVEL_MASK) <= g_atomic_int_get(&shown))
        print(name, of != NULL ? of : job_id, message);
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&mutex);
    if (taker != NULL && (level & G_LOG_LEVEL_MASK) <= G_LOG_LEVEL_INFO)
        taker(name, message, taker_data);
    return G_LOG_WRITER_HANDLED;
}

void hf_worker_log_install(void)
{
    g_log_set_writer_func(write_log, NULL, NULL);
}

void hf_worker_log_set_level(const char *level)
{
    static const struct {
        const char *name;
        int level;
    } levels[] = {{"error", G_LOG_LEVEL_CRITICAL},
                  {"warning", G_LOG_LEVEL_WARNING},
                  {"info", G_LOG_LEVEL_MESSAGE},
                  {"debug", G_LOG_LEVEL_DEBUG}};
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (strcmp(levels[i].name, level) == 0)
            g_atomic_int_set(&shown, levels[i].level);
}

void hf_worker_log_set_name(const char *worker, const char *job)
{
    worker_name = worker;
    job_id = job;
}

void hf_worker_log_of(const char *job, GLogLevelFlags level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    const GLogField fields[] = {{"MESSAGE", message, -1}, {"GLIB_DOMAIN", G_LOG_DOMAIN, -1}, {JOB_FIELD, job, -1}};
    g_log_structured_array(level, fields, G_N_ELEMENTS(fields));
}

void hf_worker_log_give_to(HfLogTaker new_taker, gpointer data)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&mutex);
    taker = new_taker;
    taker_data = data;
}
