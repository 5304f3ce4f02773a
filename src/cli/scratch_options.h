/*
 * --scratch: the server where an archive is restored that only a server can read.
 */
#ifndef HF_CLI_SCRATCH_OPTIONS_H
#define HF_CLI_SCRATCH_OPTIONS_H

#include "pg/target.h"

/* --scratch, --scratch-password-file. Transfer full. */
GOptionGroup *hf_scratch_options(void);
/* For the archive `from`, which is named where there is no --scratch. Transfer full. */
HfPgTarget *hf_scratch_target_from_options(const char *from, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of what needs none: they are refused. */
bool hf_scratch_options_check_none(GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
