/*
 * Two small interfaces by which modules hand bytes to each other without knowing each other: something to write to in
 * order, and something of a known size to read from at any offset.
 */
#ifndef HF_BASE_IO_H
#define HF_BASE_IO_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes bytes in order. Blocks until all are taken; after a failure it is not called again. Not thread-safe. */
typedef struct HfOutput HfOutput;
struct HfOutput {
    bool (*write)(HfOutput *self, const void *data, size_t length, GError **error);
};

/* Bytes of a fixed size, readable at any offset. `read_at` fills the whole buffer or fails: a range that passes the end
 * is HF_ERROR_CORRUPT. Thread-safe. */
typedef struct HfInput HfInput;
struct HfInput {
    bool (*read_at)(HfInput *self, uint64_t offset, void *buffer, size_t length, GError **error);
    uint64_t size_bytes;
};

G_GNUC_WARN_UNUSED_RESULT
static inline bool hf_output_write(HfOutput *output, const void *data, size_t length, GError **error)
{
    return output->write(output, data, length, error);
}

G_GNUC_WARN_UNUSED_RESULT
static inline bool hf_input_read_at(HfInput *input, uint64_t offset, void *buffer, size_t length, GError **error)
{
    return input->read_at(input, offset, buffer, length, error);
}

/* An input over bytes in memory, which it borrows. */
typedef struct {
    HfInput input;
    const uint8_t *data;
} HfMemoryInput;

void hf_memory_input_init(HfMemoryInput *self, const void *data, size_t length);

/* An output that appends to `bytes`, which it borrows. */
typedef struct {
    HfOutput output;
    GByteArray *bytes;
} HfMemoryOutput;

void hf_memory_output_init(HfMemoryOutput *self, GByteArray *bytes);

#endif
