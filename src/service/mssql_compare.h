/*
 * Where two sides of a table differ that should be equal: which rows, by their keys, and which columns of them.
 */
#ifndef HF_SERVICE_MSSQL_COMPARE_H
#define HF_SERVICE_MSSQL_COMPARE_H

#include "engine/ends/mssql.h"

/* Reads both sides twice, in bounded memory. "id=50 differs in note, id=7 is missing in the target, and 3 more rows";
 * transfer full. `slices` are those of the source's table. */
char *hf_mssql_compare(const HfMssqlLoad *load, HfSource *source, GPtrArray *slices, HfSource *target,
                       GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
