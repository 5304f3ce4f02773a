#include "service/request_rescan.h"

#include "catalog/storage_table.h"
#include "service/request_body.h"

char *hf_request_rescan(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    if (!hf_body_check(json, body, NULL, 0, error))
        return NULL;
    g_autoptr(HfStorageRow) storage = hf_storage_row_get(self->catalog, self->organization, id, error);
    g_autofree char *pool = storage != NULL ? hf_storage_pool(self->catalog, storage->id, error) : NULL;
    if (pool == NULL)
        return NULL;
    g_autofree char *request = g_strdup_printf("{\"storage_id\":\"%s\"}", storage->id);
    g_autofree char *holds = g_strconcat("storage:", storage->id, NULL);
    HfNewJob job = {.kind = "rescan", .name = storage->name, .request = request, .holds = holds, .pool = pool};
    g_autofree char *made = hf_request_make(self, &job, "storage", storage->id, storage->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}
