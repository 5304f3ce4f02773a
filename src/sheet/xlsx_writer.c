/*
 * libxlsxwriter in its mode of constant memory: rows go to a temporary file as they come, strings stand in their cells.
 * It knows paths alone, so the workbook is made in a file without a name, by way of /proc; nothing is left of it. Not
 * all of its writes are checked, and so what it made is read back: a digest is kept of each cell as the reader will
 * give it.
 */
#include "base/digest.h"
#include "base/error.h"
#include "sheet/sheet_file.h"
#include "sheet/xlsx.h"
#include "sheet/xlsx_book.h"
#include "sheet/xlsx_cell.h"

#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define NAME_CHARACTERS 24 /* of the 31 that a sheet's name may have; the rest is for a number */

struct HfXlsxWriter {
    int fd;
    char *path;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *date, *timestamp, *empty_text, *null_row;
    char *name;
    const GPtrArray *columns;
    const GArray *kinds;
    unsigned sheets;
    uint32_t row, rows_a_sheet; /* the next one */
    HfBytesDigest *digest;
};

/* ---- The digest ----------------------------------------------------------------------------------------------------
 */

/* Of a cell as it is read: what no text has parts them. */
static void digest_cell(HfBytesDigest *digest, const char *text, size_t length)
{
    hf_bytes_digest_update(digest, text != NULL ? text : "\xff", text != NULL ? length : 1);
    hf_bytes_digest_update(digest, "", 1);
}

static void digest_row(HfBytesDigest *digest, const HfRecord *record, guint columns)
{
    for (guint i = 0; i < columns; i++) {
        size_t length = 0;
        const char *text = i < hf_record_count(record) ? hf_record_get(record, i, &length) : NULL;
        digest_cell(digest, text, length);
    }
}

/* ---- Sheets --------------------------------------------------------------------------------------------------------
 */

static char *sheet_name(const char *table)
{
    g_autofree char *cut = g_utf8_substring(table, 0, MIN(g_utf8_strlen(table, -1), NAME_CHARACTERS));
    g_strdelimit(cut, "[]:*?/\\'", '_');
    for (char *at = cut; *at != '\0'; at++)
        *at = g_ascii_iscntrl(*at) ? '_' : *at;
    return g_ascii_strcasecmp(cut, "history") == 0 ? g_strdup("history_") : g_steal_pointer(&cut);
}

static bool fail(GError **error, const char *what, lxw_error reason)
{
    g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "%s the workbook in %s: %s; is the disk full? TMPDIR names another",
                what, g_get_tmp_dir(), lxw_strerror(reason));
    return false;
}

static bool begin_sheet(HfXlsxWriter *self, GError **error)
{
    self->sheets++;
    g_autofree char *name =
        self->sheets == 1 ? g_strdup(self->name) : g_strdup_printf("%s (%u)", self->name, self->sheets);
    self->sheet = workbook_add_worksheet(self->workbook, name);
    if (self->sheet == NULL)
        return fail(error, "cannot add a sheet to", LXW_ERROR_CREATING_TMPFILE);
    worksheet_freeze_panes(self->sheet, 1, 0);
    for (guint i = 0; i < self->columns->len; i++) {
        g_autofree char *text = hf_xlsx_escape(self->columns->pdata[i], strlen(self->columns->pdata[i]));
        lxw_error reason = worksheet_write_string(self->sheet, 0, (lxw_col_t)i, text, NULL);
        if (reason != LXW_NO_ERROR)
            return fail(error, "cannot write", reason);
    }
    self->row = 1;
    return true;
}

static lxw_format *add_format(HfXlsxWriter *self, const char *code)
{
    lxw_format *format = workbook_add_format(self->workbook);
    format_set_num_format(format, code);
    return format;
}

HfXlsxWriter *hf_xlsx_writer_open(const char *name, const GPtrArray *columns, const GArray *kinds, uint32_t sheet_rows,
                                  GError **error)
{
    if (columns->len > HF_XLSX_MAX_COLUMNS) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "%u columns, and a sheet has at most %d; export as CSV",
                    columns->len, HF_XLSX_MAX_COLUMNS);
        return NULL;
    }
    int fd = hf_sheet_file_new(error);
    if (fd < 0)
        return NULL;
    g_autoptr(HfXlsxWriter) self = g_new0(HfXlsxWriter, 1);
    self->fd = fd;
    self->path = hf_sheet_file_path(fd);
    self->columns = columns;
    self->kinds = kinds;
    self->name = sheet_name(name);
    self->rows_a_sheet = sheet_rows != 0 ? sheet_rows + 1 : HF_XLSX_MAX_ROWS;
    self->digest = hf_bytes_digest_new();
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)(gpointer)g_get_tmp_dir()};
    self->workbook = workbook_new_opt(self->path, &options);
    if (self->workbook == NULL) {
        fail(error, "cannot make", LXW_ERROR_CREATING_TMPFILE);
        return NULL;
    }
    self->date = add_format(self, "yyyy-mm-dd");
    self->timestamp = add_format(self, "yyyy-mm-dd hh:mm:ss.000");
    self->empty_text = add_format(self, HF_XLSX_EMPTY_TEXT);
    self->null_row = add_format(self, HF_XLSX_NULL_ROW);
    return begin_sheet(self, error) ? g_steal_pointer(&self) : NULL;
}

/* ---- Cells ---------------------------------------------------------------------------------------------------------
 */

/* Whether the text is what a number's cell will be read as, but for zeros at the end of a fixed scale. The text that
 * will be read: transfer full. */
static char *as_number(const char *text, bool fixed, double *value)
{
    char printed[G_ASCII_DTOSTR_BUF_SIZE], *end = NULL;
    *value = g_ascii_strtod(text, &end);
    if (*end != '\0' || end == text)
        return NULL;
    g_autofree char *bare = g_strdup(text);
    for (char *last = bare + strlen(bare) - 1; fixed && strchr(bare, '.') != NULL; last--) {
        bool point = *last == '.', zero = *last == '0';
        if (point || zero)
            *last = '\0';
        if (!zero)
            break;
    }
    g_autofree char *read = hf_xlsx_number_text(g_ascii_formatd(printed, sizeof printed, "%.16G", *value));
    size_t digits = strspn(bare + (*bare == '-'), "0123456789");
    bool same = read != NULL && strcmp(read, bare) == 0 && strcmp(bare, "-0") != 0;
    return same && digits <= 15 ? g_steal_pointer(&read) : NULL;
}

static lxw_error write_text(HfXlsxWriter *self, lxw_col_t column, const char *text, size_t length)
{
    digest_cell(self->digest, text, length);
    if (length == 0)
        return worksheet_write_blank(self->sheet, self->row, column, self->empty_text);
    g_autofree char *escaped = hf_xlsx_escape(text, length);
    return worksheet_write_string(self->sheet, self->row, column, escaped, NULL);
}

static lxw_error write_cell(HfXlsxWriter *self, guint i, const char *text, size_t length)
{
    HfCellKind kind = g_array_index(self->kinds, HfCellKind, i);
    double number;
    lxw_col_t column = (lxw_col_t)i;
    if (kind == HF_CELL_BOOLEAN) {
        bool value = *text == 't';
        digest_cell(self->digest, value ? "true" : "false", value ? 4 : 5);
        return worksheet_write_boolean(self->sheet, self->row, column, value, NULL);
    }
    bool moment = kind == HF_CELL_DATE || kind == HF_CELL_TIMESTAMP;
    g_autofree char *read = NULL;
    if (moment && hf_xlsx_moment_serial(text, &number))
        read = hf_xlsx_moment_text(number, false, false);
    else if (kind == HF_CELL_NUMBER || kind == HF_CELL_FIXED_NUMBER)
        read = as_number(text, kind == HF_CELL_FIXED_NUMBER, &number);
    if (read == NULL)
        return write_text(self, column, text, length);
    digest_cell(self->digest, read, strlen(read));
    return worksheet_write_number(self->sheet, self->row, column, number,
                                  kind == HF_CELL_DATE ? self->date
                                  : moment             ? self->timestamp
                                                       : NULL);
}

static glong units_of(const char *text)
{
    glong units = 0;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        units += (guchar)*at >= 0xf0 ? 2 : 1;
    return units;
}

bool hf_xlsx_writer_add(HfXlsxWriter *self, const HfRecord *record, GError **error)
{
    bool any = false;
    if (self->row == self->rows_a_sheet && !begin_sheet(self, error))
        return false;
    for (guint i = 0; i < hf_record_count(record); i++) {
        size_t length;
        const char *text = hf_record_get(record, i, &length);
        if (text == NULL) {
            digest_cell(self->digest, NULL, 0);
            continue;
        }
        any = true;
        if (length > HF_XLSX_MAX_UNITS && units_of(text) > HF_XLSX_MAX_UNITS) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                        "row %" G_GUINT64_FORMAT ", column %s: a text of %ld characters, and a cell takes %d; export "
                        "as CSV, or leave the table out",
                        record->number, (const char *)self->columns->pdata[i], units_of(text), HF_XLSX_MAX_UNITS);
            return false;
        }
        lxw_error reason = write_cell(self, i, text, length);
        if (reason != LXW_NO_ERROR)
            return fail(error, "cannot write", reason);
    }
    if (!any && worksheet_write_blank(self->sheet, self->row, 0, self->null_row) != LXW_NO_ERROR)
        return fail(error, "cannot write", LXW_ERROR_CREATING_TMPFILE);
    self->row++;
    return true;
}

/* ---- The end -------------------------------------------------------------------------------------------------------
 */

/* The reader gives the header first, and what is on further sheets without theirs. */
static bool read_back(HfXlsxWriter *self, GCancellable *cancellable, GError **error)
{
    g_autoptr(HfBytesDigest) there = hf_bytes_digest_new();
    HfRecord record;
    HfRecordReader *reader = hf_xlsx_reader_open(self->fd, "the workbook", NULL, cancellable, error);
    if (reader == NULL)
        return false;
    hf_record_init(&record);
    bool more = true, ok = reader->next(reader, &record, &more, error);
    while (ok && more && (ok = reader->next(reader, &record, &more, error)) && more)
        digest_row(there, &record, self->columns->len);
    reader->close(reader);
    hf_record_clear(&record);
    if (ok && !hf_digest_equal(hf_bytes_digest_get(there), hf_bytes_digest_get(self->digest)))
        return fail(error, "what was written is not what is read back from", LXW_NO_ERROR);
    return ok;
}

static bool hand_on(HfXlsxWriter *self, HfOutput *to, GError **error)
{
    g_autofree char *buffer = g_malloc(1 << 16);
    ssize_t length;
    for (off_t offset = 0; (length = pread(self->fd, buffer, 1 << 16, offset)) > 0; offset += length)
        if (!hf_output_write(to, buffer, (size_t)length, error))
            return false;
    return length == 0 || fail(error, "cannot read", LXW_ERROR_ZIP_FILE_OPERATION);
}

bool hf_xlsx_writer_finish(HfXlsxWriter *self, HfOutput *to, GCancellable *cancellable, GError **error)
{
    g_autofree char *split = g_strdup_printf("%u %s", self->sheets, self->name);
    lxw_error reason = workbook_set_custom_property_string(self->workbook, HF_XLSX_SPLIT, split);
    if (reason != LXW_NO_ERROR)
        return fail(error, "cannot finish", reason);
    reason = workbook_close(g_steal_pointer(&self->workbook));
    if (reason != LXW_NO_ERROR)
        return fail(error, "cannot finish", reason);
    if (!read_back(self, cancellable, error)) {
        if (g_error_matches(error != NULL ? *error : NULL, HF_ERROR, HF_ERROR_CORRUPT)) {
            g_prefix_error(error, "what was written is no whole workbook (is the disk of %s full?): ", g_get_tmp_dir());
            if (error != NULL)
                (*error)->code = HF_ERROR_STORAGE;
        }
        return false;
    }
    return hand_on(self, to, error);
}

void hf_xlsx_writer_free(HfXlsxWriter *self)
{
    if (self == NULL)
        return;
    if (self->workbook != NULL)
        lxw_workbook_free(self->workbook);
    if (self->fd >= 0)
        close(self->fd);
    g_clear_pointer(&self->digest, hf_bytes_digest_free);
    g_free(self->path);
    g_free(self->name);
    g_free(self);
}
