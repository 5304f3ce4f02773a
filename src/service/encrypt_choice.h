/*
 * Which columns SQL Server is to keep encrypted, and by which key, as they are asked for.
 */
#ifndef HF_SERVICE_ENCRYPT_CHOICE_H
#define HF_SERVICE_ENCRYPT_CHOICE_H

#include "service/assess.h"

/* `name` is "default" for Holdfast's own key, "none" or NULL for none, else that of a key that is there, which goes
 * with its certificate (NULL: not given). Borrowed. HF_ERROR_USAGE says what is missing. */
bool hf_encrypt_choose_key(HfMssqlKeyChoice *key, const char *name, const char *certificate, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same with the columns ("schema.table.column"; NULL or empty: none), which go with a key. */
bool hf_encrypt_choose(HfAssessOptions *assess, const char *const *columns, const char *name, const char *certificate,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
