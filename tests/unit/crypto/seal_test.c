#include "crypto/seal.h"

#include "base/error.h"
#include "crypto/age.h"
#include "tests/unit/cmocka_all.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *folder, *path;
} Fixture;

static int set_up(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    self->folder = g_dir_make_tmp("seal-XXXXXX", NULL);
    self->path = g_build_filename(self->folder, "secret", NULL);
    assert_true(hf_sealer_create_file(self->path, NULL));
    *state = self;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *self = *state;
    g_unlink(self->path);
    g_rmdir(self->folder);
    g_free(self->path);
    g_free(self->folder);
    g_free(self);
    return 0;
}

static char *open_text(const HfSealer *sealer, const char *purpose, GBytes *sealed, GError **error)
{
    gsize length;
    const void *data = g_bytes_get_data(sealed, &length);
    return hf_sealer_open_text(sealer, purpose, data, length, error);
}

static void what_is_sealed_opens_for_its_purpose_alone(void **state)
{
    Fixture *self = *state;
    g_autoptr(HfSealer) sealer = hf_sealer_open(self->path, NULL);
    g_autoptr(GBytes) sealed = hf_sealer_seal(sealer, "server password", "secret!", 7, NULL);
    char *text = open_text(sealer, "server password", sealed, NULL);
    assert_string_equal(text, "secret!");
    hf_age_secret_free(text);
    g_autoptr(GError) error = NULL;
    assert_null(open_text(sealer, "key", sealed, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_WRONG_KEY));
    assert_null(strstr(error->message, "secret!"));
}

static void a_changed_byte_is_refused_wherever_it_is(void **state)
{
    Fixture *self = *state;
    g_autoptr(HfSealer) sealer = hf_sealer_open(self->path, NULL);
    g_autoptr(GBytes) sealed = hf_sealer_seal(sealer, "key", "x", 1, NULL);
    gsize length;
    const uint8_t *data = g_bytes_get_data(sealed, &length);
    for (gsize i = 0; i < length; i++) {
        g_autofree uint8_t *changed = g_memdup2(data, length);
        changed[i] ^= 1;
        assert_null(hf_sealer_open_text(sealer, "key", changed, length, NULL));
        assert_null(hf_sealer_open_text(sealer, "key", data, i, NULL));
    }
}

static void an_older_secret_still_opens_after_a_new_one_is_put_first(void **state)
{
    Fixture *self = *state;
    g_autoptr(HfSealer) before = hf_sealer_open(self->path, NULL);
    g_autoptr(GBytes) sealed = hf_sealer_seal(before, "key", "old", 3, NULL);
    g_autofree char *old_line = NULL;
    assert_true(g_file_get_contents(self->path, &old_line, NULL, NULL));
    g_autofree char *lines = g_strdup_printf("# changed\n%064d\n%s", 7, old_line);
    assert_true(g_file_set_contents(self->path, lines, -1, NULL));
    assert_int_equal(g_chmod(self->path, 0600), 0);
    g_autoptr(HfSealer) after = hf_sealer_open(self->path, NULL);
    char *text = open_text(after, "key", sealed, NULL);
    assert_string_equal(text, "old");
    hf_age_secret_free(text);
    g_autoptr(GBytes) fresh = hf_sealer_seal(after, "key", "new", 3, NULL);
    assert_null(open_text(before, "key", fresh, NULL));
}

static void a_file_is_never_overwritten_nor_taken_from_everybody(void **state)
{
    Fixture *self = *state;
    g_autoptr(GError) there = NULL, open = NULL, malformed = NULL;
    assert_false(hf_sealer_create_file(self->path, &there));
    assert_true(g_error_matches(there, HF_ERROR, HF_ERROR_CONFLICT));
    assert_int_equal(g_chmod(self->path, 0604), 0);
    assert_null(hf_sealer_open(self->path, &open));
    assert_true(g_error_matches(open, HF_ERROR, HF_ERROR_DENIED));
    assert_true(g_file_set_contents(self->path, "abc\n", -1, NULL));
    assert_int_equal(g_chmod(self->path, 0600), 0);
    assert_null(hf_sealer_open(self->path, &malformed));
    assert_true(g_error_matches(malformed, HF_ERROR, HF_ERROR_USAGE));
}

static void a_signature_is_of_one_secret_purpose_and_text(void **state)
{
    Fixture *self = *state;
    g_autoptr(HfSealer) sealer = hf_sealer_open(self->path, NULL), again = hf_sealer_open(self->path, NULL);
    g_autofree char *path = g_strconcat(self->path, ".other", NULL);
    assert_true(hf_sealer_create_file(path, NULL));
    g_autoptr(HfSealer) other = hf_sealer_open(path, NULL);
    g_unlink(path);
    g_autofree char *mine = hf_sealer_sign(sealer, "principal", "x"), *same = hf_sealer_sign(again, "principal", "x");
    g_autofree char *purpose = hf_sealer_sign(sealer, "link", "x"), *text = hf_sealer_sign(sealer, "principal", "y");
    g_autofree char *theirs = hf_sealer_sign(other, "principal", "x");
    assert_int_equal(strlen(mine), 64);
    assert_string_equal(mine, same);
    assert_string_not_equal(mine, purpose);
    assert_string_not_equal(mine, text);
    assert_string_not_equal(mine, theirs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_sealed_opens_for_its_purpose_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_byte_is_refused_wherever_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_older_secret_still_opens_after_a_new_one_is_put_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signature_is_of_one_secret_purpose_and_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_never_overwritten_nor_taken_from_everybody, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
