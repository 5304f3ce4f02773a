#include "engine/ends/mssql_map.h"

#include "base/error.h"
#include "engine/ends/mssql_type.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static HfNeutralModel *model(void)
{
    HfNeutralModel *model = hf_neutral_model_new();
    HfNeutralTable *table = hf_neutral_add_table(model);
    hf_neutral_add_schema(model)->name = g_strdup("shop");
    hf_neutral_add_schema(model)->name = g_strdup("public");
    table->schema = g_strdup("shop");
    table->name = g_strdup("orders");
    static const struct {
        const char *name, *source;
        HfNeutralKind kind;
        bool nullable;
    } columns[] = {{"day", "date", HF_NEUTRAL_DATE, true},
                   {"due", "date", HF_NEUTRAL_DATE, false},
                   {"note", "text", HF_NEUTRAL_TEXT, true},
                   {"photo", "bytea", HF_NEUTRAL_BYTES, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        HfNeutralColumn *column = hf_neutral_add_column(table->columns);
        column->name = g_strdup(columns[i].name);
        column->type.kind = columns[i].kind;
        column->type.source = g_strdup(columns[i].source);
        column->nullable = columns[i].nullable;
    }
    return model;
}

static HfMssqlMap *parse(const char *text, GError **error)
{
    g_autoptr(HfNeutralModel) against = model();
    g_autoptr(HfMssqlMap) map = hf_mssql_map_new("map.json", text, strlen(text), error);
    return map != NULL && hf_mssql_map_check(map, against, error) ? g_steal_pointer(&map) : NULL;
}

static void mistakes_are_named_with_place_and_remedy(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"[]", "map.json: the whole: must be an object"},
        {"{\"colours\": []}", "map.json: colours: is not known here: there are schemas, types, columns and values"},
        {"{\"types\": {}}", "map.json: types: must be a list"},
        {"{\"types\": [{\"type\": \"xml\"}]}", "map.json: types[0]: lacks \"to\""},
        {"{\"types\": [{\"type\": \"xml\", \"to\": 5}]}", "map.json: types[0]: \"to\" must be a text in quotes"},
        {"{\"types\": [{\"type\": \"xml\", \"to\": \"xml\", \"x\": \"y\"}]}",
         "map.json: types[0]: \"x\" is not known here"},
        {"{\"types\": [{\"type\": \"text\", \"to\": \"nvarchar(4001)\"}]}",
         "map.json: types[0]: \"to\" is \"nvarchar(4001)\", which is no type that Holdfast loads: write one like "
         "nvarchar(200), nvarchar(max), decimal(38, 10), varbinary(max), datetime2(6) or xml"},
        {"{\"columns\": [{\"table\": \"shop.orders\", \"column\": \"no\", \"to\": \"nvarchar(9)\"}]}",
         "map.json: columns[0]: there is no column no in a table shop.orders: names are as in schema.table, without "
         "quotes"},
        {"{\"columns\": [{\"table\": \"shop.orders\", \"column\": \"day\", \"to\": \"int\"}]}",
         "map.json: columns[0]: values of date do not fit into int: nvarchar takes every value"},
        {"{\"types\": [{\"type\": \"varchar(20)\", \"to\": \"nvarchar(20)\"}]}",
         "map.json: types[0]: no column has the type varchar(20): write it as PostgreSQL prints it, like \"character "
         "varying(20)\""},
        {"{\"types\": [{\"type\": \"bytea\", \"to\": \"nvarchar(20)\"}]}",
         "map.json: types[0]: values of bytea do not fit into nvarchar(20): nvarchar takes every value"},
        {"{\"schemas\": [{\"schema\": \"store\", \"to\": \"sales\"}]}",
         "map.json: schemas[0]: there is no schema store with anything that goes"},
        {"{\"schemas\": [{\"schema\": \"shop\", \"to\": \"a\\nGO\"}]}",
         "map.json: schemas: the schema \"a\nGO\" has a line break or $( in its name: give it another one there"},
        {"{\"values\": [{\"kind\": \"infinity\", \"choice\": \"drop\"}]}",
         "map.json: values[0]: \"choice\" is \"drop\": it must be one of \"refuse\", \"null\", \"clamp\", \"text\""},
        {"{\"values\": [{\"kind\": \"not a number\", \"choice\": \"clamp\"}]}",
         "map.json: values[0]: there is no nearest value to \"not a number\": choose refuse, null or text"},
        {"{\"values\": [{\"kind\": \"bc\", \"choice\": \"null\", \"table\": \"shop.orders\", \"column\": \"due\"}]}",
         "map.json: values[0]: shop.orders.due cannot be NULL: choose refuse, clamp or text"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(parse(cases[i][0], &error));
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
        assert_string_equal(error->message, cases[i][1]);
    }
}

static void a_column_goes_before_its_type_and_one_before_all(void **state)
{
    (void)state;
    g_autoptr(HfNeutralModel) of = model();
    g_autoptr(GError) error = NULL;
    g_autoptr(HfMssqlMap) map =
        parse("{\"types\": [{\"type\": \"date\", \"to\": \"nvarchar(30)\"}],"
              " \"columns\": [{\"table\": \"shop.orders\", \"column\": \"due\", \"to\": \"datetime2(0)\"}],"
              " \"values\": [{\"kind\": \"bc\", \"choice\": \"null\"},"
              "   {\"kind\": \"infinity\", \"choice\": \"clamp\"},"
              "   {\"kind\": \"infinity\", \"choice\": \"text\", \"table\": \"shop.orders\", \"column\": \"day\"}],"
              " \"schemas\": [{\"schema\": \"shop\", \"to\": \"sales\"}]}",
              &error);
    assert_non_null(map);
    const HfNeutralTable *table = of->tables->pdata[0];
    const HfNeutralColumn *day = table->columns->pdata[0], *due = table->columns->pdata[1];
    assert_string_equal(hf_mssql_map_type(map, table, day), "nvarchar(30)");
    assert_string_equal(hf_mssql_map_type(map, table, due), "datetime2(0)");
    assert_null(hf_mssql_map_type(map, table, table->columns->pdata[2]));
    assert_int_equal(hf_mssql_map_choice(map, table, day, HF_AWKWARD_INFINITY), HF_CHOICE_TEXT);
    assert_int_equal(hf_mssql_map_choice(map, table, due, HF_AWKWARD_INFINITY), HF_CHOICE_CLAMP);
    assert_int_equal(hf_mssql_map_choice(map, table, day, HF_AWKWARD_BC), HF_CHOICE_NULL);
    /* It cannot be NULL, so what is said of all is not said of it. */
    assert_int_equal(hf_mssql_map_choice(map, table, due, HF_AWKWARD_BC), HF_CHOICE_REFUSE);
    assert_string_equal(hf_mssql_map_schema(map, "shop"), "sales");
    assert_string_equal(hf_mssql_map_schema(map, "public"), "dbo");
}

static void types_are_known_by_their_bounds(void **state)
{
    (void)state;
    static const char *const good[] = {"nvarchar(max)", "nvarchar(4000)",  "decimal(38, 10)", "decimal(38,38)",
                                       "int",           "datetime2(7)",    "time(0)",         "varbinary(8000)",
                                       "float(53)",     "uniqueidentifier"};
    static const char *const bad[] = {"nvarchar",
                                      "nvarchar(0)",
                                      "nchar(max)",
                                      "decimal(39, 0)",
                                      "decimal(10, 11)",
                                      "int(4)",
                                      "datetime2(8)",
                                      "varchar(10)",
                                      "nvarchar(10); DROP TABLE x",
                                      "",
                                      "text",
                                      "INT"};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        if (!hf_mssql_type_is_known(good[i]))
            fail_msg("%s is not known", good[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        if (hf_mssql_type_is_known(bad[i]))
            fail_msg("%s is known", bad[i]);
    assert_int_equal(hf_mssql_type_key_bytes("nvarchar(450)"), 900);
    assert_int_equal(hf_mssql_type_key_bytes("varbinary(20)"), 20);
    assert_int_equal(hf_mssql_type_key_bytes("bigint"), 8);
    assert_int_equal(hf_mssql_type_key_bytes("nvarchar(max)"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_named_with_place_and_remedy),
        cmocka_unit_test(a_column_goes_before_its_type_and_one_before_all),
        cmocka_unit_test(types_are_known_by_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
