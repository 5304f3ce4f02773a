/*
 * Files that are no archives of ours but that people mistake for one.
 */
#ifndef HF_ARCHIVE_FOREIGN_FILE_H
#define HF_ARCHIVE_FOREIGN_FILE_H

#include <glib.h>

/* What a file is that starts so, and what to use for it; NULL if it is none that we know. Static. */
const char *hf_foreign_file_name(const char *start, gsize length);

#endif
