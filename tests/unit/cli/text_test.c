#include "cli/text.h"

#include "tests/unit/cmocka_all.h"

#include <glib.h>

static void control_characters_do_not_reach_the_terminal(void **state)
{
    (void)state;
    g_autofree char *text = hf_text_printable("a\033[2Jb\rc\177d\ne\tf \302\233g");
    assert_string_equal(text, "a?[2Jb?c?d\ne\tf ?g");
}

static void what_turns_the_direction_of_text_does_not_either(void **state)
{
    (void)state;
    g_autofree char *text = hf_text_printable("a\342\200\256b");
    assert_string_equal(text, "a?b");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
    (void)state;
    g_autofree char *text = hf_text_printable("a\377b");
    assert_string_equal(text, "a\357\277\275b");
}

static void width_counts_columns_and_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(hf_text_width("Zürich"), 6);
    assert_int_equal(hf_text_width("漢字"), 4);
    assert_int_equal(hf_text_width("e\314\201"), 1);
}

static void text_that_fits_stays(void **state)
{
    (void)state;
    g_autofree char *text = hf_text_fit("shop.orders", 11);
    assert_string_equal(text, "shop.orders");
}

static void text_is_cut_to_the_columns(void **state)
{
    (void)state;
    g_autofree char *text = hf_text_fit("shop.orders", 10);
    g_autofree char *wide = hf_text_fit("漢字漢字", 6);
    g_autofree char *narrow = hf_text_fit("shop", 2);
    assert_string_equal(text, "shop.or...");
    assert_string_equal(wide, "漢...");
    assert_string_equal(narrow, "..");
}

static void a_fitted_text_is_one_line(void **state)
{
    (void)state;
    g_autofree char *text = hf_text_fit("a\nb\tc", 20);
    assert_string_equal(text, "a b c");
}

static void a_table_is_aligned_by_columns_of_the_terminal(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(HfTextTable) table = hf_text_table_new("lrl");
    hf_text_table_add(table, (const char *[]){"NAME", "ROWS", "WHY"});
    hf_text_table_add(table, (const char *[]){"Zürich", "7", NULL});
    hf_text_table_add(table, (const char *[]){"a\nb", "12,345", "text"});
    hf_text_table_print(table, text);
    assert_string_equal(text->str, "NAME      ROWS  WHY\n"
                                   "Zürich       7\n"
                                   "a b     12,345  text\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_characters_do_not_reach_the_terminal),
        cmocka_unit_test(what_turns_the_direction_of_text_does_not_either),
        cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
        cmocka_unit_test(width_counts_columns_and_not_bytes),
        cmocka_unit_test(text_that_fits_stays),
        cmocka_unit_test(text_is_cut_to_the_columns),
        cmocka_unit_test(a_fitted_text_is_one_line),
        cmocka_unit_test(a_table_is_aligned_by_columns_of_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
