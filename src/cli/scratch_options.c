#include "cli/scratch_options.h"

#include "cli/connection_options.h"
#include "cli/options.h"

static struct {
    char *server, *password_file;
} options;

GOptionGroup *hf_scratch_options(void)
{
    static const GOptionEntry entries[] = {
        {"scratch", 0, 0, G_OPTION_ARG_STRING, &options.server,
         "For SQL Server an archive is restored into a new database of this PostgreSQL server, which is dropped after",
         "CONNINFO"},
        {"scratch-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options.password_file,
         "That server's password is the first line of this file", "FILE"},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("scratch", "From an archive:", "From an archive", NULL, NULL);
    g_option_group_add_entries(group, entries);
    return group;
}

HfPgTarget *hf_scratch_target_from_options(const char *from, GError **error)
{
    if (options.server != NULL)
        return hf_connection_target_with("--scratch", options.server, "--scratch-password-file", options.password_file,
                                         error);
    hf_option_fail(error,
                   "--from %s is an archive, which only a PostgreSQL server can read for SQL Server: --scratch names "
                   "one ('host=spare dbname=postgres'), where it is restored into a new database that is dropped after",
                   from);
    return NULL;
}

bool hf_scratch_options_check_none(GError **error)
{
    return (options.server == NULL && options.password_file == NULL) ||
           hf_option_fail(error, "--scratch and --scratch-password-file are for an archive that goes to SQL Server");
}
