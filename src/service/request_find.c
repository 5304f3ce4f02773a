#include "service/request_find.h"

char *hf_request_find(HfRequester *self, const HfScheduleRow *schedule, GError **error)
{
    g_autoptr(HfServerRow) server = hf_server_get(self->catalog, self->organization, schedule->server_id, error);
    if (server == NULL)
        return NULL;
    g_autofree char *holds = g_strconcat("find:", schedule->id, NULL);
    HfNewJob job = {.kind = "find",
                    .name = server->name,
                    .request = "{}",
                    .holds = holds,
                    .schedule_id = schedule->id,
                    .pool = schedule->pool != NULL ? schedule->pool : server->pool};
    return hf_request_make(self, &job, "schedule", schedule->id, schedule->name, error);
}
