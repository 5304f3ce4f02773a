/* --to-mssql, --to-database, --to-user, --to-root and --to-any-certificate: a database of SQL Server to write to. */
#ifndef HF_CLI_MSSQL_OPTIONS_H
#define HF_CLI_MSSQL_OPTIONS_H

#include "tds/target.h"

#include <gio/gio.h>
#include <stdbool.h>

/* Transfer full. */
GOptionGroup *hf_mssql_target_options(void);
/* As given; NULL: it was not. */
const char *hf_mssql_server(void);
const char *hf_mssql_database(void);
/* Whether any of them is but --to-mssql, to which they belong. */
bool hf_mssql_target_rest_is_given(void);

/* Without a password yet. HF_ERROR_USAGE names what is missing. Transfer full. */
HfTdsTarget *hf_mssql_target_from_options(GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Replaces it by one with the password of --password-file, or one that is asked for. */
bool hf_mssql_settle_password(HfTdsTarget **target, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
