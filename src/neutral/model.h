/*
 * A database as neither PostgreSQL nor SQL Server says it: what stands between a source that is described and a target
 * that is written, so that N sources and M targets need N + M modules and no pairs. A source fills it; a target reads
 * it and decides what it can take. It serialises to JSON, so that an archive can carry it.
 *
 * Expressions (defaults, checks, predicates) are in standard SQL as PostgreSQL deparses it; neutral/expression.h reads
 * them into trees. What has no place here is a leftover: named, with its source, never dropped.
 *
 * Texts are UTF-8 and owned by the struct that they are in; lists own their elements; a list is never NULL.
 */
#ifndef HF_NEUTRAL_MODEL_H
#define HF_NEUTRAL_MODEL_H

#include "base/json.h"

typedef enum {
    HF_NEUTRAL_BOOLEAN,
    HF_NEUTRAL_INT16,
    HF_NEUTRAL_INT32,
    HF_NEUTRAL_INT64,
    HF_NEUTRAL_DECIMAL, /* precision and scale; without them of any size */
    HF_NEUTRAL_FLOAT32,
    HF_NEUTRAL_FLOAT64,
    HF_NEUTRAL_MONEY,
    HF_NEUTRAL_CHAR, /* of length, padded */
    HF_NEUTRAL_TEXT, /* up to length; 0: of any */
    HF_NEUTRAL_TEXT_WITHOUT_CASE,
    HF_NEUTRAL_BYTES,
    HF_NEUTRAL_UUID,
    HF_NEUTRAL_DATE,
    HF_NEUTRAL_TIME,
    HF_NEUTRAL_TIME_WITH_ZONE,
    HF_NEUTRAL_TIMESTAMP,
    HF_NEUTRAL_INSTANT, /* a timestamp with its zone */
    HF_NEUTRAL_INTERVAL,
    HF_NEUTRAL_JSON,
    HF_NEUTRAL_XML,
    HF_NEUTRAL_ENUM, /* one of its labels */
    HF_NEUTRAL_ARRAY,
    HF_NEUTRAL_COMPOSITE,
    HF_NEUTRAL_RANGE,
    HF_NEUTRAL_NETWORK,
    HF_NEUTRAL_MAC,
    HF_NEUTRAL_BITS, /* of length, or up to it; 0: of any */
    HF_NEUTRAL_SEARCH_VECTOR,
    HF_NEUTRAL_MAP,
    HF_NEUTRAL_GEOMETRY,
    HF_NEUTRAL_OTHER, /* known by its text alone */
    HF_NEUTRAL_KINDS
} HfNeutralKind;

/* "int32", "text" … Static. */
const char *hf_neutral_kind_name(HfNeutralKind kind);

typedef struct {
    HfNeutralKind kind;
    char *source;   /* as the source says it: "numeric(10,2)" */
    char *domain;   /* "shop.email": the domain that it comes from; NULL: none */
    bool sized;     /* a decimal has precision and scale */
    int64_t length; /* characters or bits; 0: no limit */
    int64_t precision, scale;
    GPtrArray *labels;     /* char*: of an enum */
    GPtrArray *checks;     /* char*: conditions of its domains on VALUE */
    bool checks_validated; /* older rows were held against all of them */
} HfNeutralType;

typedef enum { HF_IDENTITY_NONE, HF_IDENTITY_ALWAYS, HF_IDENTITY_BY_DEFAULT } HfNeutralIdentity;

/* What the rows hold; nothing of it is known before they are measured. */
typedef struct {
    bool known;
    int64_t units;  /* UTF-16 units of the longest text, bytes of the longest binary value */
    int64_t digits; /* of a decimal, before and after the point, the most of each */
    int64_t scale;
} HfNeutralMeasure;

typedef struct {
    char *name;
    HfNeutralType type;
    bool nullable;
    char *default_value; /* expression; NULL: none */
    char *generated;     /* expression that is stored; NULL: an ordinary column */
    char *collation;     /* NULL: the database's */
    char *comment;
    HfNeutralIdentity identity;
    int64_t identity_start, identity_increment;
    int64_t identity_next; /* what the next row gets */
    bool identity_bounded; /* it ends before its type does, or begins again */
    HfNeutralMeasure measure;
} HfNeutralColumn;

typedef struct {
    char *name;
    bool primary;
    bool nulls_distinct; /* several rows may be NULL */
    bool deferrable;
    GPtrArray *columns;  /* char* */
    GPtrArray *included; /* char* */
    char *comment;
    char *source;
} HfNeutralKey;

typedef struct {
    char *name;
    GPtrArray *columns; /* char* */
    char *to_schema, *to_table;
    GPtrArray *to_columns;       /* char* */
    char *on_update, *on_delete; /* "no action", "restrict", "cascade", "set null", "set default" */
    GPtrArray *delete_columns;   /* char*: those that ON DELETE sets; none: all */
    bool match_full, deferrable, validated;
    char *comment;
    char *source;
} HfNeutralForeignKey;

typedef struct {
    char *name;
    char *expression;
    bool validated;
    char *comment;
    char *source;
} HfNeutralCheck;

typedef struct {
    char *column;     /* NULL: an expression */
    char *expression; /* NULL: a column */
    bool descending;
} HfNeutralIndexItem;

typedef struct {
    char *name;
    char *method; /* "btree" … */
    bool unique, nulls_distinct;
    GPtrArray *items;    /* HfNeutralIndexItem */
    GPtrArray *included; /* char* */
    char *predicate;     /* NULL: of all rows */
    char *comment;
    char *source;
} HfNeutralIndex;

typedef struct {
    char *schema, *name;
    char *comment;
    int64_t rows;       /* as the source estimates; as counted once it is measured */
    int64_t bytes;      /* of rows, without indexes */
    bool partitioned;   /* its rows are those of its partitions */
    bool elsewhere;     /* some of these are foreign tables, so that its rows are not read */
    bool has_heirs;     /* tables inherit from it: a query of it has their rows, too, though they are not its own */
    GPtrArray *columns; /* HfNeutralColumn */
    GPtrArray *keys;    /* HfNeutralKey */
    GPtrArray *foreign_keys; /* HfNeutralForeignKey */
    GPtrArray *checks;       /* HfNeutralCheck */
    GPtrArray *indexes;      /* HfNeutralIndex */
} HfNeutralTable;

typedef struct {
    char *schema, *name;
    char *comment;
    int64_t start, increment, minimum, maximum, cache, next;
    bool cycles;
} HfNeutralSequence;

typedef struct {
    char *schema, *name;
    char *comment;
    char *source;       /* its query */
    char *check_option; /* "local" or "cascaded": no row may be written that it does not show; NULL: any */
    GPtrArray *columns; /* HfNeutralColumn: name, type and comment alone */
} HfNeutralView;

typedef struct {
    char *name;
    char *comment;
} HfNeutralSchema;

/* What has no place in the model. */
typedef struct {
    char *kind;   /* "function", "trigger" … */
    char *name;   /* "shop.total(integer)" */
    char *source; /* as the source would make it again; at least its description */
} HfNeutralLeftover;

typedef struct {
    char *source; /* "PostgreSQL 15.8" */
    char *database;
    char *comment;  /* of the database */
    char *encoding; /* of the database */
    char *collation;
    GPtrArray *schemas;   /* HfNeutralSchema */
    GPtrArray *sequences; /* HfNeutralSequence */
    GPtrArray *tables;    /* HfNeutralTable */
    GPtrArray *views;     /* HfNeutralView, each after those that it reads */
    GPtrArray *leftovers; /* HfNeutralLeftover */
} HfNeutralModel;

/* All empty. Transfer full. An element's free function is its list's. */
HfNeutralModel *hf_neutral_model_new(void);
void hf_neutral_model_free(HfNeutralModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfNeutralModel, hf_neutral_model_free)

/* New elements at the end of a list; borrowed. */
HfNeutralSchema *hf_neutral_add_schema(HfNeutralModel *self);
HfNeutralSequence *hf_neutral_add_sequence(HfNeutralModel *self);
HfNeutralTable *hf_neutral_add_table(HfNeutralModel *self);
HfNeutralView *hf_neutral_add_view(HfNeutralModel *self);
HfNeutralLeftover *hf_neutral_add_leftover(HfNeutralModel *self);
void hf_neutral_remove_leftover(HfNeutralModel *self, guint index);
/* Whether "schema.table" is a table that was left out on purpose: a leftover, with nothing known of its columns. */
bool hf_neutral_is_left_out(const HfNeutralModel *self, const char *table);
HfNeutralColumn *hf_neutral_add_column(GPtrArray *columns);
HfNeutralKey *hf_neutral_add_key(HfNeutralTable *table);
HfNeutralForeignKey *hf_neutral_add_foreign_key(HfNeutralTable *table);
HfNeutralCheck *hf_neutral_add_check(HfNeutralTable *table);
HfNeutralIndex *hf_neutral_add_index(HfNeutralTable *table);
HfNeutralIndexItem *hf_neutral_add_index_item(HfNeutralIndex *index);

/* Borrowed; NULL: there is none. */
HfNeutralTable *hf_neutral_find_table(const HfNeutralModel *self, const char *schema, const char *name);
HfNeutralColumn *hf_neutral_find_column(const GPtrArray *columns, const char *name);

void hf_neutral_model_write(const HfNeutralModel *self, HfJsonWriter *json, const char *key);
/* HF_ERROR_CORRUPT for what hf_neutral_model_write would not have written. Transfer full. */
HfNeutralModel *hf_neutral_model_read(const HfJson *json, HfJsonNode node, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
