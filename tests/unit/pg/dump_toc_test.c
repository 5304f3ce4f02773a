#include "base/error.h"
#include "tests/unit/pg/dump_file.h"

static const char *const dumps[] = {"schema-13.dump", "schema-15.dump", "schema-17.dump"};
static const char *const small_dumps[] = {"small-13.dump", "small-15.dump", "small-17.dump"};

static HfDumpToc *parse(const uint8_t *data, size_t length, GError **error)
{
    /* A copy of just that size, so that a sanitizer sees the first byte that is read past the end. */
    g_autofree uint8_t *copy = g_memdup2(data, length);
    return hf_dump_toc_parse(copy, length, error);
}

static void a_table_has_what_pg_dump_wrote(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        const HfTocEntry *table = dump_file_entry(toc, "TABLE", "odd.table");
        assert_string_equal(table->schema, "Odd \"Schema");
        assert_string_equal(table->owner, "rôle \"ünï\"");
        assert_string_equal(table->tablespace, "");
        assert_string_equal(table->access_method, "heap");
        assert_string_equal(table->drop, "DROP TABLE \"Odd \"\"Schema\".\"odd.table\";\n");
        assert_true(g_str_has_prefix(table->definition, "CREATE TABLE \"Odd \"\"Schema\".\"odd.table\" ("));
        assert_int_equal(table->catalog_oid, 1259);
        assert_true(table->object_oid >= 16384);
        assert_int_equal(table->relkind, i == 2 ? 'r' : 0);
        assert_int_equal(table->dependency_count, 2);
        assert_ptr_equal(hf_dump_toc_find(toc, table->dump_id), table);
    }
}

static void what_an_entry_does_not_have_is_null_or_empty(void **state)
{
    (void)state;
    g_autoptr(HfDumpToc) toc = dump_file_parse("schema-15.dump");
    const HfTocEntry *extension = dump_file_entry(toc, "EXTENSION", "citext");
    assert_null(extension->schema);
    assert_null(extension->tablespace);
    assert_null(extension->access_method);
    assert_string_equal(extension->owner, "");
    assert_int_equal(extension->dependency_count, 0);
    assert_string_equal(dump_file_entry(toc, "ROW SECURITY", "customers")->drop, "");
    assert_null(hf_dump_toc_find(toc, 0));
    assert_null(hf_dump_toc_find(toc, INT32_MAX));
}

static void only_archives_of_pg_dump_17_tell_partitioned_tables(void **state)
{
    (void)state;
    g_autoptr(HfDumpToc) toc = dump_file_parse("schema-17.dump");
    assert_int_equal(dump_file_entry(toc, "TABLE", "twin_parts")->relkind, 'p');
    assert_string_equal(dump_file_entry(toc, "TABLE", "twin_parts")->access_method, "heap_twin");
    assert_int_equal(dump_file_entry(toc, "VIEW", "rich")->relkind, 'v');
    assert_int_equal(dump_file_entry(toc, "SCHEMA", "shop")->relkind, 0);
}

static void each_entry_is_in_its_phase(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *tag;
        HfTocPhase phase;
    } expected[] = {
        {"ENCODING", "ENCODING", HF_TOC_PRE_DATA},
        {"STDSTRINGS", "STDSTRINGS", HF_TOC_PRE_DATA},
        {"SEARCHPATH", "SEARCHPATH", HF_TOC_PRE_DATA},
        {"TABLE", "customers", HF_TOC_PRE_DATA},
        {"COMMENT", "TABLE customers", HF_TOC_PRE_DATA},
        {"ACL", "TABLE customers", HF_TOC_ACL},
        {"DEFAULT", "items id", HF_TOC_PRE_DATA},
        {"INDEX", "items_at", HF_TOC_POST_DATA},
        {"COMMENT", "INDEX items_at", HF_TOC_POST_DATA},
        {"COMMENT", "TRIGGER stamp ON items", HF_TOC_POST_DATA},
        {"COMMENT", "POLICY mine ON mapping", HF_TOC_POST_DATA},
        {"COMMENT", "CONSTRAINT is_positive ON DOMAIN positive", HF_TOC_PRE_DATA},
        {"COMMENT", "CONSTRAINT no_overlap ON items", HF_TOC_POST_DATA},
        {"COMMENT", "MATERIALIZED VIEW summary", HF_TOC_PRE_DATA},
        {"PUBLICATION", "some", HF_TOC_POST_DATA},
        {"DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES", HF_TOC_ACL},
        {"EVENT TRIGGER", "watch", HF_TOC_LAST},
        {"COMMENT", "EVENT TRIGGER watch", HF_TOC_LAST},
        {"MATERIALIZED VIEW DATA", "summary", HF_TOC_LAST},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        for (size_t j = 0; j < G_N_ELEMENTS(expected); j++)
            assert_int_equal(dump_file_entry(toc, expected[j].kind, expected[j].tag)->phase, expected[j].phase);
    }
}

/* What an entry depends on comes before it, counting phases first. */
static void the_order_of_the_archive_is_one_of_creation(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        for (size_t j = 0; j < hf_dump_toc_size(toc); j++) {
            const HfTocEntry *entry = hf_dump_toc_get(toc, j);
            for (size_t k = 0; k < entry->dependency_count; k++) {
                const HfTocEntry *needed = hf_dump_toc_find(toc, entry->dependencies[k]);
                assert_true(needed == NULL || needed->phase < entry->phase ||
                            (needed->phase == entry->phase && needed < entry));
            }
        }
    }
}

static void assert_cuts_are_damage(const char *name, size_t step)
{
    g_autoptr(GBytes) bytes = dump_file_read(name);
    for (size_t length = 0; length < g_bytes_get_size(bytes); length += step) {
        g_autoptr(GError) error = NULL;
        assert_null(parse(g_bytes_get_data(bytes, NULL), length, &error));
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT));
    }
}

static void a_dump_cut_anywhere_is_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(small_dumps); i++)
        assert_cuts_are_damage(small_dumps[i], 1);
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++)
        assert_cuts_are_damage(dumps[i], 97);
}

static HfPatternVerdict is_table(const HfTocEntry *entry, gpointer data)
{
    (void)data;
    return strcmp(entry->kind, "TABLE") == 0 ? HF_PATTERN_WANTED : HF_PATTERN_UNTOLD;
}

static void use_everything(const HfDumpToc *toc)
{
    g_free(hf_dump_toc_select(toc, is_table, NULL));
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++)
        g_free(hf_toc_entry_sql(hf_dump_toc_get(toc, i), NULL));
    g_strfreev(hf_dump_toc_roles(toc));
}

/* Parses with a few random bytes changed, many times; gives the number of refusals. */
static unsigned flip_bytes(GRand *dice, const char *name, unsigned rounds)
{
    g_autoptr(GBytes) bytes = dump_file_read(name);
    size_t length = g_bytes_get_size(bytes);
    unsigned refused = 0;
    for (unsigned round = 0; round < rounds; round++) {
        g_autofree uint8_t *data = g_memdup2(g_bytes_get_data(bytes, NULL), length);
        for (int flips = g_rand_int_range(dice, 1, 4); flips > 0; flips--)
            data[g_rand_int_range(dice, 0, (gint32)length)] ^= (uint8_t)g_rand_int_range(dice, 1, 256);
        g_autoptr(GError) error = NULL;
        g_autoptr(HfDumpToc) toc = parse(data, length, &error);
        assert_true((toc == NULL) == (error != NULL));
        refused += toc == NULL;
        if (toc != NULL)
            use_everything(toc);
    }
    return refused;
}

static void flipped_bytes_are_refused_or_harmless(void **state)
{
    (void)state;
    g_autoptr(GRand) dice = g_rand_new_with_seed(20240117);
    for (size_t i = 0; i < G_N_ELEMENTS(small_dumps); i++)
        assert_in_range(flip_bytes(dice, small_dumps[i], 5000), 1000, 4999);
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++)
        assert_in_range(flip_bytes(dice, dumps[i], 300), 60, 299);
}

static GError *error_of(const uint8_t *data, size_t length)
{
    GError *error = NULL;
    assert_null(parse(data, length, &error));
    return error;
}

static void another_version_is_named(void **state)
{
    (void)state;
    for (int minor = 13; minor <= 17; minor += 4) {
        uint8_t header[] = {'P', 'G', 'D', 'M', 'P', 1, (uint8_t)minor, 0, 4, 8, 1};
        g_autoptr(GError) error = error_of(header, sizeof header);
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
        g_autofree char *version = g_strdup_printf("has version 1.%d,", minor);
        assert_non_null(strstr(error->message, version));
    }
}

static void what_is_no_custom_dump_is_refused(void **state)
{
    (void)state;
    g_autoptr(GError) text = error_of((const uint8_t *)"--\n-- PostgreSQL database dump\n--\n", 33);
    assert_true(g_error_matches(text, HF_ERROR, HF_ERROR_CORRUPT));
    assert_non_null(strstr(text->message, "not a pg_dump archive"));

    uint8_t directory[] = {'P', 'G', 'D', 'M', 'P', 1, 14, 0, 4, 8, 5, 0, 0, 0, 0, 0};
    g_autoptr(GError) error = error_of(directory, sizeof directory);
    assert_non_null(strstr(error->message, "not of the custom format"));
}

static void a_dump_with_data_is_refused(void **state)
{
    (void)state;
    g_autoptr(GBytes) bytes = dump_file_read("small-with-data.dump");
    g_autoptr(GError) error = error_of(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
    assert_non_null(strstr(error->message, "TABLE DATA small"));
}

/* ---- Made-up archives ------------------------------------------------------------------------------------------- */

static void put_int(GByteArray *bytes, int32_t number)
{
    uint8_t sign = number < 0;
    uint32_t magnitude = GUINT32_TO_LE((uint32_t)ABS(number));
    g_byte_array_append(bytes, &sign, 1);
    g_byte_array_append(bytes, (const uint8_t *)&magnitude, 4);
}

static void put_string(GByteArray *bytes, const char *text)
{
    put_int(bytes, text != NULL ? (int32_t)strlen(text) : -1);
    if (text != NULL)
        g_byte_array_append(bytes, (const uint8_t *)text, (guint)strlen(text));
}

/* The header of an archive of version 1.14 that says it has so many entries. */
static GByteArray *archive_new(int32_t count)
{
    static const uint8_t start[] = {'P', 'G', 'D', 'M', 'P', 1, 14, 0, 4, 8, 1};
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, start, sizeof start);
    for (int i = 0; i < 8; i++)
        put_int(bytes, 0);
    for (int i = 0; i < 3; i++)
        put_string(bytes, "x");
    put_int(bytes, count);
    return bytes;
}

static void put_entry(GByteArray *bytes, int32_t id, const char *kind, int32_t section, const char *dependency)
{
    static const uint8_t offset[9] = {3};
    put_int(bytes, id);
    put_int(bytes, 0);
    put_string(bytes, "0");
    put_string(bytes, "0");
    put_string(bytes, "tag");
    put_string(bytes, kind);
    put_int(bytes, section);
    for (int i = 0; i < 7; i++)
        put_string(bytes, NULL); /* definition to owner */
    put_string(bytes, "false");
    if (dependency != NULL)
        put_string(bytes, dependency);
    put_string(bytes, NULL);
    g_byte_array_append(bytes, offset, sizeof offset);
}

static void assert_damage(GByteArray *bytes, const char *what)
{
    g_autoptr(GError) error = error_of(bytes->data, bytes->len);
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT));
    assert_non_null(strstr(error->message, what));
}

static void absurd_counts_and_lengths_cost_nothing(void **state)
{
    (void)state;
    g_autoptr(GByteArray) many = archive_new(INT32_MAX);
    put_entry(many, 1, "TABLE", 2, NULL);
    assert_damage(many, "ends too early");

    g_autoptr(GByteArray) negative = archive_new(-5);
    assert_damage(negative, "number of entries is negative");

    g_autoptr(GByteArray) longer = archive_new(1);
    put_int(longer, 1);
    put_int(longer, 0);
    put_int(longer, INT32_MAX);
    assert_damage(longer, "ends too early");

    g_autoptr(GByteArray) below_null = archive_new(1);
    put_int(below_null, 1);
    put_int(below_null, 0);
    put_int(below_null, -2);
    assert_damage(below_null, "negative length");
}

static void entries_that_cannot_be_are_damage(void **state)
{
    (void)state;
    g_autoptr(GByteArray) twice = archive_new(2);
    put_entry(twice, 7, "TABLE", 2, NULL);
    put_entry(twice, 7, "TABLE", 2, NULL);
    assert_damage(twice, "same number");

    g_autoptr(GByteArray) section = archive_new(1);
    put_entry(section, 7, "TABLE", 5, NULL);
    assert_damage(section, "section that does not exist");

    g_autoptr(GByteArray) dependency = archive_new(1);
    put_entry(dependency, 7, "TABLE", 2, "12345678901234567890");
    assert_damage(dependency, "not the number");
}

static void a_comment_on_nothing_known_waits_for_everything(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = archive_new(2);
    put_entry(bytes, 7, "COMMENT", 1, "7"); /* on itself */
    put_entry(bytes, 8, "COMMENT", 1, "99");
    g_autoptr(HfDumpToc) toc = hf_dump_toc_parse(bytes->data, bytes->len, NULL);
    assert_non_null(toc);
    assert_int_equal(hf_dump_toc_get(toc, 1)->phase, HF_TOC_POST_DATA);
}

static void entries_that_are_written_a_second_time_count_once(void **state)
{
    (void)state;
    g_autoptr(GByteArray) bytes = archive_new(1);
    put_entry(bytes, 7, "TABLE", 2, NULL);
    put_int(bytes, 1);
    put_entry(bytes, 7, "TABLE", 2, NULL);
    g_autoptr(HfDumpToc) toc = hf_dump_toc_parse(bytes->data, bytes->len, NULL);
    assert_int_equal(hf_dump_toc_size(toc), 1);
}

static void an_edited_archive_has_what_was_added_and_not_what_was_left_out(void **state)
{
    (void)state;
    const HfTocAddition additions[] = {{.kind = "SCHEMA",
                                        .tag = (char *)"new",
                                        .catalog_oid = 2615,
                                        .object_oid = 77,
                                        .definition = "CREATE SCHEMA new",
                                        .drop = "DROP SCHEMA new;\n",
                                        .owner = "app"},
                                       {.kind = "ACL",
                                        .tag = (char *)"SCHEMA new",
                                        .definition = "GRANT USAGE ON SCHEMA new TO app;\n",
                                        .drop = "",
                                        .owner = "app",
                                        .of_previous = true}};
    for (size_t i = 0; i < G_N_ELEMENTS(dumps); i++) {
        g_autoptr(GBytes) bytes = dump_file_read(dumps[i]);
        g_autoptr(HfDumpToc) toc = dump_file_parse(dumps[i]);
        size_t size = hf_dump_toc_size(toc), gone = dump_file_index(toc, "FK CONSTRAINT", "items items_customer_fkey");
        g_autofree bool *left_out = g_new0(bool, size);
        left_out[gone] = true;
        g_autoptr(GBytes) edited = hf_dump_toc_edit(toc, bytes, additions, G_N_ELEMENTS(additions), left_out);
        g_autoptr(GError) error = NULL;
        g_autoptr(HfDumpToc) again =
            hf_dump_toc_parse(g_bytes_get_data(edited, NULL), g_bytes_get_size(edited), &error);
        assert_null(error);
        assert_int_equal(hf_dump_toc_size(again), size + 1);
        const HfTocEntry *schema = dump_file_entry(again, "SCHEMA", "new");
        const HfTocEntry *acl = dump_file_entry(again, "ACL", "SCHEMA new");
        assert_ptr_equal(hf_dump_toc_find(again, acl->dependencies[0]), schema);
        assert_true(schema < dump_file_entry(again, "SCHEMA", "shop") &&
                    schema > dump_file_entry(again, "ENCODING", "ENCODING"));
        assert_int_equal(schema->phase, HF_TOC_PRE_DATA);
        assert_int_equal(acl->phase, HF_TOC_ACL);
        assert_int_equal(schema->object_oid, 77);
        assert_string_equal(schema->owner, "app");
        assert_string_equal(schema->definition, "CREATE SCHEMA new");
        for (size_t j = 0; j < size; j++) {
            const HfTocEntry *entry = hf_dump_toc_get(toc, j);
            const HfTocEntry *same = hf_dump_toc_find(again, entry->dump_id);
            assert_int_equal(same == NULL, j == gone);
            if (same != NULL)
                assert_string_equal(same->definition, entry->definition);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_has_what_pg_dump_wrote),
        cmocka_unit_test(what_an_entry_does_not_have_is_null_or_empty),
        cmocka_unit_test(only_archives_of_pg_dump_17_tell_partitioned_tables),
        cmocka_unit_test(each_entry_is_in_its_phase),
        cmocka_unit_test(the_order_of_the_archive_is_one_of_creation),
        cmocka_unit_test(a_dump_cut_anywhere_is_damaged),
        cmocka_unit_test(flipped_bytes_are_refused_or_harmless),
        cmocka_unit_test(another_version_is_named),
        cmocka_unit_test(what_is_no_custom_dump_is_refused),
        cmocka_unit_test(a_dump_with_data_is_refused),
        cmocka_unit_test(absurd_counts_and_lengths_cost_nothing),
        cmocka_unit_test(entries_that_cannot_be_are_damage),
        cmocka_unit_test(a_comment_on_nothing_known_waits_for_everything),
        cmocka_unit_test(entries_that_are_written_a_second_time_count_once),
        cmocka_unit_test(an_edited_archive_has_what_was_added_and_not_what_was_left_out),
    };
    return cmocka_run_group_tests_name("pg/dump_toc", tests, NULL, NULL);
}
