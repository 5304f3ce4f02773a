/*
 * Internal to archive: a file without a name in the folder for temporary files, written once in order, then read at any
 * offset. It is gone when it is freed, or when the process ends.
 */
#ifndef HF_ARCHIVE_TEMP_FILE_H
#define HF_ARCHIVE_TEMP_FILE_H

#include "base/io.h"

typedef struct HfTempFile HfTempFile;

HfTempFile *hf_temp_file_new(GError **error) G_GNUC_WARN_UNUSED_RESULT; /* transfer full */
void hf_temp_file_free(HfTempFile *self);
HfOutput *hf_temp_file_output(HfTempFile *self); /* borrowed */
HfInput *hf_temp_file_input(HfTempFile *self);   /* borrowed; of what was written so far */

#endif
