#include "service/request_verify.h"

#include "base/error.h"
#include "catalog/backup_table.h"
#include "catalog/server_table.h"
#include "service/request_body.h"

#include <string.h>

static const HfBodyRule rules[] = {
    {"against_database_id", HF_BODY_ID},
    {"restore_to_server_id", HF_BODY_ID},
    {"jobs", HF_BODY_NUMBER, .min = 1, .max = 128},
    {"identity", HF_BODY_SECRET, .max = 1000},
};

/* The server to restore to, or that of the database to compare with; NULL without error: neither. Transfer full. */
static bool find_server(HfRequester *self, const HfJson *json, HfJsonNode body, char **server_id, char **pool,
                        GError **error)
{
    const char *against = hf_body_text(json, body, "against_database_id");
    const char *restore_to = hf_body_text(json, body, "restore_to_server_id");
    if (against != NULL && restore_to != NULL) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "against_database_id and restore_to_server_id exclude each other");
        return false;
    }
    if (against != NULL) {
        g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, against, error);
        if (database != NULL) {
            *server_id = g_strdup(database->server_id);
            *pool = g_strdup(database->pool);
        }
        return database != NULL;
    }
    if (restore_to == NULL)
        return true;
    g_autoptr(HfServerRow) server = hf_server_get(self->catalog, self->organization, restore_to, error);
    if (server != NULL) {
        *server_id = g_strdup(server->id);
        *pool = g_strdup(server->pool);
    }
    return server != NULL;
}

char *hf_request_verify(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    g_autofree char *server_id = NULL, *pool = NULL;
    g_autoptr(GBytes) secret = NULL;
    if (!hf_body_check(json, body, rules, G_N_ELEMENTS(rules), error))
        return NULL;
    g_autoptr(HfBackupRow) backup = hf_backup_get(self->catalog, self->organization, id, error);
    if (backup == NULL || !find_server(self, json, body, &server_id, &pool, error))
        return NULL;
    if (strcmp(backup->state, "deleted") == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s is deleted", backup->name);
        return NULL;
    }
    if (pool == NULL && (pool = hf_backup_pool(self->catalog, backup->id, error)) == NULL)
        return NULL;
    if (!hf_request_seal(self, hf_body_text(json, body, "identity"), &secret, error))
        return NULL;
    g_autofree char *request = hf_body_write(json, body, rules, G_N_ELEMENTS(rules));
    const char *restore_to = hf_body_text(json, body, "restore_to_server_id");
    g_autofree char *holds = restore_to != NULL ? g_strdup_printf("backup:%s scratch:%s", backup->id, restore_to)
                                                : g_strconcat("backup:", backup->id, NULL);
    HfNewJob job = {.kind = "verify",
                    .name = backup->name,
                    .request = request,
                    .holds = holds,
                    .server_id = server_id,
                    .database_id = server_id == NULL ? NULL : hf_body_text(json, body, "against_database_id"),
                    .backup_id = backup->id,
                    .pool = pool,
                    .secret = secret};
    g_autofree char *made = hf_request_make(self, &job, "backup", backup->id, backup->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}
