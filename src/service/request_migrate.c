#include "service/request_migrate.h"

#include "base/error.h"
#include "catalog/backup_table.h"
#include "catalog/mssql_server_table.h"
#include "catalog/server_table.h"
#include "crypto/age.h"
#include "engine/ends/mssql_map.h"
#include "engine/ends/postgres_copies.h"
#include "service/encrypt_choice.h"
#include "service/migrate_secrets.h"
#include "service/request_backup.h"
#include "service/request_body.h"

#include <string.h>

#define PATTERN_BYTES 500
#define DAY_S (24 * 3600)
#define MAX_KEEP_S (3660 * DAY_S)
#define MAX_NAME 63       /* of a database of PostgreSQL */
#define MAX_KEY_BYTES 512 /* SQL Server takes 128 characters */
#define MAX_REFUSED 1000  /* each is written to the report */

/* What the job's request has as it was asked. */
#define OPTION_RULES                                                                                                   \
    {"database_id", HF_BODY_ID}, {"scratch_server_id", HF_BODY_ID}, {"schemas", HF_BODY_TEXTS, .max = PATTERN_BYTES},  \
        {"exclude_schemas", HF_BODY_TEXTS, .max = PATTERN_BYTES}, {"tables", HF_BODY_TEXTS, .max = PATTERN_BYTES},     \
        {"exclude_tables", HF_BODY_TEXTS, .max = PATTERN_BYTES},                                                       \
        {"exclude_table_data", HF_BODY_TEXTS, .max = PATTERN_BYTES},                                                   \
        {"others", HF_BODY_CHOICE, .choices = "refuse go_on halt"}, {"jobs", HF_BODY_NUMBER, .min = 1, .max = 128},    \
        {"lock_wait_s", HF_BODY_NUMBER, .min = 0, .max = DAY_S}, {"pool", HF_BODY_TEXT},                               \
        {"mode", HF_BODY_CHOICE, .choices = "new swap"}, {"server_id", HF_BODY_ID},                                    \
        {"database_name", HF_BODY_TEXT, .max = 128}, {"target_database_id", HF_BODY_ID},                               \
        {"backup", HF_BODY_CHOICE, .choices = "first none"}, {"backup_id", HF_BODY_ID},                                \
        {"backup_age_s", HF_BODY_NUMBER, .min = 60, .max = 366 * DAY_S},                                               \
        {"data_format", HF_BODY_CHOICE, .choices = "auto text"},                                                       \
        {"keep_old_s", HF_BODY_NUMBER, .min = 0, .max = MAX_KEEP_S}, {"drop_others", HF_BODY_BOOLEAN},                 \
        {"safety", HF_BODY_CHOICE, .choices = "after before none"}, {"no_owner", HF_BODY_BOOLEAN},                     \
        {"no_privileges", HF_BODY_BOOLEAN}, {"create_roles", HF_BODY_BOOLEAN}, {"role_map", HF_BODY_PAIRS},            \
        {"encrypt", HF_BODY_TEXTS, .max = PATTERN_BYTES}, {"encryption_key", HF_BODY_TEXT, .max = MAX_KEY_BYTES},      \
        {"encryption_certificate", HF_BODY_TEXT, .max = MAX_KEY_BYTES}, {"mssql_server_id", HF_BODY_ID},               \
        {"refused_limit", HF_BODY_NUMBER, .min = 0, .max = MAX_REFUSED},                                               \
    {                                                                                                                  \
        "map", HF_BODY_OBJECT                                                                                          \
    }

static const HfBodyRule option_rules[] = {OPTION_RULES};
static const HfBodyRule rules[] = {OPTION_RULES,
                                   HF_REQUEST_PLACE_RULES,
                                   {"identity", HF_BODY_SECRET, .max = 1000},
                                   {"password", HF_BODY_SECRET, .max = 1000},
                                   {"master_key_password", HF_BODY_SECRET, .max = MAX_KEY_BYTES}};

#define TAKES                                                                                                          \
    "mode \"new\" takes server_id and database_name, mode \"swap\" takes target_database_id, mssql_server_id takes "   \
    "database_name and no mode"

/* What is asked, looked up. */
typedef struct {
    HfDatabaseRow *source; /* NULL: the next two are */
    HfBackupRow *backup;
    HfServerRow *scratch;
    const char *from, *from_pool; /* the source's name and pool; borrowed from them */
    bool into_postgres, into_mssql;
    char *name;        /* "shop to shop2 on main" */
    char *holds;       /* of the target; NULL: nothing */
    char *pool;        /* of the target's server; NULL: there is none */
    bool backs_up;     /* first, or what is replaced */
    char *backup_id;   /* the one that will do; NULL: none */
    bool has_password; /* of the SQL Server */
} Asked;

static void clear_asked(Asked *self)
{
    hf_database_row_free(self->source);
    hf_backup_row_free(self->backup);
    hf_server_row_free(self->scratch);
    g_free(self->name);
    g_free(self->holds);
    g_free(self->pool);
    g_free(self->backup_id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, clear_asked)

static bool refuse(const char *message, GError **error)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

/* ---- Where from ----------------------------------------------------------------------------------------------------
 */

static bool find_database(HfRequester *self, const char *id, Asked *asked, GError **error)
{
    asked->source = hf_database_get(self->catalog, self->organization, id, error);
    if (asked->source == NULL)
        return false;
    asked->from = asked->source->name;
    asked->from_pool = asked->source->pool;
    return true;
}

/* To be read in a scratch database. */
static bool find_archive(HfRequester *self, const char *id, const char *scratch, Asked *asked, GError **error)
{
    asked->backup = hf_backup_get(self->catalog, self->organization, id, error);
    asked->scratch = asked->backup != NULL ? hf_server_get(self->catalog, self->organization, scratch, error) : NULL;
    if (asked->scratch == NULL)
        return false;
    if (strcmp(asked->backup->state, "deleted") == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s is deleted", asked->backup->name);
        return false;
    }
    asked->from = asked->backup->name;
    asked->from_pool = asked->scratch->pool;
    return true;
}

static bool find_source(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    const char *database = hf_body_text(json, body, "database_id"), *backup = hf_body_text(json, body, "backup_id");
    const char *scratch = hf_body_text(json, body, "scratch_server_id");
    if (database == NULL && hf_body_text(json, body, "mode") != NULL)
        return refuse("a backup goes to PostgreSQL by a restore: POST /preflights, then POST /restores", error);
    if ((database == NULL) != (scratch != NULL) || (scratch != NULL && backup == NULL))
        return refuse("the source is database_id; or backup_id with scratch_server_id, the server where it is restored "
                      "into a database that is dropped after",
                      error);
    return database != NULL ? find_database(self, database, asked, error)
                            : find_archive(self, backup, scratch, asked, error);
}

/* ---- Where to ------------------------------------------------------------------------------------------------------
 */

static bool find_new(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    const char *name = hf_body_text(json, body, "database_name");
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfServerRow) server =
        hf_server_get(self->catalog, self->organization, hf_body_text(json, body, "server_id"), error);
    if (server == NULL)
        return false;
    if (strlen(name) > MAX_NAME)
        return refuse("database_name: PostgreSQL takes no name of over 63 bytes", error);
    if (hf_copy_looks_like(name))
        return refuse("database_name looks like that of a copy that a restore has left: choose another", error);
    g_autoptr(HfDatabaseRow) known = hf_database_by_name(self->catalog, server->id, name, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    asked->holds = known != NULL ? hf_request_hold_database(known) : hf_request_hold_place(server->id, name);
    asked->name = g_strdup_printf("%s to %s on %s", asked->from, name, server->name);
    asked->pool = g_strdup(server->pool);
    return true;
}

static bool find_swapped(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    const char *id = hf_body_text(json, body, "target_database_id");
    if (strcmp(id, asked->source->id) == 0)
        return refuse("target_database_id is the source itself", error);
    g_autoptr(HfDatabaseRow) target = hf_database_get(self->catalog, self->organization, id, error);
    if (target == NULL)
        return false;
    asked->holds = hf_request_hold_database(target);
    asked->name = g_strdup_printf("%s to %s on %s", asked->from, target->name, target->server_name);
    asked->pool = g_strdup(target->pool);
    return true;
}

static bool find_mssql(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    const char *name = hf_body_text(json, body, "database_name");
    g_autoptr(HfMssqlServerRow) server =
        hf_mssql_server_get(self->catalog, self->organization, hf_body_text(json, body, "mssql_server_id"), error);
    if (server == NULL)
        return false;
    g_autofree char *folded = g_utf8_casefold(name, -1);
    asked->holds = hf_request_hold_place(server->id, folded);
    asked->name = g_strdup_printf("%s to %s on %s", asked->from, name, server->name);
    asked->pool = g_strdup(server->pool);
    asked->has_password = server->password != NULL || hf_body_text(json, body, "password") != NULL;
    return true;
}

static bool find_target(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    const char *mode = hf_body_text(json, body, "mode");
    bool server = hf_body_text(json, body, "server_id") != NULL,
         name = hf_body_text(json, body, "database_name") != NULL;
    bool database = hf_body_text(json, body, "target_database_id") != NULL;
    bool is_new = g_strcmp0(mode, "new") == 0, is_swap = g_strcmp0(mode, "swap") == 0;
    asked->into_postgres = mode != NULL;
    asked->into_mssql = hf_body_text(json, body, "mssql_server_id") != NULL;
    if (server != is_new || name != (is_new || asked->into_mssql) || database != is_swap ||
        (asked->into_postgres && asked->into_mssql))
        return refuse(TAKES, error);
    return asked->into_mssql ? find_mssql(self, json, body, asked, error)
           : is_new          ? find_new(self, json, body, asked, error)
           : is_swap         ? find_swapped(self, json, body, asked, error)
                             : true;
}

/* ---- What belongs together -----------------------------------------------------------------------------------------
 */

/* Members that say nothing where `what` they are for is not asked for. */
static bool check_absent(const HfJson *json, HfJsonNode body, const char *const *names, const char *what,
                         GError **error)
{
    for (; *names != NULL; names++) {
        HfJsonNode value = hf_json_get(json, body, *names);
        if (value != HF_JSON_NONE && !hf_json_is_null(json, value)) {
            g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s is for %s", *names, what);
            return false;
        }
    }
    return true;
}

static bool check_members(const HfJson *json, HfJsonNode body, const Asked *asked, GError **error)
{
    static const char *const of_postgres[] = {"exclude_table_data",
                                              "data_format",
                                              "keep_old_s",
                                              "drop_others",
                                              "no_owner",
                                              "no_privileges",
                                              "create_roles",
                                              "role_map",
                                              "backup",
                                              "backup_age_s",
                                              "storage_id",
                                              "folder",
                                              "key_ids",
                                              "unencrypted",
                                              "safety",
                                              NULL};
    static const char *const of_backup[] = {"backup_id", "identity", NULL};
    static const char *const of_live[] = {"others", "lock_wait_s", NULL};
    static const char *const of_mssql[] = {"map",
                                           "password",
                                           "refused_limit",
                                           "encrypt",
                                           "encryption_key",
                                           "encryption_certificate",
                                           "master_key_password",
                                           NULL};
    if (asked->into_postgres)
        return check_absent(json, body, of_mssql, "a migration into SQL Server", error);
    return check_absent(json, body, of_postgres, "a migration into PostgreSQL", error) &&
           (asked->backup != NULL
                ? check_absent(json, body, of_live, "a live database", error)
                : check_absent(json, body, of_backup, "a migration into PostgreSQL, or from a backup", error));
}

static bool check_map(const HfJson *json, HfJsonNode body, GError **error)
{
    HfJsonWriter writer;
    g_autoptr(GString) text = g_string_new(NULL);
    HfJsonNode node = hf_json_get(json, body, "map");
    if (node == HF_JSON_NONE || hf_json_is_null(json, node))
        return true;
    hf_json_writer_init(&writer, text);
    hf_json_copy(json, node, &writer, NULL);
    g_autoptr(HfMssqlMap) map = hf_mssql_map_new("map", text->str, text->len, error);
    return map != NULL;
}

/* Whether what is live gets a file, of whatever time. */
static bool check_safety(const HfJson *json, HfJsonNode body, bool *wanted, GError **error)
{
    static const char *const of_swap[] = {"safety", NULL};
    bool is_swap = hf_body_text(json, body, "target_database_id") != NULL;
    *wanted = is_swap && g_strcmp0(hf_body_text(json, body, "safety"), "none") != 0;
    return is_swap || check_absent(json, body, of_swap, "mode \"swap\"", error);
}

/* Whether the columns are there, and can be encrypted, the job finds out. */
static bool check_encryption(const HfJson *json, HfJsonNode body, GError **error)
{
    HfAssessOptions chosen = {0};
    g_auto(GStrv) columns = hf_body_texts(json, body, "encrypt");
    if (!hf_encrypt_choose(&chosen, (const char *const *)columns, hf_body_text(json, body, "encryption_key"),
                           hf_body_text(json, body, "encryption_certificate"), error))
        return false;
    return chosen.key.kind == HF_MSSQL_KEY_DEFAULT || hf_body_text(json, body, "master_key_password") == NULL ||
           refuse("master_key_password is for the encryption_key \"default\", which needs a master key", error);
}

static bool find_backup(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    static const char *const of_place[] = {"storage_id", "folder", "key_ids", "unencrypted", NULL};
    static const char *const of_named[] = {"backup_age_s", "identity", NULL};
    const char *id = hf_body_text(json, body, "backup_id"), *when = hf_body_text(json, body, "backup");
    bool saves = false;
    if (!check_safety(json, body, &saves, error))
        return false;
    if (id != NULL && when != NULL)
        return refuse("backup and backup_id exclude each other", error);
    asked->backs_up = saves || (id == NULL && g_strcmp0(when, "none") != 0);
    if ((!asked->backs_up && !check_absent(json, body, of_place, "a backup that is made first", error)) ||
        (id == NULL && !check_absent(json, body, of_named, "a backup that backup_id names", error)))
        return false;
    if (id == NULL)
        return true;
    g_autoptr(HfBackupRow) backup = hf_backup_get(self->catalog, self->organization, id, error);
    if (backup == NULL)
        return false;
    if (strcmp(backup->state, "good") != 0 || g_strcmp0(backup->database_id, asked->source->id) != 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s is no good backup of %s: name another, or have one made",
                    backup->name, asked->source->name);
        return false;
    }
    asked->backup_id = g_strdup(backup->id);
    return true;
}

/* Of the workers that serve the one, nobody knows whether they reach the other. */
static bool check_pool_of(const Asked *asked, const char *pool, const char *what, GError **error)
{
    if (pool == NULL || strcmp(pool, asked->from_pool) == 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                "workers of the pool %s serve the %s, those of the pool %s the %s: name in pool the one whose workers "
                "reach both",
                asked->from_pool, asked->backup != NULL ? "scratch server" : "source", pool, what);
    return false;
}

static bool check_pool(HfRequester *self, const HfJson *json, HfJsonNode body, const Asked *asked, GError **error)
{
    if (hf_body_text(json, body, "pool") != NULL)
        return true;
    g_autofree char *of_file = asked->backup != NULL ? hf_backup_pool(self->catalog, asked->backup->id, error) : NULL;
    return (asked->backup == NULL || of_file != NULL) && check_pool_of(asked, of_file, "backup's storage", error) &&
           check_pool_of(asked, asked->pool, "target", error);
}

static bool look_up(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    return hf_body_check(json, body, rules, G_N_ELEMENTS(rules), error) &&
           find_source(self, json, body, asked, error) && find_target(self, json, body, asked, error) &&
           check_members(json, body, asked, error) && check_map(json, body, error) &&
           check_encryption(json, body, error) &&
           (!asked->into_postgres || find_backup(self, json, body, asked, error)) &&
           check_pool(self, json, body, asked, error);
}

/* ---- The job -------------------------------------------------------------------------------------------------------
 */

static char *write_request(HfRequester *self, const Asked *asked, const HfJson *json, HfJsonNode body, GError **error)
{
    HfJsonWriter writer;
    g_autoptr(GString) text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_body_copy(json, body, option_rules, G_N_ELEMENTS(option_rules), &writer);
    if (asked->backs_up && !hf_request_backup_write_place(self, json, body, &writer, error))
        return NULL;
    hf_json_writer_end_object(&writer);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What is used this once. An assessment connects to no target, and what it does not use is not kept. */
static bool seal_secrets(HfRequester *self, bool connects, const Asked *asked, const HfJson *json, HfJsonNode body,
                         GBytes **secret, GError **error)
{
    const char *identity = hf_body_text(json, body, "identity");
    if (asked->into_postgres)
        return hf_request_seal(self, connects ? identity : NULL, secret, error);
    const HfMigrateSecrets secrets = {.password = connects ? (char *)hf_body_text(json, body, "password") : NULL,
                                      .master_key_password =
                                          connects ? (char *)hf_body_text(json, body, "master_key_password") : NULL,
                                      .identity = (char *)identity};
    char *text = hf_migrate_secrets_join(&secrets);
    bool ok = hf_request_seal(self, text, secret, error);
    hf_age_secret_free(text);
    return ok;
}

static char *make(HfRequester *self, const char *kind, const char *holds, const Asked *asked, const HfJson *json,
                  HfJsonNode body, GError **error)
{
    g_autoptr(GBytes) secret = NULL;
    const HfBackupRow *backup = asked->backup;
    const char *pool = hf_body_text(json, body, "pool");
    g_autofree char *request = write_request(self, asked, json, body, error);
    bool connects = strcmp(kind, "migrate") == 0;
    if (request == NULL || !seal_secrets(self, connects, asked, json, body, &secret, error))
        return NULL;
    HfNewJob job = {.kind = kind,
                    .name = asked->name != NULL ? asked->name : asked->from,
                    .request = request,
                    .holds = holds,
                    .server_id = backup != NULL ? asked->scratch->id : NULL,
                    .database_id = backup != NULL ? NULL : asked->source->id,
                    .backup_id = backup != NULL ? backup->id : asked->backup_id,
                    .pool = pool != NULL ? pool : asked->from_pool,
                    .secret = secret};
    g_autofree char *made = backup != NULL
                                ? hf_request_make(self, &job, "backup", backup->id, backup->name, error)
                                : hf_request_make(self, &job, "database", asked->source->id, job.name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}

/* Of a live source no other job is to write meanwhile, and none to back it up: its sessions would be others at work. Of
 * a backup the file is to stay, and one at a time is restored on a server. Transfer full. */
static char *hold_source(const Asked *asked)
{
    return asked->backup != NULL ? g_strdup_printf("backup:%s scratch:%s", asked->backup->id, asked->scratch->id)
                                 : g_strconcat("database:", asked->source->id, NULL);
}

/* It changes nothing, backs nothing up, and holds no live source. Where to and for whom the migration would back up is
 * looked up all the same. */
char *hf_request_assess(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    g_auto(Asked) asked = {0};
    (void)id;
    if (!look_up(self, json, body, &asked, error))
        return NULL;
    g_autofree char *holds = asked.backup != NULL ? hold_source(&asked) : NULL;
    return make(self, "assess", holds, &asked, json, body, error);
}

char *hf_request_migrate(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    g_auto(Asked) asked = {0};
    (void)id;
    if (!look_up(self, json, body, &asked, error))
        return NULL;
    if (asked.holds == NULL) {
        refuse("nothing says where to: " TAKES, error);
        return NULL;
    }
    if (asked.into_mssql && !asked.has_password) {
        refuse("the password of the SQL Server is not kept: give it in password, for this once", error);
        return NULL;
    }
    g_autofree char *source = hold_source(&asked);
    g_autofree char *backup = asked.backup_id != NULL ? g_strconcat(" backup:", asked.backup_id, NULL) : g_strdup("");
    g_autofree char *holds = g_strdup_printf("%s %s%s", source, asked.holds, backup);
    return make(self, "migrate", holds, &asked, json, body, error);
}
