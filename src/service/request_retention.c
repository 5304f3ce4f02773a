#include "service/request_retention.h"

#include "base/error.h"
#include "catalog/restore_table.h"
#include "catalog/schedule_table.h"
#include "service/request_body.h"

bool hf_request_retention(HfRequester *self, const char *schedule_id, const char *database_id, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfScheduleRow) schedule = hf_schedule_get(self->catalog, self->organization, schedule_id, &reason);
    if (schedule == NULL && !g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    if (schedule == NULL || (schedule->keep_count == 0 && schedule->keep_days == 0))
        return true;
    g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, database_id, error);
    if (database == NULL)
        return false;
    g_autofree char *holds = g_strconcat("retention:", database_id, NULL);
    HfNewJob job = {.kind = "retention",
                    .request = "{}",
                    .holds = holds,
                    .database_id = database_id,
                    .schedule_id = schedule_id,
                    .pool = schedule->pool != NULL ? schedule->pool : database->pool};
    /* Whoever asked for the backup has not asked for this. */
    HfRequester by_schedule = *self;
    g_autofree char *who = g_strconcat("schedule ", schedule->name, NULL);
    by_schedule.actor = who;
    by_schedule.reason = "after a backup";
    g_autofree char *id = hf_request_make(&by_schedule, &job, "schedule", schedule_id, schedule->name, error);
    self->made = by_schedule.made;
    return id != NULL;
}

char *hf_request_expire_copies(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    if (!hf_body_check(json, body, NULL, 0, error))
        return NULL;
    g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, id, error);
    if (database == NULL || !hf_kept_note_try(self->catalog, database->id, error))
        return NULL;
    return hf_request_make_for(self, "retention", database, error);
}
