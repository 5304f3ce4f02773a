/*
 * The map of types from the neutral model to SQL Server 2017 and newer: one table (mssql_type.c), told with its limits
 * in docs/migrate-to-sql-server.md, whose table a test holds against this one.
 */
#ifndef HF_ENGINE_ENDS_MSSQL_TYPE_H
#define HF_ENGINE_ENDS_MSSQL_TYPE_H

#include "neutral/model.h"

/* Equal is what is equal in PostgreSQL: text is compared by its code units. */
#define HF_MSSQL_COLLATION "Latin1_General_100_BIN2"
#define HF_MSSQL_COLLATION_WITHOUT_CASE "Latin1_General_100_CI_AS_KS_WS_SC"

typedef struct {
    char *name;       /* "nvarchar(50)" */
    const char *note; /* what is otherwise than in the source, static; NULL: nothing */
    bool text;        /* has a collation */
} HfMssqlType;

/* `key_units`: UTF-16 units or bytes that the longest value of a key has, so that the type may not be max; 0: the
 * column is in no key. `as_text`: the user wants text. Clear with hf_mssql_type_clear. */
HfMssqlType hf_mssql_type_of(const HfNeutralColumn *column, int64_t key_units, bool as_text);
/* The same for a type that the user wrote. */
HfMssqlType hf_mssql_type_given(const char *name);
void hf_mssql_type_clear(HfMssqlType *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfMssqlType, hf_mssql_type_clear)

/* Whether it is one that Holdfast loads. */
bool hf_mssql_type_is_known(const char *name);
/* The kind of the values that a column of it takes (text of a string type, decimal of money …), and what stands in its
 * brackets: -1 for max, 0 for nothing. Only for what is known. */
HfNeutralKind hf_mssql_type_kind(const char *name, int64_t *size, int64_t *scale);
/* Whether values of the kind can go into it. */
bool hf_mssql_type_fits(HfNeutralKind kind, const char *name);
/* The most bytes that a value takes in a key; -1: no limit, so that it cannot be in one. */
int64_t hf_mssql_type_key_bytes(const char *name);

#endif
