#include "engine/ends/postgres_globals.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

#define assert_sql(sql, expected)                                                                                      \
    do {                                                                                                               \
        g_autofree char *made = (sql);                                                                                 \
        assert_string_equal(made, expected);                                                                           \
    } while (0)

static GHashTable *role_map(void)
{
    GHashTable *map = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(map, (gpointer) "app", (gpointer) "new app");
    return map;
}

/* ---- Roles ---------------------------------------------------------------------------------------------------------
 */

static void a_role_is_made_with_its_attributes_where_it_is_missing(void **state)
{
    (void)state;
    HfRoleInfo role = {.name = (char *)"it's", .inherit = true, .can_login = true, .connection_limit = 7};
    assert_sql(hf_globals_create_role_sql(&role),
               "DO 'BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ''it''''s'') THEN CREATE ROLE "
               "\"it''s\" NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS CONNECTION LIMIT "
               "7; END IF; END';\n");
}

static void every_attribute_is_told(void **state)
{
    (void)state;
    HfRoleInfo role = {.name = (char *)"r",
                       .superuser = true,
                       .create_role = true,
                       .create_db = true,
                       .replication = true,
                       .bypass_rls = true,
                       .connection_limit = -1};
    g_autofree char *sql = hf_globals_create_role_sql(&role);
    assert_non_null(strstr(sql, "\"r\" SUPERUSER NOINHERIT CREATEROLE CREATEDB NOLOGIN REPLICATION BYPASSRLS; END"));
}

static void memberships_and_comment_follow(void **state)
{
    (void)state;
    HfArchiveHead *head = hf_archive_head_new();
    HfRoleInfo *role = hf_role_info_new("app");
    g_ptr_array_add(role->member_of, g_strdup("staff"));
    g_ptr_array_add(role->member_of, g_strdup("Every\"one"));
    role->comment = g_strdup("it's");
    g_ptr_array_add(head->roles, role);
    assert_sql(hf_globals_memberships_sql(role, NULL), "GRANT \"staff\" TO \"app\";\nGRANT \"Every\"\"one\" TO \"app\";\n"
                                                 "COMMENT ON ROLE \"app\" IS 'it''s';\n");
    hf_archive_head_free(head);
}

static void a_role_without_an_entry_in_the_map_keeps_its_name(void **state)
{
    (void)state;
    g_autoptr(GHashTable) map = role_map();
    assert_string_equal(hf_role_map_get(map, "app"), "new app");
    assert_string_equal(hf_role_map_get(map, "other"), "other");
    assert_string_equal(hf_role_map_get(NULL, "app"), "app");
}

/* ---- Databases -----------------------------------------------------------------------------------------------------
 */

static void fill(HfDatabaseInfo *info, const char *provider, const char *locale)
{
    hf_database_info_init(info);
    info->owner = g_strdup("app");
    info->encoding = g_strdup("UTF8");
    info->collate = g_strdup("C");
    info->ctype = g_strdup("de_DE.utf8");
    info->locale_provider = g_strdup(provider);
    info->locale = g_strdup(locale);
}

#define START "CREATE DATABASE \"d\" TEMPLATE = template0 ENCODING = 'UTF8' LC_COLLATE = 'C' LC_CTYPE = 'de_DE.utf8'"

static void a_database_is_made_with_encoding_and_locale(void **state)
{
    (void)state;
    HfDatabaseInfo info;
    fill(&info, "libc", NULL);
    assert_sql(hf_globals_create_database_sql(&info, "\"d\"", NULL, 130000), START);
    assert_sql(hf_globals_create_database_sql(&info, "\"d\"", "the owner", 150000),
               START " LOCALE_PROVIDER = 'libc' OWNER = \"the owner\"");
    hf_database_info_clear(&info);
}

static void a_locale_provider_is_told_where_servers_know_it(void **state)
{
    (void)state;
    HfDatabaseInfo info;
    fill(&info, "icu", "de-AT");
    info.icu_rules = g_strdup("&a < 'b'");
    assert_sql(hf_globals_create_database_sql(&info, "\"d\"", NULL, 160000),
               START " LOCALE_PROVIDER = 'icu' ICU_LOCALE = 'de-AT' ICU_RULES = '&a < ''b'''");
    hf_database_info_clear(&info);
    fill(&info, "builtin", "C.UTF-8");
    assert_sql(hf_globals_create_database_sql(&info, "\"d\"", NULL, 170000),
               START " LOCALE_PROVIDER = 'builtin' BUILTIN_LOCALE = 'C.UTF-8'");
    hf_database_info_clear(&info);
}

static void assert_setting(const char *role, const char *name, const char *value, const char *expected)
{
    g_autoptr(GHashTable) map = role_map();
    HfDatabaseSetting setting = {.role = (char *)role, .name = (char *)name, .value = (char *)value};
    assert_sql(hf_globals_setting_sql(&setting, "\"d\"", map), expected);
}

static void a_setting_is_a_text(void **state)
{
    (void)state;
    assert_setting(NULL, "work_mem", "64MB", "ALTER DATABASE \"d\" SET \"work_mem\" TO '64MB'");
    assert_setting(NULL, "application_name", "a, \"b\"", "ALTER DATABASE \"d\" SET \"application_name\" TO 'a, \"b\"'");
    assert_setting(NULL, "my.Own", "it's", "ALTER DATABASE \"d\" SET \"my\".\"Own\" TO 'it''s'");
}

static void a_setting_of_a_role_names_the_mapped_role(void **state)
{
    (void)state;
    assert_setting("app", "work_mem", "1MB", "ALTER ROLE \"new app\" IN DATABASE \"d\" SET \"work_mem\" TO '1MB'");
    assert_setting("other", "work_mem", "1MB", "ALTER ROLE \"other\" IN DATABASE \"d\" SET \"work_mem\" TO '1MB'");
}

static void a_list_of_names_stays_a_list(void **state)
{
    (void)state;
    static const struct {
        const char *value, *list;
    } cases[] = {{"public", "'public'"},
                 {"app, public", "'app', 'public'"},
                 {"\"$user\", public", "'$user', 'public'"},
                 {"\"with, comma\",b", "'with, comma', 'b'"},
                 {"\"say \"\"hi\"\"\", it", "'say \"hi\"', 'it'"},
                 {"\"\"", "''"},
                 {"", "''"},
                 {"\"not closed", "'not closed'"},
                 {"a,,b", "'a', '', 'b'"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *expected = g_strconcat("ALTER DATABASE \"d\" SET \"search_path\" TO ", cases[i].list, NULL);
        assert_setting(NULL, "search_path", cases[i].value, expected);
    }
}

static void fill_properties(HfDatabaseInfo *info)
{
    fill(info, "libc", NULL);
    info->comment = g_strdup("the shop's");
    info->connection_limit = 9;
    g_ptr_array_add(info->settings, hf_database_setting_new(NULL, "work_mem", "1MB"));
    g_ptr_array_add(info->settings, hf_database_setting_new("app", "work_mem", "2MB"));
    g_ptr_array_add(info->grants, hf_database_grant_new("", "CONNECT", false));
    g_ptr_array_add(info->grants, hf_database_grant_new("app", "CREATE", true));
}

#define COMMENT "COMMENT ON DATABASE d IS 'the shop''s';\n"
#define PROPERTIES "ALTER DATABASE d CONNECTION LIMIT 9;\nALTER DATABASE d SET \"work_mem\" TO '1MB';\n"
#define OF_ROLE "ALTER ROLE \"new app\" IN DATABASE d SET \"work_mem\" TO '2MB';\n"
#define GRANTS                                                                                                         \
    "REVOKE ALL ON DATABASE d FROM PUBLIC, \"new app\";\nGRANT CONNECT ON DATABASE d TO PUBLIC;\nGRANT CREATE ON "     \
    "DATABASE d TO \"new app\" WITH GRANT OPTION;\n"

static void properties_are_told_as_far_as_they_are_asked_for(void **state)
{
    (void)state;
    HfDatabaseInfo info;
    g_autoptr(GHashTable) map = role_map();
    fill_properties(&info);
    assert_sql(hf_globals_database_properties_sql(&info, "d", map, true, true), COMMENT PROPERTIES OF_ROLE GRANTS);
    assert_sql(hf_globals_database_properties_sql(&info, "d", map, true, false), PROPERTIES OF_ROLE GRANTS);
    assert_sql(hf_globals_database_properties_sql(&info, "d", map, false, true), COMMENT PROPERTIES);
    hf_database_info_clear(&info);
}

static void grants_that_were_never_touched_are_left_alone(void **state)
{
    (void)state;
    HfDatabaseInfo info;
    fill(&info, "libc", NULL);
    info.default_grants = true;
    assert_sql(hf_globals_database_properties_sql(&info, "d", NULL, true, true), "");
    hf_database_info_clear(&info);
}

static void globals_are_roles_then_memberships_then_the_database(void **state)
{
    (void)state;
    g_autoptr(HfArchiveHead) head = hf_archive_head_new();
    hf_database_info_clear(&head->database);
    fill_properties(&head->database);
    HfRoleInfo *app = hf_role_info_new("app");
    g_ptr_array_add(app->member_of, g_strdup("staff"));
    g_ptr_array_add(head->roles, app);
    g_ptr_array_add(head->roles, hf_role_info_new("staff"));
    g_autofree char *sql = hf_globals_sql(head);
    static const char *const order[] = {"CREATE ROLE \"app\"",
                                        "CREATE ROLE \"staff\"",
                                        "GRANT \"staff\" TO \"app\"",
                                        "ALTER DATABASE :\"dbname\" OWNER TO \"app\"",
                                        "COMMENT ON DATABASE :\"dbname\"",
                                        "GRANT CONNECT ON DATABASE :\"dbname\""};
    const char *at = sql;
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        at = strstr(at, order[i]);
        assert_non_null(at);
    }
    assert_null(strstr(sql, "PASSWORD"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_is_made_with_its_attributes_where_it_is_missing),
        cmocka_unit_test(every_attribute_is_told),
        cmocka_unit_test(memberships_and_comment_follow),
        cmocka_unit_test(a_role_without_an_entry_in_the_map_keeps_its_name),
        cmocka_unit_test(a_database_is_made_with_encoding_and_locale),
        cmocka_unit_test(a_locale_provider_is_told_where_servers_know_it),
        cmocka_unit_test(a_setting_is_a_text),
        cmocka_unit_test(a_setting_of_a_role_names_the_mapped_role),
        cmocka_unit_test(a_list_of_names_stays_a_list),
        cmocka_unit_test(properties_are_told_as_far_as_they_are_asked_for),
        cmocka_unit_test(grants_that_were_never_touched_are_left_alone),
        cmocka_unit_test(globals_are_roles_then_memberships_then_the_database),
    };
    return cmocka_run_group_tests_name("engine/ends/postgres_globals", tests, NULL, NULL);
}
