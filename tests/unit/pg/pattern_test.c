#include "pg/pattern.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static void assert_name(const char *pattern, const char *regex)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfPattern) parsed = hf_pattern_parse(pattern, HF_PATTERN_TABLE, &error);
    if (parsed == NULL)
        fail_msg("%s", error->message);
    assert_null(parsed->schema);
    assert_string_equal(parsed->name, regex);
}

static void a_pattern_becomes_psqls_regular_expression(void **state)
{
    (void)state;
    assert_name("orders", "^(orders)$");
    assert_name("a?c*", "^(a.c.*)$");
    assert_name("a[0-9]|(b|c)+", "^(a[0-9]|(b|c)+)$");
    assert_name("a$b", "^(a\\$b)$");
    assert_name("\"a$b\"", "^(a\\$b)$");
    assert_name("int[]", "^(int\\[])$");
    assert_name("x{2}y{1,}z{1,3}", "^(x{2}y{1,}z{1,3})$");
}

static void letters_fold_outside_quotes(void **state)
{
    (void)state;
    assert_name("Orders", "^(orders)$");
    assert_name("\"Orders\"", "^(Orders)$");
    assert_name("Or\"DE\"rs", "^(orDErs)$");
    assert_name("\xc3\x84rger", "^(\xc3\x84rger)$"); /* as psql: only ASCII folds */
}

static void inside_quotes_all_is_literal(void **state)
{
    (void)state;
    assert_name("\"a*b?\"", "^(a\\*b\\?)$");
    assert_name("\"a.b\"", "^(a\\.b)$");
    assert_name("\"say \"\"hi\"\"\"", "^(say \"hi\")$");
    assert_name("\"back\\slash\"", "^(back\\\\slash)$");
    assert_name("\"(x)|[y]{2}+^\"", "^(\\(x\\)\\|\\[y\\]\\{2\\}\\+\\^)$");
}

static void patterns_match_names(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        bool matches; /* shop.Orders */
    } cases[] = {
        {"\"Orders\"", true},
        {"shop.\"Orders\"", true},
        {"\"shop\".\"Orders\"", true},
        {"*", true},
        {"*.*", true},
        {"shop.*", true},
        {"SHOP.\"O\"rders", true},
        {"sh?p.\"O\"rder?", true},
        {"s[g-i]op.*", true},
        {"(shop|x).*", true},
        {"*.?rders", true},
        {"?{6}", true},
        {"orders", false},
        {"Orders", false},
        {"shop", false},
        {"shop.", false},
        {".\"Orders\"", false},
        {"\"Shop\".*", false},
        {"\"Order\"", false},
        {"?\"Orders\"", false},
        {"\"*\"", false},
        {"", false},
        {"sho.*", false},
        {"hop.*", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(HfPattern) pattern = hf_pattern_parse(cases[i].pattern, HF_PATTERN_TABLE, NULL);
        assert_non_null(pattern);
        if (hf_pattern_matches(pattern, "shop", "Orders") != cases[i].matches)
            fail_msg("%s", cases[i].pattern);
    }
}

static void a_name_is_matched_to_its_end(void **state)
{
    (void)state;
    g_autoptr(HfPattern) pattern = hf_pattern_parse("a|b", HF_PATTERN_SCHEMA, NULL);
    assert_true(hf_pattern_matches(pattern, "a", NULL));
    assert_true(hf_pattern_matches(pattern, "b", NULL));
    assert_false(hf_pattern_matches(pattern, "ab", NULL));
    assert_false(hf_pattern_matches(pattern, "a\n", NULL));
    g_autoptr(HfPattern) any = hf_pattern_parse("a?b", HF_PATTERN_TABLE, NULL);
    assert_true(hf_pattern_matches(any, "s", "a\nb"));
    assert_true(hf_pattern_matches(any, "s",
                                   "a\xc3\xa4"
                                   "b"));
}

static void assert_refused(const char *pattern, HfPatternKind kind, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfPattern) parsed = hf_pattern_parse(pattern, kind, &error);
    if (parsed != NULL)
        fail_msg("%s was taken", pattern);
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
    if (strstr(error->message, pattern) == NULL || strstr(error->message, why) == NULL)
        fail_msg("%s: %s", pattern, error->message);
}

static void what_the_two_engines_read_differently_is_refused(void **state)
{
    (void)state;
    static const char *const repeated[] = {"a++", "a*+", "a{2}+", "+a", "(+a)", "a|+", "a+{2}", "^+"};
    static const char *const braces[] = {"a{", "a{2", "a{,3}", "a{3,2}", "a{256}", "a{b}"};
    static const char *const escapes[] = {"a\\", "\\1", "\\\"1\"", "\\b", "\\y", "\\m", "(a)\\2", "\\\xc3\xa4"};
    static const char *const brackets[] = {"[a", "[[:<:]]", "[[=a=]]", "[[:word:]]", "[[:alpha]", "[\\y]", "[^"};
    for (size_t i = 0; i < G_N_ELEMENTS(repeated); i++)
        assert_refused(repeated[i], HF_PATTERN_TABLE, "repeat");
    for (size_t i = 0; i < G_N_ELEMENTS(braces); i++)
        assert_refused(braces[i], HF_PATTERN_TABLE, "a {");
    for (size_t i = 0; i < G_N_ELEMENTS(escapes); i++)
        assert_refused(escapes[i], HF_PATTERN_TABLE, "backslash");
    for (size_t i = 0; i < G_N_ELEMENTS(brackets); i++)
        assert_refused(brackets[i], HF_PATTERN_TABLE, "a [");
}

static void what_is_no_pattern_is_named(void **state)
{
    (void)state;
    assert_refused("(a", HF_PATTERN_TABLE, "not a regular expression");
    assert_refused("a)|(b", HF_PATTERN_TABLE, "not a regular expression"); /* would leave our anchors */
    assert_refused("shop.\"a", HF_PATTERN_TABLE, "quote");
    assert_refused("db.shop.orders", HF_PATTERN_TABLE, "too many dotted names");
    assert_refused("shop.orders", HF_PATTERN_SCHEMA, "too many dotted names");
    g_autofree char *invalid = g_strdup("a\xff");
    g_autoptr(GError) error = NULL;
    assert_null(hf_pattern_parse(invalid, HF_PATTERN_TABLE, &error));
    assert_non_null(strstr(error->message, "UTF-8"));
    g_autofree char *longest = g_strnfill(4096, 'a'), *longer = g_strnfill(4097, 'a');
    g_autoptr(HfPattern) taken = hf_pattern_parse(longest, HF_PATTERN_TABLE, NULL);
    assert_non_null(taken);
    g_clear_error(&error);
    assert_null(hf_pattern_parse(longer, HF_PATTERN_TABLE, &error));
    assert_non_null(strstr(error->message, "4096"));
}

static void the_pattern_of_a_name_means_it_alone(void **state)
{
    (void)state;
    static const char *const names[] = {"orders",
                                        "Orders",
                                        "a b",
                                        "a.b",
                                        "a\"b",
                                        "1st",
                                        "a$b",
                                        "a*",
                                        "",
                                        "gr\xc3\xb6\xc3\x9f"
                                        "e",
                                        "(x)|\\d"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = hf_pattern_of_name(names[i], names[i]);
        g_autoptr(HfPattern) pattern = hf_pattern_parse(text, HF_PATTERN_TABLE, NULL);
        for (size_t j = 0; j < G_N_ELEMENTS(names); j++)
            assert_int_equal(hf_pattern_matches(pattern, names[j], names[j]), i == j);
    }
    g_autofree char *plain = hf_pattern_of_name("shop", "orders_2"), *quoted = hf_pattern_of_name("My \"S\"", "t");
    assert_string_equal(plain, "shop.orders_2");
    assert_string_equal(quoted, "\"My \"\"S\"\"\".t");
}

/* ---- Filters -------------------------------------------------------------------------------------------------------
 */

static void a_filter_judges_as_pg_dump_does(void **state)
{
    (void)state;
    const char *const shop[] = {"shop", NULL}, *const orders[] = {"*.orders", NULL}, *const old[] = {"*_old", NULL};
    g_autoptr(HfPatternFilter) none = hf_pattern_filter_new(&(HfPatternLists){0}, NULL);
    g_autoptr(HfPatternFilter) schema =
        hf_pattern_filter_new(&(HfPatternLists){.schemas = shop, .exclude_tables = old}, NULL);
    g_autoptr(HfPatternFilter) table =
        hf_pattern_filter_new(&(HfPatternLists){.tables = orders, .exclude_schemas = shop}, NULL);
    assert_int_equal(hf_pattern_filter_judge(none, "s", "t"), HF_PATTERN_WANTED);
    assert_int_equal(hf_pattern_filter_judge(schema, "shop", "t"), HF_PATTERN_WANTED);
    assert_int_equal(hf_pattern_filter_judge(schema, "shop", NULL), HF_PATTERN_WANTED);
    assert_int_equal(hf_pattern_filter_judge(schema, "shop", "t_old"), HF_PATTERN_EXCLUDED);
    assert_int_equal(hf_pattern_filter_judge(schema, "other", "t"), HF_PATTERN_UNTOLD);
    assert_int_equal(hf_pattern_filter_judge(schema, NULL, NULL), HF_PATTERN_UNTOLD);
    assert_int_equal(hf_pattern_filter_judge(table, "shop", "orders"), HF_PATTERN_WANTED);
    assert_int_equal(hf_pattern_filter_judge(table, "shop", "t"), HF_PATTERN_UNTOLD);
}

static void a_pattern_of_no_use_is_named(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    const char *const tables[] = {"orders", "typo", NULL};
    g_autoptr(HfPatternFilter) filter = hf_pattern_filter_new(&(HfPatternLists){.tables = tables}, NULL);
    assert_int_equal(hf_pattern_filter_judge(filter, "shop", "orders"), HF_PATTERN_WANTED);
    assert_false(hf_pattern_filter_check_used(filter, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_NOT_FOUND));
    assert_non_null(strstr(error->message, "--table typo"));
    g_autoptr(HfPatternFilter) excluding = hf_pattern_filter_new(&(HfPatternLists){.exclude_tables = tables}, NULL);
    g_test_expect_message("holdfast", G_LOG_LEVEL_WARNING, "*--exclude-table orders*");
    g_test_expect_message("holdfast", G_LOG_LEVEL_WARNING, "*--exclude-table typo*");
    assert_true(hf_pattern_filter_check_used(excluding, NULL));
    g_test_assert_expected_messages();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_becomes_psqls_regular_expression),
        cmocka_unit_test(letters_fold_outside_quotes),
        cmocka_unit_test(inside_quotes_all_is_literal),
        cmocka_unit_test(patterns_match_names),
        cmocka_unit_test(a_name_is_matched_to_its_end),
        cmocka_unit_test(what_the_two_engines_read_differently_is_refused),
        cmocka_unit_test(what_is_no_pattern_is_named),
        cmocka_unit_test(the_pattern_of_a_name_means_it_alone),
        cmocka_unit_test(a_filter_judges_as_pg_dump_does),
        cmocka_unit_test(a_pattern_of_no_use_is_named),
    };
    return cmocka_run_group_tests_name("pg/pattern", tests, NULL, NULL);
}
