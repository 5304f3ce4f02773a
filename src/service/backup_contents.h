/*
 * What the catalog knows of an archive that was made elsewhere: read from the archive itself.
 */
#ifndef HF_SERVICE_BACKUP_CONTENTS_H
#define HF_SERVICE_BACKUP_CONTENTS_H

#include "archive/archive_reader.h"
#include "catalog/backup_table.h"

/* What each table of an archive holds, as the catalog keeps it: of 20,000 tables at most. Transfer full. */
char *hf_backup_contents(const HfManifest *manifest);

/* Fills in what the archive tells: database, time, rows, bytes, tables and contents, which are NULL before. */
void hf_backup_describe(HfBackupRow *row, const HfArchiveReader *archive);

#endif
