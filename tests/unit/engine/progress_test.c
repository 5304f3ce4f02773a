#include "engine/progress.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

#define assert_near(actual, expected) assert_float_equal(actual, expected, 0.001)

static HfProgressView *view(HfProgress *progress)
{
    static HfProgressView view;
    hf_progress_view(progress, &view);
    return &view;
}

static void it_starts_at_nothing(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    assert_near(view(progress)->percent, 0);
    assert_string_equal(view(progress)->phase, "starting");
    assert_int_equal(view(progress)->lanes, 0);
    assert_true(view(progress)->left_s < 0);
}

static void a_lane_earns_as_bytes_go_through_and_in_full_at_its_end(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_expect(progress, 1000);
    hf_progress_lane_begin(progress, 0, "a", 400);
    hf_progress_lane_add(progress, 0, 3, 100);
    assert_near(view(progress)->percent, 10);
    hf_progress_lane_end(progress, 0);
    assert_near(view(progress)->percent, 40);
    assert_int_equal(view(progress)->rows, 3);
    assert_int_equal(view(progress)->bytes_in, 100);
}

static void rows_can_be_counted_anew(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_lane_begin(progress, 0, "a", 400);
    hf_progress_lane_add(progress, 0, 3, 100);
    hf_progress_recount(progress);
    hf_progress_lane_add(progress, 0, 2, 100);
    assert_int_equal(view(progress)->rows, 2);
    assert_int_equal(view(progress)->bytes_in, 200);
}

static void a_lane_that_sees_more_than_its_weight_earns_no_more(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_expect(progress, 1000);
    hf_progress_lane_begin(progress, 0, "a", 100);
    hf_progress_lane_add(progress, 0, 1, 100000);
    assert_in_range((int)view(progress)->percent, 9, 10);
    assert_in_range((int)view(progress)->lane[0].percent, 98, 100);
}

static void more_work_does_not_take_the_percent_back(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_expect(progress, 100);
    hf_progress_lane_begin(progress, 0, "a", 50);
    hf_progress_lane_end(progress, 0);
    assert_near(view(progress)->percent, 50);
    hf_progress_expect(progress, 900);
    assert_near(view(progress)->percent, 50);
}

static void what_was_promised_counts_before_it_is_named(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_expect(progress, 100);
    hf_progress_promise(progress, 300);
    hf_progress_lane_begin(progress, 0, "a", 100);
    hf_progress_lane_end(progress, 0);
    assert_near(view(progress)->percent, 25);
    hf_progress_expect(progress, 200);
    assert_near(view(progress)->percent, 25);
    hf_progress_lane_begin(progress, 0, "a", 200);
    hf_progress_lane_end(progress, 0);
    assert_near(view(progress)->percent, 75);
    hf_progress_expect(progress, 200);
    hf_progress_lane_begin(progress, 0, "a", 200);
    assert_near(view(progress)->percent, 75);
}

static void the_percent_is_monotonic_and_ends_at_100(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    double last = 0;
    for (int i = 0; i < 2000; i++) {
        unsigned lane = (unsigned)g_rand_int_range(rand, 0, 4);
        uint64_t weight = (uint64_t)g_rand_int_range(rand, 0, 1000);
        if (i % 3 == 0)
            hf_progress_expect(progress, weight);
        hf_progress_lane_begin(progress, lane, "t", weight);
        hf_progress_lane_add(progress, lane, 1, (uint64_t)g_rand_int_range(rand, 0, 2000));
        double now = view(progress)->percent;
        assert_true(now >= last && now < 100);
        hf_progress_lane_end(progress, lane);
        last = view(progress)->percent;
        assert_true(last >= now && last < 100);
    }
    hf_progress_finish(progress);
    assert_near(view(progress)->percent, 100);
    assert_near(view(progress)->left_s, 0);
    assert_string_equal(view(progress)->phase, "done");
}

static void what_is_finished_shows_100_though_nothing_was_known(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_finish(progress);
    assert_near(view(progress)->percent, 100);
}

static void a_view_shows_the_tables_in_flight(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_set_phase(progress, "copying rows");
    hf_progress_lane_begin(progress, 0, "shop.orders", 200);
    hf_progress_lane_begin(progress, 2, "shop.items", 100);
    hf_progress_lane_add(progress, 2, 1, 25);
    const HfProgressView *shown = view(progress);
    assert_string_equal(shown->phase, "copying rows");
    assert_int_equal(shown->lanes, 3);
    assert_true(shown->lane[0].active);
    assert_string_equal(shown->lane[0].label, "shop.orders");
    assert_false(shown->lane[1].active);
    assert_string_equal(shown->lane[2].label, "shop.items");
    assert_near(shown->lane[2].percent, 25);
    hf_progress_lane_end(progress, 2);
    shown = view(progress);
    assert_int_equal(shown->lanes, 1);
    assert_false(shown->lane[2].active);
}

static void a_lane_that_begins_again_begins_at_nothing(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_lane_begin(progress, 0, "a", 100);
    hf_progress_lane_add(progress, 0, 1, 90);
    hf_progress_lane_end(progress, 0);
    hf_progress_lane_begin(progress, 0, "b", 100);
    assert_near(view(progress)->lane[0].percent, 0);
    assert_string_equal(view(progress)->lane[0].label, "b");
}

static void a_long_label_is_cut(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    g_autofree char *label = g_strnfill(500, 'x');
    hf_progress_lane_begin(progress, HF_PROGRESS_MAX_LANES - 1, label, 1);
    const HfProgressView *shown = view(progress);
    assert_int_equal(shown->lanes, HF_PROGRESS_MAX_LANES);
    assert_int_equal(strlen(shown->lane[HF_PROGRESS_MAX_LANES - 1].label), sizeof shown->lane[0].label - 1);
}

static void a_lane_without_weight_has_no_percent(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_lane_begin(progress, 0, "empty", 0);
    hf_progress_lane_add(progress, 0, 1, 1);
    assert_near(view(progress)->lane[0].percent, 0);
    assert_near(view(progress)->percent, 0);
}

static void rates_and_time_left_come_from_what_was_seen(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    hf_progress_expect(progress, 1000);
    hf_progress_lane_begin(progress, 0, "a", 1000);
    g_usleep(100000);
    hf_progress_lane_add(progress, 0, 1, 500);
    hf_progress_add_out(progress, 50);
    const HfProgressView *shown = view(progress);
    assert_int_equal(shown->bytes_out, 50);
    assert_true(shown->elapsed_s >= 0.1);
    assert_true(shown->rate_in > 0 && shown->rate_in <= 5000);
    assert_true(shown->rate_out > 0 && shown->rate_out <= 500);
    assert_near(shown->left_s / shown->elapsed_s, 1); /* at half of it */
    g_usleep(100000);
    double before = shown->rate_in;
    assert_true(view(progress)->rate_in < before);
}

/* ---- Many threads --------------------------------------------------------------------------------------------------
 */

#define LANES 4
#define TABLES 200

typedef struct {
    HfProgress *progress;
    unsigned lane;
} Worker;

static gpointer work(gpointer data)
{
    const Worker *self = data;
    for (int i = 0; i < TABLES; i++) {
        hf_progress_expect(self->progress, 10);
        hf_progress_lane_begin(self->progress, self->lane, i % 2 ? "odd odd odd" : "even", 10);
        for (int j = 0; j < 10; j++)
            hf_progress_lane_add(self->progress, self->lane, 1, 1);
        hf_progress_add_out(self->progress, 3);
        hf_progress_lane_end(self->progress, self->lane);
    }
    return NULL;
}

static void lanes_write_while_one_reads(void **state)
{
    (void)state;
    g_autoptr(HfProgress) progress = hf_progress_new();
    Worker workers[LANES];
    GThread *threads[LANES];
    for (unsigned i = 0; i < LANES; i++) {
        workers[i] = (Worker){progress, i};
        threads[i] = g_thread_new("worker", work, &workers[i]);
    }
    for (double last = 0; view(progress)->rows < LANES * TABLES * 10; last = view(progress)->percent) {
        const HfProgressView *shown = view(progress);
        assert_true(shown->percent >= last);
        for (unsigned i = 0; i < shown->lanes; i++)
            assert_true(!shown->lane[i].active || strcmp(shown->lane[i].label, "even") == 0 ||
                        strcmp(shown->lane[i].label, "odd odd odd") == 0);
    }
    for (unsigned i = 0; i < LANES; i++)
        g_thread_join(threads[i]);
    assert_int_equal(view(progress)->bytes_in, LANES * TABLES * 10);
    assert_int_equal(view(progress)->bytes_out, LANES * TABLES * 3);
    assert_near(view(progress)->percent, 99.9); /* 100 is for finish alone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_at_nothing),
        cmocka_unit_test(a_lane_earns_as_bytes_go_through_and_in_full_at_its_end),
        cmocka_unit_test(rows_can_be_counted_anew),
        cmocka_unit_test(a_lane_that_sees_more_than_its_weight_earns_no_more),
        cmocka_unit_test(more_work_does_not_take_the_percent_back),
        cmocka_unit_test(what_was_promised_counts_before_it_is_named),
        cmocka_unit_test(the_percent_is_monotonic_and_ends_at_100),
        cmocka_unit_test(what_is_finished_shows_100_though_nothing_was_known),
        cmocka_unit_test(a_view_shows_the_tables_in_flight),
        cmocka_unit_test(a_lane_that_begins_again_begins_at_nothing),
        cmocka_unit_test(a_long_label_is_cut),
        cmocka_unit_test(a_lane_without_weight_has_no_percent),
        cmocka_unit_test(rates_and_time_left_come_from_what_was_seen),
        cmocka_unit_test(lanes_write_while_one_reads),
    };
    return cmocka_run_group_tests_name("engine/progress", tests, NULL, NULL);
}
