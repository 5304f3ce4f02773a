/*
 * Runs SQL of an archive or a live database, a statement a line, however many there are: some hundred at a time, so
 * that neither our memory nor the server's locks grow with them.
 */
#ifndef HF_SERVICE_RESTORE_SQL_H
#define HF_SERVICE_RESTORE_SQL_H

#include "service/restore_load.h"

/* Appends to `sql` what is to be run for a statement, on a line of its own; which may be nothing. */
typedef bool (*HfRestoreStatementFunc)(const char *statement, gpointer data, GString *sql, GError **error);

/* Runs the origin's SQL of the name `member`, which may be none. `take` NULL: runs the statements as they stand. Each
 * batch is a transaction of its own, unless the connection is in one. */
bool hf_restore_run_sql(const HfRestoreLoad *load, HfPg *pg, const char *member, HfRestoreStatementFunc take,
                        gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
