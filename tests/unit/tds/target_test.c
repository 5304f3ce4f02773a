#include "tds/target.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static HfTdsTarget *target_of(const char *server, GError **error)
{
    HfTdsTargetOptions options = {.server = server, .database = "shop", .user = "mover"};
    return hf_tds_target_new(&options, error);
}

static void a_server_has_a_port_or_an_instance(void **state)
{
    (void)state;
    static const char *const shown[][2] = {{"db.example", "shop at db.example:1433"},
                                           {"db.example:14330", "shop at db.example:14330"},
                                           {"[2001:db8::1]", "shop at 2001:db8::1:1433"},
                                           {"[2001:db8::1]:99", "shop at 2001:db8::1:99"},
                                           {"db.example\\SALES", "shop at db.example\\SALES"}};
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(HfTdsTarget) target = target_of(shown[i][0], &error);
        assert_null(error);
        assert_string_equal(hf_tds_target_describe(target), shown[i][1]);
    }
}

static void what_would_be_another_line_of_the_configuration_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",         ":1433",         "db:0",        "db:65536",  "db:x",
                                        "db\\",     "db\\A B",       "db\nport=1",  "db # more", "[::1",
                                        "db=other", "db\\X\nport=1", "db:1433 ; x", "a,b"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(target_of(wrong[i], &error));
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
    }
}

static void a_login_is_no_longer_than_what_is_sent(void **state)
{
    (void)state;
    g_autofree char *longest = g_strnfill(128, 'x'), *longer = g_strnfill(129, 'x');
    g_autoptr(GError) error = NULL;
    HfTdsTargetOptions options = {.server = "db", .database = longest, .user = "mover"};
    g_autoptr(HfTdsTarget) target = hf_tds_target_new(&options, &error);
    assert_non_null(target);
    options.database = longer;
    assert_null(hf_tds_target_new(&options, &error));
    assert_non_null(strstr(error->message, "the database is longer than 128 bytes"));
    g_clear_error(&error);
    options.database = "";
    assert_null(hf_tds_target_new(&options, &error));
}

static void a_password_comes_later_and_is_in_no_description(void **state)
{
    (void)state;
    g_autoptr(HfTdsTarget) target = target_of("db", NULL);
    assert_false(hf_tds_target_has_password(target));
    g_autoptr(HfTdsTarget) whole = hf_tds_target_with_password(target, "secret");
    assert_true(hf_tds_target_has_password(whole));
    assert_null(strstr(hf_tds_target_describe(whole), "secret"));
    assert_string_equal(hf_tds_target_database(whole), "shop");
}

static void a_root_file_must_hold_a_certificate(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    HfTdsTargetOptions options = {
        .server = "db", .database = "shop", .user = "mover", .root_file = "/nowhere/root.pem"};
    assert_null(hf_tds_target_new(&options, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_STORAGE));
    g_clear_error(&error);
    options.root_file = "/proc/self/comm";
    assert_null(hf_tds_target_new(&options, &error));
    assert_non_null(strstr(error->message, "no certificate in PEM"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_has_a_port_or_an_instance),
        cmocka_unit_test(what_would_be_another_line_of_the_configuration_is_refused),
        cmocka_unit_test(a_login_is_no_longer_than_what_is_sent),
        cmocka_unit_test(a_password_comes_later_and_is_in_no_description),
        cmocka_unit_test(a_root_file_must_hold_a_certificate),
    };
    return cmocka_run_group_tests_name("tds/target", tests, NULL, NULL);
}
