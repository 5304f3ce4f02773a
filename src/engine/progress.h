/*
 * What a job is doing right now: phase, percent, rows, bytes, and a lane for each table in flight. Lanes write, any
 * thread reads a consistent view. The percent is work done over work known: every piece of work has a weight (bytes of
 * the relation, or of the part), which a lane earns as bytes go through it and in full when it ends. It never goes back
 * and ends at 100.
 */
#ifndef HF_ENGINE_PROGRESS_H
#define HF_ENGINE_PROGRESS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HF_PROGRESS_MAX_LANES 128

typedef struct HfProgress HfProgress;
HfProgress *hf_progress_new(void);
void hf_progress_free(HfProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfProgress, hf_progress_free)

/* `phase` is static text: "preparing", "copying" … */
void hf_progress_set_phase(HfProgress *self, const char *phase);
/* From now on rows are counted from nothing: the same ones come once more. */
void hf_progress_recount(HfProgress *self);
/* Adds work to the whole. */
void hf_progress_expect(HfProgress *self, uint64_t weight);
/* Work that later calls of hf_progress_expect will name: it counts from now on, and they add only what is more. */
void hf_progress_promise(HfProgress *self, uint64_t weight);
/* Everything is done: 100 percent. */
void hf_progress_finish(HfProgress *self);

void hf_progress_lane_begin(HfProgress *self, unsigned lane, const char *label, uint64_t weight);
/* Bytes in are what was read from the source, out what was handed on (compressed, say). */
void hf_progress_lane_add(HfProgress *self, unsigned lane, uint64_t rows, uint64_t bytes_in);
void hf_progress_lane_end(HfProgress *self, unsigned lane);
void hf_progress_add_out(HfProgress *self, uint64_t bytes_out);

typedef struct {
    bool active;
    char label[128];
    double percent;
} HfProgressLaneView;

typedef struct {
    const char *phase;
    double percent; /* 0 to 100 */
    uint64_t rows;
    uint64_t bytes_in;
    uint64_t bytes_out;
    double elapsed_s;
    double rate_in; /* bytes a second over the last seconds */
    double rate_out;
    double left_s; /* negative: not known yet */
    unsigned lanes;
    HfProgressLaneView lane[HF_PROGRESS_MAX_LANES];
} HfProgressView;

/* To be called at steady intervals by one reader: rates are between its calls. */
void hf_progress_view(HfProgress *self, HfProgressView *view);

#endif
