/*
 * PostgreSQL as an end of the pipeline: a source of tables (and large objects) in one snapshot, and a writer that loads
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
 * Each reader opens a connection of its own and takes the exported `snapshot` (NULL: each statement sees what is
 * committed, for a database that nobody else writes). Rows of a slice's table come as COPY prints them in the table's
 * format, binary ones in their normal form (pg/row_normal.h). All borrowed.
 */
typedef struct {
    HfSource source;
    const HfPgTarget *target;
    const char *snapshot;
    const char *encoding; /* that rows travel in: the source database's */
    const HfTypeTable *types;
    /* How long a reader waits for a table's lock; never for ever. The snapshot's own session has that lock, and yet a
     * reader waits if somebody else waits to lock the table exclusively, which waits for the snapshot's session. */
    uint64_t lock_wait_ms;
    const char *setup; /* SQL that each session begins with; NULL: none */
} HfPostgresSource;

#define HF_POSTGRES_LOCK_WAIT_MS 60000 /* of a source unless it is changed after init */

void hf_postgres_source_init(HfPostgresSource *self, const HfPgTarget *target, const char *snapshot,
                             const char *encoding, const HfTypeTable *types);

/*
 * A reader on a connection that is there already and pinned, borrowed. With `through_root`, tables that have a load
 * root are read through that root: a slice of any such table then gives all rows of the root. Rows travel
 * in `encoding`; the session is in UTF8 before and after. `types` (borrowed) holds those of the tables' columns.
 */
HfReader *hf_postgres_reader_new(HfPg *pg, bool through_root, const char *encoding, const HfTypeTable *types);

/* ---- Writer --------------------------------------------------------------------------------------------------------
 */

/*
 * Loads slices by COPY in the table's format, on a connection that is there already and pinned, borrowed. Each slice is
 * one transaction, there whole or not at all; the first of a table (part 0) truncates it and loads with FREEZE, where
 * that is allowed, and whoever schedules runs the others after it. The slices of a table that goes through one lane are
 * one transaction together, and all frozen. With `caller_transaction` everything happens in the caller's transaction,
 * in which the tables were made. The count that the server reports must be the rows that were
 * sent. `progress` (may be NULL) is told of the bytes that go out. `encoding` as for a reader.
 */
HfWriter *hf_postgres_writer_new(HfPg *pg, bool caller_transaction, const char *encoding, HfProgress *progress);

/* Sessions are in UTF8, for names; around a COPY they are in the rows' encoding. */
bool hf_postgres_set_encoding(HfPg *pg, const char *encoding, const char *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A statement in UTF-8 as a session in `encoding` can read it. Transfer full. */
char *hf_postgres_statement_in(const char *sql, const char *encoding);

/* "a, b" quoted; "" for a table without columns to copy. Transfer full. */
char *hf_postgres_column_list(const HfManifestTable *table);

/* Large objects travel in pieces of this many bytes, at multiples of it. */
#define HF_LARGE_OBJECT_PIECE_BYTES 262144

#endif
