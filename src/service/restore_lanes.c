#include "service/restore_lanes.h"

#include "engine/ends/archive.h"
#include "engine/ends/postgres.h"

HfPg *hf_restore_connect(const HfRestoreLoad *options, GCancellable *cancellable, GError **error)
{
    g_autoptr(HfPg) pg = hf_pg_connect(options->database, cancellable, error);
    /* A crash of the server loses the whole new database, never a part of it: nothing waits for its log. Row security
     * comes after the rows and their proof; materialized views are refreshed under it, as they once were. */
    if (pg == NULL || !hf_pg_exec(pg, "SET synchronous_commit = off; SET row_security = on", error))
        return NULL;
    return g_steal_pointer(&pg);
}

void hf_restore_lanes_init(HfRestoreLanes *self, const HfRestoreLoad *options)
{
    *self = (HfRestoreLanes){.options = options};
    self->types = hf_manifest_type_table(options->origin->manifest);
    hf_null_sink_init(&self->null_sink);
    self->load = hf_pipeline_new(NULL, NULL, options->progress);
    self->prove = hf_pipeline_new(NULL, NULL, options->progress);
    hf_pipeline_reads_again(self->prove);
    self->open = g_ptr_array_new();
    g_mutex_init(&self->mutex);
}

void hf_restore_lanes_clear(HfRestoreLanes *self)
{
    hf_pipeline_free(self->load);
    hf_pipeline_free(self->prove);
    hf_type_table_free(self->types);
    g_ptr_array_unref(self->open);
    g_mutex_clear(&self->mutex);
}

static gpointer lane_open(unsigned number, GCancellable *cancellable, gpointer data, GError **error)
{
    HfRestoreLanes *all = data;
    const HfRestoreLoad *options = all->options;
    HfPg *pg = options->shared != NULL ? options->shared : hf_restore_connect(options, cancellable, error);
    if (pg == NULL)
        return NULL;
    HfWriter *null = all->null_sink.open(&all->null_sink, cancellable, error);
    HfRestoreLane *lane = g_new0(HfRestoreLane, 1);
    *lane = (HfRestoreLane){.all = all, .number = number, .cancellable = cancellable, .pg = pg};
    HfReader *reader = hf_postgres_reader_new(pg, true, options->origin->head->database.encoding, all->types);
    lane->prove = hf_pipeline_lane_new(all->prove, number, cancellable, reader, null);
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&all->mutex);
    g_ptr_array_add(all->open, lane);
    return lane;
}

static void lane_close(gpointer data)
{
    HfRestoreLane *lane = data;
    HfRestoreLanes *all = lane->all;
    g_mutex_lock(&all->mutex);
    g_ptr_array_remove(all->open, lane); /* from here on no other lane looks at it */
    g_mutex_unlock(&all->mutex);
    g_clear_pointer(&lane->load, hf_pipeline_lane_close);
    hf_pipeline_lane_close(lane->prove);
    if (all->options->shared == NULL)
        hf_pg_close(lane->pg);
    g_free(lane);
}

const HfLaneOps hf_restore_lane_ops = {lane_open, lane_close};

static bool open_load(HfRestoreLane *self, GError **error)
{
    const HfRestoreLoad *options = self->all->options;
    HfOrigin *origin = options->origin;
    HfReader *rows = origin->rows->open(origin->rows, self->cancellable, error);
    if (rows == NULL)
        return false;
    HfWriter *writer =
        hf_postgres_writer_new(self->pg, options->shared != NULL, origin->head->database.encoding, options->progress);
    self->load = hf_pipeline_lane_new(self->all->load, self->number, self->cancellable, rows, writer);
    return true;
}

bool hf_restore_lane_load(HfRestoreLane *self, const HfSlice *slice, GError **error)
{
    return (self->load != NULL || open_load(self, error)) && hf_pipeline_lane_copy(self->load, slice, error);
}

/* Not a task of the graph, which would wait for a lane that is free: others make indexes meanwhile. */
bool hf_restore_lane_end_load(HfRestoreLane *self, GError **error)
{
    HfRestoreLanes *all = self->all;
    g_mutex_lock(&all->mutex);
    bool is_last = --all->loads == 0;
    for (guint i = 0; is_last && i < all->open->len; i++)
        g_clear_pointer(&((HfRestoreLane *)all->open->pdata[i])->load, hf_pipeline_lane_close);
    g_mutex_unlock(&all->mutex);
    return !is_last || all->loaded(self->pg, all->data, error);
}
