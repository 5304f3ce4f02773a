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
    int64_t limit; /* of TEXT and BYTES, in bytes there (encrypted: before it is); 0: none */
} HfMssqlLoadColumn;

/* A table on its way. */
typedef struct {
    const HfMssqlTable *there;
    HfManifestTable *info; /* as the pipeline knows it, with the query that reads its rows from PostgreSQL */
    GPtrArray *leaves; /* HfManifestTable: partitions, whose rows are read one after the other in place of its own */
    char *select;      /* "SELECT …" of a row, without FROM */
    GArray *columns;   /* HfMssqlLoadColumn: those whose values are sent */
    /* Of a table with encrypted columns, else NULL: its rows go into a temporary table of the session first, and from
     * there encrypted into the table, while the key is open. All within the slice's transaction. */
    char *open_key, *make_plain, *encrypt, *drop_plain;
} HfMssqlLoad;

#define HF_MSSQL_PLAIN_TABLE "#holdfast_part"

/* All of a plan's tables: HfMssqlLoad, in its order, transfer full. HF_ERROR_USAGE for a type of the map whose values
 * could not be compared. Plan and map are borrowed for its life. */
GPtrArray *hf_mssql_loads_new(const HfMssqlPlan *plan, const HfMssqlMap *map, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Another partition. Borrowed. */
HfManifestTable *hf_mssql_load_add_leaf(HfMssqlLoad *self, const char *schema, const char *name);
/* Whether rows of `info` are its rows: itself, or a partition. */
bool hf_mssql_load_has(const HfMssqlLoad *self, const HfManifestTable *info);
/* The load that has it. Borrowed; NULL: none. */
const HfMssqlLoad *hf_mssql_loads_find(const GPtrArray *loads, const HfManifestTable *info);
/*
 * Whether each load into their tables locks the whole of one, from now on: loads share that lock, which without a key
 * there is all that they need, and SQL Server keeps no lock for each row and may log pages instead of rows. An option
 * of the table, for db-lib 1.3 asks for one thing with a load (KEEP_NULLS). Not within a transaction.
 */
bool hf_mssql_loads_lock_tables(HfTds *tds, const GPtrArray *loads, bool on, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Each slice is one transaction, there whole or not at all. `on_end` (may be NULL) may write what is to be committed
 * with it, and is given the digests of the rows that are there and of those that are aside; `on_commit` (may be NULL)
 * comes when it is done.
 */
typedef struct {
    HfSink sink;
    const HfTdsTarget *target;
    const GPtrArray *loads;
    GHashTable *aside; /* const HfSlice to GArray of uint64_t: numbers of rows, from 0, that are not sent; NULL: none */
    GMutex mutex;      /* guards `failed` */
    const HfSlice *failed; /* the first slice of which the server or the writer refused something */
    bool (*on_end)(HfTds *tds, const HfSlice *slice, const HfRowDigest *digest, const HfRowDigest *aside, gpointer data,
                   GError **error);
    void (*on_commit)(const HfSlice *slice, gpointer data);
    gpointer data;
} HfMssqlSink;

/* All borrowed. */
void hf_mssql_sink_init(HfMssqlSink *self, const HfTdsTarget *target, const GPtrArray *loads);
void hf_mssql_sink_clear(HfMssqlSink *self);

/* The key of a row, "id=7", or all of a row that has no key; cut where it is long. Transfer full. */
char *hf_mssql_load_row_key(const HfMssqlLoad *self, const uint8_t *row, size_t length);

/* A row that SQL Server does not take. */
typedef struct {
    const HfSlice *slice;
    uint64_t number; /* in its slice, from 0 */
    char *key;
    char *line; /* all of it, as a line of COPY's text */
    char *reason;
} HfMssqlRefused;

void hf_mssql_refused_free(HfMssqlRefused *self);

/*
 * Finds rows of a slice that the server refuses, by loading them once more in transactions that are rolled back: they
 * are appended to `refused` (HfMssqlRefused), at most `limit` of them. None is found if the refusal was not of a row.
 */
bool hf_mssql_find_refused(HfMssqlSink *sink, HfSource *source, const HfSlice *slice, guint limit, GPtrArray *refused,
                           GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For it: loads rows [from, to) of a block that came as those of a slice, and rolls back. The writer is one that has
 * begun nothing; after a failure it can only be closed. */
bool hf_mssql_writer_try(HfWriter *writer, const HfSlice *slice, const HfBlock *block, size_t from, size_t to,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

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
