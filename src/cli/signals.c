#include "cli/signals.h"

#include "cli/screen.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

struct HfSignals {
    GCancellable *cancellable;
    GMainContext *context;
    GMainLoop *loop;
    GThread *thread;
};

/* Handlers and no blocked mask: a mask would be inherited by pg_dump, which then could not be stopped. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

static gboolean on_signal(gpointer data)
{
    const HfSignals *self = data;
    bool again = g_cancellable_is_cancelled(self->cancellable);
    hf_screen_print(again ? "holdfast: already cancelling; waiting for the server and the clean-up"
                          : "holdfast: cancelling");
    g_cancellable_cancel(self->cancellable);
    return G_SOURCE_CONTINUE;
}

static bool is_ignored(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static gpointer run(gpointer data)
{
    HfSignals *self = data;
    g_main_loop_run(self->loop);
    return NULL;
}

HfSignals *hf_signals_start(GCancellable *cancellable)
{
    HfSignals *self = g_new0(HfSignals, 1);
    self->cancellable = cancellable;
    self->context = g_main_context_new();
    self->loop = g_main_loop_new(self->context, FALSE);
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        if (is_ignored(signals[i]))
            continue;
        g_autoptr(GSource) source = g_unix_signal_source_new(signals[i]);
        g_source_set_callback(source, on_signal, self, NULL);
        g_source_attach(source, self->context);
    }
    self->thread = g_thread_new("signals", run, self);
    return self;
}

static gboolean quit(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

void hf_signals_stop(HfSignals *self)
{
    /* As a source and not at once: the loop may not have begun to run. */
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_callback(source, quit, self->loop, NULL);
    g_source_attach(source, self->context);
    g_thread_join(self->thread);
    g_main_loop_unref(self->loop);
    g_main_context_unref(self->context);
    g_free(self);
}
