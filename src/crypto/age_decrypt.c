/* The payload in order. The size is not trusted before the end, as no later chunk has been seen. */
#include "crypto/age_stream.h"

typedef struct {
    HfAgeLayout layout;
    HfAead *aead;
    HfOutput *to;
    uint8_t *plain; /* one chunk */
} Decryption;

static bool decrypt_chunk(Decryption *self, uint64_t chunk, const uint8_t *sealed, GError **error)
{
    g_autoptr(GError) defect = NULL;
    HfAgeChunkState state = hf_age_chunk_open(&self->layout, self->aead, chunk, sealed, self->plain, &defect);
    size_t length = hf_age_layout_sealed_bytes(&self->layout, chunk) - HF_CRYPTO_TAG_BYTES;
    if (state != HF_AGE_CHUNK_DAMAGED && !hf_output_write(self->to, self->plain, length, error))
        return false;
    if (state != HF_AGE_CHUNK_GOOD)
        g_propagate_error(error, g_steal_pointer(&defect));
    return state == HF_AGE_CHUNK_GOOD;
}

static bool decrypt_chunks(Decryption *self, HfInput *from, uint8_t *batch, GError **error)
{
    for (uint64_t first = 0; first < self->layout.chunks; first += HF_AGE_BATCH_CHUNKS) {
        uint64_t end = MIN(first + HF_AGE_BATCH_CHUNKS, self->layout.chunks);
        size_t length =
            (size_t)(end - first - 1) * HF_AGE_SEALED_BYTES + hf_age_layout_sealed_bytes(&self->layout, end - 1);
        if (!hf_input_read_at(from, hf_age_layout_chunk_offset(&self->layout, first), batch, length, error))
            return false;
        for (uint64_t chunk = first; chunk < end; chunk++)
            if (!decrypt_chunk(self, chunk, batch + (chunk - first) * HF_AGE_SEALED_BYTES, error))
                return false;
    }
    return true;
}

bool hf_age_stream_decrypt(HfInput *from, uint64_t offset, const uint8_t payload_key[HF_CRYPTO_KEY_BYTES], HfOutput *to,
                           GError **error)
{
    Decryption self = {.to = to};
    if (!hf_age_layout_init(&self.layout, offset, from->size_bytes, error))
        return false;
    g_autoptr(HfAead) aead = hf_aead_new(payload_key, HF_AEAD_OPEN, error);
    if (aead == NULL)
        return false;
    g_autofree uint8_t *plain = g_malloc(HF_AGE_CHUNK_BYTES);
    g_autofree uint8_t *batch = g_malloc(HF_AGE_BATCH_CHUNKS * HF_AGE_SEALED_BYTES);
    self.aead = aead;
    self.plain = plain;
    bool ok = decrypt_chunks(&self, from, batch, error);
    hf_crypto_wipe(plain, HF_AGE_CHUNK_BYTES);
    return ok;
}
