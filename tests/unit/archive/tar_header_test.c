#include "archive/tar_header.h"

#include "tests/unit/cmocka_all.h"

#include <glib/gstdio.h>
#include <string.h>

static void a_header_is_plain_ustar(void **state)
{
    (void)state;
    g_autoptr(GByteArray) header = hf_tar_header("restore.sh", 1234, 1700000000);
    assert_int_equal(header->len, HF_TAR_BLOCK);
    assert_string_equal((const char *)header->data, "restore.sh");
    assert_string_equal((const char *)header->data + 100, "0000755");
    assert_string_equal((const char *)header->data + 108, "0000000");
    assert_string_equal((const char *)header->data + 124, "00000002322");
    assert_string_equal((const char *)header->data + 136, "14524770400");
    assert_memory_equal(header->data + 156, "0", 1);
    assert_memory_equal(header->data + 257,
                        "ustar\0"
                        "00",
                        8);
    assert_int_equal(hf_tar_header_mtime(header->data), 1700000000);
    g_autoptr(GByteArray) other = hf_tar_header("data/1/00001.copy.zst", 1234, 1700000000);
    assert_string_equal((const char *)other->data + 100, "0000644");
}

static void a_size_of_8_gib_gets_an_extended_header(void **state)
{
    (void)state;
    g_autoptr(GByteArray) largest = hf_tar_header("a", ((uint64_t)8 << 30) - 1, 0);
    assert_int_equal(largest->len, HF_TAR_BLOCK);
    g_autoptr(GByteArray) larger = hf_tar_header("a", (uint64_t)8 << 30, 0);
    assert_int_equal(larger->len, 3 * HF_TAR_BLOCK);
    assert_memory_equal(larger->data + 156, "x", 1);
    assert_string_equal((const char *)larger->data + 124, "00000000023");
    assert_string_equal((const char *)larger->data + HF_TAR_BLOCK, "19 size=8589934592\n");
}

/* The header alone is enough for tar to name the size and to see that the checksum is right. */
static void tar_understands_a_large_member(void **state)
{
    (void)state;
    g_autoptr(GByteArray) header = hf_tar_header("large", ((uint64_t)70 << 30) + 5, 1700000000);
    g_autofree char *folder = g_dir_make_tmp("holdfast-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.tar", NULL), *listing = NULL;
    assert_true(g_file_set_contents(path, (const char *)header->data, header->len, NULL));
    char tar[] = "tar", option[] = "tvf";
    assert_true(g_spawn_sync(NULL, (char *[]){tar, option, path, NULL}, NULL,
                             G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &listing, NULL, NULL, NULL));
    assert_non_null(strstr(listing, "75161927685"));
    assert_non_null(strstr(listing, "large"));
    g_unlink(path);
    g_rmdir(folder);
}

static void padding_fills_the_block(void **state)
{
    (void)state;
    assert_int_equal(hf_tar_padding(0), 0);
    assert_int_equal(hf_tar_padding(1), 511);
    assert_int_equal(hf_tar_padding(512), 0);
    assert_int_equal(hf_tar_padding(UINT64_MAX), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_plain_ustar),
        cmocka_unit_test(a_size_of_8_gib_gets_an_extended_header),
        cmocka_unit_test(tar_understands_a_large_member),
        cmocka_unit_test(padding_fills_the_block),
    };
    return cmocka_run_group_tests_name("archive/tar_header", tests, NULL, NULL);
}
