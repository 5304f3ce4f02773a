/*
 * The use case extract: parts of an archive, or all of it, as files or as SQL, without a server.
 */
#ifndef HF_SERVICE_EXTRACT_H
#define HF_SERVICE_EXTRACT_H

#include "archive/archive_reader.h"
#include "engine/progress.h"

#include <gio/gio.h>

typedef struct {
    HfArchiveReader *archive;
    const char *const *tables; /* patterns [schema.]table with * and ?; NULL or empty: everything */
} HfExtractOptions;

/*
 * Writes the members into `folder`, which is created and must be empty or absent: all of them, or with `tables` the
 * small members and the data of those tables. Files appear under their names when complete, mode 0600.
 * HF_ERROR_NOT_FOUND if a pattern matches nothing.
 */
bool hf_extract_to_folder(const HfExtractOptions *options, const char *folder, HfProgress *progress,
                          GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Writes one SQL script that psql can run into an empty database: schema, rows as COPY … FROM stdin in text (binary
 * values are decoded), large objects, sequences, indexes and the rest; with `tables` those tables and what belongs to
 * them.
 */
bool hf_extract_as_sql(const HfExtractOptions *options, HfOutput *to, HfProgress *progress, GCancellable *cancellable,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
