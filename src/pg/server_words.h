/*
 * What PostgreSQL says of a statement that it refuses, as one line.
 */
#ifndef HF_PG_SERVER_WORDS_H
#define HF_PG_SERVER_WORDS_H

#include <libpq-fe.h>
#include <stdbool.h>

/* Message, detail, context and hint, with the SQLSTATE in parentheses at the end; `result` has one. Transfer full. */
char *hf_pg_server_words(const PGresult *result);
/* The same without anything that may be the value of a row: the message, if none can be in it, or else the table,
 * column, constraint and place of a COPY that it is about; and the SQLSTATE. Transfer full. */
char *hf_pg_server_words_without_values(const PGresult *result);

#endif
