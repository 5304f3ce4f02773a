#include "service/extract.h"

#include "service/archive_selection.h"
#include "tests/unit/archive/sample.h"
#include "tests/unit/cmocka_all.h"
#include "tests/unit/pg/dump_file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- An archive over the schema of tests/vectors/pg_dump -----------------------------------------------------------
 */

#define MOOD_OID 99001

typedef struct {
    GByteArray *bytes;
    HfMemoryInput input;
    HfArchiveReader *reader;
} Archive;

static HfManifestTable *add_table(HfManifest *manifest, const HfDumpToc *toc, const char *name, HfDataFormat format,
                                  uint32_t type_oid)
{
    const HfTocEntry *entry = dump_file_entry(toc, "TABLE", name);
    HfManifestTable *table = sample_add_table(manifest, entry->object_oid, name);
    g_free(table->schema);
    table->schema = g_strdup(entry->schema);
    table->format = format;
    g_ptr_array_set_size(table->columns, 0);
    if (type_oid != 0)
        g_ptr_array_add(table->columns, hf_column_new("a\"b", "a type", type_oid));
    return table;
}

static void add_rows(HfArchiveWriter *writer, HfManifestTable *table, const char *rows, size_t length, uint64_t count)
{
    static const uint8_t header[19] = "PGCOPY\n\377\r\n", trailer[2] = {0xff, 0xff};
    g_autoptr(GByteArray) stream = g_byte_array_new();
    if (table->format == HF_FORMAT_BINARY)
        g_byte_array_append(stream, header, sizeof header);
    g_byte_array_append(stream, (const uint8_t *)rows, (guint)length);
    if (table->format == HF_FORMAT_BINARY)
        g_byte_array_append(stream, trailer, sizeof trailer);
    sample_add_part(writer, table, stream->data, stream->len, count);
    size_t framing = stream->len - length; /* does not count */
    g_array_index(table->parts, HfPart, table->parts->len - 1).raw_bytes -= framing;
    table->raw_bytes -= framing;
}

#define ADD_ROWS(writer, table, rows, count) add_rows(writer, table, rows, sizeof(rows) - 1, count)

static void add_partitions(HfArchiveWriter *writer, HfManifest *manifest, const HfDumpToc *toc)
{
    static const char *const names[] = {"events_2024", "events_2025_one", "events_rest"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        HfManifestTable *table = add_table(manifest, toc, names[i], HF_FORMAT_TEXT, 25);
        ADD_ROWS(writer, table, "event\n", 1);
        table->load_root_oid = dump_file_entry(toc, "TABLE", "events")->object_oid;
        table->load_root_schema = g_strdup("shop");
        table->load_root_name = g_strdup("events");
    }
}

static void add_large_objects(HfArchiveWriter *writer, HfManifest *manifest)
{
    static const char create[] = "SELECT pg_catalog.lo_create(7001);\n";
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_BLOBS_CREATE, create, strlen(create), NULL));
    HfManifestTable *blobs = sample_add_table(manifest, 0, "pg_largeobject");
    blobs->format = HF_FORMAT_BINARY;
    g_ptr_array_set_size(blobs->columns, 0);
    g_ptr_array_add(blobs->columns, hf_column_new("loid", "oid", 26));
    g_ptr_array_add(blobs->columns, hf_column_new("position", "bigint", 20));
    g_ptr_array_add(blobs->columns, hf_column_new("data", "bytea", 17));
    ADD_ROWS(writer, blobs, "\0\3\0\0\0\4\0\0\x1b\x59\0\0\0\10\0\0\0\0\0\4\0\0\0\0\0\3\\'\0", 1);
}

static void add_sequences(HfArchiveWriter *writer)
{
    static const char sequences[] = "-- The values of all sequences.\n"
                                    "SELECT pg_catalog.setval('\"shop\".\"customers_id_seq\"', 5, true);\n"
                                    "SELECT pg_catalog.setval(E'\"shop\".\"it''s\\\\\n\"', 6, true);\n"
                                    "SELECT pg_catalog.setval('\"shop\".\"items_id_seq\"', 7, false);\n";
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_SEQUENCES, sequences, strlen(sequences), NULL));
}

static void add_members(HfArchiveWriter *writer, HfManifest *manifest)
{
    g_autoptr(HfArchiveHead) head = sample_head();
    g_ptr_array_add(head->roles, hf_role_info_new("toc_owner"));
    g_ptr_array_add(head->roles, hf_role_info_new("r\xc3\xb4le \"\xc3\xbcn\xc3\xaf\""));
    g_autofree char *json = hf_archive_head_to_json(head);
    g_autoptr(GBytes) schema = dump_file_read("schema-15.dump");
    g_autoptr(HfDumpToc) toc = dump_file_parse("schema-15.dump");
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_HEAD, json, strlen(json), NULL));
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_SCHEMA, g_bytes_get_data(schema, NULL),
                                      g_bytes_get_size(schema), NULL));
    ADD_ROWS(writer, add_table(manifest, toc, "customers", HF_FORMAT_TEXT, 25), "1\\t\n\\N\n", 2);
    ADD_ROWS(writer, add_table(manifest, toc, "twin", HF_FORMAT_BINARY, MOOD_OID),
             "\0\1\0\0\0\2s\n\0\1\377\377\377\377", 2);
    ADD_ROWS(writer, add_table(manifest, toc, "no_columns", HF_FORMAT_BINARY, 0), "\0\0\0\0", 2);
    add_table(manifest, toc, "items", HF_FORMAT_BINARY, 23);
    add_partitions(writer, manifest, toc);
    ADD_ROWS(writer, sample_add_table(manifest, 4000000001, "of_extension"), "1\tx\n", 1);
    char mood[] = "shop.mood";
    hf_manifest_add_type(manifest, &(HfType){.oid = MOOD_OID, .name = mood, .kind = 'e', .has_binary = true});
    add_large_objects(writer, manifest);
    add_sequences(writer);
}

static int open_archive(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = hf_manifest_new();
    manifest->finished = g_strdup("2026-11-21T03:00:01.000000Z");
    Archive *self = g_new0(Archive, 1);
    self->bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, self->bytes);
    g_autoptr(HfArchiveWriter) writer = hf_archive_writer_open(&output.output, NULL, manifest, 1700000000, &error);
    assert_no_error(error);
    add_members(writer, manifest);
    assert_true(hf_archive_writer_finish(writer, &error));
    hf_memory_input_init(&self->input, self->bytes->data, self->bytes->len);
    self->reader = hf_archive_reader_open(&self->input.input, NULL, &error);
    assert_no_error(error);
    *state = self;
    return 0;
}

static int close_archive(void **state)
{
    Archive *self = *state;
    hf_archive_reader_free(self->reader);
    g_byte_array_unref(self->bytes);
    g_free(self);
    return 0;
}

/* ---- SQL -----------------------------------------------------------------------------------------------------------
 */

static char *extract_as(const HfExtractOptions *options, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, bytes);
    g_autoptr(HfProgress) progress = hf_progress_new();
    bool ok = hf_extract_as_sql(options, &output.output, progress, NULL, error);
    HfProgressView view;
    hf_progress_view(progress, &view);
    assert_true(!ok || view.percent >= 100);
    return ok ? g_strndup((const char *)bytes->data, bytes->len) : NULL;
}

static char *extract_sql(const Archive *archive, const char *const *patterns, GError **error)
{
    return extract_as(
        &(HfExtractOptions){.archive = archive->reader, .patterns.tables = patterns, .create_roles = true}, error);
}

static void assert_in_order(const char *script, const char *const *pieces, size_t count)
{
    const char *at = script;
    for (size_t i = 0; i < count; i++) {
        const char *found = strstr(at, pieces[i]);
        if (found == NULL)
            fail_msg("the script has no (further) %s", pieces[i]);
        at = found + strlen(pieces[i]);
    }
}

static void assert_absent(const char *script, const char *const *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(script, pieces[i]) != NULL)
            fail_msg("the script has %s", pieces[i]);
}

static void the_script_holds_everything_in_an_order_that_loads(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *script = extract_sql(*state, NULL, &error);
    assert_no_error(error);
    static const char *const pieces[] = {
        "SET client_encoding = 'UTF8';",
        "CREATE ROLE \"shop_owner\"",
        "GRANT \"staff\" TO \"shop_owner\"",
        "CREATE TABLE shop.customers",
        "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nSET DateStyle",
        "\nCOPY \"shop\".\"customers\" (\"a\"\"b\") FROM stdin;\n1\\t\n\\N\n\\.\n",
        "\nCOPY \"shop\".\"twin\" (\"a\"\"b\") FROM stdin;\ns\\n\n\\N\n\\.\n",
        "\nCOPY \"shop\".\"no_columns\" FROM stdin;\n\n\n\\.\n",
        "\nCOPY \"shop\".\"events\" (\"a\"\"b\") FROM stdin;\nevent\n\\.\n",
        "\nCOPY \"shop\".\"events\" (\"a\"\"b\") FROM stdin;\nevent\n\\.\n",
        "\nCOPY \"shop\".\"events\" (\"a\"\"b\") FROM stdin;\nevent\n\\.\n",
        "\nCOPY \"public\".\"of_extension\" (\"id\", \"what\") FROM stdin;\n1\tx\n\\.\n",
        "RESET DateStyle;",
        "SELECT pg_catalog.lo_create(7001);\n",
        "SELECT pg_catalog.lo_put('7001','262144','\\x5c2700');\n",
        "setval('\"shop\".\"customers_id_seq\"', 5, true);",
        "SET client_encoding = 'UTF8';\n",
        "CREATE INDEX ",
        "GRANT ",
        "REFRESH MATERIALIZED VIEW ",
    };
    assert_in_order(script, pieces, G_N_ELEMENTS(pieces));
    assert_null(strstr(script, "\"items\" (")); /* has no rows */
}

static void the_script_is_restricted_from_its_start_to_its_last_line(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *one = extract_sql(*state, NULL, &error), *other = extract_sql(*state, NULL, &error);
    assert_no_error(error);
    const char *start = strstr(one, "\n\\restrict ");
    assert_non_null(start);
    for (const char *line = one; line < start; line = strchr(line, '\n') + 1)
        assert_true(g_str_has_prefix(line, "--") || *line == '\n' ||
                    g_str_has_prefix(line, "\\set ON_ERROR_STOP on\n"));
    g_autofree char *key = g_strndup(start + strlen("\n\\restrict "), 32);
    g_autofree char *last = g_strdup_printf("\n\\unrestrict %s\n", key);
    assert_true(g_str_has_suffix(one, last));
    assert_null(strstr(other, key));
}

static void a_selected_table_comes_with_what_is_its_own_alone(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *script = extract_sql(*state, (const char *const[]){"shop.cust*", NULL}, &error);
    assert_no_error(error);
    static const char *const pieces[] = {"CREATE ROLE \"toc_owner\"",
                                         "CREATE ROLE \"r\xc3\xb4le \"\"",
                                         "CREATE TABLE shop.customers",
                                         "COPY \"shop\".\"customers\"",
                                         "setval('\"shop\".\"customers_id_seq\"', 5, true);\n",
                                         "customers_pkey"};
    static const char *const absent[] = {
        "shop_owner", "COPY \"shop\".\"twin\"", "items_id_seq", "setval(E", "lo_create", "lo_put", "of_extension"};
    assert_in_order(script, pieces, G_N_ELEMENTS(pieces));
    assert_absent(script, absent, G_N_ELEMENTS(absent));
}

static void rows_alone_are_one_transaction_with_the_sequences_last(void **state)
{
    const Archive *archive = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *script = extract_as(&(HfExtractOptions){.archive = archive->reader, .data_only = true}, &error);
    assert_no_error(error);
    static const char *const pieces[] = {"\n\\set ON_ERROR_STOP on\n",       "\nBEGIN;\n",
                                         "COPY \"shop\".\"customers\"",      "COPY \"public\".\"of_extension\"",
                                         "SELECT pg_catalog.lo_put('7001'",  "\nSET CONSTRAINTS ALL IMMEDIATE;\n",
                                         "\"customers_id_seq\"', 5, true);", "\nCOMMIT;\n"};
    static const char *const absent[] = {"CREATE ", "ALTER ", "GRANT ", "REFRESH "};
    assert_in_order(script, pieces, G_N_ELEMENTS(pieces));
    assert_absent(script, absent, G_N_ELEMENTS(absent));
}

static void roles_are_made_when_asked_alone(void **state)
{
    const Archive *archive = *state;
    g_autoptr(GError) error = NULL;
    HfExtractOptions options = {.archive = archive->reader};
    g_autofree char *plain = extract_as(&options, &error);
    assert_no_error(error);
    assert_non_null(strstr(plain, "OWNER TO \"toc_owner\""));
    options.schema.no_owner = options.schema.no_privileges = true;
    g_autofree char *bare = extract_as(&options, &error);
    assert_no_error(error);
    assert_absent(plain, (const char *const[]){"CREATE ROLE"}, 1);
    assert_absent(bare, (const char *const[]){"CREATE ROLE", "OWNER TO", "\nGRANT "}, 3);
}

static void a_partition_that_loads_through_its_root_brings_the_others(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *script = extract_sql(*state, (const char *const[]){"events_2024", NULL}, &error);
    assert_no_error(error);
    static const char *const pieces[] = {"CREATE TABLE shop.events_2025_one", "COPY \"shop\".\"events\"",
                                         "COPY \"shop\".\"events\"", "COPY \"shop\".\"events\""};
    assert_in_order(script, pieces, G_N_ELEMENTS(pieces));
}

static void a_pattern_that_matches_nothing_is_named(void **state)
{
    g_autoptr(GError) error = NULL;
    assert_null(extract_sql(*state, (const char *const[]){"Customers", "shop.\"Customers\"", NULL}, &error));
    assert_error(&error, HF_ERROR_NOT_FOUND, "matches --table shop.\"Customers\"");
    g_autofree char *views = extract_sql(*state, (const char *const[]){"rich", "tickets", NULL}, &error);
    assert_no_error(error);
    assert_null(extract_sql(*state, (const char *const[]){"of_extension", NULL}, &error));
    assert_error(&error, HF_ERROR_NOT_FOUND, "matches --table of_extension");
}

static void a_cancelled_extract_stops(void **state)
{
    const Archive *archive = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_cancellable_cancel(cancellable);
    HfExtractOptions options = {.archive = archive->reader};
    HfOutput null;
    sample_null_output_init(&null);
    assert_false(hf_extract_as_sql(&options, &null, NULL, cancellable, &error));
    assert_error(&error, HF_ERROR_CANCELLED, "");
    g_autofree char *folder = g_dir_make_tmp("hf-extract-XXXXXX", NULL);
    assert_false(hf_extract_to_folder(&options, folder, NULL, cancellable, &error));
    assert_error(&error, HF_ERROR_CANCELLED, "after 0 of ");
    assert_int_equal(g_rmdir(folder), 0);
}

/* An archive of text rows alone, with one that would end COPY early and let what follows be read as commands. */
static void a_row_that_would_end_copy_is_refused(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = hf_manifest_new();
    manifest->finished = g_strdup("2026-11-21T03:00:01.000000Z");
    Archive archive = {.bytes = g_byte_array_new()};
    HfMemoryOutput output;
    hf_memory_output_init(&output, archive.bytes);
    g_autoptr(HfArchiveWriter) writer = hf_archive_writer_open(&output.output, NULL, manifest, 1700000000, &error);
    g_autoptr(HfArchiveHead) head = sample_head();
    g_autofree char *json = hf_archive_head_to_json(head);
    g_autoptr(GBytes) schema = dump_file_read("small-15.dump");
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_HEAD, json, strlen(json), NULL));
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_SCHEMA, g_bytes_get_data(schema, NULL),
                                      g_bytes_get_size(schema), NULL));
    ADD_ROWS(writer, sample_add_table(manifest, 16401, "t"), "a\n\\.\n\\! id\n", 3);
    assert_true(hf_archive_writer_finish(writer, &error));
    hf_memory_input_init(&archive.input, archive.bytes->data, archive.bytes->len);
    archive.reader = hf_archive_reader_open(&archive.input.input, NULL, &error);
    assert_no_error(error);
    assert_null(extract_sql(&archive, NULL, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "public.t: the archive is damaged: a row is COPY's end mark");
    hf_archive_reader_free(archive.reader);
    g_byte_array_unref(archive.bytes);
}

/* ---- Folder --------------------------------------------------------------------------------------------------------
 */

static void remove_tree(const char *path)
{
    g_autoptr(GDir) names = g_dir_open(path, 0, NULL);
    const char *name;
    while (names != NULL && (name = g_dir_read_name(names)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

static bool is_file(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct stat status;
    if (stat(path, &status) != 0)
        return false;
    assert_int_equal(status.st_mode & 0777, 0600);
    return true;
}

static bool has_content(const char *folder, const HfMember *member)
{
    g_autofree char *path = g_build_filename(folder, member->name, NULL), *content = NULL;
    gsize length;
    return is_file(folder, member->name) && g_file_get_contents(path, &content, &length, NULL) &&
           length == member->size_bytes && hf_digest_equal(hf_digest_of(content, length), member->digest);
}

static void every_member_becomes_a_file(void **state)
{
    const Archive *archive = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *top = g_dir_make_tmp("hf-extract-XXXXXX", NULL), *folder = g_build_filename(top, "a", NULL);
    HfExtractOptions options = {.archive = archive->reader};
    g_autoptr(HfProgress) progress = hf_progress_new();
    assert_true(hf_extract_to_folder(&options, folder, progress, NULL, &error));
    const HfManifest *manifest = hf_archive_reader_manifest(archive->reader);
    for (guint i = 0; i < manifest->members->len; i++)
        assert_true(has_content(folder, manifest->members->pdata[i]));
    assert_true(has_content(folder, hf_archive_reader_manifest_member(archive->reader)));
    HfProgressView view;
    hf_progress_view(progress, &view);
    assert_true(view.percent >= 100);
    assert_int_equal(view.bytes_in, view.bytes_out);

    assert_false(hf_extract_to_folder(&options, folder, NULL, NULL, &error));
    assert_error(&error, HF_ERROR_CONFLICT, "is not empty");
    g_autofree char *below_a_file = g_build_filename(folder, HF_MEMBER_HEAD, "x", NULL);
    assert_false(hf_extract_to_folder(&options, below_a_file, NULL, NULL, &error));
    assert_error(&error, HF_ERROR_STORAGE, "cannot use the folder");
    g_autofree char *in_an_absent_one = g_build_filename(top, "b", "c", NULL);
    assert_false(hf_extract_to_folder(&options, in_an_absent_one, NULL, NULL, &error));
    assert_error(&error, HF_ERROR_NOT_FOUND, "must be created first");
    remove_tree(top);
}

static void selected_tables_alone_bring_their_data(void **state)
{
    const Archive *archive = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("hf-extract-XXXXXX", NULL);
    HfExtractOptions options = {.archive = archive->reader,
                                .patterns.tables = (const char *const[]){"*.twin", "of_extension", NULL}};
    assert_true(hf_extract_to_folder(&options, folder, NULL, NULL, &error));
    const HfManifest *manifest = hf_archive_reader_manifest(archive->reader);
    for (guint i = 0; i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        bool wanted = strcmp(table->name, "twin") == 0 || strcmp(table->name, "of_extension") == 0;
        for (guint p = 0; p < table->parts->len; p++) {
            const HfMember *member = manifest->members->pdata[g_array_index(table->parts, HfPart, p).member];
            assert_int_equal(is_file(folder, member->name), wanted);
        }
    }
    assert_true(is_file(folder, HF_MEMBER_SCHEMA));
    assert_true(is_file(folder, HF_MEMBER_MANIFEST));
    remove_tree(folder);
}

static void what_is_excluded_has_no_rows_in_the_script(void **state)
{
    const Archive *archive = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, bytes);
    HfExtractOptions options = {.archive = archive->reader,
                                .patterns.exclude_tables = (const char *const[]){"customers", "events", NULL}};
    assert_true(hf_extract_as_sql(&options, &output.output, NULL, NULL, &error));
    g_autofree char *script = g_strndup((const char *)bytes->data, bytes->len);
    static const char *const there[] = {"COPY \"shop\".\"twin\"", "COPY \"public\".\"of_extension\"", "lo_create",
                                        "items_id_seq"};
    static const char *const absent[] = {"CREATE TABLE shop.customers", "\"customers\"", "COPY \"shop\".\"events\"",
                                         "customers_id_seq"};
    for (size_t i = 0; i < G_N_ELEMENTS(there); i++)
        assert_non_null(strstr(script, there[i]));
    assert_absent(script, absent, G_N_ELEMENTS(absent));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_script_holds_everything_in_an_order_that_loads),
        cmocka_unit_test(the_script_is_restricted_from_its_start_to_its_last_line),
        cmocka_unit_test(a_selected_table_comes_with_what_is_its_own_alone),
        cmocka_unit_test(rows_alone_are_one_transaction_with_the_sequences_last),
        cmocka_unit_test(roles_are_made_when_asked_alone),
        cmocka_unit_test(a_partition_that_loads_through_its_root_brings_the_others),
        cmocka_unit_test(a_pattern_that_matches_nothing_is_named),
        cmocka_unit_test(a_cancelled_extract_stops),
        cmocka_unit_test(a_row_that_would_end_copy_is_refused),
        cmocka_unit_test(every_member_becomes_a_file),
        cmocka_unit_test(selected_tables_alone_bring_their_data),
        cmocka_unit_test(what_is_excluded_has_no_rows_in_the_script),
    };
    return cmocka_run_group_tests_name("service/extract", tests, open_archive, close_archive);
}
