#include "service/request_restore.h"

#include "base/error.h"
#include "catalog/backup_table.h"
#include "catalog/restore_table.h"
#include "catalog/server_table.h"
#include "engine/ends/postgres_copies.h"
#include "service/request_body.h"

#include <string.h>

#define PATTERN_BYTES 500
#define MAX_KEEP_S (3660 * 24 * 3600)

#define HALT_RULES                                                                                                     \
    {"halt_connections", HF_BODY_BOOLEAN}, {"halt_gate", HF_BODY_BOOLEAN},                                             \
    {                                                                                                                  \
        "halt_webhooks", HF_BODY_BOOLEAN                                                                               \
    }

static const HfBodyRule rules[] = {
    {"backup_id", HF_BODY_ID, .required = true},
    {"database_id", HF_BODY_ID},
    {"server_id", HF_BODY_ID},
    {"database_name", HF_BODY_TEXT, .max = 63},
    {"mode", HF_BODY_CHOICE, .choices = "swap new in_place"},
    {"proof", HF_BODY_CHOICE, .choices = "digest count none"},
    {"safety", HF_BODY_CHOICE, .choices = "after before none"},
    {"jobs", HF_BODY_NUMBER, .min = 1, .max = 128},
    {"keep_old_s", HF_BODY_NUMBER, .min = 0, .max = MAX_KEEP_S},
    {"no_verify", HF_BODY_BOOLEAN},
    {"no_owner", HF_BODY_BOOLEAN},
    {"no_privileges", HF_BODY_BOOLEAN},
    {"create_roles", HF_BODY_BOOLEAN},
    {"drop_others", HF_BODY_BOOLEAN},
    HALT_RULES,
    {"role_map", HF_BODY_PAIRS},
    {"schemas", HF_BODY_TEXTS, .max = PATTERN_BYTES},
    {"exclude_schemas", HF_BODY_TEXTS, .max = PATTERN_BYTES},
    {"tables", HF_BODY_TEXTS, .max = PATTERN_BYTES},
    {"exclude_tables", HF_BODY_TEXTS, .max = PATTERN_BYTES},
    {"identity", HF_BODY_SECRET, .max = 1000},
};

/* What both steps need to know of what is asked. */
typedef struct {
    HfBackupRow *backup;
    char *server_id, *pool;
    char *database_id; /* NULL: a new one */
    char *new_name;
    char *holds; /* what is written to */
    char *what;  /* is done to which database, for the audit log */
} Target;

static void clear_target(Target *self)
{
    hf_backup_row_free(self->backup);
    g_free(self->server_id);
    g_free(self->pool);
    g_free(self->database_id);
    g_free(self->new_name);
    g_free(self->holds);
    g_free(self->what);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Target, clear_target)

static bool refuse(const char *message, GError **error)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

static bool find_database(HfRequester *self, const char *id, Target *target, GError **error)
{
    g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, id, error);
    if (database == NULL)
        return false;
    target->database_id = g_strdup(database->id);
    target->server_id = g_strdup(database->server_id);
    target->pool = g_strdup(database->pool);
    target->holds = hf_request_hold_database(database);
    target->what = g_strconcat("over the database ", database->name, NULL);
    return true;
}

static bool find_server(HfRequester *self, const char *id, Target *target, GError **error)
{
    g_autoptr(HfServerRow) server = hf_server_get(self->catalog, self->organization, id, error);
    if (server == NULL)
        return false;
    target->server_id = g_strdup(server->id);
    target->pool = g_strdup(server->pool);
    target->holds = hf_request_hold_place(server->id, target->new_name);
    target->what = g_strdup_printf("as the new database %s of the server %s", target->new_name, server->name);
    return true;
}

static bool find_target(HfRequester *self, const HfJson *json, HfJsonNode body, Target *target, GError **error)
{
    const char *database = hf_body_text(json, body, "database_id"), *server = hf_body_text(json, body, "server_id");
    bool is_new = g_strcmp0(hf_body_text(json, body, "mode"), "new") == 0;
    bool in_place = g_strcmp0(hf_body_text(json, body, "mode"), "in_place") == 0;
    target->backup = hf_backup_get(self->catalog, self->organization, hf_body_text(json, body, "backup_id"), error);
    if (target->backup == NULL)
        return false;
    if (strcmp(target->backup->state, "deleted") == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s is deleted", target->backup->name);
        return false;
    }
    if (is_new != (server != NULL) || is_new != (hf_body_text(json, body, "database_name") != NULL) ||
        is_new == (database != NULL))
        return refuse(
            "modes \"swap\" and \"in_place\" take database_id, mode \"new\" takes server_id and database_name", error);
    if (is_new && hf_copy_looks_like(hf_body_text(json, body, "database_name")))
        return refuse("database_name looks like that of a copy that a restore has left: choose another", error);
    if (in_place && g_strcmp0(hf_body_text(json, body, "safety"), "none") == 0)
        return refuse("mode \"in_place\" cannot be undone, so it is backed up first: safety \"none\" is not for it",
                      error);
    target->new_name = g_strdup(hf_body_text(json, body, "database_name"));
    return is_new ? find_server(self, server, target, error) : find_database(self, database, target, error);
}

/* `request` is JSON text that was checked. */
static char *make(HfRequester *self, const char *kind, const char *request, const char *identity, const Target *target,
                  GError **error)
{
    g_autoptr(GBytes) secret = NULL;
    bool writes = strcmp(kind, "restore") == 0;
    g_autofree char *holds = g_strdup_printf("backup:%s %s", target->backup->id, writes ? target->holds : "");
    if (!hf_request_seal(self, identity, &secret, error))
        return NULL;
    HfNewJob job = {.kind = kind,
                    .name = target->backup->name,
                    .request = request,
                    .holds = holds,
                    .server_id = target->server_id,
                    .database_id = target->database_id,
                    .database_name = target->new_name,
                    .backup_id = target->backup->id,
                    .pool = target->pool,
                    .what = target->what,
                    .secret = secret};
    return hf_request_make(self, &job, "backup", target->backup->id, target->backup->name, error);
}

char *hf_request_preflight(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    g_auto(Target) target = {0};
    (void)id;
    if (!hf_body_check(json, body, rules, G_N_ELEMENTS(rules), error) || !find_target(self, json, body, &target, error))
        return NULL;
    g_autofree char *request = hf_body_write(json, body, rules, G_N_ELEMENTS(rules));
    g_autofree char *job = make(self, "preflight", request, hf_body_text(json, body, "identity"), &target, error);
    int64_t expires_us = g_get_real_time() + HF_PREFLIGHT_VALID_S * (int64_t)G_USEC_PER_SEC;
    g_autofree char *preflight = job != NULL ? hf_preflight_create(self->catalog, self->organization, job, request,
                                                                   self->actor, expires_us, error)
                                             : NULL;
    if (preflight == NULL)
        return NULL;
    return g_strdup_printf("{\"job_id\":\"%s\",\"preflight_id\":\"%s\"}", job, preflight);
}

/* ---- Restore -------------------------------------------------------------------------------------------------------
 */

/* What was asked of a preflight that found nothing against it: its document. Transfer full. */
static HfJson *read_preflight(HfRequester *self, const char *id, GError **error)
{
    g_autofree char *text = hf_noun_get(self->catalog, &hf_noun_preflight, self->organization, id, NULL, error);
    g_autoptr(HfJson) json = text != NULL ? hf_json_parse("the preflight", text, strlen(text), 100000, error) : NULL;
    if (json == NULL)
        return NULL;
    HfJsonNode result = hf_json_get(json, 0, "result");
    if (result != HF_JSON_NONE && hf_body_boolean(json, result, "ok"))
        return g_steal_pointer(&json);
    bool done = result != HF_JSON_NONE && hf_json_is_object(json, result);
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                done ? "the preflight %s found that the restore cannot be done; its result says why"
                     : "the preflight %s is not done yet: wait for its job",
                id);
    return NULL;
}

char *hf_request_restore(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    static const HfBodyRule restore_rules[] = {{"preflight_id", HF_BODY_ID, .required = true},
                                               {"identity", HF_BODY_SECRET, .max = 1000}};
    g_auto(Target) target = {0};
    (void)id;
    if (!hf_body_check(json, body, restore_rules, G_N_ELEMENTS(restore_rules), error))
        return NULL;
    g_autoptr(HfJson) preflight = read_preflight(self, hf_body_text(json, body, "preflight_id"), error);
    HfJsonNode asked = preflight != NULL ? hf_json_get(preflight, 0, "request") : HF_JSON_NONE;
    if (preflight == NULL || !hf_body_check(preflight, asked, rules, G_N_ELEMENTS(rules), error) ||
        !find_target(self, preflight, asked, &target, error))
        return NULL;
    g_autofree char *request = hf_body_write(preflight, asked, rules, G_N_ELEMENTS(rules));
    g_autofree char *job = make(self, "restore", request, hf_body_text(json, body, "identity"), &target, error);
    return job != NULL ? hf_request_answer(job) : NULL;
}

/* ---- Undo ----------------------------------------------------------------------------------------------------------
 */

char *hf_request_undo(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    static const HfBodyRule undo_rules[] = {
        {"copy", HF_BODY_TEXT, .max = 63}, {"keep_old_s", HF_BODY_NUMBER, .min = 0, .max = MAX_KEEP_S}, HALT_RULES};
    if (!hf_body_check(json, body, undo_rules, G_N_ELEMENTS(undo_rules), error))
        return NULL;
    g_autoptr(HfDatabaseRow) database = hf_database_get(self->catalog, self->organization, id, error);
    if (database == NULL)
        return NULL;
    g_autofree char *request = hf_body_write(json, body, undo_rules, G_N_ELEMENTS(undo_rules));
    g_autofree char *holds = hf_request_hold_database(database);
    const char *copy = hf_body_text(json, body, "copy");
    g_autofree char *what = g_strconcat("back to the copy ", copy != NULL ? copy : "that was kept last", NULL);
    HfNewJob job = {.kind = "undo",
                    .name = database->name,
                    .what = what,
                    .request = request,
                    .holds = holds,
                    .database_id = database->id,
                    .pool = database->pool};
    g_autofree char *made = hf_request_make(self, &job, "database", database->id, database->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}
