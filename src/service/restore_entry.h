/*
 * What an entry of the dump is to a restore.
 */
#ifndef HF_SERVICE_RESTORE_ENTRY_H
#define HF_SERVICE_RESTORE_ENTRY_H

#include "pg/dump_toc.h"

/* Code of users, which may look anywhere and write anywhere. */
bool hf_toc_entry_is_code(const HfTocEntry *entry);
/* Reading a table might not see all of it any more. */
bool hf_toc_entry_hides_rows(const HfTocEntry *entry);
bool hf_toc_entry_is_foreign_key(const HfTocEntry *entry);
/* An index, or a constraint that stands on one (or checks rows). */
bool hf_toc_entry_is_index(const HfTocEntry *entry);
/* Whether ANALYZE finds something to do in it besides the table's columns. */
bool hf_toc_entry_may_have_statistics(const HfTocEntry *entry);
/* Indexes of one table are built side by side, unless more follows in their transaction (CLUSTER ON, REPLICA IDENTITY):
 * two of them would each hold the lock that keeps the other from its stronger one. */
bool hf_toc_entry_needs_table_alone(const HfTocEntry *entry);

#endif
