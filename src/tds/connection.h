/*
 * A connection to SQL Server (2017 and newer) through FreeTDS's db-lib: statements, rows, bulk load. It is always
 * encrypted. A connection belongs to one thread at a time. Every wait watches a GCancellable, but for that of the
 * login, which has a limit of its own: once it is cancelled the call returns HF_ERROR_CANCELLED within two seconds, and
 * the connection can only be closed, which makes the server undo what was not committed.
 *
 * Errors carry the server's number and words. DENIED for a missing right or failed login, NOT_FOUND for a missing
 * database, CONFLICT for what is there already, NETWORK when the server cannot be reached, trusted or went away,
 * DATABASE for the rest.
 */
#ifndef HF_TDS_CONNECTION_H
#define HF_TDS_CONNECTION_H

#include "tds/target.h"

#include <gio/gio.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HfTds HfTds;

/* `cancellable` may be NULL; it is kept for the connection's life. Transfer full. */
HfTds *hf_tds_connect(const HfTdsTarget *target, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_tds_close(HfTds *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTds, hf_tds_close)

/* Runs a batch; rows are thrown away. */
bool hf_tds_exec(HfTds *self, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_tds_execf(HfTds *self, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a statement that has a secret in it: errors say `what` in its place. */
bool hf_tds_exec_secret(HfTds *self, const char *what, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The server's number of the last error; 0: it was none of the server's. */
int hf_tds_error_number(const HfTds *self);

/* ---- Rows ----------------------------------------------------------------------------------------------------------
 */

/* Values as this module gives and takes them. */
typedef enum {
    HF_TDS_BIT,   /* one byte, 0 or 1 */
    HF_TDS_INT16, /* native */
    HF_TDS_INT32,
    HF_TDS_INT64,
    HF_TDS_FLOAT32,
    HF_TDS_FLOAT64,
    HF_TDS_DECIMAL, /* its digits as text */
    HF_TDS_TEXT,    /* given in UTF-8, taken in UTF-16LE */
    HF_TDS_BYTES,
    HF_TDS_UUID,   /* 16 bytes in the order in which it is printed */
    HF_TDS_MOMENT, /* HfTdsMoment: date, time, datetime2, datetimeoffset (in UTC) */
} HfTdsKind;

typedef struct {
    int32_t days;   /* since 1900-01-01 */
    uint64_t ticks; /* of the day, of 100 nanoseconds */
} HfTdsMoment;

/* Begins a SELECT, whose rows come with hf_tds_select_next; the connection does nothing else until they are all read.
 */
bool hf_tds_select_begin(HfTds *self, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* *more false: there are no more rows, and the statement succeeded. */
bool hf_tds_select_next(HfTds *self, bool *more, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A value of the current row, from 0. *value is NULL for NULL, else valid until the next row; `room` holds those that
 * have no bytes of their own. HF_ERROR_DATABASE if it is of another type than `kind`. */
typedef struct {
    union {
        char text[64];
        HfTdsMoment moment;
        uint8_t uuid[16];
    };
} HfTdsRoom;
bool hf_tds_value(HfTds *self, unsigned column, HfTdsKind kind, HfTdsRoom *room, const void **value, size_t *length,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The rows of one statement, as text: for few. Columns are texts, integers or bits. Transfer full. */
typedef struct HfTdsRows HfTdsRows;
HfTdsRows *hf_tds_query(HfTds *self, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_tds_rows_free(HfTdsRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTdsRows, hf_tds_rows_free)
size_t hf_tds_rows_count(const HfTdsRows *self);
/* Borrowed; NULL for NULL. */
const char *hf_tds_rows_text(const HfTdsRows *self, size_t row, unsigned column);
/* 0 for NULL or what is no number. */
int64_t hf_tds_rows_int64(const HfTdsRows *self, size_t row, unsigned column);

/* ---- Bulk load -----------------------------------------------------------------------------------------------------
 */

typedef struct {
    unsigned ordinal; /* its place in the table, from 1 */
    HfTdsKind kind;
} HfTdsBulkColumn;

/*
 * Begins a load of rows into a table ("[dbo].[orders]") with KEEP_NULLS; with `keep_identity` an identity's values are
 * those that are sent. In the caller's transaction, if there is one. After any failure the connection can only be
 * closed.
 */
bool hf_tds_bulk_begin(HfTds *self, const char *table, bool keep_identity, const HfTdsBulkColumn *columns, size_t count,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One value of the row at hand, which has to stay until it is sent; `column` is the index among the columns. */
void hf_tds_bulk_set(HfTds *self, unsigned column, const void *value, size_t length);
void hf_tds_bulk_set_null(HfTds *self, unsigned column);
bool hf_tds_bulk_send(HfTds *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends the load. `rows` is the number that the server says it took: an end that it refuses is a failure here, though
 * the library counts it as a success. */
bool hf_tds_bulk_end(HfTds *self, uint64_t *rows, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
