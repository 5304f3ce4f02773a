/*
 * The table of contents of a pg_dump custom-format archive that holds no data (archive versions 1.14 to 1.16: pg_dump
 * 12 to 18), read from memory, and the SQL that creates each entry's object.
 *
 * Why not pg_restore: entries are run on our own connections, so that they share transactions, roles can be renamed,
 * index builds overlap with loading, every step has progress, and no pg_restore has to fit both the archive and the
 * server. The SQL of an entry is the one that pg_restore would run for it.
 */
#ifndef HF_PG_DUMP_TOC_H
#define HF_PG_DUMP_TOC_H

#include "pg/pattern.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* When an entry is created. Entries of no section (comments, security labels) have the phase of what they describe. */
typedef enum {
    HF_TOC_PRE_DATA,
    HF_TOC_POST_DATA, /* indexes, constraints, triggers, rules, policies … */
    HF_TOC_ACL,       /* grants and default privileges: after everything that the grants could hinder */
    HF_TOC_LAST,      /* event triggers and REFRESH MATERIALIZED VIEW, with their comments: after the grants */
} HfTocPhase;

/* Every string is in the encoding that the entry of kind ENCODING sets. */
typedef struct {
    int32_t dump_id;
    uint32_t catalog_oid; /* of the system catalog: 1259 for a relation; 0 if none */
    uint32_t object_oid;
    const char *tag;  /* the object's name, for ACL and COMMENT with its kind before it */
    const char *kind; /* pg_dump's word: "TABLE", "INDEX", "FK CONSTRAINT", "ACL", "MATERIALIZED VIEW DATA" … */
    HfTocPhase phase;
    const char *definition;    /* the SQL as dumped; may be "" */
    const char *drop;          /* DROP statement; may be "" */
    const char *schema;        /* NULL if it has none */
    const char *tablespace;    /* NULL: not settable; "" the default */
    const char *access_method; /* NULL if it has none */
    const char *owner;         /* "" if it has none */
    char relkind;              /* of tables and views from archive version 1.16 on; 0 if not known */
    int32_t *dependencies;     /* dump_ids, as dumped; some may not be in the archive */
    size_t dependency_count;
    size_t start, length; /* where it stands in the archive */
} HfTocEntry;

typedef struct HfDumpToc HfDumpToc;

/* Parses a whole archive. Nothing of `data` is kept. HF_ERROR_CORRUPT for damage (every length is bounded by the input;
 * what follows the last entry is not looked at), HF_ERROR_USAGE for a version outside of what is known, saying which,
 * and for an archive that has data. Transfer full. */
HfDumpToc *hf_dump_toc_parse(const uint8_t *data, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_dump_toc_free(HfDumpToc *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfDumpToc, hf_dump_toc_free)

/* What an archive is to have besides. */
typedef struct {
    const char *kind; /* static */
    char *tag;
    uint32_t catalog_oid, object_oid; /* 0: none */
    const char *definition, *drop, *owner;
    bool of_previous; /* a grant on the addition before it; else an object of the pre-data section */
} HfTocAddition;

/*
 * The bytes of the archive that was parsed (`archive`) with objects added before all others and without the entries
 * that are left out (one bool for each). Transfer full.
 */
GBytes *hf_dump_toc_edit(const HfDumpToc *self, GBytes *archive, const HfTocAddition *additions, size_t count,
                         const bool *left_out);

/* In the archive's order, which is a valid order of creation within a phase. Borrowed. */
size_t hf_dump_toc_size(const HfDumpToc *self);
const HfTocEntry *hf_dump_toc_get(const HfDumpToc *self, size_t index);
/* By dump id; NULL if absent. */
const HfTocEntry *hf_dump_toc_find(const HfDumpToc *self, int32_t dump_id);
/* The partition that the entry makes one: the entry itself in archives of pg_dump 13, else the one that it attaches;
 * NULL if none. The entry depends on the partitioned table. */
const HfTocEntry *hf_dump_toc_attached(const HfDumpToc *self, const HfTocEntry *entry);

/* The roles that owners, grants, default privileges, policies and user mappings of the entries name, the database's own
 * among them, sorted, without PUBLIC and the predefined pg_* roles. NULL-terminated, transfer full (g_strfreev). */
char **hf_dump_toc_roles(const HfDumpToc *self);

/* Those that the definition of one entry names, its owner not among them; likewise. */
char **hf_toc_entry_roles(const HfTocEntry *entry);

typedef struct {
    bool no_owner;
    bool no_privileges;
    GHashTable *role_map; /* role name in the archive -> role name to use; NULL: none. Borrowed. */
} HfTocSqlOptions;

/*
 * The SQL to run for one entry, as pg_restore would print it without SET SESSION AUTHORIZATION: default_tablespace and
 * default_table_access_method are set before it where the entry has them, ALTER … OWNER TO follows it. May hold several
 * statements, to be sent as one simple query; "" if there is nothing to run under these options. Mapped roles are
 * renamed in owners, grants, default privileges, policies and user mappings by a lexer, never inside literals, function
 * bodies or object names. `options` may be NULL. Transfer full.
 *
 * Entries of kind ENCODING, STDSTRINGS and SEARCHPATH are settings that every connection needs before it runs others;
 * it needs check_function_bodies = off and xmloption = content as well, as pg_restore sets. (pg_restore also sets
 * row_security = off, which fails a REFRESH over a table whose policies bind the view's owner; on, the default, does
 * what the REFRESH of the original did.)
 *
 * What is the database's own (DATABASE, DATABASE PROPERTIES, and its ACL, COMMENT and SECURITY LABEL, whose tags start
 * with "DATABASE ") gives "", as from a pg_restore without --create: it names a database.
 */
char *hf_toc_entry_sql(const HfTocEntry *entry, const HfTocSqlOptions *options);

/*
 * Chooses entries for a restore of a part. `judge` says of each entry whether it is wanted, excluded, or neither. The
 * result has
 *   - what is wanted, and what that needs, by dependency: schemas, types, functions, parents, the tables under a view …
 *   - the partitions of a partitioned table that is wanted, at every level;
 *   - what belongs to chosen entries alone: defaults, owned sequences, indexes, constraints, triggers, policies,
 *     comments, grants …; a foreign key or other such entry that needs a relation which is not chosen is left out;
 *   - the settings ENCODING, STDSTRINGS and SEARCHPATH;
 * and never what is excluded, the partitions of that, or what needs any of these.
 * Load the data of every table in the result: a foreign key between two of them is in it too. One bool for each entry,
 * transfer full (g_free).
 */
typedef HfPatternVerdict (*HfTocJudge)(const HfTocEntry *entry, gpointer data);
bool *hf_dump_toc_select(const HfDumpToc *self, HfTocJudge judge, gpointer data);

/*
 * The same where the tables are there and rows alone are to be loaded: the relations and sequences that are wanted, the
 * partitions of these, and the sequences that give them values; nothing else that they need, which has its rows.
 */
bool *hf_dump_toc_select_for_rows(const HfDumpToc *self, HfTocJudge judge, gpointer data);

/* Of a default, rule, constraint …, whose tag is its relation's name, a space, its own. */
bool hf_toc_entry_is_of_relation(const HfTocEntry *self, const HfTocEntry *relation);
/* Whether patterns for tables speak of it: a table, view, materialized view, foreign table or sequence. */
bool hf_toc_entry_is_nameable(const HfTocEntry *self);
/* What a filter says of an entry: its patterns for tables speak of tables, views and sequences, those for schemas of
 * all that has one. What is but a part of something else is not wanted by itself, unless all is that is not excluded.
 */
HfPatternVerdict hf_toc_entry_judge(const HfTocEntry *self, HfPatternFilter *filter);

/* What a choice by a filter had to leave out though it is wanted, because it needs what is excluded: "VIEW shop.rich,
 * FK CONSTRAINT …". Transfer full; NULL if there is nothing. */
char *hf_dump_toc_describe_lost(const HfDumpToc *self, const bool *chosen, HfPatternFilter *filter);

#endif
