#include "base/error.h"
#include "catalog/noun_body.h"
#include "catalog/schedule_table.h"
#include "catalog/server_table.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static GPtrArray *read_body(const HfNoun *noun, bool creating, const char *text, GError **error)
{
    g_autoptr(HfJson) json = hf_json_parse("body", text, strlen(text), 1000, NULL);
    assert_non_null(json);
    return hf_noun_read_body(noun, NULL, creating, json, 0, error);
}

static void assert_refused(const HfNoun *noun, bool creating, const char *text, const char *words)
{
    g_autoptr(GError) error = NULL;
    assert_null(read_body(noun, creating, text, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
    assert_non_null(strstr(error->message, words));
}

static void values_become_parameters_of_their_columns(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) values =
        read_body(&hf_noun_schedule, false,
                  "{\"is_active\": false, \"interval_s\": 28800, \"cron\": null, \"options\": {\"level\": [3, \"x\"]}, "
                  "\"starts_at\": \"2026-03-29T02:30:00+02:00\", \"database_ids\": "
                  "[\"00000000-0000-4000-8000-000000000001\", \"00000000-0000-4000-8000-000000000002\"]}",
                  &error);
    static const char *const expected[] = {
        "false",
        "28800",
        NULL,
        "{\"level\":[3,\"x\"]}",
        "2026-03-29T00:30:00.000000Z",
        "{00000000-0000-4000-8000-000000000001,00000000-0000-4000-8000-000000000002}"};
    assert_null(error);
    assert_int_equal(values->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < values->len; i++) {
        const HfBodyValue *value = g_ptr_array_index(values, i);
        if (expected[i] == NULL)
            assert_null(value->value);
        else
            assert_string_equal(value->value, expected[i]);
    }
}

static void a_change_needs_no_required_field_and_takes_no_fixed_one(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) nothing = read_body(&hf_noun_database, false, "{}", NULL);
    assert_non_null(nothing);
    assert_int_equal(nothing->len, 0);
    assert_refused(&hf_noun_database, false, "{\"name\": \"other\"}", "name cannot be changed any more");
    assert_refused(&hf_noun_database, true, "{\"name\": \"other\"}", "server_id is missing");
}

static void what_does_not_fit_is_refused_by_its_name(void **state)
{
    (void)state;
    assert_refused(&hf_noun_schedule, false, "{\"starts_at\": \"tomorrow\"}", "starts_at must be a time");
    assert_refused(&hf_noun_schedule, false, "{\"starts_at\": \"2026-03-29T02:30:00\"}", "starts_at must be a time");
    assert_refused(&hf_noun_schedule, false, "{\"storage_id\": \"../x\"}", "storage_id must be an id");
    assert_refused(&hf_noun_schedule, false, "{\"database_ids\": [1]}", "database_ids must be a text");
    assert_refused(&hf_noun_schedule, false, "{\"database_ids\": \"x\"}", "database_ids must be an array");
    assert_refused(&hf_noun_schedule, false, "{\"is_active\": 1}", "is_active must be true or false");
    assert_refused(&hf_noun_schedule, false, "{\"options\": []}", "options must be an object");
    assert_refused(&hf_noun_schedule, false, "{\"interval_s\": 59}", "interval_s must be a whole number from 60");
    assert_refused(&hf_noun_server, false, "{\"password\": \"\"}", "password must have 1 to 1000 bytes");
    assert_refused(&hf_noun_server, false, "{\"name\": \"a\\u0085b\"}", "name must be one line");
    assert_refused(&hf_noun_server, false, "{\"version\": 3}", "a server has no \"version\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_parameters_of_their_columns),
        cmocka_unit_test(a_change_needs_no_required_field_and_takes_no_fixed_one),
        cmocka_unit_test(what_does_not_fit_is_refused_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
