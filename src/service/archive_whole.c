#include "service/archive_whole.h"

#include "base/error.h"
#include "engine/task_graph.h"

typedef struct {
    HfOutput output; /* takes the bytes and counts them */
    HfArchiveReader *archive;
    HfProgress *progress;
    GCancellable *cancellable;
    unsigned number;
} Lane;

typedef struct {
    HfArchiveReader *archive;
    HfProgress *progress;
} Check;

static bool count_bytes(HfOutput *output, const void *data, size_t length, GError **error)
{
    (void)data;
    Lane *self = (Lane *)output;
    if (self->progress != NULL)
        hf_progress_lane_add(self->progress, self->number, 0, length);
    return hf_error_check_cancelled(self->cancellable, error);
}

static gpointer lane_open(unsigned number, GCancellable *cancellable, gpointer data, GError **error)
{
    (void)error;
    const Check *check = data;
    Lane *lane = g_new0(Lane, 1);
    *lane = (Lane){.output = {count_bytes},
                   .archive = check->archive,
                   .progress = check->progress,
                   .cancellable = cancellable,
                   .number = number};
    return lane;
}

static bool check_member(gpointer data, gpointer payload, GError **error)
{
    Lane *lane = data;
    const HfMember *member = payload;
    if (lane->progress != NULL)
        hf_progress_lane_begin(lane->progress, lane->number, member->name, member->size_bytes);
    bool ok = hf_archive_reader_copy(lane->archive, member, &lane->output, error);
    if (lane->progress != NULL)
        hf_progress_lane_end(lane->progress, lane->number);
    return ok;
}

bool hf_archive_check_whole(HfArchiveReader *archive, unsigned jobs, HfProgress *progress, GCancellable *cancellable,
                            GError **error)
{
    static const HfLaneOps ops = {lane_open, g_free};
    const HfManifest *manifest = hf_archive_reader_manifest(archive);
    Check check = {archive, progress};
    if (progress != NULL)
        hf_progress_set_phase(progress, "checking the archive");
    if (!hf_archive_reader_check_frame(archive, error))
        return false;
    g_autoptr(HfTaskGraph) graph = hf_task_graph_new();
    for (guint i = 0; i < manifest->members->len; i++) {
        const HfMember *member = manifest->members->pdata[i];
        hf_task_graph_add(graph, check_member, (gpointer)member, member->size_bytes);
        if (progress != NULL)
            hf_progress_expect(progress, member->size_bytes);
    }
    hf_task_graph_start(graph, jobs, &ops, &check, cancellable);
    return hf_task_graph_join(graph, error);
}
