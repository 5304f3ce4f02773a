/*
 * The file of --map, which assess and migrate take: types and values that somebody wants otherwise.
 */
#ifndef HF_CLI_ASSESS_MAP_H
#define HF_CLI_ASSESS_MAP_H

#include "service/assess.h"

/* Reads it into `assess`, which borrows `path` and *text (transfer full). NULL as the path: no map, and nothing is
 * done. HF_ERROR_USAGE: it cannot be read, or is too large. */
bool hf_assess_map_read(const char *path, HfAssessOptions *assess, char **text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
