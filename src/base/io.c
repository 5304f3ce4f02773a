#include "base/io.h"

#include "base/error.h"

#include <string.h>

static bool memory_read_at(HfInput *input, uint64_t offset, void *buffer, size_t length, GError **error)
{
    HfMemoryInput *self = (HfMemoryInput *)input;
    if (offset > input->size_bytes || length > input->size_bytes - offset) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                    "a read of %zu bytes at offset %" G_GUINT64_FORMAT " passes the end at %" G_GUINT64_FORMAT, length,
                    offset, input->size_bytes);
        return false;
    }
    if (length > 0)
        memcpy(buffer, self->data + offset, length);
    return true;
}

void hf_memory_input_init(HfMemoryInput *self, const void *data, size_t length)
{
    *self = (HfMemoryInput){.input = {memory_read_at, length}, .data = data};
}

static bool memory_write(HfOutput *output, const void *data, size_t length, GError **error)
{
    HfMemoryOutput *self = (HfMemoryOutput *)output;
    if (length > G_MAXUINT - self->bytes->len) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_LIMIT, "more than 4 GiB written to memory");
        return false;
    }
    g_byte_array_append(self->bytes, data, (guint)length);
    return true;
}

void hf_memory_output_init(HfMemoryOutput *self, GByteArray *bytes)
{
    *self = (HfMemoryOutput){.output = {memory_write}, .bytes = bytes};
}
