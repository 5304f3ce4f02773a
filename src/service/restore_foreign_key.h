/*
 * What the server reads when it checks a foreign key that is made, as the dump tells.
 *
 * It goes faster when it knows how many rows there are, and when an index gives those of the table in the key's order:
 * then it merges two indexes, and keeps no table of hashes of all the rows that are pointed at (once for each
 * partition).
 */
#ifndef HF_SERVICE_RESTORE_FOREIGN_KEY_H
#define HF_SERVICE_RESTORE_FOREIGN_KEY_H

#include "pg/dump_toc.h"

typedef struct HfForeignKeyReads HfForeignKeyReads;

/* The dump is borrowed. Transfer full. */
HfForeignKeyReads *hf_foreign_key_reads_new(const HfDumpToc *toc);
void hf_foreign_key_reads_free(HfForeignKeyReads *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfForeignKeyReads, hf_foreign_key_reads_free)

/* Of an FK CONSTRAINT: both tables with all their partitions, and the indexes (with constraints that stand on one) of
 * the table that points whose first columns are the key's. A set of HfTocEntry*, borrowed; transfer container. */
GHashTable *hf_foreign_key_reads(const HfForeignKeyReads *self, const HfTocEntry *key);

#endif
