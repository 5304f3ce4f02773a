/* People of an organization. */
#include "base/error.h"
#include "catalog/account.h"
#include "cli/admin.h"
#include "cli/new_password.h"
#include "cli/options.h"

static struct {
    char *name, *rename, *full_name, *role;
    gboolean owner, active, inactive;
} options;

static const GOptionEntry entries[] = {
    {"name", 0, 0, G_OPTION_ARG_STRING, &options.name, "Whom: the name one signs in with", "NAME"},
    {"rename", 0, 0, G_OPTION_ARG_STRING, &options.rename, "change: another name", "NAME"},
    {"full-name", 0, 0, G_OPTION_ARG_STRING, &options.full_name, "The name of the person", "TEXT"},
    {"role", 0, 0, G_OPTION_ARG_STRING, &options.role, "In the organization", "viewer|auditor|operator|administrator"},
    {"owner", 0, 0, G_OPTION_ARG_NONE, &options.owner, "An owner of the whole installation", NULL},
    {"active", 0, 0, G_OPTION_ARG_NONE, &options.active, "change: may sign in again", NULL},
    {"inactive", 0, 0, G_OPTION_ARG_NONE, &options.inactive, "change: may not sign in any more", NULL},
    {NULL},
};

static bool read_role(HfRole *role, GError **error)
{
    *role = hf_role_parse(options.role);
    return options.role == NULL || *role != HF_ROLE_NONE ||
           hf_option_fail(error, "--role: \"%s\" is not " HF_ROLES, options.role);
}

static bool need_role(HfRole *role, GError **error)
{
    return hf_option_require("--role", options.role, HF_ROLES, error) && read_role(role, error);
}

static bool list(HfAdmin *admin, GError **error)
{
    static const HfAdminColumn columns[] = {{"NAME", "name"},      {"FULL NAME", "full_name"}, {"ROLE", "role"},
                                            {"OWNER", "is_owner"}, {"ACTIVE", "is_active"},    {NULL}};
    return hf_admin_list(admin, &hf_noun_user, NULL, columns, error);
}

static bool add(HfAdmin *admin, GError **error)
{
    bool owner = options.owner;
    HfAccountChange account = {.name = options.name, .full_name = options.full_name, .is_owner = owner ? &owner : NULL};
    if (!hf_option_require("--name", options.name, "whom to add", error) || !need_role(&account.role, error))
        return false;
    g_autofree char *generated = NULL, *hash = hf_new_password_hash(options.name, &generated, error);
    account.password = hash;
    if (hash == NULL || !hf_catalog_begin(admin->catalog, error))
        return false;
    g_autofree char *id = hf_account_create(admin->catalog, admin->organization, &account, admin->actor, error);
    return hf_admin_end(admin, "user.create", id, options.name, options.role, id != NULL, error) &&
           hf_admin_tell_done(admin, &hf_noun_user, id, "added", "password", generated, error);
}

/* What is remembered of somebody's sessions goes; if Redis is away, it goes by itself within a minute. */
static void forget_sessions(HfAdmin *admin, char **hashes)
{
    g_autoptr(GError) away = NULL;
    for (char **hash = hashes; away == NULL && *hash != NULL; hash++)
        if (!hf_queue_drop_principal(admin->queue, *hash, &away))
            g_debug("what Redis knows of a session ends within a minute: %s", away->message);
}

/* Of an account that is there, in this organization or not. */
static char *find_account(HfAdmin *admin, GError **error)
{
    return hf_option_require("--name", options.name, "an account", error)
               ? hf_noun_find(admin->catalog, &hf_noun_account, NULL, options.name, error)
               : NULL;
}

static bool join(HfAdmin *admin, GError **error)
{
    HfRole role;
    g_autofree char *id = need_role(&role, error) ? find_account(admin, error) : NULL;
    g_auto(GStrv) hashes = id != NULL ? hf_session_hashes(admin->catalog, id, error) : NULL;
    if (hashes == NULL || !hf_catalog_begin(admin->catalog, error))
        return false;
    bool done = hf_member_set(admin->catalog, admin->organization, id, role, error);
    if (!hf_admin_end(admin, "user.join", id, options.name, options.role, done, error))
        return false;
    forget_sessions(admin, hashes);
    return hf_admin_tell_done(admin, &hf_noun_user, id, "joined", NULL, NULL, error);
}

static bool read_change(HfAccountChange *account, bool *active, bool *owner, GError **error)
{
    if (options.active && options.inactive)
        return hf_option_fail(error, "--active and --inactive exclude each other");
    *active = options.active;
    *owner = true;
    *account = (HfAccountChange){.name = options.rename,
                                 .full_name = options.full_name,
                                 .is_active = options.active || options.inactive ? active : NULL,
                                 .is_owner = options.owner ? owner : NULL};
    return read_role(&account->role, error);
}

static bool change(HfAdmin *admin, GError **error)
{
    bool active, owner;
    HfAccountChange account;
    g_autofree char *generated = NULL, *hash = NULL;
    g_autofree char *id = read_change(&account, &active, &owner, error)
                              ? hf_admin_find(admin, &hf_noun_user, "--name", options.name, error)
                              : NULL;
    if (id == NULL)
        return false;
    if (hf_new_password_wanted() && (hash = hf_new_password_hash(options.name, &generated, error)) == NULL)
        return false;
    account.password = hash;
    g_auto(GStrv) hashes = hf_session_hashes(admin->catalog, id, error);
    if (hashes == NULL || !hf_catalog_begin(admin->catalog, error))
        return false;
    bool done = hf_account_change(admin->catalog, admin->organization, id, 0, &account, true, error);
    const char *detail = hash != NULL ? "with a new password" : options.role;
    if (!hf_admin_end(admin, "user.change", id, options.name, detail, done, error))
        return false;
    forget_sessions(admin, hashes);
    return hf_admin_tell_done(admin, &hf_noun_user, id, "changed", "password", generated, error);
}

static bool remove_user(HfAdmin *admin, GError **error)
{
    g_autofree char *id = hf_admin_find(admin, &hf_noun_user, "--name", options.name, error);
    g_auto(GStrv) hashes = id != NULL ? hf_session_hashes(admin->catalog, id, error) : NULL;
    if (hashes == NULL || !hf_catalog_begin(admin->catalog, error))
        return false;
    bool done = hf_member_remove(admin->catalog, admin->organization, id, 0, error);
    if (!hf_admin_end(admin, "user.delete", id, options.name, NULL, done, error))
        return false;
    forget_sessions(admin, hashes);
    return hf_admin_tell_removed(&hf_noun_user, options.name, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    static const HfAdminVerb verbs[] = {{"list", list},          {"add", add}, {"join", join}, {"change", change},
                                        {"remove", remove_user}, {NULL}};
    return hf_admin_run(self, arguments, entries, verbs, hf_new_password_options(), error);
}

const HfCommand hf_command_user = {
    .name = "user",
    .synopsis = "list|add|join|change|remove [--name NAME]",
    .summary = "People who sign in: lists, adds, changes and removes them in an organization of the service.",
    .examples = "\"join\" gives an account of another organization a role in this one. Without an option for the new\n"
                "password it is asked for, or made and printed where there is no terminal.\n\n"
                "Examples:\n"
                "  holdfast user add --name ada --role operator\n"
                "  holdfast user change --name ada --generate-password\n"
                "  holdfast user list --json",
    .run = run,
};
