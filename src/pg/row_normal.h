/*
 * The normal form of rows in COPY's binary format, in which a value has the same bytes whichever way it came into its
 * table; see row_normal.c for where it has not.
 */
#ifndef HF_PG_ROW_NORMAL_H
#define HF_PG_ROW_NORMAL_H

#include "pg/type.h"

typedef struct HfRowNormal HfRowNormal;

/* For rows of `count` fields of these types, all safe in binary. NULL where every row is in normal form as it comes: no
 * type is an array. Read-only afterwards, so for any number of threads. Transfer full. */
HfRowNormal *hf_row_normal_new(const HfTypeTable *types, const uint32_t *oids, size_t count);
void hf_row_normal_free(HfRowNormal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfRowNormal, hf_row_normal_free)

/* Brings one row (as a tuple stands in the COPY stream) into normal form where it stands; it may become shorter.
 * Errors: HF_ERROR_INTERNAL if the bytes are not such a row; then they may have been changed in part. */
bool hf_row_normal_apply(const HfRowNormal *self, uint8_t *row, size_t *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
