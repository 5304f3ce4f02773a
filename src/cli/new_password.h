/*
 * A password for somebody's account: from a file, from the terminal, or made here and told once.
 */
#ifndef HF_CLI_NEW_PASSWORD_H
#define HF_CLI_NEW_PASSWORD_H

#include <gio/gio.h>
#include <stdbool.h>

/* --user-password-file, --ask-password, --generate-password. Transfer full. */
GOptionGroup *hf_new_password_options(void);
/* Whether one of them is given. */
bool hf_new_password_wanted(void);

/* The hash, transfer full; `generated` (transfer full) is the password if it was made here, else NULL. Without an
 * option somebody at the terminal is asked, twice, and where nobody is one is made. HF_ERROR_USAGE: it is too weak. */
char *hf_new_password_hash(const char *user, char **generated, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
