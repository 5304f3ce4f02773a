/*
 * The use case import: the records of a file (CSV, TXT, XLSX) into a table of a PostgreSQL database, all in one
 * transaction: either what was asked for is there in the end, or nothing.
 */
#ifndef HF_SERVICE_IMPORT_H
#define HF_SERVICE_IMPORT_H

#include "engine/progress.h"
#include "pg/target.h"
#include "sheet/csv.h"

#include <gio/gio.h>

typedef enum { HF_IMPORT_CSV, HF_IMPORT_XLSX } HfImportFormat;

#define HF_IMPORT_PREVIEW_ROWS 10

/* A record that does not go into the table. */
typedef struct {
    const char *place;  /* "line 7" */
    const char *column; /* of the file; NULL: not known */
    const char *reason;
    const char *line; /* itself, as a line of CSV */
} HfImportWrong;

typedef struct {
    const HfPgTarget *target;
    const char
        *table; /* a pattern as of --table that means one table; a partitioned one takes rows for its partitions */
    int fd;     /* the file; XLSX must be one that can be read at any place */
    const char *label;
    uint64_t bytes; /* of the file, for the progress; 0: not known */
    HfImportFormat format;
    HfCsvForm form;             /* of CSV: what is known of it */
    const char *sheet;          /* of XLSX; NULL: the first */
    bool no_header;             /* its columns are called 1, 2 … */
    const char *const *columns; /* "FILE=TABLE": which go where; "FILE=": nowhere. May be NULL */
    bool no_warnings;           /* of the server to the log: triggers of the table may put values of rows into them */
    bool preview;               /* the first records as they would arrive; nothing is written */
    /* Wrong records: with a limit of 0 the first ends it; else so many are handed to `on_wrong`, and the rest goes on.
     */
    uint64_t wrong_limit;
    bool (*on_wrong)(const HfImportWrong *wrong, gpointer data, GError **error);
    /* All is written, and its COMMIT is next: false ends it without. NULL: nothing to do. */
    bool (*before_commit)(gpointer data, GError **error);
    gpointer data;
} HfImportOptions;

/* A column of the table. */
typedef struct {
    char *name, *type;
    bool needed;    /* must have a value, and has no default */
    bool generated; /* takes none */
} HfImportColumn;

/* A column of the file, and where its name, or the options, would have it go; NULL: nowhere. */
typedef struct {
    char *name, *to;
} HfImportField;

typedef struct {
    char *from; /* the column of the file */
    char *to;   /* of the table */
    char *type; /* of that */
} HfImportMatch;

typedef struct {
    char *table;        /* quoted where needed */
    HfCsvForm form;     /* of CSV: as it was read */
    GPtrArray *fields;  /* HfImportField: all of the file; what they may be matched with, also if that failed: */
    GPtrArray *columns; /* HfImportColumn: all of the table; NULL: it did not come so far */
    GPtrArray *matches; /* HfImportMatch */
    GPtrArray
        *left_out; /* char*: columns of the file that go nowhere: by the options, or as they are generated there */
    GPtrArray *by_default;   /* char*: columns of the table that get their defaults */
    GPtrArray *preview;      /* GPtrArray of char*: rows as the table would have them, by the matches; may be NULL */
    GPtrArray *sheets;       /* char*, of XLSX: those that are read, as one; NULL for CSV */
    GPtrArray *other_sheets; /* char*: those that look as if they went on with it, and are not read */
    GPtrArray *all_sheets;   /* char*: of the workbook */
    char *header;            /* the names of all of `fields`, as a line of CSV; NULL: it did not come so far */
    uint64_t rows, wrong;
    bool in_doubt; /* no answer came to the COMMIT: either all rows are there or none */
} HfImportResult;

/*
 * Columns match by name: as it is, else without case. HF_ERROR_USAGE for a column of the file that the table does not
 * have, two for one, and a column of the table that must have a value and gets none; HF_ERROR_NOT_FOUND for the table;
 * HF_ERROR_CORRUPT names the line and the column of what is wrong in the file, HF_ERROR_LIMIT if more is wrong than the
 * limit. Triggers fire, sequences are not set. Memory is bounded. The result is to be cleared, whatever comes back.
 */
bool hf_import(const HfImportOptions *options, HfProgress *progress, GCancellable *cancellable, HfImportResult *result,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_import_result_clear(HfImportResult *self);

#endif
