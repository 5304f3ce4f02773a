/*
 * The grammar of JSON (RFC 8259), checked before jsmn cuts a text into tokens; see json_grammar.c for why. For json.c
 * alone.
 */
#ifndef HF_BASE_JSON_GRAMMAR_H
#define HF_BASE_JSON_GRAMMAR_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define HF_JSON_MAX_DEPTH 64

/*
 * Checks the NUL-terminated, valid UTF-8 `text` from end to end and counts its values, keys included, into `nodes`.
 * Errors as hf_json_parse.
 */
bool hf_json_check_grammar(const char *what, const char *text, size_t max_nodes, size_t *nodes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
