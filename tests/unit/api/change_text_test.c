#include "api/change_text.h"
#include "tests/unit/cmocka_all.h"

static HfJson *parse(const char *text)
{
    HfJson *json = hf_json_parse("it", text, strlen(text), 1000, NULL);
    assert_non_null(json);
    return json;
}

static void assert_change(const char *before, const char *after, const char *body, const char *expected)
{
    g_autoptr(HfJson) was = parse(before), is = parse(after), asked = parse(body);
    g_autofree char *text = hf_change_text(was, is, asked);
    assert_string_equal(text, expected);
}

static void what_was_and_what_is_are_told(void **state)
{
    (void)state;
    assert_change("{\"keep_count\":30,\"keep_days\":90,\"name\":\"a\"}",
                  "{\"keep_count\":2,\"keep_days\":null,\"name\":\"a\"}",
                  "{\"keep_count\":2,\"keep_days\":null,\"name\":\"a\"}", "keep_count: 30 -> 2; keep_days: 90 -> none");
    assert_change("{\"is_active\":true,\"next\":1}", "{\"is_active\":false,\"next\":2}", "{\"is_active\":false}",
                  "is_active: true -> false");
    assert_change("{\"ids\":[\"a\"]}", "{\"ids\":[\"a\",\"b\"]}", "{\"ids\":[\"a\",\"b\"]}",
                  "ids: [\"a\"] -> [\"a\",\"b\"]");
    assert_change("{\"a\":1}", "{\"a\":1}", "{\"a\":1}", "nothing is another");
    assert_change("{}", "{\"days\":7}", "{\"days\":7}", "days: none -> 7");
}

static void no_secret_is_told(void **state)
{
    (void)state;
    assert_change("{\"has_password\":true}", "{\"has_password\":true}", "{\"password\":\"hunter2\"}",
                  "password: given anew");
    assert_change("{}", "{}", "{\"secret\":null}", "nothing is another");
    assert_change("{\"has_password\":true}", "{\"has_password\":false}", "{\"password\":null}", "password: taken away");
    assert_change("{\"url\":\"http://a/x\"}", "{\"url\":\"http://a/y\"}", "{\"url\":\"http://a/y\"}", "url: another");
}

static void what_is_long_is_cut_between_characters(void **state)
{
    g_autoptr(GString) body = g_string_new("{\"text\":\"x");
    (void)state;
    for (int i = 0; i < 300; i++)
        g_string_append(body, "ü");
    g_string_append(body, "\"}");
    g_autoptr(HfJson) was = parse("{\"text\":null}"), is = parse(body->str);
    g_autofree char *text = hf_change_text(was, is, is);
    assert_true(g_utf8_validate(text, -1, NULL));
    assert_true(g_str_has_prefix(text, "text: none -> xü") && g_str_has_suffix(text, "ü…") && strlen(text) < 230);
}

static void what_differs_far_behind_is_another(void **state)
{
    (void)state;
    g_autofree char *same = g_strnfill(400, 'a');
    g_autofree char *before = g_strdup_printf("{\"text\":\"%s\"}", same);
    g_autofree char *after = g_strdup_printf("{\"text\":\"%sb\"}", same);
    assert_change(before, after, after, "text: another");
    assert_change(before, before, before, "nothing is another");
}

static void a_token_that_is_removed_tells_when_it_was_used_last(void **state)
{
    (void)state;
    g_autoptr(HfJson) used = parse("{\"role\":\"viewer\",\"used_at\":\"2026-11-22T00:00:00Z\"}");
    g_autoptr(HfJson) unused = parse("{\"role\":\"viewer\",\"used_at\":null}"), other = parse("{\"name\":\"a\"}");
    g_autofree char *one = hf_change_text_removed(used), *two = hf_change_text_removed(unused);
    assert_string_equal(one, "viewer, used last at 2026-11-22T00:00:00Z");
    assert_string_equal(two, "viewer, never used");
    assert_null(hf_change_text_removed(other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_and_what_is_are_told),
        cmocka_unit_test(no_secret_is_told),
        cmocka_unit_test(what_is_long_is_cut_between_characters),
        cmocka_unit_test(what_differs_far_behind_is_another),
        cmocka_unit_test(a_token_that_is_removed_tells_when_it_was_used_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
