#include "sheet/xlsx_book.h"

#include "base/error.h"
#include "sheet/sheet_file.h"
#include "sheet/xlsx.h"
#include "sheet/xlsx_cell.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_STRINGS 8000000
#define MAX_STRING_BYTES (4 * HF_XLSX_MAX_UNITS)
#define MAX_STYLES 1000000
/* What the strings may have, which are kept in a temporary file: a small workbook must not fill the disk. Strings that
 * are all different are seldom packed to a tenth. */
#define FREE_STRING_BYTES ((guint64)64 << 20)
#define STRING_BYTES_A_BYTE 100
#define MAX_STRINGS_BYTES ((guint64)4 << 30)
#define MAX_SPLIT_BYTES 1000
#define CUSTOM_PART "docProps/custom.xml"
#define WRITE_BYTES 65536

typedef struct {
    HfXlsxBook *book;
    HfXlsxPart *part;
    char *strings_part, *styles_part;
    GHashTable *sheet_parts; /* by the id of a relation to a worksheet: its part */
    GHashTable *codes;       /* number format to its code */
    bool in_cell_styles;     /* in cellXfs */
    GString *string;         /* the one that is read */
    GString *pending;        /* not yet in the file */
    guint64 written, max_written;
    bool in_string, in_text, in_phonetic;
    bool in_split;
} Reading;

/* ---- The workbook --------------------------------------------------------------------------------------------------
 */

static void free_sheet(void *data)
{
    HfXlsxSheet *sheet = data;
    g_free(sheet->name);
    g_free(sheet->id);
    g_free(sheet->part);
    g_free(sheet);
}

static void workbook_start(gpointer data, const char *element, const char **attributes)
{
    HfXlsxBook *book = ((Reading *)data)->book;
    if (strcmp(element, "workbookPr") == 0) {
        const char *since = hf_xlsx_attribute(attributes, "date1904");
        book->since_1904 = since != NULL && (strcmp(since, "1") == 0 || strcmp(since, "true") == 0);
    } else if (strcmp(element, "sheet") == 0) {
        HfXlsxSheet *sheet = g_new0(HfXlsxSheet, 1);
        sheet->name = g_strdup(hf_xlsx_attribute(attributes, "name"));
        for (const char **at = attributes; *at != NULL; at += 2)
            if (g_str_has_suffix(*at, ":id")) /* whatever the prefix of relationships is */
                sheet->id = g_strdup(at[1]);
        g_ptr_array_add(book->sheets, sheet);
    }
}

/* Targets are relative to xl/, or begin with a slash. */
static void relations_start(gpointer data, const char *element, const char **attributes)
{
    Reading *self = data;
    const char *id = hf_xlsx_attribute(attributes, "Id"), *target = hf_xlsx_attribute(attributes, "Target");
    const char *type = hf_xlsx_attribute(attributes, "Type");
    if (strcmp(element, "Relationship") != 0 || id == NULL || target == NULL || type == NULL)
        return;
    g_autofree char *part = *target == '/' ? g_strdup(target + 1) : g_strconcat("xl/", target, NULL);
    if (g_str_has_suffix(type, "/sharedStrings")) {
        g_free(self->strings_part);
        self->strings_part = g_steal_pointer(&part);
    } else if (g_str_has_suffix(type, "/styles")) {
        g_free(self->styles_part);
        self->styles_part = g_steal_pointer(&part);
    } else if (g_str_has_suffix(type, "/worksheet") && !g_hash_table_contains(self->sheet_parts, id)) {
        g_hash_table_insert(self->sheet_parts, g_strdup(id), g_steal_pointer(&part));
    }
}

static void find_sheet_parts(const Reading *self)
{
    for (guint i = 0; i < self->book->sheets->len; i++) {
        HfXlsxSheet *sheet = self->book->sheets->pdata[i];
        if (sheet->id != NULL)
            sheet->part = g_strdup(g_hash_table_lookup(self->sheet_parts, sheet->id));
    }
}

/* ---- Properties ----------------------------------------------------------------------------------------------------
 */

static void custom_start(gpointer data, const char *element, const char **attributes)
{
    Reading *self = data;
    self->in_text = self->in_split;
    if (strcmp(element, "property") == 0)
        self->in_split = g_strcmp0(hf_xlsx_attribute(attributes, "name"), HF_XLSX_SPLIT) == 0;
}

static void custom_text(gpointer data, const char *text, int length)
{
    Reading *self = data;
    if (self->in_text && self->string->len < MAX_SPLIT_BYTES)
        g_string_append_len(self->string, text, length);
}

static void custom_end(gpointer data, const char *element)
{
    Reading *self = data;
    self->in_text = false;
    self->in_split = self->in_split && strcmp(element, "property") != 0;
}

unsigned hf_xlsx_book_split(const HfXlsxBook *self, const char *sheet)
{
    char *name = NULL;
    guint64 count = self->split != NULL ? g_ascii_strtoull(self->split, &name, 10) : 0;
    bool of_it = name != NULL && *name == ' ' && strcmp(name + 1, sheet) == 0;
    return of_it && count > 0 && count <= self->sheets->len ? (unsigned)count : 1;
}

/* ---- Number formats ------------------------------------------------------------------------------------------------
 */

/* By the letters that stand neither in quotes nor in brackets nor after a backslash. */
static HfXlsxFormat format_of_code(const char *code)
{
    bool date = false, time = false;
    if (strcmp(code, HF_XLSX_EMPTY_TEXT) == 0)
        return HF_FORMAT_EMPTY_TEXT;
    if (strcmp(code, HF_XLSX_NULL_ROW) == 0)
        return HF_FORMAT_NULL_ROW;
    if (g_ascii_strncasecmp(code, "general", 7) == 0)
        return HF_FORMAT_GENERAL;
    for (const char *at = code; *at != '\0' && *at != ';'; at++) {
        if (*at == '"' || *at == '[') {
            const char *close = strchr(at + 1, *at == '"' ? '"' : ']');
            bool elapsed = *at == '[' && strchr("hHmMsS", at[1]) != NULL;
            time = time || elapsed;
            if (close == NULL)
                break;
            at = close;
        } else if ((*at == '\\' || *at == '_' || *at == '*') && at[1] != '\0') {
            at++;
        } else {
            date = date || strchr("yYdD", *at) != NULL;
            time = time || strchr("hHsS", *at) != NULL;
        }
    }
    return date ? HF_FORMAT_DATE : time ? HF_FORMAT_TIME : HF_FORMAT_GENERAL;
}

static HfXlsxFormat format_of_number(const Reading *self, guint64 number)
{
    const char *code = g_hash_table_lookup(self->codes, GUINT_TO_POINTER((guint)number));
    if (code != NULL)
        return format_of_code(code);
    if ((number >= 14 && number <= 17) || number == 22 || (number >= 27 && number <= 31) || number == 36)
        return HF_FORMAT_DATE;
    return (number >= 18 && number <= 21) || (number >= 45 && number <= 47) ? HF_FORMAT_TIME : HF_FORMAT_GENERAL;
}

static void styles_start(gpointer data, const char *element, const char **attributes)
{
    Reading *self = data;
    const char *number = hf_xlsx_attribute(attributes, "numFmtId");
    const char *code = hf_xlsx_attribute(attributes, "formatCode");
    guint64 id = number != NULL ? g_ascii_strtoull(number, NULL, 10) : 0;
    if (strcmp(element, "numFmt") == 0 && code != NULL && id < G_MAXUINT) {
        g_hash_table_insert(self->codes, GUINT_TO_POINTER((guint)id), g_strdup(code));
    } else if (strcmp(element, "cellXfs") == 0) {
        self->in_cell_styles = true;
    } else if (strcmp(element, "xf") == 0 && self->in_cell_styles && self->book->formats->len < MAX_STYLES) {
        HfXlsxFormat format = format_of_number(self, id);
        g_array_append_val(self->book->formats, format);
    }
}

static void styles_end(gpointer data, const char *element)
{
    if (strcmp(element, "cellXfs") == 0)
        ((Reading *)data)->in_cell_styles = false;
}

HfXlsxFormat hf_xlsx_book_format(const HfXlsxBook *self, guint64 style)
{
    return style < self->formats->len ? g_array_index(self->formats, HfXlsxFormat, style) : HF_FORMAT_GENERAL;
}

/* ---- Shared strings ------------------------------------------------------------------------------------------------
 */

static bool flush_strings(Reading *self, GError **error)
{
    for (size_t done = 0; done < self->pending->len;) {
        ssize_t length = write(self->book->strings_fd, self->pending->str + done, self->pending->len - done);
        if (length < 0 && errno != EINTR) {
            g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "cannot keep the strings of the workbook in %s: %s",
                        g_get_tmp_dir(), g_strerror(errno));
            return false;
        }
        done += length > 0 ? (size_t)length : 0;
    }
    g_string_truncate(self->pending, 0);
    return true;
}

static void strings_start(gpointer data, const char *element, const char **attributes)
{
    Reading *self = data;
    (void)attributes;
    if (strcmp(element, "si") == 0)
        g_string_truncate(self->string, 0);
    self->in_string = self->in_string || strcmp(element, "si") == 0;
    self->in_phonetic = self->in_phonetic || strcmp(element, "rPh") == 0;
    self->in_text = self->in_string && !self->in_phonetic && strcmp(element, "t") == 0;
}

static void strings_text(gpointer data, const char *text, int length)
{
    Reading *self = data;
    if (!self->in_text)
        return;
    g_string_append_len(self->string, text, length);
    if (self->string->len > MAX_STRING_BYTES)
        hf_xlsx_part_fail(self->part, g_error_new(HF_ERROR, HF_ERROR_LIMIT, "string %u is longer than a cell may hold",
                                                  self->book->ends->len + 1));
}

static void keep_string(Reading *self)
{
    GError *error = NULL;
    hf_xlsx_unescape(self->string);
    self->written += self->string->len;
    g_string_append_len(self->pending, self->string->str, (gssize)self->string->len);
    g_array_append_val(self->book->ends, self->written);
    if (self->book->ends->len > MAX_STRINGS)
        g_set_error(&error, HF_ERROR, HF_ERROR_LIMIT, "more than %d different strings; save it as CSV", MAX_STRINGS);
    else if (self->written > self->max_written)
        g_set_error(&error, HF_ERROR, HF_ERROR_LIMIT,
                    "its strings have over %" G_GUINT64_FORMAT " MiB, which is too much for a file of this size; save "
                    "it as CSV",
                    self->max_written >> 20);
    else if (self->pending->len >= WRITE_BYTES)
        (void)!flush_strings(self, &error);
    if (error != NULL)
        hf_xlsx_part_fail(self->part, error);
}

static void strings_end(gpointer data, const char *element)
{
    Reading *self = data;
    self->in_text = false;
    if (strcmp(element, "rPh") == 0)
        self->in_phonetic = false;
    if (strcmp(element, "si") == 0 && self->in_string) {
        self->in_string = false;
        keep_string(self);
    }
}

const char *hf_xlsx_book_string(const HfXlsxBook *self, guint64 number, size_t *length)
{
    if (number >= self->ends->len)
        return NULL;
    uint64_t start = number > 0 ? g_array_index(self->ends, uint64_t, number - 1) : 0;
    *length = g_array_index(self->ends, uint64_t, number) - start;
    return *length > 0 ? g_mapped_file_get_contents(self->mapped) + start : "";
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static const HfXlsxHandlers workbook_handlers = {.start = workbook_start};
static const HfXlsxHandlers relation_handlers = {.start = relations_start};
static const HfXlsxHandlers custom_handlers = {.start = custom_start, .text = custom_text, .end = custom_end};
static const HfXlsxHandlers style_handlers = {.start = styles_start, .end = styles_end};
static const HfXlsxHandlers string_handlers = {.start = strings_start, .text = strings_text, .end = strings_end};

static bool read_part(Reading *self, HfXlsxZip *zip, const char *part, guint64 max_bytes,
                      const HfXlsxHandlers *handlers, GCancellable *cancellable, GError **error)
{
    bool more;
    g_autoptr(HfXlsxPart) opened = hf_xlsx_part_open(zip, part, max_bytes, handlers, self, cancellable, error);
    self->part = opened;
    return opened != NULL && hf_xlsx_part_run(opened, &more, error);
}

static bool read_strings(Reading *self, HfXlsxZip *zip, GCancellable *cancellable, GError **error)
{
    self->max_written = MIN(FREE_STRING_BYTES + STRING_BYTES_A_BYTE * hf_xlsx_zip_bytes(zip), MAX_STRINGS_BYTES);
    self->book->strings_fd = hf_sheet_file_new(error);
    if (self->book->strings_fd < 0 ||
        !read_part(self, zip, self->strings_part, HF_XLSX_LARGE_BYTES, &string_handlers, cancellable, error) ||
        !flush_strings(self, error))
        return false;
    g_autoptr(GError) reason = NULL;
    self->book->mapped = self->written > 0 ? g_mapped_file_new_from_fd(self->book->strings_fd, FALSE, &reason) : NULL;
    if (reason != NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "%s", reason->message);
    return reason == NULL;
}

static bool read_all(Reading *self, HfXlsxZip *zip, GCancellable *cancellable, GError **error)
{
    if (!read_part(self, zip, "xl/workbook.xml", HF_XLSX_SMALL_BYTES, &workbook_handlers, cancellable, error) ||
        !read_part(self, zip, "xl/_rels/workbook.xml.rels", HF_XLSX_SMALL_BYTES, &relation_handlers, cancellable,
                   error))
        return false;
    find_sheet_parts(self);
    if (hf_xlsx_zip_has(zip, CUSTOM_PART)) {
        if (!read_part(self, zip, CUSTOM_PART, HF_XLSX_SMALL_BYTES, &custom_handlers, cancellable, error))
            return false;
        self->book->split = g_strdup(self->string->str);
    }
    if (self->styles_part != NULL && hf_xlsx_zip_has(zip, self->styles_part) &&
        !read_part(self, zip, self->styles_part, HF_XLSX_SMALL_BYTES, &style_handlers, cancellable, error))
        return false;
    return self->strings_part == NULL || !hf_xlsx_zip_has(zip, self->strings_part) ||
           read_strings(self, zip, cancellable, error);
}

HfXlsxBook *hf_xlsx_book_read(HfXlsxZip *zip, GCancellable *cancellable, GError **error)
{
    g_autoptr(HfXlsxBook) book = g_new0(HfXlsxBook, 1);
    book->sheets = g_ptr_array_new_with_free_func(free_sheet);
    book->formats = g_array_new(FALSE, FALSE, sizeof(HfXlsxFormat));
    book->ends = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    book->strings_fd = -1;
    Reading self = {.book = book,
                    .sheet_parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                    .codes = g_hash_table_new_full(NULL, NULL, NULL, g_free),
                    .string = g_string_new(NULL),
                    .pending = g_string_new(NULL)};
    bool ok = read_all(&self, zip, cancellable, error);
    g_hash_table_unref(self.sheet_parts);
    g_hash_table_unref(self.codes);
    g_string_free(self.string, TRUE);
    g_string_free(self.pending, TRUE);
    g_free(self.strings_part);
    g_free(self.styles_part);
    return ok ? g_steal_pointer(&book) : NULL;
}

void hf_xlsx_book_free(HfXlsxBook *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->mapped, g_mapped_file_unref);
    if (self->strings_fd >= 0)
        close(self->strings_fd);
    g_ptr_array_unref(self->sheets);
    g_array_unref(self->formats);
    g_array_unref(self->ends);
    g_free(self->split);
    g_free(self);
}
