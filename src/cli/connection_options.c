#include "cli/connection_options.h"

#include "base/error.h"
#include "cli/options.h"
#include "cli/password.h"
#include "pg/connection.h"

static struct {
    char *password_file;
    gboolean password;
    gboolean no_password;
} options;

GOptionGroup *hf_connection_options(void)
{
    static const GOptionEntry entries[] = {
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &options.password_file,
         "The password is the first line of this file", "FILE"},
        {"password", 'W', 0, G_OPTION_ARG_NONE, &options.password, "Ask for the password at once", NULL},
        {"no-password", 'w', 0, G_OPTION_ARG_NONE, &options.no_password, "Never ask for a password", NULL},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("connection", "Connection:", "Connection", NULL, NULL);
    g_option_group_add_entries(group, entries);
    return group;
}

const char *hf_connection_password_file(void)
{
    return options.password_file;
}

bool hf_connection_may_ask(void)
{
    return !options.no_password;
}

HfPgTarget *hf_connection_target_with(const char *name, const char *conninfo, const char *option, const char *file,
                                      GError **error)
{
    g_autofree char *password = NULL;
    if (!hf_option_require(name, conninfo, "a database, by a libpq connection string or URI", error))
        return NULL;
    if ((options.password_file != NULL) + options.password + options.no_password > 1) {
        hf_option_fail(error, "--password-file, --password and --no-password exclude each other");
        return NULL;
    }
    g_autoptr(HfPgTarget) target = hf_pg_target_new(conninfo, NULL, error);
    if (target == NULL) {
        g_prefix_error(error, "%s: ", name);
        return NULL;
    }
    hf_pg_target_set_password_option(target, option);
    if (file == NULL)
        return g_steal_pointer(&target);
    char *secret = hf_password_read_line(option, file, error);
    HfPgTarget *complete = secret != NULL ? hf_pg_target_with_password(target, secret) : NULL;
    hf_age_secret_free(secret);
    return complete;
}

HfPgTarget *hf_connection_target(const char *name, const char *conninfo, GError **error)
{
    return hf_connection_target_with(name, conninfo, "--password-file", options.password_file, error);
}

static bool ask(HfPgTarget **target, GCancellable *cancellable, GError **error)
{
    g_autofree char *prompt = g_strdup_printf("Password for %s", hf_pg_target_describe(*target));
    char *secret = hf_password_ask(prompt, hf_pg_target_password_option(*target), cancellable, error);
    if (secret == NULL)
        return false;
    HfPgTarget *complete = hf_pg_target_with_password(*target, secret);
    hf_age_secret_free(secret);
    hf_pg_target_free(*target);
    *target = complete;
    return true;
}

bool hf_connection_settle_password(HfPgTarget **target, GCancellable *cancellable, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (options.password)
        return ask(target, cancellable, error);
    /* Only a connection tells whether libpq finds a password by itself, and whether one is wanted. */
    g_autoptr(HfPg) probe = hf_pg_connect(*target, cancellable, &reason);
    if (probe != NULL)
        return true;
    if (hf_pg_error_needs_password(reason) && !options.no_password && hf_password_can_ask())
        return ask(target, cancellable, error);
    bool fatal = g_error_matches(reason, HF_ERROR, HF_ERROR_NETWORK) ||
                 g_error_matches(reason, HF_ERROR, HF_ERROR_CANCELLED) || hf_pg_error_needs_password(reason);
    if (fatal)
        g_propagate_error(error, g_steal_pointer(&reason));
    return !fatal;
}
