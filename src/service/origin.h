/*
 * Where what a restore loads comes from: an archive, or a live database in one snapshot. The restore asks for no more
 * than this, so that a migration is the same restore from another origin.
 */
#ifndef HF_SERVICE_ORIGIN_H
#define HF_SERVICE_ORIGIN_H

#include "archive/archive_reader.h"
#include "engine/ends/archive.h"
#include "engine/progress.h"
#include "service/database_read.h"

typedef struct HfOrigin HfOrigin;
struct HfOrigin {
    const char *name; /* in messages: "archive", "source" */
    const char *job;  /* in messages: "restore", "migration" */
    /* Borrowed from what is behind; both are whole once the schema was read. */
    const HfArchiveHead *head;
    const HfManifest *manifest; /* raw_bytes may be a guess */
    /* Whether the manifest knows rows, digests and bytes of the tables before their rows are read. Otherwise what went
     * through is what the copy is compared with. */
    bool is_proved;
    HfSource *rows;

    /* pg_dump's archive, transfer full. The first that is asked for. */
    GBytes *(*read_schema)(HfOrigin *self, GError **error);
    /* Reads all of it before anything is touched, where it can be damaged; HF_ERROR_CORRUPT. NULL: nothing to check. */
    bool (*check)(HfOrigin *self, unsigned jobs, HfProgress *progress, GCancellable *cancellable, GError **error);
    /* Cuts a table's rows for `lanes` lanes, or, with `one_lane`, for one; HfSlice* are appended. */
    bool (*cut)(HfOrigin *self, HfManifestTable *table, bool one_lane, unsigned lanes, GPtrArray *slices,
                GError **error);
    /* SQL, a statement a line: `member` is HF_MEMBER_BLOBS_CREATE, HF_MEMBER_BLOBS_OWNERS or HF_MEMBER_SEQUENCES. */
    bool (*write_sql)(HfOrigin *self, const char *member, HfOutput *to, GError **error);
    /* All was read but the sequences, which are remembered: lets go of the database, which is kept from its VACUUM no
     * longer. HF_ERROR_CONFLICT if what was read may not fit together. NULL: there is nothing to let go of. */
    bool (*end)(HfOrigin *self, GError **error);
};

typedef struct {
    HfOrigin origin;
    HfArchiveReader *archive;
    HfArchiveSource rows;
} HfArchiveOrigin;

/* `archive` is borrowed. */
void hf_archive_origin_init(HfArchiveOrigin *self, HfArchiveReader *archive);

typedef struct {
    HfOrigin origin;
    HfDatabaseRead *database;
    const HfScope *scope;
    const char *warning;
    HfPostgresSource rows;
    char *sequences; /* their SQL; NULL until the end */
} HfDatabaseOrigin;

/* All borrowed; the scope is the one that the database was opened with. `warning` (may be NULL) is told with the
 * head's.
 */
void hf_database_origin_init(HfDatabaseOrigin *self, HfDatabaseRead *database, const HfScope *scope,
                             const char *warning);
void hf_database_origin_clear(HfDatabaseOrigin *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfDatabaseOrigin, hf_database_origin_clear)

#endif
