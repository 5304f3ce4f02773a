/*
 * --encrypt and the key for it: which columns SQL Server is to keep encrypted.
 */
#ifndef HF_CLI_ENCRYPT_OPTIONS_H
#define HF_CLI_ENCRYPT_OPTIONS_H

#include "service/assess.h"

/* --encrypt, --encryption-key, --encryption-certificate. Transfer full. */
GOptionGroup *hf_encrypt_options(void);
bool hf_encrypt_options_are_given(void);

/* The key alone, for a test; borrowed from the options. */
bool hf_encrypt_options_key(HfMssqlKeyChoice *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Columns and key, which go together. */
bool hf_encrypt_from_options(HfAssessOptions *assess, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
