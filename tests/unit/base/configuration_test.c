#include "base/configuration.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char *folder, *path;
} Fixture;

static int set_up(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    self->folder = g_dir_make_tmp("configuration-XXXXXX", NULL);
    self->path = g_build_filename(self->folder, "holdfast.conf", NULL);
    *state = self;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *self = *state;
    g_unlink(self->path);
    assert_int_equal(g_rmdir(self->folder), 0);
    g_free(self->path);
    g_free(self->folder);
    g_free(self);
    return 0;
}

static HfConfiguration *load(const Fixture *self, const char *text, GError **error)
{
    assert_true(g_file_set_contents(self->path, text, -1, NULL));
    return hf_configuration_load(self->path, error);
}

static void what_is_not_set_has_its_preset(void **state)
{
    g_autoptr(HfConfiguration) self = load(*state, "[catalog]\nconninfo = dbname=holdfast\n[worker]\njobs = 5\n", NULL);
    assert_string_equal(self->catalog_conninfo, "dbname=holdfast");
    assert_string_equal(self->redis_prefix, "hf:");
    assert_string_equal(self->redis_user, "");
    assert_int_equal(self->worker_jobs, 5);
    assert_int_equal(self->session_hours, 12);
}

static void what_is_wrong_is_named_with_its_place(void **state)
{
    static const char *const wrong[][2] = {
        {"[worker]\njobs = 2\n", "[catalog] conninfo must be set"},
        {"[catalog]\nconninfo = x\n[worker]\njob = 2\n", "[worker] job"},
        {"[catalog]\nconninfo = x\n[worker]\njobs = many\n", "from 1 to 64"},
        {"[catalog]\nconninfo = x\n[worker]\njobs = 65\n", "\"65\""},
        {"[catalog]\nconninfo = x\n[log]\nlevel = loud\n", "error warning info debug"},
        {"nonsense", "cannot read"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(load(*state, wrong[i][0], &error));
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
        assert_non_null(strstr(error->message, wrong[i][1]));
    }
    g_autoptr(GError) absent = NULL;
    assert_null(hf_configuration_load("/nowhere/holdfast.conf", &absent));
    assert_true(g_error_matches(absent, HF_ERROR, HF_ERROR_NOT_FOUND));
}

static void a_storage_lies_below_a_root_whatever_its_name_says(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *below = g_build_filename(fixture->folder, "a", NULL);
    g_autofree char *outside = g_build_filename(below, "..", "..", NULL);
    g_autofree char *beside = g_strconcat(fixture->folder, "-beside", NULL);
    g_autofree char *link = g_build_filename(fixture->folder, "link", NULL);
    g_autofree char *text =
        g_strdup_printf("[catalog]\nconninfo = x\n[service]\nstorage_roots = /nowhere:%s\n", fixture->folder);
    assert_int_equal(g_mkdir(below, 0700), 0);
    assert_int_equal(g_mkdir(beside, 0700), 0);
    assert_int_equal(symlink("/usr", link), 0);
    g_autoptr(HfConfiguration) self = load(fixture, text, NULL);
    assert_true(hf_configuration_allows_storage(self, fixture->folder));
    assert_true(hf_configuration_allows_storage(self, below));
    assert_false(hf_configuration_allows_storage(self, outside));
    assert_false(hf_configuration_allows_storage(self, beside));
    assert_false(hf_configuration_allows_storage(self, link));
    assert_false(hf_configuration_allows_storage(self, "/nowhere/at/all"));
    g_unlink(link);
    g_rmdir(beside);
    g_rmdir(below);
}

static void the_help_and_the_page_name_every_setting(void **state)
{
    (void)state;
    g_autofree char *help = hf_configuration_help(), *page = hf_configuration_markdown();
    for (const char *const *name = (const char *[]){"conninfo", "storage_roots", "lanes", "level", NULL}; *name != NULL;
         name++) {
        assert_non_null(strstr(help, *name));
        assert_non_null(strstr(page, *name));
    }
}

static void the_page_in_docs_is_the_tables(void **state)
{
    (void)state;
    g_autofree char *page = hf_configuration_markdown(), *file = NULL;
    assert_true(g_file_get_contents(DOCS "/configuration.md", &file, NULL, NULL));
    assert_string_equal(file, page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_not_set_has_its_preset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named_with_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_storage_lies_below_a_root_whatever_its_name_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_help_and_the_page_name_every_setting, set_up, tear_down),
        cmocka_unit_test(the_page_in_docs_is_the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
