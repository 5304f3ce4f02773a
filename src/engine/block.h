/*
 * A run of whole rows on its way through the pipeline, about 1 MiB, in a buffer that is used again and again. A row
 * larger than that makes the block as large as the row, for as long as it is in it.
 */
#ifndef HF_ENGINE_BLOCK_H
#define HF_ENGINE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HF_BLOCK_BYTES ((size_t)1 << 20)

typedef struct {
    uint8_t *data;
    size_t length;
    size_t capacity;
    uint32_t *ends; /* row i ends at data + ends[i]; NULL-able: see row_count */
    size_t row_count;
    size_t ends_capacity;
} HfBlock;

void hf_block_init(HfBlock *self);
void hf_block_clear(HfBlock *self);
/* Empties it; gives memory beyond the usual size back. */
void hf_block_reset(HfBlock *self);
/* Makes room for `length` more bytes. */
void hf_block_reserve(HfBlock *self, size_t length);
/* The caller checks that the block stays under 4 GiB: a row is at most 1 GiB, as the server sends it. */
void hf_block_add_row(HfBlock *self, const void *data, size_t length);
bool hf_block_is_full(const HfBlock *self);

#endif
