#include "base/units.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <math.h>
#include <string.h>

static void assert_text(char *text, const char *expected)
{
    g_autofree char *owned = text;
    assert_string_equal(owned, expected);
}

static void bytes_have_three_digits_and_decimal_units(void **state)
{
    (void)state;
    assert_text(hf_format_bytes(0), "0 B");
    assert_text(hf_format_bytes(999), "999 B");
    assert_text(hf_format_bytes(1000), "1 kB");
    assert_text(hf_format_bytes(1004), "1 kB");
    assert_text(hf_format_bytes(1005001), "1.01 MB");
    assert_text(hf_format_bytes(9994999), "9.99 MB");
    assert_text(hf_format_bytes(9996000), "10 MB");
    assert_text(hf_format_bytes(14250000), "14.2 MB");
    assert_text(hf_format_bytes(99960000), "100 MB");
    assert_text(hf_format_bytes(999499), "999 kB");
    assert_text(hf_format_bytes(999500), "1 MB");
    assert_text(hf_format_bytes(1400000000), "1.4 GB");
    assert_text(hf_format_bytes(UINT64_MAX), "18.4 EB");
}

static void rates_are_bytes_by_the_second(void **state)
{
    (void)state;
    assert_text(hf_format_rate(412e6), "412 MB/s");
    assert_text(hf_format_rate(0.4), "0.4 B/s");
    assert_text(hf_format_rate(-1), "0 B/s");
    assert_text(hf_format_rate((double)INFINITY), "18.4 EB/s");
    assert_text(hf_format_rate((double)NAN), "0 B/s");
}

static void durations_have_two_units_at_most(void **state)
{
    (void)state;
    assert_text(hf_format_duration(0), "0 ms");
    assert_text(hf_format_duration(-5), "0 ms");
    assert_text(hf_format_duration((double)NAN), "0 ms");
    assert_text(hf_format_duration(0.35), "350 ms");
    assert_text(hf_format_duration(0.9996), "1.0 s");
    assert_text(hf_format_duration(12.34), "12.3 s");
    assert_text(hf_format_duration(59.94), "59.9 s");
    assert_text(hf_format_duration(59.96), "1 min 00 s");
    assert_text(hf_format_duration(245), "4 min 05 s");
    assert_text(hf_format_duration(3599.4), "59 min 59 s");
    assert_text(hf_format_duration(3599.6), "1 h 00 min");
    assert_text(hf_format_duration(3840), "1 h 04 min");
    assert_text(hf_format_duration(86369), "23 h 59 min");
    assert_text(hf_format_duration(86370), "1 d 00 h");
    assert_text(hf_format_duration(3 * 86400 + 4 * 3600), "3 d 04 h");
    assert_text(hf_format_duration((double)INFINITY), "36525 d 00 h");
}

static void counts_have_commas(void **state)
{
    (void)state;
    assert_text(hf_format_count(0), "0");
    assert_text(hf_format_count(999), "999");
    assert_text(hf_format_count(1000), "1,000");
    assert_text(hf_format_count(12345678), "12,345,678");
    assert_text(hf_format_count(UINT64_MAX), "18,446,744,073,709,551,615");
}

static void durations_are_read_with_their_unit(void **state)
{
    (void)state;
    const struct {
        const char *text;
        uint64_t seconds;
    } good[] = {{"90s", 90},     {"15min", 900}, {"12h", 43200},          {"7d", 604800},
                {"2w", 1209600}, {"0s", 0},      {"36525d", 3155760000u}, {"3155760000s", 3155760000u},
                {"007d", 604800}};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        uint64_t seconds = 1;
        assert_true(hf_parse_duration(good[i].text, &seconds, NULL));
        assert_int_equal(seconds, good[i].seconds);
    }
}

static void anything_else_is_no_duration(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",     "90",      "s",  "h12", "12 h", "12h ", " 12h", "12H",    "-1h",         "+1h",
        "1.5h", "1h30min", "5m", "1y",  "12hh", "1e3s", "0x1s", "36526d", "3155760001s", "99999999999999999999s"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        uint64_t seconds;
        if (hf_parse_duration(bad[i], &seconds, &error))
            fail_msg("accepted: %s", bad[i]);
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
        assert_non_null(strstr(error->message, bad[i]));
    }
}

static void whole_numbers_are_read_strictly(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", " 5", "5 ", "+5", "-5", "5.0", "five", "5k", "0", "65", "0x", "1e1", "18446744073709551616"};
    uint64_t value;
    assert_true(hf_parse_uint("1", 1, 64, &value, NULL) && value == 1);
    assert_true(hf_parse_uint("64", 1, 64, &value, NULL) && value == 64);
    assert_true(hf_parse_uint("18446744073709551615", 0, UINT64_MAX, &value, NULL) && value == UINT64_MAX);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *expected = g_strdup_printf("\"%s\" is not a whole number from 1 to 64", bad[i]);
        if (hf_parse_uint(bad[i], 1, 64, &value, &error))
            fail_msg("accepted: %s", bad[i]);
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
        assert_string_equal(error->message, expected);
    }
}

static void times_are_utc_to_the_microsecond(void **state)
{
    (void)state;
    g_autofree char *epoch = hf_format_time(0), *later = hf_format_time(INT64_C(1795240805000042));
    assert_string_equal(epoch, "1970-01-01T00:00:00.000000Z");
    assert_string_equal(later, "2026-11-21T06:00:05.000042Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_have_three_digits_and_decimal_units), cmocka_unit_test(rates_are_bytes_by_the_second),
        cmocka_unit_test(durations_have_two_units_at_most),          cmocka_unit_test(counts_have_commas),
        cmocka_unit_test(durations_are_read_with_their_unit),        cmocka_unit_test(anything_else_is_no_duration),
        cmocka_unit_test(times_are_utc_to_the_microsecond),
        cmocka_unit_test(whole_numbers_are_read_strictly),
    };
    return cmocka_run_group_tests_name("base/units", tests, NULL, NULL);
}
