#include "base/error.h"
#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "crypto/age.h"

#include <string.h>
#include <unistd.h>

static char *out;

static const GOptionEntry entries[] = {
    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "Write the secret key to this new file, mode 0600", "FILE"},
    {NULL},
};

/* As age-keygen writes it. Holds the secret. */
static char *identity_file(const char *identity, const char *recipient)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *created = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    return g_strdup_printf("# created: %s\n# public key: %s\n%s\n", created, recipient, identity);
}

static bool write_text(HfStoragePut *put, const char *text, GError **error)
{
    return hf_output_write(&put->output, text, strlen(text), error) && hf_storage_put_commit(put, error);
}

static bool write_file(const char *text, GError **error)
{
    if (out == NULL) {
        g_autoptr(HfStoragePut) put = hf_storage_stream_put(STDOUT_FILENO, "standard output");
        return write_text(put, text, error);
    }
    g_autoptr(HfArchiveTarget) target = hf_archive_target_open("--out", out, HF_EXISTING_REFUSE, error);
    return target != NULL && write_text(hf_archive_target_put(target), text, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    char *identity;
    g_autofree char *recipient = NULL;
    if (!hf_options_parse(self, arguments, entries, error, NULL))
        return false;
    if (out != NULL && *out == '\0')
        return hf_option_fail(error, "--out is empty: it names a file");
    if (!hf_age_keygen(&identity, &recipient, error))
        return false;
    char *text = identity_file(identity, recipient);
    hf_age_secret_free(identity);
    bool ok = write_file(text, error);
    hf_age_secret_free(text);
    if (ok) {
        g_autofree char *line = g_strdup_printf("Public key: %s", recipient);
        hf_screen_print(line);
    }
    return ok;
}

const HfCommand hf_command_keygen = {
    .name = "keygen",
    .synopsis = "[--out FILE]",
    .summary = "Makes a pair of keys: the public one (age1…) encrypts backups, the secret one opens them.",
    .examples =
        "The secret key goes to FILE, which must not exist yet, or to standard output; the public key is printed\n"
        "on standard error. Keep the secret key away from the machine that is backed up: backups need only the\n"
        "public one. Without the secret key nobody can open them.\n\n"
        "Examples:\n"
        "  holdfast keygen --out shop.key",
    .run = run,
};
