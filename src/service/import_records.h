/* Internal to import: the file's records, matched with the columns of a table. */
#ifndef HF_SERVICE_IMPORT_RECORDS_H
#define HF_SERVICE_IMPORT_RECORDS_H

#include "service/import.h"

typedef struct {
    const HfImportOptions *options;
    HfImportResult *result; /* gets the form, the header and the matches */
    GCancellable *cancellable;
    HfRecordReader *reader;
    HfRecord record; /* the one at hand */
    bool *sent;      /* of each field of the header, whether it goes into the table: in order by the matches */
    guint fields;    /* of the header */
    bool pending;    /* the record that is there is the first one */
} HfImportRecords;

/* All borrowed; clears the result. To be cleared, whatever comes back. */
bool hf_import_records_open(HfImportRecords *self, const HfImportOptions *options, HfImportResult *result,
                            GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_import_records_clear(HfImportRecords *self);
/* Once, first: reads the header and matches it; `columns` as of hf_import_match. */
bool hf_import_records_match(HfImportRecords *self, GPtrArray *columns, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_import_records_next(HfImportRecords *self, bool *more, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What is wrong with the number of its fields; NULL: nothing. Transfer full. */
char *hf_import_records_wrong_count(const HfImportRecords *self);
/* A field of it, by its number in the header; NULL: nothing. Borrowed. */
const char *hf_import_records_get(const HfImportRecords *self, guint field, size_t *length);
/* The record as a line of CSV. Transfer full. */
char *hf_import_records_line(const HfImportRecords *self);

/* The error of a wrong record, after which nothing was imported. False. */
bool hf_import_fail_at(const HfImportOptions *options, const char *place, const char *column, const char *reason,
                       GError **error);

#endif
