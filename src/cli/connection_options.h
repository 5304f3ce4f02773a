/*
 * Where to connect, from a command's options: a connection string, and the ways in which a password is given.
 */
#ifndef HF_CLI_CONNECTION_OPTIONS_H
#define HF_CLI_CONNECTION_OPTIONS_H

#include "pg/target.h"

#include <gio/gio.h>

/* --password-file, --password, --no-password, for hf_options_parse. Transfer full. */
GOptionGroup *hf_connection_options(void);

/* --password-file as given; NULL: it was not. */
const char *hf_connection_password_file(void);

/* Not with --no-password. */
bool hf_connection_may_ask(void);

/* Checks the string and the options; reads the password file. Connects to nothing and asks for nothing. `name` is the
 * option that the string stands in: "--from". Transfer full. */
HfPgTarget *hf_connection_target(const char *name, const char *conninfo, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same where the password is in another file: `file` (may be NULL), that `option` names. */
HfPgTarget *hf_connection_target_with(const char *name, const char *conninfo, const char *option, const char *file,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Sees to it that there is a password where one is needed: asks for it with --password, or if the server wants one and
 * somebody is at the terminal; *target is then replaced. A server that cannot be reached is an error here; all else is
 * left to who uses the target.
 */
bool hf_connection_settle_password(HfPgTarget **target, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
