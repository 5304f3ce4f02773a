/*
 * The schema of an archive, run against a PostgreSQL database: entries of pg_dump's table of contents, one by one, each
 * named in its error.
 */
#ifndef HF_ENGINE_ENDS_POSTGRES_SCHEMA_H
#define HF_ENGINE_ENDS_POSTGRES_SCHEMA_H

#include "pg/connection.h"
#include "pg/dump_toc.h"

typedef struct {
    HfDumpToc *toc;
    bool *selected;     /* one for each entry; NULL: all */
    bool *left_out;     /* one for each entry, whatever was selected; NULL: none */
    GHashTable *tables; /* OIDs of the tables whose rows are taken, 0 for large objects; NULL: all */
    bool selective;     /* only what was asked for, not all but what was excluded */
    HfTocSqlOptions sql;
} HfSchema;

bool hf_schema_has(const HfSchema *self, size_t index);

/* Runs one entry's SQL; nothing if it has none. */
bool hf_postgres_run_entry(HfPg *pg, const HfSchema *schema, const HfTocEntry *entry, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Runs all entries of a phase in order. */
bool hf_postgres_run_phase(HfPg *pg, const HfSchema *schema, HfTocPhase phase, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Appends a statement that owns, grants or describes a large object (blobs/owners.sql), with its roles mapped; nothing
 * if the options leave it out. HF_ERROR_CORRUPT for any other statement. */
bool hf_postgres_large_object_statement(const char *statement, const HfTocSqlOptions *options, GString *sql,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Empties a database: every schema, extension, publication, event trigger, foreign server, cast, language and large
 * object that users made. The schema public is left, empty; it, what is the system's, and default privileges get
 * the rights of a new database, as far as the role connected may give them. For the caller's transaction.
 */
bool hf_postgres_drop_everything(HfPg *pg, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
