/*
 * One lock guards the whole graph. A lane that is free looks for the first runnable task in their order and takes it;
 * when there is none it waits until some task ends. Tasks are many (one for each part, some ten thousands) but long, so
 * a linear look over the waiting ones would do, were it not for databases of very many small tables: therefore tasks
 * whose dependencies are done stand in a sorted queue of their own, and only a resource conflict makes a lane look past
 * its head.
 */
#include "engine/task_graph.h"

#include "base/error.h"

typedef struct {
    gconstpointer resource;
    bool exclusive;
} Use;

struct HfTask {
    HfTaskFunc func;
    gpointer data;
    uint64_t weight; /* once started: with the heaviest way through its dependents */
    size_t number;
    size_t waits_for; /* tasks not yet done that it depends on */
    GPtrArray *dependents;
    GArray *uses;
};

struct HfTaskGraph {
    GMutex mutex; /* guards all below once started */
    GCond changed;
    GPtrArray *tasks;
    GSequence *ready;   /* HfTask*, that with the most to come first */
    GHashTable *in_use; /* resource -> number of tasks using it, or EXCLUSIVE */
    size_t left;        /* tasks not done */
    unsigned running;
    unsigned lanes_alive;
    bool stopped;
    GError *failure;
    GCancellable *cancellable;
    GCancellable *parent;
    gulong parent_handler;
    GPtrArray *threads;
    const HfLaneOps *ops;
    gpointer lane_data;
    unsigned lane_numbers;
    void (*ended)(gpointer data);
    gpointer ended_data;
};

#define EXCLUSIVE G_MAXUINT

static void task_free(gpointer data)
{
    HfTask *task = data;
    g_ptr_array_unref(task->dependents);
    g_array_unref(task->uses);
    g_free(task);
}

HfTaskGraph *hf_task_graph_new(void)
{
    HfTaskGraph *self = g_new0(HfTaskGraph, 1);
    g_mutex_init(&self->mutex);
    g_cond_init(&self->changed);
    self->tasks = g_ptr_array_new_with_free_func(task_free);
    self->ready = g_sequence_new(NULL);
    self->in_use = g_hash_table_new(NULL, NULL);
    self->threads = g_ptr_array_new();
    self->cancellable = g_cancellable_new();
    return self;
}

void hf_task_graph_free(HfTaskGraph *self)
{
    if (self == NULL)
        return;
    g_assert(self->threads->len == 0);
    g_ptr_array_unref(self->threads);
    g_ptr_array_unref(self->tasks);
    g_sequence_free(self->ready);
    g_hash_table_unref(self->in_use);
    g_clear_error(&self->failure);
    g_object_unref(self->cancellable);
    g_mutex_clear(&self->mutex);
    g_cond_clear(&self->changed);
    g_free(self);
}

HfTask *hf_task_graph_add(HfTaskGraph *self, HfTaskFunc func, gpointer data, uint64_t weight)
{
    HfTask *task = g_new0(HfTask, 1);
    *task = (HfTask){.func = func,
                     .data = data,
                     .weight = weight,
                     .number = self->tasks->len,
                     .dependents = g_ptr_array_new(),
                     .uses = g_array_new(FALSE, FALSE, sizeof(Use))};
    g_ptr_array_add(self->tasks, task);
    return task;
}

void hf_task_depend(HfTask *task, HfTask *on)
{
    g_ptr_array_add(on->dependents, task);
    task->waits_for++;
}

void hf_task_use(HfTask *task, gconstpointer resource, bool exclusive)
{
    g_array_append_val(task->uses, ((Use){resource, exclusive}));
}

size_t hf_task_graph_size(const HfTaskGraph *self)
{
    return self->tasks->len;
}

void hf_task_graph_on_end(HfTaskGraph *self, void (*ended)(gpointer data), gpointer data)
{
    self->ended = ended;
    self->ended_data = data;
}

/* ---- Under the lock ------------------------------------------------------------------------------------------------
 */

static int most_to_come_first(gconstpointer a, gconstpointer b, gpointer data)
{
    (void)data;
    const HfTask *left = a, *right = b;
    if (left->weight != right->weight)
        return left->weight > right->weight ? -1 : 1;
    return left->number < right->number ? -1 : left->number > right->number;
}

static guint users_of(HfTaskGraph *self, gconstpointer resource)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(self->in_use, resource));
}

static bool is_free_for(HfTaskGraph *self, const HfTask *task)
{
    for (guint i = 0; i < task->uses->len; i++) {
        const Use *use = &g_array_index(task->uses, Use, i);
        guint users = users_of(self, use->resource);
        if (users == EXCLUSIVE || (use->exclusive && users > 0))
            return false;
    }
    return true;
}

static void set_users(HfTaskGraph *self, gconstpointer resource, guint users)
{
    if (users == 0)
        g_hash_table_remove(self->in_use, resource);
    else
        g_hash_table_insert(self->in_use, (gpointer)resource, GUINT_TO_POINTER(users));
}

static void occupy(HfTaskGraph *self, const HfTask *task, bool begin)
{
    for (guint i = 0; i < task->uses->len; i++) {
        const Use *use = &g_array_index(task->uses, Use, i);
        guint users = users_of(self, use->resource);
        if (use->exclusive)
            set_users(self, use->resource, begin ? EXCLUSIVE : 0);
        else
            set_users(self, use->resource, begin ? users + 1 : users - 1);
    }
}

static HfTask *take_ready(HfTaskGraph *self)
{
    for (GSequenceIter *i = g_sequence_get_begin_iter(self->ready); !g_sequence_iter_is_end(i);
         i = g_sequence_iter_next(i)) {
        HfTask *task = g_sequence_get(i);
        if (is_free_for(self, task)) {
            g_sequence_remove(i);
            occupy(self, task, true);
            self->running++;
            return task;
        }
    }
    return NULL;
}

static void settle(HfTaskGraph *self, HfTask *task)
{
    occupy(self, task, false);
    self->running--;
    self->left--;
    for (guint i = 0; i < task->dependents->len; i++) {
        HfTask *dependent = task->dependents->pdata[i];
        if (--dependent->waits_for == 0)
            g_sequence_insert_sorted(self->ready, dependent, most_to_come_first, NULL);
    }
    g_cond_broadcast(&self->changed);
}

/* Keeps the first failure, and lets nothing further start. */
static void give_up(HfTaskGraph *self, GError *reason)
{
    bool first = self->failure == NULL && !self->stopped;
    self->stopped = true;
    if (first)
        self->failure = reason;
    else
        g_clear_error(&reason);
    g_cond_broadcast(&self->changed);
    g_mutex_unlock(&self->mutex); /* cancelling runs handlers, which may take locks of their own */
    g_cancellable_cancel(self->cancellable);
    g_mutex_lock(&self->mutex);
}

/* ---- Lanes ---------------------------------------------------------------------------------------------------------
 */

static HfTask *next_task(HfTaskGraph *self)
{
    while (!self->stopped && self->left > 0) {
        HfTask *task = take_ready(self);
        if (task != NULL)
            return task;
        g_assert(self->running > 0);
        g_cond_wait(&self->changed, &self->mutex);
    }
    return NULL;
}

static void run_tasks(HfTaskGraph *self, gpointer lane)
{
    HfTask *task;
    while ((task = next_task(self)) != NULL) {
        GError *reason = NULL;
        g_mutex_unlock(&self->mutex);
        bool ok = task->func(lane, task->data, &reason);
        g_mutex_lock(&self->mutex);
        settle(self, task);
        if (!ok)
            give_up(self, reason);
    }
}

static gpointer lane_main(gpointer data)
{
    HfTaskGraph *self = data;
    g_mutex_lock(&self->mutex);
    unsigned number = self->lane_numbers++;
    g_mutex_unlock(&self->mutex);

    GError *reason = NULL;
    gpointer lane = self->ops->open_lane(number, self->cancellable, self->lane_data, &reason);
    g_mutex_lock(&self->mutex);
    if (lane == NULL)
        give_up(self, reason);
    else
        run_tasks(self, lane);
    g_mutex_unlock(&self->mutex);
    if (lane != NULL)
        self->ops->close_lane(lane);

    g_mutex_lock(&self->mutex);
    bool last = --self->lanes_alive == 0;
    g_mutex_unlock(&self->mutex);
    if (last && self->ended != NULL)
        self->ended(self->ended_data);
    return NULL;
}

static void on_parent_cancelled(GCancellable *parent, gpointer data)
{
    (void)parent;
    HfTaskGraph *self = data;
    g_mutex_lock(&self->mutex);
    give_up(self, g_error_new_literal(HF_ERROR, HF_ERROR_CANCELLED, "cancelled"));
    g_mutex_unlock(&self->mutex);
}

/* Adds to each task's weight the heaviest way through its dependents, which are looked at before it. False if some
 * tasks wait for each other. */
static bool add_what_comes(HfTaskGraph *self)
{
    g_autofree size_t *waits = g_new(size_t, self->tasks->len);
    g_autoptr(GPtrArray) order = g_ptr_array_sized_new(self->tasks->len);
    for (guint i = 0; i < self->tasks->len; i++) {
        HfTask *task = self->tasks->pdata[i];
        waits[task->number] = task->waits_for;
        if (task->waits_for == 0)
            g_ptr_array_add(order, task);
    }
    for (guint i = 0; i < order->len; i++) {
        const GPtrArray *dependents = ((const HfTask *)order->pdata[i])->dependents;
        for (guint k = 0; k < dependents->len; k++)
            if (--waits[((const HfTask *)dependents->pdata[k])->number] == 0)
                g_ptr_array_add(order, dependents->pdata[k]);
    }
    for (guint i = order->len; i-- > 0;) {
        HfTask *task = order->pdata[i];
        uint64_t most = 0;
        for (guint k = 0; k < task->dependents->len; k++)
            most = MAX(most, ((const HfTask *)task->dependents->pdata[k])->weight);
        task->weight = task->weight > UINT64_MAX - most ? UINT64_MAX : task->weight + most;
    }
    return order->len == self->tasks->len;
}

void hf_task_graph_start(HfTaskGraph *self, unsigned lanes, const HfLaneOps *ops, gpointer data, GCancellable *parent)
{
    self->ops = ops;
    self->lane_data = data;
    self->left = self->tasks->len;
    for (guint i = 0; i < self->tasks->len; i++) {
        HfTask *task = self->tasks->pdata[i];
        if (task->waits_for == 0)
            g_sequence_append(self->ready, task);
    }
    if (!add_what_comes(self)) {
        self->failure =
            g_error_new_literal(HF_ERROR, HF_ERROR_CORRUPT, "what is to be done depends on itself, in a circle");
        self->stopped = true;
    }
    g_sequence_sort(self->ready, most_to_come_first, NULL);
    self->lanes_alive = (unsigned)MIN((size_t)lanes, self->left);
    if (parent != NULL) {
        self->parent = g_object_ref(parent);
        self->parent_handler = g_cancellable_connect(parent, G_CALLBACK(on_parent_cancelled), self, NULL);
    }
    unsigned count = self->lanes_alive;
    if (count == 0 && self->ended != NULL)
        self->ended(self->ended_data);
    for (unsigned i = 0; i < count; i++)
        g_ptr_array_add(self->threads, g_thread_new("lane", lane_main, self));
}

void hf_task_graph_stop(HfTaskGraph *self)
{
    g_mutex_lock(&self->mutex);
    give_up(self, NULL);
    g_mutex_unlock(&self->mutex);
}

bool hf_task_graph_join(HfTaskGraph *self, GError **error)
{
    for (guint i = 0; i < self->threads->len; i++)
        g_thread_join(self->threads->pdata[i]);
    g_ptr_array_set_size(self->threads, 0);
    if (self->parent != NULL)
        g_cancellable_disconnect(self->parent, self->parent_handler);
    g_clear_object(&self->parent);
    if (self->failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&self->failure));
        return false;
    }
    if (self->stopped) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CANCELLED, "cancelled");
        return false;
    }
    return true;
}
