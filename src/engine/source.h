/*
 * Where rows come from. A source is shared by all lanes; each lane opens its own reader, which one thread uses.
 */
#ifndef HF_ENGINE_SOURCE_H
#define HF_ENGINE_SOURCE_H

#include "engine/block.h"
#include "engine/slice.h"

#include <gio/gio.h>

typedef struct HfReader HfReader;
struct HfReader {
    /* Starts a slice. */
    bool (*begin)(HfReader *self, const HfSlice *slice, GError **error);
    /* Fills the (empty) block with the next rows; an empty block is the end of the slice, complete. Framing of COPY
     * (header and trailer of the binary format) is never among the rows. */
    bool (*next)(HfReader *self, HfBlock *block, GError **error);
    void (*close)(HfReader *self);
};

typedef struct HfSource HfSource;
struct HfSource {
    HfReader *(*open)(HfSource *self, GCancellable *cancellable, GError **error);
};

#endif
