#include "base/error.h"
#include "sheet/xlsx.h"
#include "sheet/xlsx_book.h"
#include "sheet/xlsx_cell.h"

#include <string.h>

#define MAX_VALUE_BYTES (4 * HF_XLSX_MAX_UNITS)

typedef struct {
    HfRecordReader reader;
    char *label;
    GCancellable *cancellable;
    HfXlsxZip *zip;
    HfXlsxBook *book;
    const HfXlsxSheet *first, *sheet; /* the one that was asked for, and the one that is read */
    unsigned number;                  /* of it, from 1 */
    unsigned sheets;                  /* that are read */
    HfXlsxPart *part;                 /* NULL: none is open */
    HfRecord *record;                 /* that is filled */
    GString *header;                  /* of the first sheet; NULL: not read yet */
    bool begun;                       /* a row of this sheet was given */
    guint64 row;
    bool any; /* something is in the row */

    guint column; /* of the cell, from 0 */
    char type[16];
    guint64 style;
    GString *value;
    bool in_row, in_cell, in_value, in_phonetic, has_value;
} Reader;

/* ---- Cells ---------------------------------------------------------------------------------------------------------
 */

static void fail(Reader *self, HfErrorCode code, const char *why)
{
    hf_xlsx_part_fail(self->part, g_error_new(HF_ERROR, (int)code, "sheet %s, row %" G_GUINT64_FORMAT ", column %u: %s",
                                              self->sheet->name, self->row, self->column + 1, why));
}

/* "AB12" is column 27, from 0. */
static guint column_of(const char *reference)
{
    guint column = 0;
    for (; g_ascii_isalpha(*reference) && column <= HF_XLSX_MAX_COLUMNS; reference++)
        column = column * 26 + (guint)(g_ascii_toupper(*reference) - 'A' + 1);
    return column - 1; /* of no letter more than any bound */
}

static void begin_cell(Reader *self, const char **attributes)
{
    const char *reference = hf_xlsx_attribute(attributes, "r"), *type = hf_xlsx_attribute(attributes, "t");
    const char *style = hf_xlsx_attribute(attributes, "s");
    guint next = hf_record_count(self->record);
    self->column = reference != NULL ? column_of(reference) : next;
    self->style = style != NULL ? g_ascii_strtoull(style, NULL, 10) : 0;
    g_strlcpy(self->type, type != NULL ? type : "n", sizeof self->type);
    g_string_truncate(self->value, 0);
    self->in_cell = true;
    self->has_value = self->in_phonetic = false;
    if (self->column < next || self->column >= HF_XLSX_MAX_COLUMNS)
        fail(self, HF_ERROR_CORRUPT, "the cells of the row are in no order");
}

static void add(Reader *self, const char *text, size_t length)
{
    self->any = true;
    hf_record_add(self->record, text, length);
}

static void add_text(Reader *self)
{
    hf_xlsx_unescape(self->value);
    add(self, self->value->str, self->value->len);
}

static void add_shared(Reader *self)
{
    size_t length;
    char *end = NULL;
    guint64 number = g_ascii_strtoull(self->value->str, &end, 10);
    const char *text = end != self->value->str ? hf_xlsx_book_string(self->book, number, &length) : NULL;
    if (text == NULL)
        fail(self, HF_ERROR_CORRUPT, "its text is not among the strings of the workbook");
    else
        add(self, text, length);
}

static void add_number(Reader *self)
{
    HfXlsxFormat format = hf_xlsx_book_format(self->book, self->style);
    g_autofree char *text = hf_xlsx_number_text(self->value->str);
    if (text != NULL && (format == HF_FORMAT_DATE || format == HF_FORMAT_TIME)) {
        char *moment = hf_xlsx_moment_text(g_ascii_strtod(self->value->str, NULL), self->book->since_1904,
                                           format == HF_FORMAT_TIME);
        g_free(moment != NULL ? text : NULL);
        text = moment != NULL ? moment : text;
    }
    if (text == NULL)
        fail(self, HF_ERROR_CORRUPT, "it should hold a number");
    else
        add(self, text, strlen(text));
}

static void add_blank(Reader *self)
{
    HfXlsxFormat format = hf_xlsx_book_format(self->book, self->style);
    if (format == HF_FORMAT_EMPTY_TEXT) {
        add(self, "", 0);
        return;
    }
    self->any = self->any || format == HF_FORMAT_NULL_ROW;
    hf_record_add_null(self->record);
}

static void end_cell(Reader *self)
{
    self->in_cell = false;
    while (hf_record_count(self->record) < self->column)
        hf_record_add_null(self->record);
    if (!self->has_value) {
        add_blank(self);
    } else if (strcmp(self->type, "s") == 0) {
        add_shared(self);
    } else if (strcmp(self->type, "n") == 0) {
        add_number(self);
    } else if (strcmp(self->type, "b") == 0) {
        bool value = strcmp(self->value->str, "1") == 0;
        add(self, value ? "true" : "false", value ? 4 : 5);
    } else if (strcmp(self->type, "e") == 0) {
        g_autofree char *why = g_strdup_printf("it holds the error %.40s", self->value->str);
        fail(self, HF_ERROR_CORRUPT, why);
    } else {
        add_text(self);
    }
    if (self->record->text->len > HF_RECORD_MAX_BYTES)
        fail(self, HF_ERROR_LIMIT, "the row is over 64 MiB");
}

/* ---- Elements ------------------------------------------------------------------------------------------------------
 */

static void begin_row(Reader *self, const char **attributes)
{
    const char *number = hf_xlsx_attribute(attributes, "r");
    guint64 row = number != NULL ? g_ascii_strtoull(number, NULL, 10) : self->row + 1;
    bool in_order = row > self->row && row <= HF_XLSX_MAX_ROWS;
    self->row = row;
    self->in_row = true;
    self->any = false;
    hf_record_reset(self->record);
    if (!in_order)
        fail(self, HF_ERROR_CORRUPT, "the rows of the sheet are in no order");
}

static void on_start(gpointer data, const char *element, const char **attributes)
{
    Reader *self = data;
    if (strcmp(element, "row") == 0)
        begin_row(self, attributes);
    else if (self->in_row && strcmp(element, "c") == 0)
        begin_cell(self, attributes);
    else if (self->in_cell && strcmp(element, "rPh") == 0)
        self->in_phonetic = true;
    self->in_value = self->in_cell && (strcmp(element, "v") == 0 || (strcmp(element, "t") == 0 && !self->in_phonetic));
    self->has_value = self->has_value || self->in_value;
}

static void on_text(gpointer data, const char *text, int length)
{
    Reader *self = data;
    if (!self->in_value)
        return;
    g_string_append_len(self->value, text, length);
    if (self->value->len > MAX_VALUE_BYTES)
        fail(self, HF_ERROR_LIMIT, "it holds more than a cell may");
}

static void on_end(gpointer data, const char *element)
{
    Reader *self = data;
    self->in_value = false;
    if (strcmp(element, "rPh") == 0)
        self->in_phonetic = false;
    if (self->in_cell && strcmp(element, "c") == 0)
        end_cell(self);
    if (self->in_row && strcmp(element, "row") == 0) {
        self->in_row = false;
        if (self->any)
            hf_xlsx_part_pause(self->part);
    }
}

/* ---- Sheets --------------------------------------------------------------------------------------------------------
 */

static bool is_readable(const HfXlsxSheet *sheet)
{
    return sheet->part != NULL && sheet->name != NULL;
}

static const HfXlsxSheet *find_sheet(const HfXlsxBook *book, const char *name)
{
    for (guint i = 0; i < book->sheets->len; i++) {
        const HfXlsxSheet *sheet = book->sheets->pdata[i];
        if (is_readable(sheet) && (name == NULL || strcmp(sheet->name, name) == 0))
            return sheet;
    }
    return NULL;
}

static bool open_sheet(Reader *self, GError **error)
{
    static const HfXlsxHandlers handlers = {.start = on_start, .text = on_text, .end = on_end};
    self->row = 0;
    self->begun = self->in_row = self->in_cell = self->in_value = false;
    self->part =
        hf_xlsx_part_open(self->zip, self->sheet->part, HF_XLSX_LARGE_BYTES, &handlers, self, self->cancellable, error);
    return self->part != NULL;
}

/* The text of all fields, to compare headers. */
static char *joined(const HfRecord *record)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < hf_record_count(record); i++) {
        size_t length;
        const char *field = hf_record_get(record, i, &length);
        g_string_append_printf(text, "%s\n", field != NULL ? field : "");
    }
    return g_string_free(text, FALSE);
}

/* Whether a row is to be given: all but the header of a further sheet. */
static bool take_row(Reader *self, bool *given, GError **error)
{
    bool first_row = !self->begun;
    self->begun = *given = true;
    if (!first_row)
        return true;
    g_autofree char *header = joined(self->record);
    if (self->header == NULL) {
        self->header = g_string_new(header);
        return true;
    }
    *given = false;
    if (strcmp(self->header->str, header) != 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s: sheet %s does not have the columns of %s, which it goes on",
                    self->label, self->sheet->name, self->first->name);
    return strcmp(self->header->str, header) == 0;
}

static char *name_of(const Reader *self, unsigned number)
{
    return number == 1 ? g_strdup(self->first->name) : g_strdup_printf("%s (%u)", self->first->name, number);
}

static bool go_on(Reader *self, GError **error)
{
    if (self->number == self->sheets) {
        self->sheet = NULL;
        return true;
    }
    g_autofree char *name = name_of(self, ++self->number);
    self->sheet = find_sheet(self->book, name);
    if (self->sheet == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                    "%s: sheet %s is missing: %s was exported over %u sheets; put it back, or give the first another "
                    "name to read it alone",
                    self->label, name, self->first->name, self->sheets);
    return self->sheet != NULL;
}

GPtrArray *hf_xlsx_reader_sheets(const HfRecordReader *reader)
{
    const Reader *self = (const Reader *)reader;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (unsigned number = 1; number <= self->sheets; number++)
        g_ptr_array_add(names, name_of(self, number));
    return names;
}

GPtrArray *hf_xlsx_reader_others(const HfRecordReader *reader)
{
    const Reader *self = (const Reader *)reader;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (unsigned number = self->sheets + 1;; number++) {
        g_autofree char *name = name_of(self, number);
        if (find_sheet(self->book, name) == NULL)
            return names;
        g_ptr_array_add(names, g_steal_pointer(&name));
    }
}

GPtrArray *hf_xlsx_reader_all_sheets(const HfRecordReader *reader)
{
    const HfXlsxBook *book = ((const Reader *)reader)->book;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < book->sheets->len; i++) {
        const HfXlsxSheet *sheet = book->sheets->pdata[i];
        if (is_readable(sheet))
            g_ptr_array_add(names, g_strdup(sheet->name));
    }
    return names;
}

static bool next(HfRecordReader *reader, HfRecord *record, bool *more, GError **error)
{
    Reader *self = (Reader *)reader;
    self->record = record;
    for (bool given = false; !given;) {
        bool row = false;
        if (self->sheet == NULL) {
            *more = false;
            return true;
        }
        if ((self->part == NULL && !open_sheet(self, error)) || !hf_xlsx_part_run(self->part, &row, error) ||
            (row && !take_row(self, &given, error)))
            return false;
        if (row)
            continue;
        g_clear_pointer(&self->part, hf_xlsx_part_close);
        if (!go_on(self, error))
            return false;
    }
    g_free(record->place);
    record->place = g_strdup_printf("sheet %s, row %" G_GUINT64_FORMAT, self->sheet->name, self->row);
    *more = true;
    return true;
}

static void close_reader(HfRecordReader *reader)
{
    Reader *self = (Reader *)reader;
    hf_xlsx_part_close(self->part);
    hf_xlsx_book_free(self->book);
    g_clear_pointer(&self->zip, hf_xlsx_zip_close);
    if (self->header != NULL)
        g_string_free(self->header, TRUE);
    g_string_free(self->value, TRUE);
    g_clear_object(&self->cancellable);
    g_free(self->label);
    g_free(self);
}

HfRecordReader *hf_xlsx_reader_open(int fd, const char *label, const char *sheet, GCancellable *cancellable,
                                    GError **error)
{
    g_autoptr(HfXlsxZip) zip = hf_xlsx_zip_open(fd, label, error);
    g_autoptr(HfXlsxBook) book = zip != NULL ? hf_xlsx_book_read(zip, cancellable, error) : NULL;
    if (book == NULL)
        return NULL;
    const HfXlsxSheet *first = find_sheet(book, sheet);
    if (first == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "%s has no sheet %s", label, sheet != NULL ? sheet : "at all");
        return NULL;
    }
    Reader *self = g_new0(Reader, 1);
    self->reader = (HfRecordReader){.next = next, .close = close_reader};
    self->label = g_strdup(label);
    self->cancellable = cancellable != NULL ? g_object_ref(cancellable) : NULL;
    self->zip = g_steal_pointer(&zip);
    self->book = g_steal_pointer(&book);
    self->first = self->sheet = first;
    self->number = 1;
    self->sheets = hf_xlsx_book_split(self->book, first->name);
    self->value = g_string_new(NULL);
    return &self->reader;
}
