#include "pg/row_normal.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

/* Rows are written as hex, with spaces for the eye. Every field below is of int4 unless said otherwise. */
#define INT4 "00000004 00000007 "
#define NULL_FIELD "ffffffff "
#define SEVEN_EIGHT "00000004 00000007 00000004 00000008 "
#define SEVEN_NULL "00000004 00000007 ffffffff "
#define LINE_OF_2 "00000002 00000001 " /* two elements, the first of them number 1 */

static GByteArray *from_hex(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();
    for (; *hex != '\0'; hex++) {
        if (*hex == ' ')
            continue;
        uint8_t byte = (uint8_t)(g_ascii_xdigit_value(hex[0]) * 16 + g_ascii_xdigit_value(hex[1]));
        g_byte_array_append(bytes, &byte, 1);
        hex++;
    }
    return bytes;
}

/* Normalizes in memory of just that length, so that a sanitizer sees a step past it. */
static bool normalize(const HfRowNormal *normal, const uint8_t *row, size_t length, GByteArray **result)
{
    g_autoptr(GError) error = NULL;
    g_autofree uint8_t *exact = g_memdup2(row, length);
    bool ok = hf_row_normal_apply(normal, exact, &length, &error);
    assert_true(ok == (error == NULL));
    assert_true(ok || g_error_matches(error, HF_ERROR, HF_ERROR_INTERNAL));
    *result = ok ? g_byte_array_append(g_byte_array_new(), exact, (guint)length) : NULL;
    return ok;
}

static void assert_becomes_of(const HfTypeTable *types, const uint32_t *oids, size_t count, const char *row,
                              const char *expected)
{
    g_autoptr(HfRowNormal) normal = hf_row_normal_new(types, oids, count);
    g_autoptr(GByteArray) bytes = from_hex(row), wanted = from_hex(expected), result = NULL;
    assert_non_null(normal);
    assert_true(normalize(normal, bytes->data, bytes->len, &result));
    assert_int_equal(result->len, wanted->len);
    assert_memory_equal(result->data, wanted->data, wanted->len);
}

/* Of a row (int4, int4[], int4). */
static void assert_becomes(const char *array, const char *expected)
{
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    g_autofree char *row = g_strconcat("0003 ", INT4, array, INT4, NULL);
    g_autofree char *wanted = g_strconcat("0003 ", INT4, expected, INT4, NULL);
    assert_becomes_of(types, (const uint32_t[]){23, 1007, 23}, 3, row, wanted);
}

static void a_stale_flag_goes_and_a_true_one_stays(void **state)
{
    (void)state;
    static const char plain[] = "00000024 00000001 00000000 00000017 " LINE_OF_2 SEVEN_EIGHT;
    assert_becomes("00000024 00000001 00000001 00000017 " LINE_OF_2 SEVEN_EIGHT, plain);
    assert_becomes(plain, plain);
    static const char with_null[] = "00000020 00000001 00000001 00000017 " LINE_OF_2 SEVEN_NULL;
    assert_becomes(with_null, with_null);
    static const char two_by_one[] = "0000002c 00000002 00000000 00000017 00000001 00000001 " LINE_OF_2 SEVEN_EIGHT;
    assert_becomes("0000002c 00000002 00000001 00000017 00000001 00000001 " LINE_OF_2 SEVEN_EIGHT, two_by_one);
    assert_becomes(NULL_FIELD, NULL_FIELD);
}

static void an_array_without_elements_has_no_dimensions(void **state)
{
    (void)state;
    static const char empty[] = "0000000c 00000000 00000000 00000017 ";
    assert_becomes(empty, empty);
    assert_becomes("0000000c 00000000 00000001 00000017 ", empty);
    assert_becomes("00000014 00000001 00000000 00000017 00000000 00000000 ", empty);
    assert_becomes("0000001c 00000002 00000001 00000017 " LINE_OF_2 "00000000 00000001 ", empty);
}

static void all_arrays_of_a_row_are_normalized(void **state)
{
    (void)state;
    static const char empty[] = "00000014 00000001 00000001 00000017 00000000 00000000 ";
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    g_autofree char *row = g_strconcat("0004", empty, empty, INT4, empty, NULL);
    assert_becomes_of(types, (const uint32_t[]){1007, 1007, 23, 1007}, 4, row,
                      "0004 0000000c 00000000 00000000 00000017 0000000c 00000000 00000000 00000017 " INT4
                      "0000000c 00000000 00000000 00000017");
}

static void a_domain_over_an_array_is_one(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    hf_type_table_add(types, &(HfType){70000, (char *)"a", 'd', .base_oid = 1007, .has_binary = true});
    hf_type_table_add(types, &(HfType){70001, (char *)"b", 'd', .base_oid = 70000, .has_binary = true});
    assert_becomes_of(types, (const uint32_t[]){70001}, 1,
                      "0001 00000024 00000001 00000001 00000017 " LINE_OF_2 SEVEN_EIGHT,
                      "0001 00000024 00000001 00000000 00000017 " LINE_OF_2 SEVEN_EIGHT);
}

static void rows_without_arrays_need_nothing(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    hf_type_table_add(types, &(HfType){70000, (char *)"a", 'd', .base_oid = 70000, .has_binary = true});
    assert_null(hf_row_normal_new(types, (const uint32_t[]){23, 25, 3904, 4451, 70000, 99999}, 6));
    assert_null(hf_row_normal_new(types, NULL, 0));
}

static void assert_refused(const HfRowNormal *normal, const char *hex)
{
    g_autoptr(GByteArray) row = from_hex(hex), result = NULL;
    assert_false(normalize(normal, row->data, row->len, &result));
}

static void what_is_no_such_row_is_refused(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    g_autoptr(HfRowNormal) normal = hf_row_normal_new(types, (const uint32_t[]){1007}, 1);
    assert_refused(normal, "0002 ffffffff ffffffff");
    assert_refused(normal, "0001 0000000b 00000001 00000001 000000");
    assert_refused(normal, "0001 0000000c 00000001 00000000 00000017");
    assert_refused(normal, "0001 0000000c 00000007 00000000 00000017");
    assert_refused(normal, "0001 0000000c ffffffff 00000000 00000017");
    assert_refused(normal, "0001 00000018 00000001 00000000 00000017 00000000 00000001 ffffffff"); /* empty, and more */
    assert_refused(normal, "0001 0000001a 00000001 00000001 00000017 00000001 00000001 00000003 07 08");
    g_autoptr(GByteArray) whole = from_hex("0001 00000024 00000001 00000001 00000017 " LINE_OF_2 SEVEN_EIGHT);
    for (guint length = 0; length < whole->len; length++) {
        g_autoptr(GByteArray) result = NULL;
        assert_false(normalize(normal, whole->data, length, &result));
    }
}

static void flipped_bytes_do_no_harm(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    g_autoptr(HfRowNormal) normal = hf_row_normal_new(types, (const uint32_t[]){1007, 1007}, 2);
    g_autoptr(GByteArray) whole =
        from_hex("0002 00000024 00000001 00000001 00000017 " LINE_OF_2 SEVEN_EIGHT
                 "0000002c 00000002 00000001 00000017 00000001 00000001 " LINE_OF_2 SEVEN_EIGHT);
    for (guint i = 0; i < whole->len * 256; i++) {
        g_autoptr(GByteArray) result = NULL;
        uint8_t *byte = &whole->data[i / 256], before = *byte;
        *byte = (uint8_t)i;
        if (normalize(normal, whole->data, whole->len, &result))
            assert_true(result->len <= whole->len);
        *byte = before;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stale_flag_goes_and_a_true_one_stays),
        cmocka_unit_test(an_array_without_elements_has_no_dimensions),
        cmocka_unit_test(all_arrays_of_a_row_are_normalized),
        cmocka_unit_test(a_domain_over_an_array_is_one),
        cmocka_unit_test(rows_without_arrays_need_nothing),
        cmocka_unit_test(what_is_no_such_row_is_refused),
        cmocka_unit_test(flipped_bytes_do_no_harm),
    };
    return cmocka_run_group_tests_name("pg/row_normal", tests, NULL, NULL);
}
