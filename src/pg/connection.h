/*
 * A connection to PostgreSQL: statements, rows, COPY in and out. Every wait watches a GCancellable: once it is
 * cancelled the statement is cancelled on the server too, and the call returns HF_ERROR_CANCELLED. A connection belongs
 * to one thread at a time.
 *
 * Errors carry the server's own words (message, detail, hint) after what we were doing, those of a discreet target what
 * of them is no value of a row. DENIED for a missing right or
 * failed authentication, NOT_FOUND for a missing database, NETWORK when the server cannot be reached or went away,
 * DATABASE for the rest.
 */
#ifndef HF_PG_CONNECTION_H
#define HF_PG_CONNECTION_H

#include "pg/target.h"

#include <gio/gio.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HfPg HfPg;

/*
 * The session is pinned before anything else runs in it, so that nothing which others have set changes what statements
 * mean: the search path is empty (names of pg_catalog alone are found without their schema), the client encoding UTF8,
 * COPY prints and takes values in one way, there are no time-outs, and row security's silent filtering is an error.
 * `cancellable` may be NULL; it is kept for the connection's life. Transfer full.
 */
HfPg *hf_pg_connect(const HfPgTarget *target, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_pg_close(HfPg *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPg, hf_pg_close)

/* The server's version as a number: 150018. */
int hf_pg_server_version(const HfPg *self);
/* Borrowed. */
const char *hf_pg_database(const HfPg *self);
/* The address of the server, "192.0.2.7"; NULL over a socket of this machine. Borrowed. */
const char *hf_pg_address(const HfPg *self);
/* From now on a server that says nothing for so long while it is waited for is HF_ERROR_NETWORK, after which the
 * connection can only be closed; 0: it is waited for without end. */
void hf_pg_set_patience(HfPg *self, unsigned seconds);
/* Whether the server asked for a password and took ours: if not, it lets in whoever comes from this host. */
bool hf_pg_used_password(const HfPg *self);
/* Whether a connection failed for want of a password (ask for one and try again). */
bool hf_pg_error_needs_password(const GError *error);
/* From now on cancelling has no effect on this connection: for cleaning up after a cancel. */
void hf_pg_ignore_cancel(HfPg *self);

/* Whether a pooler stands before the server: it hands out process numbers of its own, and may refuse a session that
 * begins with settings. */
bool hf_pg_read_pooled(HfPg *self, bool *pooled, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Runs one or more statements as one simple query; rows are thrown away. */
bool hf_pg_exec(HfPg *self, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_pg_execf(HfPg *self, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4) G_GNUC_WARN_UNUSED_RESULT;

/*
 * COMMIT. A transaction that an error has ended already is rolled back by it, which the server calls a success and this
 * a failure. After a failure *in_doubt says that no answer came, so that it may have been made all the same.
 */
bool hf_pg_commit(HfPg *self, bool *in_doubt, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the last statement that the server refused on this connection had this SQLSTATE. */
bool hf_pg_failed_with(const HfPg *self, const char *sqlstate);

/* The rows of one statement, as text. `parameters` are texts for $1 …, NULL-terminated; may be NULL. Transfer full. */
typedef struct HfPgRows HfPgRows;
HfPgRows *hf_pg_query(HfPg *self, const char *sql, const char *const *parameters, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_pg_rows_free(HfPgRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPgRows, hf_pg_rows_free)
size_t hf_pg_rows_count(const HfPgRows *self);
/* Borrowed; NULL for SQL NULL. */
const char *hf_pg_rows_text(const HfPgRows *self, size_t row, int column);
/* 0 for NULL or what is no number. */
int64_t hf_pg_rows_int64(const HfPgRows *self, size_t row, int column);
bool hf_pg_rows_bool(const HfPgRows *self, size_t row, int column);

/* The first column of the first row as text, transfer full; NULL with no error set if there is no row or it is NULL. */
char *hf_pg_query_text(HfPg *self, const char *sql, const char *const *parameters, GError **error);

/* ---- COPY ----------------------------------------------------------------------------------------------------------
 */

bool hf_pg_copy_out_begin(HfPg *self, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One message of the stream: for text one row with its newline; for binary the header comes with the first message.
 * Valid, and the caller's to change, until the next call on the connection. *data NULL: the end, and the statement
 * succeeded. */
bool hf_pg_copy_out_next(HfPg *self, uint8_t **data, size_t *length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives up a COPY that is under way, so that the connection can be closed quickly. */
void hf_pg_copy_out_abandon(HfPg *self);

bool hf_pg_copy_in_begin(HfPg *self, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Any cut of the stream; returns when the bytes are on their way. */
bool hf_pg_copy_in_write(HfPg *self, const void *data, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends the COPY; sets `rows` to the number that the server took. */
bool hf_pg_copy_in_end(HfPg *self, uint64_t *rows, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Quoting -------------------------------------------------------------------------------------------------------
 */

/* Always quoted, whatever the name; what regclass takes too. Transfer full. */
char *hf_pg_quote_ident(const char *name);
char *hf_pg_quote_qualified(const char *schema, const char *name);
char *hf_pg_quote_literal(const char *text);
/* A statement in UTF-8 with every quoted name in it plain ASCII, by Unicode escapes: for a session in another encoding,
 * one that knows Unicode (SQL_ASCII does not). Transfer full. */
char *hf_pg_escape_names(const char *sql);

#endif
