#include "archive/manifest.h"

#include "tests/unit/archive/sample.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

#define END 8192 /* where the manifest's tar header stands in these tests */

static HfManifest *make_manifest(void)
{
    HfManifest *manifest = hf_manifest_new();
    manifest->finished = g_strdup("2026-11-21T03:00:01.000000Z");
    manifest->sequences = 3;
    manifest->large_objects = 1;
    hf_manifest_add_member(manifest, HF_MEMBER_HEAD, 512, 700, hf_digest_of("a", 1));
    hf_manifest_add_member(manifest, "data/16401/00001.copy.zst", 2048, 512, hf_digest_of("b", 1));
    hf_manifest_add_member(manifest, "data/16401/00002.copy.zst", 3072, 1, hf_digest_of("c", 1));
    hf_manifest_add_member(manifest, "blobs/00001.copy.zst", 4096, 4096, hf_digest_of("d", 1));
    HfManifestTable *orders = sample_add_table(manifest, 16401, "ord\"ers\n");
    orders->filter = g_strdup("id > 0");
    orders->load_root_oid = 16400;
    orders->load_root_schema = g_strdup("public");
    orders->load_root_name = g_strdup("all_orders");
    orders->proof = (HfRowDigest){.rows = 30, .sum = hf_digest_of("rows", 4)};
    orders->raw_bytes = 300;
    g_array_append_vals(orders->parts, (HfPart[]){{1, 10, 100}, {2, 20, 200}}, 2);
    HfManifestTable *away = sample_add_table(manifest, 16500, "left_out");
    away->no_data_reason = g_strdup("--exclude-table-data");
    HfManifestTable *blobs = sample_add_table(manifest, 0, "pg_largeobject");
    blobs->format = HF_FORMAT_BINARY;
    g_clear_pointer(&blobs->format_reason, g_free);
    blobs->proof.rows = 1;
    blobs->raw_bytes = 5;
    g_array_append_vals(blobs->parts, (HfPart[]){{3, 1, 5}}, 1);
    char name[] = "app.\"mood\"";
    hf_manifest_add_type(manifest, &(HfType){.oid = 16390, .name = name, .kind = 'e', .has_binary = true});
    return manifest;
}

static void a_manifest_reads_back_as_it_was_written(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = make_manifest();
    size_t length;
    g_autofree char *text = hf_manifest_to_json(manifest, &length, NULL);
    assert_int_equal(length, strlen(text));
    g_autoptr(HfManifest) back = hf_manifest_from_json(text, length, END, &error);
    assert_no_error(error);
    size_t length_again;
    g_autofree char *again = hf_manifest_to_json(back, &length_again, NULL);
    assert_string_equal(text, again);

    const HfManifestTable *orders = back->tables->pdata[0];
    assert_string_equal(orders->name, "ord\"ers\n");
    assert_string_equal(orders->load_root_name, "all_orders");
    assert_int_equal(g_array_index(orders->parts, HfPart, 1).rows, 20);
    assert_int_equal(hf_manifest_rows(back), 31);
    assert_int_equal(hf_manifest_raw_bytes(back), 305);
    assert_int_equal(hf_manifest_find_member(back, "blobs/00001.copy.zst")->offset, 4096);
    assert_null(hf_manifest_find_member(back, "nothing"));
    assert_int_equal(((const HfManifestTable *)back->tables->pdata[2])->format, HF_FORMAT_BINARY);
    g_autoptr(HfTypeTable) types = hf_manifest_type_table(back);
    assert_string_equal(hf_type_table_get(types, 16390)->name, "app.\"mood\"");
    assert_int_equal(hf_type_table_get(types, 16390)->kind, 'e');
}

/* A range over a domain over an enum, and a type that no column has. */
static HfTypeTable *make_types(void)
{
    char name[] = "t";
    HfTypeTable *types = hf_type_table_new();
    const HfType all[] = {{.oid = 20001, .kind = 'e'},
                          {.oid = 20002, .kind = 'd', .base_oid = 20001},
                          {.oid = 20003, .kind = 'r', .subtype_oid = 20002},
                          {.oid = 20004, .kind = 'm', .subtype_oid = 20003},
                          {.oid = 20005, .kind = 'e'}};
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        HfType type = all[i];
        type.name = name;
        type.has_binary = true;
        hf_type_table_add(types, &type);
    }
    return types;
}

static void the_types_of_binary_columns_come_with_what_they_are_made_of(void **state)
{
    (void)state;
    g_autoptr(HfManifest) manifest = hf_manifest_new();
    g_autoptr(HfTypeTable) types = make_types();
    HfManifestTable *table = sample_add_table(manifest, 16401, "t");
    g_ptr_array_add(table->columns, hf_column_new("m", "mood_multirange", 20004));
    g_ptr_array_add(table->columns, hf_column_new("r", "mood_range", 20003));
    hf_manifest_add_types(manifest, types);
    assert_int_equal(manifest->types->len, 0); /* it is a text table */
    table->format = HF_FORMAT_BINARY;
    hf_manifest_add_types(manifest, types);
    assert_int_equal(manifest->types->len, 4);
    g_autoptr(HfTypeTable) read = hf_manifest_type_table(manifest);
    assert_null(hf_type_binary_unsafe_reason(read, 20004));
    assert_null(hf_type_table_get(read, 20005));
}

static void the_length_is_read_from_the_tail(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = make_manifest();
    size_t length, stated = 0;
    g_autofree char *text = hf_manifest_to_json(manifest, &length, NULL);
    assert_true(hf_manifest_parse_tail(text + length - HF_MANIFEST_TAIL_BYTES, &stated, &error));
    assert_int_equal(stated, length);
    assert_false(hf_manifest_parse_tail(text + length - HF_MANIFEST_TAIL_BYTES - 1, &stated, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "end is damaged");
}

/* The text before the tail under a tail that is true to it, as the specification has it. */
static char *seal(const char *body, uint64_t length)
{
    char hex[HF_DIGEST_HEX_SIZE];
    hf_digest_to_hex(hf_digest_of(body, strlen(body)), hex);
    return g_strdup_printf("%s,\n\"digest\":\"%s\",\n\"manifest_bytes\":%20" G_GUINT64_FORMAT "}\n", body, hex, length);
}

static void a_tail_that_lies_about_the_length_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint64_t length;
        HfErrorCode code;
    } lies[] = {{0, HF_ERROR_CORRUPT},
                {86, HF_ERROR_CORRUPT},
                {90, HF_ERROR_CORRUPT},
                {((uint64_t)1 << 30) + 1, HF_ERROR_LIMIT},
                {(uint64_t)1 << 63, HF_ERROR_LIMIT},
                {UINT64_MAX, HF_ERROR_LIMIT}};
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = seal("{\"format\":1", lies[i].length);
        assert_null(hf_manifest_from_json(text, strlen(text), END, &error));
        assert_error(&error, lies[i].code, "manifest.json: ");
    }
}

typedef struct {
    const char *find;
    const char *replace;
    HfErrorCode code;
    const char *message;
} Lie;

static const Lie lies[] = {
    {"\"format\":1", "\"format\":0", HF_ERROR_CORRUPT, "no archive format 0"},
    {"\"format\":1,\"product\":\"holdfast", "\"format\":2,\"product\":\"holdfast 9 or", HF_ERROR_USAGE,
     "a newer Holdfast, holdfast 9 or"},
    {"\"format\":1,", "", HF_ERROR_CORRUPT, "\"format\" is missing"},
    {"{\"format\":1", "[\"format\",1", HF_ERROR_CORRUPT, "not valid JSON"},
    {"\"finished\":", "\"finish\":", HF_ERROR_CORRUPT, "\"finished\" is missing"},
    {"\"sequences\":3", "\"sequences\":-3", HF_ERROR_CORRUPT, "\"sequences\" is not a whole number"},
    {"\"members\":[", "\"embers\":[", HF_ERROR_CORRUPT, "\"members\" is missing"},
    {"\"tables\":[", "\"tables\":7,\"t\":[", HF_ERROR_CORRUPT, "\"tables\" is not an array"},
    /* Where members lie */
    {"\"offset\":512", "\"offset\":0", HF_ERROR_CORRUPT, "holdfast.json cannot lie at offset 0"},
    {"\"offset\":512,\"size_bytes\":700", "\"offset\":1024,\"size_bytes\":300", HF_ERROR_CORRUPT,
     "the first member is not holdfast.json"},
    {"\"name\":\"holdfast.json\"", "\"name\":\"README.txt\"", HF_ERROR_CORRUPT,
     "the first member is not holdfast.json"},
    {"\"offset\":2048", "\"offset\":2047", HF_ERROR_CORRUPT, "cannot lie at offset 2047"},
    {"\"offset\":2048", "\"offset\":1536", HF_ERROR_CORRUPT, "cannot lie at offset 1536"},
    {"\"offset\":3072", "\"offset\":1024", HF_ERROR_CORRUPT, "cannot lie at offset 1024"},
    {"\"offset\":4096", "\"offset\":9223372036854775808", HF_ERROR_CORRUPT, "cannot lie at offset 9223372036854775808"},
    {"\"offset\":4096", "\"offset\":18446744073709551104", HF_ERROR_CORRUPT, "cannot lie at offset"},
    {"\"size_bytes\":512", "\"size_bytes\":513", HF_ERROR_CORRUPT, "00002.copy.zst cannot lie"},
    {"\"size_bytes\":4096", "\"size_bytes\":4097", HF_ERROR_CORRUPT, "with 4097 bytes"},
    {"\"size_bytes\":4096", "\"size_bytes\":9223372036854775808", HF_ERROR_CORRUPT, "with 9223372036854775808 bytes"},
    {"\"size_bytes\":4096", "\"size_bytes\":18446744073709551615", HF_ERROR_CORRUPT, "with 18446744073709551615"},
    {"\"size_bytes\":4096", "\"size_bytes\":18446744073709551616", HF_ERROR_CORRUPT, "members[3]: manifest.json:"},
    {"\"size_bytes\":4096", "\"size_bytes\":3000", HF_ERROR_CORRUPT, "a gap"},
    {"\"size_bytes\":4096,", "", HF_ERROR_CORRUPT, "\"size_bytes\" is missing"},
    /* Names */
    {"\"name\":\"blobs/00001.copy.zst\"", "\"name\":\"/etc/passwd\"", HF_ERROR_CORRUPT, "cannot be a member's name"},
    {"\"name\":\"blobs/00001.copy.zst\"", "\"name\":\"blobs/../../x\"", HF_ERROR_CORRUPT, "cannot be a member's name"},
    {"\"name\":\"blobs/00001.copy.zst\"", "\"name\":\"a b\"", HF_ERROR_CORRUPT, "cannot be a member's name"},
    {"\"name\":\"blobs/00001.copy.zst\"", "\"name\":\"manifest.json\"", HF_ERROR_CORRUPT, "cannot be a member's name"},
    {"\"name\":\"blobs/00001.copy.zst\"", "\"name\":\"data/1/1.copy.zst\"", HF_ERROR_CORRUPT, "not in the form"},
    {"\"name\":\"blobs/00001.copy.zst\"", "\"name\":\"blobs/1.copy.zst\"", HF_ERROR_CORRUPT, "not in the form"},
    {"16401/00002.copy", "16401/00001.copy", HF_ERROR_CORRUPT, "two members of the name"},
    {"\"digest\":\"", "\"digest\":\"x", HF_ERROR_CORRUPT, "a digest is not 32 hex digits"},
    /* Tables and parts */
    {"\"kind\":\"table\"", "\"kind\":\"view\"", HF_ERROR_CORRUPT, "\"kind\" is \"view\""},
    {"\"format\":\"text\"", "\"format\":\"csv\"", HF_ERROR_CORRUPT, "\"format\" is \"csv\""},
    {"\"oid\":16401", "\"oid\":0", HF_ERROR_CORRUPT, "an oid of 0"},
    {"\"oid\":16401", "\"oid\":4294967296", HF_ERROR_CORRUPT, "over 4294967295"},
    {"\"oid\":16401", "\"oid\":16402", HF_ERROR_CORRUPT, "holds no rows of the table with the oid 16402"},
    {"\"oid\":16500", "\"oid\":16401", HF_ERROR_CORRUPT, "two tables with the oid 16401"},
    {"\"schema\":\"public\",", "", HF_ERROR_CORRUPT, "\"schema\" is missing"},
    {"\"name\":\"left_out\"", "\"name\":\"\"", HF_ERROR_CORRUPT, "a table without a name"},
    {"\"load_root\":{\"oid\":16400", "\"load_root\":{\"oid\":0", HF_ERROR_CORRUPT, "a load_root without its oid"},
    {"\"load_root\":{", "\"load_rot\":{", HF_ERROR_CORRUPT, "\"oid\" is missing"},
    {"\"member\":1,", "\"member\":3,", HF_ERROR_CORRUPT, "blobs/00001.copy.zst holds no rows"},
    {"\"member\":1,", "\"member\":0,", HF_ERROR_CORRUPT, "holdfast.json holds no rows"},
    {"\"member\":1,", "\"member\":4,", HF_ERROR_CORRUPT, "there is no member 4"},
    {"\"member\":1,", "\"member\":18446744073709551615,", HF_ERROR_CORRUPT, "there is no member"},
    {"\"member\":2,", "\"member\":1,", HF_ERROR_CORRUPT, "is a part twice"},
    {",{\"member\":2,\"rows\":20,\"raw_bytes\":200}", "", HF_ERROR_CORRUPT, "not the sum"},
    {"\"parts\":[{\"member\":3,\"rows\":1,\"raw_bytes\":5}]", "\"parts\":[]", HF_ERROR_CORRUPT, "not the sum"},
    {"\"rows\":30", "\"rows\":31", HF_ERROR_CORRUPT, "not the sum"},
    {"\"raw_bytes\":300", "\"raw_bytes\":0", HF_ERROR_CORRUPT, "not the sum"},
    {"\"rows\":20", "\"rows\":18446744073709551615", HF_ERROR_CORRUPT, "larger than can be"},
    {"\"no_data_reason\":null", "\"no_data_reason\":\"why\"", HF_ERROR_CORRUPT, "both with parts and"},
    {"\"types\":[", "\"typos\":[", HF_ERROR_CORRUPT, "\"types\" is missing"},
    {"\"kind\":\"e\"", "\"kind\":\"enum\"", HF_ERROR_CORRUPT, "types[0]: manifest.json: the kind"},
    {"\"kind\":\"e\"", "\"kind\":\"\"", HF_ERROR_CORRUPT, "the kind of a type"},
    {"\"has_binary\":true", "\"has_binary\":1", HF_ERROR_CORRUPT, "\"has_binary\""},
    {"\"type_oid\":23", "\"type_oid\":\"23\"", HF_ERROR_CORRUPT, "columns[0]: manifest.json: \"type_oid\""},
};

static void check_lie(const char *body, const Lie *lie)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) changed = g_string_new(body);
    if (g_string_replace(changed, lie->find, lie->replace, 1) != 1)
        fail_msg("the manifest does not hold %s", lie->find);
    g_autofree char *text = seal(changed->str, changed->len + HF_MANIFEST_TAIL_BYTES);
    if (hf_manifest_from_json(text, strlen(text), END, &error) != NULL)
        fail_msg("%s was believed", lie->replace);
    assert_error(&error, lie->code, lie->message);
}

static void a_manifest_that_lies_is_refused(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = make_manifest();
    size_t length;
    g_autofree char *body = hf_manifest_to_json(manifest, &length, NULL);
    body[length - HF_MANIFEST_TAIL_BYTES] = '\0';
    g_autofree char *honest = seal(body, length);
    g_autoptr(HfManifest) back = hf_manifest_from_json(honest, length, END, &error);
    assert_no_error(error);
    assert_non_null(back);
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++)
        check_lie(body, &lies[i]);
}

static void a_part_that_no_table_has_is_refused(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = make_manifest();
    g_ptr_array_remove_index(manifest->tables, 2);
    size_t length;
    g_autofree char *text = hf_manifest_to_json(manifest, &length, NULL);
    assert_null(hf_manifest_from_json(text, length, END, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "no table has the member blobs/00001.copy.zst");
}

static void a_table_has_no_more_columns_than_a_server_lets_it_have(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = make_manifest();
    HfManifestTable *table = manifest->tables->pdata[0];
    while (table->columns->len < 1600)
        g_ptr_array_add(table->columns, hf_column_new("c", "integer", 23));
    size_t length;
    g_autofree char *most = hf_manifest_to_json(manifest, &length, NULL);
    g_autoptr(HfManifest) back = hf_manifest_from_json(most, length, END, &error);
    assert_no_error(error);
    g_ptr_array_add(table->columns, hf_column_new("c", "integer", 23));
    g_autofree char *more = hf_manifest_to_json(manifest, &length, NULL);
    assert_null(hf_manifest_from_json(more, length, END, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "a table of 1601 columns");
}

/* Small values in great number, which take far more memory than their text. */
static void the_values_of_a_manifest_are_bounded(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) body = g_string_new("{\"format\":1,\"x\":[1");
    gsize start = body->len;
    g_string_set_size(body, start + 4 * HF_MANIFEST_MAX_NODES);
    for (gsize at = start; at < body->len; at += 4)
        memcpy(body->str + at, ",234", 4);
    g_string_append_c(body, ']');
    g_autofree char *text = seal(body->str, body->len + HF_MANIFEST_TAIL_BYTES);
    assert_null(hf_manifest_from_json(text, body->len + HF_MANIFEST_TAIL_BYTES, END, &error));
    assert_error(&error, HF_ERROR_LIMIT, "manifest.json");
}

static void every_changed_byte_of_a_manifest_is_found(void **state)
{
    (void)state;
    g_autoptr(HfManifest) manifest = make_manifest();
    size_t length;
    g_autofree char *text = hf_manifest_to_json(manifest, &length, NULL);
    for (size_t i = 0; i < length; i++) {
        g_autoptr(GError) error = NULL;
        text[i] ^= 1;
        assert_null(hf_manifest_from_json(text, length, END, &error));
        text[i] ^= 1;
        g_clear_error(&error);
        assert_null(hf_manifest_from_json(text, i, END, &error));
    }
}

static void member_names_are_in_form(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "restore.sh", "data/1/00001.copy.zst", "x-y_z/0", "..."},
                             *const bad[] = {"",   "/a",   "a/",   "a//b", ".",       "a/./b",
                                             "..", "a/..", "a\\b", "a\nb", "\xc3\xa4"};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        assert_true(hf_member_name_is_valid(good[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(hf_member_name_is_valid(bad[i]));
    g_autofree char *longest = g_strnfill(100, 'a'), *too_long = g_strnfill(101, 'a');
    assert_true(hf_member_name_is_valid(longest));
    assert_false(hf_member_name_is_valid(too_long));
}

static void part_names_are_canonical(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "data/0/00001.copy.zst",       "data/1/1.copy.zst",      "data/1/00000.copy.zst",
        "data/01/00001.copy.zst",      "data/1/000001.copy.zst", "data/4294967296/00001.copy.zst",
        "data/-1/00001.copy.zst",      "data/1/00001.copy",      "blobs/create.sql",
        "blobs/1/00001.copy.zst",      "holdfast.json",          "data/ 1/00001.copy.zst",
        "data/1/99999999999.copy.zst", "data/1/2/00001.copy.zst"};
    uint32_t oid = 7;
    g_autofree char *data = hf_part_name(4294967295, 123456), *blob = hf_part_name(0, 1);
    assert_string_equal(data, "data/4294967295/123456.copy.zst");
    assert_string_equal(blob, "blobs/00001.copy.zst");
    assert_true(hf_part_name_parse(data, &oid));
    assert_int_equal(oid, 4294967295);
    assert_true(hf_part_name_parse(blob, &oid));
    assert_int_equal(oid, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(hf_part_name_parse(bad[i], &oid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_reads_back_as_it_was_written),
        cmocka_unit_test(the_types_of_binary_columns_come_with_what_they_are_made_of),
        cmocka_unit_test(the_length_is_read_from_the_tail),
        cmocka_unit_test(a_tail_that_lies_about_the_length_is_refused),
        cmocka_unit_test(a_manifest_that_lies_is_refused),
        cmocka_unit_test(a_part_that_no_table_has_is_refused),
        cmocka_unit_test(a_table_has_no_more_columns_than_a_server_lets_it_have),
        cmocka_unit_test(the_values_of_a_manifest_are_bounded),
        cmocka_unit_test(every_changed_byte_of_a_manifest_is_found),
        cmocka_unit_test(member_names_are_in_form),
        cmocka_unit_test(part_names_are_canonical),
    };
    return cmocka_run_group_tests_name("archive/manifest", tests, NULL, NULL);
}
