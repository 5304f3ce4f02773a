#include "service/own_server.h"

#include "base/error.h"
#include "service/unseal.h"

#include <gio/gio.h>
#include <string.h>

bool hf_own_server_read(HfOwnServer *self, HfCatalog *catalog, const HfConfiguration *configuration, GError **error)
{
    self->is_trusted = strcmp(configuration->trust_catalog_server, "yes") == 0;
    return hf_catalog_identify(catalog, &self->system, &self->database, error);
}

void hf_own_server_clear(HfOwnServer *self)
{
    g_clear_pointer(&self->system, g_free);
    g_clear_pointer(&self->database, g_free);
}

/* A server that does not tell its identifier is another one: ours has told it to a role that may do nothing. */
static bool is_ours(const HfOwnServer *self, HfPg *pg, bool *ours, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *system =
        hf_pg_query_text(pg, "SELECT system_identifier FROM pg_catalog.pg_control_system()", NULL, &reason);
    *ours = g_strcmp0(system, self->system) == 0;
    if (reason == NULL || g_error_matches(reason, HF_ERROR, HF_ERROR_DATABASE) ||
        g_error_matches(reason, HF_ERROR, HF_ERROR_DENIED))
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

bool hf_own_server_check(const HfOwnServer *self, HfPg *pg, const char *database, bool *own, GError **error)
{
    bool ours;
    if (!is_ours(self, pg, &ours, error))
        return false;
    if (own != NULL)
        *own = ours;
    if (ours && strcmp(database, self->database) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_DENIED, "the database %s is Holdfast's own catalog", database);
    else if (ours && !self->is_trusted && !hf_pg_used_password(pg))
        g_set_error_literal(error, HF_ERROR, HF_ERROR_DENIED,
                            "Holdfast's own catalog is on this server, which lets Holdfast in without asking for a "
                            "password: let pg_hba.conf ask for one (scram-sha-256), or let the owner of the "
                            "installation set trust_catalog_server");
    else
        return true;
    return false;
}

/* To the maintenance database, or if that is not open to the role, to the one that is wanted. */
static HfPg *connect_to(const HfPgTarget *maintenance, const HfPgTarget *target, GCancellable *cancellable,
                        GError **error)
{
    g_autoptr(GError) reason = NULL;
    HfPg *pg = hf_pg_connect(maintenance, cancellable, &reason);
    if (pg != NULL)
        return pg;
    g_autoptr(GError) second = NULL;
    pg = target != maintenance ? hf_pg_connect(target, cancellable, &second) : NULL;
    if (pg != NULL)
        return pg;
    /* That there is no such database yet is no reason: a restore makes it. */
    bool absent = g_error_matches(second, HF_ERROR, HF_ERROR_NOT_FOUND);
    g_propagate_error(error, second == NULL || absent ? g_steal_pointer(&reason) : g_steal_pointer(&second));
    return NULL;
}

HfPgTarget *hf_own_server_unseal(HfCatalog *catalog, const HfConfiguration *configuration, const HfSealer *sealer,
                                 const HfServerRow *server, const char *database, GCancellable *cancellable,
                                 GError **error)
{
    g_auto(HfOwnServer) own = {0};
    g_autoptr(HfPgTarget) maintenance = hf_unseal_target(sealer, server, NULL, error);
    g_autoptr(HfPgTarget) target = maintenance != NULL && database != NULL
                                       ? hf_unseal_target(sealer, server, database, error)
                                       : g_steal_pointer(&maintenance);
    if (target == NULL || !hf_own_server_check_address(configuration, server->host, server->port, error) ||
        !hf_own_server_read(&own, catalog, configuration, error))
        return NULL;
    g_autoptr(HfPg) pg = connect_to(maintenance != NULL ? maintenance : target, target, cancellable, error);
    /* The name may lead elsewhere when it is asked for again; what was checked is the address. */
    bool free = pg != NULL && hf_own_server_check(&own, pg, server->maintenance_db, NULL, error) &&
                (database == NULL || hf_own_server_check(&own, pg, database, NULL, error));
    return free ? hf_pg_target_at(target, hf_pg_address(pg)) : NULL;
}

/* ---- Redis ---------------------------------------------------------------------------------------------------------
 */

static bool is_loopback(const char *host)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
    return address != NULL ? g_inet_address_get_is_loopback(address) || g_inet_address_get_is_any(address)
                           : g_ascii_strcasecmp(host, "localhost") == 0;
}

bool hf_own_server_check_address(const HfConfiguration *configuration, const char *host, const char *port,
                                 GError **error)
{
    const char *redis = configuration->redis_address, *colon = strrchr(redis, ':');
    if (g_str_has_prefix(redis, "unix:") || colon == NULL || strcmp(colon + 1, port) != 0)
        return true;
    g_autofree char *its_host = g_strndup(redis, (gsize)(colon - redis));
    if (g_ascii_strcasecmp(its_host, host) != 0 && !(is_loopback(its_host) && is_loopback(host)))
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s, port %s is Holdfast's own Redis, no PostgreSQL server", host,
                port);
    return false;
}
