#include "service/request_import.h"

#include "base/error.h"
#include "catalog/mssql_server_table.h"
#include "catalog/server_table.h"
#include "catalog/storage_table.h"
#include "catalog/upload_table.h"
#include "service/request_body.h"
#include "service/upload_file.h"

#include <string.h>

#define NAME_BYTES 500

static const HfBodyRule rules[] = {
    {"upload_id", HF_BODY_ID, .required = true},
    {"table", HF_BODY_TEXT, .required = true, .max = NAME_BYTES},
    {"database_id", HF_BODY_ID},
    {"mssql_server_id", HF_BODY_ID},
    {"database_name", HF_BODY_TEXT, .max = 128},
    {"format", HF_BODY_CHOICE, .choices = "csv xlsx"},
    {"sheet", HF_BODY_TEXT},
    {"delimiter", HF_BODY_TEXT, .max = 3},
    {"encoding", HF_BODY_TEXT, .max = 40},
    {"no_header", HF_BODY_BOOLEAN},
    {"columns", HF_BODY_PAIRS, .max = NAME_BYTES},
    {"wrong_limit", HF_BODY_NUMBER, .min = 0, .max = HF_REQUEST_IMPORT_MAX_WRONG},
    {"pool", HF_BODY_TEXT},
    {"password", HF_BODY_SECRET, .max = 1000},
};

/* What is asked, looked up. */
typedef struct {
    HfUploadRow *upload;
    HfDatabaseRow *database; /* one of the two */
    HfMssqlServerRow *server;
    char *holds;
    const char *pool; /* of the table's side; borrowed */
} Asked;

static void clear_asked(Asked *self)
{
    hf_upload_row_free(self->upload);
    hf_database_row_free(self->database);
    hf_mssql_server_row_free(self->server);
    g_free(self->holds);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asked, clear_asked)

static bool refuse(const char *message, GError **error)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

/* ---- The table's side ----------------------------------------------------------------------------------------------
 */

static bool find_database(HfRequester *self, const char *id, Asked *asked, GError **error)
{
    asked->database = hf_database_get(self->catalog, self->organization, id, error);
    if (asked->database == NULL)
        return false;
    asked->holds = g_strconcat("database:", asked->database->id, NULL);
    asked->pool = asked->database->pool;
    return true;
}

static bool find_server(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    asked->server =
        hf_mssql_server_get(self->catalog, self->organization, hf_body_text(json, body, "mssql_server_id"), error);
    if (asked->server == NULL)
        return false;
    if (asked->server->password == NULL && hf_body_text(json, body, "password") == NULL)
        return refuse("the password of the SQL Server is not kept: give it in password, for this once", error);
    if (hf_body_number(json, body, "wrong_limit", 0) > 0)
        return refuse("wrong_limit is for PostgreSQL: SQL Server takes all of a file or nothing", error);
    g_autofree char *folded = g_utf8_casefold(hf_body_text(json, body, "database_name"), -1);
    asked->holds = hf_request_hold_place(asked->server->id, folded);
    asked->pool = asked->server->pool;
    return true;
}

static bool find_target(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    const char *database = hf_body_text(json, body, "database_id");
    bool mssql = hf_body_text(json, body, "mssql_server_id") != NULL;
    bool named = hf_body_text(json, body, "database_name") != NULL;
    bool secret = hf_body_text(json, body, "password") != NULL;
    if ((database != NULL) == mssql || named != mssql || (secret && !mssql))
        return refuse(
            "the table is in database_id; or in mssql_server_id with database_name, which alone take a password",
            error);
    return database != NULL ? find_database(self, database, asked, error) : find_server(self, json, body, asked, error);
}

/* ---- The file's side -----------------------------------------------------------------------------------------------
 */

static bool is_xlsx(const HfJson *json, HfJsonNode body, const char *file)
{
    const char *format = hf_body_text(json, body, "format"), *dot = strrchr(file, '.');
    return format != NULL ? strcmp(format, "xlsx") == 0 : dot != NULL && g_ascii_strcasecmp(dot, ".xlsx") == 0;
}

static bool check_form(const HfJson *json, HfJsonNode body, const HfUploadRow *upload, GError **error)
{
    const char *delimiter = hf_body_text(json, body, "delimiter");
    bool of_csv = delimiter != NULL || hf_body_text(json, body, "encoding") != NULL;
    bool of_xlsx = hf_body_text(json, body, "sheet") != NULL;
    if (is_xlsx(json, body, upload->name) ? of_csv : of_xlsx)
        return refuse("sheet belongs to XLSX, delimiter and encoding belong to CSV", error);
    if (delimiter != NULL && strcmp(delimiter, "tab") != 0 && (strlen(delimiter) != 1 || *delimiter == '"'))
        return refuse("delimiter: one character of ASCII, or tab, is expected", error);
    return true;
}

/* The worker has to reach the file and the table. */
static bool check_pool(HfRequester *self, const HfJson *json, HfJsonNode body, const Asked *asked, GError **error)
{
    if (hf_body_text(json, body, "pool") != NULL)
        return true;
    g_autofree char *pool = hf_storage_pool(self->catalog, asked->upload->storage_id, error);
    if (pool == NULL)
        return false;
    if (strcmp(pool, asked->pool) == 0)
        return true;
    g_set_error(
        error, HF_ERROR, HF_ERROR_USAGE,
        "workers of the pool %s serve the table's server, those of the pool %s the storage of the file: name in "
        "pool the one whose workers reach both",
        asked->pool, pool);
    return false;
}

static bool look_up(HfRequester *self, const HfJson *json, HfJsonNode body, Asked *asked, GError **error)
{
    if (!hf_body_check(json, body, rules, G_N_ELEMENTS(rules), error))
        return false;
    asked->upload = hf_upload_get(self->catalog, self->organization, hf_body_text(json, body, "upload_id"), error);
    return asked->upload != NULL && find_target(self, json, body, asked, error) &&
           hf_upload_file_is_table(asked->upload, error) && check_form(json, body, asked->upload, error) &&
           check_pool(self, json, body, asked, error);
}

/* ---- The job -------------------------------------------------------------------------------------------------------
 */

static char *write_request(const HfJson *json, HfJsonNode body, const Asked *asked)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_body_copy(json, body, rules, G_N_ELEMENTS(rules), &writer);
    hf_json_writer_bool(&writer, "is_xlsx", is_xlsx(json, body, asked->upload->name));
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

static char *make(HfRequester *self, const char *kind, const char *holds, const Asked *asked, const HfJson *json,
                  HfJsonNode body, GError **error)
{
    g_autoptr(GBytes) secret = NULL;
    const char *pool = hf_body_text(json, body, "pool"), *table = hf_body_text(json, body, "table");
    if (!hf_request_seal(self, hf_body_text(json, body, "password"), &secret, error))
        return NULL;
    g_autofree char *request = write_request(json, body, asked);
    g_autofree char *what = g_strdup_printf("%s into %s", asked->upload->name, table);
    const HfDatabaseRow *database = asked->database;
    HfNewJob job = {.kind = kind,
                    .name = asked->upload->name,
                    .request = request,
                    .holds = holds,
                    .database_id = database != NULL ? database->id : NULL,
                    .database_name = database == NULL ? hf_body_text(json, body, "database_name") : NULL,
                    .pool = pool != NULL ? pool : asked->pool,
                    .what = what,
                    .secret = secret};
    g_autofree char *made =
        database != NULL ? hf_request_make(self, &job, "database", database->id, database->name, error)
                         : hf_request_make(self, &job, "mssql_server", asked->server->id, asked->server->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}

char *hf_request_import(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    g_auto(Asked) asked = {0};
    (void)id;
    return look_up(self, json, body, &asked, error) ? make(self, "import", asked.holds, &asked, json, body, error)
                                                    : NULL;
}

char *hf_request_preview(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    g_auto(Asked) asked = {0};
    (void)id;
    return look_up(self, json, body, &asked, error) ? make(self, "preview", NULL, &asked, json, body, error) : NULL;
}
