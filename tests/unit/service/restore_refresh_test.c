#include "service/restore_refresh.h"

#include "tests/unit/pg/dump_file.h"

static bool stands_alone(const HfDumpToc *toc, const HfTocEntry *refresh, bool no_owner)
{
    HfSchema schema = {.toc = (HfDumpToc *)toc, .sql = {.no_owner = no_owner}};
    g_autoptr(GHashTable) reads = g_hash_table_new(NULL, NULL);
    return !hf_refresh_reads(&schema, refresh, reads) && hf_refresh_stands_alone(&schema, refresh, reads);
}

/* refresh.sql says by their names which do. */
static void a_refresh_that_needs_nobody_stands_alone(void **state)
{
    (void)state;
    g_autoptr(HfDumpToc) toc = dump_file_parse("refresh-15.dump");
    unsigned alone = 0, others = 0;
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(toc, i);
        if (strcmp(entry->kind, "MATERIALIZED VIEW DATA") != 0)
            continue;
        bool expected = g_str_has_prefix(entry->tag, "alone_");
        if (stands_alone(toc, entry, false) != expected)
            fail_msg("%s", entry->tag);
        *(expected ? &alone : &others) += 1;
    }
    assert_int_equal(alone, 5);
    assert_int_equal(others, 7);
}

static void without_owners_all_is_of_one(void **state)
{
    (void)state;
    g_autoptr(HfDumpToc) toc = dump_file_parse("refresh-15.dump");
    assert_true(stands_alone(toc, dump_file_entry(toc, "MATERIALIZED VIEW DATA", "of_others"), true));
    assert_true(stands_alone(toc, dump_file_entry(toc, "MATERIALIZED VIEW DATA", "of_common"), true));
    assert_false(stands_alone(toc, dump_file_entry(toc, "MATERIALIZED VIEW DATA", "of_rule"), true));
}

/* schema.sql has policies. */
static void where_rows_are_hidden_none_does(void **state)
{
    (void)state;
    g_autoptr(HfDumpToc) toc = dump_file_parse("schema-15.dump");
    assert_false(stands_alone(toc, dump_file_entry(toc, "MATERIALIZED VIEW DATA", "summary"), true));
}

static void what_is_read_reaches_partitions_and_what_is_below_views(void **state)
{
    (void)state;
    g_autoptr(HfDumpToc) toc = dump_file_parse("refresh-15.dump");
    const HfSchema schema = {.toc = toc};
    g_autoptr(GHashTable) reads = g_hash_table_new(NULL, NULL);
    assert_false(hf_refresh_reads(&schema, dump_file_entry(toc, "MATERIALIZED VIEW DATA", "alone_of_parts"), reads));
    assert_false(hf_refresh_reads(&schema, dump_file_entry(toc, "MATERIALIZED VIEW DATA", "alone_of_view"), reads));
    assert_true(g_hash_table_contains(reads, dump_file_entry(toc, "TABLE", "part")));
    assert_true(g_hash_table_contains(reads, dump_file_entry(toc, "TABLE", "item")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refresh_that_needs_nobody_stands_alone),
        cmocka_unit_test(without_owners_all_is_of_one),
        cmocka_unit_test(where_rows_are_hidden_none_does),
        cmocka_unit_test(what_is_read_reaches_partitions_and_what_is_below_views),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
