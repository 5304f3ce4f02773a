/*
 * Rows of COPY's binary format, field by field and as lines of COPY's text format: for who needs values and has no
 * server.
 */
#ifndef HF_ENGINE_COPY_TEXT_H
#define HF_ENGINE_COPY_TEXT_H

#include "archive/manifest.h"

/* A walk over the fields of one row as an HfBlock holds it; borrows the row. */
typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} HfCopyFields;

/* HF_ERROR_CORRUPT if the row has another number of fields than `count`. */
bool hf_copy_fields_begin(HfCopyFields *self, const uint8_t *row, size_t length, size_t count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The next field, to be called `count` times. *value is NULL for SQL NULL. HF_ERROR_CORRUPT if it passes the row's end,
 * or the last one does not reach it. */
bool hf_copy_fields_next(HfCopyFields *self, const uint8_t **value, size_t *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Escapes what `text` holds from `start` on as COPY's text format has it. */
void hf_copy_text_escape(GString *text, size_t start);

/* Appends one binary row as a line, with its newline: what the server's COPY TO would print. `columns` are HfColumn
 * whose types are safe in binary. Errors, with the column's name, and `text` as it was: HF_ERROR_CORRUPT;
 * HF_ERROR_LIMIT for a line that no server takes, which a few bytes of numerics can ask for. */
#define HF_COPY_TEXT_MAX_BYTES ((size_t)1 << 30)
bool hf_copy_text_append_row(GString *text, const HfTypeTable *types, const GPtrArray *columns, const uint8_t *row,
                             size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
