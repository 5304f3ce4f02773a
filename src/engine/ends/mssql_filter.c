#include "engine/ends/mssql_expression.h"

#include "base/error.h"

#include <string.h>

/* Conditions of filtered indexes: of all that a condition may be, what SQL Server takes there. */

static const char *const comparisons[] = {"=", "<>", "<", ">", "<=", ">=", NULL};

static bool is_column(const HfExpression *self)
{
    return hf_expression_without_casts(self)->kind == HF_EXPRESSION_COLUMN;
}

static bool is_constant(const HfExpression *self)
{
    HfExpressionKind kind = hf_expression_without_casts(self)->kind;
    return kind == HF_EXPRESSION_TEXT || kind == HF_EXPRESSION_NUMBER || kind == HF_EXPRESSION_TRUE ||
           kind == HF_EXPRESSION_FALSE;
}

static bool is_filter(const HfExpression *self)
{
    switch (self->kind) {
    case HF_EXPRESSION_AND:
        return is_filter(hf_expression_part(self, 0)) && is_filter(hf_expression_part(self, 1));
    case HF_EXPRESSION_COLUMN:
        return true;
    case HF_EXPRESSION_NOT:
        return hf_expression_part(self, 0)->kind == HF_EXPRESSION_COLUMN;
    case HF_EXPRESSION_IS:
        return self->parts->len == 1 && g_str_has_suffix(self->text, "null") && is_column(hf_expression_part(self, 0));
    case HF_EXPRESSION_OPERATOR:
        return self->parts->len == 2 && g_strv_contains(comparisons, self->text) &&
               is_column(hf_expression_part(self, 0)) && is_constant(hf_expression_part(self, 1));
    case HF_EXPRESSION_ANY:
        return is_column(hf_expression_part(self, 0)) && strcmp(self->text, "=") == 0;
    default:
        return false;
    }
}

/* AND without the parentheses that a filter does not take. */
static char *render_filter(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    if (self->kind != HF_EXPRESSION_AND)
        return hf_mssql_condition(scope, self, error);
    g_autofree char *left = render_filter(scope, hf_expression_part(self, 0), error);
    g_autofree char *right = left != NULL ? render_filter(scope, hf_expression_part(self, 1), error) : NULL;
    return right != NULL ? g_strconcat(left, " AND ", right, NULL) : NULL;
}

char *hf_mssql_filter(const HfMssqlScope *scope, const HfExpression *expression, GError **error)
{
    if (is_filter(expression))
        return render_filter(scope, expression, error);
    g_set_error_literal(error, HF_ERROR, HF_ERROR_LIMIT,
                        "a predicate that is more than comparisons of columns with constants");
    return NULL;
}
