#include "archive/temp_file.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

static void what_is_written_is_read_at_any_offset(void **state)
{
    (void)state;
    char found[4] = "";
    g_autoptr(GError) error = NULL;
    HfTempFile *file = hf_temp_file_new(&error);
    assert_non_null(file);
    assert_true(hf_output_write(hf_temp_file_output(file), "abc", 3, &error));
    assert_true(hf_output_write(hf_temp_file_output(file), "def", 3, &error));
    HfInput *input = hf_temp_file_input(file);
    assert_int_equal(input->size_bytes, 6);
    assert_true(hf_input_read_at(input, 2, found, 3, &error));
    assert_string_equal(found, "cde");
    assert_true(hf_input_read_at(input, 6, found, 0, &error));
    hf_temp_file_free(file);
}

static void what_lies_outside_is_refused(void **state)
{
    (void)state;
    static const uint64_t outside[] = {4, 6, 7, (uint64_t)INT64_MAX + 1, UINT64_MAX};
    char found[3];
    HfTempFile *file = hf_temp_file_new(NULL);
    assert_true(hf_output_write(hf_temp_file_output(file), "abcdef", 6, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(outside); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(hf_input_read_at(hf_temp_file_input(file), outside[i], found, sizeof found, &error));
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT));
    }
    hf_temp_file_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_at_any_offset),
        cmocka_unit_test(what_lies_outside_is_refused),
    };
    return cmocka_run_group_tests_name("archive/temp_file", tests, NULL, NULL);
}
