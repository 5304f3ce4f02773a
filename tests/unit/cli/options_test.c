#include "cli/options.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static char *jobs, *from;
static char **tables;
static gboolean verbose;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_STRING, &from, "From", "WHAT"},
    {"jobs", 'j', 0, G_OPTION_ARG_STRING, &jobs, "Jobs", "NUMBER"},
    {"table", 't', 0, G_OPTION_ARG_STRING_ARRAY, &tables, "Tables", "PATTERN"},
    {"verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "Verbose", NULL},
    {NULL},
};

static const HfCommand command = {.name = "test", .synopsis = "", .summary = "", .examples = ""};

static int clear(void **state)
{
    (void)state;
    g_clear_pointer(&jobs, g_free);
    g_clear_pointer(&from, g_free);
    g_clear_pointer(&tables, g_strfreev);
    verbose = FALSE;
    return 0;
}

static bool parse(const char *line, GError **error)
{
    g_auto(GStrv) arguments = g_strsplit(line, " ", -1);
    return hf_options_parse(&command, arguments, entries, error, NULL);
}

static void assert_refused(bool ok, const GError *error, const char *word)
{
    assert_false(ok);
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
    assert_non_null(strstr(error->message, word));
}

static void values_are_taken_in_every_usual_form(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_true(parse("-j4 -ta -t b --table=c --table d --from=x -v", &error));
    assert_string_equal(jobs, "4");
    assert_int_equal(g_strv_length(tables), 4);
    assert_string_equal(tables[0], "a");
    assert_string_equal(tables[3], "d");
    assert_string_equal(from, "x");
    assert_true(verbose);
}

static void a_lone_dash_is_a_value(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_true(parse("--from -", &error));
    assert_string_equal(from, "-");
}

static void what_is_not_known_is_refused_by_name(void **state)
{
    static const char *const lines[][2] = {{"--bogus", "--bogus"},
                                           {"-y", "-y"},
                                           {"--from x stray", "\"stray\""},
                                           {"--from", "--from"},
                                           {"-- --from", "\"--"}};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GError) error = NULL;
        bool ok = parse(lines[i][0], &error);
        assert_refused(ok, error, lines[i][1]);
        clear(NULL);
    }
}

static void jobs_have_a_default_and_bounds(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    unsigned number = 0;
    assert_true(hf_option_jobs(NULL, &number, &error));
    assert_in_range(number, 1, 8);
    assert_true(hf_option_jobs("128", &number, &error));
    assert_int_equal(number, 128);
    static const char *const wrong[] = {"0", "129", "-1", "", "four", "4 ", "99999999999999999999"};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) reason = NULL;
        bool ok = hf_option_jobs(wrong[i], &number, &reason);
        assert_refused(ok, reason, "--jobs");
    }
}

static void a_choice_that_is_none_is_told_with_the_choices(void **state)
{
    static const char *const choices[] = {"auto", "text", NULL};
    (void)state;
    g_autoptr(GError) error = NULL;
    unsigned index = 9;
    assert_true(hf_option_choice("--data-format", NULL, choices, &index, &error));
    assert_int_equal(index, 9);
    assert_true(hf_option_choice("--data-format", "text", choices, &index, &error));
    assert_int_equal(index, 1);
    bool ok = hf_option_choice("--data-format", "binary", choices, &index, &error);
    assert_refused(ok, error, "\"binary\" is not one of auto, text");
}

static void a_role_map_names_each_old_role_once(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) map = NULL;
    const char *const good[] = {"a=b", "c=d=e", NULL};
    assert_true(hf_option_role_map(good, &map, &error));
    assert_string_equal(g_hash_table_lookup(map, "a"), "b");
    assert_string_equal(g_hash_table_lookup(map, "c"), "d=e");
    const char *const wrong[][3] = {{"a", NULL}, {"=b", NULL}, {"a=", NULL}, {"a=b", "a=c", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) reason = NULL;
        GHashTable *none;
        bool ok = hf_option_role_map(wrong[i], &none, &reason);
        assert_refused(ok, reason, "--role-map");
        assert_null(none);
    }
}

static void a_value_that_must_be_there_is_told_when_it_is_not(void **state)
{
    (void)state;
    g_autoptr(GError) missing = NULL, empty = NULL;
    bool ok = hf_option_require("--to", NULL, "the file to write", &missing);
    assert_refused(ok, missing, "--to is missing");
    ok = hf_option_require("--to", "", "the file to write", &empty);
    assert_refused(ok, empty, "--to is empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(values_are_taken_in_every_usual_form, clear),
        cmocka_unit_test_teardown(a_lone_dash_is_a_value, clear),
        cmocka_unit_test_teardown(what_is_not_known_is_refused_by_name, clear),
        cmocka_unit_test(jobs_have_a_default_and_bounds),
        cmocka_unit_test(a_choice_that_is_none_is_told_with_the_choices),
        cmocka_unit_test(a_role_map_names_each_old_role_once),
        cmocka_unit_test(a_value_that_must_be_there_is_told_when_it_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
