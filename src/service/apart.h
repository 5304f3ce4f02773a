/*
 * Work with a server that nobody has vouched for: it may never answer, or answer without end. It is done in a process
 * of its own, which is killed when the time is over, and which alone runs out of memory.
 */
#ifndef HF_SERVICE_APART_H
#define HF_SERVICE_APART_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Appends to `answer`. What it does to anything else is lost with its process. */
typedef bool (*HfApartWork)(gconstpointer data, GString *answer, GError **error);

/* The answer, transfer full. HF_ERROR_NETWORK: it took longer than `limit_s`, or the process died; HF_ERROR_LIMIT: the
 * answer is longer than `max_bytes`; or the work's own error. */
char *hf_apart_run(HfApartWork work, gconstpointer data, unsigned limit_s, size_t max_bytes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
