#include "base/error.h"
#include "engine/ends/postgres_catalog.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static char *match(const char *column, const char *literal)
{
    return g_strdup_printf("%s OPERATOR(pg_catalog.~) %s COLLATE pg_catalog.\"default\"", column, literal);
}

static void assert_schema(const char *pattern, const char *literal)
{
    g_autofree char *is = hf_postgres_schema_condition(pattern, NULL), *should = match("n.nspname", literal);
    assert_string_equal(is, should);
}

static void assert_table(const char *pattern, const char *literal)
{
    g_autofree char *is = hf_postgres_table_condition(pattern, NULL), *name = match("c.relname", literal);
    g_autofree char *begin = g_strdup_printf("(%s AND c.oid = (", name);
    assert_true(g_str_has_prefix(is, begin));
    assert_non_null(strstr(is, "search_path"));
}

static void a_name_matches_itself_alone(void **state)
{
    (void)state;
    assert_schema("app", "'^(app)$'");
    assert_table("orders", "'^(orders)$'");
}

static void a_quote_cannot_leave_the_literal(void **state)
{
    (void)state;
    assert_table("it's", "'^(it''s)$'");
    assert_table("\\'; DROP TABLE x; --", "E'^(\\\\''; drop table x; --)$'");
}

static void a_dot_parts_schema_and_name(void **state)
{
    (void)state;
    g_autofree char *is = hf_postgres_table_condition("App*.\"Or.ders\"", NULL);
    g_autofree char *schema = match("n.nspname", "'^(app.*)$'");
    g_autofree char *name = match("c.relname", "E'^(Or\\\\.ders)$'");
    g_autofree char *should = g_strdup_printf("(%s AND %s)", name, schema);
    assert_string_equal(is, should);
}

static void partitions_match_by_their_ancestors(void **state)
{
    (void)state;
    g_autofree char *is = hf_postgres_table_or_partition_condition("app.orders", NULL);
    g_autofree char *own = hf_postgres_table_condition("app.orders", NULL);
    assert_true(g_str_has_prefix(is + 1, own));
    assert_non_null(strstr(is, "pc.relname OPERATOR(pg_catalog.~) '^(orders)$'"));
    assert_non_null(strstr(is, "pn.nspname OPERATOR(pg_catalog.~) '^(app)$'"));
}

static void too_many_dots_are_wrong_usage(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(hf_postgres_table_condition("db.app.orders", &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
    assert_non_null(strstr(error->message, "db.app.orders"));
    g_clear_error(&error);
    assert_null(hf_postgres_schema_condition("db.app", &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
}

/* ---- Scope ---------------------------------------------------------------------------------------------------------
 */

static const char *const none[] = {NULL};
static const char *const some[] = {"a", "b c", NULL};

static void a_scope_is_selective_by_what_it_asks_for(void **state)
{
    (void)state;
    assert_false(hf_scope_is_selective(&(HfScope){0}));
    assert_false(hf_scope_is_selective(&(HfScope){.patterns = {.schemas = none, .tables = none}}));
    assert_false(hf_scope_is_selective(&(HfScope){.patterns = {.exclude_schemas = some, .exclude_tables = some}}));
    assert_true(hf_scope_is_selective(&(HfScope){.patterns = {.schemas = some}}));
    assert_true(hf_scope_is_selective(&(HfScope){.patterns = {.tables = some}}));
}

static void a_scope_is_told_to_pg_dump_under_its_names(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    const HfScope scope = {.patterns = {.schemas = some, .exclude_schemas = none, .exclude_tables = some},
                           .exclude_table_data = some};
    hf_scope_append_arguments(&scope, arguments);
    g_ptr_array_add(arguments, NULL);
    g_autofree char *joined = g_strjoinv("|", (char **)arguments->pdata);
    assert_string_equal(joined, "--schema=a|--schema=b c|--exclude-table=a|--exclude-table=b c|--exclude-table-data=a|"
                                "--exclude-table-data=b c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_matches_itself_alone),
        cmocka_unit_test(a_quote_cannot_leave_the_literal),
        cmocka_unit_test(a_dot_parts_schema_and_name),
        cmocka_unit_test(partitions_match_by_their_ancestors),
        cmocka_unit_test(too_many_dots_are_wrong_usage),
        cmocka_unit_test(a_scope_is_selective_by_what_it_asks_for),
        cmocka_unit_test(a_scope_is_told_to_pg_dump_under_its_names),
    };
    return cmocka_run_group_tests_name("engine/ends/postgres_pattern", tests, NULL, NULL);
}
