#include "base/error.h"
#include "base/io.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static void any_range_inside_is_read(void **state)
{
    (void)state;
    char buffer[8] = "";
    HfMemoryInput input;
    hf_memory_input_init(&input, "abcdef", 6);
    assert_int_equal(input.input.size_bytes, 6);
    assert_true(hf_input_read_at(&input.input, 2, buffer, 3, NULL));
    assert_string_equal(buffer, "cde");
    assert_true(hf_input_read_at(&input.input, 0, buffer, 6, NULL));
    assert_string_equal(buffer, "abcdef");
    assert_true(hf_input_read_at(&input.input, 6, NULL, 0, NULL));
}

static void a_range_that_passes_the_end_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint64_t offset;
        size_t length;
    } ranges[] = {{0, 7}, {5, 2}, {6, 1}, {7, 0}, {UINT64_MAX, 1}, {1, SIZE_MAX}, {UINT64_MAX, SIZE_MAX}};
    HfMemoryInput input;
    hf_memory_input_init(&input, "abcdef", 6);
    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
        g_autoptr(GError) error = NULL;
        char buffer[8];
        assert_false(hf_input_read_at(&input.input, ranges[i].offset, buffer, ranges[i].length, &error));
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT));
        assert_non_null(strstr(error->message, "passes the end at 6"));
    }
}

static void an_input_of_nothing_is_fine(void **state)
{
    (void)state;
    HfMemoryInput input;
    hf_memory_input_init(&input, NULL, 0);
    assert_true(hf_input_read_at(&input.input, 0, NULL, 0, NULL));
}

static void writes_are_appended_in_order(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, bytes);
    assert_true(hf_output_write(&output.output, "ab", 2, NULL));
    assert_true(hf_output_write(&output.output, "", 0, NULL));
    assert_true(hf_output_write(&output.output, "cde", 3, NULL));
    assert_int_equal(bytes->len, 5);
    assert_memory_equal(bytes->data, "abcde", 5);
}

static void more_than_4_gib_in_memory_is_refused(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, bytes);
    assert_true(hf_output_write(&output.output, "a", 1, NULL));
    assert_false(hf_output_write(&output.output, "b", G_MAXUINT, &error)); /* not read: it is refused before */
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_LIMIT));
    assert_int_equal(bytes->len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_range_inside_is_read),
        cmocka_unit_test(a_range_that_passes_the_end_is_refused),
        cmocka_unit_test(an_input_of_nothing_is_fine),
        cmocka_unit_test(writes_are_appended_in_order),
        cmocka_unit_test(more_than_4_gib_in_memory_is_refused),
    };
    return cmocka_run_group_tests_name("base/io", tests, NULL, NULL);
}
