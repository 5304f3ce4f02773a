#include "archive/manifest.h"

#include "tests/unit/archive/sample.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static void a_head_reads_back_as_it_was_written(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfArchiveHead) head = sample_head();
    g_autofree char *text = hf_archive_head_to_json(head);
    g_autoptr(HfArchiveHead) back = hf_archive_head_from_json(text, strlen(text), &error);
    assert_no_error(error);
    g_autofree char *again = hf_archive_head_to_json(back);
    assert_string_equal(text, again);

    assert_int_equal(back->server_version_num, 150018);
    assert_int_equal(back->database.connection_limit, -1);
    assert_null(back->database.icu_rules);
    const HfDatabaseSetting *setting = back->database.settings->pdata[1];
    assert_string_equal(setting->role, "app");
    assert_string_equal(setting->value, "app, public");
    const HfDatabaseGrant *grant = back->database.grants->pdata[0];
    assert_string_equal(grant->grantee, "");
    assert_true(grant->grantable);
    const HfRoleInfo *role = back->roles->pdata[0];
    assert_true(role->can_login && role->inherit && !role->superuser);
    assert_int_equal(role->connection_limit, 7);
    assert_string_equal(role->comment, "owns \"everything\"\nhere");
    assert_string_equal(role->member_of->pdata[0], "staff");
    assert_string_equal(back->filters->pdata[0], "--schema=app");
    assert_string_equal(back->warnings->pdata[0], "pg_dump: left something out");
}

static void a_head_from_before_there_were_warnings_has_none(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfArchiveHead) head = sample_head();
    g_autofree char *text = hf_archive_head_to_json(head);
    g_autoptr(GString) older = g_string_new(text);
    assert_int_equal(g_string_replace(older, ",\n\"warnings\":[\"pg_dump: left something out\"]", "", 1), 1);
    g_autoptr(HfArchiveHead) back = hf_archive_head_from_json(older->str, older->len, &error);
    assert_no_error(error);
    assert_int_equal(back->warnings->len, 0);
}

static void a_head_that_is_not_one_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *find, *replace;
        HfErrorCode code;
        const char *message;
    } cases[] = {
        {"\"format\":1,\"product\":\"holdfast 0.1.0\"", "\"format\":7,\"product\":\"holdfast 3.0\"", HF_ERROR_USAGE,
         "a newer Holdfast, holdfast 3.0, in archive format 7"},
        {"\"database\":{", "\"database\":7,\"d\":{", HF_ERROR_CORRUPT, "\"name\" is missing"},
        {"\"encoding\":\"UTF8\"", "\"encoding\":null", HF_ERROR_CORRUPT, "\"encoding\" is not a string"},
        {"\"settings\":[", "\"settings\":[3,", HF_ERROR_CORRUPT, "settings[0]: "},
        {"\"member_of\":[", "\"member_of\":[3,", HF_ERROR_CORRUPT, "roles[0]: member_of[0]: "},
        {"\"connection_limit\":7", "\"connection_limit\":\"7\"", HF_ERROR_CORRUPT, "\"connection_limit\" is not"},
        {"\"filters\":[", "\"filter\":[", HF_ERROR_CORRUPT, "\"filters\" is missing"},
        {"\"warnings\":[", "\"warnings\":[3,", HF_ERROR_CORRUPT, "warnings[0]: "},
        {"{\"format\"", "{{\"format\"", HF_ERROR_CORRUPT, "holdfast.json is not valid JSON"},
    };
    g_autoptr(HfArchiveHead) head = sample_head();
    g_autofree char *text = hf_archive_head_to_json(head);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) changed = g_string_new(text);
        assert_int_equal(g_string_replace(changed, cases[i].find, cases[i].replace, 1), 1);
        assert_null(hf_archive_head_from_json(changed->str, changed->len, &error));
        assert_error(&error, cases[i].code, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_reads_back_as_it_was_written),
        cmocka_unit_test(a_head_from_before_there_were_warnings_has_none),
        cmocka_unit_test(a_head_that_is_not_one_is_refused),
    };
    return cmocka_run_group_tests_name("archive/head_json", tests, NULL, NULL);
}
