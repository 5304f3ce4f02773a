#include "archive/part_encoder.h"

#include "base/error.h"

#include <zstd.h>

#define CHUNK_BYTES (256 * 1024)

typedef struct {
    uint8_t *data;
    size_t length;
} Chunk;

struct HfEncodedPart {
    HfBudget *budget;
    GArray *chunks; /* Chunk */
    uint64_t size;
    HfDigest digest;
};

struct HfPartEncoder {
    HfBudget *budget;
    ZSTD_CCtx *context;
    HfBytesDigest *digest;
    GArray *chunks; /* Chunk; all but the last are full, and every one has CHUNK_BYTES from the budget */
    uint64_t size;
};

/* ---- The finished part ---------------------------------------------------------------------------------------------
 */

static GArray *new_chunks(void)
{
    return g_array_new(FALSE, FALSE, sizeof(Chunk));
}

static void free_chunks(GArray *chunks)
{
    for (guint i = 0; i < chunks->len; i++)
        g_free(g_array_index(chunks, Chunk, i).data);
    g_array_unref(chunks);
}

uint64_t hf_encoded_part_size(const HfEncodedPart *self)
{
    return self->size;
}

HfDigest hf_encoded_part_digest(const HfEncodedPart *self)
{
    return self->digest;
}

bool hf_encoded_part_write(const HfEncodedPart *self, HfOutput *to, GError **error)
{
    for (guint i = 0; i < self->chunks->len; i++) {
        const Chunk *chunk = &g_array_index(self->chunks, Chunk, i);
        if (!hf_output_write(to, chunk->data, chunk->length, error))
            return false;
    }
    return true;
}

void hf_encoded_part_free(HfEncodedPart *self)
{
    if (self == NULL)
        return;
    free_chunks(self->chunks);
    hf_budget_release(self->budget, (size_t)self->size, true);
    g_free(self);
}

/* ---- The encoder ---------------------------------------------------------------------------------------------------
 */

static ZSTD_CCtx *new_context(int level)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    g_assert(context != NULL);
    size_t result = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
    g_assert(!ZSTD_isError(result));
    return context;
}

HfPartEncoder *hf_part_encoder_new(int level, HfBudget *budget)
{
    HfPartEncoder *self = g_new0(HfPartEncoder, 1);
    self->budget = budget;
    self->context = new_context(level);
    self->digest = hf_bytes_digest_new();
    self->chunks = new_chunks();
    return self;
}

void hf_part_encoder_free(HfPartEncoder *self)
{
    if (self == NULL)
        return;
    hf_budget_release(self->budget, (size_t)self->chunks->len * CHUNK_BYTES, false);
    free_chunks(self->chunks);
    ZSTD_freeCCtx(self->context);
    hf_bytes_digest_free(self->digest);
    g_free(self);
}

void hf_part_encoder_level_range(int *min, int *max)
{
    *min = ZSTD_minCLevel();
    *max = ZSTD_maxCLevel();
}

/* Asks a context that has just begun a frame of unknown size; its tables are allocated by then, but not touched. */
size_t hf_part_encoder_memory(int level)
{
    char byte = 0, space[64];
    ZSTD_inBuffer in = {&byte, 1, 0};
    ZSTD_outBuffer out = {space, sizeof space, 0};
    ZSTD_CCtx *context = new_context(level);
    ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue);
    size_t bytes = ZSTD_sizeof_CCtx(context);
    ZSTD_freeCCtx(context);
    return bytes;
}

/* The chunk to write to. */
static Chunk *open_chunk(HfPartEncoder *self)
{
    Chunk *last = self->chunks->len > 0 ? &g_array_index(self->chunks, Chunk, self->chunks->len - 1) : NULL;
    if (last != NULL && last->length < CHUNK_BYTES)
        return last;
    hf_budget_acquire(self->budget, CHUNK_BYTES);
    Chunk chunk = {.data = g_malloc(CHUNK_BYTES)};
    g_array_append_val(self->chunks, chunk);
    return &g_array_index(self->chunks, Chunk, self->chunks->len - 1);
}

/* One call of zstd; `*left` 0 says that the operation is complete. The new bytes are still in the cache when the digest
 * takes them. */
static bool step(HfPartEncoder *self, ZSTD_inBuffer *in, ZSTD_EndDirective operation, size_t *left, GError **error)
{
    Chunk *chunk = open_chunk(self);
    ZSTD_outBuffer out = {chunk->data, CHUNK_BYTES, chunk->length};
    *left = ZSTD_compressStream2(self->context, &out, in, operation);
    if (ZSTD_isError(*left)) {
        g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "zstd cannot compress: %s", ZSTD_getErrorName(*left));
        return false;
    }
    hf_bytes_digest_update(self->digest, chunk->data + chunk->length, out.pos - chunk->length);
    self->size += out.pos - chunk->length;
    chunk->length = out.pos;
    return true;
}

bool hf_part_encoder_write(HfPartEncoder *self, const void *data, size_t length, GError **error)
{
    ZSTD_inBuffer in = {data, length, 0};
    size_t left;
    while (in.pos < in.size)
        if (!step(self, &in, ZSTD_e_continue, &left, error))
            return false;
    return true;
}

uint64_t hf_part_encoder_size(const HfPartEncoder *self)
{
    return self->size;
}

/* Gives back what the last chunk does not use. */
static void shrink_last_chunk(HfPartEncoder *self)
{
    Chunk *last = &g_array_index(self->chunks, Chunk, self->chunks->len - 1);
    last->data = g_realloc(last->data, last->length);
    hf_budget_release(self->budget, CHUNK_BYTES - last->length, false);
}

HfEncodedPart *hf_part_encoder_finish(HfPartEncoder *self, GError **error)
{
    ZSTD_inBuffer none = {NULL, 0, 0};
    size_t left;
    do {
        if (!step(self, &none, ZSTD_e_end, &left, error))
            return NULL;
    } while (left > 0);
    shrink_last_chunk(self);

    HfEncodedPart *part = g_new0(HfEncodedPart, 1);
    *part = (HfEncodedPart){self->budget, self->chunks, self->size, hf_bytes_digest_get(self->digest)};
    hf_budget_pledge(self->budget, (size_t)part->size);
    self->chunks = new_chunks();
    self->size = 0;
    hf_bytes_digest_reset(self->digest);
    return part;
}
