#include "service/request_resume.h"

#include "service/request_body.h"

char *hf_request_resume(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    if (!hf_body_check(json, body, NULL, 0, error))
        return NULL;
    g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, id, error);
    return database != NULL ? hf_request_make_for(self, "resume", database, error) : NULL;
}
