#include "service/request_export.h"

#include "base/error.h"
#include "catalog/server_table.h"
#include "service/request_body.h"

#define PATTERN_BYTES 500
#define DAY_S (24 * 3600)
#define MAX_WHAT 1000 /* bytes of patterns in the audit log */

static const HfBodyRule rules[] = {
    {"database_id", HF_BODY_ID, .required = true},
    {"tables", HF_BODY_TEXTS, .required = true, .max = PATTERN_BYTES},
    {"format", HF_BODY_CHOICE, .required = true, .choices = "csv xlsx"},
    {"lock_wait_s", HF_BODY_NUMBER, .min = 0, .max = DAY_S},
};

/* "shop.people, shop.order as csv"; NULL: there are none. Transfer full. */
static char *describe(const HfJson *json, HfJsonNode body)
{
    g_auto(GStrv) tables = hf_body_texts(json, body, "tables");
    g_autofree char *all = g_strjoinv(", ", tables);
    g_autofree char *most = g_utf8_substring(all, 0, MIN(g_utf8_strlen(all, -1), MAX_WHAT));
    return *tables != NULL ? g_strdup_printf("%s as %s", most, hf_body_text(json, body, "format")) : NULL;
}

char *hf_request_export(HfRequester *self, const char *id, const HfJson *json, HfJsonNode body, GError **error)
{
    (void)id;
    if (!hf_body_check(json, body, rules, G_N_ELEMENTS(rules), error))
        return NULL;
    g_autofree char *what = describe(json, body);
    if (what == NULL) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "tables: at least one is expected");
        return NULL;
    }
    g_autoptr(HfDatabaseRow) database =
        hf_database_get(self->catalog, self->organization, hf_body_text(json, body, "database_id"), error);
    if (database == NULL)
        return NULL;
    g_autofree char *request = hf_body_write(json, body, rules, G_N_ELEMENTS(rules));
    g_autofree char *holds = g_strconcat("database:", database->id, NULL);
    HfNewJob job = {.kind = "export",
                    .name = database->name,
                    .request = request,
                    .holds = holds,
                    .database_id = database->id,
                    .pool = database->pool,
                    .what = what};
    g_autofree char *made = hf_request_make(self, &job, "database", database->id, database->name, error);
    return made != NULL ? hf_request_answer(made) : NULL;
}
