/*
 * Any chunk can be opened on its own. A read takes the chunks that it touches from the file in batches of up to 1 MiB
 * and opens those that it wants whole straight into the caller's buffer. A chunk that is wanted in part is opened aside
 * and kept, so that small reads in a row open each chunk once.
 *
 * Many threads read at once: each call works at a bench of its own (cipher state and room for a batch), taken from the
 * idle ones or made; there are never more benches than calls there were at the same time. The lock guards the list of
 * idle benches, the pointer to the kept chunk and the counts of references, and is never held during work.
 */
#include "crypto/age_stream.h"

#include "base/error.h"

#include <string.h>

typedef struct {
    HfAead *aead;
    uint8_t *batch; /* HF_AGE_BATCH_CHUNKS sealed chunks */
} Bench;

/* A chunk that is kept. */
typedef struct {
    unsigned references; /* guarded by the reader's lock */
    uint64_t number;
    uint8_t plain[HF_AGE_CHUNK_BYTES];
} Kept;

struct HfAgeReader {
    HfInput input;
    HfInput *from;
    HfAgeLayout layout;
    uint8_t key[HF_CRYPTO_KEY_BYTES];
    GMutex lock;
    GPtrArray *idle; /* of Bench */
    Kept *kept;      /* or NULL */
};

/* What is left of a read. */
typedef struct {
    uint64_t offset;
    uint8_t *buffer;
    size_t length;
} Range;

static void bench_free(Bench *bench)
{
    hf_aead_free(bench->aead);
    g_free(bench->batch);
    g_free(bench);
}

static Bench *bench_new(const uint8_t key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    HfAead *aead = hf_aead_new(key, HF_AEAD_OPEN, error);
    if (aead == NULL)
        return NULL;
    Bench *bench = g_new0(Bench, 1);
    *bench = (Bench){aead, g_malloc(HF_AGE_BATCH_CHUNKS * HF_AGE_SEALED_BYTES)};
    return bench;
}

static Bench *take_bench(HfAgeReader *self, GError **error)
{
    Bench *bench = NULL;
    g_mutex_lock(&self->lock);
    if (self->idle->len > 0)
        bench = g_ptr_array_steal_index_fast(self->idle, self->idle->len - 1);
    g_mutex_unlock(&self->lock);
    return bench != NULL ? bench : bench_new(self->key, error);
}

static void give_bench_back(HfAgeReader *self, Bench *bench)
{
    g_mutex_lock(&self->lock);
    g_ptr_array_add(self->idle, bench);
    g_mutex_unlock(&self->lock);
}

static Kept *kept_ref(HfAgeReader *self)
{
    g_mutex_lock(&self->lock);
    Kept *kept = self->kept;
    if (kept != NULL)
        kept->references++;
    g_mutex_unlock(&self->lock);
    return kept;
}

static void kept_free(Kept *kept)
{
    hf_crypto_wipe(kept->plain, sizeof kept->plain);
    g_free(kept);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Kept, kept_free)

static void kept_unref(HfAgeReader *self, Kept *kept)
{
    if (kept == NULL)
        return;
    g_mutex_lock(&self->lock);
    bool unused = --kept->references == 0;
    g_mutex_unlock(&self->lock);
    if (unused)
        kept_free(kept);
}

/* Takes `kept`. */
static void keep(HfAgeReader *self, Kept *kept)
{
    g_mutex_lock(&self->lock);
    Kept *former = self->kept;
    self->kept = kept;
    g_mutex_unlock(&self->lock);
    kept_unref(self, former);
}

/* How many bytes of the range are in the chunk that it starts in. */
static size_t bytes_in_first_chunk(const Range *range)
{
    return MIN(range->length, HF_AGE_CHUNK_BYTES - (size_t)(range->offset % HF_AGE_CHUNK_BYTES));
}

static void advance(Range *range, size_t length)
{
    range->offset += length;
    range->buffer += length;
    range->length -= length;
}

static void copy_from_kept(const Kept *kept, Range *range)
{
    size_t length = bytes_in_first_chunk(range);
    memcpy(range->buffer, kept->plain + range->offset % HF_AGE_CHUNK_BYTES, length);
    advance(range, length);
}

static Kept *open_kept(HfAgeReader *self, Bench *bench, uint64_t chunk, const uint8_t *sealed, GError **error)
{
    g_autoptr(Kept) kept = g_new(Kept, 1);
    kept->references = 1;
    kept->number = chunk;
    if (hf_age_chunk_open(&self->layout, bench->aead, chunk, sealed, kept->plain, error) != HF_AGE_CHUNK_GOOD)
        return NULL;
    return g_steal_pointer(&kept);
}

/* Opens the chunk that the range starts in. */
static bool open_first_chunk(HfAgeReader *self, Bench *bench, const uint8_t *sealed, Range *range, GError **error)
{
    uint64_t chunk = range->offset / HF_AGE_CHUNK_BYTES;
    size_t length = bytes_in_first_chunk(range);
    if (length + HF_CRYPTO_TAG_BYTES == hf_age_layout_sealed_bytes(&self->layout, chunk)) {
        if (hf_age_chunk_open(&self->layout, bench->aead, chunk, sealed, range->buffer, error) != HF_AGE_CHUNK_GOOD)
            return false;
        advance(range, length);
        return true;
    }
    Kept *kept = open_kept(self, bench, chunk, sealed, error);
    if (kept == NULL)
        return false;
    copy_from_kept(kept, range);
    keep(self, kept);
    return true;
}

/* Opens as many of the range's chunks as one batch holds. */
static bool read_batch(HfAgeReader *self, Bench *bench, Range *range, GError **error)
{
    uint64_t first = range->offset / HF_AGE_CHUNK_BYTES;
    uint64_t wanted = (range->offset + range->length - 1) / HF_AGE_CHUNK_BYTES - first + 1;
    uint64_t end = first + MIN(wanted, HF_AGE_BATCH_CHUNKS);
    size_t length =
        (size_t)(end - first - 1) * HF_AGE_SEALED_BYTES + hf_age_layout_sealed_bytes(&self->layout, end - 1);
    if (!hf_input_read_at(self->from, hf_age_layout_chunk_offset(&self->layout, first), bench->batch, length, error))
        return false;
    for (uint64_t chunk = first; chunk < end; chunk++)
        if (!open_first_chunk(self, bench, bench->batch + (chunk - first) * HF_AGE_SEALED_BYTES, range, error))
            return false;
    return true;
}

/* Copies what the range wants of the kept chunk. False if it starts in another one. */
static bool read_kept(HfAgeReader *self, Range *range)
{
    Kept *kept = kept_ref(self);
    bool wanted = kept != NULL && kept->number == range->offset / HF_AGE_CHUNK_BYTES;
    if (wanted)
        copy_from_kept(kept, range);
    kept_unref(self, kept);
    return wanted;
}

static bool read_range(HfAgeReader *self, Range *range, GError **error)
{
    Bench *bench = NULL;
    bool ok = true;
    while (ok && range->length > 0) {
        if (read_kept(self, range))
            continue;
        if (bench == NULL)
            bench = take_bench(self, error);
        ok = bench != NULL && read_batch(self, bench, range, error);
    }
    if (bench != NULL)
        give_bench_back(self, bench);
    return ok;
}

static bool reader_read_at(HfInput *input, uint64_t offset, void *buffer, size_t length, GError **error)
{
    HfAgeReader *self = (HfAgeReader *)input;
    if (offset > input->size_bytes || length > input->size_bytes - offset) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                    "a read of %zu bytes at offset %" G_GUINT64_FORMAT " passes the end of the decrypted file at "
                    "%" G_GUINT64_FORMAT,
                    length, offset, input->size_bytes);
        return false;
    }
    return read_range(self, &(Range){offset, buffer, length}, error);
}

/* The nonce of the last chunk vouches for the size. The chunk is kept: what stands at the end is often read next. */
static bool authenticate_size(HfAgeReader *self, GError **error)
{
    uint64_t last = self->layout.chunks - 1;
    Bench *bench = take_bench(self, error);
    if (bench == NULL)
        return false;
    Kept *kept = NULL;
    if (hf_input_read_at(self->from, hf_age_layout_chunk_offset(&self->layout, last), bench->batch,
                         hf_age_layout_sealed_bytes(&self->layout, last), error))
        kept = open_kept(self, bench, last, bench->batch, error);
    give_bench_back(self, bench);
    if (kept != NULL)
        keep(self, kept);
    return kept != NULL;
}

HfAgeReader *hf_age_reader_new(HfInput *from, uint64_t offset, const uint8_t payload_key[HF_CRYPTO_KEY_BYTES],
                               GError **error)
{
    HfAgeLayout layout;
    if (!hf_age_layout_init(&layout, offset, from->size_bytes, error))
        return NULL;
    g_autoptr(HfAgeReader) self = g_new0(HfAgeReader, 1);
    g_mutex_init(&self->lock);
    self->idle = g_ptr_array_new_with_free_func((GDestroyNotify)bench_free);
    self->from = from;
    self->layout = layout;
    memcpy(self->key, payload_key, sizeof self->key);
    if (!authenticate_size(self, error))
        return NULL;
    self->input = (HfInput){reader_read_at, hf_age_layout_plain_size(&layout)};
    return g_steal_pointer(&self);
}

HfInput *hf_age_reader_input(HfAgeReader *self)
{
    return &self->input;
}

void hf_age_reader_free(HfAgeReader *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->idle);
    kept_unref(self, self->kept);
    g_mutex_clear(&self->lock);
    hf_crypto_wipe(self->key, sizeof self->key);
    g_free(self);
}
