/*
 * Where GLib's log goes in a worker: standard error, one line each, "level=info job=<id> message=…"; and of a job's
 * process also to the job's own log.
 */
#ifndef WORKER_LOG_H
#define WORKER_LOG_H

#include <glib.h>

/* Once, at the start of the program. */
void hf_worker_log_install(void);
/* "error", "warning", "info", "debug". */
void hf_worker_log_set_level(const char *level);
/* Both borrowed, for as long as the program logs. */
void hf_worker_log_set_name(const char *worker, const char *job);

/* A line about a job, in a process that is not the job's own: it has the pair all the same. */
void hf_worker_log_of(const char *job, GLogLevelFlags level, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* What also takes the lines of this program, from any thread; NULL: nobody. `level` is static. */
typedef void (*HfLogTaker)(const char *level, const char *message, gpointer data);
void hf_worker_log_give_to(HfLogTaker taker, gpointer data);

#endif
