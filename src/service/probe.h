/*
 * Whether what was registered can be used: a server by connecting, a storage by writing, reading and deleting a file.
 * How it went is noted in the catalog; that it went badly is no failure of these functions.
 */
#ifndef HF_SERVICE_PROBE_H
#define HF_SERVICE_PROBE_H

#include "base/configuration.h"
#include "catalog/server_table.h"
#include "catalog/storage_table.h"
#include "crypto/seal.h"

/* ---- Servers -------------------------------------------------------------------------------------------------------
 */

/* Before it is saved: HF_ERROR_USAGE if the host is no name and no address. A path would be a socket, on which a server
 * takes the service for its own user. */
bool hf_probe_check_host(const char *host, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* See server_check.h for what is noted. */
bool hf_probe_server(HfCatalog *catalog, const HfConfiguration *configuration, const HfSealer *sealer,
                     const char *organization, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    char *name;
    int64_t size_bytes; /* -1: not ours to know */
} HfFoundDatabase;
/* The databases that the server has now, by name, without templates, copies that restores left, and Holdfast's own
 * catalog. Elements HfFoundDatabase, transfer full. */
GPtrArray *hf_probe_databases(HfCatalog *catalog, const HfConfiguration *configuration, const HfSealer *sealer,
                              const char *organization, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Storages ------------------------------------------------------------------------------------------------------
 */

/* When it is saved, inside the transaction: HF_ERROR_USAGE if its folder is not below one of the configured roots,
 * HF_ERROR_CONFLICT if it has a folder in common with another organization's. */
bool hf_probe_check_place(HfCatalog *catalog, const HfConfiguration *configuration, const char *organization,
                          const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_probe_storage(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
