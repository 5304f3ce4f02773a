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

static HfCopy *stamped(HfCopyKind kind, const char *of, const char *archive, const char *comment, uint64_t keep_s)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_iso8601("2026-11-21T04:46:21.5Z", NULL);
    HfCopy *copy = hf_copy_new(kind, of, archive, comment, keep_s);
    hf_copy_stamp(copy, now);
    return copy;
}

static void the_name_tells_database_kind_and_time(void **state)
{
    (void)state;
    static const HfCopyKind kinds[] = {HF_COPY_KEPT, HF_COPY_INCOMING, HF_COPY_SCRATCH};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(HfCopy) copy = stamped(kinds[i], "shop", "a.holdfast", "note", 60);
        g_autofree char *pattern =
            g_strdup_printf("^shop_hf_%s_20261121044621_[0-9a-f]{4}$", hf_copy_kind_name(kinds[i]));
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
    g_autoptr(HfCopy) kept = stamped(HF_COPY_KEPT, "shop", NULL, NULL, 3600);
    g_autoptr(HfCopy) incoming = stamped(HF_COPY_INCOMING, "shop", NULL, NULL, 3600);
    assert_int_equal(seconds_of(kept->until) - seconds_of(kept->since), 3600);
    assert_null(incoming->until);
    assert_null(incoming->archive);
    assert_null(incoming->comment);
}

static void a_long_name_is_cut_to_what_servers_take(void **state)
{
    (void)state;
    g_autofree char *of = g_strnfill(MAX_NAME_BYTES, 'x');
    g_autoptr(HfCopy) copy = stamped(HF_COPY_INCOMING, of, NULL, NULL, 0);
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
            g_autoptr(HfCopy) copy = stamped(HF_COPY_SCRATCH, of->str, NULL, NULL, 0);
            assert_true(g_utf8_validate(copy->name, -1, NULL));
            assert_in_range(strlen(copy->name), MAX_NAME_BYTES - 3, MAX_NAME_BYTES);
        }
}

static void two_copies_of_one_second_have_different_names(void **state)
{
    (void)state;
    int same = 0;
    for (int i = 0; i < 10; i++) {
        g_autoptr(HfCopy) one = stamped(HF_COPY_KEPT, "shop", NULL, NULL, 0);
        g_autoptr(HfCopy) other = stamped(HF_COPY_KEPT, "shop", NULL, NULL, 0);
        same += strcmp(one->name, other->name) == 0;
    }
    assert_true(same < 3);
}

static void assert_told(HfCopy *copy, const char *words)
{
    g_autofree char *told = hf_copy_tell(copy);
    assert_string_equal(told, words);
    hf_copy_free(copy);
}

static void what_a_copy_holds_is_told_in_words(void **state)
{
    (void)state;
    assert_told(stamped(HF_COPY_KEPT, "shop", "a.hf", NULL, 60),
                "live until 2026-11-21T04:46:21Z, replaced by the restore of a.hf");
    assert_told(stamped(HF_COPY_KEPT, "shop", NULL, NULL, 60), "live until 2026-11-21T04:46:21Z");
    assert_told(stamped(HF_COPY_INCOMING, "shop", "a.hf", NULL, 0), "restore of a.hf, begun 2026-11-21T04:46:21Z");
    assert_told(stamped(HF_COPY_SCRATCH, "shop", NULL, NULL, 0),
                "trial restore of an archive, begun 2026-11-21T04:46:21Z");
    HfCopy *undone = stamped(HF_COPY_KEPT, "shop", NULL, NULL, 60);
    undone->undo_to = g_strdup("2026-11-20T01:02:03.000004Z");
    assert_told(undone, "live until 2026-11-21T04:46:21Z, replaced by the undo to what was live until "
                        "2026-11-20T01:02:03Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_tells_database_kind_and_time),
        cmocka_unit_test(only_a_kept_copy_has_an_end),
        cmocka_unit_test(a_long_name_is_cut_to_what_servers_take),
        cmocka_unit_test(a_long_name_is_cut_between_characters),
        cmocka_unit_test(two_copies_of_one_second_have_different_names),
        cmocka_unit_test(what_a_copy_holds_is_told_in_words),
    };
    return cmocka_run_group_tests_name("engine/ends/postgres_copies", tests, NULL, NULL);
}
