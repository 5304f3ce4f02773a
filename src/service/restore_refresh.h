/*
 * What the refresh of a materialized view reads, as the dump's dependencies tell, and what it needs for that.
 */
#ifndef HF_SERVICE_RESTORE_REFRESH_H
#define HF_SERVICE_RESTORE_REFRESH_H

#include "engine/ends/postgres_schema.h"

/* Adds to `reads` (a set of HfTocEntry*, borrowed) what the refresh depends on, through views and to the partitions of
 * tables. True, with the set not complete, if there is code of users among it. */
bool hf_refresh_reads(const HfSchema *schema, const HfTocEntry *refresh, GHashTable *reads);

/* Whether the refresh needs no grant, and means the same before grants, policies and the values of sequences: it reads
 * tables, all that it reads belongs to its own owner, in schemas of his, has its final form, and is told by
 * dependencies; and nothing hides rows of anything. When in doubt, not. */
bool hf_refresh_stands_alone(const HfSchema *schema, const HfTocEntry *refresh, GHashTable *reads);

#endif
