/*
 * Keys from a command's options: who may open an archive that is written, and what opens one that is read.
 */
#ifndef HF_CLI_KEY_OPTIONS_H
#define HF_CLI_KEY_OPTIONS_H

#include "crypto/age.h"

#include <gio/gio.h>

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

/* --recipient, --recipients-file, --unencrypted and, unless the command has the options for reading too (then one
 * --passphrase-file serves both), --passphrase-file. Transfer full. */
GOptionGroup *hf_recipient_options(bool with_passphrase);

/* Reads what the options name. They must give exactly one kind of protection; otherwise HF_ERROR_USAGE tells the kinds.
 * *recipients is NULL for --unencrypted, else transfer full. */
bool hf_recipients_from_options(HfAgeRecipients **recipients, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether there is any of --recipient, --recipients-file and --unencrypted. */
bool hf_recipients_are_given(void);

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

/* --identity, --passphrase-file. Transfer full. */
GOptionGroup *hf_identity_options(void);

/* Reads what the options name. If they give no passphrase, the file (borrowed) takes one, and somebody is at the
 * terminal, asks for it. Transfer full, never NULL without an error. */
HfAgeIdentities *hf_identities_from_options(HfInput *file, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Both kinds of options again, as words of a command line, each with a space before it; for telling how to go on.
 * Transfer full. */
char *hf_key_options_text(void);

#endif
