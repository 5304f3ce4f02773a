#include "catalog/account.h"
#include "tests/unit/cmocka_all.h"


static void a_principal_survives_its_text(void **state)
{
    (void)state;
    HfPrincipal principal = {.actor = (char *)"user \"ada\" ü",
                             .account_id = (char *)"1",
                             .session_id = (char *)"2",
                             .organization = (char *)"3",
                             .role = HF_ROLE_OPERATOR,
                             .is_owner = true,
                             .csrf = (char *)"c",
                             .expires_us = INT64_MAX};
    g_autofree char *text = hf_principal_to_text(&principal);
    g_autoptr(HfPrincipal) again = hf_principal_from_text(text);
    assert_non_null(again);
    assert_string_equal(again->actor, principal.actor);
    assert_string_equal(again->account_id, "1");
    assert_string_equal(again->session_id, "2");
    assert_null(again->token_id);
    assert_string_equal(again->organization, "3");
    assert_string_equal(again->csrf, "c");
    assert_int_equal(again->role, HF_ROLE_OPERATOR);
    assert_true(again->is_owner);
    assert_true(again->expires_us == INT64_MAX);
}

static void what_is_no_principal_is_nobody(void **state)
{
    static const char *const texts[] = {"",
                                        "{}",
                                        "user x",
                                        "user x\n\n\n\n\n\nviewer\n",
                                        "\n\n\n\n\n\nviewer\n\n1",
                                        "user x\n\n\n\n\n\nviewer\n\n-1",
                                        "user x\ny\n\n\n\n\n\nviewer\n\n1"};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_null(hf_principal_from_text(texts[i]));
}

static void an_unknown_role_is_none(void **state)
{
    (void)state;
    for (HfRole role = HF_ROLE_VIEWER; role <= HF_ROLE_ADMINISTRATOR; role++)
        assert_int_equal(hf_role_parse(hf_role_name(role)), role);
    assert_int_equal(hf_role_parse("owner"), HF_ROLE_NONE);
    assert_int_equal(hf_role_parse("none"), HF_ROLE_NONE);
    assert_int_equal(hf_role_parse(NULL), HF_ROLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_principal_survives_its_text),
        cmocka_unit_test(what_is_no_principal_is_nobody),
        cmocka_unit_test(an_unknown_role_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
