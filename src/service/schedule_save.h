/*
 * What is to be done, in the same transaction, when a schedule was created or changed.
 */
#ifndef HF_SERVICE_SCHEDULE_SAVE_H
#define HF_SERVICE_SCHEDULE_SAVE_H

#include "catalog/schedule_table.h"

/* Checks its folder, prefix, options and keys (HF_ERROR_USAGE), and sets when it runs next. One of an earlier version
 * whose keys would be refused can be switched off: keys are checked of one that is active, and where the change
 * names_keys. */
bool hf_schedule_settle(HfCatalog *catalog, const char *organization, const char *id, bool names_keys, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
