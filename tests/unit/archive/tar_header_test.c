#include "archive/tar_header.h"

#include "tests/unit/archive/sample.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static void a_header_is_plain_ustar(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) header = hf_tar_header("restore.sh", 1234, 1700000000, &error);
    assert_no_error(error);
    assert_int_equal(header->len, HF_TAR_BLOCK);
    assert_string_equal((const char *)header->data, "restore.sh");
    assert_memory_equal(header->data + 100, "000755 \0", 8);
    assert_memory_equal(header->data + 108,
                        "000000 \0"
                        "000000 \0",
                        16);
    assert_memory_equal(header->data + 124, "00000002322 ", 12);
    assert_memory_equal(header->data + 156, "0", 1);
    assert_memory_equal(header->data + 257,
                        "ustar\0"
                        "00",
                        8);
    assert_int_equal(hf_tar_header_mtime(header->data), 1700000000);
    g_autoptr(GByteArray) other = hf_tar_header("data/1/00001.copy.zst", 1234, 1700000000, &error);
    assert_memory_equal(other->data + 100, "000644 \0", 8);
}

static void a_size_over_8_gib_gets_an_extended_header(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) largest = hf_tar_header("a", ((uint64_t)8 << 30) - 1, 0, &error);
    assert_int_equal(largest->len, HF_TAR_BLOCK);
    g_autoptr(GByteArray) larger = hf_tar_header("a", (uint64_t)8 << 30, 0, &error);
    assert_int_equal(larger->len, 3 * HF_TAR_BLOCK);
    assert_memory_equal(larger->data + 156, "x", 1);
    assert_string_equal((const char *)larger->data + HF_TAR_BLOCK, "19 size=8589934592\n");
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
        cmocka_unit_test(a_size_over_8_gib_gets_an_extended_header),
        cmocka_unit_test(padding_fills_the_block),
    };
    return cmocka_run_group_tests_name("archive/tar_header", tests, NULL, NULL);
}
