#include "service/export.h"

#include "base/error.h"
#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/connection_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/work.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_LOCK_WAIT_S 60

static struct {
    char *from, *to, *format, *lock_wait_timeout;
    char **tables;
    gboolean force;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_STRING, &options.from, "The database: a libpq connection string or URI", "CONNINFO"},
    {"table", 't', 0, G_OPTION_ARG_STRING_ARRAY, &options.tables, "Which tables; may be repeated", "PATTERN"},
    {"to", 0, 0, G_OPTION_ARG_FILENAME, &options.to,
     "The file of one table (- is standard output), or a folder for SCHEMA.TABLE.csv …", "FILE|DIR"},
    {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "What to write (default: as the file's name ends)",
     "csv|xlsx"},
    {"force", 0, 0, G_OPTION_ARG_NONE, &options.force, "Replace files of those names", NULL},
    {"lock-wait-timeout", 0, 0, G_OPTION_ARG_STRING, &options.lock_wait_timeout,
     "How long to wait for locks (default: 1min; 0 for ever)", "TIME"},
    {NULL},
};

/* ---- Files ---------------------------------------------------------------------------------------------------------
 */

typedef struct {
    bool folder;
    HfExportFormat format;
    GPtrArray *targets; /* HfArchiveTarget */
    GHashTable *paths;
} Files;

static void close_target(void *target)
{
    hf_archive_target_close(target);
}

static bool is_folder(const char *path)
{
    return g_str_has_suffix(path, "/") || g_file_test(path, G_FILE_TEST_IS_DIR);
}

/* No name of a table leads out of the folder. Transfer full. */
static char *path_of(const Files *self, const char *schema, const char *name)
{
    if (!self->folder)
        return g_strdup(options.to);
    g_autofree char *file = hf_export_file_name(schema, name, self->format);
    return g_build_filename(options.to, file, NULL);
}

static HfOutput *open_file(const char *schema, const char *name, guint count, gpointer data, GError **error)
{
    Files *self = data;
    HfArchiveTarget *target = NULL;
    if (!self->folder && count > 1) {
        hf_option_fail(error, "%u tables match, and --to %s is one file: name a folder, as %s/", count, options.to,
                       options.to);
        return NULL;
    }
    char *path = path_of(self, schema, name);
    if (!g_hash_table_add(self->paths, path)) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s would be the file of two tables; export one of them alone",
                    path);
        return NULL;
    }
    if (!hf_archive_target_open_given("--to", path, options.force, &target, error))
        return NULL;
    g_ptr_array_add(self->targets, target);
    return &hf_archive_target_put(target)->output;
}

/* All at the end, when each is complete. */
static bool commit_files(const Files *self, GError **error)
{
    for (guint i = 0; i < self->targets->len; i++)
        if (!hf_storage_put_commit(hf_archive_target_put(self->targets->pdata[i]), error))
            return false;
    return true;
}

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

static bool report(bool ok, const Files *files, const GPtrArray *tables, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json)
        hf_json_writer_begin_array(&text.json, "tables");
    for (guint i = 0; ok && i < tables->len; i++) {
        const HfExportedTable *table = tables->pdata[i];
        g_autofree char *path = path_of(files, table->schema, table->name);
        g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
        g_autofree char *rows = hf_format_count(table->rows);
        if (text.is_json) {
            hf_json_writer_begin_object(&text.json, NULL);
            hf_json_writer_string(&text.json, "table", name);
            hf_json_writer_string(&text.json, "file", path);
            hf_json_writer_uint64(&text.json, "rows", table->rows);
            hf_json_writer_end_object(&text.json);
        } else if (!hf_work_is_quiet()) {
            hf_report_line(&text, "%s: %s row%s of %s", hf_path_is_stream(path) ? "standard output" : path, rows,
                           table->rows == 1 ? "" : "s", name);
        }
    }
    if (text.is_json)
        hf_json_writer_end_array(&text.json);
    return hf_report_end(&text, ok, error);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool check_format(HfExportFormat *format, GError **error)
{
    static const char *const names[] = {"csv", "xlsx", NULL};
    const char *dot = strrchr(options.to, '.');
    unsigned index = 0;
    if (options.format == NULL && dot != NULL && g_ascii_strcasecmp(dot, ".xlsx") == 0)
        index = 1;
    else if (options.format == NULL && (dot == NULL || g_ascii_strcasecmp(dot, ".csv") != 0))
        return hf_option_fail(error, "--format is missing: csv or xlsx");
    if (!hf_option_choice("--format", options.format, names, &index, error))
        return false;
    *format = (HfExportFormat)index;
    return true;
}

static bool export_and_report(HfWork *work, HfExportOptions *export, Files *files, GError **error)
{
    g_autoptr(GPtrArray) tables = NULL;
    HfProgress *progress = hf_work_begin_job(work, "export");
    bool ok = hf_export(export, progress, hf_work_cancellable(work), &tables, error);
    ok = hf_work_end_job(work, ok, error) && commit_files(files, error);
    return report(ok, files, tables, error);
}

static bool run_with(const HfExportOptions *checked, HfPgTarget **source, Files *files, GError **error)
{
    HfExportOptions export = *checked;
    g_autoptr(HfWork) work = hf_work_begin(error);
    if (work == NULL || !hf_connection_settle_password(source, hf_work_cancellable(work), error))
        return false;
    if (files->folder && g_mkdir_with_parents(options.to, 0700) != 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "cannot make the folder %s", options.to);
        return false;
    }
    export.source = *source;
    return export_and_report(work, &export, files, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    HfExportOptions export = {.open = open_file};
    uint64_t lock_wait_s = DEFAULT_LOCK_WAIT_S;
    if (!hf_options_parse(self, arguments, entries, error, hf_connection_options(),
                          hf_work_options(HF_WORK_PROGRESS | HF_WORK_JSON), NULL))
        return false;
    if (!hf_option_require("--to", options.to, "the file or folder to write", error))
        return false;
    if (hf_path_is_stream(options.to))
        hf_report_set_fd(STDERR_FILENO);
    if (options.tables == NULL)
        return hf_option_fail(error, "--table is missing: which tables to export");
    g_autoptr(HfPgTarget) source = hf_connection_target("--from", options.from, error);
    if (source == NULL || !check_format(&export.format, error) ||
        !hf_option_duration("--lock-wait-timeout", options.lock_wait_timeout, &lock_wait_s, error))
        return false;
    g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(close_target);
    g_autoptr(GHashTable) paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Files files = {is_folder(options.to), export.format, targets, paths};
    export.tables = (const char *const *)options.tables;
    export.lock_wait_ms = lock_wait_s * 1000;
    export.data = &files;
    return run_with(&export, &source, &files, error);
}

const HfCommand hf_command_export = {
    .name = "export",
    .synopsis = "--from CONNINFO --table PATTERN --to FILE|DIR [--format csv|xlsx]",
    .summary = "Writes tables as CSV or XLSX, for people and spreadsheets.",
    .examples =
        "All tables are of one snapshot. In CSV NULL is nothing, and an empty text is \"\". Files appear when\n"
        "all are complete.\n\n"
        "Examples:\n"
        "  holdfast export --from service=shop --table shop.people --to people.xlsx\n"
        "  holdfast export --from service=shop --table 'shop.*' --to folder/ --format csv\n"
        "  holdfast export --from service=shop --table shop.people --to - --format csv | age -r age1… >people.age",
    .run = run,
};
