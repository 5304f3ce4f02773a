/*
 * Sources that a migration has closed (service/source_halt.h): until it fails, and if it does not, until somebody opens
 * them.
 */
#ifndef HF_CATALOG_CLOSURE_TABLE_H
#define HF_CATALOG_CLOSURE_TABLE_H

#include "catalog/catalog.h"
#include "catalog/restore_table.h"

typedef struct {
    char *database_id, *organization, *job_id;
    char *job_state; /* "running" … */
    int attempt;     /* of the job */
    int64_t connection_limit;
    bool is_moved; /* or may have been: it stays closed */
} HfClosureRow;
void hf_closure_row_free(HfClosureRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfClosureRow, hf_closure_row_free)

/* Before it is closed: what its connection limit is to be again. By a later attempt of the same job the rest stays.
 * HF_ERROR_CONFLICT: another job has closed it, or the attempt does not own its job. */
bool hf_closure_begin(HfCatalog *catalog, const HfHalter *halter, int64_t connection_limit, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whether the source is moved or may have been. HF_ERROR_CONFLICT: the attempt does not own the job that closed it. */
bool hf_closure_set_moved(HfCatalog *catalog, const HfHalter *halter, bool moved, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* *closure NULL: it is not closed; transfer full. Inside a transaction nobody else closes or opens it until its end. */
bool hf_closure_get(HfCatalog *catalog, const char *database_id, HfClosureRow **closure, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* When it is open again. */
bool hf_closure_end(HfCatalog *catalog, const char *database_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A database that is to be forgotten stays closed: *connection_limit is what it was; *left: whether it was closed, by a
 * job that has ended. */
bool hf_closure_leave(HfCatalog *catalog, const char *organization, const char *database_id, bool *left,
                      int64_t *connection_limit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For the leader: all but those that somebody is opening; inside a transaction nobody opens them until its end.
 * Elements HfClosureRow, transfer full. */
GPtrArray *hf_closure_list(HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For the leader: those that are not moved, of jobs that do not run. It is noted that a job is asked for that opens
 * them; if that comes to nothing they are given again after a minute. Elements HfClosureRow, transfer full. */
GPtrArray *hf_closure_orphans(HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
