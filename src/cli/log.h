/*
 * Where GLib's log goes in the command line: standard error, a line each, beginning "holdfast: ". Warnings and worse
 * always; messages unless quiet; what is of the level info and debug, of this program alone, if verbose.
 */
#ifndef HF_CLI_LOG_H
#define HF_CLI_LOG_H

#include <glib.h>
#include <stdbool.h>

/* Once, at the start of the program. */
void hf_log_install(void);

void hf_log_set_level(bool quiet, bool verbose);

/* "holdfast: error: …" */
void hf_log_error(const GError *error);

#endif
