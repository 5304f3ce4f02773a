/*
 * Where rows go. A sink is shared by all lanes; each lane opens its own writer, which one thread uses.
 */
#ifndef HF_ENGINE_SINK_H
#define HF_ENGINE_SINK_H

#include "engine/block.h"
#include "engine/slice.h"

#include <gio/gio.h>

typedef struct HfWriter HfWriter;
struct HfWriter {
    bool (*begin)(HfWriter *self, const HfSlice *slice, GError **error);
    /* Takes the rows of the block; the block is the caller's. */
    bool (*write)(HfWriter *self, const HfBlock *block, GError **error);
    /* The slice is complete: what was written is now kept. Without it, it is thrown away at close. */
    bool (*end)(HfWriter *self, GError **error);
    void (*close)(HfWriter *self);
};

typedef struct HfSink HfSink;
struct HfSink {
    HfWriter *(*open)(HfSink *self, GCancellable *cancellable, GError **error);
};

#endif
