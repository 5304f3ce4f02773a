/*
 * The use case migrate into SQL Server: a live PostgreSQL database, in one snapshot, or a backup by way of a scratch
 * database, into an empty database there, proved. The source is only read. What was finished stays if it is
 * interrupted, and the same call goes on from there.
 */
#ifndef HF_SERVICE_MIGRATE_MSSQL_H
#define HF_SERVICE_MIGRATE_MSSQL_H

#include "engine/ends/mssql.h"
#include "service/assess.h"
#include "service/migrate.h"
#include "tds/target.h"

#define HF_MIGRATE_MSSQL_READINGS 2 /* for assess.readings: the load and the proof */

/* A part that was finished without rows that the server refused. */
typedef struct {
    char *name; /* the same in each call */
    uint64_t refused;
} HfKeptPart;

typedef struct HfMigrateMssqlResult HfMigrateMssqlResult;

typedef struct {
    HfAssessOptions assess;           /* the source, what of it, and the map */
    uint64_t lock_wait_ms;            /* for the source's tables; 0: wait for ever */
    HfOthers others;                  /* of a live one */
    const HfSourceHaltKeeper *keeper; /* of a halt; NULL: nobody */
    uint64_t patience_ms; /* for the lock of another migration into there: one that died has it for a moment */
    const HfTdsTarget *target;
    const char *master_key_password; /* for the default key, where the target has no master key; NULL: none */
    unsigned jobs;
    /*
     * Rows that SQL Server refuses: with a limit of 0 the first ends the migration; else they are left out, so many of
     * them with those that an earlier call has left out, and told. Each of these may be NULL.
     *
     * on_kept     comes once, before any row is told: the parts (HfKeptPart) that an earlier call has finished without
     *             some rows, which it has told. What it told of other parts is void, and is told again.
     * on_refused  all such rows (HfMssqlRefused) of one part. The part is committed after it, never before, so what is
     *             durable when it returns is not lost.
     * on_proved   comes when both sides are equal, before the target forgets what was put aside: the last moment to
     *             note what came of it. The result has it all. If this process dies after that, whoever has noted it
     *             ends it with hf_migrate_mssql_finish; the same call would find the target full.
     */
    guint refused_limit;
    bool (*on_kept)(const GPtrArray *kept, gpointer data, GError **error);
    bool (*on_refused)(const HfNeutralTable *table, const char *part, const GPtrArray *rows, gpointer data,
                       GError **error);
    bool (*on_proved)(const HfMigrateMssqlResult *result, gpointer data, GError **error);
    gpointer data;
    bool discreet; /* the error names no values of rows, as others read it, too: the result's `detail` does */
} HfMigrateMssqlOptions;

typedef struct {
    const HfNeutralTable *table;
    const char *there; /* "[dbo].[orders]" */
    HfRowDigest source, target;
    bool compared;    /* the target was read back */
    char *difference; /* which rows and columns differ; NULL: none, or not known */
} HfMigratedTable;

struct HfMigrateMssqlResult {
    HfAssessment assessment;
    char *into;              /* "shop at sql.example.com:1433" */
    GPtrArray *tables;       /* HfMigratedTable */
    char *warning;           /* of others on the source; NULL: none */
    guint steps, steps_done; /* of what is made after the rows: keys, indexes … */
    guint refused;           /* rows that were left out */
    guint refused_before;    /* those of them that a call before this one has told */
    guint parts_kept;        /* loaded by a call before this one */
    uint64_t rows, bytes;    /* of all tables at the source */
    bool proved;
    char plan_digest[HF_DIGEST_HEX_SIZE]; /* for hf_migrate_mssql_finish; empty: nothing is made yet */
    char *line;                           /* one line that says what came of it */
    char *detail;                         /* what a discreet error leaves out; NULL: nothing */
};

/*
 * HF_ERROR_LIMIT names values that the map says to refuse; HF_ERROR_CONFLICT if others are connected to the source, if
 * the target holds already what would be made, or another migration into it is under way or was of something else;
 * HF_ERROR_DIFFER if both sides are not equal in the end. After a failure the error says what is unfinished. The result
 * is to be cleared, whatever comes back. Where services are halted they stay so once both sides are equal, whatever
 * follows.
 */
bool hf_migrate_mssql(const HfMigrateMssqlOptions *options, HfProgress *progress, GCancellable *cancellable,
                      HfMigrateMssqlResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_migrate_mssql_result_clear(HfMigrateMssqlResult *self);
/* After a call that was proved, by its result's `plan_digest`: the notes that it has left in the target go, if they are
 * still there. Nothing else is touched. */
bool hf_migrate_mssql_finish(const HfTdsTarget *target, const char *plan_digest, uint64_t patience_ms,
                             GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Members of the object that the writer is in: what the assessment has, and the proof. */
void hf_migrate_mssql_write(const HfMigrateMssqlResult *self, HfJsonWriter *json);
/* The assessment's page with the proof at its top. Transfer full. */
char *hf_migrate_mssql_html(const HfMigrateMssqlResult *self);

#endif
