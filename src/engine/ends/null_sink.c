#include "engine/ends/archive.h"

static bool null_begin(HfWriter *writer, const HfSlice *slice, GError **error)
{
    (void)writer;
    (void)slice;
    (void)error;
    return true;
}

static bool null_write(HfWriter *writer, const HfBlock *block, GError **error)
{
    (void)writer;
    (void)block;
    (void)error;
    return true;
}

static bool null_end(HfWriter *writer, GError **error)
{
    (void)writer;
    (void)error;
    return true;
}

static HfWriter *null_open(HfSink *sink, GCancellable *cancellable, GError **error)
{
    (void)sink;
    (void)cancellable;
    (void)error;
    HfWriter *writer = g_new0(HfWriter, 1);
    *writer = (HfWriter){null_begin, null_write, null_end, (void (*)(HfWriter *))g_free};
    return writer;
}

void hf_null_sink_init(HfSink *self)
{
    *self = (HfSink){null_open};
}
