#include "tests/unit/archive/sample.h"

#include "tests/unit/cmocka_all.h"

#include <string.h>

#define MTIME 1700000000

void assert_no_error(const GError *error)
{
    if (error != NULL)
        fail_msg("unexpected error: %s", error->message);
}

void assert_error(GError **error, HfErrorCode code, const char *text)
{
    assert_non_null(*error);
    if (!g_error_matches(*error, HF_ERROR, (int)code) || strstr((*error)->message, text) == NULL)
        fail_msg("expected %s with \"%s\", got: %s", hf_error_code_name(code), text, (*error)->message);
    g_clear_error(error);
}

static void fill_database(HfDatabaseInfo *database)
{
    database->name = g_strdup("shop");
    database->owner = g_strdup("shop_owner");
    database->encoding = g_strdup("UTF8");
    database->locale_provider = g_strdup("libc");
    database->collate = g_strdup("C.UTF-8");
    database->ctype = g_strdup("C.UTF-8");
    database->tablespace = g_strdup("pg_default");
    g_ptr_array_add(database->settings, hf_database_setting_new(NULL, "work_mem", "64MB"));
    g_ptr_array_add(database->settings, hf_database_setting_new("app", "search_path", "app, public"));
    g_ptr_array_add(database->grants, hf_database_grant_new("", "CONNECT", true));
}

HfArchiveHead *sample_head(void)
{
    HfArchiveHead *head = hf_archive_head_new();
    head->product = g_strdup("holdfast 0.1.0");
    head->created = g_strdup("2026-11-21T03:00:00.000000Z");
    head->server_version = g_strdup("15.18");
    head->server_version_num = 150018;
    head->pg_dump_version = g_strdup("15.18");
    head->wal_position = g_strdup("0/16B3748");
    head->snapshot = g_strdup("00000003-0000001B-1");
    fill_database(&head->database);
    HfRoleInfo *role = hf_role_info_new("shop_owner");
    role->can_login = true;
    role->connection_limit = 7;
    role->comment = g_strdup("owns \"everything\"\nhere");
    g_ptr_array_add(role->member_of, g_strdup("staff"));
    g_ptr_array_add(head->roles, role);
    g_ptr_array_add(head->extensions, hf_extension_info_new("citext", "1.6"));
    g_ptr_array_add(head->filters, g_strdup("--schema=app"));
    g_ptr_array_add(head->warnings, g_strdup("pg_dump: left something out"));
    return head;
}

HfManifestTable *sample_add_table(HfManifest *manifest, uint32_t oid, const char *name)
{
    HfManifestTable *table = hf_manifest_table_new();
    table->kind = oid == 0 ? HF_TABLE_LARGE_OBJECTS : HF_TABLE_PLAIN;
    table->oid = oid;
    table->schema = g_strdup(oid == 0 ? "pg_catalog" : "public");
    table->name = g_strdup(name);
    table->format = HF_FORMAT_TEXT;
    table->format_reason = g_strdup("asked for");
    g_ptr_array_add(table->columns, hf_column_new("id", "integer", 23));
    g_ptr_array_add(table->columns, hf_column_new("what", "text", 25));
    g_ptr_array_add(manifest->tables, table);
    return table;
}

static void enter_part(HfManifestTable *table, size_t member, size_t raw_bytes, uint64_t rows)
{
    HfPart part = {.member = member, .rows = rows, .raw_bytes = raw_bytes};
    g_array_append_val(table->parts, part);
    table->proof.rows += rows;
    table->raw_bytes += raw_bytes;
}

void sample_add_part(HfArchiveWriter *writer, HfManifestTable *table, const void *data, size_t length, uint64_t rows)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfBudget) budget = hf_budget_new(1 << 20);
    g_autoptr(HfPartEncoder) encoder = hf_part_encoder_new(1, budget);
    assert_true(hf_part_encoder_write(encoder, data, length, &error));
    g_autoptr(HfEncodedPart) part = hf_part_encoder_finish(encoder, &error);
    g_autofree char *name = hf_part_name(table->oid, table->parts->len + 1);
    size_t member;
    assert_true(hf_archive_writer_add_part(writer, name, part, &member, &error));
    enter_part(table, member, length, rows);
}

void sample_add_frame(HfArchiveWriter *writer, HfManifest *manifest, HfManifestTable *table, const void *frame,
                      size_t length, uint64_t rows)
{
    g_autofree char *name = hf_part_name(table->oid, table->parts->len + 1);
    assert_true(hf_archive_writer_add(writer, name, frame, length, NULL));
    enter_part(table, manifest->members->len - 1, 0, rows);
}

static void add_data(HfArchiveWriter *writer, HfManifest *manifest)
{
    HfManifestTable *orders = sample_add_table(manifest, 16401, "orders");
    sample_add_part(writer, orders, SAMPLE_ORDERS_1, strlen(SAMPLE_ORDERS_1), 2);
    sample_add_part(writer, orders, SAMPLE_ORDERS_2, strlen(SAMPLE_ORDERS_2), 2);
    HfManifestTable *blobs = sample_add_table(manifest, 0, "pg_largeobject");
    sample_add_part(writer, blobs, SAMPLE_BLOBS, strlen(SAMPLE_BLOBS), 1);
}

GByteArray *sample_archive(const HfAgeRecipients *recipients, bool manual)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfManifest) manifest = hf_manifest_new();
    manifest->finished = g_strdup("2026-11-21T03:00:01.000000Z");
    manifest->large_objects = 1;
    GByteArray *bytes = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, bytes);
    g_autoptr(HfArchiveHead) head = sample_head();
    g_autofree char *json = hf_archive_head_to_json(head);

    g_autoptr(HfArchiveWriter) writer = hf_archive_writer_open(&output.output, recipients, manifest, MTIME, &error);
    assert_no_error(error);
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_HEAD, json, strlen(json), &error));
    if (manual)
        assert_true(hf_archive_writer_add_manual(writer, head, "CREATE DATABASE :\"dbname\"", &error));
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_GLOBALS, "SELECT 1;\n", 10, &error));
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_SCHEMA, "", 0, &error));
    add_data(writer, manifest);
    assert_true(hf_archive_writer_add(writer, HF_MEMBER_SEQUENCES, "SELECT 2;\n", 10, &error));
    assert_true(hf_archive_writer_finish(writer, &error));
    if (recipients == NULL)
        assert_int_equal(hf_archive_writer_size(writer), bytes->len);
    return bytes;
}

static bool forget(HfOutput *self, const void *data, size_t length, GError **error)
{
    (void)self;
    (void)data;
    (void)length;
    (void)error;
    return true;
}

void sample_null_output_init(HfOutput *self)
{
    *self = (HfOutput){forget};
}

bool sample_verify(HfInput *file, const HfAgeIdentities *identities, GError **error)
{
    g_autoptr(HfArchiveReader) reader = hf_archive_reader_open(file, identities, error);
    if (reader == NULL || !hf_archive_reader_check_frame(reader, error))
        return false;
    const HfManifest *manifest = hf_archive_reader_manifest(reader);
    HfOutput null;
    sample_null_output_init(&null);
    for (guint i = 0; i < manifest->members->len; i++)
        if (!hf_archive_reader_copy(reader, manifest->members->pdata[i], &null, error))
            return false;
    return true;
}

bool sample_verify_bytes(const void *data, size_t length, const HfAgeIdentities *identities, GError **error)
{
    HfMemoryInput input;
    hf_memory_input_init(&input, data, length);
    return sample_verify(&input.input, identities, error);
}

char *sample_read_part(HfArchiveReader *reader, const HfMember *member, GError **error)
{
    g_autoptr(HfPartDecoder) decoder = hf_part_decoder_new(reader);
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[5]; /* small, so that zstd has output left over when its input is used up */
    size_t length;
    if (!hf_part_decoder_begin(decoder, member, error))
        return NULL;
    do {
        if (!hf_part_decoder_read(decoder, buffer, sizeof buffer, &length, error))
            return NULL;
        g_string_append_len(text, buffer, (gssize)length);
    } while (length > 0);
    return g_strdup(text->str);
}
