#include "service/request_retention.h"

#include "base/error.h"
#include "catalog/restore_table.h"
#include "catalog/schedule_table.h"
#include "service/request_body.h"

#include <string.h>

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

char *hf_request_drop_unfinished(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    static const HfBodyRule rules[] = {{"server_id", HF_BODY_ID, .required = true},
                                       {"database_name", HF_BODY_TEXT, .required = true, .max = 128}};
    if (!hf_body_check(json, body, rules, G_N_ELEMENTS(rules), error))
        return NULL;
    const char *name = hf_body_text(json, body, "database_name");
    g_autoptr(HfServerRow) server = hf_server_get(self->catalog, self->organization, id, error);
    if (server == NULL)
        return NULL;
    g_autofree char *request = hf_body_write(json, body, rules, G_N_ELEMENTS(rules));
    g_autofree char *place = hf_request_hold_place(server->id, name);
    /* Scratch databases are copies of the maintenance database. */
    g_autofree char *holds = strcmp(name, server->maintenance_db) == 0
                                 ? g_strdup_printf("%s scratch:%s", place, server->id)
                                 : g_strdup(place);
    HfNewJob job = {.kind = "retention",
                    .name = name,
                    .request = request,
                    .holds = holds,
                    .server_id = server->id,
                    .database_name = name,
                    .pool = server->pool};
    g_autofree char *made = hf_request_make(self, &job, "server", server->id, server->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}

char *hf_request_expire_copies(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    if (!hf_body_check(json, body, NULL, 0, error))
        return NULL;
    g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, id, error);
    if (database == NULL || !hf_kept_note_try(self->catalog, database->id, error))
        return NULL;
    g_autofree char *holds = hf_request_hold_database(database);
    HfNewJob job = {.kind = "retention",
                    .name = database->name,
                    .request = "{}",
                    .holds = holds,
                    .database_id = database->id,
                    .pool = database->pool};
    g_autofree char *made = hf_request_make(self, &job, "database", database->id, database->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}
