/*
 * XLSX, the workbooks of spreadsheets: a writer of one table, over as many sheets as its rows need, and a reader of the
 * rows of a sheet. Both keep in memory what one row needs; strings that rows share are in a temporary file.
 *
 * A cell has a kind that its column gives it. What a spreadsheet would change (numbers of more than 15 digits, moments
 * before 1900-03-01 or finer than a millisecond) goes as text. Text is text: nothing is taken for a formula. Nothing is
 * a cell that is not there; a text of no characters is an empty cell with a number format of its own, as is the first
 * cell of a row that has nothing at all.
 */
#ifndef HF_SHEET_XLSX_H
#define HF_SHEET_XLSX_H

#include "base/io.h"
#include "sheet/record.h"

#define HF_XLSX_MAX_ROWS 1048576 /* of a sheet, its header among them */
#define HF_XLSX_MAX_COLUMNS 16384
#define HF_XLSX_MAX_UNITS 32767 /* UTF-16 units of a text */

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

typedef enum {
    HF_CELL_TEXT,
    HF_CELL_NUMBER,       /* where text and number mean the same */
    HF_CELL_FIXED_NUMBER, /* of a column with a scale: zeros at its end are no loss */
    HF_CELL_BOOLEAN,      /* "t" and "f" */
    HF_CELL_DATE,         /* "2024-02-29" */
    HF_CELL_TIMESTAMP,    /* "2024-02-29 12:00:00.5" */
} HfCellKind;

typedef struct HfXlsxWriter HfXlsxWriter;

/* `name` is cut to what a sheet may be called; the second sheet is "name (2)". `columns` are char*, `kinds` HfCellKind,
 * both borrowed. `sheet_rows`: records of a sheet, 0 for as many as there may be. HF_ERROR_LIMIT for too many columns.
 * Transfer full. */
HfXlsxWriter *hf_xlsx_writer_open(const char *name, const GPtrArray *columns, const GArray *kinds, uint32_t sheet_rows,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The record has a field for each column. HF_ERROR_LIMIT names a column whose text is too long for a cell. */
bool hf_xlsx_writer_add(HfXlsxWriter *self, const HfRecord *record, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes the file, reads it back and compares every cell, and hands it on. HF_ERROR_STORAGE if they are not the same:
 * the library that writes it does not see a full disk everywhere. Once, at the end. */
bool hf_xlsx_writer_finish(HfXlsxWriter *self, HfOutput *to, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_xlsx_writer_free(HfXlsxWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfXlsxWriter, hf_xlsx_writer_free)

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

/*
 * The rows of a sheet, its header the first of them; then those of "name (2)" and so on without theirs, which must be
 * the same, if the writer above has made them so: it says that in the workbook. `sheet` NULL is the first of the
 * workbook. `fd` (borrowed, duplicated) must be a file; `label` names it in messages. Rows in which nothing is are
 * passed over. Numbers come with 15 digits at most, moments as "2024-02-29 12:00:00.500", booleans as "true" and
 * "false". A cell with an error (#REF!) is HF_ERROR_CORRUPT; so is what is no such workbook, HF_ERROR_LIMIT what is too
 * large, and HF_ERROR_NOT_FOUND a sheet that is not there. Transfer full.
 */
HfRecordReader *hf_xlsx_reader_open(int fd, const char *label, const char *sheet, GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The sheets that it reads, in order; and those that are called "name (2)" and so on and are not read. char*, transfer
 * full. */
GPtrArray *hf_xlsx_reader_sheets(const HfRecordReader *reader);
GPtrArray *hf_xlsx_reader_others(const HfRecordReader *reader);
/* All of the workbook that can be read. char*, transfer full. */
GPtrArray *hf_xlsx_reader_all_sheets(const HfRecordReader *reader);

#endif
