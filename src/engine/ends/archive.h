/*
 * The archive as an end of the pipeline: a sink that makes parts in the lanes and lets one thread write them, and a
 * source that reads parts at random.
 */
#ifndef HF_ENGINE_ENDS_ARCHIVE_H
#define HF_ENGINE_ENDS_ARCHIVE_H

#include "archive/archive_reader.h"
#include "archive/archive_writer.h"
#include "base/budget.h"
#include "engine/progress.h"
#include "engine/sink.h"
#include "engine/source.h"

/* ---- Sink ----------------------------------------------------------------------------------------------------------
 */

/* A part is closed when it has so many compressed bytes. */
#define HF_PART_BYTES ((size_t)8 << 20)

/*
 * Lanes compress rows into parts; a finished part waits in memory, within the budget, until hf_archive_sink_drain
 * writes it. Parts of one table get their numbers in the order in which they are written.
 */
typedef struct HfArchiveSink HfArchiveSink;

/* `budget` and `progress` (may be NULL) are borrowed. */
HfArchiveSink *hf_archive_sink_new(int level, HfBudget *budget, HfProgress *progress);
void hf_archive_sink_free(HfArchiveSink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfArchiveSink, hf_archive_sink_free)
HfSink *hf_archive_sink_get(HfArchiveSink *self);

/* Says that no further part will come: all lanes have ended. Any thread. */
void hf_archive_sink_end(HfArchiveSink *self);
/* Writes parts as they come, until the end or the first failure; then the caller stops the lanes and discards. */
bool hf_archive_sink_drain(HfArchiveSink *self, HfArchiveWriter *writer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Throws parts away as they come, until the end: for when there is no writer to give them to. */
void hf_archive_sink_discard(HfArchiveSink *self);

/* ---- Source --------------------------------------------------------------------------------------------------------
 */

typedef struct {
    HfSource source;
    HfArchiveReader *archive;
} HfArchiveSource;

/* Gives the rows of a slice's part. `archive` is borrowed. */
void hf_archive_source_init(HfArchiveSource *self, HfArchiveReader *archive);

/* ---- Null ----------------------------------------------------------------------------------------------------------
 */

/* A sink that takes everything and keeps nothing: what is left is the digest. */
void hf_null_sink_init(HfSink *self);

#endif
