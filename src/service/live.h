/* What a database holds at this moment, by the statistics of its server: nothing is counted, and no lock is waited for.
 */
#ifndef HF_SERVICE_LIVE_H
#define HF_SERVICE_LIVE_H

#include "base/configuration.h"
#include "catalog/server_table.h"
#include "crypto/seal.h"

/*
 * A JSON object: {"exists", "at", "size_bytes", "tables", "rows", "items": [{"schema", "name", "rows", "bytes"}]}. Rows
 * are the server's estimate; the items are the tables with most of them, not more than 200. A database that is not on
 * the server (any more) does not exist, its numbers are null. Asked in a process of its own, for ten seconds at most.
 * Transfer full. HF_ERROR_NOT_FOUND: the catalog has no such database; else the server's errors.
 */
char *hf_live_ask(HfCatalog *catalog, const HfConfiguration *configuration, const HfSealer *sealer,
                  const char *organization, const char *database_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
