#include "engine/ends/mssql_part.h"

#include "base/error.h"

#include <string.h>

/* Functions: those of one shape are rows of a table; what is left has a function each. */

typedef struct {
    const char *name;
    HfMssqlClass arguments[3];
    guint count;
    HfMssqlClass result;
    const char *before, *after; /* around the arguments */
    const char *note;
} Function;

#define CASE_NOTE "which letters have another case is SQL Server's to say"
#define STATEMENT_NOTE "the time of the statement, not of the transaction"

static const Function functions[] = {
    {"lower", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "LOWER(", ")", CASE_NOTE},
    {"upper", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "UPPER(", ")", CASE_NOTE},
    {"length", {HF_MSSQL_TEXT}, 1, HF_MSSQL_INTEGER, "(DATALENGTH(", ") / 2)", HF_MSSQL_UNITS_NOTE},
    {"length", {HF_MSSQL_PADDED}, 1, HF_MSSQL_INTEGER, "(DATALENGTH(RTRIM(", ")) / 2)", HF_MSSQL_UNITS_NOTE},
    {"char_length", {HF_MSSQL_TEXT}, 1, HF_MSSQL_INTEGER, "(DATALENGTH(", ") / 2)", HF_MSSQL_UNITS_NOTE},
    {"char_length", {HF_MSSQL_PADDED}, 1, HF_MSSQL_INTEGER, "(DATALENGTH(RTRIM(", ")) / 2)", HF_MSSQL_UNITS_NOTE},
    {"character_length", {HF_MSSQL_TEXT}, 1, HF_MSSQL_INTEGER, "(DATALENGTH(", ") / 2)", HF_MSSQL_UNITS_NOTE},
    {"character_length", {HF_MSSQL_PADDED}, 1, HF_MSSQL_INTEGER, "(DATALENGTH(RTRIM(", ")) / 2)", HF_MSSQL_UNITS_NOTE},
    {"length", {HF_MSSQL_BYTES}, 1, HF_MSSQL_INTEGER, "DATALENGTH(", ")", NULL},
    {"octet_length", {HF_MSSQL_BYTES}, 1, HF_MSSQL_INTEGER, "DATALENGTH(", ")", NULL},
    {"btrim", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "LTRIM(RTRIM(", "))", NULL},
    {"ltrim", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "LTRIM(", ")", NULL},
    {"rtrim", {HF_MSSQL_TEXT}, 1, HF_MSSQL_TEXT, "RTRIM(", ")", NULL},
    {"abs", {HF_MSSQL_INTEGER}, 1, HF_MSSQL_INTEGER, "ABS(", ")", NULL},
    {"abs", {HF_MSSQL_DECIMAL}, 1, HF_MSSQL_DECIMAL, "ABS(", ")", NULL},
    {"abs", {HF_MSSQL_FLOAT}, 1, HF_MSSQL_FLOAT, "ABS(", ")", NULL},
    {"floor", {HF_MSSQL_DECIMAL}, 1, HF_MSSQL_DECIMAL, "FLOOR(", ")", NULL},
    {"ceil", {HF_MSSQL_DECIMAL}, 1, HF_MSSQL_DECIMAL, "CEILING(", ")", NULL},
    {"ceiling", {HF_MSSQL_DECIMAL}, 1, HF_MSSQL_DECIMAL, "CEILING(", ")", NULL},
    {"mod", {HF_MSSQL_INTEGER, HF_MSSQL_INTEGER}, 2, HF_MSSQL_INTEGER, NULL, NULL, NULL},
    {"now", {0}, 0, HF_MSSQL_INSTANT, "SYSDATETIMEOFFSET(", ")", STATEMENT_NOTE},
    {"current_timestamp", {0}, 0, HF_MSSQL_INSTANT, "SYSDATETIMEOFFSET(", ")", STATEMENT_NOTE},
    {"clock_timestamp", {0}, 0, HF_MSSQL_INSTANT, "SYSDATETIMEOFFSET(", ")", NULL},
    {"statement_timestamp", {0}, 0, HF_MSSQL_INSTANT, "SYSDATETIMEOFFSET(", ")", NULL},
    {"localtimestamp", {0}, 0, HF_MSSQL_TIMESTAMP, "SYSDATETIME(", ")", HF_MSSQL_ZONE_NOTE},
    {"current_date", {0}, 0, HF_MSSQL_DATE, "CAST(SYSDATETIME(", ") AS date)", HF_MSSQL_ZONE_NOTE},
    {"gen_random_uuid", {0}, 0, HF_MSSQL_UUID, "NEWID(", ")", NULL},
    {"uuid_generate_v4", {0}, 0, HF_MSSQL_UUID, "NEWID(", ")", NULL},
    {"current_user", {0}, 0, HF_MSSQL_TEXT, "USER_NAME(", ")", "the names of users are others"},
    {"session_user", {0}, 0, HF_MSSQL_TEXT, "ORIGINAL_LOGIN(", ")", "the names of users are others"},
};

/* NULL: unknown for these arguments. */
static const Function *find_function(const char *name, const HfMssqlPart *arguments, guint count)
{
    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++) {
        const Function *function = &functions[i];
        bool fits = strcmp(function->name, name) == 0 && function->count == count;
        for (guint a = 0; fits && a < count; a++)
            fits = function->arguments[a] == arguments[a].class;
        if (fits)
            return function;
    }
    return NULL;
}

/* What is known of the result: as much as of the argument, where it is of its class. */
static HfMssqlPart result_of(const Function *function, const HfMssqlPart *arguments, char *sql)
{
    HfMssqlPart result = {.sql = sql, .class = function->result};
    bool same = function->count > 0 && arguments[0].class == function->result;
    if (same && function->result != HF_MSSQL_DECIMAL) {
        result.size = arguments[0].size;
        result.collated = arguments[0].collated;
    } else if (same && strcmp(function->name, "abs") == 0) {
        result.size = arguments[0].size;
        result.scale = arguments[0].scale;
    }
    return result;
}

static HfMssqlPart render_known_call(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    HfMssqlPart arguments[3] = {HF_MSSQL_REFUSED, HF_MSSQL_REFUSED, HF_MSSQL_REFUSED};
    HfMssqlPart result = HF_MSSQL_REFUSED;
    guint count = self->parts->len;
    bool ok = count <= G_N_ELEMENTS(arguments);
    for (guint i = 0; ok && i < count; i++) {
        arguments[i] = hf_mssql_render_value(scope, hf_expression_part(self, i), error);
        ok = arguments[i].sql != NULL;
    }
    const Function *function = ok ? find_function(self->text, arguments, count) : NULL;
    if (function == NULL) {
        hf_mssql_refuse(error, "%s()%s", self->text, self->parts->len > 0 ? " of these types" : "");
    } else if (function->before == NULL) {
        result = result_of(function, arguments, g_strdup_printf("(%s %% %s)", arguments[0].sql, arguments[1].sql));
    } else {
        g_autoptr(GString) sql = g_string_new(function->before);
        for (guint i = 0; i < count; i++)
            g_string_append_printf(sql, "%s%s", i > 0 ? ", " : "", arguments[i].sql);
        g_string_append(sql, function->after);
        if (function->note != NULL)
            hf_mssql_note(scope->notes, function->note);
        result = result_of(function, arguments, g_string_free(g_steal_pointer(&sql), FALSE));
    }
    for (guint i = 0; i < G_N_ELEMENTS(arguments); i++)
        g_free(arguments[i].sql);
    return result;
}

/* ---- Others --------------------------------------------------------------------------------------------------------
 */

static HfMssqlPart render_coalesce(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    g_autoptr(GString) sql = g_string_new("COALESCE");
    HfMssqlPart all = {.class = HF_MSSQL_NULL};
    for (guint i = 0; i < self->parts->len; i++) {
        g_auto(HfMssqlPart) part = hf_mssql_render_value(scope, hf_expression_part(self, i), error);
        if (part.sql == NULL || !hf_mssql_combine(&all, &part, "COALESCE", error))
            return HF_MSSQL_REFUSED;
        g_string_append_printf(sql, "%s%s", i > 0 ? ", " : "(", part.sql);
    }
    all.sql = g_string_free(g_string_append_c(g_steal_pointer(&sql), ')'), FALSE);
    return all;
}

static HfMssqlPart render_nullif(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    if (self->parts->len != 2)
        return hf_mssql_refuse(error, "%s()", self->text);
    g_auto(HfMssqlPart) a = hf_mssql_render_value(scope, hf_expression_part(self, 0), error);
    g_auto(HfMssqlPart) b =
        a.sql != NULL ? hf_mssql_render_value(scope, hf_expression_part(self, 1), error) : HF_MSSQL_REFUSED;
    if (b.sql == NULL)
        return HF_MSSQL_REFUSED;
    bool numbers = hf_mssql_is_number(a.class) && hf_mssql_is_number(b.class);
    if (a.class == HF_MSSQL_OPAQUE || a.class == HF_MSSQL_NULL || (a.class != b.class && !numbers))
        return hf_mssql_refuse(error, "NULLIF of these types");
    if (a.class == HF_MSSQL_TEXT)
        hf_mssql_note(scope->notes, HF_MSSQL_SPACES_NOTE);
    if (!b.collated)
        hf_mssql_collate(&a);
    HfMssqlPart result = a;
    result.literal = NULL;
    result.sql = g_strdup_printf("NULLIF(%s, %s)", a.sql, b.sql);
    return result;
}

static HfMssqlPart render_extract(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    static const char *const fields[] = {"year", "month", "day", "hour", "minute", NULL};
    if (self->parts->len != 2)
        return hf_mssql_refuse(error, "%s()", self->text);
    const HfExpression *field = hf_expression_without_casts(hf_expression_part(self, 0));
    g_auto(HfMssqlPart) from = hf_mssql_render_value(scope, hf_expression_part(self, 1), error);
    if (from.sql == NULL)
        return HF_MSSQL_REFUSED;
    bool known = field->kind == HF_EXPRESSION_TEXT && g_strv_contains(fields, field->text);
    if (!known || (from.class != HF_MSSQL_DATE && from.class != HF_MSSQL_TIMESTAMP))
        return hf_mssql_refuse(error, "%s() of this field or type", self->text);
    return (HfMssqlPart){
        .sql = g_strdup_printf("DATEPART(%s, %s)", field->text, from.sql), .class = HF_MSSQL_INTEGER, .size = 10};
}

/* substr(text, from, count) with a start of 1 or more, which is a constant. */
static HfMssqlPart render_substring(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    const HfExpression *start = self->parts->len == 3 ? hf_expression_without_casts(hf_expression_part(self, 1)) : NULL;
    if (start == NULL || start->kind != HF_EXPRESSION_NUMBER || g_ascii_strtoll(start->text, NULL, 10) < 1)
        return hf_mssql_refuse(error, "%s() from where no constant says", self->text);
    g_auto(HfMssqlPart) text = hf_mssql_render_value(scope, hf_expression_part(self, 0), error);
    g_auto(HfMssqlPart) count =
        text.sql != NULL ? hf_mssql_render_value(scope, hf_expression_part(self, 2), error) : HF_MSSQL_REFUSED;
    if (count.sql == NULL)
        return HF_MSSQL_REFUSED;
    if (text.class != HF_MSSQL_TEXT || count.class != HF_MSSQL_INTEGER)
        return hf_mssql_refuse(error, "%s() of these types", self->text);
    bool known = count.literal != NULL && g_ascii_isdigit(*count.sql);
    int64_t most = known ? MAX(g_ascii_strtoll(count.sql, NULL, 10), 1) : 0;
    hf_mssql_note(scope->notes, HF_MSSQL_UNITS_NOTE);
    return (HfMssqlPart){.sql = g_strdup_printf("SUBSTRING(%s, %s, %s)", text.sql, start->text, count.sql),
                         .class = HF_MSSQL_TEXT,
                         .size = most > 0 && text.size > 0 ? MIN(most, text.size) : MAX(most, text.size),
                         .collated = text.collated};
}

/* REPLACE cuts at 4,000 units what is not max. */
static HfMssqlPart render_replace(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    HfMssqlPart parts[3] = {HF_MSSQL_REFUSED, HF_MSSQL_REFUSED, HF_MSSQL_REFUSED};
    HfMssqlPart result = HF_MSSQL_REFUSED;
    bool ok = self->parts->len == 3, collated = false;
    for (guint i = 0; ok && i < 3; i++) {
        parts[i] = hf_mssql_render_value(scope, hf_expression_part(self, i), error);
        ok = parts[i].sql != NULL && parts[i].class == HF_MSSQL_TEXT;
        collated = collated || parts[i].collated;
    }
    if (!ok) {
        hf_mssql_refuse(error, "%s() of these types", self->text);
    } else {
        bool grows = parts[1].literal == NULL || parts[2].literal == NULL || parts[2].size > parts[1].size;
        bool widen = grows && parts[0].size > 0;
        if (!collated)
            hf_mssql_collate(&parts[0]);
        result = (HfMssqlPart){
            .sql = g_strdup_printf(widen ? "REPLACE(CAST(%s AS nvarchar(max)), %s, %s)" : "REPLACE(%s, %s, %s)",
                                   parts[0].sql, parts[1].sql, parts[2].sql),
            .class = HF_MSSQL_TEXT,
            .size = grows ? 0 : parts[0].size,
            .collated = true};
    }
    for (guint i = 0; i < 3; i++)
        g_free(parts[i].sql);
    return result;
}

/* ROUND(9.9, 0) overflows there unless there is room for one digit more. */
static HfMssqlPart render_round(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    if (self->parts->len != 2)
        return hf_mssql_refuse(error, "%s()", self->text);
    g_auto(HfMssqlPart) number = hf_mssql_render_value(scope, hf_expression_part(self, 0), error);
    g_auto(HfMssqlPart) places =
        number.sql != NULL ? hf_mssql_render_value(scope, hf_expression_part(self, 1), error) : HF_MSSQL_REFUSED;
    if (places.sql == NULL)
        return HF_MSSQL_REFUSED;
    if (number.class != HF_MSSQL_DECIMAL || places.class != HF_MSSQL_INTEGER)
        return hf_mssql_refuse(error, "%s() of these types", self->text);
    bool room = number.size > 0 && number.size < HF_MSSQL_MAX_DIGITS;
    g_autofree char *wide =
        room ? g_strdup_printf("CAST(%s AS decimal(%d, %d))", number.sql, (int)number.size + 1, (int)number.scale)
             : g_strdup(number.sql);
    return (HfMssqlPart){.sql = g_strdup_printf("ROUND(%s, %s)", wide, places.sql),
                         .class = HF_MSSQL_DECIMAL,
                         .size = room ? number.size + 1 : number.size,
                         .scale = number.scale};
}

static HfMssqlPart render_nextval(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    const HfExpression *name = self->parts->len == 1 ? hf_expression_without_casts(hf_expression_part(self, 0)) : NULL;
    g_autofree char *sequence = name != NULL && name->kind == HF_EXPRESSION_TEXT && scope->sequence != NULL
                                    ? scope->sequence(scope, name->text)
                                    : NULL;
    if (sequence == NULL)
        return hf_mssql_refuse(error, "nextval() of a sequence that does not go");
    return (HfMssqlPart){.sql = g_strdup_printf("NEXT VALUE FOR %s", sequence), .class = HF_MSSQL_INTEGER, .size = 19};
}

/* Aggregates, which only a view has. */
static HfMssqlPart render_aggregate(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    const HfExpression *only = self->parts->len == 1 ? hf_expression_part(self, 0) : NULL;
    if (only == NULL)
        return hf_mssql_refuse(error, "%s()", self->text);
    if (only->kind == HF_EXPRESSION_STAR)
        return (HfMssqlPart){.sql = g_strdup("COUNT_BIG(*)"), .class = HF_MSSQL_INTEGER, .size = 19};
    g_auto(HfMssqlPart) part = hf_mssql_render_value(scope, only, error);
    if (part.sql == NULL)
        return HF_MSSQL_REFUSED;
    if (strcmp(self->text, "count") == 0)
        return (HfMssqlPart){.sql = g_strdup_printf("COUNT_BIG(%s)", part.sql), .class = HF_MSSQL_INTEGER, .size = 19};
    bool whole = part.class == HF_MSSQL_INTEGER;
    if (strcmp(self->text, "sum") == 0 && hf_mssql_is_number(part.class))
        return (HfMssqlPart){.sql = g_strdup_printf(whole ? "SUM(CAST(%s AS bigint))" : "SUM(%s)", part.sql),
                             .class = part.class,
                             .size = whole ? 19 : HF_MSSQL_MAX_DIGITS,
                             .scale = part.scale};
    bool extreme = strcmp(self->text, "min") == 0 || strcmp(self->text, "max") == 0;
    bool ordered = hf_mssql_is_number(part.class) || (part.class >= HF_MSSQL_DATE && part.class <= HF_MSSQL_INSTANT);
    g_autofree char *name = g_ascii_strup(self->text, -1);
    if (!extreme || !ordered)
        return hf_mssql_refuse(error, "%s() of this type", self->text);
    return (HfMssqlPart){
        .sql = g_strdup_printf("%s(%s)", name, part.sql), .class = part.class, .size = part.size, .scale = part.scale};
}

HfMssqlPart hf_mssql_render_call(const HfMssqlScope *scope, const HfExpression *self, GError **error)
{
    static const struct {
        const char *name;
        HfMssqlPart (*render)(const HfMssqlScope *scope, const HfExpression *self, GError **error);
    } special[] = {{"coalesce", render_coalesce}, {"nullif", render_nullif},    {"extract", render_extract},
                   {"date_part", render_extract}, {"substr", render_substring}, {"substring", render_substring},
                   {"replace", render_replace},   {"round", render_round},      {"nextval", render_nextval},
                   {"count", render_aggregate},   {"sum", render_aggregate},    {"min", render_aggregate},
                   {"max", render_aggregate}};
    bool builtin = self->qualifier == NULL || strcmp(self->qualifier, "pg_catalog") == 0;
    /* Extensions are anywhere; of theirs only this one is known. */
    if (!builtin && strcmp(self->text, "uuid_generate_v4") != 0)
        return hf_mssql_refuse(error, "the function %s.%s()", self->qualifier, self->text);
    for (size_t i = 0; i < G_N_ELEMENTS(special); i++)
        if (strcmp(special[i].name, self->text) == 0)
            return special[i].render(scope, self, error);
    return render_known_call(scope, self, error);
}
