#include "engine/ends/mssql_part.h"

#include "base/error.h"

#include <string.h>

/* Conditions of filtered indexes: of all that a condition may be, what SQL Server takes there. A column stands bare on
 * the left, and a constant on the right is of its type already: whatever would have to be converted is refused. */

#define NO_FILTER "a predicate that is more than comparisons of columns with constants"

static bool is_constant(const HfExpression *self)
{
    HfExpressionKind kind = hf_expression_without_casts(self)->kind;
    return kind == HF_EXPRESSION_TEXT || kind == HF_EXPRESSION_NUMBER || kind == HF_EXPRESSION_TRUE ||
           kind == HF_EXPRESSION_FALSE;
}

static char *refuse(GError **error, const char *why)
{
    return hf_mssql_refuse(error, "%s", why).sql;
}

/* The column that `self` is there, without anything around it. NULL: it is none, or one that no filter names. */
static const HfNeutralColumn *bare_column(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    bool as_text;
    const HfExpression *inner = hf_expression_without_casts(self);
    const HfNeutralColumn *column =
        inner->kind == HF_EXPRESSION_COLUMN ? scope->find(scope, inner->qualifier, inner->text, &as_text) : NULL;
    if (column == NULL) {
        refuse(error, NO_FILTER);
        return NULL;
    }
    g_auto(HfMssqlPart) whole = hf_mssql_render_value(scope, self, error);
    g_auto(HfMssqlPart) bare = hf_mssql_render_value(scope, inner, NULL);
    if (whole.sql != NULL && g_strcmp0(whole.sql, bare.sql) != 0)
        refuse(error, "a predicate that converts a column");
    if (scope->is_computed != NULL && scope->is_computed(scope, column))
        refuse(error, "a predicate over a computed column");
    return *error == NULL ? column : NULL;
}

static char *render_comparison(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    const HfExpression *right = hf_expression_part(self, 1);
    const HfNeutralColumn *column = bare_column(scope, hf_expression_part(self, 0), error);
    if (column == NULL)
        return NULL;
    const HfExpression *constant = hf_expression_without_casts(right);
    if (!is_constant(right) || column->type.kind == HF_NEUTRAL_FLOAT32)
        return refuse(error, NO_FILTER);
    if (constant->kind == HF_EXPRESSION_TEXT && strpbrk(constant->text, "\r\n$") != NULL)
        return refuse(error, "a predicate with a line break or a dollar sign");
    g_autofree char *whole = hf_mssql_condition(scope, self, error);
    g_auto(HfMssqlPart) value = whole != NULL ? hf_mssql_render_value(scope, right, error) : HF_MSSQL_REFUSED;
    if (value.sql == NULL)
        return NULL;
    bool narrow = column->type.kind == HF_NEUTRAL_INT16 || column->type.kind == HF_NEUTRAL_INT32;
    if (narrow && g_str_has_prefix(value.sql, "CAST"))
        return refuse(error, "a predicate that converts a column");
    const char *type = scope->type != NULL ? scope->type(scope, column) : NULL;
    if (column->type.kind != HF_NEUTRAL_CHAR || type == NULL)
        return g_steal_pointer(&whole);
    g_auto(HfMssqlPart) left = hf_mssql_render_value(scope, hf_expression_part(self, 0), error);
    return g_strdup_printf("%s %s CAST(%s AS %s)", left.sql, self->text, value.sql, type);
}

static char *render_filter(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    static const char *const comparisons[] = {"=", "<>", "<", ">", "<=", ">=", NULL};
    const HfExpression *first = self->parts->len > 0 ? hf_expression_part(self, 0) : self;
    bool ok = self->kind == HF_EXPRESSION_COLUMN ||
              (self->kind == HF_EXPRESSION_NOT && first->kind == HF_EXPRESSION_COLUMN) ||
              (self->kind == HF_EXPRESSION_IS && self->parts->len == 1 && g_str_has_suffix(self->text, "null"));
    if (self->kind == HF_EXPRESSION_AND) { /* without the parentheses that a filter does not take */
        g_autofree char *left = render_filter(scope, first, error);
        g_autofree char *right = left != NULL ? render_filter(scope, hf_expression_part(self, 1), error) : NULL;
        return right != NULL ? g_strconcat(left, " AND ", right, NULL) : NULL;
    }
    if (self->kind == HF_EXPRESSION_OPERATOR && self->parts->len == 2 && g_strv_contains(comparisons, self->text))
        return render_comparison(scope, self, error);
    if (self->kind == HF_EXPRESSION_ANY && strcmp(self->text, "=") == 0) {
        const HfNeutralColumn *column = bare_column(scope, first, error);
        ok = column != NULL && column->type.kind != HF_NEUTRAL_CHAR && column->type.kind != HF_NEUTRAL_FLOAT32;
    } else if (ok && bare_column(scope, first, error) == NULL) {
        return NULL;
    }
    g_autofree char *whole = ok ? hf_mssql_condition(scope, self, error) : refuse(error, NO_FILTER);
    if (whole != NULL && (strstr(whole, "NCHAR(") != NULL || strstr(whole, "CAST(") != NULL))
        return refuse(error, "a predicate with constants of another type than the column's");
    return g_steal_pointer(&whole);
}

char *hf_mssql_filter(const HfMssqlScope *scope, const HfExpression *expression, GError **error)
{
    g_autoptr(GError) reason = NULL;
    char *sql = render_filter(scope, expression, &reason);
    if (reason != NULL)
        g_propagate_error(error, g_steal_pointer(&reason));
    return sql;
}
