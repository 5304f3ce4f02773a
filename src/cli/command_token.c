/* Tokens of programs. */
#include "base/error.h"
#include "catalog/account.h"
#include "cli/admin.h"
#include "cli/options.h"
#include "crypto/password.h"

#include <string.h>

#define HINT_LENGTH 8

static struct {
    char *name, *role, *expires;
} options;

static const GOptionEntry entries[] = {
    {"name", 0, 0, G_OPTION_ARG_STRING, &options.name, "The token", "NAME"},
    {"role", 0, 0, G_OPTION_ARG_STRING, &options.role, "add: what it may do", "viewer|auditor|operator|administrator"},
    {"expires", 0, 0, G_OPTION_ARG_STRING, &options.expires, "add: after this time (default: never)", "TIME"},
    {NULL},
};

static bool list(HfAdmin *admin, GError **error)
{
    static const HfAdminColumn columns[] = {{"NAME", "name"},          {"ROLE", "role"},    {"BEGINS WITH", "hint"},
                                            {"EXPIRES", "expires_at"}, {"USED", "used_at"}, {NULL}};
    return hf_admin_list(admin, &hf_noun_token, NULL, columns, error);
}

static char *create(HfAdmin *admin, const char *token, HfRole role, uint64_t seconds, GError **error)
{
    uint8_t hash[32];
    g_autofree char *hint = g_strndup(token, HINT_LENGTH);
    int64_t expires_us = seconds > 0 ? g_get_real_time() + (int64_t)seconds * G_USEC_PER_SEC : 0;
    hf_sha256(token, strlen(token), hash);
    return hf_token_create(admin->catalog, admin->organization, options.name, role, hash, hint, expires_us,
                           admin->actor, error);
}

static bool add(HfAdmin *admin, GError **error)
{
    uint64_t seconds = 0;
    HfRole role = hf_role_parse(options.role);
    if (!hf_option_require("--name", options.name, "the new token", error) ||
        !hf_option_require("--role", options.role, HF_ROLES, error) ||
        !hf_option_duration("--expires", options.expires, &seconds, error))
        return false;
    if (role == HF_ROLE_NONE)
        return hf_option_fail(error, "--role: \"%s\" is not " HF_ROLES, options.role);
    g_autofree char *token = hf_token_new(HF_TOKEN_PREFIX, error);
    if (token == NULL || !hf_catalog_begin(admin->catalog, error))
        return false;
    g_autofree char *id = create(admin, token, role, seconds, error);
    return hf_admin_end(admin, "token.create", id, options.name, options.role, id != NULL, error) &&
           hf_admin_tell_done(admin, &hf_noun_token, id, "added", "token", token, error);
}

static bool remove_token(HfAdmin *admin, GError **error)
{
    g_autofree char *id = hf_admin_find(admin, &hf_noun_token, "--name", options.name, error);
    g_autofree char *hash = id != NULL ? hf_token_hash(admin->catalog, admin->organization, id, error) : NULL;
    if (hash == NULL || !hf_admin_remove(admin, &hf_noun_token, options.name, error))
        return false;
    g_autoptr(GError) away = NULL;
    if (!hf_queue_drop_principal(admin->queue, hash, &away))
        g_debug("what Redis knows of the token ends within a minute: %s", away->message);
    return true;
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    static const HfAdminVerb verbs[] = {{"list", list}, {"add", add}, {"remove", remove_token}, {NULL}};
    return hf_admin_run(self, arguments, entries, verbs, NULL, error);
}

const HfCommand hf_command_token = {
    .name = "token",
    .synopsis = "list|add|remove [--name NAME]",
    .summary = "Tokens with which programs use the API: lists, makes and revokes them.",
    .examples = "A token is printed once, when it is made; the catalog keeps its hash alone.\n\n"
                "Examples:\n"
                "  holdfast token add --name monitoring --role viewer --expires 365d\n"
                "  holdfast token remove --name monitoring",
    .run = run,
};
