/*
 * Makes one data member: takes the bytes of a COPY stream, compresses them into one zstd frame and keeps that in
 * memory, in chunks that are taken from a budget, so that its size is known before its tar header is written. One
 * encoder serves one thread and is used again for part after part.
 */
#ifndef HF_ARCHIVE_PART_ENCODER_H
#define HF_ARCHIVE_PART_ENCODER_H

#include "base/budget.h"
#include "base/digest.h"
#include "base/io.h"

/* A finished member, to be handed to the archive writer; its bytes are pledged to the budget. */
typedef struct HfEncodedPart HfEncodedPart;
uint64_t hf_encoded_part_size(const HfEncodedPart *self);   /* compressed bytes */
HfDigest hf_encoded_part_digest(const HfEncodedPart *self); /* of the compressed bytes */
bool hf_encoded_part_write(const HfEncodedPart *self, HfOutput *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives the memory back to the budget. */
void hf_encoded_part_free(HfEncodedPart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfEncodedPart, hf_encoded_part_free)

typedef struct HfPartEncoder HfPartEncoder;
/* zstd `level` (negative ones allowed; checked by the caller against hf_part_encoder_level_range). `budget` is
 * borrowed. */
HfPartEncoder *hf_part_encoder_new(int level, HfBudget *budget);
void hf_part_encoder_free(HfPartEncoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPartEncoder, hf_part_encoder_free)
void hf_part_encoder_level_range(int *min, int *max);

/* Memory that zstd itself needs for one encoder of that level, in bytes. */
size_t hf_part_encoder_memory(int level);

/* May wait for the budget. */
bool hf_part_encoder_write(HfPartEncoder *self, const void *data, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Compressed bytes so far; grows in steps. */
uint64_t hf_part_encoder_size(const HfPartEncoder *self);
/* Ends the frame; the encoder is empty again. Transfer full. */
HfEncodedPart *hf_part_encoder_finish(HfPartEncoder *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
