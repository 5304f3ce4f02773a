/*
 * What is Holdfast's own must not be reached through a server that somebody registers: the catalog's rows are
 * everybody's. The catalog's server is known by the identifier that PostgreSQL gave it when it was made, whatever name
 * or address leads there; Redis by its address.
 *
 * Other databases beside the catalog may be backed up, by who has the right himself: the server must have asked for the
 * password. One that lets in whoever comes from the service's host would show everybody's to everybody; the
 * configuration can say that it is no secret (service.trust_catalog_server).
 */
#ifndef HF_SERVICE_OWN_SERVER_H
#define HF_SERVICE_OWN_SERVER_H

#include "base/configuration.h"
#include "catalog/catalog.h"
#include "catalog/server_table.h"
#include "crypto/seal.h"

typedef struct {
    char *system, *database; /* of the catalog */
    bool is_trusted;
} HfOwnServer;

bool hf_own_server_read(HfOwnServer *self, HfCatalog *catalog, const HfConfiguration *configuration, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_own_server_clear(HfOwnServer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfOwnServer, hf_own_server_clear)

/* HF_ERROR_DENIED: `database` of the server that `pg` is connected to (any of its databases) is not to be touched. *own
 * (may be NULL) says whether it is the catalog's server. */
bool hf_own_server_check(const HfOwnServer *self, HfPg *pg, const char *database, bool *own, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The way to a registered server's database for the jobs of an organization: unsealed, checked by connecting to the
 * server once, and held to the address that was checked. `database` NULL: the maintenance database. Transfer full. */
HfPgTarget *hf_own_server_unseal(HfCatalog *catalog, const HfConfiguration *configuration, const HfSealer *sealer,
                                 const HfServerRow *server, const char *database, GCancellable *cancellable,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* HF_ERROR_USAGE: Redis answers there, as far as the configuration tells without asking anybody. */
bool hf_own_server_check_address(const HfConfiguration *configuration, const char *host, const char *port,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
