/*
 * The lanes of a restore's graph: each has a connection to the database that is filled, and one to the origin from its
 * first rows until all rows are loaded. Then no lane keeps the origin: what is left may take hours, and a snapshot that
 * stays open keeps a server's VACUUM from what goes meanwhile.
 */
#ifndef HF_SERVICE_RESTORE_LANES_H
#define HF_SERVICE_RESTORE_LANES_H

#include "engine/pipeline.h"
#include "service/restore_load.h"

/* Called once, on a connection to the database that is filled, in the thread of its lane. */
typedef bool (*HfRestoreStep)(HfPg *pg, gpointer data, GError **error);

/* What lanes share. */
typedef struct {
    const HfRestoreLoad *options;
    HfTypeTable *types;
    HfSink null_sink;
    HfPipeline *load, *prove;
    guint loads; /* tasks that load rows; once it runs, those that are not done */
    HfRestoreStep loaded;
    gpointer data;   /* for `loaded` */
    GMutex mutex;    /* guards loads and open */
    GPtrArray *open; /* HfRestoreLane */
} HfRestoreLanes;

typedef struct {
    HfRestoreLanes *all;
    unsigned number;
    GCancellable *cancellable;
    HfPg *pg;
    HfPipelineLane *load; /* NULL: it has no connection to the origin */
    HfPipelineLane *prove;
} HfRestoreLane;

/* A connection to the database that is filled, as the lanes' own. */
HfPg *hf_restore_connect(const HfRestoreLoad *options, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* `options` is borrowed. */
void hf_restore_lanes_init(HfRestoreLanes *self, const HfRestoreLoad *options);
void hf_restore_lanes_clear(HfRestoreLanes *self);
/* Of a lane, with an HfRestoreLanes as the data. */
extern const HfLaneOps hf_restore_lane_ops;

bool hf_restore_lane_load(HfRestoreLane *self, const HfSlice *slice, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends a task that loads rows; the last one of all runs `loaded`, when no lane has a connection to the origin. */
bool hf_restore_lane_end_load(HfRestoreLane *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
