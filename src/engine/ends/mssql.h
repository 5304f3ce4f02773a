/*
 * SQL Server as an end of the pipeline: a sink of rows by bulk load, and a source that reads them back in the same
 * form, so that the digests of both sides can be compared.
 *
 * The form is COPY's binary one of a few types (HfMssqlLoadColumn.kind), of values that PostgreSQL has brought into the
 * shape of the column there. What is awkward was decided there (engine/ends/postgres_values.h); nothing is decided
 * here.
 */
#ifndef HF_ENGINE_ENDS_MSSQL_H
#define HF_ENGINE_ENDS_MSSQL_H

#include "engine/ends/mssql_plan.h"
#include "engine/sink.h"
#include "engine/source.h"
#include "tds/connection.h"

typedef struct {
    const HfMssqlColumn *column;
    unsigned ordinal;   /* its place in the table there, from 1 */
    HfNeutralKind kind; /* of hf_postgres_value_sql's shapes */
    bool padded;
    int64_t limit; /* of TEXT and BYTES, in bytes there; 0: none */
} HfMssqlLoadColumn;

/* A table on its way. */
typedef struct {
    const HfMssqlTable *there;
    HfManifestTable *info; /* as the pipeline knows it, with the query that reads its rows from PostgreSQL */
    GArray *columns;       /* HfMssqlLoadColumn: those whose values are sent */
} HfMssqlLoad;

/* All of a plan's tables: HfMssqlLoad, in its order, transfer full. HF_ERROR_USAGE for a type of the map whose values
 * could not be compared. Plan and map are borrowed for its life. */
GPtrArray *hf_mssql_loads_new(const HfMssqlPlan *plan, const HfMssqlMap *map, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Borrowed; NULL: none. */
const HfMssqlLoad *hf_mssql_loads_find(const GPtrArray *loads, const HfManifestTable *info);

/*
 * Each slice is one transaction, there whole or not at all. `on_end` (may be NULL) may write what is to be committed
 * with it, and is given the digest of the rows.
 */
typedef struct {
    HfSink sink;
    const HfTdsTarget *target;
    const GPtrArray *loads;
    bool (*on_end)(HfTds *tds, const HfSlice *slice, const HfRowDigest *digest, gpointer data, GError **error);
    gpointer data;
} HfMssqlSink;

/* All borrowed. */
void hf_mssql_sink_init(HfMssqlSink *self, const HfTdsTarget *target, const GPtrArray *loads);

/* A slice of it is a whole table, whatever it says. */
typedef struct {
    HfSource source;
    const HfTdsTarget *target;
    const GPtrArray *loads;
} HfMssqlSource;

void hf_mssql_source_init(HfMssqlSource *self, const HfTdsTarget *target, const GPtrArray *loads);

/* The kind of a value for the connection. */
HfTdsKind hf_mssql_tds_kind(HfNeutralKind kind);

/* Days from SQL Server's first day that counts (1900-01-01) to PostgreSQL's (2000-01-01). */
#define HF_MSSQL_EPOCH_DAYS 36524
#define HF_MICROSECONDS_A_DAY ((int64_t)86400 * 1000000)

#endif
