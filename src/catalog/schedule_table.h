/*
 * Schedules. When one runs next is computed outside (base/cron.h) and kept here.
 *
 * A run is made in one transaction: hf_schedule_advance, which only one caller wins, and a job for each database. So a
 * leader that dies half way has made none of them, and two leaders make them once.
 */
#ifndef HF_CATALOG_SCHEDULE_TABLE_H
#define HF_CATALOG_SCHEDULE_TABLE_H

#include "catalog/noun.h"

/*
 * Fields: name, description, is_active, interval_s or cron with time_zone, starts_at, server_id with database_pattern
 * or database_ids, storage_id, folder, prefix, key_ids, keep_count, keep_days, pool, options. After create and after a
 * change, in the same transaction, next_run_at is to be set.
 */
extern const HfNoun hf_noun_schedule;

typedef struct {
    char *id, *organization, *name;
    char *cron, *time_zone; /* cron NULL: by interval */
    char *server_id, *database_pattern;
    char *storage_id, *folder, *prefix;
    char *pool;         /* NULL: the server's */
    char *options;      /* a JSON object: what a backup job takes */
    int64_t interval_s; /* 0: by cron */
    int64_t starts_us;
    int64_t next_us, last_us;      /* -1: none */
    int64_t keep_count, keep_days; /* 0: no bound */
    bool is_active;
} HfScheduleRow;
void hf_schedule_row_free(HfScheduleRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfScheduleRow, hf_schedule_row_free)

HfScheduleRow *hf_schedule_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The active ones whose time has come by `now_us`, or that have none yet, oldest first, at most 100; elements
 * HfScheduleRow. Transfer full. */
GPtrArray *hf_schedule_due(HfCatalog *catalog, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The active ones whose time is after `now_us`, the last first; elements HfScheduleRow. Transfer full. */
GPtrArray *hf_schedule_waiting(HfCatalog *catalog, int64_t now_us, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/*
 * Sets the next time (-1: none) if it is still `row->next_us`, and if `ran_us` is not -1 that it ran then.
 * HF_ERROR_CONFLICT: somebody else did.
 */
bool hf_schedule_advance(HfCatalog *catalog, const HfScheduleRow *row, int64_t next_us, int64_t ran_us, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* That somebody runs it now by hand; before its jobs are made, as above. */
bool hf_schedule_note_run(HfCatalog *catalog, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What it means now: the databases named, or those registered that the pattern matches; elements HfDatabaseRow (of
 * server_table.h). Transfer full. */
GPtrArray *hf_schedule_databases(HfCatalog *catalog, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those of `names` (NULL-terminated) that its pattern matches and that are not registered; NULL-terminated, transfer
 * full. */
char **hf_schedule_new_databases(HfCatalog *catalog, const char *id, const char *const *names, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
