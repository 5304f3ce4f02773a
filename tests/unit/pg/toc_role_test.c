#include "pg/toc_role.h"
#include "tests/unit/pg/dump_file.h"

/* The names that the scan finds, each in [], with what stands in the text in its place. */
static char *scanned(const char *sql)
{
    GString *found = g_string_new(NULL);
    g_auto(HfRoleScan) scan = HF_ROLE_SCAN_INIT(sql);
    while (hf_role_scan_next(&scan)) {
        g_autofree char *text = g_strndup(sql + scan.start, scan.end - scan.start);
        g_string_append_printf(found, "[%s=%s]", scan.name->str, text);
    }
    return g_string_free(found, FALSE);
}

static void assert_roles(const char *sql, const char *expected)
{
    g_autofree char *found = scanned(sql);
    assert_string_equal(found, expected);
}

static void grants_name_roles_after_to_and_from(void **state)
{
    (void)state;
    assert_roles("GRANT SELECT ON TABLE s.t TO bob;", "[bob=bob]");
    assert_roles("REVOKE ALL ON TABLE s.t FROM bob;\nGRANT ALL ON TABLE s.t TO amy WITH GRANT OPTION;\n",
                 "[bob=bob][amy=amy]");
    assert_roles("REVOKE GRANT OPTION FOR ALL ON TABLE s.t FROM bob, amy CASCADE;", "[bob=bob][amy=amy]");
    assert_roles("GRANT a TO b WITH ADMIN OPTION GRANTED BY c;", "[b=b][c=c]");
}

static void public_is_no_role_but_its_capitals_in_quotes_are(void **state)
{
    (void)state;
    assert_roles("REVOKE ALL ON SCHEMA s FROM PUBLIC;", "");
    assert_roles("CREATE USER MAPPING FOR public SERVER s;", "");
    assert_roles("GRANT SELECT ON TABLE t TO PUBLIC, \"PUBLIC\", bob;", "[PUBLIC=\"PUBLIC\"][bob=bob]");
}

static void names_lose_their_quotes_or_their_capitals(void **state)
{
    (void)state;
    assert_roles("GRANT ALL ON t TO \"a \"\"b\"\" c\", \"rôle;--\", ÄB, Bob;",
                 "[a \"b\" c=\"a \"\"b\"\" c\"][rôle;--=\"rôle;--\"][Äb=ÄB][bob=Bob]");
    assert_roles("GRANT ALL ON t TO \"to\", \"from\"", "[to=\"to\"][from=\"from\"]");
}

static void objects_named_as_keywords_or_roles_are_passed_over(void **state)
{
    (void)state;
    assert_roles("GRANT SELECT(\"to\", \"from\") ON TABLE \"to\".\"TO bob\" TO bob;", "[bob=bob]");
    assert_roles("GRANT ALL ON FUNCTION s.f(\"to\" integer, OUT \"from\" text, x interval) TO bob;", "[bob=bob]");
    assert_roles("GRANT ALL ON TABLE bob.bob TO bob;", "[bob=bob]");
    assert_roles("GRANT ALL ON TABLE s.session TO session;", "[session=session]");
    assert_roles("GRANT ALL ON TABLE granted.by TO by, granted;", "[by=by][granted=granted]");
    assert_roles("CREATE POLICY role ON s.mapping FOR SELECT TO mapping USING (true);", "[mapping=mapping]");
}

static void a_policy_names_roles_before_its_expressions_alone(void **state)
{
    (void)state;
    assert_roles(
        "CREATE POLICY \"to\" ON shop.t AS RESTRICTIVE FOR SELECT TO amy, \"B\" USING (((a)::text <> 'TO x') AND "
        "(SUBSTRING(a FROM b) = \"to\")) WITH CHECK ((EXTRACT(year FROM now()) > (2000)::numeric));",
        "[amy=amy][B=\"B\"]");
    assert_roles("CREATE POLICY p ON t USING (((i)::interval day to second) IS NOT NULL);", "");
}

static void default_privileges_name_the_grantor_too(void **state)
{
    (void)state;
    assert_roles("ALTER DEFAULT PRIVILEGES FOR ROLE amy IN SCHEMA s GRANT SELECT ON TABLES TO bob WITH GRANT OPTION;",
                 "[amy=amy][bob=bob]");
    assert_roles("ALTER DEFAULT PRIVILEGES FOR ROLE \"A b\" REVOKE ALL ON FUNCTIONS FROM PUBLIC;", "[A b=\"A b\"]");
}

static void user_mappings_name_roles_outside_of_their_options(void **state)
{
    (void)state;
    assert_roles(
        "CREATE USER MAPPING FOR bob SERVER s OPTIONS (\n    \"user\" 'FOR amy',\n    password 'it''s\\'\n);\n",
        "[bob=bob]");
}

static void a_grant_by_another_grantor_names_it(void **state)
{
    (void)state;
    assert_roles("SET SESSION AUTHORIZATION amy;\nGRANT SELECT ON TABLE t TO bob;\nRESET SESSION AUTHORIZATION;\n",
                 "[amy=amy][bob=bob]");
    assert_roles("SET SESSION AUTHORIZATION 'it''s';", "[it's='it''s']");
}

static void literals_and_comments_hide_what_they_hold(void **state)
{
    (void)state;
    assert_roles("'TO a' E'\\' TO b' $$ TO c $$ $x$ TO d $$ TO e $x$ -- TO f\n/* TO g /* TO h */ TO i */ TO k",
                 "[k=k]");
    assert_roles("GRANT x /* TO a */ TO /* b */ -- c\n d", "[d=d]");
    assert_roles("$1 TO a", "[a=a]");
}

static void what_does_not_end_ends_with_the_text(void **state)
{
    (void)state;
    static const char *const texts[] = {"",        "TO",      "TO ",     "TO \"", "TO \"a", "TO \"a\"\"",
                                        "TO 'a",   "TO E'\\", "/* TO a", "/*",    "TO a, ", "$x$ TO",
                                        "$x TO ;", "(TO a",   ")))",     "--",    "'"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *copy = g_strdup(texts[i]); /* on the heap, where a sanitizer watches its end */
        g_free(scanned(copy));
    }
}

static void the_roles_of_a_dump_are_sorted_and_each_there_once(void **state)
{
    (void)state;
    static const char *const expected[] = {"Mixed Case", "PUBLIC",       "from;--", "items", "mapping",
                                           "postgres",   "rôle \"ünï\"", "session", "to",    "toc_owner",
                                           "toc_reader", "toc_writer",   NULL};
    static const char *const dumps[] = {"schema-13.dump", "schema-15.dump", "schema-17.dump"};
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        g_auto(GStrv) roles = hf_dump_toc_roles(toc);
        assert_true(g_strv_equal((const char *const *)roles, expected));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grants_name_roles_after_to_and_from),
        cmocka_unit_test(public_is_no_role_but_its_capitals_in_quotes_are),
        cmocka_unit_test(names_lose_their_quotes_or_their_capitals),
        cmocka_unit_test(objects_named_as_keywords_or_roles_are_passed_over),
        cmocka_unit_test(a_policy_names_roles_before_its_expressions_alone),
        cmocka_unit_test(default_privileges_name_the_grantor_too),
        cmocka_unit_test(user_mappings_name_roles_outside_of_their_options),
        cmocka_unit_test(a_grant_by_another_grantor_names_it),
        cmocka_unit_test(literals_and_comments_hide_what_they_hold),
        cmocka_unit_test(what_does_not_end_ends_with_the_text),
        cmocka_unit_test(the_roles_of_a_dump_are_sorted_and_each_there_once),
    };
    return cmocka_run_group_tests_name("pg/toc_role", tests, NULL, NULL);
}
