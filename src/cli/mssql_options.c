#include "cli/mssql_options.h"

#include "cli/connection_options.h"
#include "cli/options.h"
#include "cli/password.h"

static struct {
    char *server, *database, *user, *root;
    gboolean any_certificate, kerberos;
} options;

GOptionGroup *hf_mssql_target_options(void)
{
    static const GOptionEntry entries[] = {
        {"to-mssql", 0, 0, G_OPTION_ARG_STRING, &options.server, "Into SQL Server: host, host:port or host\\INSTANCE",
         "SERVER"},
        {"to-database", 0, 0, G_OPTION_ARG_STRING, &options.database, "The database there", "NAME"},
        {"to-user", 0, 0, G_OPTION_ARG_STRING, &options.user, "The login there; DOMAIN\\user for one of Windows",
         "NAME"},
        {"to-kerberos", 0, 0, G_OPTION_ARG_NONE, &options.kerberos,
         "Instead of a login and its password: the Kerberos ticket that is there", NULL},
        {"to-root", 0, 0, G_OPTION_ARG_FILENAME, &options.root,
         "The certificate that signs the server's, in PEM (default: those of the system)", "FILE"},
        {"to-any-certificate", 0, 0, G_OPTION_ARG_NONE, &options.any_certificate,
         "Encrypt, but send password and rows to whoever answers: its certificate is not looked at", NULL},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("mssql-target", "SQL Server:", "SQL Server", NULL, NULL);
    g_option_group_add_entries(group, entries);
    return group;
}

const char *hf_mssql_server(void)
{
    return options.server;
}

const char *hf_mssql_database(void)
{
    return options.database;
}

bool hf_mssql_target_rest_is_given(void)
{
    return options.database != NULL || options.user != NULL || options.root != NULL || options.any_certificate ||
           options.kerberos;
}

HfTdsTarget *hf_mssql_target_from_options(GError **error)
{
    HfTdsTargetOptions to = {.server = options.server,
                             .database = options.database,
                             .user = options.user,
                             .root_file = options.root,
                             .any_certificate = options.any_certificate};
    if (!hf_option_require("--to-database", options.database, "the database there", error) ||
        (!options.kerberos &&
         !hf_option_require("--to-user", options.user, "the login there, or give --to-kerberos", error)))
        return NULL;
    if (options.kerberos && (options.user != NULL || hf_connection_password_file() != NULL)) {
        hf_option_fail(error, "--to-kerberos stands in place of --to-user and --password-file");
        return NULL;
    }
    if (options.root != NULL && options.any_certificate) {
        hf_option_fail(error, "--to-root and --to-any-certificate exclude each other");
        return NULL;
    }
    HfTdsTarget *target = hf_tds_target_new(&to, error);
    if (target == NULL)
        g_prefix_error(error, "--to-mssql: ");
    return target;
}

bool hf_mssql_settle_password(HfTdsTarget **target, GCancellable *cancellable, GError **error)
{
    if (hf_tds_target_user(*target) == NULL)
        return true;
    const char *file = hf_connection_password_file();
    if (file == NULL && !hf_connection_may_ask())
        return hf_option_fail(error, "the password for %s is missing: name a file with it by --password-file",
                              hf_tds_target_describe(*target));
    g_autofree char *prompt = g_strdup_printf("Password for %s", hf_tds_target_describe(*target));
    char *secret = file != NULL ? hf_password_read_line("--password-file", file, error)
                                : hf_password_ask(prompt, "--password-file", cancellable, error);
    if (secret == NULL)
        return false;
    HfTdsTarget *complete = hf_tds_target_with_password(*target, secret);
    hf_age_secret_free(secret);
    hf_tds_target_free(*target);
    *target = complete;
    return true;
}
