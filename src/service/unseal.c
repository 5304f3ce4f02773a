#include "service/unseal.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

/* To be freed with hf_age_secret_free. */
static char *open_secret(const HfSealer *sealer, const char *purpose, GBytes *secret, GError **error)
{
    gsize length;
    const void *data = g_bytes_get_data(secret, &length);
    return hf_sealer_open_text(sealer, purpose, data, length, error);
}

/* ---- Servers -------------------------------------------------------------------------------------------------------
 */

static void append_parameter(GString *to, const char *name, const char *value)
{
    g_string_append_printf(to, "%s%s='", to->len > 0 ? " " : "", name);
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '\'' || *c == '\\')
            g_string_append_c(to, '\\');
        g_string_append_c(to, *c);
    }
    g_string_append_c(to, '\'');
}

char *hf_unseal_certificates(const char *text, GError **error)
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_autofree char *name = g_strconcat(digest, ".pem", NULL);
    g_autofree char *folder = g_build_filename(g_get_user_cache_dir(), "holdfast", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) reason = NULL;
    if (g_mkdir_with_parents(folder, 0700) == 0 &&
        g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &reason))
        return g_steal_pointer(&path);
    g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "cannot write the server's certificates to %s: %s", path,
                reason != NULL ? reason->message : "the folder cannot be made");
    return NULL;
}

static char *conninfo_of(const HfServerRow *server, const char *database, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    append_parameter(text, "host", server->host);
    append_parameter(text, "port", server->port);
    append_parameter(text, "user", server->username);
    append_parameter(text, "dbname", database != NULL ? database : server->maintenance_db);
    append_parameter(text, "sslmode", server->tls_mode);
    append_parameter(text, "connect_timeout", "10");
    append_parameter(text, "application_name", "holdfast");
    if (server->tls_root != NULL && *server->tls_root != '\0') {
        g_autofree char *path = hf_unseal_certificates(server->tls_root, error);
        if (path == NULL)
            return NULL;
        append_parameter(text, "sslrootcert", path);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

HfPgTarget *hf_unseal_target(const HfSealer *sealer, const HfServerRow *server, const char *database, GError **error)
{
    g_autofree char *conninfo = conninfo_of(server, database, error);
    if (conninfo == NULL)
        return NULL;
    char *password = server->password != NULL ? open_secret(sealer, HF_SERVER_PASSWORD, server->password, error) : NULL;
    if (password == NULL && server->password != NULL) {
        g_prefix_error(error, "the password of the server %s: ", server->name);
        return NULL;
    }
    g_autoptr(HfPgTarget) target = hf_pg_target_new(conninfo, password, error);
    hf_age_secret_free(password);
    return target != NULL ? hf_pg_target_alone(target) : NULL;
}

/* ---- Keys ----------------------------------------------------------------------------------------------------------
 */

static bool add_recipient(const HfSealer *sealer, const HfKeyRow *key, bool alone, HfAgeRecipients *recipients,
                          GError **error)
{
    if (key->recipient != NULL)
        return hf_age_recipients_add(recipients, key->recipient, error);
    if (!alone) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "the passphrase %s cannot stand beside other keys: choose it alone, or public keys", key->name);
        return false;
    }
    char *passphrase = open_secret(sealer, HF_KEY_SECRET, key->secret, error);
    bool ok = passphrase != NULL && hf_age_recipients_set_passphrase(recipients, passphrase, error);
    hf_age_secret_free(passphrase);
    return ok;
}

HfAgeRecipients *hf_unseal_recipients(const HfSealer *sealer, const GPtrArray *keys, GError **error)
{
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    for (guint i = 0; i < keys->len; i++)
        if (!add_recipient(sealer, keys->pdata[i], keys->len == 1, recipients, error))
            return NULL;
    return g_steal_pointer(&recipients);
}

bool hf_unseal_add_identity(const char *text, HfAgeIdentities *identities, GError **error)
{
    return g_str_has_prefix(text, "AGE-SECRET-KEY-1") ? hf_age_identities_add(identities, text, error)
                                                      : hf_age_identities_add_passphrase(identities, text, error);
}

bool hf_unseal_identity(const HfSealer *sealer, const char *purpose, GBytes *secret, HfAgeIdentities *identities,
                        GError **error)
{
    char *text = open_secret(sealer, purpose, secret, error);
    bool ok = text != NULL && hf_unseal_add_identity(text, identities, error);
    hf_age_secret_free(text);
    return ok;
}

bool hf_unseal_identities(const HfSealer *sealer, const GPtrArray *keys, HfAgeIdentities *identities, GError **error)
{
    for (guint i = 0; i < keys->len; i++) {
        const HfKeyRow *key = keys->pdata[i];
        if (key->secret != NULL && !hf_unseal_identity(sealer, HF_KEY_SECRET, key->secret, identities, error)) {
            g_prefix_error(error, "the key %s: ", key->name);
            return false;
        }
    }
    return true;
}
