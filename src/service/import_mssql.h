/* The use case import into a table of SQL Server: the same, but that the first wrong line always ends it. */
#ifndef HF_SERVICE_IMPORT_MSSQL_H
#define HF_SERVICE_IMPORT_MSSQL_H

#include "service/import.h"
#include "tds/target.h"

/*
 * `options->table` is a name, with its schema or in dbo; `options->target` is not looked at, `wrong_limit` is 0. Rows
 * go as INSERT does, so that constraints hold and triggers fire; SQL Server converts texts into the types of the
 * columns.
 */
bool hf_import_mssql(const HfImportOptions *options, const HfTdsTarget *target, HfProgress *progress,
                     GCancellable *cancellable, HfImportResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
