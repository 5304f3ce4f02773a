#include "cli/work.h"

#include "base/error.h"
#include "cli/log.h"
#include "cli/options.h"
#include "cli/progress_bar.h"
#include "cli/screen.h"
#include "cli/signals.h"

static struct {
    gboolean quiet;
    gboolean verbose;
    gboolean json;
    char *progress;
} options;

struct HfWork {
    GCancellable *cancellable;
    HfSignals *signals;
    HfProgressStyle style;
    HfProgress *progress;
    HfProgressBar *bar;
};

GOptionGroup *hf_work_options(HfWorkFeatures features)
{
    static const GOptionEntry always[] = {
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "Warnings and errors alone", NULL},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options.verbose, "Also what the servers and programs say", NULL},
        {NULL},
    };
    static const GOptionEntry progress[] = {
        {"progress", 0, 0, G_OPTION_ARG_STRING, &options.progress,
         "auto: a bar on a terminal, else lines; json: an object a line", "auto|json"},
        {NULL},
    };
    static const GOptionEntry json[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "The result as one JSON object", NULL},
        {NULL},
    };

    GOptionGroup *group = g_option_group_new("output", "Output:", "Output", NULL, NULL);
    if (features & HF_WORK_JSON)
        g_option_group_add_entries(group, json);
    if (features & HF_WORK_PROGRESS)
        g_option_group_add_entries(group, progress);
    g_option_group_add_entries(group, always);
    return group;
}

bool hf_work_wants_json(void)
{
    return options.json;
}

bool hf_work_is_quiet(void)
{
    return options.quiet;
}

/* --progress json is for a program, so --quiet, which is about people, does not take it away. */
static bool choose_style(HfProgressStyle *style, GError **error)
{
    static const char *const choices[] = {"auto", "json", NULL};
    unsigned choice = 0;
    if (!hf_option_choice("--progress", options.progress, choices, &choice, error))
        return false;
    if (choice == 1)
        *style = HF_PROGRESS_STYLE_JSON;
    else if (options.quiet)
        *style = HF_PROGRESS_STYLE_NONE;
    else
        *style = hf_screen_is_live() ? HF_PROGRESS_STYLE_LIVE : HF_PROGRESS_STYLE_LINES;
    return true;
}

HfWork *hf_work_begin(GError **error)
{
    HfProgressStyle style;
    if (options.quiet && options.verbose) {
        hf_option_fail(error, "--quiet and --verbose exclude each other");
        return NULL;
    }
    if (!choose_style(&style, error))
        return NULL;
    hf_log_set_level(options.quiet, options.verbose);
    HfWork *self = g_new0(HfWork, 1);
    self->style = style;
    self->cancellable = g_cancellable_new();
    self->signals = hf_signals_start(self->cancellable);
    return self;
}

void hf_work_end(HfWork *self)
{
    if (self == NULL)
        return;
    hf_signals_stop(self->signals);
    g_object_unref(self->cancellable);
    g_free(self);
}

GCancellable *hf_work_cancellable(const HfWork *self)
{
    return self->cancellable;
}

HfProgress *hf_work_begin_job(HfWork *self, const char *name)
{
    self->progress = hf_progress_new();
    self->bar = hf_progress_bar_start(self->progress, self->style, name);
    return self->progress;
}

bool hf_work_end_job(HfWork *self, bool ok, GError **error)
{
    hf_progress_bar_stop(self->bar, ok);
    g_clear_pointer(&self->progress, hf_progress_free);
    /* Ctrl-C reaches pg_dump too, whose end may be what is noticed first. */
    bool cancelled = g_cancellable_is_cancelled(self->cancellable);
    if (!ok && cancelled && error != NULL && !g_error_matches(*error, HF_ERROR, HF_ERROR_CANCELLED)) {
        g_prefix_error(error, "cancelled: ");
        (*error)->domain = HF_ERROR;
        (*error)->code = HF_ERROR_CANCELLED;
    }
    return ok;
}
