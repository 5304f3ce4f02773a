/* Internal to extract: which entries of the schema and whose rows some patterns ask for. */
#ifndef HF_SERVICE_EXTRACT_SELECTION_H
#define HF_SERVICE_EXTRACT_SELECTION_H

#include "archive/archive_reader.h"
#include "pg/dump_toc.h"

typedef struct {
    HfDumpToc *toc;
    bool *entries;      /* for each entry whether it is taken */
    GHashTable *tables; /* OIDs of the tables whose rows are taken; 0 stands for large objects */
    bool whole;         /* everything: there were no patterns */
} HfExtractSelection;

/*
 * `patterns` NULL or empty selects everything. With `of_extensions` patterns reach the configuration tables of
 * extensions, too: they have rows in the archive, but no entry that would create them. HF_ERROR_NOT_FOUND names a
 * pattern that matches nothing. Transfer full.
 */
HfExtractSelection *hf_extract_select(HfArchiveReader *archive, const char *const *patterns, bool of_extensions,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_extract_selection_free(HfExtractSelection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfExtractSelection, hf_extract_selection_free)

bool hf_extract_takes_rows(const HfExtractSelection *self, uint32_t oid);

/* Whether a pattern [schema.]table means this name. Letters count as they are; * stands for any characters, ? for one.
 */
bool hf_extract_pattern_matches(const char *pattern, const char *schema, const char *name);

/* Of the text of sequences.sql, the statements of the sequences that are taken. Transfer full. */
char *hf_extract_select_sequences(const HfExtractSelection *self, const char *sql);

#endif
