/* Internal to sheet: what a cell's value is in XLSX, for writer and reader alike. */
#ifndef HF_SHEET_XLSX_CELL_H
#define HF_SHEET_XLSX_CELL_H

#include <glib.h>
#include <stdbool.h>

/* Number formats that mark what has no other way to be told. */
#define HF_XLSX_EMPTY_TEXT "\"\";\"\";\"\";@"
#define HF_XLSX_NULL_ROW "General;General;General;@"
#define HF_XLSX_MAX_SERIAL 2958466 /* the day after 9999-12-31 */

/* A number as text, as a spreadsheet would show it: whole ones with all their digits, others with 15. The text is one
 * that XML gave; false if it is no number. Transfer full. */
char *hf_xlsx_number_text(const char *raw);

/* A moment by its serial number: days since 1899-12-30, or 1904-01-01. With `time_alone` a number under 1 is a time of
 * day. NULL if there is no such moment. Transfer full. */
char *hf_xlsx_moment_text(double serial, bool since_1904, bool time_alone);
/* The serial number (since 1899-12-30) of "2024-02-29" or "2024-02-29 12:00:00.5"; false for what would not come back
 * the same. */
bool hf_xlsx_moment_serial(const char *text, double *serial);

/* Characters that XML does not take, and what would be read as one of them, as _x0001_. Transfer full. */
char *hf_xlsx_escape(const char *text, size_t length);
/* The other way, in place. */
void hf_xlsx_unescape(GString *text);

#endif
