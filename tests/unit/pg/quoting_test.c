#include "pg/connection.h"
#include "tests/unit/cmocka_all.h"

#define assert_text(made, expected)                                                                                    \
    do {                                                                                                               \
        g_autofree char *text = (made);                                                                                \
        assert_string_equal(text, expected);                                                                           \
    } while (0)

static void identifiers_are_always_quoted(void **state)
{
    (void)state;
    assert_text(hf_pg_quote_ident("orders"), "\"orders\"");
    assert_text(hf_pg_quote_ident("Order Items"), "\"Order Items\"");
    assert_text(hf_pg_quote_ident("say \"hi\""), "\"say \"\"hi\"\"\"");
    assert_text(hf_pg_quote_ident("back\\slash"), "\"back\\slash\"");
    assert_text(hf_pg_quote_ident(""), "\"\"");
}

static void names_in_a_statement_can_be_escaped_to_ascii(void **state)
{
    (void)state;
    assert_text(hf_pg_escape_names("COPY \"\xc3\xa4rger\" TO x"), "COPY U&\"\\+0000E4rger\" TO x");
    assert_text(hf_pg_escape_names("\"\xf0\x9f\x90\x98\".\"plain\""), "U&\"\\+01F418\".\"plain\"");
    assert_text(hf_pg_escape_names("\"\xc3\xa4\\\"\"b\""), "U&\"\\+0000E4\\\\\"\"b\"");
    assert_text(hf_pg_escape_names("'\"\xc3\xa4\"' \"a\"\"b\""), "'\"\xc3\xa4\"' \"a\"\"b\"");
}

static void a_name_that_is_no_utf8_goes_as_it_is(void **state)
{
    (void)state;
    assert_text(hf_pg_quote_ident("\xe4rger\""), "\"\xe4rger\"\"\"");
}

static void schema_and_name_are_quoted_each(void **state)
{
    (void)state;
    assert_text(hf_pg_quote_qualified("a.b", "c"), "\"a.b\".\"c\"");
    assert_text(hf_pg_quote_qualified("\xc3\xa4", "c"), "\"\xc3\xa4\".\"c\"");
}

static void literals_are_right_whatever_the_servers_settings(void **state)
{
    (void)state;
    assert_text(hf_pg_quote_literal("plain"), "'plain'");
    assert_text(hf_pg_quote_literal("it's"), "'it''s'");
    assert_text(hf_pg_quote_literal("a\\b"), "E'a\\\\b'");
    assert_text(hf_pg_quote_literal("\\'; DROP TABLE x; --"), "E'\\\\''; DROP TABLE x; --'");
    assert_text(hf_pg_quote_literal(""), "''");
    assert_text(hf_pg_quote_literal("two\nlines \xc3\xa4"), "'two\nlines \xc3\xa4'");
}

static void text_for_regclass_knows_no_escapes(void **state)
{
    (void)state;
    assert_text(hf_pg_quote_qualified("public", "orders"), "\"public\".\"orders\"");
    assert_text(hf_pg_quote_qualified("sch\"ema", "\xc3\xa4\\"), "\"sch\"\"ema\".\"\xc3\xa4\\\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_are_always_quoted),
        cmocka_unit_test(names_in_a_statement_can_be_escaped_to_ascii),
        cmocka_unit_test(a_name_that_is_no_utf8_goes_as_it_is),
        cmocka_unit_test(schema_and_name_are_quoted_each),
        cmocka_unit_test(literals_are_right_whatever_the_servers_settings),
        cmocka_unit_test(text_for_regclass_knows_no_escapes),
    };
    return cmocka_run_group_tests_name("pg/quoting", tests, NULL, NULL);
}
