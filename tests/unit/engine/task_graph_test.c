#include "base/error.h"
#include "engine/task_graph.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>
#include <unistd.h>

/* Nothing here may hang: an alarm ends the test program. */
#define LIMIT_S 120

typedef struct {
    GMutex mutex;    /* guards all below */
    GString *order;  /* names of the tasks as they began */
    unsigned opened; /* lanes */
    unsigned closed;
    unsigned ended; /* calls of on_end */
    unsigned alive_at_end;
    int refused_lane; /* the number of the lane that cannot be opened; -1: none, -2: all */
    HfTaskGraph *graph;
} Fixture;

typedef struct {
    Fixture *fixture;
    GCancellable *cancellable; /* the graph's */
} Lane;

typedef struct {
    Fixture *fixture;
    char name;
} Task;

static int setup(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    g_mutex_init(&self->mutex);
    self->order = g_string_new(NULL);
    self->refused_lane = -1;
    self->graph = hf_task_graph_new();
    *state = self;
    alarm(LIMIT_S);
    return 0;
}

static int teardown(void **state)
{
    Fixture *self = *state;
    alarm(0);
    hf_task_graph_free(self->graph);
    g_string_free(self->order, TRUE);
    g_mutex_clear(&self->mutex);
    g_free(self);
    return 0;
}

/* ---- Lanes ---------------------------------------------------------------------------------------------------------
 */

static gpointer open_lane(unsigned number, GCancellable *cancellable, gpointer data, GError **error)
{
    Fixture *self = data;
    if (self->refused_lane == -2 || self->refused_lane == (int)number) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_NETWORK, "no lane");
        return NULL;
    }
    Lane *lane = g_new0(Lane, 1);
    *lane = (Lane){self, cancellable};
    g_mutex_lock(&self->mutex);
    self->opened++;
    g_mutex_unlock(&self->mutex);
    return lane;
}

static void close_lane(gpointer data)
{
    Lane *lane = data;
    g_mutex_lock(&lane->fixture->mutex);
    lane->fixture->closed++;
    g_mutex_unlock(&lane->fixture->mutex);
    g_free(lane);
}

static const HfLaneOps ops = {open_lane, close_lane};

static void on_end(gpointer data)
{
    Fixture *self = data;
    g_mutex_lock(&self->mutex);
    self->ended++;
    self->alive_at_end = self->opened - self->closed;
    g_mutex_unlock(&self->mutex);
}

static void start(Fixture *self, unsigned lanes, GCancellable *parent)
{
    hf_task_graph_on_end(self->graph, on_end, self);
    hf_task_graph_start(self->graph, lanes, &ops, self, parent);
}

/* Every lane that was opened was closed, and the end was told once, after that. */
static bool join(Fixture *self, GError **error)
{
    bool ok = hf_task_graph_join(self->graph, error);
    assert_int_equal(self->closed, self->opened);
    assert_int_equal(self->ended, 1);
    assert_int_equal(self->alive_at_end, 0);
    return ok;
}

static void assert_fails(Fixture *self, HfErrorCode code, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_false(join(self, &error));
    assert_true(g_error_matches(error, HF_ERROR, (int)code));
    assert_string_equal(error->message, message);
}

/* ---- Tasks ---------------------------------------------------------------------------------------------------------
 */

static void note(const Task *task)
{
    g_mutex_lock(&task->fixture->mutex);
    g_string_append_c(task->fixture->order, task->name);
    g_mutex_unlock(&task->fixture->mutex);
}

static bool run(gpointer lane, gpointer data, GError **error)
{
    (void)lane;
    (void)error;
    note(data);
    return true;
}

static bool run_and_fail(gpointer lane, gpointer data, GError **error)
{
    (void)lane;
    note(data);
    g_set_error_literal(error, HF_ERROR, HF_ERROR_DATABASE, "first");
    return false;
}

/* Ends when the graph is cancelled, with an error of its own. */
static bool run_until_cancelled(gpointer data, gpointer task, GError **error)
{
    const Lane *lane = data;
    note(task);
    while (!g_cancellable_is_cancelled(lane->cancellable))
        g_usleep(1000);
    g_set_error_literal(error, HF_ERROR, HF_ERROR_INTERNAL, "second");
    return false;
}

/* Task i has the letter i: 'a' and on. Used by one test at a time. */
static Task tasks[26];

static HfTask *add(Fixture *self, char name, uint64_t weight, HfTaskFunc func)
{
    Task *task = &tasks[name - 'a'];
    *task = (Task){self, name};
    return hf_task_graph_add(self->graph, func, task, weight);
}

static void wait_for_order(Fixture *self, size_t length)
{
    for (size_t now = 0; now < length; g_usleep(1000)) {
        g_mutex_lock(&self->mutex);
        now = self->order->len;
        g_mutex_unlock(&self->mutex);
    }
}

static void wait_for_end(Fixture *self)
{
    for (unsigned ended = 0; ended == 0; g_usleep(1000)) {
        g_mutex_lock(&self->mutex);
        ended = self->ended;
        g_mutex_unlock(&self->mutex);
    }
}

/* ---- Order ---------------------------------------------------------------------------------------------------------
 */

static void the_heaviest_goes_first_and_equals_in_the_order_added(void **state)
{
    Fixture *self = *state;
    add(self, 'a', 1, run);
    add(self, 'b', 30, run);
    add(self, 'c', 20, run);
    add(self, 'd', 20, run);
    add(self, 'e', UINT64_MAX, run);
    add(self, 'f', 20, run);
    assert_int_equal(hf_task_graph_size(self->graph), 6);
    start(self, 1, NULL);
    assert_true(join(self, NULL));
    assert_string_equal(self->order->str, "ebcdfa");
    assert_int_equal(self->opened, 1);
}

static void what_much_waits_for_goes_before_what_is_heavier(void **state)
{
    Fixture *self = *state;
    add(self, 'a', 50, run);
    HfTask *first = add(self, 'b', 1, run), *middle = add(self, 'c', 1, run);
    hf_task_depend(middle, first);
    hf_task_depend(add(self, 'd', 49, run), middle);
    start(self, 1, NULL);
    assert_true(join(self, NULL));
    assert_string_equal(self->order->str, "bacd");
}

static void a_task_waits_for_all_that_it_depends_on(void **state)
{
    Fixture *self = *state;
    HfTask *last = add(self, 'a', 100, run), *middle = add(self, 'b', 90, run);
    HfTask *first = add(self, 'c', 1, run), *other = add(self, 'd', 5, run);
    hf_task_depend(last, middle);
    hf_task_depend(last, other);
    hf_task_depend(last, first);
    hf_task_depend(middle, first);
    start(self, 1, NULL);
    assert_true(join(self, NULL));
    assert_string_equal(self->order->str, "cbda");
}

static void a_task_may_depend_on_another_twice(void **state)
{
    Fixture *self = *state;
    HfTask *second = add(self, 'a', 2, run), *first = add(self, 'b', 1, run);
    hf_task_depend(second, first);
    hf_task_depend(second, first);
    start(self, 4, NULL);
    assert_true(join(self, NULL));
    assert_string_equal(self->order->str, "ba");
}

static void tasks_that_wait_for_each_other_are_an_error_before_any_runs(void **state)
{
    Fixture *self = *state;
    HfTask *one = add(self, 'a', 2, run), *other = add(self, 'b', 1, run);
    add(self, 'c', 1, run);
    hf_task_depend(one, other);
    hf_task_depend(other, one);
    start(self, 2, NULL);
    assert_fails(self, HF_ERROR_CORRUPT, "what is to be done depends on itself, in a circle");
    assert_string_equal(self->order->str, "");
}

static void what_becomes_runnable_takes_its_place_by_weight(void **state)
{
    Fixture *self = *state;
    HfTask *first = add(self, 'a', 100, run);
    add(self, 'b', 50, run);
    add(self, 'c', 10, run);
    hf_task_depend(add(self, 'd', 60, run), first);
    hf_task_depend(add(self, 'e', 20, run), first);
    start(self, 1, NULL);
    assert_true(join(self, NULL));
    assert_string_equal(self->order->str, "adbec");
}

static void no_more_lanes_are_opened_than_there_are_tasks(void **state)
{
    Fixture *self = *state;
    add(self, 'a', 1, run);
    add(self, 'b', 1, run);
    start(self, 16, NULL);
    assert_true(join(self, NULL));
    assert_int_equal(self->opened, 2);
}

static void an_empty_graph_ends_at_once(void **state)
{
    Fixture *self = *state;
    start(self, 4, NULL);
    assert_int_equal(self->ended, 1);
    assert_true(join(self, NULL));
    assert_int_equal(self->opened, 0);
}

/* ---- Resources -----------------------------------------------------------------------------------------------------
 */

#define RESOURCES 5
#define USERS 600

typedef struct {
    gint exclusive, shared; /* uses right now */
} Resource;

static Resource resources[RESOURCES];
static gint violations;

typedef struct {
    unsigned mask;      /* of the resources it uses */
    unsigned exclusive; /* of those that it uses alone */
} User;

static void look(const User *user)
{
    for (unsigned i = 0; i < RESOURCES; i++) {
        if (!(user->mask & 1U << i))
            continue;
        bool alone = user->exclusive & 1U << i;
        gint exclusive = g_atomic_int_get(&resources[i].exclusive), shared = g_atomic_int_get(&resources[i].shared);
        if (alone ? exclusive != 1 || shared != 0 : exclusive != 0)
            g_atomic_int_inc(&violations);
    }
}

static void count(const User *user, gint step)
{
    for (unsigned i = 0; i < RESOURCES; i++)
        if (user->mask & 1U << i)
            g_atomic_int_add(user->exclusive & 1U << i ? &resources[i].exclusive : &resources[i].shared, step);
}

static bool run_with_resources(gpointer lane, gpointer data, GError **error)
{
    (void)lane;
    (void)error;
    count(data, 1);
    look(data);
    g_usleep(200);
    look(data);
    count(data, -1);
    return true;
}

static void those_that_use_a_resource_alone_never_overlap(void **state)
{
    Fixture *self = *state;
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);
    static User users[USERS];
    violations = 0;
    for (int i = 0; i < USERS; i++) {
        unsigned mask = (unsigned)g_rand_int_range(rand, 0, 1 << RESOURCES);
        users[i] = (User){mask, mask & (unsigned)g_rand_int_range(rand, 0, 1 << RESOURCES)};
        HfTask *task =
            hf_task_graph_add(self->graph, run_with_resources, &users[i], (uint64_t)g_rand_int_range(rand, 0, 9));
        for (unsigned r = 0; r < RESOURCES; r++)
            if (users[i].mask & 1U << r)
                hf_task_use(task, &resources[r], users[i].exclusive & 1U << r);
    }
    start(self, 4, NULL);
    assert_true(join(self, NULL));
    assert_int_equal(violations, 0);
}

/* Ends only when another task is inside at the same time. */
static bool run_with_company(gpointer lane, gpointer data, GError **error)
{
    (void)lane;
    gint *inside = data;
    g_atomic_int_inc(inside);
    for (int i = 0; i < 20000; i++) {
        if (g_atomic_int_get(inside) >= 2)
            return true;
        g_usleep(1000);
    }
    g_set_error_literal(error, HF_ERROR, HF_ERROR_INTERNAL, "alone");
    return false;
}

static void those_that_share_a_resource_run_beside_each_other(void **state)
{
    Fixture *self = *state;
    gint inside = 0;
    for (int i = 0; i < 2; i++)
        hf_task_use(hf_task_graph_add(self->graph, run_with_company, &inside, 1), &resources[0], false);
    start(self, 2, NULL);
    assert_true(join(self, NULL));
}

static void a_lane_passes_over_a_task_whose_resource_is_in_use(void **state)
{
    Fixture *self = *state;
    gint inside = 0;
    /* The two that can only end together do not use the resource together: the light one must overtake the middle. */
    hf_task_use(hf_task_graph_add(self->graph, run_with_company, &inside, 30), &resources[0], true);
    hf_task_use(add(self, 'a', 20, run), &resources[0], true);
    hf_task_use(hf_task_graph_add(self->graph, run_with_company, &inside, 10), &resources[1], true);
    start(self, 2, NULL);
    assert_true(join(self, NULL));
    assert_string_equal(self->order->str, "a");
}

static void a_resource_named_twice_by_a_task_is_free_after_it(void **state)
{
    Fixture *self = *state;
    for (char name = 'a'; name < 'e'; name++) {
        HfTask *task = add(self, name, 1, run);
        hf_task_use(task, &resources[0], name % 2);
        hf_task_use(task, &resources[0], name % 2);
    }
    start(self, 2, NULL);
    assert_true(join(self, NULL));
    assert_int_equal(self->order->len, 4);
}

/* ---- Failures and cancelling ---------------------------------------------------------------------------------------
 */

static void the_first_failure_is_the_graphs_and_nothing_more_starts(void **state)
{
    Fixture *self = *state;
    add(self, 'a', 30, run_until_cancelled);
    add(self, 'b', 30, run_until_cancelled);
    add(self, 'c', 20, run_and_fail);
    for (char name = 'd'; name <= 'z'; name++)
        add(self, name, 1, run);
    start(self, 3, NULL);
    assert_fails(self, HF_ERROR_DATABASE, "first");
    assert_int_equal(self->order->len, 3);
    assert_null(strpbrk(self->order->str, "defghijklmnopqrstuvwxyz"));
}

static void what_depends_on_a_failed_task_never_runs(void **state)
{
    Fixture *self = *state;
    HfTask *first = add(self, 'a', 1, run_and_fail);
    hf_task_depend(add(self, 'b', 1, run), first);
    start(self, 1, NULL);
    assert_fails(self, HF_ERROR_DATABASE, "first");
    assert_string_equal(self->order->str, "a");
}

static void the_parent_cancels_the_graph(void **state)
{
    Fixture *self = *state;
    g_autoptr(GCancellable) parent = g_cancellable_new();
    for (char name = 'a'; name <= 'f'; name++)
        add(self, name, 1, run_until_cancelled);
    start(self, 2, parent);
    wait_for_order(self, 2);
    g_cancellable_cancel(parent);
    assert_fails(self, HF_ERROR_CANCELLED, "cancelled");
    assert_int_equal(self->order->len, 2);
}

static void a_parent_cancelled_before_lets_nothing_start(void **state)
{
    Fixture *self = *state;
    g_autoptr(GCancellable) parent = g_cancellable_new();
    g_cancellable_cancel(parent);
    add(self, 'a', 1, run);
    start(self, 2, parent);
    assert_fails(self, HF_ERROR_CANCELLED, "cancelled");
    assert_int_equal(self->order->len, 0);
}

static void a_parent_cancelled_later_no_longer_matters(void **state)
{
    Fixture *self = *state;
    g_autoptr(GCancellable) parent = g_cancellable_new();
    add(self, 'a', 1, run);
    start(self, 1, parent);
    assert_true(join(self, NULL));
    g_cancellable_cancel(parent);
    assert_int_equal(self->ended, 1);
}

static void the_parent_may_be_cancelled_at_any_moment(void **state)
{
    (void)state;
    for (int round = 0; round < 50; round++) {
        void *inner = NULL;
        setup(&inner);
        Fixture *self = inner;
        g_autoptr(GCancellable) parent = g_cancellable_new();
        for (char name = 'a'; name <= 'z'; name++)
            add(self, name, 1, run);
        start(self, 4, parent);
        g_usleep((gulong)round * 10);
        g_cancellable_cancel(parent);
        g_autoptr(GError) error = NULL;
        bool ok = join(self, &error);
        assert_true(ok ? self->order->len == 26 : g_error_matches(error, HF_ERROR, HF_ERROR_CANCELLED));
        teardown(&inner);
    }
    alarm(LIMIT_S);
}

static void a_graph_that_is_stopped_is_cancelled(void **state)
{
    Fixture *self = *state;
    for (char name = 'a'; name <= 'f'; name++)
        add(self, name, 1, run_until_cancelled);
    start(self, 2, NULL);
    wait_for_order(self, 2);
    hf_task_graph_stop(self->graph);
    assert_fails(self, HF_ERROR_CANCELLED, "cancelled");
    assert_int_equal(self->order->len, 2);
}

static void stopping_keeps_the_error_that_was_there(void **state)
{
    Fixture *self = *state;
    add(self, 'a', 1, run_and_fail);
    start(self, 1, NULL);
    wait_for_end(self);
    hf_task_graph_stop(self->graph);
    assert_fails(self, HF_ERROR_DATABASE, "first");
}

static void a_lane_that_cannot_be_opened_is_the_graphs_failure(void **state)
{
    Fixture *self = *state;
    self->refused_lane = 1;
    for (char name = 'a'; name <= 'f'; name++)
        add(self, name, 1, run_until_cancelled);
    start(self, 3, NULL);
    assert_fails(self, HF_ERROR_NETWORK, "no lane");
    assert_int_equal(self->opened, 2);
}

static void no_lane_at_all_is_one_failure(void **state)
{
    Fixture *self = *state;
    self->refused_lane = -2;
    for (char name = 'a'; name <= 'f'; name++)
        add(self, name, 1, run);
    start(self, 4, NULL);
    assert_fails(self, HF_ERROR_NETWORK, "no lane");
    assert_int_equal(self->order->len, 0);
}

/* ---- Size ----------------------------------------------------------------------------------------------------------
 */

static gint runs;

static bool count_run(gpointer lane, gpointer data, GError **error)
{
    (void)lane;
    (void)data;
    (void)error;
    g_atomic_int_inc(&runs);
    return true;
}

static double seconds_of_run(Fixture *self)
{
    gint64 from = g_get_monotonic_time();
    runs = 0;
    start(self, 4, NULL);
    assert_true(join(self, NULL));
    return (double)(g_get_monotonic_time() - from) / G_USEC_PER_SEC;
}

#define MANY 10000

static void ten_thousand_tasks_take_no_time(void **state)
{
    Fixture *self = *state;
    for (int i = 0; i < MANY; i++)
        hf_task_graph_add(self->graph, count_run, NULL, (uint64_t)(i * 7919 % MANY));
    assert_true(seconds_of_run(self) < 20); /* 0.1 s; ThreadSanitizer and a busy machine take more */
    assert_int_equal(runs, MANY);
}

/* 100 tables of 100 parts each: the first part alone, then the others, then two indexes that lock the table. */
static void ten_thousand_parts_of_tables_take_no_time(void **state)
{
    Fixture *self = *state;
    static char tables[100];
    for (int i = 0; i < 100; i++) {
        HfTask *first = hf_task_graph_add(self->graph, count_run, NULL, (uint64_t)i);
        HfTask *done = hf_task_graph_add(self->graph, count_run, NULL, UINT64_MAX);
        for (int part = 1; part < 98; part++) {
            HfTask *task = hf_task_graph_add(self->graph, count_run, NULL, (uint64_t)i);
            hf_task_depend(task, first);
            hf_task_depend(done, task);
        }
        for (int index = 0; index < 2; index++) {
            HfTask *task = hf_task_graph_add(self->graph, count_run, NULL, 5);
            hf_task_depend(task, done);
            hf_task_use(task, &tables[i], true);
        }
    }
    assert_int_equal(hf_task_graph_size(self->graph), 100 * 101);
    assert_true(seconds_of_run(self) < 20);
    assert_int_equal(runs, 100 * 101);
}

/* Foreign keys of very many tables to one: the other lanes look past all of them, in vain. */
static void ten_thousand_tasks_that_fight_for_one_resource_take_no_time(void **state)
{
    Fixture *self = *state;
    for (int i = 0; i < MANY; i++)
        hf_task_use(hf_task_graph_add(self->graph, count_run, NULL, 1), &resources[0], true);
    assert_true(seconds_of_run(self) < 20);
    assert_int_equal(runs, MANY);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_heaviest_goes_first_and_equals_in_the_order_added),
        test(what_much_waits_for_goes_before_what_is_heavier),
        test(a_task_waits_for_all_that_it_depends_on),
        test(a_task_may_depend_on_another_twice),
        test(tasks_that_wait_for_each_other_are_an_error_before_any_runs),
        test(what_becomes_runnable_takes_its_place_by_weight),
        test(no_more_lanes_are_opened_than_there_are_tasks),
        test(an_empty_graph_ends_at_once),
        test(those_that_use_a_resource_alone_never_overlap),
        test(those_that_share_a_resource_run_beside_each_other),
        test(a_lane_passes_over_a_task_whose_resource_is_in_use),
        test(a_resource_named_twice_by_a_task_is_free_after_it),
        test(the_first_failure_is_the_graphs_and_nothing_more_starts),
        test(what_depends_on_a_failed_task_never_runs),
        test(the_parent_cancels_the_graph),
        test(a_parent_cancelled_before_lets_nothing_start),
        test(a_parent_cancelled_later_no_longer_matters),
        test(the_parent_may_be_cancelled_at_any_moment),
        test(a_graph_that_is_stopped_is_cancelled),
        test(stopping_keeps_the_error_that_was_there),
        test(a_lane_that_cannot_be_opened_is_the_graphs_failure),
        test(no_lane_at_all_is_one_failure),
        test(ten_thousand_tasks_take_no_time),
        test(ten_thousand_parts_of_tables_take_no_time),
        test(ten_thousand_tasks_that_fight_for_one_resource_take_no_time),
    };
    return cmocka_run_group_tests_name("engine/task_graph", tests, NULL, NULL);
}
