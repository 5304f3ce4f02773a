#include "engine/block.h"
#include "tests/unit/cmocka_all.h"

#include <glib.h>
#include <string.h>

static void rows_lie_one_after_another(void **state)
{
    (void)state;
    HfBlock block;
    hf_block_init(&block);
    hf_block_add_row(&block, "alpha", 5);
    hf_block_add_row(&block, "", 0);
    hf_block_add_row(&block, "beta", 4);
    assert_int_equal(block.row_count, 3);
    assert_int_equal(block.length, 9);
    assert_memory_equal(block.data, "alphabeta", 9);
    assert_memory_equal(block.ends, ((const uint32_t[]){5, 5, 9}), 3 * sizeof(uint32_t));
    hf_block_clear(&block);
}

static void many_rows_grow_the_ends(void **state)
{
    (void)state;
    HfBlock block;
    hf_block_init(&block);
    for (uint32_t i = 0; i < 100000; i++)
        hf_block_add_row(&block, &i, 2);
    assert_int_equal(block.row_count, 100000);
    for (uint32_t i = 0; i < 100000; i += 999) {
        assert_int_equal(block.ends[i], 2 * (i + 1));
        assert_memory_equal(block.data + (size_t)2 * i, &i, 2);
    }
    hf_block_clear(&block);
}

static void it_is_full_just_below_its_size(void **state)
{
    (void)state;
    char row[4096] = "";
    HfBlock block;
    hf_block_init(&block);
    while (!hf_block_is_full(&block))
        hf_block_add_row(&block, row, sizeof row);
    assert_in_range(block.length, HF_BLOCK_BYTES / 2, HF_BLOCK_BYTES);
    assert_int_equal(block.capacity, HF_BLOCK_BYTES); /* filling it to the brim allocates nothing */
    hf_block_clear(&block);
}

static void very_many_tiny_rows_fill_it_too(void **state)
{
    (void)state;
    HfBlock block;
    hf_block_init(&block);
    while (!hf_block_is_full(&block) && block.row_count < HF_BLOCK_BYTES)
        hf_block_add_row(&block, "\n", 1);
    assert_in_range(block.row_count, 10000, 200000);
    hf_block_clear(&block);
}

static void a_huge_row_takes_just_its_size_and_gives_it_back(void **state)
{
    (void)state;
    const size_t huge = 40 * HF_BLOCK_BYTES + 7;
    g_autofree uint8_t *row = g_malloc(huge);
    memset(row, 'x', huge);
    HfBlock block;
    hf_block_init(&block);
    hf_block_add_row(&block, "a", 1);
    hf_block_add_row(&block, row, huge);
    assert_true(hf_block_is_full(&block));
    assert_int_equal(block.length, huge + 1);
    assert_in_range(block.capacity, huge + 1, huge + HF_BLOCK_BYTES);
    assert_memory_equal(block.data + 1, row, huge);
    hf_block_reset(&block);
    assert_int_equal(block.length, 0);
    assert_int_equal(block.row_count, 0);
    assert_int_equal(block.capacity, HF_BLOCK_BYTES);
    hf_block_add_row(&block, "b", 1);
    assert_int_equal(block.data[0], 'b');
    hf_block_clear(&block);
}

static void what_is_reserved_is_there_without_a_new_allocation(void **state)
{
    (void)state;
    HfBlock block;
    hf_block_init(&block);
    hf_block_add_row(&block, "abc", 3);
    hf_block_reserve(&block, 5 * HF_BLOCK_BYTES);
    const uint8_t *data = block.data;
    g_autofree uint8_t *row = g_malloc0(5 * HF_BLOCK_BYTES);
    hf_block_add_row(&block, row, 5 * HF_BLOCK_BYTES);
    assert_ptr_equal(block.data, data);
    assert_memory_equal(block.data, "abc", 3);
    hf_block_clear(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_lie_one_after_another),
        cmocka_unit_test(many_rows_grow_the_ends),
        cmocka_unit_test(it_is_full_just_below_its_size),
        cmocka_unit_test(very_many_tiny_rows_fill_it_too),
        cmocka_unit_test(a_huge_row_takes_just_its_size_and_gives_it_back),
        cmocka_unit_test(what_is_reserved_is_there_without_a_new_allocation),
    };
    return cmocka_run_group_tests_name("engine/block", tests, NULL, NULL);
}
