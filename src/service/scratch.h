/*
 * A backup as a database to read, where what reads it needs a server: restored whole into a scratch database, proved,
 * read, and dropped whatever comes of it.
 */
#ifndef HF_SERVICE_SCRATCH_H
#define HF_SERVICE_SCRATCH_H

#include "archive/archive_reader.h"
#include "engine/progress.h"
#include "neutral/model.h"
#include "pg/target.h"

#include <gio/gio.h>

typedef struct {
    HfArchiveReader *archive;
    const HfPgTarget *server; /* where to: a database of the server, which is not touched */
    unsigned jobs;
    uint64_t patience_ms; /* for the same use by another: one that died has its lock for a moment */
} HfScratch;

/* Reads it, in the thread that called. */
typedef bool (*HfScratchWork)(const HfPgTarget *database, gpointer data, GError **error);

/*
 * `purpose` ("its assessment") tells one use of a backup from another: of one use there is one at a time, and what a
 * dead one has left behind is removed by the next. `readings`: how often `work` reads all rows, for the progress.
 * HF_ERROR_CONFLICT: the same is under way, or the backup cannot be restored there. A failure of `work` is the error;
 * whether the database is gone is told in it.
 */
bool hf_scratch_run(const HfScratch *self, const char *purpose, unsigned readings, HfScratchWork work, gpointer data,
                    HfProgress *progress, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes a model that was read from the scratch database one of the database that was backed up: its name, server,
 * comment and settings, and its grants, which are not restored. */
bool hf_scratch_settle_model(const HfScratch *self, HfNeutralModel *model, bool selective, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
