/*
 * Rendered parts of an expression, with what is known of their values. For mssql_expression.c, mssql_cast.c,
 * mssql_function.c and mssql_filter.c alone.
 */
#ifndef HF_ENGINE_ENDS_MSSQL_PART_H
#define HF_ENGINE_ENDS_MSSQL_PART_H

#include "engine/ends/mssql_expression.h"

typedef struct {
    char *sql; /* owned; NULL: refused */
    HfMssqlClass class;
    const HfExpression *literal; /* the constant that it is; NULL: none */
    int64_t size;                /* of a number its digits, of a text its UTF-16 units, at most; 0: not known, or max */
    int64_t scale;               /* of these digits, those of a decimal behind the point */
    bool collated;               /* a text whose collation is a column's, and not the database's */
} HfMssqlPart;

#define HF_MSSQL_REFUSED ((HfMssqlPart){.class = HF_MSSQL_OPAQUE})
#define HF_MSSQL_MAX_DIGITS 38
#define HF_MSSQL_MAX_UNITS 4000 /* of a text that is not max */

/* Notes that several tell. */
#define HF_MSSQL_SPACES_NOTE "texts that differ in trailing spaces alone are equal"
#define HF_MSSQL_UNITS_NOTE "characters beyond U+FFFF count twice"

void hf_mssql_part_clear(HfMssqlPart *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfMssqlPart, hf_mssql_part_clear)

/* Sets the first reason (printf), and is refused. */
HfMssqlPart hf_mssql_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* As it comes, as a value, as a condition. */
HfMssqlPart hf_mssql_render(const HfMssqlScope *scope, const HfExpression *expression, GError **error);
HfMssqlPart hf_mssql_render_value(const HfMssqlScope *scope, const HfExpression *expression, GError **error);
HfMssqlPart hf_mssql_render_condition(const HfMssqlScope *scope, const HfExpression *expression, GError **error);

bool hf_mssql_is_number(HfMssqlClass class);
bool hf_mssql_is_text(HfMssqlClass class);
/* Gives a text that has no column's collation the one of all columns. */
void hf_mssql_collate(HfMssqlPart *self);
/* One of several values of which one comes out, as of CASE: its class and size become those of all. */
bool hf_mssql_combine(HfMssqlPart *all, const HfMssqlPart *one, const char *what, GError **error);

/* ---- mssql_cast.c --------------------------------------------------------------------------------------------------
 */

/* The class of a builtin type by the name that casts print. */
bool hf_mssql_class_of_type(const char *type, HfMssqlClass *class);
HfMssqlPart hf_mssql_number(const HfExpression *literal, GError **error);
HfMssqlPart hf_mssql_text(const char *text, HfMssqlClass class, const HfExpression *literal);
/* 'text'::type; `type` only for what is told. */
HfMssqlPart hf_mssql_cast_literal(const HfMssqlScope *scope, const HfExpression *literal, HfMssqlClass class,
                                  const char *type, GError **error);
/* Takes `inner`. */
HfMssqlPart hf_mssql_cast_value(HfMssqlPart inner, HfMssqlClass class, const char *type, GError **error);
HfMssqlPart hf_mssql_render_cast(const HfMssqlScope *scope, const HfExpression *self, GError **error);

/* ---- mssql_function.c ----------------------------------------------------------------------------------------------
 */

HfMssqlPart hf_mssql_render_call(const HfMssqlScope *scope, const HfExpression *self, GError **error);

#endif
