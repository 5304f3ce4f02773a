#include "worker/mirror.h"

#include "base/error.h"
#include "base/json.h"

#include <string.h>

#define TICK_US (G_USEC_PER_SEC / 2)
#define TICKS_TO_CATALOG 4
#define MAX_LINES 20000 /* of one attempt; what is more is on standard error alone */
#define MAX_DOCUMENT_NODES 100000

struct HfMirror {
    const HfWorker *worker;
    const HfJobRow *job;
    HfProgress *progress;
    GCancellable *cancellable;
    GThread *thread;
    GMutex mutex; /* guards lines and ending */
    GCond cond;   /* ending has changed */
    bool ending;
    GPtrArray *lines; /* HfJobLine */
    /* The thread's own, and after it the owner's. */
    HfQueue *queue;
    HfJson *document;           /* as the catalog gave it when the job was claimed */
    guint in_redis, in_catalog; /* so many lines are there */
    bool catalog_away;
    bool was_mirrored;
    char *progress_json;
    const char *phase;
};

static void free_line(gpointer data)
{
    HfJobLine *line = data;
    g_free(line->message);
    g_free(line);
}

void hf_mirror_take_line(const char *level, const char *message, gpointer mirror)
{
    HfMirror *self = mirror;
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    if (self->lines->len >= MAX_LINES)
        return;
    HfJobLine *line = g_new0(HfJobLine, 1);
    *line = (HfJobLine){.seq = self->job->log_seq + 1 + self->lines->len,
                        .at_us = g_get_real_time(),
                        .level = level,
                        .message = g_utf8_make_valid(message, -1)};
    g_ptr_array_add(self->lines, line);
}

/* The lines from number `from` to before `to`: borrowed, for lines are never changed. */
static GPtrArray *lines_from(HfMirror *self, guint from, guint to)
{
    GPtrArray *lines = g_ptr_array_new();
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    for (guint i = from; i < MIN(self->lines->len, to); i++)
        g_ptr_array_add(lines, self->lines->pdata[i]);
    return lines;
}

/* ---- Documents -----------------------------------------------------------------------------------------------------
 */

static void write_lanes(HfJsonWriter *writer, const HfProgressView *view)
{
    hf_json_writer_begin_array(writer, "lanes");
    for (unsigned i = 0; i < view->lanes; i++) {
        if (!view->lane[i].active)
            continue;
        hf_json_writer_begin_object(writer, NULL);
        hf_json_writer_string(writer, "label", view->lane[i].label);
        hf_json_writer_fixed(writer, "percent", view->lane[i].percent, 1);
        hf_json_writer_end_object(writer);
    }
    hf_json_writer_end_array(writer);
}

char *hf_mirror_progress_json(const HfProgressView *view)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_fixed(&writer, "percent", view->percent, 1);
    hf_json_writer_uint64(&writer, "rows", view->rows);
    hf_json_writer_uint64(&writer, "bytes_in", view->bytes_in);
    hf_json_writer_uint64(&writer, "bytes_out", view->bytes_out);
    hf_json_writer_fixed(&writer, "rate_in", view->rate_in, 0);
    hf_json_writer_fixed(&writer, "rate_out", view->rate_out, 0);
    hf_json_writer_fixed(&writer, "elapsed_s", view->elapsed_s, 1);
    if (view->left_s < 0)
        hf_json_writer_string(&writer, "left_s", NULL);
    else
        hf_json_writer_fixed(&writer, "left_s", view->left_s, 1);
    write_lanes(&writer, view);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

static void read_progress(HfMirror *self)
{
    HfProgressView view;
    hf_progress_view(self->progress, &view);
    g_free(self->progress_json);
    self->progress_json = hf_mirror_progress_json(&view);
    self->phase = view.phase != NULL ? view.phase : "";
}

/* The document of the claim with what has changed since. Transfer full; NULL: not known yet. */
static char *write_document(const HfMirror *self)
{
    HfJsonWriter writer;
    g_autoptr(HfJson) progress =
        hf_json_parse("the progress", self->progress_json, strlen(self->progress_json), MAX_DOCUMENT_NODES, NULL);
    if (self->document == NULL || progress == NULL)
        return NULL;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    for (size_t i = 0; i < hf_json_size(self->document, 0); i++) {
        const char *key = hf_json_key(self->document, 0, i);
        if (strcmp(key, "phase") == 0)
            hf_json_writer_string(&writer, key, self->phase);
        else if (strcmp(key, "progress") == 0)
            hf_json_copy(progress, 0, &writer, key);
        else if (strcmp(key, "cancel_requested") == 0)
            hf_json_writer_bool(&writer, key, g_cancellable_is_cancelled(self->cancellable));
        else
            hf_json_copy(self->document, hf_json_get(self->document, 0, key), &writer, key);
    }
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

/* ---- Redis ---------------------------------------------------------------------------------------------------------
 */

/* Lines go to the catalog first: what somebody has seen is not lost when this process dies. */
static bool send_lines(HfMirror *self, GError **error)
{
    g_autoptr(GPtrArray) lines = lines_from(self, self->in_redis, self->catalog_away ? G_MAXUINT : self->in_catalog);
    for (guint i = 0; i < lines->len; i++) {
        const HfJobLine *line = lines->pdata[i];
        if (!hf_queue_mirror_line(self->queue, self->job->id, line->seq, line->at_us, line->level, line->message,
                                  error))
            return false;
        self->in_redis++;
    }
    return true;
}

/* Whether Redis has forgotten the job since the last time: its document, or, if another has written that again, the
 * last line that went there. */
static bool was_emptied(HfMirror *self)
{
    HfJobView view = {0};
    int64_t last_seq = self->job->log_seq + self->in_redis;
    bool seen = hf_queue_view_job(self->queue, "-", self->job->id, MAX(last_seq - 1, 0), 0, &view, NULL);
    bool whole = view.organization != NULL && (self->in_redis == 0 || view.last_seq >= last_seq);
    hf_job_view_clear(&view);
    return self->was_mirrored && seen && !whole;
}

static void to_redis(HfMirror *self)
{
    g_autofree char *document = write_document(self);
    if (was_emptied(self))
        self->in_redis = 0;
    if (document != NULL &&
        hf_queue_mirror(self->queue, self->job->id, self->job->organization, document, self->job->log_seq,
                        HF_QUEUE_LIVE_S, NULL) &&
        send_lines(self, NULL))
        self->was_mirrored = true;
    else
        self->in_redis = 0; /* it may come back empty */
}

/* ---- Catalog -------------------------------------------------------------------------------------------------------
 */

static bool append_lines(HfMirror *self, HfCatalog *catalog, GError **error)
{
    g_autoptr(GPtrArray) lines = lines_from(self, self->in_catalog, G_MAXUINT);
    g_autoptr(GArray) batch = g_array_new(FALSE, FALSE, sizeof(HfJobLine));
    for (guint i = 0; i < lines->len; i++)
        g_array_append_vals(batch, lines->pdata[i], 1);
    if (batch->len > 0 && !hf_job_append_log(catalog, self->job->id, self->job->attempt,
                                             (const HfJobLine *)(const void *)batch->data, batch->len, error))
        return false;
    self->in_catalog += batch->len;
    return true;
}

bool hf_mirror_flush(HfMirror *self, HfCatalog *catalog, GError **error)
{
    read_progress(self);
    return append_lines(self, catalog, error) &&
           hf_job_set_progress(catalog, self->job->id, self->job->attempt, self->phase, self->progress_json, error);
}

static void read_document(HfMirror *self, HfCatalog *catalog)
{
    g_autofree char *text = hf_job_document(catalog, NULL, self->job->id, 0, 0, NULL);
    if (text != NULL)
        self->document = hf_json_parse("the job", text, strlen(text), MAX_DOCUMENT_NODES, NULL);
}

/* ---- The thread ----------------------------------------------------------------------------------------------------
 */

static bool wait_for_tick(HfMirror *self)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    gint64 until = g_get_monotonic_time() + TICK_US;
    while (!self->ending && g_cond_wait_until(&self->cond, &self->mutex, until))
        ;
    return !self->ending;
}

static gpointer run(gpointer data)
{
    HfMirror *self = data;
    g_autoptr(HfCatalog) catalog = hf_worker_new_catalog(self->worker);
    for (unsigned tick = 0;; tick++) {
        g_autoptr(GError) reason = NULL;
        bool all = tick % TICKS_TO_CATALOG == TICKS_TO_CATALOG - 1;
        if (self->document == NULL)
            read_document(self, catalog);
        read_progress(self);
        if (all || !self->catalog_away)
            self->catalog_away = !(all ? hf_mirror_flush : append_lines)(self, catalog, &reason);
        if (reason != NULL)
            g_debug("the job's progress does not reach the catalog: %s", reason->message);
        if (g_error_matches(reason, HF_ERROR, HF_ERROR_CONFLICT))
            return NULL; /* somebody else runs the job, and tells of it */
        to_redis(self);
        if (!wait_for_tick(self))
            return NULL;
    }
}

HfMirror *hf_mirror_start(const HfWorker *worker, const HfJobRow *job, HfProgress *progress, GCancellable *cancellable)
{
    HfMirror *self = g_new0(HfMirror, 1);
    g_mutex_init(&self->mutex);
    g_cond_init(&self->cond);
    self->worker = worker;
    self->job = job;
    self->progress = progress;
    self->cancellable = cancellable;
    self->lines = g_ptr_array_new_with_free_func(free_line);
    self->queue = hf_worker_new_queue(worker);
    self->thread = g_thread_new("mirror", run, self);
    return self;
}

void hf_mirror_stop(HfMirror *self)
{
    if (self->thread == NULL)
        return;
    g_mutex_lock(&self->mutex);
    self->ending = true;
    g_cond_broadcast(&self->cond);
    g_mutex_unlock(&self->mutex);
    g_thread_join(g_steal_pointer(&self->thread));
}

void hf_mirror_close(HfMirror *self, HfCatalog *catalog)
{
    if (was_emptied(self)) /* since the last tick, which may be half a second ago */
        self->in_redis = 0;
    (void)!send_lines(self, NULL);
    hf_worker_refresh_mirror(catalog, self->queue, self->job->organization, self->job->id, self->job->log_seq);
}

void hf_mirror_free(HfMirror *self)
{
    if (self == NULL)
        return;
    hf_mirror_stop(self);
    hf_queue_free(self->queue);
    hf_json_free(self->document);
    g_ptr_array_unref(self->lines);
    g_free(self->progress_json);
    g_mutex_clear(&self->mutex);
    g_cond_clear(&self->cond);
    g_free(self);
}
