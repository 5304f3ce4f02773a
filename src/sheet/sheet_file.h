/* Internal to sheet: files without a name in the folder for temporary files, gone when they are closed. */
#ifndef HF_SHEET_SHEET_FILE_H
#define HF_SHEET_SHEET_FILE_H

#include <glib.h>

/* The descriptor; -1 and an error. */
int hf_sheet_file_new(GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "/proc/self/fd/7", for libraries that know paths alone. Transfer full. */
char *hf_sheet_file_path(int fd);

#endif
