#include "engine/slice.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

#define MIB ((uint64_t)1 << 20)
#define PAGE_BYTES 8192

typedef struct {
    HfManifestTable *table;
    GPtrArray *slices;
} Fixture;

static int setup(void **state)
{
    Fixture *self = g_new0(Fixture, 1);
    self->table = hf_manifest_table_new();
    self->table->schema = g_strdup("shop");
    self->table->name = g_strdup("order items");
    self->slices = g_ptr_array_new_with_free_func(g_free);
    *state = self;
    return 0;
}

static int teardown(void **state)
{
    Fixture *self = *state;
    g_ptr_array_unref(self->slices);
    hf_manifest_table_free(self->table);
    g_free(self);
    return 0;
}

static void cut(Fixture *self, uint64_t pages, uint64_t bytes, unsigned lanes)
{
    g_ptr_array_set_size(self->slices, 0);
    hf_slice_cut_pages(self->slices, self->table, pages, bytes, lanes);
}

static const HfSlice *slice(const Fixture *self, guint i)
{
    return self->slices->pdata[i];
}

/* From page 0 on without gap or overlap, each with pages of its own, and the last without an end. */
static void assert_covers_all_pages_once(const Fixture *self, uint64_t pages)
{
    uint64_t at = 0;
    assert_true(self->slices->len > 0);
    for (guint i = 0; i < self->slices->len; i++) {
        assert_ptr_equal(slice(self, i)->table, self->table);
        assert_int_equal(slice(self, i)->start, at);
        assert_true(slice(self, i)->end > at);
        assert_true(slice(self, i)->weight > 0);
        assert_int_equal(slice(self, i)->part, i);
        assert_int_equal(slice(self, i)->parts, self->slices->len);
        at = slice(self, i)->end;
    }
    assert_true(at == HF_SLICE_TO_END);
    assert_true(slice(self, self->slices->len - 1)->start < MAX(pages, 1));
}

static void slices_cover_every_page_once(void **state)
{
    Fixture *self = *state;
    static const uint64_t bytes_per_page[] = {0, 100, PAGE_BYTES, 20 * PAGE_BYTES, 1000 * PAGE_BYTES};
    static const unsigned lanes[] = {1, 2, 3, 4, 7, 64, 128};
    for (uint64_t pages = 0; pages < UINT32_MAX; pages += 1 + pages / 3)
        for (size_t b = 0; b < G_N_ELEMENTS(bytes_per_page); b++)
            for (size_t l = 0; l < G_N_ELEMENTS(lanes); l++) {
                /* up to the 32 TiB of a heap, and TOAST beyond it */
                if (pages * bytes_per_page[b] > (uint64_t)1 << 41)
                    continue;
                cut(self, pages, pages * bytes_per_page[b], lanes[l]);
                assert_covers_all_pages_once(self, pages);
            }
}

static void the_largest_heap_is_covered_too(void **state)
{
    Fixture *self = *state;
    cut(self, UINT32_MAX, (uint64_t)UINT32_MAX * PAGE_BYTES, 128);
    assert_covers_all_pages_once(self, UINT32_MAX);
}

static void a_small_table_is_one_slice(void **state)
{
    Fixture *self = *state;
    cut(self, 0, 0, 4);
    assert_int_equal(self->slices->len, 1);
    cut(self, 1024, 8 * MIB, 4);
    assert_int_equal(self->slices->len, 1);
    assert_int_equal(slice(self, 0)->start, 0);
    assert_true(slice(self, 0)->end == HF_SLICE_TO_END);
}

static void a_large_table_gives_every_lane_several_slices(void **state)
{
    Fixture *self = *state;
    for (unsigned lanes = 1; lanes <= 16; lanes++) {
        cut(self, 2048 * MIB / PAGE_BYTES, 2048 * MIB, lanes);
        assert_true(self->slices->len >= 4 * lanes);
        for (guint i = 0; i < self->slices->len; i++)
            assert_in_range(slice(self, i)->weight, 8 * MIB, 100 * MIB);
    }
}

static void a_few_pages_with_much_beside_them_are_cut_to_pages_at_most(void **state)
{
    Fixture *self = *state;
    cut(self, 3, 4096 * MIB, 4);
    assert_int_equal(self->slices->len, 3);
    assert_covers_all_pages_once(self, 3);
}

static void weights_add_up_to_the_table(void **state)
{
    Fixture *self = *state;
    const uint64_t bytes = 777 * MIB + 13;
    uint64_t sum = 0;
    cut(self, bytes / PAGE_BYTES, bytes, 4);
    for (guint i = 0; i < self->slices->len; i++)
        sum += slice(self, i)->weight;
    assert_in_range(sum, bytes, bytes + 2 * self->slices->len);
}

static void each_part_is_a_slice_of_its_own(void **state)
{
    Fixture *self = *state;
    for (uint64_t i = 0; i < 3; i++) {
        HfPart part = {.member = 5 + i, .rows = 1, .raw_bytes = 100 * i};
        g_array_append_val(self->table->parts, part);
    }
    hf_slice_cut_parts(self->slices, self->table);
    assert_int_equal(self->slices->len, 3);
    for (guint i = 0; i < 3; i++) {
        assert_ptr_equal(slice(self, i)->table, self->table);
        assert_int_equal(slice(self, i)->part, i);
        assert_int_equal(slice(self, i)->parts, 3);
        assert_int_equal(slice(self, i)->weight, 100 * i + 1);
    }
}

static void a_table_without_parts_has_no_slice(void **state)
{
    Fixture *self = *state;
    hf_slice_cut_parts(self->slices, self->table);
    assert_int_equal(self->slices->len, 0);
}

static void the_label_is_schema_and_name(void **state)
{
    Fixture *self = *state;
    cut(self, 1, 1, 1);
    g_autofree char *label = hf_slice_label(slice(self, 0));
    assert_string_equal(label, "shop.order items");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(slices_cover_every_page_once),
        test(the_largest_heap_is_covered_too),
        test(a_small_table_is_one_slice),
        test(a_large_table_gives_every_lane_several_slices),
        test(a_few_pages_with_much_beside_them_are_cut_to_pages_at_most),
        test(weights_add_up_to_the_table),
        test(each_part_is_a_slice_of_its_own),
        test(a_table_without_parts_has_no_slice),
        test(the_label_is_schema_and_name),
    };
    return cmocka_run_group_tests_name("engine/slice", tests, NULL, NULL);
}
