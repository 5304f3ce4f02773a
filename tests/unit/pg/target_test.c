#include "base/error.h"
#include "pg/target.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

/* What the surroundings say must not change what a test sees. */
static int forget_environment(void **state)
{
    (void)state;
    static const char *const names[] = {"PGHOST",    "PGHOSTADDR", "PGPORT",        "PGDATABASE",  "PGUSER",
                                        "PGSERVICE", "PGPASSWORD", "PGSERVICEFILE", "PGSYSCONFDIR"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_unsetenv(names[i]);
    return 0;
}

static HfPgTarget *target(const char *conninfo)
{
    g_autoptr(GError) error = NULL;
    HfPgTarget *self = hf_pg_target_new(conninfo, NULL, &error);
    if (self == NULL)
        fail_msg("%s: %s", conninfo, error->message);
    return self;
}

/* The value that libpq is given; NULL if none. */
static const char *parameter(const HfPgTarget *self, const char *keyword)
{
    const char *const *keywords, *const *values;
    hf_pg_target_parameters(self, &keywords, &values);
    for (size_t i = 0; keywords[i] != NULL; i++)
        if (strcmp(keywords[i], keyword) == 0)
            return values[i];
    return NULL;
}

static void a_connection_string_and_a_uri_say_the_same(void **state)
{
    (void)state;
    static const char *const strings[] = {"host=db.example port=5433 dbname=shop user=app",
                                          "postgresql://app@db.example:5433/shop",
                                          "postgres://db.example:5433/shop?user=app"};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++) {
        g_autoptr(HfPgTarget) self = target(strings[i]);
        assert_string_equal(hf_pg_target_database(self), "shop");
        assert_string_equal(hf_pg_target_describe(self), "shop at db.example:5433");
        assert_string_equal(parameter(self, "user"), "app");
        assert_null(hf_pg_target_password(self));
        assert_null(parameter(self, "password"));
    }
}

static void a_bare_word_is_a_databases_name(void **state)
{
    (void)state;
    g_autoptr(HfPgTarget) self = target("Shop & more");
    assert_string_equal(hf_pg_target_database(self), "Shop & more");
    assert_string_equal(parameter(self, "dbname"), "Shop & more");
}

static void what_is_not_said_comes_from_the_environment(void **state)
{
    (void)state;
    g_setenv("PGDATABASE", "from_env", TRUE);
    g_setenv("PGHOST", "host_from_env", TRUE);
    g_setenv("PGPORT", "6000", TRUE);
    g_autoptr(HfPgTarget) named = target("dbname=shop"), empty = target("");
    assert_string_equal(hf_pg_target_describe(named), "shop at host_from_env:6000");
    assert_string_equal(hf_pg_target_database(empty), "from_env");
    forget_environment(NULL);
    g_autoptr(HfPgTarget) of_user = target("user=app");
    assert_string_equal(hf_pg_target_database(of_user), "app");
    assert_non_null(strstr(hf_pg_target_describe(of_user), "app at the local socket:"));
}

static void a_dead_peer_is_noticed_unless_the_string_says_how(void **state)
{
    (void)state;
    g_autoptr(HfPgTarget) plain = target("dbname=shop"), own = target("dbname=shop connect_timeout=3");
    assert_string_equal(parameter(plain, "connect_timeout"), "15");
    assert_non_null(parameter(plain, "keepalives_idle"));
    assert_string_equal(parameter(plain, "fallback_application_name"), "holdfast");
    assert_string_equal(parameter(own, "connect_timeout"), "3");
    assert_non_null(parameter(own, "keepalives_idle"));
}

static void assert_refused(const char *conninfo, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_null(hf_pg_target_new(conninfo, NULL, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
    if (strstr(error->message, message) == NULL)
        fail_msg("expected \"%s\", got: %s", message, error->message);
    assert_null(strstr(error->message, "s3cret"));
}

static void a_password_inside_is_refused_with_the_ways_to_give_one(void **state)
{
    (void)state;
    static const char *const strings[] = {"dbname=shop password=s3cret", "postgresql://app:s3cret@db.example/shop",
                                          "postgresql://db.example/shop?password=s3cret",
                                          "dbname=shop sslpassword=s3cret"};
    static const char *const ways[] = {"pgpass", "service file", "--password-file", "--password"};
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        for (size_t way = 0; way < G_N_ELEMENTS(ways); way++)
            assert_refused(strings[i], ways[way]);
}

static void what_libpq_does_not_take_is_refused_in_its_words(void **state)
{
    (void)state;
    assert_refused("dbname=shop nonsense=1", "invalid connection option \"nonsense\"");
    assert_refused("dbname='shop", "unterminated quoted string");
    assert_refused("postgresql://[::1/shop", "not valid");
}

static void libpqs_words_are_not_shown_when_they_might_quote_a_password(void **state)
{
    (void)state;
    assert_refused("dbname=shop password='s3cret", "not shown");
    assert_refused("dbname=shop password=it s3cret", "not shown");
    assert_refused("postgresql://app:pa ss%ZZs3cret@db.example/shop", "not shown");
}

static void a_password_is_kept_apart(void **state)
{
    (void)state;
    g_autoptr(HfPgTarget) self = hf_pg_target_new("dbname=shop", "s3cret", NULL);
    assert_string_equal(hf_pg_target_password(self), "s3cret");
    assert_string_equal(parameter(self, "password"), "s3cret");
    assert_null(strstr(hf_pg_target_conninfo(self), "s3cret"));
    assert_null(strstr(hf_pg_target_describe(self), "s3cret"));
}

static void another_database_of_the_same_server(void **state)
{
    (void)state;
    g_autoptr(HfPgTarget) self = hf_pg_target_new("host=h port=1 dbname=shop user=app", "s3cret", NULL);
    g_autoptr(HfPgTarget) other = hf_pg_target_with_database(self, "it's \\ more");
    assert_string_equal(hf_pg_target_describe(other), "it's \\ more at h:1");
    assert_string_equal(hf_pg_target_password(other), "s3cret");
    assert_string_equal(parameter(other, "user"), "app");
    assert_non_null(strstr(hf_pg_target_conninfo(other), "dbname='it\\'s \\\\ more'"));
    assert_string_equal(hf_pg_target_database(self), "shop");
}

static void a_name_is_held_to_an_address(void **state)
{
    (void)state;
    g_autoptr(HfPgTarget) self = hf_pg_target_new("host=db.example dbname=shop sslmode=verify-full", "s3cret", NULL);
    g_autoptr(HfPgTarget) held = hf_pg_target_at(self, "192.0.2.7");
    assert_string_equal(parameter(held, "hostaddr"), "192.0.2.7");
    assert_string_equal(parameter(held, "host"), "db.example");
    assert_string_equal(hf_pg_target_describe(held), "shop at db.example:5432");
    g_autoptr(HfPgTarget) other = hf_pg_target_with_database(held, "other");
    assert_string_equal(parameter(other, "hostaddr"), "192.0.2.7");
    g_autoptr(HfPgTarget) same = hf_pg_target_at(self, NULL);
    assert_null(parameter(same, "hostaddr"));
}

static void another_password_takes_the_place_of_the_first(void **state)
{
    (void)state;
    g_autoptr(HfPgTarget) self = hf_pg_target_new("dbname=shop", "s3cret", NULL);
    g_autoptr(HfPgTarget) other = hf_pg_target_with_password(self, "n3w");
    assert_string_equal(parameter(other, "password"), "n3w");
    assert_string_equal(hf_pg_target_password(other), "n3w");
    assert_string_equal(hf_pg_target_database(other), "shop");
    assert_string_equal(hf_pg_target_password(self), "s3cret");
}

static void the_connection_string_says_the_same_again(void **state)
{
    (void)state;
    g_autoptr(HfPgTarget) self = target("postgresql://the%20app@db.example/sh%27op?application_name=a%5Cb");
    g_autoptr(HfPgTarget) again = target(hf_pg_target_conninfo(self));
    static const char *const keywords[] = {"user", "host", "dbname", "application_name", "connect_timeout"};
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
        assert_string_equal(parameter(again, keywords[i]), parameter(self, keywords[i]));
    assert_string_equal(parameter(again, "dbname"), "sh'op");
    assert_string_equal(parameter(again, "application_name"), "a\\b");
}

#define test(name) cmocka_unit_test_setup(name, forget_environment)

static void one_that_is_alone_takes_nothing_of_the_environment(void **state)
{
    (void)state;
    g_autoptr(HfPgTarget) open = target("host=db.example dbname='a=b'"), alone = hf_pg_target_alone(open);
    g_autoptr(HfPgTarget) other = hf_pg_target_with_database(alone, "x y"),
                          known = hf_pg_target_with_password(alone, "p");
    assert_false(hf_pg_target_is_alone(open));
    for (size_t i = 0; i < 3; i++) {
        const char *const *keywords, *const *values;
        HfPgTarget *self = (HfPgTarget *[]){alone, other, known}[i];
        hf_pg_target_parameters(self, &keywords, &values);
        assert_true(hf_pg_target_is_alone(self));
        assert_string_equal(keywords[0], "dbname"); /* expanded; the next one is not */
        assert_true(g_str_has_prefix(values[0], "password='' passfile='/dev/null/"));
        assert_true(g_str_has_prefix(hf_pg_target_conninfo(self), values[0]));
        size_t names = 0;
        for (size_t k = 1; keywords[k] != NULL; k++)
            names += strcmp(keywords[k], "dbname") == 0 && strcmp(values[k], hf_pg_target_database(self)) == 0;
        assert_int_equal(names, 1);
    }
    assert_string_equal(hf_pg_target_database(alone), "a=b");
    assert_string_equal(hf_pg_target_database(other), "x y");
    assert_string_equal(parameter(known, "password"), "p");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_connection_string_and_a_uri_say_the_same),
        test(a_bare_word_is_a_databases_name),
        test(what_is_not_said_comes_from_the_environment),
        test(a_dead_peer_is_noticed_unless_the_string_says_how),
        test(a_password_inside_is_refused_with_the_ways_to_give_one),
        test(what_libpq_does_not_take_is_refused_in_its_words),
        test(libpqs_words_are_not_shown_when_they_might_quote_a_password),
        test(a_password_is_kept_apart),
        test(another_database_of_the_same_server),
        test(a_name_is_held_to_an_address),
        test(another_password_takes_the_place_of_the_first),
        test(one_that_is_alone_takes_nothing_of_the_environment),
        test(the_connection_string_says_the_same_again),
    };
    return cmocka_run_group_tests_name("pg/target", tests, NULL, NULL);
}
