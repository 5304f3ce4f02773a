/*
 * A task graph (engine/task_graph.h) in lanes of one connection each:
 *
 *   a table's checks ─> its keys, a clustered one first ─> its indexes ─┬─> its foreign keys ─> its counter
 *                                those of the table it refers to ───────┘
 *   all of it ─> views, one after the other
 *
 * Steps of one table never run at the same time: SQL Server locks the definition of a table for most of what changes
 * it, until the end of the transaction, and nothing promises that two which build an index of one table do not wait for
 * each other (docs/adr/0019). A foreign key locks two definitions, so it has both tables to itself.
 *
 * Each step is a transaction with its note (mssql_state.h). What a lane has not committed is rolled back as its
 * connection is closed, so after a crash, a failure or a cancel the next call makes what has no note.
 */
#include "service/mssql_steps.h"

#include "engine/task_graph.h"

typedef struct {
    const HfMssqlState *state;
    const HfTdsTarget *target;
    gint done;
} Steps;

typedef struct {
    Steps *all;
    const HfMssqlStep *step;
    guint number;
} OneStep;

typedef struct {
    HfTaskGraph *graph;
    GHashTable *last; /* HfNeutralTable to the task of its last step */
    GHashTable *keys; /* the same of those before all foreign keys to other tables */
    bool at_foreign_keys;
    GPtrArray *beside; /* tasks of tables since the last step that is of none */
    HfTask *apart;     /* that step; NULL: there is none yet */
} Builder;

static gpointer lane_open(unsigned number, GCancellable *cancellable, gpointer data, GError **error)
{
    (void)number;
    return hf_tds_connect(((const Steps *)data)->target, cancellable, error);
}

static void lane_close(gpointer tds)
{
    hf_tds_close(tds);
}

static bool run_step(gpointer tds, gpointer data, GError **error)
{
    const OneStep *self = data;
    if (!hf_mssql_state_step(self->all->state, tds, self->number, self->step->sql, error))
        return false;
    g_atomic_int_inc(&self->all->done);
    return true;
}

static void follow(GHashTable *before, HfTask *task, const HfNeutralTable *table)
{
    HfTask *last = g_hash_table_lookup(before, table);
    if (last != NULL)
        hf_task_depend(task, last);
    hf_task_use(task, table, true);
}

static void add_step(Builder *self, OneStep *one)
{
    const HfNeutralTable *table = one->step->table, *other = one->step->other;
    uint64_t weight = table != NULL ? (uint64_t)MAX(table->bytes, 0) + 1 : 1;
    HfTask *task = hf_task_graph_add(self->graph, run_step, one, weight);
    if (self->apart != NULL)
        hf_task_depend(task, self->apart);
    self->at_foreign_keys |= other != NULL;
    if (other != NULL)
        follow(self->keys, task, other);
    if (table != NULL) {
        follow(self->last, task, table);
        g_hash_table_insert(self->last, (gpointer)table, task);
        if (!self->at_foreign_keys)
            g_hash_table_insert(self->keys, (gpointer)table, task);
        g_ptr_array_add(self->beside, task);
        return;
    }
    for (guint i = 0; i < self->beside->len; i++)
        hf_task_depend(task, self->beside->pdata[i]);
    g_ptr_array_set_size(self->beside, 0);
    self->apart = task;
}

bool hf_mssql_steps_run(const HfMssqlState *state, const HfTdsTarget *target, const GPtrArray *steps, unsigned jobs,
                        guint *done, GCancellable *cancellable, GError **error)
{
    static const HfLaneOps lane_ops = {lane_open, lane_close};
    Steps self = {.state = state, .target = target};
    g_autofree OneStep *each = g_new(OneStep, steps->len);
    g_autoptr(HfTaskGraph) graph = hf_task_graph_new();
    g_autoptr(GHashTable) last = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) keys = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) beside = g_ptr_array_new();
    Builder builder = {.graph = graph, .last = last, .keys = keys, .beside = beside};
    for (guint i = 0; i < steps->len; i++) {
        each[i] = (OneStep){.all = &self, .step = steps->pdata[i], .number = i};
        add_step(&builder, &each[i]);
    }
    hf_task_graph_start(graph, jobs, &lane_ops, &self, cancellable);
    bool ok = hf_task_graph_join(graph, error);
    *done = (guint)self.done;
    return ok;
}
