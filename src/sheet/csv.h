/*
 * CSV and its kin as RFC 4180 has them, and as they come: lines end with CR LF, LF or CR; any one character parts
 * fields; a field may be in quotes, inside which all is literal and "" is a quote. A field that is not quoted and empty
 * is nothing; "" is an empty text.
 */
#ifndef HF_SHEET_CSV_H
#define HF_SHEET_CSV_H

#include "sheet/record.h"

/* How a file is to be read, or was found to be. */
typedef struct {
    char delimiter;       /* 0: the one of , ; TAB | that its first line has most */
    const char *encoding; /* as iconv calls it, static or the caller's; NULL: found out */
} HfCsvForm;

/*
 * Looks at the first MiB: UTF-8 and UTF-16 by their marks, UTF-8 if it is valid as that, else WINDOWS-1252. `form` is
 * then complete. The stream is borrowed. `label` names the file in messages. HF_ERROR_USAGE for an encoding that is not
 * known; a byte that is none of it is HF_ERROR_CORRUPT, with its line, when it is read; so are a quote inside of a
 * field without quotes, text after a closing quote, quotes that are never closed, and a NUL. Transfer full.
 */
HfRecordReader *hf_csv_reader_open(GInputStream *stream, const char *label, HfCsvForm *form, GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appends a record as a line of CSV in that form's delimiter, as this reader would read it again. */
void hf_csv_append(GString *text, const HfRecord *record, char delimiter);

#endif
