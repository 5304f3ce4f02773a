/*
 * One record of a file of records (a line of CSV, a row of a sheet): fields of text, or of nothing. The same one is
 * filled again and again, so that memory is that of the largest.
 */
#ifndef HF_SHEET_RECORD_H
#define HF_SHEET_RECORD_H

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* What a reader takes; more is HF_ERROR_LIMIT. */
#define HF_RECORD_MAX_BYTES ((size_t)64 << 20)
#define HF_RECORD_MAX_FIELDS 16384

typedef struct {
    GString *text;   /* of all fields, each with a NUL after it */
    GArray *fields;  /* internal */
    char *place;     /* where it stands in the file, for messages: "line 7", "sheet People, row 7" */
    uint64_t number; /* from 1, without a header */
} HfRecord;

void hf_record_init(HfRecord *self);
void hf_record_clear(HfRecord *self);
/* No fields; place and number stay. */
void hf_record_reset(HfRecord *self);
void hf_record_add(HfRecord *self, const char *text, size_t length);
void hf_record_add_null(HfRecord *self);
guint hf_record_count(const HfRecord *self);
/* Valid UTF-8 without NUL inside, if it comes from a reader; NULL for nothing. Borrowed until the record changes. */
const char *hf_record_get(const HfRecord *self, guint field, size_t *length);

/* Reads records one after another, in one thread. */
typedef struct HfRecordReader HfRecordReader;
struct HfRecordReader {
    /* Fills the record; *more is false at the end. After an error it can only be closed: HF_ERROR_CORRUPT with the
     * place for what is no file of this kind, HF_ERROR_LIMIT, HF_ERROR_STORAGE, HF_ERROR_CANCELLED. */
    bool (*next)(HfRecordReader *self, HfRecord *record, bool *more, GError **error);
    void (*close)(HfRecordReader *self);
};

#endif
