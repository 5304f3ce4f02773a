/* The statements that own and grant large objects, as the archive has them and as a restore runs them. */
#include "base/error.h"
#include "engine/ends/postgres_schema.h"
#include "tests/unit/cmocka_all.h"

#define OWNERS                                                                                                         \
    "ALTER LARGE OBJECT 7001 OWNER TO app;\n"                                                                          \
    "ALTER LARGE OBJECT 7002 OWNER TO \"Odd; OWNER TO \"\"x\";\n"
#define GRANTS                                                                                                         \
    "REVOKE ALL ON LARGE OBJECT 7001 FROM app;\n"                                                                      \
    "GRANT SELECT ON LARGE OBJECT 7001 TO app, reader WITH GRANT OPTION;\n"
#define COMMENTS "COMMENT ON LARGE OBJECT 7001 IS 'GRANT ALL TO app';\n"

static bool append(const char *statement, const HfTocSqlOptions *options, GString *sql)
{
    g_autoptr(GError) error = NULL;
    bool ok = hf_postgres_large_object_statement(statement, options, sql, &error);
    assert_true(ok || g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT));
    return ok;
}

static void assert_becomes(const HfTocSqlOptions *options, const char *owners, const char *expected)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    g_auto(GStrv) statements = g_strsplit(owners, "\n", -1);
    for (char **statement = statements; **statement != '\0'; statement++)
        assert_true(append(*statement, options, sql));
    assert_string_equal(sql->str, expected);
}

static void they_stay_as_they_are_when_nothing_is_asked(void **state)
{
    (void)state;
    assert_becomes(&(HfTocSqlOptions){0}, OWNERS GRANTS COMMENTS, OWNERS GRANTS COMMENTS);
}

static void what_options_leave_out_is_left_out(void **state)
{
    (void)state;
    assert_becomes(&(HfTocSqlOptions){.no_owner = true}, OWNERS GRANTS COMMENTS, GRANTS COMMENTS);
    assert_becomes(&(HfTocSqlOptions){.no_privileges = true}, OWNERS GRANTS COMMENTS, OWNERS COMMENTS);
    assert_becomes(&(HfTocSqlOptions){.no_owner = true, .no_privileges = true}, OWNERS GRANTS COMMENTS, COMMENTS);
}

static void roles_are_renamed_but_no_text(void **state)
{
    (void)state;
    g_autoptr(GHashTable) map = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(map, (gpointer) "app", (gpointer) "new app");
    g_hash_table_insert(map, (gpointer) "Odd; OWNER TO \"x", (gpointer) "plain");
    assert_becomes(&(HfTocSqlOptions){.role_map = map}, OWNERS GRANTS COMMENTS,
                   "ALTER LARGE OBJECT 7001 OWNER TO \"new app\";\n"
                   "ALTER LARGE OBJECT 7002 OWNER TO \"plain\";\n"
                   "REVOKE ALL ON LARGE OBJECT 7001 FROM \"new app\";\n"
                   "GRANT SELECT ON LARGE OBJECT 7001 TO \"new app\", \"reader\" WITH GRANT OPTION;\n" COMMENTS);
}

static void any_other_statement_is_refused(void **state)
{
    (void)state;
    static const char *const others[] = {"ALTER LARGE OBJECT 7001",
                                         "ALTER LARGE OBJECT 7001 OWNED BY app;",
                                         "ALTER LARGE OBJECT x OWNER TO app;",
                                         "ALTER LARGE OBJECT ",
                                         "DROP TABLE t;",
                                         "COMMENT ON TABLE t IS '';",
                                         "x"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(GString) sql = g_string_new("before");
        assert_false(append(others[i], &(HfTocSqlOptions){0}, sql));
        assert_string_equal(sql->str, "before");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_stay_as_they_are_when_nothing_is_asked),
        cmocka_unit_test(what_options_leave_out_is_left_out),
        cmocka_unit_test(roles_are_renamed_but_no_text),
        cmocka_unit_test(any_other_statement_is_refused),
    };
    return cmocka_run_group_tests_name("engine/ends/postgres_schema", tests, NULL, NULL);
}
