#include "service/backup_contents.h"

#include "base/json.h"

#define MAX_TABLES 20000

char *hf_backup_contents(const HfManifest *manifest)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_array(&writer, NULL);
    for (guint i = 0; i < manifest->tables->len && i < MAX_TABLES; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        hf_json_writer_begin_object(&writer, NULL);
        hf_json_writer_string(&writer, "schema", table->schema);
        hf_json_writer_string(&writer, "name", table->name);
        hf_json_writer_uint64(&writer, "rows", table->proof.rows);
        hf_json_writer_uint64(&writer, "bytes", table->raw_bytes);
        hf_json_writer_end_object(&writer);
    }
    hf_json_writer_end_array(&writer);
    return g_string_free(text, FALSE);
}

static int64_t time_of(const char *text)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    return time != NULL ? g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time) : 0;
}

void hf_backup_describe(HfBackupRow *row, const HfArchiveReader *archive)
{
    const HfArchiveHead *head = hf_archive_reader_head(archive);
    const HfManifest *manifest = hf_archive_reader_manifest(archive);
    row->database_name = g_strdup(head->database.name);
    row->created_us = time_of(head->created);
    row->rows = (int64_t)hf_manifest_rows(manifest);
    row->raw_bytes = (int64_t)hf_manifest_raw_bytes(manifest);
    row->tables = manifest->tables->len;
    row->contents = hf_backup_contents(manifest);
}
