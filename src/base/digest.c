#include "base/digest.h"

#include <string.h>
#include <xxhash.h>

static HfDigest from_xxh(XXH128_hash_t hash)
{
    return (HfDigest){.low = hash.low64, .high = hash.high64};
}

static HfDigest add(HfDigest a, HfDigest b)
{
    HfDigest sum = {.low = a.low + b.low, .high = a.high + b.high};
    sum.high += sum.low < a.low;
    return sum;
}

void hf_row_digest_add_rows(HfRowDigest *self, const uint8_t *data, const uint32_t *ends, size_t rows)
{
    uint32_t start = 0;
    for (size_t i = 0; i < rows; i++) {
        self->sum = add(self->sum, from_xxh(XXH3_128bits(data + start, ends[i] - start)));
        start = ends[i];
    }
    self->rows += rows;
}

void hf_row_digest_merge(HfRowDigest *self, const HfRowDigest *other)
{
    self->rows += other->rows;
    self->sum = add(self->sum, other->sum);
}

bool hf_row_digest_equal(const HfRowDigest *a, const HfRowDigest *b)
{
    return a->rows == b->rows && hf_digest_equal(a->sum, b->sum);
}

void hf_digest_to_hex(HfDigest digest, char hex[HF_DIGEST_HEX_SIZE])
{
    g_snprintf(hex, HF_DIGEST_HEX_SIZE, "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", digest.high,
               digest.low);
}

static bool half_from_hex(const char *hex, uint64_t *half)
{
    uint64_t value = 0;
    for (int i = 0; i < 16; i++) {
        int digit = g_ascii_xdigit_value(hex[i]);
        if (digit < 0)
            return false;
        value = value << 4 | (uint64_t)digit;
    }
    *half = value;
    return true;
}

bool hf_digest_from_hex(const char *hex, HfDigest *digest)
{
    return strlen(hex) == HF_DIGEST_HEX_SIZE - 1 && half_from_hex(hex, &digest->high) &&
           half_from_hex(hex + 16, &digest->low);
}

bool hf_digest_equal(HfDigest a, HfDigest b)
{
    return a.low == b.low && a.high == b.high;
}

HfDigest hf_digest_of(const void *data, size_t length)
{
    return from_xxh(XXH3_128bits(data, length));
}

struct HfBytesDigest {
    XXH3_state_t *state;
};

HfBytesDigest *hf_bytes_digest_new(void)
{
    HfBytesDigest *self = g_new0(HfBytesDigest, 1);
    self->state = XXH3_createState();
    g_assert(self->state != NULL);
    hf_bytes_digest_reset(self);
    return self;
}

void hf_bytes_digest_free(HfBytesDigest *self)
{
    if (self == NULL)
        return;
    XXH3_freeState(self->state);
    g_free(self);
}

void hf_bytes_digest_reset(HfBytesDigest *self)
{
    XXH3_128bits_reset(self->state);
}

void hf_bytes_digest_update(HfBytesDigest *self, const void *data, size_t length)
{
    XXH3_128bits_update(self->state, data, length);
}

HfDigest hf_bytes_digest_get(const HfBytesDigest *self)
{
    return from_xxh(XXH3_128bits_digest(self->state));
}
