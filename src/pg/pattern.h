/*
 * psql's patterns for names, as pg_dump takes them: the one language of --table, --schema and --exclude-… in every
 * command. Outside double quotes letters (of ASCII) fold to lower case, * stands for any characters and ? for one, a
 * dot parts schema and name, a dollar is a plain character, and the rest is a regular expression; inside quotes all is
 * literal, "" is a quote.
 *
 * A pattern becomes one regular expression for the schema and one for the name, which PostgreSQL's ~ and GRegex
 * understand alike: what the two read differently is refused.
 */
#ifndef HF_PG_PATTERN_H
#define HF_PG_PATTERN_H

#include <glib.h>
#include <stdbool.h>

typedef enum { HF_PATTERN_SCHEMA, HF_PATTERN_TABLE } HfPatternKind;

typedef struct {
    char *text;   /* as typed */
    char *schema; /* regular expression, anchored; NULL: a pattern for tables without a schema */
    char *name;   /* likewise; NULL: a pattern for schemas */
    GRegex *schema_regex, *name_regex;
} HfPattern;

/* HF_ERROR_USAGE names the pattern: too long, too many dots, not a regular expression. Transfer full. */
HfPattern *hf_pattern_parse(const char *text, HfPatternKind kind, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_pattern_free(HfPattern *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPattern, hf_pattern_free)

/* Whether the pattern means this name; without a schema in the pattern, in any schema. A pattern for schemas looks at
 * the schema alone. Both names are UTF-8. */
bool hf_pattern_matches(const HfPattern *self, const char *schema, const char *name);

/* The pattern (and SQL) that means this name alone, quoted where needed. Transfer full. */
char *hf_pattern_of_name(const char *schema, const char *name);

/* ---- Filters -------------------------------------------------------------------------------------------------------
 */

/* What a command was given; each list may be NULL or empty, all are NULL-terminated and borrowed. */
typedef struct {
    const char *const *schemas;         /* --schema */
    const char *const *exclude_schemas; /* --exclude-schema */
    const char *const *tables;          /* --table */
    const char *const *exclude_tables;  /* --exclude-table */
} HfPatternLists;

/* Whether any is given. */
bool hf_pattern_lists_given(const HfPatternLists *self);
/* Whether --schema or --table is: then only what these mean is taken, not all but what is excluded. */
bool hf_pattern_lists_are_selective(const HfPatternLists *self);

/* Matches the names of an archive one after another, and remembers which patterns were of use. One thread. */
typedef struct HfPatternFilter HfPatternFilter;

/* Errors as of hf_pattern_parse. Transfer full. */
HfPatternFilter *hf_pattern_filter_new(const HfPatternLists *lists, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_pattern_filter_free(HfPatternFilter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPatternFilter, hf_pattern_filter_free)

/* As of the lists. */
bool hf_pattern_filter_is_selective(const HfPatternFilter *self);

typedef enum {
    HF_PATTERN_UNTOLD,  /* no pattern speaks of it; it is taken if something wanted needs it */
    HF_PATTERN_WANTED,  /* asked for; or, where nothing is asked for, not excluded */
    HF_PATTERN_EXCLUDED /* whatever else asks for it */
} HfPatternVerdict;

/*
 * As in pg_dump, --table makes --schema and --exclude-schema have no effect. `name` is NULL for what the patterns for
 * tables do not speak of (schemas, functions, types …). `schema` may be NULL.
 */
HfPatternVerdict hf_pattern_filter_judge(HfPatternFilter *self, const char *schema, const char *name);

/* To be asked when all names were judged: HF_ERROR_NOT_FOUND names the --schema or --table that matched nothing; an
 * exclusion that did not is warned of. */
bool hf_pattern_filter_check_used(const HfPatternFilter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The words for a pattern that matched nothing, the same for an archive and a database: a warning where it excludes,
 * else HF_ERROR_NOT_FOUND and false. `where` is "the archive" or "the database". */
bool hf_pattern_tell_unused(const char *option, bool excludes, const char *pattern, const char *where, GError **error);

#endif
