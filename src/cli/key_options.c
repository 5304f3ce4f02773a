#include "cli/key_options.h"

#include "cli/options.h"
#include "cli/password.h"

static struct {
    char **recipients;
    char **recipients_files;
    gboolean unencrypted;
    char **identities;
    char *passphrase_file; /* for writing, for reading, or for both */
    bool may_read;         /* the command has the options for reading too */
} options;

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

GOptionGroup *hf_recipient_options(bool with_passphrase)
{
    static const GOptionEntry entries[] = {
        {"recipient", 'r', 0, G_OPTION_ARG_STRING_ARRAY, &options.recipients,
         "Encrypt for this public key (age1…); may be repeated", "AGE"},
        {"recipients-file", 'R', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.recipients_files,
         "Encrypt for the public keys in this file; may be repeated", "FILE"},
        {"unencrypted", 0, 0, G_OPTION_ARG_NONE, &options.unencrypted, "Do not encrypt", NULL},
        {NULL},
    };
    static const GOptionEntry passphrase[] = {
        {"passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &options.passphrase_file,
         "Encrypt with the passphrase on the first line of this file", "FILE"},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("recipients", "Encryption:", "Encryption", NULL, NULL);
    g_option_group_add_entries(group, entries);
    if (with_passphrase)
        g_option_group_add_entries(group, passphrase);
    return group;
}

static bool check_kinds(GError **error)
{
    bool public_keys = options.recipients != NULL || options.recipients_files != NULL;
    /* Where a passphrase may be for reading, a public key or --unencrypted says what is for writing. */
    bool for_reading = options.may_read && (public_keys || options.unencrypted);
    bool passphrase = options.passphrase_file != NULL && !for_reading;
    int kinds = public_keys + passphrase + options.unencrypted;
    if (kinds == 0)
        return hf_option_fail(error, "nothing says who may open the file that is written: give --recipient or "
                                     "--recipients-file (a public key, see holdfast keygen), --passphrase-file, or "
                                     "--unencrypted for a file that everybody can read");
    return kinds == 1 || hf_option_fail(error, "public keys, --passphrase-file and --unencrypted exclude each other: "
                                               "give one kind");
}

static bool add_recipient(HfAgeRecipients *recipients, const char *text, GError **error)
{
    if (g_file_test(text, G_FILE_TEST_EXISTS))
        return hf_option_fail(error, "--recipient: %s is a file: name it with --recipients-file", text);
    if (hf_age_recipients_add(recipients, text, error))
        return true;
    g_prefix_error(error, "--recipient: ");
    return false;
}

static bool add_recipients_file(HfAgeRecipients *recipients, const char *path, GError **error)
{
    if (g_str_has_prefix(path, "age1") && !g_file_test(path, G_FILE_TEST_EXISTS))
        return hf_option_fail(error, "--recipients-file: %s is a public key: give it with --recipient", path);
    g_autofree char *text = hf_password_read_public("--recipients-file", path, error);
    return text != NULL && hf_age_recipients_add_text(recipients, path, text, error);
}

static bool set_passphrase(HfAgeRecipients *recipients, GError **error)
{
    char *secret = hf_password_read_line("--passphrase-file", options.passphrase_file, error);
    bool ok = secret != NULL && hf_age_recipients_set_passphrase(recipients, secret, error);
    hf_age_secret_free(secret);
    return ok;
}

bool hf_recipients_from_options(HfAgeRecipients **recipients, GError **error)
{
    *recipients = NULL;
    if (!check_kinds(error))
        return false;
    if (options.unencrypted)
        return true;
    g_autoptr(HfAgeRecipients) found = hf_age_recipients_new();
    for (char **each = options.recipients; each != NULL && *each != NULL; each++)
        if (!add_recipient(found, *each, error))
            return false;
    for (char **each = options.recipients_files; each != NULL && *each != NULL; each++)
        if (!add_recipients_file(found, *each, error))
            return false;
    if (options.recipients == NULL && options.recipients_files == NULL && !set_passphrase(found, error))
        return false;
    if (hf_age_recipients_count(found) == 0)
        return hf_option_fail(error, "--recipients-file: there is no public key in it");
    *recipients = g_steal_pointer(&found);
    return true;
}

bool hf_recipients_are_given(void)
{
    return options.recipients != NULL || options.recipients_files != NULL || options.unencrypted;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

GOptionGroup *hf_identity_options(void)
{
    static const GOptionEntry entries[] = {
        {"identity", 'i', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.identities,
         "Open the archive with the secret keys in this file; may be repeated", "FILE"},
        {"passphrase-file", 0, 0, G_OPTION_ARG_FILENAME, &options.passphrase_file,
         "Open it with the passphrase on the first line of this file", "FILE"},
        {NULL},
    };
    options.may_read = true;
    GOptionGroup *group = g_option_group_new("identities", "Keys:", "Keys", NULL, NULL);
    g_option_group_add_entries(group, entries);
    return group;
}

static bool add_identity_file(HfAgeIdentities *identities, const char *path, GError **error)
{
    char *text = hf_password_read_file("--identity", path, error);
    bool ok = text != NULL && hf_age_identities_add_text(identities, path, text, error);
    hf_age_secret_free(text);
    return ok;
}

/* Takes the secret; NULL is the failure to get it. */
static bool add_passphrase(HfAgeIdentities *identities, char *secret, GError **error)
{
    bool ok = secret != NULL && hf_age_identities_add_passphrase(identities, secret, error);
    hf_age_secret_free(secret);
    return ok;
}

static bool takes_passphrase(HfInput *file)
{
    g_auto(GStrv) kinds = hf_age_recipient_kinds(file, NULL);
    return kinds != NULL && g_strv_contains((const char *const *)kinds, "scrypt");
}

HfAgeIdentities *hf_identities_from_options(HfInput *file, GCancellable *cancellable, GError **error)
{
    g_autoptr(HfAgeIdentities) found = hf_age_identities_new();
    for (char **each = options.identities; each != NULL && *each != NULL; each++)
        if (!add_identity_file(found, *each, error))
            return NULL;
    char *path = options.passphrase_file;
    if (path != NULL) {
        if (!add_passphrase(found, hf_password_read_line("--passphrase-file", path, error), error))
            return NULL;
    } else if (takes_passphrase(file) && hf_password_can_ask()) {
        if (!add_passphrase(
                found, hf_password_ask("Passphrase of the archive", "--passphrase-file", cancellable, error), error))
            return NULL;
    }
    return g_steal_pointer(&found);
}

/* ---- Telling -------------------------------------------------------------------------------------------------------
 */

static void append_option(GString *text, const char *name, const char *value)
{
    g_autofree char *quoted = g_shell_quote(value);
    g_string_append_printf(text, " %s %s", name, quoted);
}

static void append_options(GString *text, const char *name, char **values)
{
    for (char **each = values; each != NULL && *each != NULL; each++)
        append_option(text, name, *each);
}

char *hf_key_options_text(void)
{
    GString *text = g_string_new(NULL);
    append_options(text, "--identity", options.identities);
    if (options.passphrase_file != NULL)
        append_option(text, "--passphrase-file", options.passphrase_file);
    append_options(text, "--recipient", options.recipients);
    append_options(text, "--recipients-file", options.recipients_files);
    if (options.unencrypted)
        g_string_append(text, " --unencrypted");
    return g_string_free(text, FALSE);
}
