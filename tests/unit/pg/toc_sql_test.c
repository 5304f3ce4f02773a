#include "pg/dump_toc.h"
#include "tests/unit/cmocka_all.h"

/* An entry named x as the parser gives it; an owned one belongs to bob and has a DROP statement. */
static HfTocEntry entry_of(const char *kind)
{
    return (HfTocEntry){.kind = kind, .tag = "x", .definition = "CREATE x;\n", .drop = "", .owner = ""};
}

static HfTocEntry owned_entry_of(const char *kind, const char *schema)
{
    HfTocEntry entry = entry_of(kind);
    entry.schema = schema;
    entry.owner = "bob";
    entry.drop = "DROP x;\n";
    return entry;
}

static void assert_sql(HfTocEntry entry, const HfTocSqlOptions *options, const char *expected)
{
    g_autofree char *sql = hf_toc_entry_sql(&entry, options);
    assert_string_equal(sql, expected);
}

static GHashTable *bob_to_amy(void)
{
    GHashTable *map = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(map, g_strdup("bob"), g_strdup("A \"my\""));
    return map;
}

static void storage_is_set_before_and_the_owner_after(void **state)
{
    (void)state;
    HfTocEntry table = owned_entry_of("TABLE", "s");
    table.tablespace = "";
    table.access_method = "heap";
    assert_sql(table, NULL,
               "SET default_tablespace = '';\nSET default_table_access_method = \"heap\";\nCREATE x;\n"
               "ALTER TABLE \"s\".\"x\" OWNER TO \"bob\";\n");
    table.tablespace = "fast \"disk\"";
    table.access_method = NULL;
    assert_sql(table, &(HfTocSqlOptions){.no_owner = true},
               "SET default_tablespace = \"fast \"\"disk\"\"\";\nCREATE x;\n");
}

static void a_partitioned_table_gets_its_access_method_afterwards(void **state)
{
    (void)state;
    HfTocEntry table = entry_of("TABLE");
    table.schema = "s";
    table.relkind = 'p';
    assert_sql(table, NULL, "CREATE x;\n");
    table.access_method = "columns";
    assert_sql(table, NULL, "CREATE x;\nALTER TABLE \"s\".\"x\" SET ACCESS METHOD \"columns\";\n");
}

static void the_name_of_a_function_comes_from_its_drop(void **state)
{
    (void)state;
    HfTocEntry entry = owned_entry_of("FUNCTION", "s");
    entry.tag = "f(integer, OUT text)";
    entry.drop = "DROP FUNCTION s.f(\"a;\" integer, OUT b text);\n";
    assert_sql(entry, NULL, "CREATE x;\nALTER FUNCTION s.f(\"a;\" integer, OUT b text) OWNER TO \"bob\";\n");
    entry.kind = "OPERATOR CLASS";
    entry.drop = "DROP OPERATOR CLASS s.c USING hash;\n";
    assert_sql(entry, NULL, "CREATE x;\nALTER OPERATOR CLASS s.c USING hash OWNER TO \"bob\";\n");
}

static void what_has_no_owner_of_its_own_gets_none(void **state)
{
    (void)state;
    static const char *const kinds[] = {"INDEX",        "CONSTRAINT",   "FK CONSTRAINT", "CHECK CONSTRAINT",
                                        "DEFAULT",      "TRIGGER",      "RULE",          "POLICY",
                                        "CAST",         "ROW SECURITY", "COMMENT",       "ACL",
                                        "USER MAPPING", "TRANSFORM",    "EXTENSION"};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        assert_sql(owned_entry_of(kinds[i], "s"), NULL, "CREATE x;\n");
    HfTocEntry identity = owned_entry_of("SEQUENCE", "s"); /* a part of its table: it has an owner, but no DROP */
    identity.drop = "";
    assert_sql(identity, NULL, "CREATE x;\n");
    HfTocEntry unowned = owned_entry_of("TABLE", "s");
    unowned.owner = "";
    assert_sql(unowned, NULL, "CREATE x;\n");
}

static void a_schema_without_owner_is_created_by_name_alone(void **state)
{
    (void)state;
    HfTocEntry schema = owned_entry_of("SCHEMA", NULL);
    assert_sql(schema, NULL, "CREATE x;\nALTER SCHEMA \"x\" OWNER TO \"bob\";\n");
    assert_sql(schema, &(HfTocSqlOptions){.no_owner = true}, "CREATE SCHEMA \"x\";\n");
}

static void the_schema_public_exists_already(void **state)
{
    (void)state;
    HfTocEntry schema = owned_entry_of("SCHEMA", NULL);
    schema.definition = "-- *not* creating schema, since initdb creates it\n";
    schema.drop = "-- *not* dropping schema, since initdb creates it\n";
    assert_sql(schema, NULL, "ALTER SCHEMA \"x\" OWNER TO \"bob\";\n");
    assert_sql(schema, &(HfTocSqlOptions){.no_owner = true}, "");
}

static void no_privileges_leaves_out_grants_alone(void **state)
{
    (void)state;
    HfTocSqlOptions options = {.no_privileges = true};
    HfTocEntry entry = entry_of("POLICY");
    assert_sql(entry, &options, "CREATE x;\n");
    entry.kind = "DEFAULT ACL";
    entry.phase = HF_TOC_ACL;
    assert_sql(entry, &options, "");
}

static void what_is_of_the_database_itself_is_left_out(void **state)
{
    (void)state;
    assert_sql(owned_entry_of("DATABASE", NULL), NULL, "");
    assert_sql(entry_of("DATABASE PROPERTIES"), NULL, "");
    HfTocEntry about = entry_of("ACL");
    about.tag = "DATABASE shop";
    assert_sql(about, NULL, "");
    about.kind = "COMMENT";
    assert_sql(about, NULL, "");
    about.tag = "TABLE \"DATABASE x\"";
    assert_sql(about, NULL, "CREATE x;\n");
}

static void mapped_roles_are_renamed_where_roles_stand(void **state)
{
    (void)state;
    g_autoptr(GHashTable) map = bob_to_amy();
    HfTocSqlOptions options = {.role_map = map};
    HfTocEntry entry = entry_of("ACL");
    entry.definition = "SET SESSION AUTHORIZATION bob;\nGRANT SELECT(bob) ON TABLE bob.bob TO bob, bobby, PUBLIC;\n"
                       "RESET SESSION AUTHORIZATION;\n";
    assert_sql(entry, &options,
               "SET SESSION AUTHORIZATION \"A \"\"my\"\"\";\nGRANT SELECT(bob) ON TABLE bob.bob TO \"A \"\"my\"\"\", "
               "\"bobby\", PUBLIC;\nRESET SESSION AUTHORIZATION;\n");
    entry.kind = "POLICY";
    entry.definition = "CREATE POLICY bob ON bob FOR SELECT TO bob USING ((a = 'TO bob'::text));\n";
    assert_sql(entry, &options,
               "CREATE POLICY bob ON bob FOR SELECT TO \"A \"\"my\"\"\" USING ((a = 'TO bob'::text));\n");
}

static void mapped_roles_are_renamed_as_owners(void **state)
{
    (void)state;
    g_autoptr(GHashTable) map = bob_to_amy();
    assert_sql(owned_entry_of("VIEW", "bob"), &(HfTocSqlOptions){.role_map = map},
               "CREATE x;\nALTER VIEW \"bob\".\"x\" OWNER TO \"A \"\"my\"\"\";\n");
}

static void other_definitions_are_never_rewritten(void **state)
{
    (void)state;
    g_autoptr(GHashTable) map = bob_to_amy();
    HfTocEntry function = entry_of("FUNCTION");
    function.definition = "CREATE FUNCTION s.f() RETURNS void LANGUAGE sql AS 'GRANT x TO bob' SET x TO bob;\n";
    assert_sql(function, &(HfTocSqlOptions){.role_map = map}, function.definition);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storage_is_set_before_and_the_owner_after),
        cmocka_unit_test(a_partitioned_table_gets_its_access_method_afterwards),
        cmocka_unit_test(the_name_of_a_function_comes_from_its_drop),
        cmocka_unit_test(what_has_no_owner_of_its_own_gets_none),
        cmocka_unit_test(a_schema_without_owner_is_created_by_name_alone),
        cmocka_unit_test(the_schema_public_exists_already),
        cmocka_unit_test(no_privileges_leaves_out_grants_alone),
        cmocka_unit_test(what_is_of_the_database_itself_is_left_out),
        cmocka_unit_test(mapped_roles_are_renamed_where_roles_stand),
        cmocka_unit_test(mapped_roles_are_renamed_as_owners),
        cmocka_unit_test(other_definitions_are_never_rewritten),
    };
    return cmocka_run_group_tests_name("pg/toc_sql", tests, NULL, NULL);
}
