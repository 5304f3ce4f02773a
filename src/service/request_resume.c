#include "service/request_resume.h"

#include "service/request_body.h"

char *hf_request_resume(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    if (!hf_body_check(json, body, NULL, 0, error))
        return NULL;
    g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, id, error);
    if (database == NULL)
        return NULL;
    /* Not the database: whoever holds that may be at it for hours. */
    g_autofree char *holds = g_strconcat("resume:", database->id, NULL);
    HfNewJob job = {.kind = HF_JOB_RESUME,
                    .name = database->name,
                    .request = "{}",
                    .holds = holds,
                    .database_id = database->id,
                    .pool = database->pool};
    g_autofree char *made = hf_request_make(self, &job, "database", database->id, database->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}
