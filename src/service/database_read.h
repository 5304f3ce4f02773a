/*
 * A live database as a backup and a migration read it: one snapshot, held by locks; what stands in it; and its schema
 * by pg_dump, which works in a thread of its own from the moment at which the snapshot is taken.
 */
#ifndef HF_SERVICE_DATABASE_READ_H
#define HF_SERVICE_DATABASE_READ_H

#include "engine/ends/postgres.h"
#include "engine/ends/postgres_catalog.h"

typedef struct {
    const HfPgTarget *source;
    HfScope scope;
    uint64_t lock_wait_ms; /* 0: wait for ever */
} HfDatabaseReadOptions;

typedef struct {
    HfPostgresSnapshot *snapshot;
    HfArchiveHead *head;  /* whole once the schema was had: until then pg_dump's thread adds warnings */
    HfManifest *manifest; /* the tables, large objects last if there are any; no members, parts, proofs and bytes yet */
} HfDatabaseRead;

/* `options` is borrowed. Errors as of hf_postgres_snapshot_open. Transfer full; freeing it stops pg_dump. */
HfDatabaseRead *hf_database_read_open(const HfDatabaseReadOptions *options, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_database_read_free(HfDatabaseRead *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfDatabaseRead, hf_database_read_free)

/* A task (HfTaskFunc) that ends when pg_dump does, so that no more than all lanes' work goes on at once: pg_dump takes
 * a processor as they do. `self` is the HfDatabaseRead. */
bool hf_database_read_await_schema(gpointer lane, gpointer self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The schema as pg_dump's archive, in which there are just the tables of the manifest; the head has then all roles that
 * it names, and all warnings. Waits for it, in the thread that opened; to be called once. Transfer full. */
GBytes *hf_database_read_schema(HfDatabaseRead *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes of a table of the manifest on the source's disk; 0 for large objects. */
uint64_t hf_database_read_bytes(HfDatabaseRead *self, const HfManifestTable *table);
/* Cuts a table of the manifest so that `lanes` lanes are busy, or with `whole` into one slice. Nothing for one whose
 * rows are left out. Appends HfSlice* to `slices`. */
bool hf_database_read_cut(HfDatabaseRead *self, HfManifestTable *table, bool whole, unsigned lanes, GPtrArray *slices,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A source of its rows, to be used no longer than it. */
void hf_database_read_source_init(HfDatabaseRead *self, HfPostgresSource *source);

#endif
