/*
 * The use case assess: what becomes of a PostgreSQL database in SQL Server, before anything is moved.
 */
#ifndef HF_SERVICE_ASSESS_H
#define HF_SERVICE_ASSESS_H

#include "base/json.h"
#include "engine/ends/mssql_plan.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/progress.h"
#include "pg/target.h"
#include "service/scratch.h"

typedef struct {
    const HfPgTarget *source;
    const HfScratch *scratch; /* the source is this backup, in a scratch database; NULL: `source` is */
    HfScope scope;
    const char *map_file; /* its name, for messages; NULL: no map */
    const char *map_text;
    size_t map_length;
    const char *const *encrypt; /* "schema.table.column", ended by NULL; NULL: none */
    HfMssqlKeyChoice key;       /* for them */
    unsigned readings;          /* of the same rows that come after it, for the progress */
} HfAssessOptions;

typedef struct {
    HfNeutralModel *model;
    HfMssqlMap *map;
    HfMssqlPlan *plan;
    GPtrArray *findings; /* HfAwkwardFinding of engine/ends/postgres_awkward.h */
    uint64_t rows, bytes;
    double estimated_s; /* of a move of the rows over one connection */
} HfAssessment;

/*
 * Reads catalog and rows in one snapshot, and changes nothing. HF_ERROR_USAGE for a map that is none or does not fit;
 * HF_ERROR_NOT_FOUND for patterns that match nothing; DENIED for a table that the role may not read; of a backup what
 * hf_scratch_run has. The result is to be cleared, whatever comes back.
 */
bool hf_assess(const HfAssessOptions *options, HfProgress *progress, GCancellable *cancellable, HfAssessment *result,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same in the caller's transaction, which should be a snapshot, in the scratch database if there is one;
 * `options->source` is not used. */
bool hf_assess_in(const HfAssessOptions *options, HfPg *pg, HfProgress *progress, HfAssessment *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_assessment_clear(HfAssessment *self);

/* Members of the object that the writer is in. */
void hf_assessment_write(const HfAssessment *self, HfJsonWriter *json);
/* One page without scripts that needs nothing else, to read or print. Transfer full. */
char *hf_assessment_html(const HfAssessment *self);
/* The same with what came of it, in HTML, below the summary. */
char *hf_assessment_html_with(const HfAssessment *self, const char *outcome);
/* Appends text as HTML. */
void hf_html_append_text(GString *html, const char *text);
/* How its key is opened, in T-SQL; transfer full; NULL: nothing is encrypted. */
char *hf_assessment_open_key(const HfAssessment *self);
/* What is to be done with the values of a finding: "refuse" …; NULL: there is no choice. Static. `finding` is a
 * HfAwkwardFinding. */
const char *hf_assessment_choice(const HfAssessment *self, gconstpointer finding);
/* Whether its rows would not go: nothing is moved while there is such a finding. */
bool hf_assessment_blocks(const HfAssessment *self, gconstpointer finding);

#endif
