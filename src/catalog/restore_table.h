/*
 * What surrounds a restore: preflights, the halt of services, and what a swap keeps.
 */
#ifndef HF_CATALOG_RESTORE_TABLE_H
#define HF_CATALOG_RESTORE_TABLE_H

#include "catalog/noun.h"
#include "catalog/server_table.h"

/* Read: {"id", "job_id", "request", "result" or null, "created_at", "created_by", "expires_at"}. */
extern const HfNoun hf_noun_preflight;

/* `job_id` (may be NULL) is the job that makes it, `request_json` what is asked. Transfer full: the id. */
char *hf_preflight_create(HfCatalog *catalog, const char *organization, const char *job_id, const char *request_json,
                          const char *created_by, int64_t expires_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* {"ok", "findings": [{"fatal", "text"}]} of the preflight that the job makes. */
bool hf_preflight_set_result(HfCatalog *catalog, const char *job_id, const char *result_json, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* ---- Halts ---------------------------------------------------------------------------------------------------------
 */

/* What of a database's services is halted, each by itself. */
typedef struct {
    bool connections; /* new ones are refused, and open sessions are ended */
    bool gate;        /* nginx answers in the site's place */
    bool webhooks;    /* others are told before and after */
} HfHaltParts;

/* Whose services are halted, and until when at the latest. */
typedef struct {
    char *database_id, *organization, *job_id;
    int attempt; /* of the job */
    int64_t halted_us, until_us;
    HfHaltParts parts;
    bool is_orphan; /* its job does not run any more, or has not prolonged it */
} HfHaltRow;
void hf_halt_row_free(HfHaltRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfHaltRow, hf_halt_row_free)

/* Who halts what: an attempt of a job. One that was thought dead and comes back touches nothing of the next one's. */
typedef struct {
    const char *database_id, *job_id;
    int attempt;
} HfHalter;

/* Before anything is halted: for so long, by the catalog's clock. HF_ERROR_CONFLICT: another job halts it, or a later
 * attempt. */
bool hf_halt_begin(HfCatalog *catalog, const char *organization, const HfHalter *halter, const HfHaltParts *parts,
                   unsigned for_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For so long from now on. *still false: it is not this one's any more, and nothing is done. */
bool hf_halt_prolong(HfCatalog *catalog, const HfHalter *halter, unsigned for_s, bool *still, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whether another job or a later attempt halts it by now. Inside a transaction nobody else begins to until its end. */
bool hf_halt_is_taken(HfCatalog *catalog, const HfHalter *halter, bool *taken, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* *halt NULL: it is not halted; transfer full. */
bool hf_halt_get(HfCatalog *catalog, const char *database_id, HfHaltRow **halt, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* When all of it has resumed. True also if it was not halted, or is taken. */
bool hf_halt_end(HfCatalog *catalog, const HfHalter *halter, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For the leader: those whose time is over, or whose job does not run; elements HfHaltRow, transfer full. Where only
 * the gate is closed the row is gone; for the others it is noted that a job is asked for that resumes them, and if that
 * comes to nothing they are given again after a minute. A clock that was set back prolongs none: what lies further
 * ahead than twice `longest_s`, for which a halt is begun and prolonged, is brought back to that. */
GPtrArray *hf_halt_orphans(HfCatalog *catalog, unsigned longest_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Kept copies ---------------------------------------------------------------------------------------------------
 */

/* The first step of a job that may have made a scratch database on the server that it asks for. */
#define HF_STEP_SCRATCH "scratch"

/* A swap has kept what was live, until `until` (RFC 3339). Again, it does nothing. */
bool hf_kept_add(HfCatalog *catalog, const char *organization, const char *database_id, const char *name,
                 const char *until, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An undo has brought it back. True also if it was not known. */
bool hf_kept_remove(HfCatalog *catalog, const char *database_id, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Of all that is kept of the database, which stays on its server: so that it can be removed from the catalog. The
 * names, NULL-terminated, transfer full. */
char **hf_kept_leave(HfCatalog *catalog, const char *organization, const char *database_id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Forgets all of the database but `there` (NULL-terminated); the names of those forgotten, transfer full. */
char **hf_kept_settle(HfCatalog *catalog, const char *database_id, const char *const *there, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* For the leader: databases with a copy whose time was over a minute before `now_us`, if dropping it was not tried in
 * the six hours before; and those that a restore or migration has been to that failed or was cancelled, which may have
 * left its unfinished one. Elements HfDatabaseRow. Transfer full. */
GPtrArray *hf_kept_due(HfCatalog *catalog, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The latter where the target is not registered; and the maintenance databases of servers where such a job may have
 * left its scratch database (HF_STEP_SCRATCH): organization, server, name, organization …, NULL-terminated, transfer
 * full. */
char **hf_kept_due_unregistered(HfCatalog *catalog, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A job is made that is to drop what is over. */
bool hf_kept_note_try(HfCatalog *catalog, const char *database_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
