/*
 * The use case verify: that an archive is whole and its rows are those of the manifest; and, if asked, that a database
 * holds the same rows, or that the archive can really be restored.
 */
#ifndef HF_SERVICE_VERIFY_H
#define HF_SERVICE_VERIFY_H

#include "archive/archive_reader.h"
#include "engine/progress.h"
#include "pg/pattern.h"
#include "pg/target.h"

#include <gio/gio.h>

typedef struct {
    HfArchiveReader *archive;
    const char *archive_name; /* for what is noted with the scratch database: what is restored */
    unsigned jobs;
    const HfPgTarget *against;    /* compare the rows of this database with the manifest; NULL: do not */
    HfPatternLists patterns;      /* what of it to compare or restore; by itself the archive is verified whole */
    const HfPgTarget *restore_to; /* restore into a scratch database on this server, prove, drop it; NULL: do not */
} HfVerifyOptions;

typedef struct {
    char *table; /* "schema.name" */
    char *what;  /* "is missing", "1,000 rows in the archive, 999 in the database", "the same number of rows, but other
                    contents", … */
} HfDifference;

typedef struct {
    uint64_t tables;
    uint64_t rows;
    uint64_t raw_bytes;
    GPtrArray *differences;  /* HfDifference: what the database does not have, has otherwise, or has more */
    GPtrArray *not_compared; /* HfDifference: tables without rows in the archive, and why */
} HfVerifyResult;

void hf_verify_result_clear(HfVerifyResult *self);

/* HF_ERROR_CORRUPT for a damaged archive; HF_ERROR_DIFFER, with all differences in `result`, for a database with other
 * tables or rows (without differences: it has none of the tables). Tables that the database has more are a difference
 * unless the archive is of some tables alone. */
bool hf_verify(const HfVerifyOptions *options, HfProgress *progress, GCancellable *cancellable, HfVerifyResult *result,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
