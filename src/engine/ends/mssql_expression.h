/*
 * Expressions in T-SQL. What is rendered means the same there; where it means nearly the same a note says what differs;
 * what is not known fully is refused, with the reason.
 */
#ifndef HF_ENGINE_ENDS_MSSQL_EXPRESSION_H
#define HF_ENGINE_ENDS_MSSQL_EXPRESSION_H

#include "neutral/expression.h"
#include "neutral/model.h"

/* What a value is, as far as an expression needs to know. */
typedef enum {
    HF_MSSQL_CONDITION, /* true, false or unknown: no value in T-SQL */
    HF_MSSQL_BIT,
    HF_MSSQL_INTEGER,
    HF_MSSQL_DECIMAL,
    HF_MSSQL_FLOAT,
    HF_MSSQL_TEXT,
    HF_MSSQL_PADDED, /* text whose trailing spaces are none of its own: char(n) */
    HF_MSSQL_DATE,
    HF_MSSQL_TIME,
    HF_MSSQL_TIMESTAMP,
    HF_MSSQL_INSTANT,
    HF_MSSQL_UUID,
    HF_MSSQL_BYTES,
    HF_MSSQL_NULL,
    HF_MSSQL_OPAQUE, /* kept in a form of which nothing else is known: JSON, a range as text */
} HfMssqlClass;

/* Finds columns, of the one table or of those that a view reads. */
typedef struct HfMssqlScope HfMssqlScope;
struct HfMssqlScope {
    /* The column that a name means; NULL: there is none. `as_text`: it is kept as text, whatever its type was. */
    const HfNeutralColumn *(*find)(const HfMssqlScope *self, const char *qualifier, const char *name, bool *as_text);
    /* The column's name there; NULL: as it is here. */
    const char *(*name)(const HfMssqlScope *self, const HfNeutralColumn *column);
    /* Its type there; NULL: not known. The member NULL: nothing is known of any. */
    const char *(*type)(const HfMssqlScope *self, const HfNeutralColumn *column);
    /* Whether SQL Server makes its values. NULL: of none. */
    bool (*is_computed)(const HfMssqlScope *self, const HfNeutralColumn *column);
    bool deterministic;           /* for a column that is computed: what SQL Server does not know to be so is refused */
    const HfNeutralColumn *value; /* what VALUE means, in the check of a domain; NULL: nothing */
    /* The name of a sequence there, quoted; transfer full; NULL: it does not go. NULL: no sequences here. */
    char *(*sequence)(const HfMssqlScope *self, const char *name);
    GPtrArray *notes; /* char*: what differs a little; may be NULL */
};

/* As a value of the class that comes out, as in DEFAULT; `wanted` is what it becomes, where that decides. Transfer
 * full. HF_ERROR_LIMIT says what is not understood. */
char *hf_mssql_value(const HfMssqlScope *scope, const HfExpression *expression, HfMssqlClass *class, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same with its size: of a text the UTF-16 units, of a number the digits that it has at most; 0: no limit. */
char *hf_mssql_sized_value(const HfMssqlScope *scope, const HfExpression *expression, HfMssqlClass *class,
                           int64_t *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As a condition, as in CHECK. */
char *hf_mssql_condition(const HfMssqlScope *scope, const HfExpression *expression, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* As the condition of a filtered index, which takes only comparisons of columns with constants, one after another. */
char *hf_mssql_filter(const HfMssqlScope *scope, const HfExpression *expression, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

HfMssqlClass hf_mssql_class_of(HfNeutralKind kind);

#define HF_MSSQL_ZONE_NOTE "the server's own time zone"

/* [name]; transfer full. */
char *hf_mssql_quote_name(const char *name);
/* N'text', or an expression where it has line breaks; transfer full. */
char *hf_mssql_quote_text(const char *text);

/* Adds a note once. */
void hf_mssql_note(GPtrArray *notes, const char *note);

#endif
