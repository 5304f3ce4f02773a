/*
 * The use case backup: a database into one archive.
 */
#ifndef HF_SERVICE_BACKUP_H
#define HF_SERVICE_BACKUP_H

#include "crypto/age.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/progress.h"
#include "storage/storage.h"

typedef struct {
    const HfPgTarget *source;
    HfScope scope;
    const HfAgeRecipients *recipients; /* NULL: not encrypted */
    unsigned jobs;                     /* lanes, 1 to HF_PROGRESS_MAX_LANES */
    int level;                         /* zstd's */
    uint64_t lock_wait_ms;             /* 0: wait for ever */
    /* Called once, when everything is written and just before the file gets its name, with what is in it; false: it
     * gets none. May be NULL. */
    bool (*before_commit)(const HfManifest *manifest, gpointer data, GError **error);
    gpointer before_commit_data;
} HfBackupOptions;

typedef struct {
    uint64_t tables;
    uint64_t large_objects;
    uint64_t rows;
    uint64_t raw_bytes;     /* COPY bytes */
    uint64_t archive_bytes; /* of the file */
} HfBackupResult;

/* Memory that a backup's buffers take at most, in bytes, whatever the database's size; the schema, which is held in
 * memory, and a single row larger than a block come on top. */
size_t hf_backup_buffer_bytes(unsigned jobs, int level);

/*
 * Backs up into `put` and commits it. Blocks. All borrowed; `progress` and `cancellable` may be NULL. On failure
 * nothing is committed, the statements on the server are cancelled, and the error says why.
 */
bool hf_backup(const HfBackupOptions *options, HfStoragePut *put, HfProgress *progress, GCancellable *cancellable,
               HfBackupResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
