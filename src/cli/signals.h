/*
 * Ctrl-C and its kind: SIGINT, SIGTERM and SIGHUP cancel what is under way, once; the command then cleans up and ends
 * by itself. A signal that the program was started with ignored (nohup, a shell's background job) stays ignored.
 */
#ifndef HF_CLI_SIGNALS_H
#define HF_CLI_SIGNALS_H

#include <gio/gio.h>

typedef struct HfSignals HfSignals;

/* A thread that waits for the signals. The cancellable is borrowed. Transfer full. */
HfSignals *hf_signals_start(GCancellable *cancellable);
/* The signals have their usual effect again. */
void hf_signals_stop(HfSignals *self);

#endif
