/*
 * Expressions of the model as trees: standard SQL as PostgreSQL deparses it (pg_get_expr), which is regular and fully
 * parenthesised. A target renders a tree in its own words, or says which part it does not know. Nothing is looked up:
 * names are as they stand.
 */
#ifndef HF_NEUTRAL_EXPRESSION_H
#define HF_NEUTRAL_EXPRESSION_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    HF_EXPRESSION_TEXT,   /* 'abc': text is what is between the quotes, unescaped */
    HF_EXPRESSION_NUMBER, /* 1.5 */
    HF_EXPRESSION_TRUE,
    HF_EXPRESSION_FALSE,
    HF_EXPRESSION_NULL,
    HF_EXPRESSION_COLUMN,   /* text is its name, `qualifier` the table's or NULL */
    HF_EXPRESSION_CALL,     /* text is the function in lower case if it was not quoted; `qualifier` its schema or NULL;
                               current_timestamp and its kind are calls without parts; extract(year from x) has the
                               parts 'year' and x */
    HF_EXPRESSION_STAR,     /* of count(*) */
    HF_EXPRESSION_CAST,     /* text is the type */
    HF_EXPRESSION_OPERATOR, /* text is its sign; one part: a prefix */
    HF_EXPRESSION_AND,      /* of two parts */
    HF_EXPRESSION_OR,
    HF_EXPRESSION_NOT,
    HF_EXPRESSION_IS,    /* text is "null", "not null", "true", "not unknown" …; with two parts "distinct from" or
                            "not distinct from" */
    HF_EXPRESSION_CASE,  /* pairs of condition and value, then the other value, if there is one; of a CASE with an
                            operand the conditions are comparisons with it */
    HF_EXPRESSION_ARRAY, /* ARRAY[…] */
    HF_EXPRESSION_ANY,   /* text is the operator, parts the left side and the array */
    HF_EXPRESSION_ALL,
    HF_EXPRESSION_COLLATE, /* text is the collation */
} HfExpressionKind;

typedef struct HfExpression HfExpression;
struct HfExpression {
    HfExpressionKind kind;
    char *text, *qualifier;
    GPtrArray *parts; /* HfExpression, owned */
};

/* HF_ERROR_LIMIT says in a few words what is not understood: "a subquery". Transfer full. */
HfExpression *hf_expression_parse(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_expression_free(HfExpression *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfExpression, hf_expression_free)

/* Borrowed. */
const HfExpression *hf_expression_part(const HfExpression *self, guint index);
/* What is cast; itself, if it is no cast. Borrowed. */
const HfExpression *hf_expression_without_casts(const HfExpression *self);

/* Whether the node itself gives NULL for NULL alone, and runs no code of anybody's: an operator or a cast of values, or
 * one of a few functions of texts and numbers. */
bool hf_expression_is_strict(const HfExpression *self);

/* A view's query: SELECT … FROM tables joined … WHERE … GROUP BY … HAVING. */
typedef enum { HF_JOIN_NONE, HF_JOIN_INNER, HF_JOIN_LEFT, HF_JOIN_RIGHT, HF_JOIN_FULL, HF_JOIN_CROSS } HfJoin;

typedef struct HfFrom HfFrom;
struct HfFrom {
    HfJoin join;          /* NONE: a table */
    char *schema, *table; /* of a table */
    char *alias;          /* NULL: the table's name */
    HfFrom *left, *right; /* of a join */
    HfExpression *on;     /* of a join; NULL for CROSS */
};

typedef struct {
    bool distinct;
    GPtrArray *values;            /* HfExpression; their names are the view's columns */
    GPtrArray *from;              /* HfFrom, side by side */
    HfExpression *where, *having; /* NULL: none */
    GPtrArray *group_by;          /* HfExpression */
} HfSelect;

/* Errors as of hf_expression_parse. Transfer full. */
HfSelect *hf_select_parse(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_select_free(HfSelect *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfSelect, hf_select_free)

#endif
