/*
 * The file of --refused-to: rows that SQL Server refused, an object of JSON a line. Until all is proved they are in
 * FILE.unfinished, where what was told outlives the process, and a later call of the same migration goes on with them;
 * FILE itself appears whole.
 */
#ifndef HF_CLI_REFUSED_FILE_H
#define HF_CLI_REFUSED_FILE_H

#include "service/migrate_mssql.h"

typedef struct HfRefusedFile HfRefusedFile;

/* `into` says which database the rows were for. HF_ERROR_CONFLICT if FILE is there with other rows than
 * the unfinished one and not to be replaced, or an unfinished one is of another database. Transfer full. */
HfRefusedFile *hf_refused_file_open(const char *path, bool replace, const char *into, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* For HfMigrateMssqlOptions.on_kept: what was told of other parts goes. HF_ERROR_CONFLICT if it does not have the rows
 * of these. */
bool hf_refused_file_keep(HfRefusedFile *self, const GPtrArray *kept, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For on_refused. */
bool hf_refused_file_add(HfRefusedFile *self, const HfNeutralTable *table, const char *part, const GPtrArray *rows,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For on_proved: FILE is there. */
bool hf_refused_file_finish(HfRefusedFile *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Where rows are that did not come to FILE; NULL: nowhere. Borrowed. */
const char *hf_refused_file_unfinished(const HfRefusedFile *self);
/* After a migration that is done: the unfinished one goes. */
bool hf_refused_file_forget(HfRefusedFile *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_refused_file_close(HfRefusedFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfRefusedFile, hf_refused_file_close)

#endif
