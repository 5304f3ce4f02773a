/*
 * A lane is one thread that pulls a block from its reader and pushes it into its writer. There is no queue between the
 * two: a reader waits for its server while the server works, and the other lanes use the processor meanwhile, so that
 * with as many lanes as processors all of them are busy (docs/adr/0003). Sinks that can hand work on (the archive) do
 * so behind `end`.
 */
#include "engine/pipeline.h"

#include "base/error.h"

struct HfPipeline {
    HfSource *source;
    HfSink *sink;
    HfProgress *progress;
    bool again;         /* the rows are counted already */
    GMutex mutex;       /* guards passed */
    GHashTable *passed; /* HfManifestTable* -> Passed* */
};

/* What went through. */
typedef struct {
    HfRowDigest digest;
    uint64_t bytes;
} Passed;

struct HfPipelineLane {
    HfPipeline *pipeline;
    unsigned number;
    GCancellable *cancellable;
    HfReader *reader;
    HfWriter *writer;
    HfBlock block;
};

HfPipeline *hf_pipeline_new(HfSource *source, HfSink *sink, HfProgress *progress)
{
    HfPipeline *self = g_new0(HfPipeline, 1);
    *self = (HfPipeline){.source = source, .sink = sink, .progress = progress};
    g_mutex_init(&self->mutex);
    self->passed = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return self;
}

void hf_pipeline_reads_again(HfPipeline *self)
{
    self->again = true;
}

void hf_pipeline_free(HfPipeline *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->passed);
    g_mutex_clear(&self->mutex);
    g_free(self);
}

static Passed look_up(HfPipeline *self, const HfManifestTable *table)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    const Passed *passed = g_hash_table_lookup(self->passed, table);
    return passed != NULL ? *passed : (Passed){0};
}

HfRowDigest hf_pipeline_digest(HfPipeline *self, const HfManifestTable *table)
{
    return look_up(self, table).digest;
}

uint64_t hf_pipeline_bytes(HfPipeline *self, const HfManifestTable *table)
{
    return look_up(self, table).bytes;
}

static void add_passed(HfPipeline *self, HfManifestTable *table, const Passed *more)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    Passed *whole = g_hash_table_lookup(self->passed, table);
    if (whole == NULL) {
        whole = g_new0(Passed, 1);
        g_hash_table_insert(self->passed, table, whole);
    }
    hf_row_digest_merge(&whole->digest, &more->digest);
    whole->bytes += more->bytes;
}

HfPipelineLane *hf_pipeline_lane_new(HfPipeline *pipeline, unsigned number, GCancellable *cancellable, HfReader *reader,
                                     HfWriter *writer)
{
    HfPipelineLane *self = g_new0(HfPipelineLane, 1);
    *self = (HfPipelineLane){
        .pipeline = pipeline, .number = number, .cancellable = cancellable, .reader = reader, .writer = writer};
    hf_block_init(&self->block);
    return self;
}

HfPipelineLane *hf_pipeline_lane_open(HfPipeline *pipeline, unsigned number, GCancellable *cancellable, GError **error)
{
    HfReader *reader = pipeline->source->open(pipeline->source, cancellable, error);
    if (reader == NULL)
        return NULL;
    HfWriter *writer = pipeline->sink->open(pipeline->sink, cancellable, error);
    if (writer == NULL) {
        reader->close(reader);
        return NULL;
    }
    return hf_pipeline_lane_new(pipeline, number, cancellable, reader, writer);
}

void hf_pipeline_lane_close(HfPipelineLane *self)
{
    self->reader->close(self->reader);
    self->writer->close(self->writer);
    hf_block_clear(&self->block);
    g_free(self);
}

static bool copy_blocks(HfPipelineLane *self, Passed *passed, GError **error)
{
    HfBlock *block = &self->block;
    HfProgress *progress = self->pipeline->progress;
    for (;;) {
        hf_block_reset(block);
        if (!self->reader->next(self->reader, block, error))
            return false;
        if (block->length == 0 && block->row_count == 0)
            return true;
        hf_row_digest_add_rows(&passed->digest, block->data, block->ends, block->row_count);
        passed->bytes += block->length;
        if (!self->writer->write(self->writer, block, error))
            return false;
        if (progress != NULL)
            hf_progress_lane_add(progress, self->number, self->pipeline->again ? 0 : block->row_count, block->length);
        if (!hf_error_check_cancelled(self->cancellable, error))
            return false;
    }
}

bool hf_pipeline_lane_copy(HfPipelineLane *self, const HfSlice *slice, GError **error)
{
    HfProgress *progress = self->pipeline->progress;
    Passed passed = {0};
    g_autofree char *label = hf_slice_label(slice);
    if (progress != NULL)
        hf_progress_lane_begin(progress, self->number, label, slice->weight);
    bool ok = self->reader->begin(self->reader, slice, error) && self->writer->begin(self->writer, slice, error) &&
              copy_blocks(self, &passed, error) && self->writer->end(self->writer, error);
    if (progress != NULL)
        hf_progress_lane_end(progress, self->number);
    if (ok)
        add_passed(self->pipeline, slice->table, &passed);
    else
        g_prefix_error(error, "%s: ", label);
    return ok;
}

static gpointer open_lane(unsigned number, GCancellable *cancellable, gpointer data, GError **error)
{
    return hf_pipeline_lane_open(data, number, cancellable, error);
}

static void close_lane(gpointer lane)
{
    hf_pipeline_lane_close(lane);
}

static bool copy_slice(gpointer lane, gpointer data, GError **error)
{
    return hf_pipeline_lane_copy(lane, data, error);
}

void hf_pipeline_start(HfPipeline *self, HfTaskGraph *graph, GPtrArray *slices, unsigned lanes,
                       GCancellable *cancellable)
{
    static const HfLaneOps ops = {open_lane, close_lane};
    for (guint i = 0; i < slices->len; i++) {
        HfSlice *slice = slices->pdata[i];
        hf_task_graph_add(graph, copy_slice, slice, slice->weight);
        if (self->progress != NULL)
            hf_progress_expect(self->progress, slice->weight);
    }
    hf_task_graph_start(graph, lanes, &ops, self, cancellable);
}

bool hf_pipeline_run(HfPipeline *self, GPtrArray *slices, unsigned lanes, GCancellable *cancellable, GError **error)
{
    g_autoptr(HfTaskGraph) graph = hf_task_graph_new();
    hf_pipeline_start(self, graph, slices, lanes, cancellable);
    return hf_task_graph_join(graph, error);
}
