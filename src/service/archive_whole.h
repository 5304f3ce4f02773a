/*
 * Whether an archive is whole: its frame, and every member against its digest, in parallel, with nothing decompressed.
 */
#ifndef HF_SERVICE_ARCHIVE_WHOLE_H
#define HF_SERVICE_ARCHIVE_WHOLE_H

#include "archive/archive_reader.h"
#include "engine/progress.h"

#include <gio/gio.h>

/* HF_ERROR_CORRUPT if it is not, with the place of the first damage and the names of all tables that have lost rows.
 * `progress` may be NULL. */
bool hf_archive_check_whole(HfArchiveReader *archive, unsigned jobs, HfProgress *progress, GCancellable *cancellable,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
