/*
 * Writes an archive in one pass, no seeking: age( tar( members ) ), or the bare tar if there are no recipients. The
 * writer records each member in a manifest, which it writes last. Not thread-safe: one thread writes.
 */
#ifndef HF_ARCHIVE_ARCHIVE_WRITER_H
#define HF_ARCHIVE_ARCHIVE_WRITER_H

#include "archive/manifest.h"
#include "archive/part_encoder.h"
#include "base/io.h"
#include "crypto/age.h"

typedef struct HfArchiveWriter HfArchiveWriter;

/* `to` and `manifest` are borrowed; `recipients` NULL writes in the clear. `mtime` is the time that the tar headers
 * carry. */
HfArchiveWriter *hf_archive_writer_open(HfOutput *to, const HfAgeRecipients *recipients, HfManifest *manifest,
                                        int64_t mtime, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_archive_writer_free(HfArchiveWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfArchiveWriter, hf_archive_writer_free)

/* Adds a member. A name that ends in ".sh" is executable. */
bool hf_archive_writer_add(HfArchiveWriter *self, const char *name, const void *data, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Adds README.txt and restore.sh: how to restore by hand. Finish then adds load.sh, which restore.sh needs.
 * `create_database_sql` is the CREATE DATABASE statement with encoding and locale, the name as psql's :"dbname". */
bool hf_archive_writer_add_manual(HfArchiveWriter *self, const HfArchiveHead *head, const char *create_database_sql,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Adds a data member; sets `member` to its index in the manifest. */
bool hf_archive_writer_add_part(HfArchiveWriter *self, const char *name, const HfEncodedPart *part, size_t *member,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes load.sh, manifest.json, the tar's end and age's last chunk. */
bool hf_archive_writer_finish(HfArchiveWriter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Plaintext bytes so far. */
uint64_t hf_archive_writer_size(const HfArchiveWriter *self);

#endif
