/*
 * What a user wants otherwise than the map of types has it: a small JSON file. docs/migrate-to-sql-server.md has it
 * all. Immutable once it is read.
 */
#ifndef HF_ENGINE_ENDS_MSSQL_MAP_H
#define HF_ENGINE_ENDS_MSSQL_MAP_H

#include "neutral/model.h"

/* Values that SQL Server's types do not take, or that it would take for others. */
typedef enum {
    HF_AWKWARD_INFINITY, /* dates and times without end */
    HF_AWKWARD_BC,
    HF_AWKWARD_AFTER_9999,
    HF_AWKWARD_24_00,
    HF_AWKWARD_NOT_A_NUMBER, /* NaN, and infinity of a number */
    HF_AWKWARD_TOO_MANY_DIGITS,
    HF_AWKWARD_JSON_ESCAPE, /* \u0000 and lone surrogates */
    HF_AWKWARDS
} HfAwkward;

/* "infinity", "bc" … Static. */
const char *hf_awkward_name(HfAwkward awkward);

typedef enum {
    HF_CHOICE_REFUSE, /* the move does not begin */
    HF_CHOICE_NULL,
    HF_CHOICE_CLAMP, /* the nearest value that can be */
    HF_CHOICE_TEXT,  /* the whole column as text */
} HfChoice;

const char *hf_choice_name(HfChoice choice);

/* The key that encrypts columns; of Holdfast's own the names. */
#define HF_MSSQL_DEFAULT_KEY "holdfast_key"
#define HF_MSSQL_DEFAULT_CERTIFICATE "holdfast_certificate"
typedef enum {
    HF_MSSQL_KEY_NONE,
    HF_MSSQL_KEY_DEFAULT, /* Holdfast makes it in the target */
    HF_MSSQL_KEY_CUSTOM,  /* one that is there, by its name */
} HfMssqlKeyKind;

/* Names as SQL Server has them, without brackets; NULL but for a custom one. */
typedef struct {
    HfMssqlKeyKind kind;
    const char *key, *certificate;
} HfMssqlKeyChoice;

typedef struct HfMssqlMap HfMssqlMap;

/* `text` NULL: nothing is wanted otherwise. HF_ERROR_USAGE names file, place and remedy. Transfer full. */
HfMssqlMap *hf_mssql_map_new(const char *file, const char *text, size_t length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_mssql_map_free(HfMssqlMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfMssqlMap, hf_mssql_map_free)

/* Whether all that the map names is there, and fits: HF_ERROR_USAGE. */
bool hf_mssql_map_check(const HfMssqlMap *self, const HfNeutralModel *model, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The schema's name there; borrowed. */
const char *hf_mssql_map_schema(const HfMssqlMap *self, const char *schema);
/* The type that is wanted for a column: by its name, else by its type; NULL: none. Borrowed. */
const char *hf_mssql_map_type(const HfMssqlMap *self, const HfNeutralTable *table, const HfNeutralColumn *column);
HfChoice hf_mssql_map_choice(const HfMssqlMap *self, const HfNeutralTable *table, const HfNeutralColumn *column,
                             HfAwkward awkward);

/* Columns that are to be encrypted ("schema.table.column", ended by NULL; NULL: none), and by which key. All copied. */
void hf_mssql_map_encrypt(HfMssqlMap *self, const char *const *columns, const HfMssqlKeyChoice *key);
bool hf_mssql_map_is_encrypted(const HfMssqlMap *self, const HfNeutralTable *table, const HfNeutralColumn *column);
/* Ended by NULL, never NULL itself; borrowed. */
const char *const *hf_mssql_map_encrypted(const HfMssqlMap *self);
/* With the names of the default one, too; NULL: nothing is to be encrypted. Borrowed. */
const HfMssqlKeyChoice *hf_mssql_map_key(const HfMssqlMap *self);

#endif
