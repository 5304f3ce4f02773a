#include "base/budget.h"
#include "tests/unit/cmocka_all.h"

#include <unistd.h>

/* What must not wait is called under an alarm, which ends the test program. */
#define LIMIT_S 30

typedef struct {
    HfBudget *budget;
    size_t bytes;
    gint done;
    GThread *thread;
} Waiter;

static gpointer acquire(gpointer data)
{
    Waiter *self = data;
    hf_budget_acquire(self->budget, self->bytes);
    g_atomic_int_set(&self->done, 1);
    return NULL;
}

static void waiter_start(Waiter *self, HfBudget *budget, size_t bytes)
{
    *self = (Waiter){.budget = budget, .bytes = bytes};
    self->thread = g_thread_new("waiter", acquire, self);
}

static void assert_waits(Waiter *self)
{
    g_usleep(50000);
    assert_false(g_atomic_int_get(&self->done));
}

static void assert_granted(Waiter *self)
{
    alarm(LIMIT_S);
    g_thread_join(self->thread);
    alarm(0);
    assert_true(g_atomic_int_get(&self->done));
}

static void what_fits_is_granted_at_once(void **state)
{
    (void)state;
    g_autoptr(HfBudget) budget = hf_budget_new(100);
    alarm(LIMIT_S);
    hf_budget_acquire(budget, 60);
    hf_budget_pledge(budget, 60);
    hf_budget_acquire(budget, 40);
    hf_budget_acquire(budget, 0);
    alarm(0);
    hf_budget_release(budget, 60, true);
    hf_budget_release(budget, 40, false);
}

static void more_than_the_bound_is_granted_when_nobody_pledged(void **state)
{
    (void)state;
    g_autoptr(HfBudget) budget = hf_budget_new(100);
    alarm(LIMIT_S);
    hf_budget_acquire(budget, 70);
    hf_budget_acquire(budget, 70);
    hf_budget_acquire(budget, 1000);
    alarm(0);
    hf_budget_release(budget, 1140, false);
}

static void with_a_pledge_a_waiter_waits_for_the_bytes(void **state)
{
    (void)state;
    Waiter waiter;
    g_autoptr(HfBudget) budget = hf_budget_new(100);
    hf_budget_acquire(budget, 50);
    hf_budget_acquire(budget, 50);
    hf_budget_pledge(budget, 50);
    waiter_start(&waiter, budget, 50);
    assert_waits(&waiter);
    hf_budget_release(budget, 50, true);
    assert_granted(&waiter);
    hf_budget_release(budget, 100, false);
}

static void a_release_that_is_too_small_wakes_nobody_for_good(void **state)
{
    (void)state;
    Waiter waiter;
    g_autoptr(HfBudget) budget = hf_budget_new(100);
    hf_budget_acquire(budget, 100);
    hf_budget_pledge(budget, 100);
    waiter_start(&waiter, budget, 60);
    hf_budget_release(budget, 30, true);
    assert_waits(&waiter);
    hf_budget_release(budget, 30, true);
    assert_granted(&waiter);
    hf_budget_release(budget, 40, true);
    hf_budget_release(budget, 60, false);
}

static void a_waiter_goes_on_when_the_last_pledge_is_gone(void **state)
{
    (void)state;
    Waiter waiter;
    g_autoptr(HfBudget) budget = hf_budget_new(100);
    hf_budget_acquire(budget, 100);
    hf_budget_pledge(budget, 10);
    waiter_start(&waiter, budget, 500);
    assert_waits(&waiter);
    hf_budget_release(budget, 10, true); /* 90 are left and nobody will give them back: waiting would last for ever */
    assert_granted(&waiter);
    hf_budget_release(budget, 590, false);
}

static void stopping_wakes_every_waiter_and_grants_from_then_on(void **state)
{
    (void)state;
    Waiter waiters[3];
    g_autoptr(HfBudget) budget = hf_budget_new(100);
    hf_budget_acquire(budget, 100);
    hf_budget_pledge(budget, 100);
    for (size_t i = 0; i < G_N_ELEMENTS(waiters); i++)
        waiter_start(&waiters[i], budget, 10);
    assert_waits(&waiters[2]);
    hf_budget_stop(budget);
    for (size_t i = 0; i < G_N_ELEMENTS(waiters); i++)
        assert_granted(&waiters[i]);
    alarm(LIMIT_S);
    hf_budget_acquire(budget, 1000);
    alarm(0);
    hf_budget_release(budget, 100, true);
    hf_budget_release(budget, 1030, false);
}

/* ---- Many threads: each makes pieces and pledges them, one gives all of them back ----------------------------------
 */

#define MAKERS 4
#define PIECES 2000
#define PIECE_BYTES 10

typedef struct {
    HfBudget *budget;
    GMutex mutex; /* guards all below */
    GCond changed;
    int used, highest, pledged, left;
} Flow;

static void flow_count(Flow *self, int used, int pledged)
{
    g_mutex_lock(&self->mutex);
    self->used += used;
    self->pledged += pledged;
    self->highest = MAX(self->highest, self->used);
    g_cond_signal(&self->changed);
    g_mutex_unlock(&self->mutex);
}

static gpointer make(gpointer data)
{
    Flow *self = data;
    for (int i = 0; i < PIECES; i++) {
        hf_budget_acquire(self->budget, PIECE_BYTES);
        flow_count(self, PIECE_BYTES, 0);
        hf_budget_pledge(self->budget, PIECE_BYTES);
        flow_count(self, 0, 1);
    }
    return NULL;
}

static gpointer take_back(gpointer data)
{
    Flow *self = data;
    for (int i = 0; i < MAKERS * PIECES; i++) {
        g_mutex_lock(&self->mutex);
        while (self->pledged == 0)
            g_cond_wait(&self->changed, &self->mutex);
        self->pledged--;
        self->used -= PIECE_BYTES;
        g_mutex_unlock(&self->mutex);
        hf_budget_release(self->budget, PIECE_BYTES, true);
    }
    return NULL;
}

static void many_threads_stay_within_the_bound(void **state)
{
    (void)state;
    const int capacity = 2 * MAKERS * PIECE_BYTES; /* more than all makers hold without a pledge */
    g_autoptr(HfBudget) budget = hf_budget_new((size_t)capacity);
    Flow flow = {.budget = budget};
    g_mutex_init(&flow.mutex);
    g_cond_init(&flow.changed);
    alarm(4 * LIMIT_S);
    GThread *taker = g_thread_new("taker", take_back, &flow), *makers[MAKERS];
    for (int i = 0; i < MAKERS; i++)
        makers[i] = g_thread_new("maker", make, &flow);
    for (int i = 0; i < MAKERS; i++)
        g_thread_join(makers[i]);
    g_thread_join(taker);
    alarm(0);
    assert_int_equal(flow.used, 0);
    assert_in_range(flow.highest, PIECE_BYTES, capacity);
    g_mutex_clear(&flow.mutex);
    g_cond_clear(&flow.changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_granted_at_once),
        cmocka_unit_test(more_than_the_bound_is_granted_when_nobody_pledged),
        cmocka_unit_test(with_a_pledge_a_waiter_waits_for_the_bytes),
        cmocka_unit_test(a_release_that_is_too_small_wakes_nobody_for_good),
        cmocka_unit_test(a_waiter_goes_on_when_the_last_pledge_is_gone),
        cmocka_unit_test(stopping_wakes_every_waiter_and_grants_from_then_on),
        cmocka_unit_test(many_threads_stay_within_the_bound),
    };
    return cmocka_run_group_tests_name("base/budget", tests, NULL, NULL);
}
