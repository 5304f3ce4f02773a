#include "tests/unit/pg/dump_file.h"

static const char *const dumps[] = {"schema-13.dump", "schema-15.dump", "schema-17.dump"};

typedef struct {
    const char *kind, *tag;
} Expected;

static HfPatternVerdict is_tag(const HfTocEntry *entry, gpointer tag)
{
    bool is = hf_toc_entry_is_nameable(entry) && strcmp(entry->tag, *(const char *const *)tag) == 0;
    return is ? HF_PATTERN_WANTED : HF_PATTERN_UNTOLD;
}

typedef bool *(*Select)(const HfDumpToc *toc, HfTocJudge judge, gpointer data);

/* Of each dump, the choice of one relation has all entries of `there` and none of `absent`. */
static void assert_choice(Select select, const char *tag, const Expected *there, size_t there_count,
                          const Expected *absent, size_t absent_count)
{
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        g_autofree bool *chosen = select(toc, is_tag, &tag);
        for (size_t j = 0; j < there_count; j++)
            if (!chosen[dump_file_index(toc, there[j].kind, there[j].tag)])
                fail_msg("%s: %s lacks %s %s", dumps[i], tag, there[j].kind, there[j].tag);
        for (size_t j = 0; j < absent_count; j++)
            if (chosen[dump_file_index(toc, absent[j].kind, absent[j].tag)])
                fail_msg("%s: %s has %s %s", dumps[i], tag, absent[j].kind, absent[j].tag);
    }
}

#define ASSERT_CHOICE_BY(select, tag, there, absent)                                                                   \
    assert_choice(select, tag, there, G_N_ELEMENTS(there), absent, G_N_ELEMENTS(absent))
#define ASSERT_CHOICE(tag, there, absent) ASSERT_CHOICE_BY(hf_dump_toc_select, tag, there, absent)
#define ASSERT_CHOICE_FOR_ROWS(tag, there, absent) ASSERT_CHOICE_BY(hf_dump_toc_select_for_rows, tag, there, absent)

static void a_table_comes_with_what_it_needs_and_what_is_its_own(void **state)
{
    (void)state;
    static const Expected there[] = {
        {"ENCODING", "ENCODING"},
        {"STDSTRINGS", "STDSTRINGS"},
        {"SEARCHPATH", "SEARCHPATH"},
        {"SCHEMA", "shop"},
        {"COMMENT", "SCHEMA shop"},
        {"ACL", "SCHEMA shop"},
        {"TYPE", "mood"},
        {"ACL", "TYPE mood"},
        {"DOMAIN", "positive"},
        {"CHECK CONSTRAINT", "positive is_small"},
        {"EXTENSION", "citext"},
        {"TABLE", "customers"},
        {"COMMENT", "COLUMN customers.\"to\""},
        {"ACL", "TABLE customers"},
        {"ACL", "COLUMN customers.id"},
        {"SEQUENCE", "customers_id_seq"},
        {"CONSTRAINT", "customers customers_pkey"},
        {"ROW SECURITY", "customers"},
        {"POLICY", "customers to"},
    };
    static const Expected absent[] = {
        {"TABLE", "items"},
        {"FK CONSTRAINT", "items items_customer_fkey"},
        {"VIEW", "rich"},
        {"SEQUENCE", "tickets"},
        {"FUNCTION", "stamp()"},
        {"SCHEMA", "Odd \"Schema"},
        {"EXTENSION", "postgres_fdw"},
        {"DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES"},
        {"PUBLICATION", "everything"},
        {"EVENT TRIGGER", "watch"},
        {"DATABASE", "zoo"},
    };
    ASSERT_CHOICE("customers", there, absent);
}

static void what_needs_a_table_that_is_not_chosen_is_left_out(void **state)
{
    (void)state;
    static const Expected there[] = {
        {"TABLE", "items"},
        {"SEQUENCE", "items_id_seq"},
        {"SEQUENCE OWNED BY", "items_id_seq"},
        {"DEFAULT", "items id"},
        {"CHECK CONSTRAINT", "items later"},
        {"COMMENT", "CONSTRAINT later ON items"},
        {"INDEX", "items_label"},
        {"OPERATOR CLASS", "word_ops"},
        {"OPERATOR", "==="},
        {"FUNCTION", "same(text, text)"},
        {"COLLATION", "plain"},
        {"TRIGGER", "items stamp"},
        {"COMMENT", "TRIGGER stamp ON items"},
        {"FUNCTION", "stamp()"},
        {"RULE", "items silent"},
        {"STATISTICS", "items_stats"},
    };
    static const Expected absent[] = {
        {"FK CONSTRAINT", "items items_customer_fkey"},
        {"TABLE", "customers"},
        {"TABLE", "mapping"},
        {"POLICY", "mapping elsewhere"},
        {"PUBLICATION TABLE", "some items"},
    };
    ASSERT_CHOICE("items", there, absent);
    static const Expected mapping[] = {{"POLICY", "mapping mine"}, {"COMMENT", "POLICY mine ON mapping"}};
    static const Expected no_items[] = {{"POLICY", "mapping elsewhere"}, {"TABLE", "items"}};
    ASSERT_CHOICE("mapping", mapping, no_items);
}

static void a_view_brings_its_tables_and_what_joins_them(void **state)
{
    (void)state;
    static const Expected there[] = {
        {"VIEW", "by_key"},
        {"RULE", "by_key _RETURN"},
        {"TABLE", "customers"},
        {"TABLE", "items"},
        {"CONSTRAINT", "customers customers_pkey"},
        {"FK CONSTRAINT", "items items_customer_fkey"},
        {"INDEX", "items_at"},
    };
    static const Expected absent[] = {{"VIEW", "rich"}, {"TABLE", "mapping"}, {"POLICY", "mapping elsewhere"}};
    ASSERT_CHOICE("by_key", there, absent);
}

static void a_materialized_view_is_refreshed(void **state)
{
    (void)state;
    static const Expected there[] = {
        {"MATERIALIZED VIEW", "summary"},
        {"MATERIALIZED VIEW DATA", "summary"},
        {"COMMENT", "MATERIALIZED VIEW summary"},
        {"INDEX", "summary_n"},
        {"VIEW", "rich"},
        {"ACL", "TABLE rich"},
        {"TABLE", "customers"},
    };
    static const Expected absent[] = {{"TABLE", "items"}, {"MATERIALIZED VIEW", "unfilled"}};
    ASSERT_CHOICE("summary", there, absent);
}

static void a_child_brings_its_parent_but_a_parent_not_its_children(void **state)
{
    (void)state;
    static const Expected both[] = {{"TABLE", "base"}, {"TABLE", "child"}};
    ASSERT_CHOICE("child", both, ((const Expected[]){{"TABLE", "items"}}));
    ASSERT_CHOICE("base", ((const Expected[]){{"TABLE", "base"}}), ((const Expected[]){{"TABLE", "child"}}));
}

static void a_partitioned_table_brings_its_partitions(void **state)
{
    (void)state;
    static const Expected there[] = {
        {"TABLE", "events"},
        {"TABLE", "events_2024"},
        {"TABLE", "events_2025"},
        {"TABLE", "events_2025_one"},
        {"TABLE", "events_rest"},
        {"INDEX", "events_note"},
        {"INDEX ATTACH", "events_2025_one_pkey"},
        {"CONSTRAINT", "events_2024 events_2024_pkey"},
    };
    static const Expected absent[] = {{"TABLE", "places"}, {"TABLE", "items"}};
    ASSERT_CHOICE("events", there, absent);

    static const Expected foreign[] = {{"FOREIGN TABLE", "places_away"}, {"SERVER", "nowhere"}};
    static const Expected absent_events[] = {{"TABLE", "events"}, {"SERVER", "away"}};
    ASSERT_CHOICE("places", foreign, absent_events);
}

static void a_partition_brings_its_parents_without_their_other_partitions(void **state)
{
    (void)state;
    static const Expected there[] = {{"TABLE", "events"},
                                     {"TABLE", "events_2025"},
                                     {"TABLE", "events_2025_one"},
                                     {"CONSTRAINT", "events events_pkey"}};
    static const Expected absent[] = {
        {"TABLE", "events_2024"}, {"TABLE", "events_rest"}, {"INDEX ATTACH", "events_2024_pkey"}};
    ASSERT_CHOICE("events_2025_one", there, absent);

    g_autoptr(HfDumpToc) toc = dump_file_parse("schema-15.dump");
    const char *tag = "events_2025_one";
    g_autofree bool *chosen = hf_dump_toc_select(toc, is_tag, &tag);
    assert_true(chosen[dump_file_index(toc, "TABLE ATTACH", "events_2025_one")]);
    assert_true(chosen[dump_file_index(toc, "TABLE ATTACH", "events_2025")]);
    assert_false(chosen[dump_file_index(toc, "TABLE ATTACH", "events_2024")]);
}

static void a_sequence_that_only_a_default_needs_comes_with_the_table(void **state)
{
    (void)state;
    static const Expected there[] = {
        {"SEQUENCE", "tickets"}, {"ACL", "SEQUENCE tickets"}, {"SCHEMA", "Odd \"Schema"}, {"SCHEMA", "shop"}};
    ASSERT_CHOICE("odd.table", there, ((const Expected[]){{"TABLE", "items"}, {"SEQUENCE", "items_id_seq"}}));
    ASSERT_CHOICE("tickets", ((const Expected[]){{"SEQUENCE", "tickets"}, {"ACL", "SEQUENCE tickets"}}),
                  ((const Expected[]){{"TABLE", "odd.table"}}));
}

static void for_rows_a_table_comes_without_what_it_needs(void **state)
{
    (void)state;
    ASSERT_CHOICE_FOR_ROWS("child", ((const Expected[]){{"TABLE", "child"}}),
                           ((const Expected[]){{"TABLE", "base"}, {"SCHEMA", "shop"}}));
    ASSERT_CHOICE_FOR_ROWS("items", ((const Expected[]){{"TABLE", "items"}, {"SEQUENCE", "items_id_seq"}}),
                           ((const Expected[]){{"TABLE", "customers"}, {"SEQUENCE", "customers_id_seq"}}));
    ASSERT_CHOICE_FOR_ROWS("events", ((const Expected[]){{"TABLE", "events_2024"}, {"TABLE", "events_2025_one"}}),
                           ((const Expected[]){{"TABLE", "items"}, {"CONSTRAINT", "events events_pkey"}}));
    ASSERT_CHOICE_FOR_ROWS("rich", ((const Expected[]){{"VIEW", "rich"}}),
                           ((const Expected[]){{"TABLE", "customers"}}));
}

static void a_foreign_table_brings_its_server_and_user_mappings(void **state)
{
    (void)state;
    static const Expected there[] = {
        {"FOREIGN TABLE", "abroad"},
        {"SERVER", "away"},
        {"ACL", "FOREIGN SERVER away"},
        {"EXTENSION", "postgres_fdw"},
        {"USER MAPPING", "USER MAPPING Mixed Case SERVER away"},
    };
    static const Expected absent[] = {{"SERVER", "nowhere"}, {"FOREIGN DATA WRAPPER", "toc_wrapper"}};
    ASSERT_CHOICE("abroad", there, absent);
}

static void nothing_wanted_gives_the_settings_alone(void **state)
{
    (void)state;
    g_autoptr(HfDumpToc) toc = dump_file_parse("schema-15.dump");
    const char *tag = "no such table";
    g_autofree bool *chosen = hf_dump_toc_select(toc, is_tag, &tag);
    size_t count = 0;
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++)
        count += chosen[i];
    assert_int_equal(count, 3);
}

static HfPatternVerdict is_any(const HfTocEntry *entry, gpointer data)
{
    (void)data;
    return hf_toc_entry_is_nameable(entry) ? HF_PATTERN_WANTED : HF_PATTERN_UNTOLD;
}

/* Every entry chosen has all that it needs in the result: it can be created. */
static void a_choice_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        g_autofree bool *all = hf_dump_toc_select(toc, is_any, NULL);
        for (size_t j = 0; j < hf_dump_toc_size(toc); j++) {
            const HfTocEntry *entry = hf_dump_toc_get(toc, j);
            const char *tag = entry->tag;
            g_autofree bool *one = hf_dump_toc_select(toc, is_tag, &tag);
            for (size_t k = 0; k < hf_dump_toc_size(toc); k++) {
                const HfTocEntry *chosen = hf_dump_toc_get(toc, k);
                for (size_t d = 0; one[k] && d < chosen->dependency_count; d++) {
                    const HfTocEntry *needed = hf_dump_toc_find(toc, chosen->dependencies[d]);
                    assert_true(needed == NULL || one[needed - hf_dump_toc_get(toc, 0)]);
                }
                assert_true(!one[k] || all[k]);
            }
        }
    }
}

/* ---- By a filter ---------------------------------------------------------------------------------------------------
 */

static HfPatternVerdict judge(const HfTocEntry *entry, gpointer filter)
{
    return hf_toc_entry_judge(entry, filter);
}

static bool *choose(const HfDumpToc *toc, const HfPatternLists *lists, char **lost)
{
    g_autoptr(HfPatternFilter) filter = hf_pattern_filter_new(lists, NULL);
    bool *chosen = hf_dump_toc_select(toc, judge, filter);
    *lost = hf_dump_toc_describe_lost(toc, chosen, filter);
    assert_true(hf_pattern_filter_check_used(filter, NULL));
    return chosen;
}

static void assert_kinds(const HfDumpToc *toc, const bool *chosen, bool are, const Expected *expected, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (chosen[dump_file_index(toc, expected[i].kind, expected[i].tag)] != are)
            fail_msg("%s %s", expected[i].kind, expected[i].tag);
}

static void what_is_excluded_stays_out_with_what_needs_it(void **state)
{
    (void)state;
    static const Expected absent[] = {{"TABLE", "customers"},
                                      {"SEQUENCE", "customers_id_seq"},
                                      {"ACL", "TABLE customers"},
                                      {"FK CONSTRAINT", "items items_customer_fkey"},
                                      {"VIEW", "rich"}};
    static const Expected there[] = {
        {"ENCODING", "ENCODING"},      {"TABLE", "items"},      {"TYPE", "mood"}, {"SEQUENCE", "tickets"},
        {"EXTENSION", "postgres_fdw"}, {"TABLE", "events_2024"}};
    const HfPatternLists lists = {.exclude_tables = (const char *const[]){"shop.customers", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        g_autofree char *lost = NULL;
        g_autofree bool *chosen = choose(toc, &lists, &lost);
        assert_kinds(toc, chosen, false, absent, G_N_ELEMENTS(absent));
        assert_kinds(toc, chosen, true, there, G_N_ELEMENTS(there));
        assert_non_null(strstr(lost, "VIEW shop.rich"));
        assert_non_null(strstr(lost, "FK CONSTRAINT shop.items items_customer_fkey"));
        assert_null(strstr(lost, "customers_pkey"));
    }
}

static void partitions_go_with_their_table(void **state)
{
    (void)state;
    static const Expected partitions[] = {{"TABLE", "events_2024"}, {"TABLE", "events_2025_one"}};
    const HfPatternLists without = {.exclude_tables = (const char *const[]){"events", NULL}};
    const HfPatternLists with = {.tables = (const char *const[]){"events", NULL},
                                 .exclude_tables = (const char *const[]){"events_rest", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        g_autofree char *lost = NULL, *no_loss = NULL;
        g_autofree bool *rest = choose(toc, &without, &lost), *some = choose(toc, &with, &no_loss);
        assert_kinds(toc, rest, false, partitions, G_N_ELEMENTS(partitions));
        assert_kinds(toc, some, true, partitions, G_N_ELEMENTS(partitions));
        assert_false(some[dump_file_index(toc, "TABLE", "events_rest")]);
        assert_true(some[dump_file_index(toc, "CONSTRAINT", "events events_pkey")]);
    }
}

static void a_schema_comes_or_goes_with_all_that_is_in_it(void **state)
{
    (void)state;
    const HfPatternLists only = {.schemas = (const char *const[]){"shop", NULL}};
    const HfPatternLists without = {.exclude_schemas = (const char *const[]){"shop", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        g_autofree char *lost = NULL, *no_loss = NULL;
        g_autofree bool *some = choose(toc, &only, &no_loss), *rest = choose(toc, &without, &lost);
        for (size_t e = 0; e < hf_dump_toc_size(toc); e++) {
            const HfTocEntry *entry = hf_dump_toc_get(toc, e);
            bool inside = g_strcmp0(entry->schema, "shop") == 0;
            bool whole = inside && (strcmp(entry->kind, "FUNCTION") == 0 || strcmp(entry->kind, "TYPE") == 0);
            assert_true(!whole || some[e]);
            assert_true(!inside || !rest[e]);
        }
        assert_true(some[dump_file_index(toc, "SCHEMA", "shop")]);
        assert_false(rest[dump_file_index(toc, "SCHEMA", "shop")]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_comes_with_what_it_needs_and_what_is_its_own),
        cmocka_unit_test(what_needs_a_table_that_is_not_chosen_is_left_out),
        cmocka_unit_test(a_view_brings_its_tables_and_what_joins_them),
        cmocka_unit_test(a_materialized_view_is_refreshed),
        cmocka_unit_test(a_child_brings_its_parent_but_a_parent_not_its_children),
        cmocka_unit_test(a_partitioned_table_brings_its_partitions),
        cmocka_unit_test(a_partition_brings_its_parents_without_their_other_partitions),
        cmocka_unit_test(a_sequence_that_only_a_default_needs_comes_with_the_table),
        cmocka_unit_test(for_rows_a_table_comes_without_what_it_needs),
        cmocka_unit_test(a_foreign_table_brings_its_server_and_user_mappings),
        cmocka_unit_test(nothing_wanted_gives_the_settings_alone),
        cmocka_unit_test(a_choice_is_complete),
        cmocka_unit_test(what_is_excluded_stays_out_with_what_needs_it),
        cmocka_unit_test(partitions_go_with_their_table),
        cmocka_unit_test(a_schema_comes_or_goes_with_all_that_is_in_it),
    };
    return cmocka_run_group_tests_name("pg/toc_select", tests, NULL, NULL);
}
