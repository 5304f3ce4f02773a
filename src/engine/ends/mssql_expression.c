#include "engine/ends/mssql_part.h"

#include "base/error.h"
#include "engine/ends/mssql_type.h"

#include <string.h>

/*
 * T-SQL has conditions and values, and no way between them: a bit column is no condition, a comparison is no value. So
 * each rendered part carries its class, and as_condition and as_value go from one to the other. It carries its size,
 * too: SQL Server cuts texts and rounds decimals in silence where they grow beyond what its types have.
 */

/* Some forms repeat their parts, so nested ones grow by powers. */
#define MAX_BYTES 65536

void hf_mssql_part_clear(HfMssqlPart *self)
{
    g_free(self->sql);
}

char *hf_mssql_quote_name(const char *name)
{
    g_auto(GStrv) pieces = g_strsplit(name, "]", -1);
    g_autofree char *inner = g_strjoinv("]]", pieces);
    return g_strconcat("[", inner, "]", NULL);
}

/* Programs that run scripts look for lines of GO and for $(variables) in constants, too: neither may be in one. */
char *hf_mssql_quote_text(const char *text)
{
    bool broken = false;
    GString *quoted = g_string_new("N'");
    for (const char *at = text; *at != '\0'; at++) {
        bool variable = at[0] == '$' && at[1] == '(';
        if (*at == '\n' || *at == '\r' || variable) {
            broken = true;
            if (variable)
                g_string_append(quoted, "$' + N'");
            else
                g_string_append_printf(quoted, "' + NCHAR(%d) + N'", *at);
        } else {
            g_string_append(quoted, *at == '\'' ? "''" : (char[]){*at, '\0'});
        }
    }
    g_string_append_c(quoted, '\'');
    if (broken) /* as max, for what is put together is else cut at 4,000 */
        g_string_prepend(quoted, strlen(text) > HF_MSSQL_MAX_UNITS ? "(CAST(N'' AS nvarchar(max)) + " : "(");
    return g_string_free(g_string_append(quoted, broken ? ")" : ""), FALSE);
}

void hf_mssql_note(GPtrArray *notes, const char *note)
{
    for (guint i = 0; notes != NULL && i < notes->len; i++)
        if (strcmp(notes->pdata[i], note) == 0)
            return;
    if (notes != NULL)
        g_ptr_array_add(notes, g_strdup(note));
}

HfMssqlPart hf_mssql_refuse(GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *what = g_strdup_vprintf(format, list);
    va_end(list);
    if (error != NULL && *error == NULL)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_LIMIT, what);
    return HF_MSSQL_REFUSED;
}

HfMssqlClass hf_mssql_class_of(HfNeutralKind kind)
{
    static const HfMssqlClass classes[HF_NEUTRAL_KINDS] = {
        [HF_NEUTRAL_BOOLEAN] = HF_MSSQL_BIT,
        [HF_NEUTRAL_INT16] = HF_MSSQL_INTEGER,
        [HF_NEUTRAL_INT32] = HF_MSSQL_INTEGER,
        [HF_NEUTRAL_INT64] = HF_MSSQL_INTEGER,
        [HF_NEUTRAL_DECIMAL] = HF_MSSQL_DECIMAL,
        [HF_NEUTRAL_FLOAT32] = HF_MSSQL_FLOAT,
        [HF_NEUTRAL_FLOAT64] = HF_MSSQL_FLOAT,
        [HF_NEUTRAL_MONEY] = HF_MSSQL_DECIMAL,
        [HF_NEUTRAL_CHAR] = HF_MSSQL_PADDED,
        [HF_NEUTRAL_TEXT] = HF_MSSQL_TEXT,
        [HF_NEUTRAL_TEXT_WITHOUT_CASE] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_BYTES] = HF_MSSQL_BYTES,
        [HF_NEUTRAL_UUID] = HF_MSSQL_UUID,
        [HF_NEUTRAL_DATE] = HF_MSSQL_DATE,
        [HF_NEUTRAL_TIME] = HF_MSSQL_TIME,
        [HF_NEUTRAL_TIME_WITH_ZONE] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_TIMESTAMP] = HF_MSSQL_TIMESTAMP,
        [HF_NEUTRAL_INSTANT] = HF_MSSQL_INSTANT,
        [HF_NEUTRAL_INTERVAL] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_JSON] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_XML] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_ENUM] = HF_MSSQL_TEXT,
        [HF_NEUTRAL_ARRAY] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_COMPOSITE] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_RANGE] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_NETWORK] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_MAC] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_BITS] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_SEARCH_VECTOR] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_MAP] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_GEOMETRY] = HF_MSSQL_OPAQUE,
        [HF_NEUTRAL_OTHER] = HF_MSSQL_OPAQUE,
    };
    return classes[kind];
}

bool hf_mssql_is_number(HfMssqlClass class)
{
    return class == HF_MSSQL_INTEGER || class == HF_MSSQL_DECIMAL || class == HF_MSSQL_FLOAT;
}

bool hf_mssql_is_text(HfMssqlClass class)
{
    return class == HF_MSSQL_TEXT || class == HF_MSSQL_PADDED;
}

void hf_mssql_collate(HfMssqlPart *self)
{
    if (!hf_mssql_is_text(self->class) || self->collated || self->sql == NULL)
        return;
    g_autofree char *sql = self->sql;
    self->sql = g_strconcat(sql, " COLLATE " HF_MSSQL_COLLATION, NULL);
    self->collated = true;
}

static HfMssqlPart condition(char *sql)
{
    return (HfMssqlPart){.sql = sql, .class = HF_MSSQL_CONDITION};
}

/* ---- Between conditions and values ---------------------------------------------------------------------------------
 */

static HfMssqlPart as_condition(HfMssqlPart part, GError **error)
{
    if (part.sql == NULL || part.class == HF_MSSQL_CONDITION)
        return part;
    g_autofree char *sql = part.sql;
    if (part.class != HF_MSSQL_BIT)
        return hf_mssql_refuse(error, "a value in the place of a condition");
    return condition(g_strconcat(sql, " = 1", NULL));
}

static HfMssqlPart as_value(HfMssqlPart part)
{
    if (part.sql == NULL || part.class != HF_MSSQL_CONDITION)
        return part;
    g_autofree char *sql = part.sql;
    return (HfMssqlPart){
        .sql = g_strdup_printf("(CASE WHEN %s THEN CAST(1 AS bit) WHEN NOT (%s) THEN CAST(0 AS bit) END)", sql, sql),
        .class = HF_MSSQL_BIT};
}

HfMssqlPart hf_mssql_render_condition(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    return as_condition(hf_mssql_render(scope, self, error), error);
}

HfMssqlPart hf_mssql_render_value(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    return as_value(hf_mssql_render(scope, self, error));
}

/* ---- Comparisons ---------------------------------------------------------------------------------------------------
 */

static bool is_comparison(const char *sign)
{
    static const char *const signs[] = {"=", "<>", "<", ">", "<=", ">=", NULL};
    return g_strv_contains(signs, sign);
}

static bool comparable(HfMssqlClass left, HfMssqlClass right, const char *sign, GError **error)
{
    bool equality = strcmp(sign, "=") == 0 || strcmp(sign, "<>") == 0;
    if (left == HF_MSSQL_NULL || right == HF_MSSQL_NULL)
        return true;
    if (hf_mssql_is_number(left) && hf_mssql_is_number(right))
        return true;
    if (left != right || left == HF_MSSQL_OPAQUE)
        return hf_mssql_refuse(error, "%s between values of these types", sign).sql != NULL;
    if ((hf_mssql_is_text(left) || left == HF_MSSQL_UUID) && !equality)
        return hf_mssql_refuse(error, "the order of texts or UUIDs (%s)", sign).sql != NULL;
    return true;
}

/* A constant without a cast of its own takes the other side's class. */
static bool settle(const HfMssqlScope *scope, HfMssqlPart *left, HfMssqlPart *right, GError **error)
{
    HfMssqlPart *sides[][2] = {{left, right}, {right, left}};
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        HfMssqlPart *mine = sides[i][0], *other = sides[i][1];
        if (mine->literal == NULL || mine->literal->kind != HF_EXPRESSION_TEXT || mine->class != HF_MSSQL_TEXT ||
            other->class == HF_MSSQL_TEXT || other->class == HF_MSSQL_OPAQUE || other->class == HF_MSSQL_NULL)
            continue;
        HfMssqlPart cast = hf_mssql_cast_literal(scope, mine->literal, other->class, "the other side", error);
        g_free(mine->sql);
        *mine = cast;
        if (cast.sql == NULL)
            return false;
    }
    return true;
}

/* Makes two sides ready to be compared. */
static bool make_alike(const HfMssqlScope *scope, HfMssqlPart *a, HfMssqlPart *b, const char *sign, GError **error)
{
    if (a->sql == NULL || b->sql == NULL || !settle(scope, a, b, error) || !comparable(a->class, b->class, sign, error))
        return false;
    if (a->class == HF_MSSQL_TEXT)
        hf_mssql_note(scope->notes, HF_MSSQL_SPACES_NOTE);
    if (!b->collated)
        hf_mssql_collate(a);
    return true;
}

static HfMssqlPart compare(const HfMssqlScope *scope, const char *sign, HfMssqlPart left, HfMssqlPart right,
                           GError **error)
{
    g_auto(HfMssqlPart) a = left;
    g_auto(HfMssqlPart) b = right;
    return make_alike(scope, &a, &b, sign, error) ? condition(g_strdup_printf("%s %s %s", a.sql, sign, b.sql))
                                                  : HF_MSSQL_REFUSED;
}

/* LIKE has brackets there that are plain characters here. */
static HfMssqlPart render_like(const HfMssqlScope *scope, const char *sign, HfMssqlPart value,
                               const HfExpression *pattern, GError **error)
{
    g_auto(HfMssqlPart) a = value;
    const HfExpression *literal = hf_expression_without_casts(pattern);
    if (a.sql == NULL)
        return HF_MSSQL_REFUSED;
    if (!hf_mssql_is_text(a.class) || literal->kind != HF_EXPRESSION_TEXT)
        return hf_mssql_refuse(error, "LIKE with what is no constant text");
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *at = literal->text; *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0')
            g_string_append_c(text, *at++);
        else if (*at == '[')
            g_string_append_c(text, '\\');
        else if (*at == '_')
            hf_mssql_note(scope->notes, HF_MSSQL_UNITS_NOTE);
        g_string_append_c(text, *at);
    }
    hf_mssql_collate(&a);
    g_autofree char *quoted = hf_mssql_quote_text(text->str);
    return condition(g_strdup_printf("%s %s %s ESCAPE N'\\'", a.sql, sign, quoted));
}

/* One element of an array that may be cast as a whole. */
static HfMssqlPart element(const HfMssqlScope *scope, const HfExpression *array, guint index, GError **error)
{
    if (array->kind != HF_EXPRESSION_CAST)
        return hf_mssql_render_value(scope, hf_expression_part(array, index), error);
    HfMssqlClass class;
    g_autofree char *type = g_strdup(array->text);
    if (g_str_has_suffix(type, "[]"))
        type[strlen(type) - 2] = '\0';
    if (!hf_mssql_class_of_type(type, &class))
        return hf_mssql_refuse(error, "a cast to %s", array->text);
    return hf_mssql_cast_value(element(scope, hf_expression_part(array, 0), index, error), class, type, error);
}

/* = ANY (ARRAY[…]) is IN; <> ALL (…) is NOT IN. */
static HfMssqlPart render_any(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    const HfExpression *array = hf_expression_without_casts(hf_expression_part(self, 1));
    bool any = self->kind == HF_EXPRESSION_ANY;
    if (array->kind != HF_EXPRESSION_ARRAY || array->parts->len == 0 || strcmp(self->text, any ? "=" : "<>") != 0)
        return hf_mssql_refuse(error, "%s %s of an array", self->text, any ? "ANY" : "ALL");
    g_auto(HfMssqlPart) a = hf_mssql_render_value(scope, hf_expression_part(self, 0), error);
    g_autoptr(GString) list = g_string_new(NULL);
    for (guint i = 0; i < array->parts->len; i++) {
        g_auto(HfMssqlPart) b =
            a.sql != NULL ? element(scope, hf_expression_part(self, 1), i, error) : HF_MSSQL_REFUSED;
        if (!make_alike(scope, &a, &b, "=", error))
            return HF_MSSQL_REFUSED;
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", b.sql);
    }
    return condition(g_strdup_printf("%s %s (%s)", a.sql, any ? "IN" : "NOT IN", list->str));
}

/* ---- Operators -----------------------------------------------------------------------------------------------------
 */

static HfMssqlPart join_texts(HfMssqlPart *a, HfMssqlPart *b)
{
    bool bounded = a->size > 0 && b->size > 0;
    bool cut = bounded && a->size + b->size > HF_MSSQL_MAX_UNITS;
    return (HfMssqlPart){.sql = g_strdup_printf(cut ? "(CAST(%s AS nvarchar(max)) + %s)" : "(%s + %s)", a->sql, b->sql),
                         .class = HF_MSSQL_TEXT,
                         .size = bounded && !cut ? a->size + b->size : 0,
                         .collated = a->collated || b->collated};
}

/* Constants are int there if they can be, whatever they are said to be here; then the result overflows. */
static void widen(HfMssqlPart *self, HfMssqlClass class)
{
    bool bare = self->literal != NULL && g_ascii_isdigit(self->sql[*self->sql == '-' ? 1 : 0]);
    bool whole = bare && strchr(self->sql, '.') == NULL;
    g_autofree char *sql = g_strdup(self->sql);
    if (whole && self->class == HF_MSSQL_INTEGER && class == HF_MSSQL_INTEGER && self->size > 10) {
        g_free(self->sql);
        self->sql = g_strdup_printf("CAST(%s AS bigint)", sql);
    } else if (whole && self->class == HF_MSSQL_DECIMAL) {
        g_free(self->sql);
        self->sql = g_strdup_printf("CAST(%s AS decimal(%d, 0))", sql, (int)self->size);
    }
}

/* The digits of a sum or product of decimals there; false: more than it has, so that it rounds. */
static bool set_digits(HfMssqlPart *result, const HfMssqlPart *a, const HfMssqlPart *b, bool product)
{
    if (a->size == 0 || b->size == 0)
        return false;
    result->scale = product ? a->scale + b->scale : MAX(a->scale, b->scale);
    result->size = product ? a->size + b->size + 1 : result->scale + MAX(a->size - a->scale, b->size - b->scale) + 1;
    return result->size <= HF_MSSQL_MAX_DIGITS;
}

static HfMssqlPart calculate(const char *sign, HfMssqlPart left, HfMssqlPart right, GError **error)
{
    g_auto(HfMssqlPart) a = left;
    g_auto(HfMssqlPart) b = right;
    if (a.sql == NULL || b.sql == NULL)
        return HF_MSSQL_REFUSED;
    if (strcmp(sign, "||") == 0 && a.class == HF_MSSQL_TEXT && b.class == HF_MSSQL_TEXT)
        return join_texts(&a, &b);
    bool integers = a.class == HF_MSSQL_INTEGER && b.class == HF_MSSQL_INTEGER;
    bool numbers = hf_mssql_is_number(a.class) && hf_mssql_is_number(b.class);
    bool exact = numbers && strchr("+-*", sign[0]) != NULL && sign[1] == '\0';
    if (!exact && !(integers && (strcmp(sign, "/") == 0 || strcmp(sign, "%") == 0 || strcmp(sign, "&") == 0 ||
                                 strcmp(sign, "|") == 0)))
        return hf_mssql_refuse(error, "the operator %s between values of these types", sign);
    HfMssqlPart result = {.class = MAX(a.class, b.class), .size = MAX(a.size, b.size)};
    if (result.class == HF_MSSQL_DECIMAL && !set_digits(&result, &a, &b, *sign == '*'))
        return hf_mssql_refuse(error, "decimals whose %s may have more than 38 digits",
                               *sign == '*' ? "product" : "sum");
    widen(&a, result.class);
    widen(&b, result.class);
    result.sql = g_strdup_printf("(%s %s %s)", a.sql, sign, b.sql);
    return result;
}

static HfMssqlPart render_prefix(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    HfMssqlPart a = hf_mssql_render_value(scope, hf_expression_part(self, 0), error);
    g_autofree char *sql = a.sql;
    if (sql == NULL)
        return HF_MSSQL_REFUSED;
    if (strcmp(self->text, "-") != 0 || !hf_mssql_is_number(a.class))
        return hf_mssql_refuse(error, "the operator %s before a value", self->text);
    a.sql = g_strdup_printf(*sql == '-' ? "(- %s)" : "-%s", sql);
    a.literal = *sql == '-' ? NULL : a.literal;
    return a;
}

static HfMssqlPart render_operator(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    if (self->parts->len == 1)
        return render_prefix(scope, self, error);
    const HfExpression *left = hf_expression_part(self, 0), *right = hf_expression_part(self, 1);
    HfMssqlPart a = hf_mssql_render_value(scope, left, error);
    if (strcmp(self->text, "~~") == 0 || strcmp(self->text, "!~~") == 0)
        return render_like(scope, self->text[0] == '!' ? "NOT LIKE" : "LIKE", a, right, error);
    HfMssqlPart b = a.sql != NULL ? hf_mssql_render_value(scope, right, error) : HF_MSSQL_REFUSED;
    return is_comparison(self->text) ? compare(scope, self->text, a, b, error) : calculate(self->text, a, b, error);
}

/* ---- IS ------------------------------------------------------------------------------------------------------------
 */

static HfMssqlPart render_distinct(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_auto(HfMssqlPart) a = hf_mssql_render_value(scope, hf_expression_part(self, 0), error);
    g_auto(HfMssqlPart) b =
        a.sql != NULL ? hf_mssql_render_value(scope, hf_expression_part(self, 1), error) : HF_MSSQL_REFUSED;
    if (!make_alike(scope, &a, &b, "=", error))
        return HF_MSSQL_REFUSED;
    return condition(g_strdup_printf(
        "%s((%s = %s AND %s IS NOT NULL AND %s IS NOT NULL) OR (%s IS NULL AND %s IS NULL))",
        g_str_has_prefix(self->text, "distinct") ? "NOT " : "", a.sql, b.sql, a.sql, b.sql, a.sql, b.sql));
}

/* A composite is NULL here if all of its fields are. */
static bool is_composite(const HfMssqlScope *scope, const HfExpression *self)
{
    bool as_text;
    const HfExpression *inner = hf_expression_without_casts(self);
    const HfNeutralColumn *column =
        inner->kind == HF_EXPRESSION_COLUMN ? scope->find(scope, inner->qualifier, inner->text, &as_text) : NULL;
    return column != NULL && column->type.kind == HF_NEUTRAL_COMPOSITE;
}

static HfMssqlPart render_is(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    if (self->parts->len == 2)
        return render_distinct(scope, self, error);
    bool negated = g_str_has_prefix(self->text, "not ");
    const char *word = negated ? self->text + 4 : self->text;
    if (strcmp(word, "null") == 0) {
        if (is_composite(scope, hf_expression_part(self, 0)))
            return hf_mssql_refuse(error, "IS NULL of a composite, which is that of all its fields");
        g_auto(HfMssqlPart) a = hf_mssql_render_value(scope, hf_expression_part(self, 0), error);
        return a.sql == NULL ? HF_MSSQL_REFUSED
                             : condition(g_strdup_printf("%s IS %sNULL", a.sql, negated ? "NOT " : ""));
    }
    bool truth = strcmp(word, "true") == 0;
    if (!truth && strcmp(word, "false") != 0)
        return hf_mssql_refuse(error, "IS %s", self->text);
    g_auto(HfMssqlPart) a = hf_mssql_render_condition(scope, hf_expression_part(self, 0), error);
    if (a.sql == NULL)
        return HF_MSSQL_REFUSED;
    return condition(g_strdup_printf("(CASE WHEN %s%s%s THEN 1 ELSE 0 END) = %d", truth ? "" : "NOT (", a.sql,
                                     truth ? "" : ")", negated ? 0 : 1));
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static void size_integer(HfMssqlPart *self, HfNeutralKind kind)
{
    self->size = kind == HF_NEUTRAL_INT16 ? 5 : kind == HF_NEUTRAL_INT32 ? 10 : 19;
}

/* What the column's type there says of its values; what is kept as another kind than it is here is not known. */
static void size_column(const HfMssqlScope *scope, const HfNeutralColumn *column, HfMssqlPart *self)
{
    int64_t size, scale;
    const char *type = scope->type != NULL ? scope->type(scope, column) : NULL;
    self->collated = hf_mssql_is_text(self->class);
    if (self->class == HF_MSSQL_INTEGER)
        size_integer(self, column->type.kind);
    if (type == NULL || self->class == HF_MSSQL_OPAQUE)
        return;
    HfNeutralKind kind = hf_mssql_type_kind(type, &size, &scale);
    HfMssqlClass there = hf_mssql_class_of(kind);
    if (there != self->class && !(hf_mssql_is_text(there) && hf_mssql_is_text(self->class)))
        self->class = HF_MSSQL_OPAQUE;
    else if (self->class == HF_MSSQL_INTEGER)
        size_integer(self, kind);
    else if (hf_mssql_is_text(self->class) || self->class == HF_MSSQL_DECIMAL) {
        self->size = MAX(size, 0);
        self->scale = scale;
    }
}

static HfMssqlPart render_column(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    bool as_text = false;
    bool value = scope->value != NULL && self->qualifier == NULL && strcmp(self->text, "value") == 0;
    const HfNeutralColumn *column =
        scope->find(scope, self->qualifier, value ? scope->value->name : self->text, &as_text);
    if (column == NULL)
        return hf_mssql_refuse(error, "the name %s", self->text);
    g_autofree char *name = hf_mssql_quote_name(scope->name != NULL ? scope->name(scope, column) : column->name);
    g_autofree char *qualifier = self->qualifier != NULL ? hf_mssql_quote_name(self->qualifier) : NULL;
    HfMssqlPart part = {.sql = qualifier != NULL ? g_strconcat(qualifier, ".", name, NULL) : g_steal_pointer(&name),
                        .class = as_text ? HF_MSSQL_OPAQUE : hf_mssql_class_of(column->type.kind)};
    size_column(scope, column, &part);
    return part;
}

static HfMssqlPart render_both(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_auto(HfMssqlPart) a = hf_mssql_render_condition(scope, hf_expression_part(self, 0), error);
    g_auto(HfMssqlPart) b =
        a.sql != NULL ? hf_mssql_render_condition(scope, hf_expression_part(self, 1), error) : HF_MSSQL_REFUSED;
    if (b.sql == NULL)
        return HF_MSSQL_REFUSED;
    return condition(g_strdup_printf("(%s %s %s)", a.sql, self->kind == HF_EXPRESSION_AND ? "AND" : "OR", b.sql));
}

static HfMssqlPart render_not(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_auto(HfMssqlPart) a = hf_mssql_render(scope, hf_expression_part(self, 0), error);
    if (a.sql != NULL && a.class == HF_MSSQL_BIT)
        return condition(g_strconcat(a.sql, " = 0", NULL));
    if (a.sql != NULL && a.class != HF_MSSQL_CONDITION)
        return hf_mssql_refuse(error, "NOT of a value");
    return a.sql != NULL ? condition(g_strdup_printf("NOT (%s)", a.sql)) : HF_MSSQL_REFUSED;
}

bool hf_mssql_combine(HfMssqlPart *all, const HfMssqlPart *one, const char *what, GError **error)
{
    if (one->class == HF_MSSQL_NULL)
        return true;
    if (all->class == HF_MSSQL_NULL) {
        *all = *one;
        all->sql = NULL;
        all->literal = NULL;
        return true;
    }
    bool numbers = hf_mssql_is_number(all->class) && hf_mssql_is_number(one->class);
    if (all->class != one->class && !numbers)
        return hf_mssql_refuse(error, "%s of several types", what).sql != NULL;
    bool known = all->size > 0 && one->size > 0;
    int64_t before = MAX(all->size - all->scale, one->size - one->scale);
    all->class = MAX(all->class, one->class);
    all->scale = MAX(all->scale, one->scale);
    all->size = !known ? 0 : all->class == HF_MSSQL_DECIMAL ? before + all->scale : MAX(all->size, one->size);
    all->collated = all->collated || one->collated;
    if (all->class == HF_MSSQL_DECIMAL && all->size > HF_MSSQL_MAX_DIGITS)
        return hf_mssql_refuse(error, "%s of decimals that need more than 38 digits", what).sql != NULL;
    return true;
}

static HfMssqlPart render_case(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_autoptr(GString) sql = g_string_new("(CASE");
    HfMssqlPart all = {.class = HF_MSSQL_NULL};
    for (guint i = 0; i < self->parts->len; i++) {
        bool other = i + 1 == self->parts->len && i % 2 == 0, asks = i % 2 == 0 && !other;
        g_auto(HfMssqlPart) part = asks ? hf_mssql_render_condition(scope, hf_expression_part(self, i), error)
                                        : hf_mssql_render_value(scope, hf_expression_part(self, i), error);
        if (part.sql == NULL || (!asks && !hf_mssql_combine(&all, &part, "a CASE", error)))
            return HF_MSSQL_REFUSED;
        g_string_append_printf(sql, " %s %s", other ? "ELSE" : asks ? "WHEN" : "THEN", part.sql);
    }
    if (all.class == HF_MSSQL_NULL)
        return hf_mssql_refuse(error, "a CASE of NULL alone");
    all.sql = g_string_free(g_string_append(g_steal_pointer(&sql), " END)"), FALSE);
    return all;
}

static HfMssqlPart render_kind(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    switch (self->kind) {
    case HF_EXPRESSION_TEXT:
        return hf_mssql_text(self->text, HF_MSSQL_TEXT, self);
    case HF_EXPRESSION_NUMBER:
        return hf_mssql_number(self, error);
    case HF_EXPRESSION_TRUE:
    case HF_EXPRESSION_FALSE:
        return (HfMssqlPart){
            .sql = g_strdup(self->kind == HF_EXPRESSION_TRUE ? "1" : "0"), .class = HF_MSSQL_BIT, .literal = self};
    case HF_EXPRESSION_NULL:
        return (HfMssqlPart){.sql = g_strdup("NULL"), .class = HF_MSSQL_NULL, .literal = self};
    case HF_EXPRESSION_COLUMN:
        return render_column(scope, self, error);
    case HF_EXPRESSION_CALL:
        return hf_mssql_render_call(scope, self, error);
    case HF_EXPRESSION_CAST:
        return hf_mssql_render_cast(scope, self, error);
    case HF_EXPRESSION_OPERATOR:
        return render_operator(scope, self, error);
    case HF_EXPRESSION_AND:
    case HF_EXPRESSION_OR:
        return render_both(scope, self, error);
    case HF_EXPRESSION_NOT:
        return render_not(scope, self, error);
    case HF_EXPRESSION_IS:
        return render_is(scope, self, error);
    case HF_EXPRESSION_CASE:
        return render_case(scope, self, error);
    case HF_EXPRESSION_ANY:
    case HF_EXPRESSION_ALL:
        return render_any(scope, self, error);
    default:
        return hf_mssql_refuse(error, self->kind == HF_EXPRESSION_COLLATE ? "COLLATE" : "an array of values");
    }
}

HfMssqlPart hf_mssql_render(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    HfMssqlPart part = render_kind(scope, self, error);
    if (part.sql == NULL || strlen(part.sql) <= MAX_BYTES)
        return part;
    g_free(part.sql);
    return hf_mssql_refuse(error, "an expression that would be of more than 64 kB");
}

char *hf_mssql_value(const HfMssqlScope *scope, const HfExpression *expression, HfMssqlClass *class, GError **error)
{
    int64_t size;
    return hf_mssql_sized_value(scope, expression, class, &size, error);
}

char *hf_mssql_sized_value(const HfMssqlScope *scope, const HfExpression *expression, HfMssqlClass *class,
                           int64_t *size, GError **error)
{
    HfMssqlPart part = hf_mssql_render_value(scope, expression, error);
    *class = part.class;
    *size = part.size;
    return part.sql;
}

char *hf_mssql_condition(const HfMssqlScope *scope, const HfExpression *expression, GError **error)
{
    return hf_mssql_render_condition(scope, expression, error).sql;
}
