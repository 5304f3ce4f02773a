/*
 * Reading a command's options, and checks of values that several commands share. All errors are HF_ERROR_USAGE and name
 * the option. Strings that GOption makes live until the process ends.
 */
#ifndef HF_CLI_OPTIONS_H
#define HF_CLI_OPTIONS_H

#include "cli/command.h"

#include <stdint.h>

/*
 * Parses `arguments` by the command's own entries and those of the groups (transfer full; NULL ends the list). What is
 * no option is refused. --help prints the help and returns false with no error: there is nothing more to do.
 */
bool hf_options_parse(const HfCommand *command, char **arguments, const GOptionEntry *entries, GError **error, ...)
    G_GNUC_WARN_UNUSED_RESULT G_GNUC_NULL_TERMINATED;

/* `name` is as typed: "--from". */
bool hf_option_require(const char *name, const char *value, const char *what, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL leaves `number` as it is. */
bool hf_option_number(const char *name, const char *value, uint64_t min, uint64_t max, uint64_t *number, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_option_duration(const char *name, const char *value, uint64_t *seconds, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* One of the NULL-terminated `choices`; sets its index. NULL leaves `index` as it is. */
bool hf_option_choice(const char *name, const char *value, const char *const *choices, unsigned *index, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* --jobs: how many tables at a time; the default is the number of processors, at most 8. */
bool hf_option_jobs(const char *value, unsigned *jobs, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* --role-map OLD=NEW, each; a table of char* to char*, NULL for an empty list. Transfer full. */
bool hf_option_role_map(const char *const *values, GHashTable **map, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets a HF_ERROR_USAGE error and returns false. */
bool hf_option_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

#define HF_JOBS_ENTRY(variable)                                                                                        \
    {                                                                                                                  \
        "jobs", 'j', 0, G_OPTION_ARG_STRING, variable, "Tables at a time, 1 to 128 (default: processors, at most 8)",  \
            "NUMBER"                                                                                                   \
    }

#endif
