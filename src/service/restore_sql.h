/*
 * Runs SQL members of an archive, a statement a line, however many there are: some hundred at a time, so that neither
 * our memory nor the server's locks grow with them.
 */
#ifndef HF_SERVICE_RESTORE_SQL_H
#define HF_SERVICE_RESTORE_SQL_H

#include "service/restore_load.h"

/* Appends to `sql` what is to be run for a statement of the archive, on a line of its own; which may be nothing. */
typedef bool (*HfRestoreStatementFunc)(const char *statement, gpointer data, GString *sql, GError **error);

/* Runs the member `first` and those that continue it; nothing if the archive has none. `take` NULL: runs the statements
 * as they stand. Each batch is a transaction of its own, unless the connection is in one. */
bool hf_restore_run_sql(const HfRestoreLoad *load, HfPg *pg, const char *first, HfRestoreStatementFunc take,
                        gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
