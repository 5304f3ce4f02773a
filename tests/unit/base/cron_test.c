#include "base/cron.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static int64_t at(const char *utc)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(utc, NULL);
    assert_non_null(time);
    return g_date_time_to_unix(time) * G_USEC_PER_SEC;
}

/* The times in UTC at which an expression runs, one after the other, as one text. */
static void assert_runs(const char *text, const char *zone, const char *after, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfCron) cron = hf_cron_parse(text, zone, &error);
    assert_null(error);
    g_auto(GStrv) times = g_strsplit(expected, " ", -1);
    int64_t now = at(after);
    for (char **each = times; *each != NULL; each++) {
        now = hf_cron_next(cron, now);
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(now / G_USEC_PER_SEC);
        g_autofree char *found = g_date_time_format(time, "%Y-%m-%dT%H:%MZ");
        assert_string_equal(found, *each);
    }
}

static void lists_ranges_steps_and_names_mean_what_cron_says(void **state)
{
    (void)state;
    assert_runs("30 4 * * *", "UTC", "2026-01-01T04:30:00Z", "2026-01-02T04:30Z 2026-01-03T04:30Z");
    assert_runs("*/20 8-9 * * mon-fri", "UTC", "2026-11-20T09:39:00Z",
                "2026-11-20T09:40Z 2026-11-23T08:00Z 2026-11-23T08:20Z");
    assert_runs("0 0 1,15 JAN,jul *", "UTC", "2026-01-01T00:00:00Z", "2026-01-15T00:00Z 2026-07-01T00:00Z");
    assert_runs("5/25 0 * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:05Z 2026-01-01T00:30Z 2026-01-01T00:55Z");
    assert_runs("@weekly", "UTC", "2026-11-21T00:00:00Z", "2026-11-22T00:00Z 2026-11-29T00:00Z");
    assert_runs("0 12 * * 7", "UTC", "2026-11-21T00:00:00Z", "2026-11-22T12:00Z");
}

static void either_of_two_restricted_days_is_enough(void **state)
{
    (void)state;
    assert_runs("0 0 13 * fri", "UTC", "2026-11-01T00:00:00Z",
                "2026-11-06T00:00Z 2026-11-13T00:00Z 2026-11-20T00:00Z 2026-11-27T00:00Z 2026-12-04T00:00Z "
                "2026-12-11T00:00Z 2026-12-13T00:00Z");
    assert_runs("0 0 */10 * fri", "UTC", "2026-01-01T00:00:00Z", "2026-05-01T00:00Z");
}

static void a_time_that_is_skipped_runs_after_the_gap(void **state)
{
    (void)state;
    /* Berlin, 29 March 2026: 02:00 becomes 03:00. */
    assert_runs("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z",
                "2026-03-28T01:30Z 2026-03-29T01:00Z 2026-03-30T00:30Z");
    assert_runs("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T00:30Z 2026-03-29T01:30Z");
    /* Beirut, 29 March 2026: midnight does not exist. */
    assert_runs("0 0 * * *", "Asia/Beirut", "2026-03-27T23:00:00Z", "2026-03-28T22:00Z 2026-03-29T21:00Z");
}

static void a_time_that_comes_twice_runs_once(void **state)
{
    (void)state;
    /* Berlin, 25 October 2026: 03:00 becomes 02:00 again. */
    assert_runs("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30Z 2026-10-26T01:30Z");
    assert_runs("30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z",
                "2026-10-25T00:30Z 2026-10-25T01:30Z 2026-10-25T02:30Z");
    /* Lord Howe puts the clock back by half an hour. */
    assert_runs("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-04T14:45Z 2026-04-05T15:15Z");
}

static void rare_days_are_found_and_impossible_ones_never(void **state)
{
    (void)state;
    assert_runs("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00Z 2032-02-29T00:00Z");
    g_autoptr(HfCron) never = hf_cron_parse("0 0 30 2 *", "UTC", NULL);
    assert_int_equal(hf_cron_next(never, at("2026-01-01T00:00:00Z")), -1);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"* * * *", "five fields"},        {"60 * * * *", "minute"},  {"* 24 * * *", "hour"},
        {"* * 0 * *", "day of the month"}, {"* * * 13 *", "month"},   {"* * * * 8", "day of the week"},
        {"*/0 * * * *", "minute"},         {"5-1 * * * *", "minute"}, {", * * * *", "minute"},
        {"1- * * * *", "minute"},          {"", "five fields"},       {"* * * * * *", "five fields"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(hf_cron_parse(wrong[i][0], "UTC", &error));
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
        assert_non_null(strstr(error->message, wrong[i][1]));
    }
    g_autoptr(GError) zone = NULL;
    assert_null(hf_cron_parse("* * * * *", "Mars/Olympus", &zone));
    assert_non_null(strstr(zone->message, "Mars/Olympus"));
}

static void an_interval_counts_from_its_start(void **state)
{
    (void)state;
    int64_t start = at("2026-01-01T03:00:00Z"), eight_hours = 8 * G_TIME_SPAN_HOUR;
    assert_int_equal(hf_interval_next(start, eight_hours, at("2025-12-01T00:00:00Z")), start);
    assert_int_equal(hf_interval_next(start, eight_hours, start), start + eight_hours);
    assert_int_equal(hf_interval_next(start, eight_hours, start + 20 * G_TIME_SPAN_HOUR), start + 3 * eight_hours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_ranges_steps_and_names_mean_what_cron_says),
        cmocka_unit_test(either_of_two_restricted_days_is_enough),
        cmocka_unit_test(a_time_that_is_skipped_runs_after_the_gap),
        cmocka_unit_test(a_time_that_comes_twice_runs_once),
        cmocka_unit_test(rare_days_are_found_and_impossible_ones_never),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(an_interval_counts_from_its_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
