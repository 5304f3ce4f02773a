#include "pg/sql_lines.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

#define TEXT                                                                                                           \
    "-- It's a comment.\n\nSELECT 1;\nSELECT 'a''\n;b';\nALTER x \"o'\"\"w\nner\";\nSELECT E'\\\\', \"'\";\nlast"
#define STATEMENTS "<SELECT 1;><SELECT 'a''\n;b';><ALTER x \"o'\"\"w\nner\";><SELECT E'\\\\', \"'\";><last>"

static bool collect(const char *statement, gpointer data, GError **error)
{
    g_string_append_printf(data, "<%s>", statement);
    if (strcmp(statement, "fail") != 0)
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_DATABASE, "failed");
    return false;
}

static void a_newline_outside_of_quotes_ends_a_statement_however_the_text_is_cut(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= strlen(TEXT); piece++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) found = g_string_new(NULL);
        g_autoptr(HfSqlLines) lines = hf_sql_lines_new(collect, found);
        for (size_t at = 0; at < strlen(TEXT); at += piece)
            assert_true(hf_output_write(hf_sql_lines_output(lines), &TEXT[at], MIN(piece, strlen(TEXT) - at), &error));
        assert_true(hf_sql_lines_end(lines, &error));
        assert_string_equal(found->str, STATEMENTS);
    }
}

static void an_error_ends_it(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) found = g_string_new(NULL);
    g_autoptr(HfSqlLines) lines = hf_sql_lines_new(collect, found);
    assert_false(hf_output_write(hf_sql_lines_output(lines), "a\nfail\nb\n", 9, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_DATABASE));
    assert_string_equal(found->str, "<a><fail>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_newline_outside_of_quotes_ends_a_statement_however_the_text_is_cut),
        cmocka_unit_test(an_error_ends_it),
    };
    return cmocka_run_group_tests_name("pg/sql_lines", tests, NULL, NULL);
}
