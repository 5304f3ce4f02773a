/* Internal to import: which column of the file goes into which of the table. */
#ifndef HF_SERVICE_IMPORT_MATCH_H
#define HF_SERVICE_IMPORT_MATCH_H

#include "pg/connection.h"
#include "service/import.h"

/* The table that a pattern means, quoted, and its columns (HfImportColumn): transfer full. */
bool hf_import_find_table(HfPg *pg, const char *pattern, char **table, GPtrArray **columns, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Fills what `result` says of columns. fields[i] (transfer full) is then whether field i of a record is sent. */
bool hf_import_match(const HfImportOptions *options, const HfRecord *header, const GPtrArray *columns,
                     HfImportResult *result, bool **fields, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
