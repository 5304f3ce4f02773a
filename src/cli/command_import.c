#include "service/import_mssql.h"

#include "base/error.h"
#include "base/units.h"
#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/connection_options.h"
#include "cli/mssql_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/work.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_ERRORS_LIMIT 1000
#define MAX_ERRORS_LIMIT 1000000

static struct {
    char *from, *to, *table, *format, *sheet, *delimiter, *encoding, *errors_to, *errors_limit;
    char **columns;
    gboolean no_header, preview, force;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, "The file; - is standard input, for CSV", "FILE"},
    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, "The database: a libpq connection string or URI", "CONNINFO"},
    {"table", 't', 0, G_OPTION_ARG_STRING, &options.table, "The table, which is there", "NAME"},
    {"column", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.columns,
     "A column of the file goes into this one (default: of the same name); FILE= leaves it out", "FILE=TABLE"},
    {"preview", 0, 0, G_OPTION_ARG_NONE, &options.preview, "Show the first rows as they would arrive; write nothing",
     NULL},
    {"errors-to", 0, 0, G_OPTION_ARG_FILENAME, &options.errors_to,
     "Put wrong lines into this file, and go on (default: the first ends it)", "FILE"},
    {"errors-limit", 0, 0, G_OPTION_ARG_STRING, &options.errors_limit, "So many of them (default: 1000)", "NUMBER"},
    {"force", 0, 0, G_OPTION_ARG_NONE, &options.force, "Replace a file of that name", NULL},
    {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "What the file is (default: as its name ends)", "csv|xlsx"},
    {"sheet", 0, 0, G_OPTION_ARG_STRING, &options.sheet, "Of XLSX: which sheet (default: the first)", "NAME"},
    {"delimiter", 0, 0, G_OPTION_ARG_STRING, &options.delimiter,
     "Of CSV: what parts fields, one character, or tab (default: found out)", "CHARACTER"},
    {"encoding", 0, 0, G_OPTION_ARG_STRING, &options.encoding, "Of CSV: its encoding (default: found out)", "NAME"},
    {"no-header", 0, 0, G_OPTION_ARG_NONE, &options.no_header,
     "The first line is a record: the file's columns are 1, 2 …, and go into the table's in order", NULL},
    {NULL},
};

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

static const char *delimiter_name(char delimiter)
{
    static char text[] = "\"?\"";
    text[1] = delimiter;
    return delimiter == '\t' ? "tabs" : delimiter == ',' ? "commas" : delimiter == ';' ? "semicolons" : text;
}

static void json_names(HfJsonWriter *json, const char *key, const GPtrArray *names)
{
    hf_json_writer_begin_array(json, key);
    for (guint i = 0; i < names->len; i++)
        hf_json_writer_string(json, NULL, names->pdata[i]);
    hf_json_writer_end_array(json);
}

static void report_json(HfJsonWriter *json, bool csv, const HfImportResult *result)
{
    char delimiter[] = {result->form.delimiter, '\0'};
    hf_json_writer_string(json, "table", result->table);
    hf_json_writer_bool(json, "preview", options.preview);
    hf_json_writer_string(json, "delimiter", csv && *delimiter != '\0' ? delimiter : NULL);
    hf_json_writer_string(json, "encoding", csv ? result->form.encoding : NULL);
    hf_json_writer_begin_array(json, "columns");
    for (guint i = 0; i < result->matches->len; i++) {
        const HfImportMatch *match = result->matches->pdata[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "from", match->from);
        hf_json_writer_string(json, "to", match->to);
        hf_json_writer_string(json, "type", match->type);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
    if (!csv && result->sheets != NULL) {
        json_names(json, "sheets", result->sheets);
        json_names(json, "other_sheets", result->other_sheets);
    }
    json_names(json, "left_out", result->left_out);
    json_names(json, "by_default", result->by_default);
    hf_json_writer_begin_array(json, "rows_as_they_arrive");
    for (guint i = 0; i < result->preview->len; i++)
        json_names(json, NULL, result->preview->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_uint64(json, "rows", options.preview ? 0 : result->rows);
    hf_json_writer_uint64(json, "wrong", result->wrong);
}

static char *join(const GPtrArray *names)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *)names->pdata[i]);
    return g_string_free(text, FALSE);
}

static void text_sheets(HfReport *report, const HfImportResult *result)
{
    g_autofree char *sheets = join(result->sheets), *others = join(result->other_sheets);
    hf_report_line(report, "read sheet%s %s", result->sheets->len > 1 ? "s" : "", sheets);
    if (result->other_sheets->len > 0)
        hf_report_line(report, "not read: %s, as no export has made %s; name it with --sheet", others,
                       result->other_sheets->len > 1 ? "them go on with it" : "it go on with that");
}

static void text_matching(HfReport *report, bool csv, const HfImportResult *result)
{
    g_autoptr(HfTextTable) list = hf_text_table_new("lll");
    g_autofree char *left_out = join(result->left_out), *by_default = join(result->by_default);
    if (csv)
        hf_report_line(report, "read as %s, parted by %s", result->form.encoding,
                       delimiter_name(result->form.delimiter));
    else
        text_sheets(report, result);
    hf_text_table_add(list, (const char *[]){"OF THE FILE", "OF THE TABLE", "TYPE"});
    for (guint i = 0; i < result->matches->len; i++) {
        const HfImportMatch *match = result->matches->pdata[i];
        hf_text_table_add(list, (const char *[]){match->from, match->to, match->type});
    }
    hf_text_table_print(list, report->text);
    if (result->left_out->len > 0)
        hf_report_line(report, "of the file left out: %s", left_out);
    if (result->by_default->len > 0)
        hf_report_line(report, "of the table by default: %s", by_default);
}

/* A text would not be told from nothing: it is shown in quotes if it looks like that. */
static void text_preview(HfReport *report, const HfImportResult *result)
{
    for (guint i = 0; i < result->preview->len; i++) {
        const GPtrArray *row = result->preview->pdata[i];
        hf_report_line(report, "%s", "");
        for (guint c = 0; c < row->len; c++) {
            const HfImportMatch *match = result->matches->pdata[c];
            const char *value = row->pdata[c];
            bool quoted = value != NULL && (*value == '\0' || strcmp(value, "NULL") == 0);
            hf_report_line(report, "%s = %s%s%s", match->to, quoted ? "\"" : "", value != NULL ? value : "NULL",
                           quoted ? "\"" : "");
        }
    }
}

static bool report(bool ok, bool csv, const HfImportResult *result, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json) {
        report_json(&text.json, csv, result);
    } else if (ok && !hf_work_is_quiet()) {
        g_autofree char *rows = hf_format_count(result->rows), *wrong = hf_format_count(result->wrong);
        text_matching(&text, csv, result);
        text_preview(&text, result);
        if (!options.preview)
            hf_report_line(&text, "%s: %s row%s of %s", result->table, rows, result->rows == 1 ? "" : "s",
                           options.from);
        if (!options.preview && result->wrong > 0)
            hf_report_line(&text, "%s line%s put aside in %s", wrong, result->wrong == 1 ? "" : "s", options.errors_to);
    }
    return hf_report_end(&text, ok, error);
}

/* ---- Wrong lines ---------------------------------------------------------------------------------------------------
 */

typedef struct {
    HfArchiveTarget *target;
    const HfImportResult *result;
    bool begun;
} Wrong;

static void append_quoted(GString *line, const char *text)
{
    HfRecord record;
    hf_record_init(&record);
    hf_record_add(&record, text, strlen(text));
    hf_csv_append(line, &record, ',');
    hf_record_clear(&record);
    g_string_truncate(line, line->len - 2);
}

/* As CSV with the file's own columns after place, column and reason, so that it can be mended and imported. */
static bool on_wrong(const HfImportWrong *wrong, gpointer data, GError **error)
{
    Wrong *self = data;
    g_autoptr(GString) line = g_string_new(NULL);
    if (self->target == NULL) { /* a preview: told */
        g_message("%s: %s%s%s: %s", options.from, wrong->place, wrong->column != NULL ? ", column " : "",
                  wrong->column != NULL ? wrong->column : "", wrong->reason);
        return true;
    }
    if (!self->begun)
        g_string_append_printf(line, "wrong_place,wrong_column,wrong_reason,%s\r\n", self->result->header);
    self->begun = true;
    append_quoted(line, wrong->place);
    g_string_append_c(line, ',');
    append_quoted(line, wrong->column != NULL ? wrong->column : "");
    g_string_append_c(line, ',');
    append_quoted(line, wrong->reason);
    g_string_append_printf(line, ",%s\r\n", wrong->line);
    return hf_output_write(&hf_archive_target_put(self->target)->output, line->str, line->len, error);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool check_format(HfImportOptions *import, GError **error)
{
    static const char *const names[] = {"csv", "xlsx", NULL};
    const char *dot = strrchr(options.from, '.');
    unsigned index = options.format == NULL && dot != NULL && g_ascii_strcasecmp(dot, ".xlsx") == 0;
    if (!hf_option_choice("--format", options.format, names, &index, error))
        return false;
    import->format = (HfImportFormat)index;
    bool csv = import->format == HF_IMPORT_CSV;
    if (!csv && hf_path_is_stream(options.from))
        return hf_option_fail(error, "--from - is for CSV: XLSX has to be a file");
    if (csv ? options.sheet != NULL : options.delimiter != NULL || options.encoding != NULL)
        return hf_option_fail(error, "--sheet belongs to XLSX, --delimiter and --encoding belong to CSV");
    if (options.delimiter != NULL) {
        import->form.delimiter = strcmp(options.delimiter, "tab") == 0 ? '\t' : *options.delimiter;
        if ((strlen(options.delimiter) != 1 && import->form.delimiter != '\t') ||
            strchr("\"\r\n", import->form.delimiter) != NULL)
            return hf_option_fail(error, "--delimiter %s: it must be one character of ASCII, or tab",
                                  options.delimiter);
    }
    import->form.encoding = options.encoding;
    import->sheet = options.sheet;
    return true;
}

static bool check_rest(HfImportOptions *import, GError **error)
{
    uint64_t limit = options.errors_to != NULL ? DEFAULT_ERRORS_LIMIT : 0;
    for (char **column = options.columns; column != NULL && *column != NULL; column++)
        if (strchr(*column, '=') == NULL)
            return hf_option_fail(error, "--column %s: it must be FILE=TABLE", *column);
    if (options.errors_to == NULL && (options.errors_limit != NULL || options.force))
        return hf_option_fail(error, "--errors-limit and --force belong to --errors-to");
    if (options.preview && options.errors_to != NULL)
        return hf_option_fail(error, "--preview writes nothing: --errors-to does not go with it");
    if (!hf_option_number("--errors-limit", options.errors_limit, 1, MAX_ERRORS_LIMIT, &limit, error))
        return false;
    import->wrong_limit = options.preview ? HF_IMPORT_PREVIEW_ROWS : limit;
    import->columns = (const char *const *)options.columns;
    import->table = options.table;
    import->label = hf_path_is_stream(options.from) ? "standard input" : options.from;
    import->no_header = options.no_header;
    import->preview = options.preview;
    return true;
}

static int open_file(uint64_t *bytes, GError **error)
{
    struct stat info;
    int fd = hf_path_is_stream(options.from) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                             : open(options.from, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0) {
        int reason = errno;
        g_set_error(error, HF_ERROR, reason == ENOENT ? HF_ERROR_NOT_FOUND : HF_ERROR_STORAGE, "cannot read %s: %s",
                    options.from, g_strerror(reason));
        return -1;
    }
    *bytes = S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
    return fd;
}

static bool import_and_report(HfWork *work, HfImportOptions *import, const HfTdsTarget *mssql, GError **error)
{
    HfImportResult result = {0};
    g_autoptr(HfArchiveTarget) target = NULL;
    if (!hf_archive_target_open_given("--errors-to", options.errors_to, options.force, &target, error))
        return false;
    Wrong wrong = {.target = target, .result = &result};
    import->on_wrong = on_wrong;
    import->data = &wrong;
    HfProgress *progress = hf_work_begin_job(work, "import");
    GCancellable *cancellable = hf_work_cancellable(work);
    bool ok = mssql != NULL ? hf_import_mssql(import, mssql, progress, cancellable, &result, error)
                            : hf_import(import, progress, cancellable, &result, error);
    ok = hf_work_end_job(work, ok, error);
    /* Lines that were put aside are of use also if nothing was imported. */
    bool written =
        target == NULL || !wrong.begun || hf_storage_put_commit(hf_archive_target_put(target), ok ? error : NULL);
    ok = report(ok && written, import->format == HF_IMPORT_CSV, &result, error);
    hf_import_result_clear(&result);
    return ok;
}

static bool import_file(HfWork *work, HfImportOptions *import, const HfTdsTarget *mssql, GError **error)
{
    import->fd = open_file(&import->bytes, error);
    if (import->fd < 0)
        return false;
    bool ok = import_and_report(work, import, mssql, error);
    close(import->fd);
    return ok;
}

static bool run_mssql(HfImportOptions *import, GError **error)
{
    if (options.to != NULL || options.errors_to != NULL)
        return hf_option_fail(error, "--to and --errors-to do not go with --to-mssql");
    g_autoptr(HfTdsTarget) target = hf_mssql_target_from_options(error);
    g_autoptr(HfWork) work = target != NULL ? hf_work_begin(error) : NULL;
    return work != NULL && hf_mssql_settle_password(&target, hf_work_cancellable(work), error) &&
           import_file(work, import, target, error);
}

static bool run_postgres(HfImportOptions *import, GError **error)
{
    if (hf_mssql_target_rest_is_given())
        return hf_option_fail(error, "--to-database, --to-user, --to-root and --to-any-certificate belong to "
                                     "--to-mssql");
    g_autoptr(HfPgTarget) target = hf_connection_target("--to", options.to, error);
    g_autoptr(HfWork) work = target != NULL ? hf_work_begin(error) : NULL;
    if (work == NULL || !hf_connection_settle_password(&target, hf_work_cancellable(work), error))
        return false;
    import->target = target;
    return import_file(work, import, NULL, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    HfImportOptions import = {0};
    if (!hf_options_parse(self, arguments, entries, error, hf_connection_options(), hf_mssql_target_options(),
                          hf_work_options(HF_WORK_PROGRESS | HF_WORK_JSON), NULL))
        return false;
    if (!hf_option_require("--from", options.from, "the file to read", error) ||
        !hf_option_require("--table", options.table, "the table that the rows go into", error) ||
        !check_format(&import, error) || !check_rest(&import, error))
        return false;
    return hf_mssql_server() != NULL ? run_mssql(&import, error) : run_postgres(&import, error);
}

const HfCommand hf_command_import = {
    .name = "import",
    .synopsis = "--from FILE.csv|FILE.txt|FILE.xlsx (--to CONNINFO | --to-mssql SERVER …) --table NAME [--preview]",
    .summary = "Reads CSV or XLSX into a table, all in one transaction.",
    .examples = "Columns match by their names, without case. In CSV nothing is NULL, and \"\" is an empty text. If a\n"
                "line is wrong, nothing is imported, unless --errors-to puts such lines aside.\n\n"
                "Examples:\n"
                "  holdfast import --from people.xlsx --to service=shop --table shop.people --preview\n"
                "  holdfast import --from people.csv --to service=shop --table shop.people --column 'E-Mail=email'\n"
                "  holdfast import --from people.csv --to service=shop --table shop.people --errors-to wrong.csv",
    .run = run,
};
