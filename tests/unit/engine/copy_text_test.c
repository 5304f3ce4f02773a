#include "engine/copy_text.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

/* A row of text values (NULL: SQL NULL), as COPY's binary format has it. */
static GByteArray *make_row(const char *const *values, size_t count)
{
    GByteArray *row = g_byte_array_new();
    g_byte_array_append(row, (const uint8_t[]){(uint8_t)(count >> 8), (uint8_t)count}, 2);
    for (size_t i = 0; i < count; i++) {
        uint32_t length = g_htonl(values[i] != NULL ? (uint32_t)strlen(values[i]) : UINT32_MAX);
        g_byte_array_append(row, (const uint8_t *)&length, 4);
        if (values[i] != NULL)
            g_byte_array_append(row, (const uint8_t *)values[i], (guint)strlen(values[i]));
    }
    return row;
}

static GPtrArray *make_columns(size_t count, uint32_t type_oid)
{
    HfManifestTable *table = hf_manifest_table_new();
    for (size_t i = 0; i < count; i++) {
        g_autofree char *name = g_strdup_printf("c%zu", i + 1);
        g_ptr_array_add(table->columns, hf_column_new(name, "a type", type_oid));
    }
    GPtrArray *columns = g_ptr_array_ref(table->columns);
    hf_manifest_table_free(table);
    return columns;
}

static void assert_line(const char *const *values, size_t count, const char *line)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    g_autoptr(GPtrArray) columns = make_columns(count, 25);
    g_autoptr(GByteArray) row = make_row(values, count);
    g_autoptr(GString) text = g_string_new("before\n");
    assert_true(hf_copy_text_append_row(text, types, columns, row->data, row->len, &error));
    assert_null(error);
    assert_memory_equal(text->str, "before\n", 7);
    assert_string_equal(text->str + 7, line);
}

static void values_are_escaped_as_copy_has_it(void **state)
{
    (void)state;
    assert_line((const char *[]){"a", NULL, "", "\\N", "\\."}, 5, "a\t\\N\t\t\\\\N\t\\\\.\n");
    assert_line((const char *[]){"\b\f\n\r\t\v\\", "\x01\x7f'\"ü"}, 2, "\\b\\f\\n\\r\\t\\v\\\\\t\x01\x7f'\"ü\n");
    assert_line((const char *[]){"\n"}, 1, "\\n\n");
    assert_line((const char *[]){"x\\"}, 1, "x\\\\\n");
}

static void a_row_without_columns_is_an_empty_line(void **state)
{
    (void)state;
    assert_line(NULL, 0, "\n");
}

static void values_of_other_types_are_decoded(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    g_autoptr(GPtrArray) columns = make_columns(1, 17);
    g_autoptr(GByteArray) row = make_row((const char *[]){"\\\n"}, 1);
    g_autoptr(GString) text = g_string_new(NULL);
    assert_true(hf_copy_text_append_row(text, types, columns, row->data, row->len, &error));
    assert_string_equal(text->str, "\\\\x5c0a\n");
}

static void assert_refused(const void *row, size_t length, size_t columns, uint32_t type_oid, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    g_autoptr(GPtrArray) list = make_columns(columns, type_oid);
    g_autofree uint8_t *exact = g_memdup2(row, length); /* so that a sanitizer sees a read past the end */
    g_autoptr(GString) text = g_string_new("before");
    assert_false(hf_copy_text_append_row(text, types, list, exact, length, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT));
    assert_non_null(strstr(error->message, message));
    assert_string_equal(text->str, "before");
}

static void damaged_rows_are_refused(void **state)
{
    (void)state;
    static const char whole[] = "\0\2\0\0\0\1a\0\0\0\1b";
    size_t length = sizeof whole - 1;
    for (size_t i = 0; i < length; i++)
        assert_refused(whole, i, 2, 25, "a row is damaged");
    assert_refused(whole, length + 1, 2, 25, "after its last field");
    assert_refused(whole, length, 1, 25, "another number of fields");
    assert_refused("\0\0x", 3, 0, 25, "after its last field");
    assert_refused("\0\1\x7f\xff\xff\xff", 6, 1, 25, "a field passes its end");
    assert_refused(whole, length, 2, 23, "column c1: ");
    assert_refused(whole, length, 2, 99999, "column c1: ");
}

/* As text these newlines are twice as long. (A few bytes of a numeric may ask for much more, but they take longer.) */
static void a_row_that_would_be_huge_as_text_is_refused(void **state)
{
    (void)state;
    enum { LINES = (1 << 29) + 1, FRAME = 6 };
    g_autoptr(GError) error = NULL;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    g_autoptr(GPtrArray) columns = make_columns(1, 25);
    g_autofree uint8_t *row = g_malloc(FRAME + LINES);
    memcpy(row, "\0\1\x20\0\0\1", FRAME);
    memset(row + FRAME, '\n', LINES);
    g_autoptr(GString) text = g_string_new("before");
    assert_false(hf_copy_text_append_row(text, types, columns, row, FRAME + LINES, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_LIMIT));
    assert_non_null(strstr(error->message, "column c1: "));
    assert_string_equal(text->str, "before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_escaped_as_copy_has_it),
        cmocka_unit_test(a_row_without_columns_is_an_empty_line),
        cmocka_unit_test(values_of_other_types_are_decoded),
        cmocka_unit_test(damaged_rows_are_refused),
        cmocka_unit_test(a_row_that_would_be_huge_as_text_is_refused),
    };
    return cmocka_run_group_tests_name("engine/copy_text", tests, NULL, NULL);
}
