#include "crypto/age_stream.h"

#include "base/error.h"

/* The number in 11 bytes, big-endian, and the flag; 64 bits of number are enough for any file. */
static void make_nonce(uint8_t nonce[HF_CRYPTO_NONCE_BYTES], uint64_t chunk, bool last)
{
    for (int i = 0; i < HF_CRYPTO_NONCE_BYTES - 1; i++)
        nonce[i] = i < 3 ? 0 : (uint8_t)(chunk >> 8 * (10 - i));
    nonce[HF_CRYPTO_NONCE_BYTES - 1] = last ? 1 : 0;
}

bool hf_age_layout_init(HfAgeLayout *self, uint64_t offset, uint64_t file_size, GError **error)
{
    g_assert(offset <= file_size);
    uint64_t sealed = file_size - offset;
    *self = (HfAgeLayout){offset, sealed, sealed / HF_AGE_SEALED_BYTES + (sealed % HF_AGE_SEALED_BYTES != 0 ? 1 : 0)};
    if (sealed > 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                "age payload: the file ends at offset %" G_GUINT64_FORMAT ", before its first chunk; it was cut",
                offset);
    return false;
}

uint64_t hf_age_layout_chunk_offset(const HfAgeLayout *self, uint64_t chunk)
{
    return self->offset + chunk * HF_AGE_SEALED_BYTES;
}

size_t hf_age_layout_sealed_bytes(const HfAgeLayout *self, uint64_t chunk)
{
    return (size_t)MIN(self->sealed_size - chunk * HF_AGE_SEALED_BYTES, HF_AGE_SEALED_BYTES);
}

uint64_t hf_age_layout_plain_size(const HfAgeLayout *self)
{
    return self->sealed_size - self->chunks * HF_CRYPTO_TAG_BYTES;
}

bool hf_age_chunk_seal(HfAead *aead, uint64_t chunk, bool last, const uint8_t *plain, size_t length, uint8_t *sealed,
                       GError **error)
{
    uint8_t nonce[HF_CRYPTO_NONCE_BYTES];
    make_nonce(nonce, chunk, last);
    return hf_aead_seal(aead, nonce, plain, length, sealed, error);
}

static void set_defect(const HfAgeLayout *layout, uint64_t chunk, const char *defect, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                "age payload: chunk %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ", at offset %" G_GUINT64_FORMAT
                " of the file, %s",
                chunk + 1, layout->chunks, hf_age_layout_chunk_offset(layout, chunk), defect);
}

HfAgeChunkState hf_age_chunk_open(const HfAgeLayout *layout, HfAead *aead, uint64_t chunk, const uint8_t *sealed,
                                  uint8_t *plain, GError **error)
{
    uint8_t nonce[HF_CRYPTO_NONCE_BYTES];
    size_t length = hf_age_layout_sealed_bytes(layout, chunk);
    bool last = chunk + 1 == layout->chunks;
    if (length < HF_CRYPTO_TAG_BYTES || (length == HF_CRYPTO_TAG_BYTES && chunk > 0)) {
        set_defect(layout, chunk, "is too short to be one: the file was cut, or something was appended", error);
        return HF_AGE_CHUNK_DAMAGED;
    }
    make_nonce(nonce, chunk, last);
    if (hf_aead_open(aead, nonce, sealed, length, plain))
        return HF_AGE_CHUNK_GOOD;

    /* A whole chunk may be genuine and only not be what its place says. */
    make_nonce(nonce, chunk, !last);
    if (length == HF_AGE_SEALED_BYTES && hf_aead_open(aead, nonce, sealed, length, plain)) {
        set_defect(layout, chunk,
                   last ? "is the last one of the file but was not written as such: the file was cut"
                        : "was written as the last one, but more bytes follow: something was appended",
                   error);
        return HF_AGE_CHUNK_MISPLACED;
    }
    set_defect(layout, chunk,
               last ? "is not authentic: the file was damaged, cut or extended"
                    : "is not authentic: the file was damaged",
               error);
    return HF_AGE_CHUNK_DAMAGED;
}
