#include "engine/slice.h"

/* A slice takes about a tenth of a second or more: less would not pay, much more would leave lanes idle at the end. */
#define MIN_SLICE_BYTES ((uint64_t)8 << 20)
#define MAX_SLICE_BYTES ((uint64_t)96 << 20)
#define SLICES_PER_LANE 4

char *hf_slice_label(const HfSlice *self)
{
    return g_strdup_printf("%s.%s", self->table->schema, self->table->name);
}

static void add(GPtrArray *slices, HfSlice slice)
{
    g_ptr_array_add(slices, g_memdup2(&slice, sizeof slice));
}

void hf_slice_cut_pages(GPtrArray *slices, HfManifestTable *table, uint64_t pages, uint64_t bytes, unsigned lanes)
{
    uint64_t target = CLAMP(bytes / ((uint64_t)lanes * SLICES_PER_LANE), MIN_SLICE_BYTES, MAX_SLICE_BYTES);
    uint64_t count = CLAMP(bytes / target, 1, MAX(pages, 1));
    for (uint64_t i = 0; i < count; i++) {
        uint64_t start = pages * i / count, end = pages * (i + 1) / count;
        /* The last one is open: pages that were added since hold no row of our snapshot, but nobody has to rely on it.
         */
        add(slices, (HfSlice){.table = table,
                              .start = start,
                              .end = i + 1 == count ? HF_SLICE_TO_END : end,
                              .part = (guint)i,
                              .parts = (guint)count,
                              .weight = bytes / count + 1});
    }
}

void hf_slice_cut_parts(GPtrArray *slices, HfManifestTable *table)
{
    for (guint i = 0; i < table->parts->len; i++)
        add(slices, (HfSlice){.table = table,
                              .end = HF_SLICE_TO_END,
                              .part = i,
                              .parts = table->parts->len,
                              .weight = g_array_index(table->parts, HfPart, i).raw_bytes + 1});
}
