#include "service/restore_foreign_key.h"

#include "tests/unit/pg/dump_file.h"

/* GCompareFunc */
static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_reads(const HfDumpToc *toc, const char *key, const char *expected)
{
    g_autoptr(HfForeignKeyReads) reads = hf_foreign_key_reads_new(toc);
    g_autoptr(GHashTable) found = hf_foreign_key_reads(reads, dump_file_entry(toc, "FK CONSTRAINT", key));
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer each;
    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, &each, NULL))
        g_ptr_array_add(names, (gpointer)((const HfTocEntry *)each)->tag);
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    g_autofree char *all = g_strjoinv(" ", (char **)names->pdata);
    assert_string_equal(all, expected);
}

static void check_archive(const char *file)
{
    g_autoptr(HfDumpToc) toc = dump_file_parse(file);
    check_reads(toc, "plain plain_fkey", "alone plain plain used_plain");
    check_reads(toc, "points points_fkey",
                "points points_1 points_1_id_day_note_idx points_1_rest points_1_rest_id_day_note_idx target target_1 "
                "used_parts used_rest");
}

static void it_reads_partitions_and_indexes_that_begin_with_the_key(void **state)
{
    (void)state;
    check_archive("foreign-15.dump");
}

static void in_archives_of_13_too(void **state)
{
    (void)state;
    check_archive("foreign-13.dump");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_partitions_and_indexes_that_begin_with_the_key),
        cmocka_unit_test(in_archives_of_13_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
