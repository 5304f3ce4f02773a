/*
 * What is to be seen of a running job: a thread that writes progress and log lines to Redis every half second and to
 * the catalog every two. Redis may vanish and come back empty; it then gets all lines again.
 */
#ifndef WORKER_MIRROR_H
#define WORKER_MIRROR_H

#include "catalog/job.h"
#include "engine/progress.h"
#include "worker/worker.h"

#include <gio/gio.h>

typedef struct HfMirror HfMirror;

/* Everything is borrowed until free. Transfer full. */
HfMirror *hf_mirror_start(const HfWorker *worker, const HfJobRow *job, HfProgress *progress, GCancellable *cancellable);
/* HfLogTaker: a line of the job's log; from any thread. `mirror` is the HfMirror. */
void hf_mirror_take_line(const char *level, const char *message, gpointer mirror);

/* Ends the thread; lines are taken still. */
void hf_mirror_stop(HfMirror *self);
/* After the end of the thread: brings what is left into the catalog. May be repeated after an error. */
bool hf_mirror_flush(HfMirror *self, HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* After the job has ended: the last lines and the final document, to Redis; a failure is none. */
void hf_mirror_close(HfMirror *self, HfCatalog *catalog);
void hf_mirror_free(HfMirror *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfMirror, hf_mirror_free)

/* {"percent", "rows", … "lanes"} as GET /jobs/{id} gives it. Transfer full. */
char *hf_mirror_progress_json(const HfProgressView *view);

#endif
