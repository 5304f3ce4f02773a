/*
 * Internal to archive: load.sh, the list of data members that restore.sh reads: for each one its rows and the statement
 * that loads it.
 */
#ifndef HF_ARCHIVE_LOAD_SCRIPT_H
#define HF_ARCHIVE_LOAD_SCRIPT_H

#include "archive/manifest.h"

/* Rows are loaded with the database's own encoding as the client's, and the statement goes with them. So a name that is
 * not ASCII has to be escaped, unless that encoding is UTF-8 or none at all. */
bool hf_load_script_escapes_names(const char *encoding);

/* Transfer full. */
char *hf_load_script(const HfManifest *manifest, bool escape_names);

#endif
