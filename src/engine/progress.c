#include "engine/progress.h"

#include <string.h>

/* How fast the shown rate follows the real one. */
#define RATE_SMOOTHING 0.3

typedef struct {
    bool active;
    char label[128];
    uint64_t weight;
    uint64_t seen; /* bytes in since its begin */
} Lane;

struct HfProgress {
    GMutex mutex; /* guards all below */
    const char *phase;
    uint64_t expected; /* weight */
    uint64_t promised; /* of it, what nobody has named yet */
    uint64_t earned;   /* weight of ended work */
    double highest;    /* percent shown last */
    bool finished;
    uint64_t rows, bytes_in, bytes_out;
    Lane lane[HF_PROGRESS_MAX_LANES];
    gint64 start_us;
    gint64 view_us; /* of the last view, with what it showed */
    uint64_t view_in, view_out;
    double rate_in, rate_out;
};

HfProgress *hf_progress_new(void)
{
    HfProgress *self = g_new0(HfProgress, 1);
    g_mutex_init(&self->mutex);
    self->phase = "starting";
    self->start_us = self->view_us = g_get_monotonic_time();
    return self;
}

void hf_progress_free(HfProgress *self)
{
    if (self == NULL)
        return;
    g_mutex_clear(&self->mutex);
    g_free(self);
}

void hf_progress_set_phase(HfProgress *self, const char *phase)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    self->phase = phase;
}

void hf_progress_recount(HfProgress *self)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    self->rows = 0;
}

void hf_progress_expect(HfProgress *self, uint64_t weight)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    uint64_t known = MIN(weight, self->promised);
    self->promised -= known;
    self->expected += weight - known;
}

void hf_progress_promise(HfProgress *self, uint64_t weight)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    self->promised += weight;
    self->expected += weight;
}

void hf_progress_finish(HfProgress *self)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    self->finished = true;
    self->phase = "done";
}

void hf_progress_lane_begin(HfProgress *self, unsigned lane, const char *label, uint64_t weight)
{
    g_return_if_fail(lane < HF_PROGRESS_MAX_LANES);
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    Lane *entry = &self->lane[lane];
    *entry = (Lane){.active = true, .weight = weight};
    g_strlcpy(entry->label, label, sizeof entry->label);
}

void hf_progress_lane_add(HfProgress *self, unsigned lane, uint64_t rows, uint64_t bytes_in)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    self->lane[lane].seen += bytes_in;
    self->rows += rows;
    self->bytes_in += bytes_in;
}

void hf_progress_lane_end(HfProgress *self, unsigned lane)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    self->earned += self->lane[lane].weight;
    self->lane[lane].active = false;
}

void hf_progress_add_out(HfProgress *self, uint64_t bytes_out)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    self->bytes_out += bytes_out;
}

static double lane_earned(const Lane *lane)
{
    /* A lane may see more bytes than its weight, which is an estimate. */
    return lane->active ? MIN((double)lane->seen, 0.99 * (double)lane->weight) : 0;
}

static double current_percent(HfProgress *self)
{
    double earned = (double)self->earned;
    for (unsigned i = 0; i < HF_PROGRESS_MAX_LANES; i++)
        earned += lane_earned(&self->lane[i]);
    double percent = self->expected > 0 ? 100 * earned / (double)self->expected : 0;
    /* More work may come to be known; what was shown stays. */
    self->highest = MAX(self->highest, MIN(percent, 99.9));
    return self->finished ? 100 : self->highest;
}

static double smooth(double old, double now)
{
    return old > 0 ? old + RATE_SMOOTHING * (now - old) : now;
}

static void update_rates(HfProgress *self, gint64 now_us)
{
    double seconds = (double)(now_us - self->view_us) / G_USEC_PER_SEC;
    if (seconds < 0.05)
        return;
    self->rate_in = smooth(self->rate_in, (double)(self->bytes_in - self->view_in) / seconds);
    self->rate_out = smooth(self->rate_out, (double)(self->bytes_out - self->view_out) / seconds);
    self->view_us = now_us;
    self->view_in = self->bytes_in;
    self->view_out = self->bytes_out;
}

static void view_lanes(const HfProgress *self, HfProgressView *view)
{
    for (unsigned i = 0; i < HF_PROGRESS_MAX_LANES; i++) {
        const Lane *lane = &self->lane[i];
        HfProgressLaneView *shown = &view->lane[i];
        shown->active = lane->active;
        if (!lane->active)
            continue;
        view->lanes = i + 1;
        memcpy(shown->label, lane->label, sizeof shown->label);
        shown->percent = lane->weight > 0 ? 100 * lane_earned(lane) / (double)lane->weight : 0;
    }
}

void hf_progress_view(HfProgress *self, HfProgressView *view)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    gint64 now_us = g_get_monotonic_time();
    update_rates(self, now_us);
    *view = (HfProgressView){
        .phase = self->phase,
        .percent = current_percent(self),
        .rows = self->rows,
        .bytes_in = self->bytes_in,
        .bytes_out = self->bytes_out,
        .elapsed_s = (double)(now_us - self->start_us) / G_USEC_PER_SEC,
        .rate_in = self->rate_in,
        .rate_out = self->rate_out,
    };
    view_lanes(self, view);
    view->left_s = self->finished ? 0 : -1;
    if (!self->finished && view->percent > 0.5)
        view->left_s = view->elapsed_s * (100 - view->percent) / view->percent;
}
