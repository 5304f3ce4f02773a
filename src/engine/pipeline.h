/*
 * Carries slices from a source to a sink: rows -> digest -> sink, block by block, each lane in a thread of its own. The
 * pipeline knows neither end. The digest of the rows is added up for each table.
 */
#ifndef HF_ENGINE_PIPELINE_H
#define HF_ENGINE_PIPELINE_H

#include "engine/progress.h"
#include "engine/sink.h"
#include "engine/source.h"
#include "engine/task_graph.h"

typedef struct HfPipeline HfPipeline;

/* All borrowed. `source` and `sink` may be NULL if lanes are made of readers and writers; `progress` may be NULL. */
HfPipeline *hf_pipeline_new(HfSource *source, HfSink *sink, HfProgress *progress);
void hf_pipeline_free(HfPipeline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPipeline, hf_pipeline_free)

/* Says that its rows are those of another pipeline, read once more: the progress counts them no second time. Before it
 * runs. */
void hf_pipeline_reads_again(HfPipeline *self);

/* The digest of all rows of a table that went through so far; zero if none did. Thread-safe. */
HfRowDigest hf_pipeline_digest(HfPipeline *self, const HfManifestTable *table);
/* The bytes of these rows. */
uint64_t hf_pipeline_bytes(HfPipeline *self, const HfManifestTable *table);

/* One lane's reader, writer and block. `number` is the lane's in the progress. Transfer full. */
typedef struct HfPipelineLane HfPipelineLane;
/* Of a reader and a writer, which it takes. */
HfPipelineLane *hf_pipeline_lane_new(HfPipeline *self, unsigned number, GCancellable *cancellable, HfReader *reader,
                                     HfWriter *writer);
/* Of those that source and sink open. */
HfPipelineLane *hf_pipeline_lane_open(HfPipeline *self, unsigned number, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_pipeline_lane_copy(HfPipelineLane *self, const HfSlice *slice, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_pipeline_lane_close(HfPipelineLane *self);

/* The plain case: copies all slices (HfSlice*) in `lanes` lanes and waits. Tells the progress what to expect. */
bool hf_pipeline_run(HfPipeline *self, GPtrArray *slices, unsigned lanes, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same, begun only: adds the slices to a graph and starts it; the caller joins the graph. */
void hf_pipeline_start(HfPipeline *self, HfTaskGraph *graph, GPtrArray *slices, unsigned lanes,
                       GCancellable *cancellable);

#endif
