/*
 * How far a migration into SQL Server has come: three tables in the target, which go when it is proved. What they say
 * is committed together with what it says, so that a crash never leaves rows twice or a step half done.
 */
#ifndef HF_SERVICE_MSSQL_STATE_H
#define HF_SERVICE_MSSQL_STATE_H

#include "engine/ends/mssql.h"

/* A part of a table: a range of its pages at the source. */
typedef struct {
    HfSlice slice; /* first, so that a part is known by it */
    bool done;
    HfRowDigest digest; /* of the rows of one that is done */
    HfRowDigest aside;  /* of those that it was done without */
} HfMssqlPart;

typedef struct {
    HfTds *lock;       /* a session that holds the migration's lock, so that there is one at a time */
    GPtrArray *parts;  /* HfMssqlPart */
    GHashTable *steps; /* of those after the rows that are done: their numbers as pointers */
    bool made;         /* what comes before the rows is there, or may be */
    char plan_digest[HF_DIGEST_HEX_SIZE]; /* since it is open: of what it is a migration */
} HfMssqlState;

/* First of all; all zero before. HF_ERROR_CONFLICT if another migration is at work and does not end within the
 * patience. */
bool hf_mssql_state_lock(HfMssqlState *self, const HfTdsTarget *target, uint64_t patience_ms, GCancellable *cancellable,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether hf_mssql_state_open would be refused, HF_ERROR_CONFLICT. */
bool hf_mssql_state_check(HfTds *tds, const HfMssqlPlan *plan, const GPtrArray *loads, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/*
 * Makes what the plan has before the rows and the tables of the state, in one transaction; or finds them. `slices`
 * (HfSlice, by load) are the parts of a new one. HF_ERROR_CONFLICT if objects of the plan are there and no state that
 * fits it.
 */
bool hf_mssql_state_open(HfMssqlState *self, HfTds *tds, const HfMssqlPlan *plan, const GPtrArray *loads,
                         const GPtrArray *slices, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_mssql_state_clear(HfMssqlState *self);

/* For HfMssqlSink.on_end: notes the part in the transaction of its rows; HF_ERROR_DATABASE if somebody else has done
 * so. `slice` is that of a part. */
bool hf_mssql_state_end_part(HfTds *tds, const HfSlice *slice, const HfRowDigest *digest, const HfRowDigest *aside,
                             gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A part's name, which no other part has. Transfer full. */
char *hf_mssql_state_part_name(const HfSlice *slice);
/* For HfMssqlSink.on_commit. */
void hf_mssql_state_part_is_done(const HfSlice *slice, gpointer data);
/* After a load that failed: which parts are there. */
bool hf_mssql_state_look(HfMssqlState *self, HfTds *tds, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Empties a table, and all its parts are to be loaded again. */
bool hf_mssql_state_forget(HfMssqlState *self, HfTds *tds, const HfMssqlLoad *load, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Runs a step after the rows, once. What sets a counter is run each time. From any thread. */
bool hf_mssql_state_step(const HfMssqlState *self, HfTds *tds, guint number, const char *sql, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Everything is done. */
bool hf_mssql_state_drop(HfMssqlState *self, HfTds *tds, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As hf_mssql_state_drop, of one that is known by its plan alone. True also if it is not there any more; that of
 * another plan is not touched. Errors also of hf_mssql_state_lock. */
bool hf_mssql_state_drop_of(const HfTdsTarget *target, const char *plan_digest, uint64_t patience_ms,
                            GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
