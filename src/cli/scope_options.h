/* --schema, --exclude-schema, --table and --exclude-table, the same for every command that has them. */
#ifndef HF_CLI_SCOPE_OPTIONS_H
#define HF_CLI_SCOPE_OPTIONS_H

#include "pg/pattern.h"

/* Patterns that are none are refused while the options are parsed. Transfer full. */
GOptionGroup *hf_scope_options(void);
/* What the options gave; once they are parsed. */
HfPatternLists hf_scope_patterns(void);

#endif
