#include "worker/retention.h"

#include "tests/unit/cmocka_all.h"

#include <string.h>

#define DAY_US (24 * 3600 * (int64_t)G_USEC_PER_SEC)
#define NOW_US (20000 * DAY_US)

/* One letter a backup, newest first, a day apart: 'o', or 'p' for a pinned one. */
static GPtrArray *backups_of(const char *letters)
{
    GPtrArray *backups = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; letters[i] != '\0'; i++) {
        HfBackupRow *row = g_new0(HfBackupRow, 1);
        row->name = (char *)"shop.hf";
        row->is_pinned = letters[i] == 'p';
        row->created_us = NOW_US - (int64_t)i * DAY_US - 1;
        row->rows = 1000;
        row->size_bytes = 1000;
        g_ptr_array_add(backups, row);
    }
    return backups;
}

/* `expected` has an 'x' for each that goes. */
static void check_choice(const char *letters, int64_t keep_count, int64_t keep_days, const char *expected)
{
    g_autoptr(GPtrArray) backups = backups_of(letters);
    g_autoptr(GPtrArray) chosen = hf_retention_choose(backups, keep_count, keep_days, NOW_US);
    g_autofree char *found = g_strdup(letters);
    for (guint i = 0; i < backups->len; i++)
        if (g_ptr_array_find(chosen, backups->pdata[i], NULL))
            found[i] = 'x';
    assert_string_equal(found, expected);
}

static void what_is_beyond_the_count_goes(void **state)
{
    (void)state;
    check_choice("ooooo", 3, 0, "oooxx");
    check_choice("oo", 3, 0, "oo");
    check_choice("", 3, 0, "");
}

static void what_is_too_old_goes(void **state)
{
    (void)state;
    check_choice("ooooo", 0, 2, "ooxxx");
    check_choice("ooooo", 4, 2, "ooxxx");
    check_choice("ooooo", 1, 3, "oxxxx");
}

static void no_more_than_a_hundred_go_at_once_and_those_are_the_oldest(void **state)
{
    (void)state;
    g_autofree char *letters = g_strnfill(250, 'o');
    g_autoptr(GPtrArray) backups = backups_of(letters);
    g_autoptr(GPtrArray) chosen = hf_retention_choose(backups, 10, 0, NOW_US);
    assert_int_equal(chosen->len, 240);
    hf_retention_limit(chosen);
    assert_int_equal(chosen->len, HF_RETENTION_AT_ONCE);
    assert_ptr_equal(chosen->pdata[0], backups->pdata[150]);
    assert_ptr_equal(chosen->pdata[99], backups->pdata[249]);
    hf_retention_limit(chosen);
    assert_int_equal(chosen->len, HF_RETENTION_AT_ONCE);
}

static void without_bounds_all_stay(void **state)
{
    (void)state;
    check_choice("ooooo", 0, 0, "ooooo");
}

static void the_newest_stays_whatever_its_age(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) backups = backups_of("oo");
    g_autoptr(GPtrArray) chosen = hf_retention_choose(backups, 0, 1, NOW_US + 100 * DAY_US);
    assert_int_equal(chosen->len, 1);
    assert_ptr_equal(chosen->pdata[0], backups->pdata[1]);
}

static void pinned_ones_stay_and_do_not_count(void **state)
{
    (void)state;
    check_choice("opoop", 2, 0, "opoxp");
    check_choice("popo", 1, 0, "popx");
}

static char *doubt_of(int64_t rows, int64_t bytes)
{
    g_autoptr(GPtrArray) backups = backups_of("ooo");
    HfBackupRow *newest = backups->pdata[0];
    newest->rows = rows;
    newest->size_bytes = bytes;
    return hf_retention_doubt(backups, -1);
}

static void a_backup_of_under_half_the_one_before_is_doubted(void **state)
{
    (void)state;
    g_autofree char *rows = doubt_of(499, 1000);
    g_autofree char *size = doubt_of(1000, 499);
    assert_non_null(strstr(rows, "499 rows, under half of the 1,000"));
    assert_non_null(strstr(size, "499 B, under half of the 1 kB"));
    assert_null(doubt_of(500, 500));
    assert_null(doubt_of(5000, 5000));
    g_autoptr(GPtrArray) one = backups_of("o");
    assert_null(hf_retention_doubt(one, -1));
}

/* Rows of backups, newest first, a day apart. */
static char *doubt_of_rows(const int64_t *rows, int64_t confirmed_us)
{
    g_autoptr(GPtrArray) backups = backups_of("oooo");
    for (guint i = 0; i < backups->len; i++)
        ((HfBackupRow *)backups->pdata[i])->rows = rows[i];
    return hf_retention_doubt(backups, confirmed_us);
}

static void who_comes_late_doubts_what_would_have_been_doubted(void **state)
{
    (void)state;
    const int64_t lost[] = {100, 100, 20000, 20000}, back[] = {19000, 100, 20000, 20000}, shrinks[] = {30, 50, 90, 160};
    g_autofree char *doubt = doubt_of_rows(lost, -1);
    assert_non_null(strstr(doubt, "100 rows, under half of the 20,000"));
    assert_null(doubt_of_rows(back, -1));
    assert_null(doubt_of_rows(shrinks, -1));
}

static void what_somebody_has_looked_at_is_not_doubted_again(void **state)
{
    (void)state;
    const int64_t lost[] = {100, 100, 20000, 20000};
    assert_null(doubt_of_rows(lost, NOW_US - DAY_US));
    g_autofree char *doubt = doubt_of_rows(lost, NOW_US - 2 * DAY_US);
    assert_non_null(doubt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_beyond_the_count_goes),
        cmocka_unit_test(what_is_too_old_goes),
        cmocka_unit_test(no_more_than_a_hundred_go_at_once_and_those_are_the_oldest),
        cmocka_unit_test(without_bounds_all_stay),
        cmocka_unit_test(the_newest_stays_whatever_its_age),
        cmocka_unit_test(pinned_ones_stay_and_do_not_count),
        cmocka_unit_test(a_backup_of_under_half_the_one_before_is_doubted),
        cmocka_unit_test(who_comes_late_doubts_what_would_have_been_doubted),
        cmocka_unit_test(what_somebody_has_looked_at_is_not_doubted_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
