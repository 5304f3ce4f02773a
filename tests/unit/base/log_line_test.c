#include "base/log_line.h"

#include "tests/unit/cmocka_all.h"

static void check(const char *value, const char *expected)
{
    g_autoptr(GString) line = g_string_new("level=info");
    hf_log_line_add(line, "message", value);
    assert_string_equal(line->str, expected);
}

static void a_plain_value_stands_as_it_is(void **state)
{
    (void)state;
    g_autoptr(GString) line = g_string_new(NULL);
    hf_log_line_add(line, "level", "info");
    hf_log_line_add(line, "job", "1cf95502-bd05-49db-86e9-8b1e2257d437");
    assert_string_equal(line->str, "level=info job=1cf95502-bd05-49db-86e9-8b1e2257d437");
}

static void all_others_stand_in_quotes(void **state)
{
    (void)state;
    check("", "level=info message=\"\"");
    check("two words", "level=info message=\"two words\"");
    check("a=b", "level=info message=\"a=b\"");
    check("Größe", "level=info message=\"Größe\"");
}

static void no_value_ends_its_quotes_or_its_line(void **state)
{
    (void)state;
    check("relation \"t\" job=1", "level=info message=\"relation \\\"t\\\" job=1\"");
    check("a\\", "level=info message=\"a\\\\\"");
    check("one\r\ntwo\tthree", "level=info message=\"one\\r\\ntwo\\tthree\"");
    check("\x1b[2J\x7f", "level=info message=\"\\033[2J\\177\"");
    check("broken \xff", "level=info message=\"broken \xef\xbf\xbd\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_value_stands_as_it_is),
        cmocka_unit_test(all_others_stand_in_quotes),
        cmocka_unit_test(no_value_ends_its_quotes_or_its_line),
    };
    return cmocka_run_group_tests_name("base/log_line", tests, NULL, NULL);
}
