/*
 * A piece of work for one lane: a table, a range of its pages, a range of large objects, or one part of an archive.
 * Slices are how a source is shared out; parts are how an archive is cut. They need not agree.
 */
#ifndef HF_ENGINE_SLICE_H
#define HF_ENGINE_SLICE_H

#include "archive/manifest.h"

#define HF_SLICE_TO_END UINT64_MAX

typedef struct {
    HfManifestTable *table; /* borrowed */
    /* From postgres: the half-open range of heap pages, or of large object OIDs; `end` HF_SLICE_TO_END has no upper
     * bound, and 0 to HF_SLICE_TO_END is the whole table. */
    uint64_t start;
    uint64_t end;
    /* Its number among the `parts` slices that the table is cut into; from an archive the index into table->parts. */
    guint part;
    guint parts;
    /* All of them come through one lane, in order, so that one transaction can hold them. */
    bool one_lane;
    uint64_t weight; /* bytes, for order and progress */
} HfSlice;

/* "schema.name", for messages and progress. Transfer full. */
char *hf_slice_label(const HfSlice *self);

/*
 * Cuts a table of `pages` pages and `bytes` bytes (all its storage) so that every one of `lanes` lanes stays busy to
 * the end: some slices for each lane, none so small that starting it costs more than it gains. Appends HfSlice* to
 * `slices`.
 */
void hf_slice_cut_pages(GPtrArray *slices, HfManifestTable *table, uint64_t pages, uint64_t bytes, unsigned lanes);
/* One slice for each part of the table. Appends HfSlice* to `slices`. */
void hf_slice_cut_parts(GPtrArray *slices, HfManifestTable *table);

#endif
