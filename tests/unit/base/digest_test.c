#include "base/digest.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static const uint8_t rows[] = "alphabetagamma";
static const uint32_t ends[] = {5, 9, 14};

static void a_table_digest_depends_on_neither_order_nor_cut(void **state)
{
    (void)state;
    HfRowDigest whole = {0}, first = {0}, rest = {0};
    hf_row_digest_add_rows(&whole, rows, ends, 3);

    hf_row_digest_add_rows(&rest, (const uint8_t *)"gammaalpha", (const uint32_t[]){5, 10}, 2);
    hf_row_digest_add_rows(&first, (const uint8_t *)"beta", (const uint32_t[]){4}, 1);
    hf_row_digest_merge(&first, &rest);
    assert_true(hf_row_digest_equal(&whole, &first));
    assert_int_equal(whole.rows, 3);
}

static void a_row_twice_is_not_a_row_never(void **state)
{
    (void)state;
    HfRowDigest two = {0}, none = {0};
    hf_row_digest_add_rows(&two, (const uint8_t *)"xx", (const uint32_t[]){1, 2}, 2);
    assert_false(hf_row_digest_equal(&two, &none));
}

static void the_sum_carries_into_the_high_half(void **state)
{
    (void)state;
    HfRowDigest a = {.rows = 1, .sum = {.low = UINT64_MAX, .high = 1}};
    HfRowDigest b = {.rows = 1, .sum = {.low = 1, .high = 0}};
    hf_row_digest_merge(&a, &b);
    assert_int_equal(a.sum.low, 0);
    assert_int_equal(a.sum.high, 2);
}

static void hex_is_what_xxhsum_prints(void **state)
{
    (void)state;
    /* printf '' | xxhsum -H2 */
    char hex[HF_DIGEST_HEX_SIZE];
    hf_digest_to_hex(hf_digest_of("", 0), hex);
    assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");

    HfDigest back;
    assert_true(hf_digest_from_hex(hex, &back));
    assert_true(hf_digest_equal(back, hf_digest_of("", 0)));
    assert_false(hf_digest_from_hex("99aa06d3014798d86001c324468d497", &back));
    assert_false(hf_digest_from_hex("99aa06d3014798d86001c324468d497g", &back));
}

static void bytes_in_pieces_give_the_same_digest(void **state)
{
    (void)state;
    g_autoptr(HfBytesDigest) digest = hf_bytes_digest_new();
    hf_bytes_digest_update(digest, rows, 3);
    hf_bytes_digest_update(digest, rows + 3, 11);
    assert_true(hf_digest_equal(hf_bytes_digest_get(digest), hf_digest_of(rows, 14)));
    hf_bytes_digest_reset(digest);
    assert_true(hf_digest_equal(hf_bytes_digest_get(digest), hf_digest_of("", 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_digest_depends_on_neither_order_nor_cut),
        cmocka_unit_test(a_row_twice_is_not_a_row_never),
        cmocka_unit_test(the_sum_carries_into_the_high_half),
        cmocka_unit_test(hex_is_what_xxhsum_prints),
        cmocka_unit_test(bytes_in_pieces_give_the_same_digest),
    };
    return cmocka_run_group_tests_name("base/digest", tests, NULL, NULL);
}
