#include "cli/new_password.h"

#include "cli/options.h"
#include "cli/password.h"
#include "crypto/password.h"

static struct {
    char *file;
    gboolean ask, generate;
} options;

GOptionGroup *hf_new_password_options(void)
{
    static const GOptionEntry entries[] = {
        {"user-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options.file,
         "The new password is the first line of this file", "FILE"},
        {"ask-password", 0, 0, G_OPTION_ARG_NONE, &options.ask, "Ask for the new password", NULL},
        {"generate-password", 0, 0, G_OPTION_ARG_NONE, &options.generate, "Make a new password and print it once",
         NULL},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("new-password", "New password:", "New password", NULL, NULL);
    g_option_group_add_entries(group, entries);
    return group;
}

bool hf_new_password_wanted(void)
{
    return options.file != NULL || options.ask || options.generate;
}

static char *ask_twice(const char *user, GError **error)
{
    g_autofree char *prompt = g_strdup_printf("New password for %s", user);
    char *first = hf_password_ask(prompt, "--user-password-file", NULL, error);
    char *second = first != NULL ? hf_password_ask("The same again", "--user-password-file", NULL, error) : NULL;
    bool same = second != NULL && hf_secret_equal(first, second);
    if (second != NULL && !same)
        hf_option_fail(error, "the two passwords differ");
    hf_age_secret_free(second);
    if (same)
        return first;
    hf_age_secret_free(first);
    return NULL;
}

static char *get(const char *user, char **generated, GError **error)
{
    if (options.file != NULL)
        return hf_password_read_line("--user-password-file", options.file, error);
    if (options.ask || (!options.generate && hf_password_can_ask()))
        return ask_twice(user, error);
    *generated = hf_token_new("", error);
    return g_strdup(*generated);
}

char *hf_new_password_hash(const char *user, char **generated, GError **error)
{
    *generated = NULL;
    if ((options.file != NULL) + options.ask + options.generate > 1) {
        hf_option_fail(error, "--user-password-file, --ask-password and --generate-password exclude each other");
        return NULL;
    }
    char *password = get(user, generated, error);
    char *hash = password != NULL && hf_password_acceptable(password, error) ? hf_password_hash(password, error) : NULL;
    hf_age_secret_free(password);
    return hash;
}
