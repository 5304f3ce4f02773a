#include "cli/admin.h"

#include "base/error.h"
#include "catalog/account.h"
#include "catalog/audit.h"
#include "cli/options.h"
#include "cli/text.h"
#include "cli/work.h"
#include "crypto/age.h"

#include <string.h>

#define MAX_NODES 1000000 /* of an answer of the catalog */

static struct {
    char *config, *organization, *limit;
} options;

static GOptionGroup *admin_options(void)
{
    static const GOptionEntry entries[] = {
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &options.config,
         "The configuration (default: $HOLDFAST_CONFIG, else " HF_CONFIGURATION_FILE ")", "FILE"},
        {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization, "The organization (default: the only one)",
         "NAME"},
        {"limit", 0, 0, G_OPTION_ARG_STRING, &options.limit, "List so many, 1 to 500 (default: 100)", "NUMBER"},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("service", "Service:", "Service", NULL, NULL);
    g_option_group_add_entries(group, entries);
    return group;
}

/* ---- Open ----------------------------------------------------------------------------------------------------------
 */

char *hf_admin_actor(void)
{
    return g_strconcat("cli ", g_get_user_name(), NULL);
}

static void admin_clear(HfAdmin *self)
{
    g_clear_pointer(&self->queue, hf_queue_free);
    g_clear_pointer(&self->catalog, hf_catalog_free);
    g_clear_pointer(&self->target, hf_pg_target_free);
    g_clear_pointer(&self->sealer, hf_sealer_free);
    g_clear_pointer(&self->configuration, hf_configuration_free);
    g_clear_pointer(&self->organization, g_free);
    g_clear_pointer(&self->actor, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfAdmin, admin_clear)

static const char *or_null(const char *text)
{
    return *text != '\0' ? text : NULL;
}

static bool open_catalog(HfAdmin *self, GCancellable *cancellable, GError **error)
{
    const HfConfiguration *configuration = self->configuration;
    char *password = hf_configuration_read_secret(configuration->catalog_password_file, error);
    if (password == NULL)
        return false;
    self->target = hf_pg_target_new(configuration->catalog_conninfo, or_null(password), error);
    hf_age_secret_free(password);
    if (self->target == NULL)
        return false;
    self->catalog = hf_catalog_new(self->target, cancellable);
    return hf_catalog_check(self->catalog, error);
}

static bool open_queue(HfAdmin *self, GError **error)
{
    const HfConfiguration *configuration = self->configuration;
    char *password = hf_configuration_read_secret(configuration->redis_password_file, error);
    if (password == NULL)
        return false;
    self->queue = hf_queue_new(configuration->redis_address, or_null(configuration->redis_user), or_null(password),
                               configuration->redis_prefix);
    hf_age_secret_free(password);
    return true;
}

/* The only organization. */
static char *only_organization(HfAdmin *self, GError **error)
{
    g_autofree char *list = hf_noun_list(self->catalog, &hf_noun_organization, NULL, &(HfListQuery){.limit = 2}, error);
    g_autoptr(HfJson) json = list != NULL ? hf_json_parse("organizations", list, strlen(list), MAX_NODES, error) : NULL;
    if (json == NULL)
        return NULL;
    HfJsonNode items = hf_json_get(json, 0, "items");
    if (hf_json_size(json, items) != 1) {
        hf_option_fail(error, hf_json_size(json, items) == 0
                                  ? "there is no organization yet: \"holdfast init\" makes one"
                                  : "there are several organizations: name one by "
                                    "--organization");
        return NULL;
    }
    return hf_json_string(json, hf_json_get(json, hf_json_first(json, items), "id"), error);
}

static bool open_admin(HfAdmin *self, bool installation, GCancellable *cancellable, GError **error)
{
    self->actor = hf_admin_actor();
    self->cancellable = cancellable;
    self->configuration = hf_configuration_load(options.config, error);
    if (self->configuration == NULL)
        return false;
    self->sealer = hf_sealer_open(self->configuration->secret_file, error);
    if (self->sealer == NULL || !open_catalog(self, cancellable, error) || !open_queue(self, error))
        return false;
    if (installation && options.organization == NULL)
        return true;
    self->organization = options.organization != NULL
                             ? hf_noun_find(self->catalog, &hf_noun_organization, NULL, options.organization, error)
                             : only_organization(self, error);
    return self->organization != NULL;
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static const HfAdminVerb *find_verb(const HfAdminVerb *verbs, const char *name, GError **error)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (const HfAdminVerb *verb = verbs; verb->name != NULL; verb++) {
        if (g_strcmp0(name, verb->name) == 0)
            return verb;
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", verb->name);
    }
    hf_option_fail(error, "%s%s%s: one of %s is expected first", name != NULL ? "\"" : "",
                   name != NULL ? name : "what to do is not said", name != NULL ? "\" is not known here" : "",
                   list->str);
    return NULL;
}

bool hf_admin_run(const HfCommand *command, char **arguments, const GOptionEntry *entries, const HfAdminVerb *verbs,
                  GOptionGroup *group, GError **error)
{
    bool without = *verbs->name == '\0';
    bool has_verb = !without && *arguments != NULL && **arguments != '-';
    g_autoptr(GError) reason = NULL;
    GOptionGroup *groups[] = {admin_options(), group, NULL};
    bool parsed = hf_options_parse(command, arguments + has_verb, entries, &reason, groups[0],
                                   hf_work_options(HF_WORK_JSON), groups[1], NULL);
    if (!parsed) {
        if (reason != NULL)
            g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    const HfAdminVerb *verb = without ? verbs : find_verb(verbs, has_verb ? *arguments : NULL, error);
    g_autoptr(HfWork) work = verb != NULL ? hf_work_begin(error) : NULL;
    g_auto(HfAdmin) admin = {0};
    return work != NULL && open_admin(&admin, verb->installation, hf_work_cancellable(work), error) &&
           verb->run(&admin, error);
}

/* ---- Answers -------------------------------------------------------------------------------------------------------
 */

static HfJson *parse_answer(const char *text, GError **error)
{
    return hf_json_parse("the catalog's answer", text, strlen(text), MAX_NODES, error);
}

/* A value for people: a text as it is, nothing for null, what has parts as JSON. Transfer full. */
static char *value_text(const HfJson *json, HfJsonNode node)
{
    if (node == HF_JSON_NONE || hf_json_is_null(json, node))
        return g_strdup("");
    const char *scalar = hf_json_scalar(json, node, NULL);
    if (scalar != NULL)
        return g_strdup(scalar);
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_copy(json, node, &writer, NULL);
    return g_string_free(text, FALSE);
}

static void add_row(HfTextTable *table, const HfJson *json, HfJsonNode item, const HfAdminColumn *columns)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    for (const HfAdminColumn *column = columns; column->heading != NULL; column++)
        g_ptr_array_add(cells, value_text(json, hf_json_get(json, item, column->member)));
    hf_text_table_add(table, (const char *const *)cells->pdata);
}

static void list_text(HfReport *report, const HfJson *json, const HfAdminColumn *columns)
{
    g_autoptr(GPtrArray) headings = g_ptr_array_new();
    for (const HfAdminColumn *column = columns; column->heading != NULL; column++)
        g_ptr_array_add(headings, (gpointer)column->heading);
    g_autofree char *alignment = g_strnfill(headings->len, 'l');
    g_autoptr(HfTextTable) table = hf_text_table_new(alignment);
    hf_text_table_add(table, (const char *const *)headings->pdata);
    HfJsonNode items = hf_json_get(json, 0, "items");
    for (HfJsonNode item = hf_json_first(json, items); item != HF_JSON_NONE; item = hf_json_next(json, items, item))
        add_row(table, json, item, columns);
    if (hf_json_size(json, items) == 0)
        hf_report_line(report, "there are none");
    else
        hf_text_table_print(table, report->text);
    if (!hf_json_is_null(json, hf_json_get(json, 0, "cursor")))
        hf_report_line(report, "there are more: --limit takes up to 500");
}

bool hf_admin_list(HfAdmin *self, const HfNoun *noun, const char *const *filters, const HfAdminColumn *columns,
                   GError **error)
{
    HfReport report;
    uint64_t limit = 100;
    if (!hf_option_number("--limit", options.limit, 1, 500, &limit, error))
        return false;
    HfListQuery query = {.filters = filters, .limit = (unsigned)limit};
    g_autofree char *text = hf_noun_list(self->catalog, noun, self->organization, &query, error);
    g_autoptr(HfJson) json = text != NULL ? parse_answer(text, error) : NULL;
    if (json == NULL)
        return false;
    hf_report_begin(&report, hf_work_wants_json(), NULL);
    if (report.is_json) {
        hf_json_copy(json, hf_json_get(json, 0, "items"), &report.json, "items");
        hf_json_copy(json, hf_json_get(json, 0, "cursor"), &report.json, "cursor");
    } else
        list_text(&report, json, columns);
    return hf_report_end(&report, true, error);
}

static void tell_members(HfReport *report, const HfJson *json)
{
    const char *key;
    for (size_t i = 0; (key = hf_json_key(json, 0, i)) != NULL; i++) {
        g_autofree char *value = value_text(json, hf_json_get(json, 0, key));
        hf_report_line(report, "%s: %s", key, value);
    }
}

bool hf_admin_tell(const char *name, const char *text, GError **error)
{
    HfReport report;
    g_autoptr(HfJson) json = parse_answer(text, error);
    if (json == NULL)
        return false;
    hf_report_begin(&report, hf_work_wants_json(), NULL);
    if (report.is_json)
        hf_json_copy(json, 0, &report.json, name);
    else
        tell_members(&report, json);
    return hf_report_end(&report, true, error);
}

bool hf_admin_tell_done(HfAdmin *self, const HfNoun *noun, const char *id, const char *done, const char *secret_name,
                        const char *secret, GError **error)
{
    HfReport report;
    g_autofree char *text = hf_noun_get(self->catalog, noun, self->organization, id, NULL, error);
    g_autoptr(HfJson) json = text != NULL ? parse_answer(text, error) : NULL;
    if (json == NULL)
        return false;
    g_autofree char *name = value_text(json, hf_json_get(json, 0, "name"));
    hf_report_begin(&report, hf_work_wants_json(), NULL);
    if (report.is_json) {
        hf_json_copy(json, 0, &report.json, noun->name);
        if (secret != NULL)
            hf_json_writer_string(&report.json, secret_name, secret);
    } else {
        if (!hf_work_is_quiet())
            hf_report_line(&report, "%s %s: %s", noun->name, name, done);
        if (secret != NULL)
            hf_report_line(&report, "%s, told this once: %s", secret_name, secret);
    }
    return hf_report_end(&report, true, error);
}

/* ---- Changes -------------------------------------------------------------------------------------------------------
 */

char *hf_admin_find(HfAdmin *self, const HfNoun *noun, const char *option, const char *name, GError **error)
{
    g_autofree char *what = g_strdup_printf("a %s, by its name or id", noun->name);
    if (!hf_option_require(option, name, what, error))
        return NULL;
    return hf_noun_find(self->catalog, noun, self->organization, name, error);
}

bool hf_admin_end(HfAdmin *self, const char *action, const char *id, const char *name, const char *detail, bool done,
                  GError **error)
{
    g_autofree char *kind = g_strndup(action, strcspn(action, "."));
    const HfAuditEvent event = {.organization = self->organization,
                                .actor = self->actor,
                                .action = action,
                                .object_kind = kind,
                                .object_id = id,
                                .object_name = name,
                                .outcome = "success",
                                .detail = detail};
    if (done && hf_audit_append(self->catalog, &event, error) && hf_catalog_commit(self->catalog, error))
        return true;
    hf_catalog_rollback(self->catalog);
    return false;
}

bool hf_admin_tell_removed(const HfNoun *noun, const char *name, GError **error)
{
    HfReport report;
    hf_report_begin(&report, hf_work_wants_json(), NULL);
    if (!report.is_json && !hf_work_is_quiet())
        hf_report_line(&report, "%s %s: removed", noun->name, name);
    return hf_report_end(&report, true, error);
}

bool hf_admin_remove(HfAdmin *self, const HfNoun *noun, const char *name, GError **error)
{
    g_autofree char *id = hf_admin_find(self, noun, "--name", name, error);
    g_autofree char *action = g_strconcat(noun->name, ".delete", NULL);
    if (id == NULL || !hf_catalog_begin(self->catalog, error))
        return false;
    bool done = hf_noun_remove(self->catalog, noun, self->organization, id, 0, error);
    return hf_admin_end(self, action, id, name, NULL, done, error) && hf_admin_tell_removed(noun, name, error);
}

void hf_admin_body_begin(HfAdminBody *self)
{
    self->text = g_string_new(NULL);
    hf_json_writer_init(&self->json, self->text);
    hf_json_writer_begin_object(&self->json, NULL);
}

void hf_admin_body_text(HfAdminBody *self, const char *member, const char *value)
{
    if (value != NULL)
        hf_json_writer_string(&self->json, member, value);
}

bool hf_admin_body_number(HfAdminBody *self, const char *option, const char *member, const char *value, GError **error)
{
    uint64_t number = 0;
    if (g_strcmp0(value, "none") == 0)
        hf_json_writer_string(&self->json, member, NULL);
    else if (!hf_option_number(option, value, 0, INT64_MAX, &number, error))
        return false;
    else if (value != NULL)
        hf_json_writer_uint64(&self->json, member, number);
    return true;
}

void hf_admin_body_clear(HfAdminBody *self)
{
    if (self->text != NULL)
        g_string_free(self->text, TRUE);
    self->text = NULL;
}

char *hf_admin_save(HfAdmin *self, const HfNoun *noun, const char *id, const char *name, HfAdminBody *body,
                    bool (*settle)(HfAdmin *self, const char *id, GError **error), GError **error)
{
    hf_json_writer_end_object(&body->json);
    g_autoptr(HfJson) json = parse_answer(body->text->str, error);
    g_autofree char *action = g_strconcat(noun->name, id == NULL ? ".create" : ".change", NULL);
    if (json == NULL || !hf_catalog_begin(self->catalog, error))
        return NULL;
    g_autofree char *saved =
        id == NULL ? hf_noun_create(self->catalog, noun, self->sealer, self->organization, self->actor, json, 0, error)
                   : g_strdup(id);
    bool done =
        saved != NULL &&
        (id == NULL || hf_noun_change(self->catalog, noun, self->sealer, self->organization, id, 0, json, 0, error)) &&
        (settle == NULL || settle(self, saved, error));
    return hf_admin_end(self, action, saved, name, NULL, done, error) ? g_steal_pointer(&saved) : NULL;
}
