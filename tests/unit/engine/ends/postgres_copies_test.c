#include "engine/ends/postgres_copies.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

#define MAX_NAME_BYTES 63

static gint64 seconds_of(const char *rfc3339)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(rfc3339, NULL);
    assert_non_null(time);
    return g_date_time_to_unix(time);
}

static void the_name_tells_database_kind_and_time(void **state)
{
    (void)state;
    static const HfCopyKind kinds[] = {HF_COPY_KEPT, HF_COPY_INCOMING, HF_COPY_SCRATCH};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(HfCopy) copy = hf_copy_new(kinds[i], "shop", "a.holdfast", "note", 60);
        g_autofree char *pattern = g_strdup_printf("^shop_hf_%s_[0-9]{14}_[0-9a-f]{4}$", hf_copy_kind_name(kinds[i]));
        assert_true(g_regex_match_simple(pattern, copy->name, 0, 0));
        assert_string_equal(copy->of, "shop");
        assert_int_equal(copy->kind, kinds[i]);
        assert_string_equal(copy->archive, "a.holdfast");
        assert_string_equal(copy->comment, "note");
    }
}

static void only_a_kept_copy_has_an_end(void **state)
{
    (void)state;
    g_autoptr(HfCopy) kept = hf_copy_new(HF_COPY_KEPT, "shop", NULL, NULL, 3600);
    g_autoptr(HfCopy) incoming = hf_copy_new(HF_COPY_INCOMING, "shop", NULL, NULL, 3600);
    assert_int_equal(seconds_of(kept->until) - seconds_of(kept->since), 3600);
    assert_null(incoming->until);
    assert_null(incoming->archive);
    assert_null(incoming->comment);
}

static void a_long_name_is_cut_to_what_servers_take(void **state)
{
    (void)state;
    g_autofree char *of = g_strnfill(MAX_NAME_BYTES, 'x');
    g_autoptr(HfCopy) copy = hf_copy_new(HF_COPY_INCOMING, of, NULL, NULL, 0);
    assert_int_equal(strlen(copy->name), MAX_NAME_BYTES);
    assert_non_null(strstr(copy->name, "xxx_hf_incoming_"));
    assert_string_equal(copy->of, of); /* the note keeps all of it */
}

static void a_long_name_is_cut_between_characters(void **state)
{
    (void)state;
    /* Prefixes of each length move the cut through a character of two, three and four bytes. */
    static const char *const characters[] = {"\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x90\x98"};
    for (size_t c = 0; c < G_N_ELEMENTS(characters); c++)
        for (gsize prefix = 0; prefix < 5; prefix++) {
            g_autoptr(GString) of = g_string_new("aaaa");
            g_string_truncate(of, prefix);
            while (of->len + strlen(characters[c]) <= MAX_NAME_BYTES)
                g_string_append(of, characters[c]);
            g_autoptr(HfCopy) copy = hf_copy_new(HF_COPY_SCRATCH, of->str, NULL, NULL, 0);
            assert_true(g_utf8_validate(copy->name, -1, NULL));
            assert_in_range(strlen(copy->name), MAX_NAME_BYTES - 3, MAX_NAME_BYTES);
        }
}

static void two_copies_of_one_second_have_different_names(void **state)
{
    (void)state;
    int same = 0;
    for (int i = 0; i < 10; i++) {
        g_autoptr(HfCopy) one = hf_copy_new(HF_COPY_KEPT, "shop", NULL, NULL, 0);
        g_autoptr(HfCopy) other = hf_copy_new(HF_COPY_KEPT, "shop", NULL, NULL, 0);
        same += strcmp(one->name, other->name) == 0;
    }
    assert_true(same < 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_tells_database_kind_and_time),
        cmocka_unit_test(only_a_kept_copy_has_an_end),
        cmocka_unit_test(a_long_name_is_cut_to_what_servers_take),
        cmocka_unit_test(a_long_name_is_cut_between_characters),
        cmocka_unit_test(two_copies_of_one_second_have_different_names),
    };
    return cmocka_run_group_tests_name("engine/ends/postgres_copies", tests, NULL, NULL);
}
