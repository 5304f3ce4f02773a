#include "cli/progress_bar.h"

#include "cli/progress_text.h"
#include "cli/screen.h"

struct HfProgressBar {
    HfProgress *progress;
    HfProgressStyle style;
    const char *job;
    GThread *thread;
    GMutex mutex; /* guards stopping */
    GCond stop;
    bool stopping;
};

static const gint64 interval_us[] = {
    [HF_PROGRESS_STYLE_LIVE] = G_USEC_PER_SEC / 5,
    [HF_PROGRESS_STYLE_LINES] = 5 * G_USEC_PER_SEC,
    [HF_PROGRESS_STYLE_JSON] = G_USEC_PER_SEC,
};

static void print_line(const HfProgressView *view, const char *job)
{
    g_autofree char *text = hf_progress_text_line(view, job);
    g_autofree char *line = g_strdup_printf("holdfast: %s", text);
    hf_screen_print(line);
}

static void print_json(const HfProgressView *view, const char *job)
{
    g_autofree char *line = hf_progress_text_json(view, job);
    hf_screen_print(line);
}

static void paint(const HfProgressView *view)
{
    unsigned columns, rows;
    hf_screen_size(&columns, &rows);
    g_autofree char *footer = hf_progress_text_bar(view, columns, rows);
    hf_screen_set_footer(footer);
}

static void show(const HfProgressBar *self)
{
    g_autofree HfProgressView *view = g_new(HfProgressView, 1);
    hf_progress_view(self->progress, view);
    if (self->style == HF_PROGRESS_STYLE_LIVE)
        paint(view);
    else if (self->style == HF_PROGRESS_STYLE_JSON)
        print_json(view, self->job);
    else
        print_line(view, self->job);
}

/* True if it was stopped. */
static bool wait_interval(HfProgressBar *self)
{
    gint64 until = g_get_monotonic_time() + interval_us[self->style];
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    while (!self->stopping)
        if (!g_cond_wait_until(&self->stop, &self->mutex, until))
            break;
    return self->stopping;
}

static gpointer run(gpointer data)
{
    HfProgressBar *self = data;
    while (!wait_interval(self))
        show(self);
    return NULL;
}

HfProgressBar *hf_progress_bar_start(HfProgress *progress, HfProgressStyle style, const char *job)
{
    HfProgressBar *self = g_new0(HfProgressBar, 1);
    self->progress = progress;
    self->style = style;
    self->job = job;
    g_mutex_init(&self->mutex);
    g_cond_init(&self->stop);
    if (style != HF_PROGRESS_STYLE_NONE)
        self->thread = g_thread_new("progress", run, self);
    return self;
}

/* The rates of the last line are those of the whole job. */
static void show_end(const HfProgressBar *self)
{
    g_autofree HfProgressView *view = g_new(HfProgressView, 1);
    hf_progress_finish(self->progress);
    hf_progress_view(self->progress, view);
    double seconds = MAX(view->elapsed_s, 0.001);
    view->rate_in = (double)view->bytes_in / seconds;
    view->rate_out = (double)view->bytes_out / seconds;
    if (self->style == HF_PROGRESS_STYLE_JSON)
        print_json(view, self->job);
    else
        print_line(view, self->job);
}

void hf_progress_bar_stop(HfProgressBar *self, bool done)
{
    g_mutex_lock(&self->mutex);
    self->stopping = true;
    g_cond_signal(&self->stop);
    g_mutex_unlock(&self->mutex);
    if (self->thread != NULL) {
        g_thread_join(self->thread);
        hf_screen_set_footer("");
        if (done)
            show_end(self);
    }
    g_cond_clear(&self->stop);
    g_mutex_clear(&self->mutex);
    g_free(self);
}
