/*
 * The use case extract: parts of an archive, or all of it, as files or as SQL, without a server.
 */
#ifndef HF_SERVICE_EXTRACT_H
#define HF_SERVICE_EXTRACT_H

#include "archive/archive_reader.h"
#include "engine/progress.h"
#include "pg/dump_toc.h"
#include "pg/pattern.h"

#include <gio/gio.h>

typedef struct {
    HfArchiveReader *archive;
    HfPatternLists patterns;

    /* The rest is for a script alone. */
    bool data_only;         /* rows, large objects and sequence values, for tables that are there */
    bool create_roles;      /* make missing roles, without passwords */
    HfTocSqlOptions schema; /* owners and grants */
} HfExtractOptions;

/*
 * Which tables patterns mean: those that match by name (without a schema in the pattern, in any), the partitions of
 * what matches, and what these need: parents, tables under a view, all of a partitioned table that rows have to be
 * loaded through. Configuration tables of extensions come as files, but not into a script, where nothing would create
 * them. What is excluded stays out with what needs it, which is told. HF_ERROR_NOT_FOUND if a pattern matches nothing.
 */

/*
 * Writes the members into `folder`, which must be empty, or absent in a folder that is there: all of them, or with
 * `tables` the small members and the data of those tables. Files appear under their names when complete and intact,
 * mode 0600, the manifest last. A failure removes what was made. HF_ERROR_CONFLICT if the folder is not empty.
 */
bool hf_extract_to_folder(const HfExtractOptions *options, const char *folder, HfProgress *progress,
                          GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Writes one SQL script that psql (of a release since August 2025, for \restrict) can run into an empty database:
 * roles if asked, schema, rows as COPY … FROM stdin in text (binary values are decoded), large objects, sequences,
 * indexes and the rest; with `tables` those tables and what belongs to them. The database's own settings and grants are
 * not in it, as in a pg_dump without --create. With `data_only` it fills tables that are there, in one transaction.
 * psql stops at the first error. Memory is bounded by a block of rows. After a failure what was written is no complete
 * script: it lacks its last line, \unrestrict, and with `data_only` its COMMIT.
 */
bool hf_extract_as_sql(const HfExtractOptions *options, HfOutput *to, HfProgress *progress, GCancellable *cancellable,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
