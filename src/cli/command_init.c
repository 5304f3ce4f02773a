/*
 * Making an installation, step by step; each step is passed over where it was done before, so the command can be run
 * again, and is to be run again after each upgrade.
 */
#include "base/configuration.h"
#include "base/error.h"
#include "catalog/account.h"
#include "catalog/audit.h"
#include "catalog/migrate.h"
#include "cli/admin.h"
#include "cli/connection_options.h"
#include "cli/new_password.h"
#include "cli/options.h"
#include "cli/work.h"
#include "crypto/age.h"

#include <string.h>

static struct {
    char *owner, *service_role, *config, *user, *organization;
} options;

static const GOptionEntry entries[] = {
    {"owner", 0, 0, G_OPTION_ARG_STRING, &options.owner, "The catalog's database, as the role that owns it",
     "CONNINFO"},
    {"service-role", 0, 0, G_OPTION_ARG_STRING, &options.service_role,
     "The role that the service works as (default: holdfast); made if it is missing", "NAME"},
    {"config", 0, 0, G_OPTION_ARG_FILENAME, &options.config,
     "The configuration (default: $HOLDFAST_CONFIG, else " HF_CONFIGURATION_FILE ")", "FILE"},
    {"user", 0, 0, G_OPTION_ARG_STRING, &options.user, "The first owner, made if there is none (default: admin)",
     "NAME"},
    {"organization", 0, 0, G_OPTION_ARG_STRING, &options.organization,
     "The first organization, made with it (default: main)", "NAME"},
    {NULL},
};

typedef struct {
    int from, to;      /* versions of the catalog */
    bool made_secret;  /* the file */
    bool made_account; /* the owner's */
    char *generated;   /* its password; NULL: it was given */
} Outcome;

static void outcome_clear(Outcome *self)
{
    hf_age_secret_free(self->generated);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

/* ---- The secret ----------------------------------------------------------------------------------------------------
 */

static bool make_secret(Outcome *outcome, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfConfiguration) configuration = hf_configuration_load(options.config, error);
    if (configuration == NULL)
        return false;
    outcome->made_secret = hf_sealer_create_file(configuration->secret_file, &reason);
    if (!outcome->made_secret && !g_error_matches(reason, HF_ERROR, HF_ERROR_CONFLICT)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    g_autoptr(HfSealer) sealer = hf_sealer_open(configuration->secret_file, error);
    return sealer != NULL;
}

/* ---- The first account ---------------------------------------------------------------------------------------------
 */

static bool is_empty(HfCatalog *catalog, const HfNoun *noun, const char *const *filters, bool *empty, GError **error)
{
    HfListQuery query = {.filters = filters, .limit = 1};
    g_autofree char *text = hf_noun_list(catalog, noun, NULL, &query, error);
    g_autoptr(HfJson) json = text != NULL ? hf_json_parse("a list", text, strlen(text), 10000, error) : NULL;
    *empty = json != NULL && hf_json_size(json, hf_json_get(json, 0, "items")) == 0;
    return json != NULL;
}

/* Made if there is none; else its name must be one that is there. Transfer full: the id. */
static char *settle_organization(HfCatalog *catalog, const char *actor, GError **error)
{
    bool none;
    const char *name = options.organization != NULL ? options.organization : "main";
    if (!is_empty(catalog, &hf_noun_organization, NULL, &none, error))
        return NULL;
    if (!none)
        return hf_noun_find(catalog, &hf_noun_organization, NULL, name, error);
    g_auto(HfAdminBody) body = {0};
    hf_admin_body_begin(&body);
    hf_admin_body_text(&body, "name", name);
    hf_json_writer_end_object(&body.json);
    g_autoptr(HfJson) json = hf_json_parse("the organization", body.text->str, body.text->len, 10, error);
    return json != NULL ? hf_noun_create(catalog, &hf_noun_organization, NULL, NULL, actor, json, 0, error) : NULL;
}

static bool create_account(HfCatalog *catalog, const char *user, const char *hash, GError **error)
{
    bool owner = true;
    g_autofree char *actor = hf_admin_actor(), *organization = settle_organization(catalog, actor, error);
    const HfAccountChange account = {.name = user, .password = hash, .is_owner = &owner, .role = HF_ROLE_ADMINISTRATOR};
    g_autofree char *id =
        organization != NULL ? hf_account_create(catalog, organization, &account, actor, error) : NULL;
    const HfAuditEvent event = {.organization = organization,
                                .actor = actor,
                                .action = "account.create",
                                .object_kind = "account",
                                .object_id = id,
                                .object_name = user,
                                .outcome = "success",
                                .detail = "the first owner"};
    return id != NULL && hf_audit_append(catalog, &event, error);
}

static bool make_account(const HfPgTarget *target, Outcome *outcome, GCancellable *cancellable, GError **error)
{
    static const char *const filters[] = {"is_owner", "true", NULL};
    const char *user = options.user != NULL ? options.user : "admin";
    g_autoptr(HfCatalog) catalog = hf_catalog_new(target, cancellable);
    if (!is_empty(catalog, &hf_noun_account, filters, &outcome->made_account, error))
        return false;
    if (!outcome->made_account)
        return true;
    g_autofree char *hash = hf_new_password_hash(user, &outcome->generated, error);
    if (hash == NULL || !hf_catalog_begin(catalog, error))
        return false;
    /* Another "holdfast init" may have made it meanwhile. */
    bool done = hf_account_lock(catalog, error) &&
                is_empty(catalog, &hf_noun_account, filters, &outcome->made_account, error) &&
                (!outcome->made_account || create_account(catalog, user, hash, error));
    if (!outcome->made_account)
        g_clear_pointer(&outcome->generated, hf_age_secret_free);
    if (done && hf_catalog_commit(catalog, error))
        return true;
    hf_catalog_rollback(catalog);
    return false;
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static void tell_json(HfJsonWriter *json, const Outcome *outcome)
{
    hf_json_writer_int64(json, "from_version", outcome->from);
    hf_json_writer_int64(json, "to_version", outcome->to);
    hf_json_writer_bool(json, "made_secret", outcome->made_secret);
    hf_json_writer_bool(json, "made_account", outcome->made_account);
    hf_json_writer_string(json, "password", outcome->generated);
}

static void tell_text(HfReport *report, const Outcome *outcome)
{
    if (outcome->from == outcome->to)
        hf_report_line(report, "the catalog has version %d already", outcome->to);
    else
        hf_report_line(report, "the catalog has version %d now", outcome->to);
    if (outcome->made_secret)
        hf_report_line(report, "the secret is made: keep a copy of its file, without it what is sealed is lost");
    if (outcome->made_account)
        hf_report_line(report, "the owner's account is made: %s", options.user != NULL ? options.user : "admin");
    if (outcome->generated != NULL)
        hf_report_line(report, "its password, told this once: %s", outcome->generated);
}

static bool tell(const Outcome *outcome, GError **error)
{
    HfReport report;
    hf_report_begin(&report, hf_work_wants_json(), NULL);
    if (report.is_json)
        tell_json(&report.json, outcome);
    else if (!hf_work_is_quiet() || outcome->generated != NULL)
        tell_text(&report, outcome);
    return hf_report_end(&report, true, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    g_auto(Outcome) outcome = {0};
    if (!hf_options_parse(self, arguments, entries, error, hf_connection_options(), hf_new_password_options(),
                          hf_work_options(HF_WORK_JSON), NULL))
        return false;
    g_autoptr(HfPgTarget) target = hf_connection_target("--owner", options.owner, error);
    g_autoptr(HfWork) work = target != NULL ? hf_work_begin(error) : NULL;
    if (work == NULL)
        return false;
    GCancellable *cancellable = hf_work_cancellable(work);
    const char *role = options.service_role != NULL ? options.service_role : "holdfast";
    return hf_connection_settle_password(&target, cancellable, error) && make_secret(&outcome, error) &&
           hf_catalog_migrate(target, role, &outcome.from, &outcome.to, cancellable, error) &&
           make_account(target, &outcome, cancellable, error) && tell(&outcome, error);
}

const HfCommand hf_command_init = {
    .name = "init",
    .synopsis = "--owner CONNINFO",
    .summary = "Makes the service's catalog, secret and first account, or brings the catalog to this version.",
    .examples = "The database must be there. Run it again after each upgrade: what is done is passed over. Without an\n"
                "option for the new password it is asked for, or made and printed where there is no terminal.\n\n"
                "Examples:\n"
                "  createdb holdfast && holdfast init --owner dbname=holdfast\n"
                "  holdfast init --owner 'host=db user=holdfast_owner dbname=holdfast' --user ada",
    .run = run,
};
