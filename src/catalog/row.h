/*
 * For the files of this module: parameters and rows. A parameter cannot be NULL: statements take nullif($n, '') where
 * there may be none. Times go both ways as microseconds since 1970 (holdfast_view.at and .us).
 */
#ifndef HF_CATALOG_ROW_H
#define HF_CATALOG_ROW_H

#include "catalog/catalog.h"
#include "catalog/server_table.h"

/* Ends an UPDATE of what is tested: $1 is the row's id, $3 and $4 are the version that was tested and when it was read.
 * A newer test stays, unless the clock was set back. */
#define HF_UNCHECKED_SINCE                                                                                             \
    "WHERE id = $1::uuid AND version = $3::int AND (checked_at IS NULL OR checked_at <= $4::timestamptz OR "           \
    "checked_at > clock_timestamp())"

#define HF_PARAMETERS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* "" for NULL. */
const char *hf_or_empty(const char *text);
/* Room for the text of a number. */
typedef struct {
    char text[24];
} HfNumber;
const char *hf_number(HfNumber *self, int64_t value);
/* A parameter for a bytea, transfer full; "" for NULL. */
char *hf_bytes_parameter(GBytes *bytes);
char *hf_hash_parameter(const uint8_t hash[32]);
/* A JSON array of texts (NULL-terminated), transfer full. */
char *hf_list_parameter(const char *const *texts);

/* HF_ERROR_NOT_FOUND "there is no <what> <id>" if `id` is not a UUID; NULL passes as well: nullif makes it find none.
 */
bool hf_id_check(const char *what, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_not_found(const char *what, const char *id, GError **error);

/* Copies columns 0 … of a row to the members (char *) of `self` that `offsets` names, in order. */
void hf_row_texts(void *self, const HfPgRows *rows, size_t row, const size_t *offsets, size_t count);
void hf_row_free_texts(void *self, const size_t *offsets, size_t count);
/* A bytea column, transfer full; NULL for SQL NULL. */
GBytes *hf_row_bytes(const HfPgRows *rows, size_t row, int column);
/* What hf_database_row reads; a condition follows. */
#define HF_SELECT_DATABASE                                                                                             \
    "SELECT d.id, d.organization_id, d.name, d.server_id, s.name, s.pool, d.retention_paused, "                        \
    "coalesce(holdfast_view.us(d.retention_confirmed_at), -1) FROM database d JOIN "                                   \
    "server s ON s.id = d.server_id"
HfDatabaseRow *hf_database_row(const HfPgRows *rows, size_t row);
/* All rows: HfDatabaseRow*, transfer full. */
GPtrArray *hf_database_rows(const HfPgRows *rows);
/* Column 0 of every row, NULL-terminated, transfer full. */
char **hf_rows_list(const HfPgRows *rows);

#endif
