#include "service/mssql_reach.h"

#include "base/error.h"
#include "crypto/age.h"
#include "service/own_server.h"
#include "service/unseal.h"
#include "tds/probe.h"

#include <string.h>

static bool check_field(const char *field, const HfTdsTargetOptions *options, GError **error)
{
    g_autoptr(HfTdsTarget) target = hf_tds_target_new(options, error);
    if (target == NULL)
        g_prefix_error(error, "%s: ", field);
    return target != NULL;
}

bool hf_mssql_reach_check(const HfMssqlServerRow *server, GError **error)
{
    const HfTdsTargetOptions address = {.server = server->address, .database = "any", .user = "any"};
    const HfTdsTargetOptions username = {.server = "any", .database = "any", .user = server->username};
    if (server->any_certificate && *server->tls_root != '\0') {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "any_certificate: it and tls_root exclude each other");
        return false;
    }
    if (*server->tls_root != '\0' && strstr(server->tls_root, "BEGIN CERTIFICATE") == NULL) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "tls_root: there is no certificate in PEM (-----BEGIN CERTIFICATE-----) in it");
        return false;
    }
    return check_field("address", &address, error) && check_field("username", &username, error);
}

/* To be freed with hf_age_secret_free. */
static char *kept_password(const HfSealer *sealer, const HfMssqlServerRow *server, GError **error)
{
    gsize length;
    if (server->password == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "the password of %s on %s is not kept: give it in password, for this once", server->username,
                    server->name);
        return NULL;
    }
    const void *sealed = g_bytes_get_data(server->password, &length);
    char *password = hf_sealer_open_text(sealer, HF_MSSQL_PASSWORD, sealed, length, error);
    if (password == NULL)
        g_prefix_error(error, "the password of the SQL Server %s: ", server->name);
    return password;
}

HfTdsTarget *hf_mssql_reach_target(const HfSealer *sealer, const HfMssqlServerRow *server, const char *database,
                                   const char *password, GError **error)
{
    HfTdsTarget *target = NULL;
    g_autofree char *root = NULL;
    if (*server->tls_root != '\0' && (root = hf_unseal_certificates(server->tls_root, error)) == NULL)
        return NULL;
    char *kept = password == NULL ? kept_password(sealer, server, error) : NULL;
    const HfTdsTargetOptions options = {.server = server->address,
                                        .database = database,
                                        .user = server->username,
                                        .password = password != NULL ? password : kept,
                                        .root_file = root,
                                        .any_certificate = server->any_certificate};
    if (options.password != NULL)
        target = hf_tds_target_new(&options, error);
    hf_age_secret_free(kept);
    return target;
}

bool hf_mssql_reach_check_not_own(const HfTdsTarget *target, const HfConfiguration *configuration, GError **error)
{
    g_autoptr(HfTdsProbe) probe = hf_tds_probe_new(target);
    if (!hf_tds_probe_resolve(probe, error) || !hf_tds_probe_find_port(probe, error))
        return false;
    g_autofree char *port = g_strdup_printf("%u", hf_tds_probe_port(probe));
    for (const char *const *address = hf_tds_probe_addresses(probe); *address != NULL; address++)
        if (!hf_own_server_check_address(configuration, *address, port, error))
            return false;
    return true;
}
