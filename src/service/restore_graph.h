/*
 * The tasks of a restore, in lanes of one connection each: rows, proofs, indexes and the rest of post-data, statistics,
 * grants, materialized views. Private to the restore: see restore_load.h for the whole.
 */
#ifndef HF_SERVICE_RESTORE_GRAPH_H
#define HF_SERVICE_RESTORE_GRAPH_H

#include "service/restore_lanes.h"

typedef struct HfRestoreGraph HfRestoreGraph;

/* `options` is borrowed. What the origin's manifest does not know of the tables before their rows are read, the run
 * writes into it. */
HfRestoreGraph *hf_restore_graph_new(const HfRestoreLoad *options);
void hf_restore_graph_free(HfRestoreGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfRestoreGraph, hf_restore_graph_free)

/* Loads the rows, and once all are there runs `loaded` at once; reads them back for the proof, makes what post-data
 * holds and takes statistics; then `grant`, which gives owners and others their rights; then materialized views by
 * their dependencies. The schema and empty large objects are there already. `pg` asks questions before that. No lane
 * reads of the origin when `loaded` runs. */
bool hf_restore_graph_run(HfRestoreGraph *self, HfPg *pg, HfRestoreStep loaded, HfRestoreStep grant, gpointer data,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_restore_is_refresh(const HfTocEntry *entry);

/* After the run: whether it took the table, and whether what was read back is what the manifest says. Of tables that
 * are loaded through one root, one answers for all. */
bool hf_restore_graph_loads(HfRestoreGraph *self, const HfManifestTable *table);
bool hf_restore_graph_is_proved(HfRestoreGraph *self, const HfManifestTable *table);

#endif
