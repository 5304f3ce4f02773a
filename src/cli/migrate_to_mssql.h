/*
 * holdfast migrate --to-mssql: options, report and files of a migration into SQL Server.
 */
#ifndef HF_CLI_MIGRATE_TO_MSSQL_H
#define HF_CLI_MIGRATE_TO_MSSQL_H

#include "cli/work.h"
#include "service/migrate_mssql.h"

/* --to-mssql, and what begins with --to- or belongs to it. Transfer full. */
GOptionGroup *hf_mssql_options(void);
/* Whether --to-mssql was given; if not, the error says that none of the others may be. */
bool hf_mssql_options_check(bool *given, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether --test was given, and the test: of the target alone. */
bool hf_mssql_options_test(void);
bool hf_mssql_test(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Does it: `migrate` has the source's scope, `others`, jobs and the wait for locks; target and map come from the
 * options. `source` may be replaced by one with a password. With an archive (its path; NULL: none) that is what is
 * migrated, and `source` is the server of the scratch database. */
bool hf_migrate_to_mssql(HfMigrateMssqlOptions *migrate, const char *archive, HfPgTarget **source, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
