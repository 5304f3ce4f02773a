#include "engine/block.h"

#include <glib.h>
#include <string.h>

#define FIRST_ENDS 4096
/* So many rows of a few bytes each also fill a block. */
#define MAX_ROWS (128 * 1024)

void hf_block_init(HfBlock *self)
{
    *self = (HfBlock){.capacity = HF_BLOCK_BYTES, .ends_capacity = FIRST_ENDS};
    self->data = g_malloc(self->capacity);
    self->ends = g_new(uint32_t, self->ends_capacity);
}

void hf_block_clear(HfBlock *self)
{
    g_clear_pointer(&self->data, g_free);
    g_clear_pointer(&self->ends, g_free);
}

void hf_block_reset(HfBlock *self)
{
    self->length = 0;
    self->row_count = 0;
    if (self->capacity > 2 * HF_BLOCK_BYTES) {
        g_free(self->data);
        self->capacity = HF_BLOCK_BYTES;
        self->data = g_malloc(self->capacity);
    }
}

void hf_block_reserve(HfBlock *self, size_t length)
{
    if (self->length + length <= self->capacity)
        return;
    /* A row that is far larger than a block gets just its size: doubling would cost as much again. */
    self->capacity = MAX(self->length + length, MIN(2 * self->capacity, 2 * HF_BLOCK_BYTES));
    self->data = g_realloc(self->data, self->capacity);
}

void hf_block_add_row(HfBlock *self, const void *data, size_t length)
{
    hf_block_reserve(self, length);
    if (self->row_count == self->ends_capacity) {
        self->ends_capacity *= 2;
        self->ends = g_renew(uint32_t, self->ends, self->ends_capacity);
    }
    memcpy(self->data + self->length, data, length);
    self->length += length;
    g_assert(self->length <= UINT32_MAX);
    self->ends[self->row_count++] = (uint32_t)self->length;
}

bool hf_block_is_full(const HfBlock *self)
{
    return self->length >= HF_BLOCK_BYTES - HF_BLOCK_BYTES / 16 || self->row_count >= MAX_ROWS;
}
