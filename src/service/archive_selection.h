/* Internal to restore, verify, extract and scratch: which entries of the schema and whose rows some patterns ask for. */
#ifndef HF_SERVICE_ARCHIVE_SELECTION_H
#define HF_SERVICE_ARCHIVE_SELECTION_H

#include "archive/archive_reader.h"
#include "pg/dump_toc.h"

typedef struct {
    HfDumpToc *toc;
    bool *entries;      /* for each entry whether it is taken */
    GHashTable *tables; /* OIDs of the tables whose rows are taken; 0 stands for large objects */
    bool whole;         /* everything but what is excluded: there was no --table or --schema */
    char *lost;         /* what was left out because it needs what is excluded; NULL: nothing */
} HfArchiveSelection;

/*
 * The configuration tables of extensions have rows in the archive, but no entry that would create them: patterns reach
 * them where something else does.
 */
typedef enum {
    HF_SELECT_TO_CREATE, /* with all that they need */
    HF_SELECT_TO_READ,   /* the same, and of extensions */
    HF_SELECT_TO_FILL,   /* for tables that are there: those named alone, also of extensions */
} HfSelectPurpose;

#define HF_SCHEMA_MAX_BYTES ((size_t)1 << 30)

/*
 * Without patterns everything. Those without a schema mean names in any schema.
 * HF_ERROR_NOT_FOUND names a pattern that matches nothing, HF_ERROR_USAGE one that is none. Transfer full.
 */
HfArchiveSelection *hf_archive_select(HfArchiveReader *archive, const HfPatternLists *patterns, HfSelectPurpose purpose,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of pg_dump's archive and a manifest. */
HfArchiveSelection *hf_archive_select_from(GBytes *schema, const HfManifest *manifest, const HfPatternLists *patterns,
                                           HfSelectPurpose purpose, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_archive_selection_free(HfArchiveSelection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfArchiveSelection, hf_archive_selection_free)

bool hf_archive_selection_takes_rows(const HfArchiveSelection *self, uint32_t oid);

/* A warning of what was left out, if anything was. */
void hf_archive_selection_tell_lost(const HfArchiveSelection *self);

/* Of the text of sequences.sql, the statements of the sequences that are taken. Transfer full. */
char *hf_archive_selection_sequences(const HfArchiveSelection *self, const char *sql);

#endif
