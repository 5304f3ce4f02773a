#include "service/request_resume.h"

#include "base/error.h"
#include "catalog/closure_table.h"
#include "service/request_body.h"

#include <string.h>

static char *make(HfRequester *self, const HfDatabaseRow *database, const char *request, const char *what,
                  GError **error)
{
    /* Not the database: whoever holds that may be at it for hours. */
    g_autofree char *holds = g_strconcat("resume:", database->id, NULL);
    HfNewJob job = {.kind = HF_JOB_RESUME,
                    .name = database->name,
                    .what = what,
                    .request = request,
                    .holds = holds,
                    .database_id = database->id,
                    .pool = database->pool};
    g_autofree char *made = hf_request_make(self, &job, "database", database->id, database->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}

char *hf_request_resume(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    if (!hf_body_check(json, body, NULL, 0, error))
        return NULL;
    g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, id, error);
    return database != NULL ? make(self, database, "{}", NULL, error) : NULL;
}

static bool check_closed(HfRequester *self, const HfDatabaseRow *database, char **what, GError **error)
{
    g_autoptr(HfClosureRow) closure = NULL;
    if (!hf_closure_get(self->catalog, database->id, &closure, error))
        return false;
    if (closure == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s is not closed by a migration", database->name);
        return false;
    }
    if (strcmp(closure->job_state, "running") == 0 || strcmp(closure->job_state, "queued") == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "the migration %s is %s, and %s opens if it fails: wait for its end, or cancel it", closure->job_id,
                    closure->job_state, database->name);
        return false;
    }
    *what = g_strdup_printf("opens what the migration %s has closed", closure->job_id);
    return true;
}

char *hf_request_open(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    g_autofree char *what = NULL;
    if (!hf_body_check(json, body, NULL, 0, error))
        return NULL;
    g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, id, error);
    return database != NULL && check_closed(self, database, &what, error)
               ? make(self, database, "{\"moved\":true}", what, error)
               : NULL;
}
