/*
 * What a command of the program is. One command runs in a process, once: what its options say is kept in static
 * variables and lives until the process ends.
 */
#ifndef HF_CLI_COMMAND_H
#define HF_CLI_COMMAND_H

#include <glib.h>
#include <stdbool.h>

typedef struct HfCommand HfCommand;
struct HfCommand {
    const char *name;
    const char *synopsis; /* what follows the name, without "[OPTION…]" */
    const char *summary;  /* one line for the overview */
    const char *examples; /* and whatever else is to be said below the options */
    /* `arguments` are those after the name, NULL-terminated, borrowed. HF_ERROR_USAGE ends with status 2,
     * HF_ERROR_DIFFER with 3, others with 1. */
    bool (*run)(const HfCommand *self, char **arguments, GError **error);
};

extern const HfCommand hf_command_assess;
extern const HfCommand hf_command_audit;
extern const HfCommand hf_command_backup;
extern const HfCommand hf_command_copies;
extern const HfCommand hf_command_export;
extern const HfCommand hf_command_extract;
extern const HfCommand hf_command_import;
extern const HfCommand hf_command_init;
extern const HfCommand hf_command_inspect;
extern const HfCommand hf_command_job;
extern const HfCommand hf_command_keygen;
extern const HfCommand hf_command_migrate;
extern const HfCommand hf_command_rescan;
extern const HfCommand hf_command_restore;
extern const HfCommand hf_command_schedule;
extern const HfCommand hf_command_server;
extern const HfCommand hf_command_token;
extern const HfCommand hf_command_undo;
extern const HfCommand hf_command_user;
extern const HfCommand hf_command_verify;

#endif
