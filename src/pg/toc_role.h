/*
 * Finds the names of roles in the SQL that pg_dump writes for grants, default privileges, policies and user mappings.
 * Private to src/pg/toc_*.c.
 */
#ifndef HF_PG_TOC_ROLE_H
#define HF_PG_TOC_ROLE_H

#include "pg/dump_toc.h"

/* Whether an entry's definition is of a kind that names roles. */
bool hf_toc_entry_names_roles(const HfTocEntry *entry);

/* A walk over the role names of one definition. PUBLIC is not among them. Start with HF_ROLE_SCAN_INIT. */
typedef struct {
    const char *sql;   /* borrowed */
    size_t start, end; /* of the name last found, quotes included */
    GString *name;     /* it, without quotes */

    size_t at;                         /* the rest is private: the start of the next token, */
    size_t word_start[2], word_end[2]; /* the two unquoted words just before it (empty if there are none), */
    unsigned depth;                    /* of parentheses, */
    bool expects_role, after_role;     /* and what the last token was */
} HfRoleScan;

#define HF_ROLE_SCAN_INIT(text) ((HfRoleScan){.sql = (text), .name = g_string_new(NULL)})

/* Goes to the next name. False at the end. */
bool hf_role_scan_next(HfRoleScan *self);
void hf_role_scan_clear(HfRoleScan *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfRoleScan, hf_role_scan_clear)

#endif
