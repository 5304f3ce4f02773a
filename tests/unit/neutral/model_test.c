#include "neutral/model.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static HfNeutralModel *sample(void)
{
    HfNeutralModel *model = hf_neutral_model_new();
    model->source = g_strdup("PostgreSQL 15.8");
    model->database = g_strdup("shop \"größe\"");
    model->encoding = g_strdup("UTF8");
    HfNeutralTable *table = hf_neutral_add_table(model);
    table->schema = g_strdup("shop");
    table->name = g_strdup("orders");
    table->rows = G_MAXINT64;
    HfNeutralColumn *column = hf_neutral_add_column(table->columns);
    column->name = g_strdup("state");
    column->type.kind = HF_NEUTRAL_ENUM;
    column->type.source = g_strdup("shop.state");
    g_ptr_array_add(column->type.labels, g_strdup("new"));
    g_ptr_array_add(column->type.labels, g_strdup("it's"));
    column->identity = HF_IDENTITY_BY_DEFAULT;
    column->identity_increment = -1;
    HfNeutralIndex *index = hf_neutral_add_index(table);
    index->name = g_strdup("by_state");
    index->method = g_strdup("btree");
    index->source = g_strdup("CREATE INDEX …");
    hf_neutral_add_index_item(index)->expression = g_strdup("lower(state)");
    HfNeutralLeftover *leftover = hf_neutral_add_leftover(model);
    leftover->kind = g_strdup("function");
    leftover->name = g_strdup("f()");
    leftover->source = g_strdup("line\nline");
    return model;
}

static char *written(const HfNeutralModel *model)
{
    HfJsonWriter json;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&json, text);
    hf_neutral_model_write(model, &json, NULL);
    return g_string_free(text, FALSE);
}

static HfNeutralModel *read_back(const char *text, GError **error)
{
    g_autoptr(HfJson) json = hf_json_parse("model", text, strlen(text), 10000, error);
    assert_non_null(json);
    return hf_neutral_model_read(json, 0, error);
}

static void a_model_that_is_written_and_read_is_the_same(void **state)
{
    (void)state;
    g_autoptr(HfNeutralModel) model = sample();
    g_autofree char *text = written(model);
    g_autoptr(HfNeutralModel) again = read_back(text, NULL);
    assert_non_null(again);
    g_autofree char *second = written(again);
    assert_string_equal(text, second);
    const HfNeutralTable *table = hf_neutral_find_table(again, "shop", "orders");
    assert_int_equal(table->rows, G_MAXINT64);
    const HfNeutralColumn *column = hf_neutral_find_column(table->columns, "state");
    assert_int_equal(column->type.kind, HF_NEUTRAL_ENUM);
    assert_string_equal(column->type.labels->pdata[1], "it's");
    assert_int_equal(column->identity_increment, -1);
}

/* Each is the sample with one thing that no writer of ours writes. */
static void what_is_no_model_is_refused(void **state)
{
    (void)state;
    g_autoptr(HfNeutralModel) model = sample();
    g_autofree char *text = written(model);
    static const char *const changes[][2] = {
        {"\"by default\"", "\"sometimes\""}, {"\"enum\"", "\"colour\""},    {"\"orders\"", "null"},
        {"9223372036854775807", "1.5"},      {"\"leftovers\"", "\"left\""}, {"\"measure\"", "\"measured\""}};
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) pieces = g_strsplit(text, changes[i][0], -1);
        assert_true(g_strv_length(pieces) > 1);
        g_autofree char *changed = g_strjoinv(changes[i][1], pieces);
        assert_null(read_back(changed, &error));
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_that_is_written_and_read_is_the_same),
        cmocka_unit_test(what_is_no_model_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
