#include "service/mssql_reach.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

static const HfConfiguration configuration = {.redis_address = (char *)"127.0.0.1:6379"};

static bool is_free(const char *address, GError **error)
{
    HfMssqlServerRow server = {.address = (char *)address, .username = (char *)"sa", .tls_root = (char *)""};
    g_autoptr(HfTdsTarget) target = hf_mssql_reach_target(NULL, &server, "shop", "a password", error);
    assert_non_null(target);
    return hf_mssql_reach_check_not_own(target, &configuration, error);
}

static void holdfasts_own_redis_is_no_sql_server(void **state)
{
    static const char *const names[] = {"127.0.0.1:6379", "localhost:6379", "[::1]:6379", "127.0.0.2:6379"};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(is_free(names[i], &error));
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
    }
    assert_true(is_free("127.0.0.1:1433", NULL));
}

/* The page shows it beside that field. */
static void is_wrong(const HfMssqlServerRow *server, const char *field)
{
    g_autoptr(GError) error = NULL;
    assert_false(hf_mssql_reach_check(server, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
    assert_true(g_str_has_prefix(error->message, field));
}

static void what_cannot_be_is_refused_when_it_is_saved_and_its_field_named(void **state)
{
    g_autofree char *long_name = g_strnfill(129, 'x');
    HfMssqlServerRow server = {.address = (char *)"db.example\\SALES",
                               .username = (char *)"CORP\\mover",
                               .tls_root = (char *)"",
                               .any_certificate = true};
    (void)state;
    assert_true(hf_mssql_reach_check(&server, NULL));
    server.tls_root = (char *)"-----BEGIN CERTIFICATE-----";
    is_wrong(&server, "any_certificate: "); /* either, or */
    server.any_certificate = false;
    assert_true(hf_mssql_reach_check(&server, NULL));
    server.tls_root = (char *)"root.pem";
    is_wrong(&server, "tls_root: ");
    server.tls_root = (char *)"";
    server.address = (char *)"db.example:no";
    is_wrong(&server, "address: ");
    server.address = (char *)"db.example";
    server.username = long_name;
    is_wrong(&server, "username: ");
}

static void a_password_that_is_nowhere_is_asked_for(void **state)
{
    g_autoptr(GError) error = NULL;
    HfMssqlServerRow server = {
        .name = (char *)"sql", .address = (char *)"db", .username = (char *)"sa", .tls_root = (char *)""};
    (void)state;
    assert_null(hf_mssql_reach_target(NULL, &server, "shop", NULL, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holdfasts_own_redis_is_no_sql_server),
        cmocka_unit_test(what_cannot_be_is_refused_when_it_is_saved_and_its_field_named),
        cmocka_unit_test(a_password_that_is_nowhere_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
