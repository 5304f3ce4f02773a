/* Internal to archive: the texts by which a stranger restores an archive by hand. They are files in manual/. */
#ifndef HF_ARCHIVE_MANUAL_H
#define HF_ARCHIVE_MANUAL_H

#include "archive/manifest.h"

/* README.txt and restore.sh of an archive. Transfer full. */
char *hf_manual_readme(const HfArchiveHead *head);
char *hf_manual_restore_script(const HfArchiveHead *head, const char *create_database_sql);

#endif
