/*
 * PostgreSQL as an end of the pipeline: a source of tables (and large objects) in one snapshot, and a sink that loads
 * them.
 */
#ifndef HF_ENGINE_ENDS_POSTGRES_H
#define HF_ENGINE_ENDS_POSTGRES_H

#include "engine/progress.h"
#include "engine/sink.h"
#include "engine/source.h"
#include "pg/connection.h"

/* ---- Source --------------------------------------------------------------------------------------------------------
 */

/*
 * Each reader opens a connection of its own and takes the exported `snapshot` (NULL: a snapshot of its own, for a
 * database that nobody else writes). Rows of a slice's table come as COPY prints them in the table's format.
 * `through_root` reads tables that have a load root through that root: then a slice of any such table gives all rows of
 * the root. `shared`, if not NULL, is the one connection to use in place of opening some (a restore in one
 * transaction); then only one lane may run. All borrowed.
 */
typedef struct {
    HfSource source;
    const HfPgTarget *target;
    const char *snapshot;
    const char *encoding; /* the client encoding; NULL the database's own */
    bool through_root;
    HfPg *shared;
} HfPostgresSource;

void hf_postgres_source_init(HfPostgresSource *self, const HfPgTarget *target, const char *snapshot,
                             const char *encoding);

/* ---- Sink ----------------------------------------------------------------------------------------------------------
 */

/*
 * Loads slices by COPY in the table's format. The first slice of a table (part 0) truncates it and loads with FREEZE in
 * one transaction, where that is allowed; whoever schedules runs the others after it. Each slice is one transaction: it
 * is there whole or not at all. The count that the server reports must be the rows that were sent.
 */
typedef struct {
    HfSink sink;
    const HfPgTarget *target;
    const char *encoding;
    HfPg *shared;         /* as in HfPostgresSource; its transaction is the caller's */
    HfProgress *progress; /* told of the bytes that go out; may be NULL */
} HfPostgresSink;

void hf_postgres_sink_init(HfPostgresSink *self, const HfPgTarget *target, const char *encoding);

/* "(a, b)" quoted, with a leading blank, or "" for a table without columns to copy. Transfer full. */
char *hf_postgres_column_list(const HfManifestTable *table);

/* Large objects travel in pieces of this many bytes, at multiples of it. */
#define HF_LARGE_OBJECT_PIECE_BYTES 262144

#endif
