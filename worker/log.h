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

/* What also takes the lines of this program, from any thread; NULL: nobody. `level` is static. */
typedef void (*HfLogTaker)(const char *level, const char *message, gpointer data);
void hf_worker_log_give_to(HfLogTaker taker, gpointer data);

#endif
