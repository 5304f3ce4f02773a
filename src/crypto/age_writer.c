/*
 * Which chunk is the last is known only at the end, so one chunk is held back: `pending` has from 0 to 64 KiB, and
 * goes out when a further byte comes. Chunks that stand whole in the caller's buffer with bytes behind them are sealed
 * from there without a copy. Sealed chunks gather in `batch` and are passed on when it is full and at the end of each
 * write.
 */
#include "crypto/age_stream.h"

#include <string.h>

struct HfAgeWriter {
    HfOutput output;
    HfOutput *to;
    HfAead *aead;
    uint64_t chunk; /* the number of the next one */
    size_t pending_bytes;
    size_t batch_bytes;
    bool finished;
    uint8_t pending[HF_AGE_CHUNK_BYTES];
    uint8_t batch[HF_AGE_BATCH_CHUNKS * HF_AGE_SEALED_BYTES];
};

static bool flush_batch(HfAgeWriter *self, GError **error)
{
    size_t length = self->batch_bytes;
    self->batch_bytes = 0;
    return length == 0 || hf_output_write(self->to, self->batch, length, error);
}

static bool seal(HfAgeWriter *self, const uint8_t *plain, size_t length, bool last, GError **error)
{
    if (self->batch_bytes > sizeof self->batch - HF_AGE_SEALED_BYTES && !flush_batch(self, error))
        return false;
    if (!hf_age_chunk_seal(self->aead, self->chunk, last, plain, length, self->batch + self->batch_bytes, error))
        return false;
    self->batch_bytes += length + HF_CRYPTO_TAG_BYTES;
    self->chunk++;
    return true;
}

static bool writer_write(HfOutput *output, const void *data, size_t length, GError **error)
{
    HfAgeWriter *self = (HfAgeWriter *)output;
    const uint8_t *rest = data;
    g_assert(!self->finished);
    while (length > 0) {
        size_t taken = HF_AGE_CHUNK_BYTES;
        if (self->pending_bytes == HF_AGE_CHUNK_BYTES) {
            if (!seal(self, self->pending, HF_AGE_CHUNK_BYTES, false, error))
                return false;
            self->pending_bytes = 0;
        }
        if (self->pending_bytes == 0 && length > HF_AGE_CHUNK_BYTES) {
            if (!seal(self, rest, HF_AGE_CHUNK_BYTES, false, error))
                return false;
        } else {
            taken = MIN(length, HF_AGE_CHUNK_BYTES - self->pending_bytes);
            memcpy(self->pending + self->pending_bytes, rest, taken);
            self->pending_bytes += taken;
        }
        rest += taken;
        length -= taken;
    }
    return flush_batch(self, error);
}

HfAgeWriter *hf_age_writer_new(HfOutput *to, const uint8_t payload_key[HF_CRYPTO_KEY_BYTES], GError **error)
{
    HfAead *aead = hf_aead_new(payload_key, HF_AEAD_SEAL, error);
    if (aead == NULL)
        return NULL;
    HfAgeWriter *self = g_new0(HfAgeWriter, 1);
    self->output.write = writer_write;
    self->to = to;
    self->aead = aead;
    return self;
}

HfOutput *hf_age_writer_output(HfAgeWriter *self)
{
    return &self->output;
}

bool hf_age_writer_finish(HfAgeWriter *self, GError **error)
{
    g_assert(!self->finished);
    self->finished = true;
    return seal(self, self->pending, self->pending_bytes, true, error) && flush_batch(self, error);
}

void hf_age_writer_free(HfAgeWriter *self)
{
    if (self == NULL)
        return;
    hf_aead_free(self->aead);
    hf_crypto_wipe(self->pending, sizeof self->pending);
    g_free(self);
}
