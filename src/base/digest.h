/*
 * Digests, both made of XXH3-128 (seed 0).
 *
 * HfRowDigest is the proof of a table: the number of rows and the sum modulo 2^128 of each row's XXH3-128. It depends
 * on neither the order of the rows nor on how they were cut into parts, so digests of parts add up to the table's.
 * HfBytesDigest is over a run of bytes, in order: one archive member.
 *
 * Both are text as 32 lower-case hex digits, the high half first, as `xxhsum -H2` prints it.
 */
#ifndef HF_BASE_DIGEST_H
#define HF_BASE_DIGEST_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HF_DIGEST_HEX_SIZE 33 /* with the final NUL */

typedef struct {
    uint64_t low;
    uint64_t high;
} HfDigest;

typedef struct {
    uint64_t rows;
    HfDigest sum;
} HfRowDigest;

/* Adds rows that lie one after another in `data`: row i ends at ends[i] (bytes from data) and starts where the one
 * before ended, the first at 0. */
void hf_row_digest_add_rows(HfRowDigest *self, const uint8_t *data, const uint32_t *ends, size_t rows);
void hf_row_digest_merge(HfRowDigest *self, const HfRowDigest *other);
bool hf_row_digest_equal(const HfRowDigest *a, const HfRowDigest *b);

void hf_digest_to_hex(HfDigest digest, char hex[HF_DIGEST_HEX_SIZE]);
/* False if the text is not exactly 32 hex digits. */
bool hf_digest_from_hex(const char *hex, HfDigest *digest) G_GNUC_WARN_UNUSED_RESULT;
bool hf_digest_equal(HfDigest a, HfDigest b);

HfDigest hf_digest_of(const void *data, size_t length);

typedef struct HfBytesDigest HfBytesDigest;
HfBytesDigest *hf_bytes_digest_new(void);
void hf_bytes_digest_free(HfBytesDigest *self);
void hf_bytes_digest_reset(HfBytesDigest *self);
void hf_bytes_digest_update(HfBytesDigest *self, const void *data, size_t length);
HfDigest hf_bytes_digest_get(const HfBytesDigest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfBytesDigest, hf_bytes_digest_free)

#endif
