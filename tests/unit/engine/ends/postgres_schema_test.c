/* The statements that own and grant large objects, as the archive has them and as a restore runs them. */
#include "engine/ends/postgres_schema.h"
#include "tests/unit/cmocka_all.h"

#define OWNERS                                                                                                         \
    "ALTER LARGE OBJECT 7001 OWNER TO app;\n"                                                                          \
    "ALTER LARGE OBJECT 7002 OWNER TO \"Odd; OWNER TO \"\"x\";\n"
#define GRANTS                                                                                                         \
    "REVOKE ALL ON LARGE OBJECT 7001 FROM app;\n"                                                                      \
    "GRANT SELECT ON LARGE OBJECT 7001 TO app, reader WITH GRANT OPTION;\n"
#define COMMENTS "COMMENT ON LARGE OBJECT 7001 IS 'GRANT ALL TO app';\n"

static void assert_becomes(const HfTocSqlOptions *options, const char *owners, const char *expected)
{
    g_autofree char *sql = hf_postgres_large_object_owners_sql(owners, options);
    g_autofree char *lines = g_strconcat(expected, "\n", NULL); /* what follows the last newline is a line too */
    assert_string_equal(sql, lines);
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

static void no_large_objects_are_no_statements(void **state)
{
    (void)state;
    g_autofree char *sql = hf_postgres_large_object_owners_sql("", &(HfTocSqlOptions){0});
    assert_string_equal(sql, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_stay_as_they_are_when_nothing_is_asked),
        cmocka_unit_test(what_options_leave_out_is_left_out),
        cmocka_unit_test(roles_are_renamed_but_no_text),
        cmocka_unit_test(no_large_objects_are_no_statements),
    };
    return cmocka_run_group_tests_name("engine/ends/postgres_schema", tests, NULL, NULL);
}
