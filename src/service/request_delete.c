#include "service/request_delete.h"

#include "base/error.h"
#include "catalog/backup_table.h"
#include "service/request_body.h"

#include <string.h>

static bool check_backup(const HfBackupRow *backup, GError **error)
{
    if (strcmp(backup->state, "deleted") == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s is deleted already", backup->name);
        return false;
    }
    if (backup->is_pinned) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s is pinned: unpin it first", backup->name);
        return false;
    }
    return true;
}

char *hf_request_delete(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    if (!hf_body_check(json, body, NULL, 0, error))
        return NULL;
    g_autoptr(HfBackupRow) backup = hf_backup_get(self->catalog, self->organization, id, error);
    if (backup == NULL || !check_backup(backup, error))
        return NULL;
    g_autofree char *pool = hf_backup_pool(self->catalog, backup->id, error);
    if (pool == NULL)
        return NULL;
    g_autofree char *holds = g_strconcat("backup:", backup->id, NULL);
    HfNewJob job = {.kind = "delete",
                    .name = backup->name,
                    .request = "{}",
                    .holds = holds,
                    .database_id = backup->database_id,
                    .backup_id = backup->id,
                    .pool = pool};
    g_autofree char *made = hf_request_make(self, &job, "backup", backup->id, backup->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}
