/*
 * Runs tasks in a number of lanes (threads): each task once all tasks that it depends on are done, first that with the
 * most to come (its own weight, and the heaviest way through what waits for it), and never two at the same time that
 * would fight for the same resource. The first failure stops the rest: the graph's own cancellable is cancelled, no
 * further task starts, and that failure is the graph's error.
 *
 * Build the graph in one thread, then start and join it from that thread. A task may not add tasks.
 */
#ifndef HF_ENGINE_TASK_GRAPH_H
#define HF_ENGINE_TASK_GRAPH_H

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HfTaskGraph HfTaskGraph;
typedef struct HfTask HfTask;

/* Runs in a lane; `lane` is what open_lane gave. */
typedef bool (*HfTaskFunc)(gpointer lane, gpointer data, GError **error);

typedef struct {
    /* Called in the lane's own thread before its first task; `cancellable` is the graph's. NULL with error on failure.
     */
    gpointer (*open_lane)(unsigned number, GCancellable *cancellable, gpointer data, GError **error);
    /* Called in the lane's own thread at the end. */
    void (*close_lane)(gpointer lane);
} HfLaneOps;

HfTaskGraph *hf_task_graph_new(void);
void hf_task_graph_free(HfTaskGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTaskGraph, hf_task_graph_free)

/* `data` is borrowed until the graph ends. Of runnable tasks that with the most to come goes first; equal ones in the
 * order added. */
HfTask *hf_task_graph_add(HfTaskGraph *self, HfTaskFunc func, gpointer data, uint64_t weight);
/* `task` runs after `on` is done. */
void hf_task_depend(HfTask *task, HfTask *on);
/* `task` runs while no other task uses `resource`, or, if not exclusive, beside others that use it not exclusively. */
void hf_task_use(HfTask *task, gconstpointer resource, bool exclusive);
size_t hf_task_graph_size(const HfTaskGraph *self);

/* Starts the lanes (no more than there are tasks). `parent` (may be NULL) cancels the graph. Tasks that wait for each
 * other are HF_ERROR_CORRUPT, before any has run: dependencies come from archives. */
void hf_task_graph_start(HfTaskGraph *self, unsigned lanes, const HfLaneOps *ops, gpointer data, GCancellable *parent);
/* Gives up: cancels the running tasks, starts no more; the graph's error stays its own first one. */
void hf_task_graph_stop(HfTaskGraph *self);
/* Called (in a lane's thread) when the last lane has ended. Set it before start; may be NULL. */
void hf_task_graph_on_end(HfTaskGraph *self, void (*ended)(gpointer data), gpointer data);
/* Waits for the end. True if every task succeeded. */
bool hf_task_graph_join(HfTaskGraph *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
