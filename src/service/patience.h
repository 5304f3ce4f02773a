/*
 * A lock that another session has: the session may be that of a process that died, and then the server ends it soon.
 */
#ifndef HF_SERVICE_PATIENCE_H
#define HF_SERVICE_PATIENCE_H

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* Tries to take it, without waiting. HF_ERROR_CONFLICT: another has it; nothing is left of the attempt. */
typedef bool (*HfPatienceTry)(gpointer data, GError **error);

/* Tries at once and, for as long as another has it, again and again until `patience_ms` are over. */
bool hf_patience_try(HfPatienceTry try_once, gpointer data, uint64_t patience_ms, GCancellable *cancellable,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
