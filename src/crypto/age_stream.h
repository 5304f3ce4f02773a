/*
 * The payload of an age file: chunks of 64 KiB, each sealed on its own under the payload key. The nonce of a chunk says
 * its number and whether it is the last one, so that no chunk can be moved, left out or added. For the files of age
 * alone.
 */
#ifndef HF_CRYPTO_AGE_STREAM_H
#define HF_CRYPTO_AGE_STREAM_H

#include "crypto/age.h"
#include "crypto/primitives.h"

#define HF_AGE_CHUNK_BYTES (64 * 1024)
#define HF_AGE_SEALED_BYTES (HF_AGE_CHUNK_BYTES + HF_CRYPTO_TAG_BYTES)
/* How many chunks are read or written at a time: 1 MiB. */
#define HF_AGE_BATCH_CHUNKS 16

/* Where the chunks of a file lie. */
typedef struct {
    uint64_t offset;      /* of the first chunk in the file */
    uint64_t sealed_size; /* from there to the end of the file */
    uint64_t chunks;      /* at least 1 */
} HfAgeLayout;

/* HF_ERROR_CORRUPT if there is no chunk. `offset` is not past the end of the file. */
bool hf_age_layout_init(HfAgeLayout *self, uint64_t offset, uint64_t file_size, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* In the file. */
uint64_t hf_age_layout_chunk_offset(const HfAgeLayout *self, uint64_t chunk);
/* 64 KiB and the tag, but for the last chunk, whose size may be anything from 1. */
size_t hf_age_layout_sealed_bytes(const HfAgeLayout *self, uint64_t chunk);
/* Of the whole plaintext, once the last chunk was opened. */
uint64_t hf_age_layout_plain_size(const HfAgeLayout *self);

/* Seals a chunk of `length` bytes into length + tag bytes. */
bool hf_age_chunk_seal(HfAead *aead, uint64_t chunk, bool last, const uint8_t *plain, size_t length, uint8_t *sealed,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * GOOD: `plain` has the chunk. MISPLACED: it has the chunk, which is authentic, but the file was cut after it or
 * something was appended. DAMAGED: `plain` has zeros. An error is set for the latter two: HF_ERROR_CORRUPT with the
 * chunk's number and its offset in the file.
 */
typedef enum { HF_AGE_CHUNK_GOOD, HF_AGE_CHUNK_MISPLACED, HF_AGE_CHUNK_DAMAGED } HfAgeChunkState;
HfAgeChunkState hf_age_chunk_open(const HfAgeLayout *layout, HfAead *aead, uint64_t chunk, const uint8_t *sealed,
                                  uint8_t *plain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writer and reader of the payload that starts at the output's present place, or at `offset`. Transfer full. */
HfAgeWriter *hf_age_writer_new(HfOutput *to, const uint8_t payload_key[HF_CRYPTO_KEY_BYTES], GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
HfAgeReader *hf_age_reader_new(HfInput *from, uint64_t offset, const uint8_t payload_key[HF_CRYPTO_KEY_BYTES],
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Opens all chunks in order; on failure what was written before is authentic. */
bool hf_age_stream_decrypt(HfInput *from, uint64_t offset, const uint8_t payload_key[HF_CRYPTO_KEY_BYTES], HfOutput *to,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
