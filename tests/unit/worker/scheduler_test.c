#include "worker/scheduler.h"

#include "base/units.h"
#include "tests/unit/cmocka_all.h"

static int64_t us_of(const char *text)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    assert_non_null(time);
    return g_date_time_to_unix(time) * G_USEC_PER_SEC;
}

/* What is decided at `now` about a schedule whose next time is `next` (NULL: not known), as "run 2026-…" or "wait …".
 */
static char *decide(const HfScheduleRow *schedule, const char *next, const char *now)
{
    HfScheduleRow row = *schedule;
    bool run;
    int64_t next_us;
    g_autoptr(GError) error = NULL;
    row.next_us = next != NULL ? us_of(next) : -1;
    if (!hf_scheduler_decide(&row, us_of(now), &run, &next_us, &error))
        return g_strdup(error->message);
    g_autofree char *time = hf_format_time(next_us);
    return g_strdup_printf("%s %.19s", run ? "run" : "wait", time);
}

static void check(const HfScheduleRow *schedule, const char *next, const char *now, const char *expected)
{
    g_autofree char *found = decide(schedule, next, now);
    assert_string_equal(found, expected);
}

static HfScheduleRow each_day_at(const char *cron, const char *zone)
{
    return (HfScheduleRow){.cron = (char *)cron, .time_zone = (char *)zone, .starts_us = us_of("2026-01-01T00:00:00Z")};
}

static void a_schedule_runs_when_its_time_has_come_and_not_before(void **state)
{
    (void)state;
    HfScheduleRow daily = each_day_at("30 2 * * *", "UTC");
    check(&daily, "2026-05-05T02:30:00Z", "2026-05-05T02:29:59Z", "wait 2026-05-05T02:30:00");
    check(&daily, "2026-05-05T02:30:00Z", "2026-05-05T02:30:00Z", "run 2026-05-06T02:30:00");
}

static void one_whose_time_is_not_known_gets_one_and_does_not_run(void **state)
{
    (void)state;
    HfScheduleRow daily = each_day_at("30 2 * * *", "UTC");
    check(&daily, NULL, "2026-05-05T02:30:00Z", "wait 2026-05-06T02:30:00");
}

static void what_was_missed_is_made_up_once(void **state)
{
    (void)state;
    HfScheduleRow daily = each_day_at("30 2 * * *", "UTC");
    HfScheduleRow often = {.interval_s = 8 * 3600, .starts_us = us_of("2026-01-01T01:00:00Z")};
    check(&daily, "2026-05-05T02:30:00Z", "2026-05-12T11:00:00Z", "run 2026-05-13T02:30:00");
    check(&often, "2026-05-05T01:00:00Z", "2026-05-12T11:00:00Z", "run 2026-05-12T17:00:00");
}

static void an_interval_counts_from_its_start(void **state)
{
    (void)state;
    HfScheduleRow weekly = {.interval_s = 7 * 24 * 3600, .starts_us = us_of("2026-11-30T04:00:00Z")};
    check(&weekly, NULL, "2026-11-21T00:00:00Z", "wait 2026-11-30T04:00:00");
    check(&weekly, "2026-11-30T04:00:00Z", "2026-11-30T04:00:05Z", "run 2026-12-07T04:00:00");
}

/* In Berlin the clock goes from 2:00 to 3:00 on 2026-03-29 and from 3:00 to 2:00 on 2026-10-25. */
static void daylight_saving_neither_skips_nor_doubles_a_run(void **state)
{
    (void)state;
    HfScheduleRow daily = each_day_at("30 2 * * *", "Europe/Berlin");
    check(&daily, "2026-03-28T01:30:00Z", "2026-03-28T01:30:00Z", "run 2026-03-29T01:00:00");
    check(&daily, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "run 2026-03-30T00:30:00");
    check(&daily, "2026-10-24T00:30:00Z", "2026-10-24T00:30:00Z", "run 2026-10-25T00:30:00");
    check(&daily, "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z", "run 2026-10-26T01:30:00");
}

static void a_clock_that_is_set_back_runs_nothing_twice(void **state)
{
    (void)state;
    HfScheduleRow daily = each_day_at("30 2 * * *", "UTC");
    check(&daily, "2026-05-06T02:30:00Z", "2026-05-05T02:29:00Z", "wait 2026-05-05T02:30:00");
}

/* Whether a schedule with that next time waits for too long. */
static bool is_ahead(const HfScheduleRow *schedule, const char *next, const char *now)
{
    HfScheduleRow row = *schedule;
    int64_t next_us;
    g_autoptr(GError) error = NULL;
    row.next_us = us_of(next);
    bool ahead = hf_scheduler_is_ahead(&row, us_of(now), &next_us, &error);
    assert_null(error);
    assert_true(next_us > us_of(now) && next_us <= row.next_us);
    return ahead;
}

static void one_that_a_clock_far_ahead_has_left_waiting_is_known(void **state)
{
    (void)state;
    HfScheduleRow daily = each_day_at("30 2 * * *", "UTC");
    HfScheduleRow often = {.interval_s = 3600, .starts_us = us_of("2026-01-01T00:00:00Z")};
    HfScheduleRow late = {.interval_s = 3600, .starts_us = us_of("2027-01-01T00:00:00Z")};
    assert_false(is_ahead(&daily, "2026-05-06T02:30:00Z", "2026-05-05T02:30:00Z"));
    assert_false(is_ahead(&daily, "2026-05-06T02:30:00Z", "2026-05-05T02:29:00Z"));
    assert_true(is_ahead(&daily, "2026-05-07T02:30:00Z", "2026-05-05T02:29:00Z"));
    assert_true(is_ahead(&daily, "2027-05-06T02:30:00Z", "2026-05-05T12:00:00Z"));
    assert_false(is_ahead(&often, "2026-05-05T15:00:00Z", "2026-05-05T12:00:00Z"));
    assert_true(is_ahead(&often, "2026-05-05T20:00:00Z", "2026-05-05T12:00:00Z"));
    assert_false(is_ahead(&late, "2027-01-01T00:00:00Z", "2026-05-05T12:00:00Z"));
}

static void what_is_no_expression_is_told(void **state)
{
    (void)state;
    HfScheduleRow bad = each_day_at("99 * * * *", "UTC");
    g_autofree char *said = decide(&bad, NULL, "2026-05-05T02:30:00Z");
    assert_non_null(strstr(said, "minute"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schedule_runs_when_its_time_has_come_and_not_before),
        cmocka_unit_test(one_whose_time_is_not_known_gets_one_and_does_not_run),
        cmocka_unit_test(what_was_missed_is_made_up_once),
        cmocka_unit_test(an_interval_counts_from_its_start),
        cmocka_unit_test(daylight_saving_neither_skips_nor_doubles_a_run),
        cmocka_unit_test(a_clock_that_is_set_back_runs_nothing_twice),
        cmocka_unit_test(one_that_a_clock_far_ahead_has_left_waiting_is_known),
        cmocka_unit_test(what_is_no_expression_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
