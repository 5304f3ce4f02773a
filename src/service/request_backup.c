#include "service/request_backup.h"

#include "base/error.h"
#include "catalog/key_table.h"
#include "catalog/storage_table.h"
#include "service/request_body.h"
#include "service/request_find.h"

#include <string.h>

#define MAX_LANES 128
#define PATTERN_BYTES 500

#define OPTION_RULES                                                                                                   \
    {"schemas", HF_BODY_TEXTS, .max = PATTERN_BYTES}, {"exclude_schemas", HF_BODY_TEXTS, .max = PATTERN_BYTES},        \
        {"tables", HF_BODY_TEXTS, .max = PATTERN_BYTES}, {"exclude_tables", HF_BODY_TEXTS, .max = PATTERN_BYTES},      \
        {"exclude_table_data", HF_BODY_TEXTS, .max = PATTERN_BYTES},                                                   \
        {"data_format", HF_BODY_CHOICE, .choices = "auto text"}, {"jobs", HF_BODY_NUMBER, .min = 1, .max = MAX_LANES}, \
        {"level", HF_BODY_NUMBER, .min = 1, .max = 22}, {"lock_wait_s", HF_BODY_NUMBER, .min = 0, .max = 86400},       \
    {                                                                                                                  \
        "unencrypted", HF_BODY_BOOLEAN                                                                                 \
    }

static const HfBodyRule option_rules[] = {OPTION_RULES};

static const HfBodyRule rules[] = {
    {"database_id", HF_BODY_ID, .required = true},
    {"storage_id", HF_BODY_ID},
    {"folder", HF_BODY_TEXT},
    {"prefix", HF_BODY_TEXT, .max = 100},
    {"key_ids", HF_BODY_IDS},
    {"pool", HF_BODY_TEXT},
    OPTION_RULES,
};

/* Where it goes and who may open it. */
typedef struct {
    const char *storage_id, *folder, *prefix, *type, *pool; /* folder and prefix may be NULL */
    GPtrArray *keys;                                        /* HfKeyRow */
} Place;

static void write_keys(HfJsonWriter *writer, const GPtrArray *keys)
{
    hf_json_writer_begin_array(writer, "key_ids");
    for (guint i = 0; i < keys->len; i++)
        hf_json_writer_string(writer, NULL, ((const HfKeyRow *)keys->pdata[i])->id);
    hf_json_writer_end_array(writer);
}

static char *write_request(const Place *place, const HfJson *json, HfJsonNode options)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "type", place->type);
    hf_json_writer_string(&writer, "storage_id", place->storage_id);
    hf_json_writer_string(&writer, "folder", place->folder != NULL ? place->folder : "");
    hf_json_writer_string(&writer, "prefix", place->prefix != NULL ? place->prefix : "");
    write_keys(&writer, place->keys);
    hf_body_copy(json, options, option_rules, G_N_ELEMENTS(option_rules), &writer);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

bool hf_request_backup_check_passphrase(const GPtrArray *keys, GError **error)
{
    bool passphrase = false;
    for (guint i = 0; i < keys->len; i++)
        passphrase |= ((const HfKeyRow *)keys->pdata[i])->recipient == NULL;
    if (passphrase && keys->len > 1)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "key_ids: a passphrase cannot stand beside other keys: name it alone, or public keys");
    return !passphrase || keys->len == 1;
}

static bool check_keys(const GPtrArray *keys, bool unencrypted, GError **error)
{
    if (unencrypted != (keys->len == 0)) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            unencrypted ? "key_ids and unencrypted exclude each other"
                                        : "nothing says who may open the backup: name keys in key_ids, or say "
                                          "unencrypted: true for a file that everybody can read");
        return false;
    }
    return hf_request_backup_check_passphrase(keys, error);
}

bool hf_request_backup_check_place(const char *folder, const char *prefix, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(folder, "/", -1);
    bool good = strchr(prefix, '/') == NULL && *prefix != '.';
    for (char **part = parts; *part != NULL; part++)
        good = good && **part != '\0' && **part != '.';
    if (!good)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "folder is a path such as \"shop/nightly\", whose parts do not begin with a point; prefix "
                            "has no slash and does not begin with a point");
    return good;
}

static char *make(HfRequester *self, const Place *place, const HfDatabaseRow *database, const char *schedule_id,
                  const HfJson *json, HfJsonNode options, GError **error)
{
    if (!check_keys(place->keys, hf_body_boolean(json, options, "unencrypted"), error))
        return NULL;
    g_autofree char *request = write_request(place, json, options);
    g_autofree char *holds = g_strconcat("database:", database->id, NULL);
    HfNewJob job = {.kind = "backup",
                    .request = request,
                    .holds = holds,
                    .database_id = database->id,
                    .schedule_id = schedule_id,
                    .pool = place->pool != NULL ? place->pool : database->pool};
    return hf_request_make(self, &job, "database", database->id, database->name, error);
}

/* ---- What somebody asks for ----------------------------------------------------------------------------------------
 */

static bool add_key(HfRequester *self, const char *id, GPtrArray *keys, GError **error)
{
    HfKeyRow *key = hf_key_get(self->catalog, self->organization, id, error);
    if (key != NULL)
        g_ptr_array_add(keys, key);
    return key != NULL;
}

/* Those named; else the only one with a secret. */
static GPtrArray *choose_keys(HfRequester *self, const HfJson *json, HfJsonNode body, GError **error)
{
    g_auto(GStrv) ids = hf_body_texts(json, body, "key_ids");
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)hf_key_row_free);
    for (char **id = ids; id != NULL && *id != NULL; id++)
        if (!add_key(self, *id, keys, error))
            return NULL;
    if (keys->len > 0 || hf_body_boolean(json, body, "unencrypted"))
        return g_steal_pointer(&keys);
    g_autoptr(GPtrArray) all = hf_key_with_secret(self->catalog, self->organization, NULL, error);
    if (all == NULL)
        return NULL;
    return all->len == 1 ? g_steal_pointer(&all) : g_steal_pointer(&keys);
}

/* The id of the one named, or of the only one. Transfer full. */
static char *choose_storage(HfRequester *self, const HfJson *json, HfJsonNode body, GError **error)
{
    const char *id = hf_body_text(json, body, "storage_id");
    if (id != NULL) {
        g_autoptr(HfStorageRow) storage = hf_storage_row_get(self->catalog, self->organization, id, error);
        return storage != NULL ? g_strdup(storage->id) : NULL;
    }
    g_autoptr(GPtrArray) all = hf_storage_all(self->catalog, self->organization, error);
    if (all == NULL)
        return NULL;
    if (all->len == 1)
        return g_strdup(((const HfStorageRow *)all->pdata[0])->id);
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "storage_id is missing, and there are %u storages to choose from",
                all->len);
    return NULL;
}

char *hf_request_backup(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    (void)id;
    if (!hf_body_check(json, body, rules, G_N_ELEMENTS(rules), error))
        return NULL;
    const char *folder = hf_body_text(json, body, "folder"), *prefix = hf_body_text(json, body, "prefix");
    if (!hf_request_backup_check_place(folder != NULL ? folder : "", prefix != NULL ? prefix : "", error))
        return NULL;
    g_autoptr(HfDatabaseRow) database =
        hf_database_get(self->catalog, self->organization, hf_body_text(json, body, "database_id"), error);
    g_autofree char *storage = database != NULL ? choose_storage(self, json, body, error) : NULL;
    g_autoptr(GPtrArray) keys = storage != NULL ? choose_keys(self, json, body, error) : NULL;
    if (keys == NULL)
        return NULL;
    const Place place = {.storage_id = storage,
                         .folder = folder,
                         .prefix = prefix,
                         .type = "manual",
                         .pool = hf_body_text(json, body, "pool"),
                         .keys = keys};
    g_autofree char *job = make(self, &place, database, NULL, json, body, error);
    return job != NULL ? hf_request_answer(job) : NULL;
}

bool hf_request_backup_write_place(HfRequester *self, const HfJson *json, HfJsonNode body, HfJsonWriter *writer,
                                   GError **error)
{
    const char *folder = hf_body_text(json, body, "folder");
    bool unencrypted = hf_body_boolean(json, body, "unencrypted");
    if (!hf_request_backup_check_place(folder != NULL ? folder : "", "", error))
        return false;
    g_autofree char *storage = choose_storage(self, json, body, error);
    g_autoptr(GPtrArray) keys = storage != NULL ? choose_keys(self, json, body, error) : NULL;
    if (keys == NULL || !check_keys(keys, unencrypted, error))
        return false;
    hf_json_writer_string(writer, "storage_id", storage);
    hf_json_writer_string(writer, "folder", folder != NULL ? folder : "");
    write_keys(writer, keys);
    hf_json_writer_bool(writer, "unencrypted", unencrypted);
    return true;
}

/* ---- What a schedule says ------------------------------------------------------------------------------------------
 */

bool hf_request_backup_check_options(const HfJson *json, HfJsonNode options, GError **error)
{
    return hf_body_check(json, options, option_rules, G_N_ELEMENTS(option_rules), error);
}

char *hf_request_scheduled_backup(HfRequester *self, const HfScheduleRow *schedule, const HfDatabaseRow *database,
                                  GError **error)
{
    g_autoptr(HfJson) options =
        hf_json_parse("the schedule's options", schedule->options, strlen(schedule->options), 10000, error);
    if (options == NULL || !hf_request_backup_check_options(options, 0, error))
        return NULL;
    g_autoptr(GPtrArray) keys = hf_key_of_schedule(self->catalog, schedule->id, error);
    if (keys == NULL)
        return NULL;
    const Place place = {.storage_id = schedule->storage_id,
                         .folder = schedule->folder,
                         .prefix = schedule->prefix,
                         .type = "scheduled",
                         .pool = schedule->pool,
                         .keys = keys};
    return make(self, &place, database, schedule->id, options, 0, error);
}

char *hf_request_schedule_run(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (!hf_body_check(json, body, NULL, 0, error))
        return NULL;
    g_autoptr(HfScheduleRow) schedule = hf_schedule_get(self->catalog, self->organization, id, error);
    g_autoptr(GPtrArray) databases = schedule != NULL ? hf_schedule_databases(self->catalog, id, error) : NULL;
    if (databases == NULL || !hf_schedule_note_run(self->catalog, id, error))
        return NULL;
    g_autofree char *find = schedule->database_pattern != NULL ? hf_request_find(self, schedule, error) : NULL;
    if (schedule->database_pattern != NULL && find == NULL)
        return NULL;
    for (guint i = 0; i < databases->len; i++) {
        g_autofree char *job = hf_request_scheduled_backup(self, schedule, databases->pdata[i], error);
        if (job == NULL)
            return NULL;
        g_string_append_printf(text, "%s\"%s\"", i > 0 ? "," : "", job);
    }
    if (databases->len == 0 && find != NULL)
        g_string_append_printf(text, "\"%s\"", find);
    if (text->len > 0)
        return g_strdup_printf("{\"job_ids\":[%s]}", text->str);
    g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                "the schedule %s means no database now: name databases, or register those of its server",
                schedule->name);
    return NULL;
}
