/* Internal to sheet: what of a workbook stands around its sheets: their names and parts, number formats, strings. */
#ifndef HF_SHEET_XLSX_BOOK_H
#define HF_SHEET_XLSX_BOOK_H

#include "sheet/xlsx_part.h"

typedef enum {
    HF_FORMAT_GENERAL,
    HF_FORMAT_DATE, /* with or without a time */
    HF_FORMAT_TIME, /* of day, or a span */
    HF_FORMAT_EMPTY_TEXT,
    HF_FORMAT_NULL_ROW,
} HfXlsxFormat;

typedef struct {
    char *name, *id;
    char *part; /* NULL: not known */
} HfXlsxSheet;

typedef struct {
    GPtrArray *sheets; /* HfXlsxSheet */
    bool since_1904;
    GArray *formats;     /* HfXlsxFormat, by the number of a style */
    int strings_fd;      /* the shared strings, one after another; -1: none */
    GArray *ends;        /* uint64_t: where each ends */
    GMappedFile *mapped; /* of strings_fd; NULL: no bytes */
    char *split;         /* the value of HF_XLSX_SPLIT; NULL: it has none */
} HfXlsxBook;

/* A property of the document by which an export says that its sheets are one table: "3 People" if "People (2)" and
 * "People (3)" go on with "People". */
#define HF_XLSX_SPLIT "Holdfast sheets"

/* HF_ERROR_LIMIT for more strings, or longer ones, than a file of its size may have. Transfer full. */
HfXlsxBook *hf_xlsx_book_read(HfXlsxZip *zip, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_xlsx_book_free(HfXlsxBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfXlsxBook, hf_xlsx_book_free)

/* Over how many sheets the table of this one goes by what the export says, with itself: 1 for any other. */
unsigned hf_xlsx_book_split(const HfXlsxBook *self, const char *sheet);
/* NULL: there is no such string. Borrowed. */
const char *hf_xlsx_book_string(const HfXlsxBook *self, guint64 number, size_t *length);
HfXlsxFormat hf_xlsx_book_format(const HfXlsxBook *self, guint64 style);

#endif
