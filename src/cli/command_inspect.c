#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/key_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/work.h"
#include "pg/pattern.h"

#include <string.h>
#include <unistd.h>

/* Human text and JSON side by side, from the same places: what is in one belongs into the other. */

static char *from;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_FILENAME, &from, "The archive; - is standard input", "FILE"},
    {NULL},
};

typedef struct {
    const HfArchiveReader *reader;
    const HfArchiveHead *head;
    const HfManifest *manifest;
    char **kinds; /* of its recipients; NULL: not encrypted */
} View;

static uint64_t stored_bytes(const View *view, const HfManifestTable *table)
{
    uint64_t bytes = 0;
    for (guint i = 0; i < table->parts->len; i++) {
        const HfPart *part = &g_array_index(table->parts, HfPart, i);
        bytes += ((HfMember *)view->manifest->members->pdata[part->member])->size_bytes;
    }
    return bytes;
}

static const char *locale_of(const HfDatabaseInfo *database)
{
    return database->locale != NULL ? database->locale : database->collate;
}

/* ---- For people ----------------------------------------------------------------------------------------------------
 */

static void text_item(HfReport *report, const char *label, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void text_item(HfReport *report, const char *label, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *value = g_strdup_vprintf(format, list);
    va_end(list);
    hf_report_line(report, "%-12s%s", label, value);
}

static char *encryption_text(const View *view)
{
    if (view->kinds == NULL)
        return g_strdup("not encrypted");
    if (g_strv_contains((const char *const *)view->kinds, "scrypt"))
        return g_strdup("encrypted with a passphrase");
    guint count = g_strv_length(view->kinds);
    return g_strdup_printf("encrypted for %u key%s", count, count == 1 ? "" : "s");
}

static void text_head(HfReport *report, const View *view)
{
    const HfArchiveHead *head = view->head;
    const HfDatabaseInfo *database = &head->database;
    g_autofree char *size = hf_format_bytes(hf_archive_reader_file_size(view->reader));
    g_autofree char *encryption = encryption_text(view);
    text_item(report, "Archive", "%s, %s, %s", hf_path_is_stream(from) ? "standard input" : from, size, encryption);
    text_item(report, "Database", "%s, owner %s, %s, %s (%s)", database->name, database->owner, database->encoding,
              locale_of(database), database->locale_provider);
    text_item(report, "Server", "PostgreSQL %s%s, WAL at %s", head->server_version,
              head->from_standby ? ", a standby" : "", head->wal_position);
    text_item(report, "Taken", "%s to %s, by %s with pg_dump %s", head->created, view->manifest->finished,
              head->product, head->pg_dump_version);
}

static void text_contents(HfReport *report, const View *view)
{
    uint64_t plain = view->manifest->tables->len - (view->manifest->large_objects > 0 ? 1 : 0);
    g_autofree char *tables = hf_format_count(plain);
    g_autofree char *rows = hf_format_count(hf_manifest_rows(view->manifest));
    g_autofree char *raw = hf_format_bytes(hf_manifest_raw_bytes(view->manifest));
    g_autofree char *objects = hf_format_count(view->manifest->large_objects);
    g_autofree char *sequences = hf_format_count(view->manifest->sequences);
    text_item(report, "Contents", "tables %s, rows %s (%s), large objects %s, sequences %s", tables, rows, raw, objects,
              sequences);
}

static void text_names(HfReport *report, const char *label, GPtrArray *names)
{
    g_ptr_array_add(names, NULL);
    g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
    if (*list != '\0')
        text_item(report, label, "%s", list);
}

static void text_lists(HfReport *report, const View *view)
{
    g_autoptr(GPtrArray) roles = g_ptr_array_new();
    g_autoptr(GPtrArray) extensions = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) filters = g_ptr_array_new();
    for (guint i = 0; i < view->head->roles->len; i++)
        g_ptr_array_add(roles, ((HfRoleInfo *)view->head->roles->pdata[i])->name);
    for (guint i = 0; i < view->head->extensions->len; i++) {
        const HfExtensionInfo *extension = view->head->extensions->pdata[i];
        g_ptr_array_add(extensions, g_strdup_printf("%s %s", extension->name, extension->version));
    }
    for (guint i = 0; i < view->head->filters->len; i++)
        g_ptr_array_add(filters, view->head->filters->pdata[i]);
    text_names(report, "Roles", roles);
    text_names(report, "Extensions", extensions);
    text_names(report, "Taken with", filters);
    for (guint i = 0; i < view->head->warnings->len; i++)
        text_item(report, "Warning", "%s", (const char *)view->head->warnings->pdata[i]);
}

static char *format_text(const HfManifestTable *table)
{
    if (table->no_data_reason != NULL)
        return g_strdup_printf("no rows: %s", table->no_data_reason);
    const char *name = hf_data_format_name(table->format);
    return table->format_reason != NULL ? g_strdup_printf("%s: %s", name, table->format_reason) : g_strdup(name);
}

static void text_table_row(HfTextTable *list, const View *view, const HfManifestTable *table)
{
    bool large_objects = table->kind == HF_TABLE_LARGE_OBJECTS;
    g_autofree char *name =
        large_objects ? g_strdup("(large objects)") : hf_pattern_of_name(table->schema, table->name);
    /* Their rows are pieces of large objects, which say nothing to people. */
    g_autofree char *rows = hf_format_count(large_objects ? view->manifest->large_objects : table->proof.rows);
    g_autofree char *raw = hf_format_bytes(table->raw_bytes);
    g_autofree char *stored = hf_format_bytes(stored_bytes(view, table));
    g_autofree char *format = format_text(table);
    hf_text_table_add(list, (const char *[]){name, rows, raw, stored, format});
}

static void text_tables(HfReport *report, const View *view)
{
    g_autoptr(HfTextTable) list = hf_text_table_new("lrrrl");
    if (view->manifest->tables->len == 0)
        return;
    hf_text_table_add(list, (const char *[]){"TABLE", "ROWS", "RAW", "STORED", "FORMAT"});
    for (guint i = 0; i < view->manifest->tables->len; i++)
        text_table_row(list, view, view->manifest->tables->pdata[i]);
    hf_report_line(report, "%s", "");
    hf_text_table_print(list, report->text);
}

/* ---- JSON ----------------------------------------------------------------------------------------------------------
 */

static void json_archive(HfJsonWriter *json, const View *view)
{
    hf_json_writer_string(json, "file", from);
    hf_json_writer_uint64(json, "file_bytes", hf_archive_reader_file_size(view->reader));
    hf_json_writer_bool(json, "encrypted", view->kinds != NULL);
    hf_json_writer_begin_array(json, "recipient_kinds");
    for (char **kind = view->kinds; kind != NULL && *kind != NULL; kind++)
        hf_json_writer_string(json, NULL, *kind);
    hf_json_writer_end_array(json);
    hf_json_writer_string(json, "product", view->head->product);
    hf_json_writer_string(json, "created", view->head->created);
    hf_json_writer_string(json, "finished", view->manifest->finished);
    hf_json_writer_string(json, "server_version", view->head->server_version);
    hf_json_writer_int64(json, "server_version_num", view->head->server_version_num);
    hf_json_writer_string(json, "pg_dump_version", view->head->pg_dump_version);
    hf_json_writer_string(json, "wal_position", view->head->wal_position);
    hf_json_writer_string(json, "snapshot", view->head->snapshot);
    hf_json_writer_bool(json, "from_standby", view->head->from_standby);
}

static void json_settings(HfJsonWriter *json, const HfDatabaseInfo *database)
{
    hf_json_writer_begin_array(json, "settings");
    for (guint i = 0; i < database->settings->len; i++) {
        const HfDatabaseSetting *setting = database->settings->pdata[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "role", setting->role);
        hf_json_writer_string(json, "name", setting->name);
        hf_json_writer_string(json, "value", setting->value);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

static void json_grants(HfJsonWriter *json, const HfDatabaseInfo *database)
{
    hf_json_writer_bool(json, "default_grants", database->default_grants);
    hf_json_writer_begin_array(json, "grants");
    for (guint i = 0; i < database->grants->len; i++) {
        const HfDatabaseGrant *grant = database->grants->pdata[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "grantee", grant->grantee);
        hf_json_writer_string(json, "privilege", grant->privilege);
        hf_json_writer_bool(json, "grantable", grant->grantable);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

static void json_database(HfJsonWriter *json, const HfDatabaseInfo *database)
{
    hf_json_writer_begin_object(json, "database");
    hf_json_writer_string(json, "name", database->name);
    hf_json_writer_string(json, "owner", database->owner);
    hf_json_writer_string(json, "encoding", database->encoding);
    hf_json_writer_string(json, "locale_provider", database->locale_provider);
    hf_json_writer_string(json, "collate", database->collate);
    hf_json_writer_string(json, "ctype", database->ctype);
    hf_json_writer_string(json, "locale", database->locale);
    hf_json_writer_string(json, "icu_rules", database->icu_rules);
    hf_json_writer_string(json, "tablespace", database->tablespace);
    hf_json_writer_string(json, "comment", database->comment);
    hf_json_writer_int64(json, "connection_limit", database->connection_limit);
    json_settings(json, database);
    json_grants(json, database);
    hf_json_writer_end_object(json);
}

static void json_role(HfJsonWriter *json, const HfRoleInfo *role)
{
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "name", role->name);
    hf_json_writer_bool(json, "superuser", role->superuser);
    hf_json_writer_bool(json, "inherit", role->inherit);
    hf_json_writer_bool(json, "create_role", role->create_role);
    hf_json_writer_bool(json, "create_db", role->create_db);
    hf_json_writer_bool(json, "can_login", role->can_login);
    hf_json_writer_bool(json, "replication", role->replication);
    hf_json_writer_bool(json, "bypass_rls", role->bypass_rls);
    hf_json_writer_int64(json, "connection_limit", role->connection_limit);
    hf_json_writer_string(json, "comment", role->comment);
    hf_json_writer_begin_array(json, "member_of");
    for (guint i = 0; i < role->member_of->len; i++)
        hf_json_writer_string(json, NULL, role->member_of->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_end_object(json);
}

static void json_lists(HfJsonWriter *json, const HfArchiveHead *head)
{
    hf_json_writer_begin_array(json, "roles");
    for (guint i = 0; i < head->roles->len; i++)
        json_role(json, head->roles->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_begin_array(json, "extensions");
    for (guint i = 0; i < head->extensions->len; i++) {
        const HfExtensionInfo *extension = head->extensions->pdata[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "name", extension->name);
        hf_json_writer_string(json, "version", extension->version);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
    hf_json_writer_begin_array(json, "filters");
    for (guint i = 0; i < head->filters->len; i++)
        hf_json_writer_string(json, NULL, head->filters->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_begin_array(json, "warnings");
    for (guint i = 0; i < head->warnings->len; i++)
        hf_json_writer_string(json, NULL, head->warnings->pdata[i]);
    hf_json_writer_end_array(json);
}

static void json_columns(HfJsonWriter *json, const HfManifestTable *table)
{
    hf_json_writer_begin_array(json, "columns");
    for (guint i = 0; i < table->columns->len; i++) {
        const HfColumn *column = table->columns->pdata[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "name", column->name);
        hf_json_writer_string(json, "type", column->type);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

static void json_table(HfJsonWriter *json, const View *view, const HfManifestTable *table)
{
    char digest[HF_DIGEST_HEX_SIZE];
    hf_digest_to_hex(table->proof.sum, digest);
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "kind", table->kind == HF_TABLE_PLAIN ? "table" : "large-objects");
    hf_json_writer_string(json, "schema", table->schema);
    hf_json_writer_string(json, "name", table->name);
    hf_json_writer_uint64(json, "oid", table->oid);
    hf_json_writer_string(json, "format", hf_data_format_name(table->format));
    hf_json_writer_string(json, "format_reason", table->format_reason);
    hf_json_writer_string(json, "no_data_reason", table->no_data_reason);
    hf_json_writer_string(json, "filter", table->filter);
    hf_json_writer_uint64(json, "rows", table->proof.rows);
    hf_json_writer_string(json, "digest", digest);
    hf_json_writer_uint64(json, "raw_bytes", table->raw_bytes);
    hf_json_writer_uint64(json, "stored_bytes", stored_bytes(view, table));
    hf_json_writer_uint64(json, "parts", table->parts->len);
    json_columns(json, table);
    hf_json_writer_end_object(json);
}

static void report_json(HfJsonWriter *json, const View *view)
{
    json_archive(json, view);
    json_database(json, &view->head->database);
    json_lists(json, view->head);
    hf_json_writer_uint64(json, "rows", hf_manifest_rows(view->manifest));
    hf_json_writer_uint64(json, "raw_bytes", hf_manifest_raw_bytes(view->manifest));
    hf_json_writer_uint64(json, "sequences", view->manifest->sequences);
    hf_json_writer_uint64(json, "large_objects", view->manifest->large_objects);
    hf_json_writer_begin_array(json, "tables");
    for (guint i = 0; i < view->manifest->tables->len; i++)
        json_table(json, view, view->manifest->tables->pdata[i]);
    hf_json_writer_end_array(json);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool report(const HfArchiveFile *file, GError **error)
{
    HfReport text;
    HfArchiveReader *reader = hf_archive_file_reader(file);
    View view = {reader, hf_archive_reader_head(reader), hf_archive_reader_manifest(reader), NULL};
    g_auto(GStrv) kinds = NULL;
    if (hf_archive_reader_is_encrypted(reader)) {
        kinds = hf_age_recipient_kinds(hf_archive_file_input(file), error);
        if (kinds == NULL)
            return false;
        view.kinds = kinds;
    }
    hf_report_begin(&text, hf_work_wants_json(), NULL);
    if (text.is_json) {
        report_json(&text.json, &view);
    } else {
        text_head(&text, &view);
        text_contents(&text, &view);
        text_lists(&text, &view);
        text_tables(&text, &view);
    }
    return hf_report_end(&text, true, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    if (!hf_options_parse(self, arguments, entries, error, hf_identity_options(), hf_work_options(HF_WORK_JSON),
                          NULL) ||
        !hf_option_require("--from", from, "the archive to read", error))
        return false;
    g_autoptr(HfWork) work = hf_work_begin(error);
    if (work == NULL)
        return false;
    g_autoptr(HfArchiveFile) file = hf_archive_file_open(from, hf_work_cancellable(work), error);
    return file != NULL && report(file, error);
}

const HfCommand hf_command_inspect = {
    .name = "inspect",
    .synopsis = "--from FILE [--identity F]… [--passphrase-file F] [--json]",
    .summary = "Tells what an archive holds: database, tables, rows, sizes, roles, extensions.",
    .examples = "Only the ends of the file are read, so this is quick for a file of any size; use holdfast verify to\n"
                "prove all of it.\n\n"
                "Examples:\n"
                "  holdfast inspect --from shop.hf --identity shop.key\n"
                "  holdfast inspect --from shop.hf --identity shop.key --json",
    .run = run,
};
