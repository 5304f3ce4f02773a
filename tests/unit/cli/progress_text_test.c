#include "cli/progress_text.h"

#include "cli/text.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static HfProgressView *make_view(void)
{
    HfProgressView *view = g_new0(HfProgressView, 1);
    view->phase = "copying rows";
    view->percent = 42.34;
    view->rows = 1234567;
    view->bytes_in = 1500000000;
    view->bytes_out = 400000000;
    view->rate_in = 412e6;
    view->rate_out = 98e6;
    view->elapsed_s = 48.2;
    view->left_s = 65.4;
    view->lanes = 3;
    view->lane[0] = (HfProgressLaneView){true, "shop.orders", 63.2};
    view->lane[2] = (HfProgressLaneView){true, "shop.events", 1.26};
    return view;
}

static void a_line_tells_percent_phase_numbers_and_time_left(void **state)
{
    (void)state;
    g_autofree HfProgressView *view = make_view();
    g_autofree char *line = hf_progress_text_line(view, "backup");
    assert_string_equal(line, "backup: 42.3% copying rows, 1,234,567 rows, 412 MB/s in, 98 MB/s out, 1 min 05 s left");
}

static void the_last_line_tells_totals(void **state)
{
    (void)state;
    g_autofree HfProgressView *view = make_view();
    view->phase = "done";
    view->percent = 100;
    view->left_s = 0;
    g_autofree char *line = hf_progress_text_line(view, "backup");
    assert_string_equal(line, "backup: 100% done, 1.5 GB in, 400 MB out, 48.2 s (412 MB/s)");
}

static void time_left_that_is_not_known_is_not_told(void **state)
{
    (void)state;
    g_autofree HfProgressView *view = make_view();
    view->left_s = -1;
    g_autofree char *line = hf_progress_text_line(view, "backup");
    assert_null(strstr(line, "left"));
}

static void the_bar_shows_the_tables_in_flight(void **state)
{
    (void)state;
    g_autofree HfProgressView *view = make_view();
    g_autofree char *bar = hf_progress_text_bar(view, 60, 24);
    assert_string_equal(bar, "copying rows [========>            ]  42.3%, 1 min 05 s left\n"
                             "  1,234,567 rows, 412 MB/s in, 98 MB/s out\n"
                             "  shop.orders                                         63%\n"
                             "  shop.events                                          1%\n");
}

static void assert_within(const char *text, unsigned columns, unsigned rows)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    assert_true(g_strv_length(lines) - 1 < rows || rows == 1);
    for (char **line = lines; *line != NULL; line++)
        assert_true(hf_text_width(*line) <= columns);
}

static void the_bar_stays_within_any_terminal(void **state)
{
    (void)state;
    g_autofree HfProgressView *view = make_view();
    view->lanes = HF_PROGRESS_MAX_LANES;
    for (unsigned i = 0; i < view->lanes; i++)
        view->lane[i] = (HfProgressLaneView){true, "a schema of many letters.漢字 and a table of many letters", 50};
    for (unsigned columns = 1; columns < 140; columns++) {
        for (unsigned rows = 1; rows < 40; rows++) {
            g_autofree char *bar = hf_progress_text_bar(view, columns, rows);
            assert_within(bar, columns, rows);
        }
    }
}

static void tables_without_room_are_counted(void **state)
{
    (void)state;
    g_autofree HfProgressView *view = make_view();
    view->lanes = 10;
    for (unsigned i = 0; i < view->lanes; i++)
        view->lane[i] = (HfProgressLaneView){true, "t", 50};
    g_autofree char *bar = hf_progress_text_bar(view, 80, 8);
    assert_non_null(strstr(bar, "\n  and 6 more\n"));
}

static void a_name_cannot_move_the_cursor(void **state)
{
    (void)state;
    g_autofree HfProgressView *view = make_view();
    view->lane[0] = (HfProgressLaneView){true, "evil\033[2J\n\n", 50};
    g_autofree char *bar = hf_progress_text_bar(view, 80, 24);
    assert_null(strchr(bar, '\033'));
    assert_non_null(strstr(bar, "evil?[2J "));
}

static void json_has_every_field(void **state)
{
    (void)state;
    g_autofree HfProgressView *view = make_view();
    g_autofree char *json = hf_progress_text_json(view, "backup");
    assert_string_equal(json,
                        "{\"job\":\"backup\",\"phase\":\"copying rows\",\"percent\":42.3,\"rows\":1234567,"
                        "\"bytes_in\":1500000000,\"bytes_out\":400000000,\"rate_in\":412000000,"
                        "\"rate_out\":98000000,\"elapsed_s\":48.2,\"left_s\":65.4,\"lanes\":["
                        "{\"table\":\"shop.orders\",\"percent\":63.2},{\"table\":\"shop.events\",\"percent\":1.3}]}");
}

static void time_left_that_is_not_known_is_null_in_json(void **state)
{
    (void)state;
    g_autofree HfProgressView *view = make_view();
    view->left_s = -1;
    g_autofree char *json = hf_progress_text_json(view, "backup");
    assert_non_null(strstr(json, "\"left_s\":null"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_tells_percent_phase_numbers_and_time_left),
        cmocka_unit_test(the_last_line_tells_totals),
        cmocka_unit_test(time_left_that_is_not_known_is_not_told),
        cmocka_unit_test(the_bar_shows_the_tables_in_flight),
        cmocka_unit_test(the_bar_stays_within_any_terminal),
        cmocka_unit_test(tables_without_room_are_counted),
        cmocka_unit_test(a_name_cannot_move_the_cursor),
        cmocka_unit_test(json_has_every_field),
        cmocka_unit_test(time_left_that_is_not_known_is_null_in_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
