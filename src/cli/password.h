/*
 * Secrets that people give: from a file or from the terminal. All are transfer full, to be wiped with
 * hf_age_secret_free; none is ever part of a message.
 */
#ifndef HF_CLI_PASSWORD_H
#define HF_CLI_PASSWORD_H

#include "crypto/age.h"

#include <gio/gio.h>

/* Whether somebody is there to be asked: standard input or standard error is a terminal. */
bool hf_password_can_ask(void);

/* Asks on the terminal of the process, with echo off; one line of at most 1024 bytes. HF_ERROR_CANCELLED if the wait is
 * cancelled (may be NULL), HF_ERROR_USAGE if there is no terminal: then `option` names a file with it. */
char *hf_password_ask(const char *prompt, const char *option, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A whole file of at most 1 MiB, of text; warns if others may read it. `option` is named in messages. A secret key that
 * is given for the name of a file is not repeated. */
char *hf_password_read_file(const char *option, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, but its first line alone, which may not be empty. */
char *hf_password_read_line(const char *option, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same as hf_password_read_file for what is no secret: no warning. */
char *hf_password_read_public(const char *option, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
