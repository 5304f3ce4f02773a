#include "engine/ends/mssql_encryption.h"
#include "engine/ends/mssql_planner.h"

#include "base/error.h"

#include <string.h>

/* Tables: the types of their columns, defaults, generated columns, checks and identities. */

/* ---- Which columns are in keys -------------------------------------------------------------------------------------
 */

#define MAX_KEY_UNITS 850 /* 1,700 bytes of an index */
#define GUESSED_UNITS 225 /* of a column whose values were not measured */

/* Kinds whose text form is no key: of any length, or not the same for equal values. */
static bool can_be_key(HfNeutralKind kind)
{
    return kind != HF_NEUTRAL_JSON && kind != HF_NEUTRAL_XML && kind != HF_NEUTRAL_ARRAY &&
           kind != HF_NEUTRAL_COMPOSITE && kind != HF_NEUTRAL_MAP && kind != HF_NEUTRAL_SEARCH_VECTOR &&
           kind != HF_NEUTRAL_GEOMETRY;
}

static void mark(HfMssqlPlanner *self, const HfNeutralColumn *column)
{
    if (column == NULL || !can_be_key(column->type.kind))
        return;
    int64_t units = column->measure.known ? MAX(column->measure.units, 1) : GUESSED_UNITS;
    if (units <= MAX_KEY_UNITS || column->type.kind == HF_NEUTRAL_BYTES)
        g_hash_table_insert(self->key_units, (void *)column, GSIZE_TO_POINTER((gsize)units));
}

static void mark_names(HfMssqlPlanner *self, const HfNeutralTable *table, const GPtrArray *columns)
{
    for (guint i = 0; i < columns->len; i++)
        mark(self, hf_neutral_find_column(table->columns, columns->pdata[i]));
}

/* What is cut to a length of its own needs no short column. */
static void mark_expression(HfMssqlPlanner *self, const HfNeutralTable *table, const HfExpression *expression)
{
    if (expression->kind == HF_EXPRESSION_CALL &&
        (strcmp(expression->text, "substr") == 0 || strcmp(expression->text, "substring") == 0))
        return;
    if (expression->kind == HF_EXPRESSION_COLUMN)
        mark(self, hf_neutral_find_column(table->columns, expression->text));
    for (guint i = 0; i < expression->parts->len; i++)
        mark_expression(self, table, hf_expression_part(expression, i));
}

/* Whether all of it translates, as far as that can be told before the types are known. */
static bool may_go(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralIndex *index)
{
    HfMssqlTableScope scope;
    hf_mssql_table_scope_init(&scope, self, table, NULL, NULL);
    if (strcmp(index->method, "btree") != 0 && strcmp(index->method, "hash") != 0)
        return false;
    for (guint i = 0; i < index->items->len; i++) {
        const HfNeutralIndexItem *item = index->items->pdata[i];
        HfMssqlClass class;
        if (item->expression == NULL)
            continue;
        g_autoptr(HfExpression) expression = hf_expression_parse(item->expression, NULL);
        g_autofree char *sql = expression != NULL ? hf_mssql_value(&scope.scope, expression, &class, NULL) : NULL;
        if (sql == NULL)
            return false;
    }
    if (hf_mssql_index_needs_computed_filter(table, index))
        return false;
    g_autoptr(HfExpression) predicate = index->predicate != NULL ? hf_expression_parse(index->predicate, NULL) : NULL;
    g_autofree char *filter = predicate != NULL ? hf_mssql_filter(&scope.scope, predicate, NULL) : NULL;
    return index->predicate == NULL || filter != NULL;
}

static void mark_index(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralIndex *index)
{
    for (guint i = 0; may_go(self, table, index) && i < index->items->len; i++) {
        const HfNeutralIndexItem *item = index->items->pdata[i];
        if (item->column != NULL)
            mark(self, hf_neutral_find_column(table->columns, item->column));
        g_autoptr(HfExpression) expression =
            item->expression != NULL ? hf_expression_parse(item->expression, NULL) : NULL;
        if (expression != NULL)
            mark_expression(self, table, expression);
    }
}

/* Both sides of a foreign key have one type there, so also one length. Whether anything grew. */
static bool level(HfMssqlPlanner *self, const HfNeutralColumn *a, const HfNeutralColumn *b)
{
    gsize of_a = GPOINTER_TO_SIZE(g_hash_table_lookup(self->key_units, a));
    gsize of_b = GPOINTER_TO_SIZE(g_hash_table_lookup(self->key_units, b));
    if (of_a == of_b)
        return false;
    g_hash_table_insert(self->key_units, (void *)(of_a < of_b ? a : b), GSIZE_TO_POINTER(MAX(of_a, of_b)));
    return true;
}

static bool level_all(HfMssqlPlanner *self)
{
    bool grew = false;
    for (guint t = 0; t < self->model->tables->len; t++) {
        const HfNeutralTable *table = self->model->tables->pdata[t];
        for (guint f = 0; f < table->foreign_keys->len; f++) {
            const HfNeutralForeignKey *key = table->foreign_keys->pdata[f];
            const HfNeutralTable *to = hf_neutral_find_table(self->model, key->to_schema, key->to_table);
            for (guint c = 0; to != NULL && c < MIN(key->columns->len, key->to_columns->len); c++) {
                const HfNeutralColumn *a = hf_neutral_find_column(table->columns, key->columns->pdata[c]);
                const HfNeutralColumn *b = hf_neutral_find_column(to->columns, key->to_columns->pdata[c]);
                grew = (a != NULL && b != NULL && level(self, a, b)) || grew;
            }
        }
    }
    return grew;
}

void hf_mssql_plan_key_units(HfMssqlPlanner *self)
{
    for (guint t = 0; t < self->model->tables->len; t++) {
        const HfNeutralTable *table = self->model->tables->pdata[t];
        for (guint i = 0; i < table->keys->len; i++)
            mark_names(self, table, ((HfNeutralKey *)table->keys->pdata[i])->columns);
        for (guint i = 0; i < table->foreign_keys->len; i++)
            mark_names(self, table, ((HfNeutralForeignKey *)table->foreign_keys->pdata[i])->columns);
        for (guint i = 0; i < table->indexes->len; i++)
            mark_index(self, table, table->indexes->pdata[i]);
    }
    while (level_all(self))
        ;
}

/* ---- Types ---------------------------------------------------------------------------------------------------------
 */

static bool wants_text(const HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralColumn *column)
{
    static const struct {
        HfNeutralKind from, to;
        HfAwkward awkward;
    } of[] = {{HF_NEUTRAL_DATE, HF_NEUTRAL_DATE, HF_AWKWARD_INFINITY},
              {HF_NEUTRAL_DATE, HF_NEUTRAL_DATE, HF_AWKWARD_BC},
              {HF_NEUTRAL_DATE, HF_NEUTRAL_DATE, HF_AWKWARD_AFTER_9999},
              {HF_NEUTRAL_TIMESTAMP, HF_NEUTRAL_INSTANT, HF_AWKWARD_INFINITY},
              {HF_NEUTRAL_TIMESTAMP, HF_NEUTRAL_INSTANT, HF_AWKWARD_BC},
              {HF_NEUTRAL_TIMESTAMP, HF_NEUTRAL_INSTANT, HF_AWKWARD_AFTER_9999},
              {HF_NEUTRAL_TIME, HF_NEUTRAL_TIME, HF_AWKWARD_24_00},
              {HF_NEUTRAL_DECIMAL, HF_NEUTRAL_FLOAT64, HF_AWKWARD_NOT_A_NUMBER},
              {HF_NEUTRAL_DECIMAL, HF_NEUTRAL_DECIMAL, HF_AWKWARD_TOO_MANY_DIGITS},
              {HF_NEUTRAL_JSON, HF_NEUTRAL_JSON, HF_AWKWARD_JSON_ESCAPE}};
    if (strcmp(column->type.source, "jsonb") == 0) /* which has no such escapes */
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(of); i++)
        if (column->type.kind >= of[i].from && column->type.kind <= of[i].to &&
            hf_mssql_map_choice(self->map, table, column, of[i].awkward) == HF_CHOICE_TEXT)
            return true;
    return false;
}

static char *column_name(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralColumn *column)
{
    HfMssqlObject *object = g_hash_table_lookup(self->objects, table);
    g_autofree char *plain = hf_mssql_plain_name(column->name);
    g_autofree char *inside = hf_mssql_planner_inside(self, table, "columns");
    for (unsigned number = 1;; number++) {
        g_autofree char *name = number == 1 ? g_strdup(plain) : g_strdup_printf("%s_%u", plain, number);
        g_autofree char *whole = g_strconcat(inside, "\n", name, NULL);
        if (!g_hash_table_add(self->taken, g_utf8_casefold(whole, -1)))
            continue;
        self->plan->renamed += number > 1;
        if (strcmp(name, column->name) != 0)
            hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "column %s is %s there%s", column->name, name,
                                 number > 1 ? ": names must differ by more than case" : "");
        return g_steal_pointer(&name);
    }
}

static void plan_column(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralColumn *column)
{
    const char *wanted = hf_mssql_map_type(self->map, table, column);
    int64_t units = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(self->key_units, column));
    g_auto(HfMssqlType) type =
        wanted != NULL ? hf_mssql_type_given(wanted) : hf_mssql_type_of(column, units, wants_text(self, table, column));
    HfMssqlColumn *there = g_new0(HfMssqlColumn, 1);
    *there = (HfMssqlColumn){.table = table,
                             .column = column,
                             .name = column_name(self, table, column),
                             .type = g_steal_pointer(&type.name),
                             .note = type.note,
                             .encrypted = hf_mssql_map_is_encrypted(self->map, table, column)};
    g_ptr_array_add(self->plan->columns, there);
    g_hash_table_insert(self->columns, (void *)column, there);
    if (there->encrypted)
        hf_mssql_object_tell(g_hash_table_lookup(self->objects, table), HF_VERDICT_CHANGED,
                             "column %s is encrypted: " HF_MSSQL_ENCRYPTED_TYPE " there, by the key %s", column->name,
                             hf_mssql_map_key(self->map)->key);
    if (type.note != NULL)
        hf_mssql_object_tell(g_hash_table_lookup(self->objects, table), HF_VERDICT_CHANGED, "column %s, %s: %s, %s",
                             column->name, column->type.source, there->type, type.note);
}

#define MAX_FIXED_BYTES 7500 /* of 8,060 of a row, some of which it needs itself */

/* What is padded takes its room in each row, and a table of which no row fits is not made. */
static void fit_row(HfMssqlPlanner *self, const HfNeutralTable *table)
{
    int64_t bytes = 0;
    for (guint i = 0; i < table->columns->len; i++) {
        const HfMssqlColumn *there = g_hash_table_lookup(self->columns, table->columns->pdata[i]);
        bool varies = g_str_has_prefix(there->type, "nvarchar") || g_str_has_prefix(there->type, "varbinary");
        bytes += varies ? 24 : MAX(hf_mssql_type_key_bytes(there->type), 0);
    }
    for (guint i = 0; bytes > MAX_FIXED_BYTES && i < table->columns->len; i++) {
        HfMssqlColumn *there = g_hash_table_lookup(self->columns, table->columns->pdata[i]);
        if (!g_str_has_prefix(there->type, "nchar"))
            continue;
        g_autofree char *fixed = there->type;
        there->type = g_strconcat("nvarchar", fixed + strlen("nchar"), NULL);
        there->note = "not padded there: a row has 8,060 bytes";
        hf_mssql_object_tell(g_hash_table_lookup(self->objects, table), HF_VERDICT_CHANGED, "column %s, %s: %s, %s",
                             there->column->name, there->column->type.source, there->type, there->note);
    }
}

void hf_mssql_plan_types(HfMssqlPlanner *self)
{
    for (guint t = 0; t < self->model->tables->len; t++) {
        const HfNeutralTable *table = self->model->tables->pdata[t];
        for (guint c = 0; c < table->columns->len; c++)
            plan_column(self, table, table->columns->pdata[c]);
        fit_row(self, table);
    }
}

bool hf_mssql_planner_is_as_text(const HfMssqlPlanner *self, const HfNeutralColumn *column)
{
    const HfMssqlColumn *there = g_hash_table_lookup(self->columns, column);
    HfMssqlClass class = hf_mssql_class_of(column->type.kind);
    return there != NULL && hf_mssql_type_fits(HF_NEUTRAL_TEXT, there->type) && class != HF_MSSQL_TEXT &&
           class != HF_MSSQL_PADDED && class != HF_MSSQL_OPAQUE;
}

/* ---- Scope ---------------------------------------------------------------------------------------------------------
 */

static const HfNeutralColumn *find_column(const HfMssqlScope *scope, const char *qualifier, const char *name,
                                          bool *as_text)
{
    const HfMssqlTableScope *self = (const HfMssqlTableScope *)scope;
    const HfNeutralColumn *column = qualifier == NULL ? hf_neutral_find_column(self->table->columns, name) : NULL;
    *as_text = column != NULL && hf_mssql_planner_is_as_text(self->planner, column);
    return column;
}

static const char *name_column(const HfMssqlScope *scope, const HfNeutralColumn *column)
{
    return hf_mssql_planner_column_name(((const HfMssqlTableScope *)scope)->planner, column);
}

static const char *type_of_column(const HfMssqlScope *scope, const HfNeutralColumn *column)
{
    const HfMssqlColumn *there = g_hash_table_lookup(((const HfMssqlTableScope *)scope)->planner->columns, column);
    return there != NULL ? there->type : NULL;
}

static bool is_computed(const HfMssqlScope *scope, const HfNeutralColumn *column)
{
    const HfMssqlColumn *there = g_hash_table_lookup(((const HfMssqlTableScope *)scope)->planner->columns, column);
    return there != NULL && there->computed;
}

/* The next part of a name as SQL writes it, up to a dot. Transfer full. */
static char *take_name(const char **at)
{
    GString *name = g_string_new(NULL);
    bool quoted = **at == '"';
    *at += quoted;
    for (; **at != '\0' && (quoted || **at != '.'); ++*at) {
        if (quoted && **at == '"' && *++*at != '"')
            break;
        g_string_append_c(name, **at);
    }
    *at += **at == '.';
    return g_string_free(name, FALSE);
}

static char *find_sequence(const HfMssqlScope *scope, const char *name)
{
    const HfMssqlPlanner *planner = ((const HfMssqlTableScope *)scope)->planner;
    const char *at = name;
    g_autofree char *schema = take_name(&at);
    g_autofree char *inner = take_name(&at);
    for (guint i = 0; i < planner->model->sequences->len; i++) {
        const HfNeutralSequence *sequence = planner->model->sequences->pdata[i];
        if (strcmp(sequence->schema, schema) == 0 && strcmp(sequence->name, inner) == 0)
            return hf_mssql_planner_qualified(planner, schema, sequence);
    }
    return NULL;
}

void hf_mssql_table_scope_init(HfMssqlTableScope *self, HfMssqlPlanner *planner, const HfNeutralTable *table,
                               const HfNeutralColumn *value, GPtrArray *notes)
{
    *self = (HfMssqlTableScope){.scope = {.find = find_column,
                                          .name = name_column,
                                          .type = type_of_column,
                                          .is_computed = is_computed,
                                          .value = value,
                                          .sequence = find_sequence,
                                          .notes = notes},
                                .planner = planner,
                                .table = table};
}

/* ---- Columns -------------------------------------------------------------------------------------------------------
 */

typedef struct {
    char *sql;
    HfMssqlClass class;
    int64_t size;
    GPtrArray *notes;
} Value;

static void clear_value(Value *self)
{
    g_free(self->sql);
    g_ptr_array_unref(self->notes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Value, clear_value)

/* Whether a value of the class is one for the column. The cast that makes it one is not shown here; where it rounds and
 * SQL Server's cuts, it is none. */
static bool suits(const HfMssqlPlanner *self, const HfNeutralColumn *column, const Value *value)
{
    int64_t size, scale;
    const HfMssqlColumn *there = g_hash_table_lookup(self->columns, column);
    HfMssqlClass class = value->class, mine = hf_mssql_class_of(column->type.kind);
    if (class == HF_MSSQL_NULL)
        return true;
    if (hf_mssql_planner_is_as_text(self, column))
        return false;
    if (mine >= HF_MSSQL_INTEGER && mine <= HF_MSSQL_FLOAT)
        return class >= HF_MSSQL_INTEGER && class <= mine &&
               class <= hf_mssql_class_of(hf_mssql_type_kind(there->type, &size, &scale));
    if ((mine == HF_MSSQL_DATE || mine == HF_MSSQL_TIMESTAMP) && class == HF_MSSQL_INSTANT)
        hf_mssql_note(value->notes, HF_MSSQL_ZONE_NOTE);
    if (mine == HF_MSSQL_DATE || mine == HF_MSSQL_TIMESTAMP)
        return class == HF_MSSQL_DATE || class == HF_MSSQL_TIMESTAMP || class == HF_MSSQL_INSTANT;
    if (mine == HF_MSSQL_PADDED || column->type.kind == HF_NEUTRAL_TEXT_WITHOUT_CASE)
        return class == mine || class == HF_MSSQL_TEXT;
    return class == mine;
}

/* The value of a default or generated column; its sql is NULL if it does not translate, or is none for the column. */
static Value value_of(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralColumn *column,
                      const char *text, bool deterministic, GError **error)
{
    Value value = {.notes = g_ptr_array_new_with_free_func(g_free)};
    HfMssqlTableScope scope;
    hf_mssql_table_scope_init(&scope, self, table, NULL, value.notes);
    scope.scope.deterministic = deterministic;
    g_autoptr(HfExpression) expression = hf_expression_parse(text, error);
    if (expression != NULL)
        value.sql = hf_mssql_sized_value(&scope.scope, expression, &value.class, &value.size, error);
    if (value.sql != NULL && !suits(self, column, &value)) {
        g_clear_pointer(&value.sql, g_free);
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "a value of another type than the column's");
    }
    return value;
}

static void append_default(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralColumn *column,
                           GString *sql)
{
    g_autoptr(GError) reason = NULL;
    g_auto(Value) value = value_of(self, table, column, column->default_value, false, &reason);
    HfMssqlObject *object = hf_mssql_planner_add(
        self, "default", g_strdup_printf("%s.%s.%s", table->schema, table->name, column->name), column->default_value);
    if (hf_mssql_map_is_encrypted(self->map, table, column)) {
        hf_mssql_object_tell(object, HF_VERDICT_LEFT, "the column is encrypted, and a default would not be");
        return;
    }
    if (reason != NULL) {
        hf_mssql_object_leave(object, reason);
        return;
    }
    hf_mssql_object_tell_notes(object, value.notes);
    g_hash_table_add(self->defaulted, (void *)column);
    g_autofree char *wanted = g_strdup_printf("DF_%s_%s", table->name, column->name);
    g_autofree char *name = hf_mssql_planner_name(self, hf_mssql_planner_schema(self, table->schema), wanted, NULL);
    g_autofree char *quoted = hf_mssql_quote_name(name);
    g_string_append_printf(sql, " CONSTRAINT %s DEFAULT (%s)", quoted, value.sql);
}

const char *hf_mssql_column_collation(const HfMssqlColumn *column)
{
    if (!hf_mssql_type_fits(HF_NEUTRAL_TEXT, column->type))
        return NULL;
    return column->column->type.kind == HF_NEUTRAL_TEXT_WITHOUT_CASE ? HF_MSSQL_COLLATION_WITHOUT_CASE
                                                                     : HF_MSSQL_COLLATION;
}

/* "AS (…)" of a generated column; false: it becomes an ordinary one. */
static bool append_generated(HfMssqlPlanner *self, const HfNeutralTable *table, const HfMssqlColumn *column,
                             GString *sql)
{
    int64_t size, scale;
    g_autoptr(GError) reason = NULL;
    g_auto(Value) value = value_of(self, table, column->column, column->column->generated, true, &reason);
    HfMssqlObject *object = hf_mssql_planner_add(
        self, "generated column", g_strdup_printf("%s.%s.%s", table->schema, table->name, column->column->name),
        column->column->generated);
    if (reason != NULL) {
        hf_mssql_object_leave(object, reason);
        hf_mssql_object_tell(object, HF_VERDICT_LEFT, "its values go as those of an ordinary column");
        return false;
    }
    hf_mssql_object_tell_notes(object, value.notes);
    const char *collation = hf_mssql_column_collation(column);
    hf_mssql_type_kind(column->type, &size, &scale);
    if (collation != NULL && size > 0 && (value.size == 0 || value.size > size))
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "longer values are cut at %d UTF-16 units there", (int)size);
    g_string_append_printf(sql, "AS (CAST(%s AS %s)%s%s) PERSISTED%s", value.sql, column->type,
                           collation != NULL ? " COLLATE " : "", collation != NULL ? collation : "",
                           column->column->nullable ? "" : " NOT NULL");
    return true;
}

/* A table there has one identity at most: the first that is a whole number there, too. NULL: none. */
static const HfNeutralColumn *identity_of(const HfMssqlPlanner *self, const HfNeutralTable *table)
{
    for (guint i = 0; i < table->columns->len; i++) {
        int64_t size, scale;
        const HfNeutralColumn *column = table->columns->pdata[i];
        const HfMssqlColumn *there = g_hash_table_lookup(self->columns, column);
        HfMssqlClass class = hf_mssql_class_of(hf_mssql_type_kind(there->type, &size, &scale));
        if (column->identity != HF_IDENTITY_NONE &&
            (class == HF_MSSQL_INTEGER || (class == HF_MSSQL_DECIMAL && scale == 0)))
            return column;
    }
    return NULL;
}

static void tell_identity(const HfMssqlPlanner *self, HfMssqlObject *object, const HfNeutralTable *table,
                          const HfNeutralColumn *column)
{
    if (column->identity == HF_IDENTITY_NONE)
        return;
    if (column != identity_of(self, table))
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED,
                             "column %s is an identity no more: a table there has one, of whole numbers", column->name);
    else if (column->identity_bounded)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED,
                             "column %s is an identity that goes on to the end of its type there, and never begins "
                             "again",
                             column->name);
    if (column == identity_of(self, table) && column->identity == HF_IDENTITY_BY_DEFAULT)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED,
                             "column %s takes a value that is given only under SET IDENTITY_INSERT", column->name);
}

/* A table there has a column at least that is not computed. */
static bool may_compute(const HfNeutralTable *table)
{
    for (guint i = 0; i < table->columns->len; i++)
        if (((const HfNeutralColumn *)table->columns->pdata[i])->generated == NULL)
            return true;
    return false;
}

static void append_column(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralColumn *column,
                          GString *sql)
{
    HfMssqlColumn *there = g_hash_table_lookup(self->columns, column);
    g_autofree char *name = hf_mssql_quote_name(there->name);
    g_string_append_printf(sql, "    %s ", name);
    there->computed = column->generated != NULL && may_compute(table) && append_generated(self, table, there, sql);
    if (there->computed)
        return;
    g_string_append(sql, there->encrypted ? HF_MSSQL_ENCRYPTED_TYPE : there->type);
    if (hf_mssql_column_collation(there) != NULL && !there->encrypted)
        g_string_append_printf(sql, " COLLATE %s", hf_mssql_column_collation(there));
    g_string_append(sql, column->nullable ? " NULL" : " NOT NULL");
    if (column == identity_of(self, table))
        g_string_append_printf(sql, " IDENTITY(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")", column->identity_start,
                               column->identity_increment);
    if (column->default_value != NULL && column->generated == NULL)
        append_default(self, table, column, sql);
}

/* A column of its own kind of order is compared and sorted by code units there. */
static void tell_collation(HfMssqlObject *object, const HfNeutralColumn *column)
{
    if (column->collation != NULL && strcmp(column->collation, "C") != 0 && strcmp(column->collation, "POSIX") != 0)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "column %s has the collation %s, and %s there", column->name,
                             column->collation, HF_MSSQL_COLLATION);
}

void hf_mssql_plan_table(HfMssqlPlanner *self, const HfNeutralTable *table)
{
    HfMssqlObject *object = g_hash_table_lookup(self->objects, table);
    g_autofree char *name = hf_mssql_planner_qualified(self, table->schema, table);
    const char *plain = g_hash_table_lookup(self->names, table);
    g_autoptr(GString) sql = g_string_new(NULL);
    for (guint i = 0; i < table->columns->len; i++) {
        const HfNeutralColumn *column = table->columns->pdata[i];
        g_string_append(sql, i > 0 ? ",\n" : "");
        append_column(self, table, column, sql);
        tell_collation(object, column);
        tell_identity(self, object, table, column);
        hf_mssql_planner_comment(self, column->comment, table->schema, "TABLE", plain, "COLUMN",
                                 hf_mssql_planner_column_name(self, column));
    }
    if (table->columns->len == 0) {
        hf_mssql_object_tell(object, HF_VERDICT_LEFT, "it has no columns, and a table there has one or more");
        return;
    }
    if (!may_compute(table))
        hf_mssql_object_tell(
            object, HF_VERDICT_CHANGED,
            "its columns become ordinary ones with the values of today: not all of a table there may be "
            "computed");
    hf_mssql_planner_before(self, "CREATE TABLE %s (\n%s\n)", name, sql->str);
    HfMssqlTable *made = g_new(HfMssqlTable, 1);
    *made = (HfMssqlTable){.table = table, .name = g_strdup(name), .identity = identity_of(self, table)};
    g_ptr_array_add(self->plan->tables, made);
    hf_mssql_planner_comment(self, table->comment, table->schema, "TABLE", plain, NULL, NULL);
}

/* ---- Checks --------------------------------------------------------------------------------------------------------
 */

static void add_check(HfMssqlPlanner *self, const HfNeutralTable *table, const char *wanted, const char *condition,
                      bool validated, HfMssqlObject *object, const char *comment)
{
    const char *schema = hf_mssql_planner_schema(self, table->schema);
    g_autofree char *name = hf_mssql_planner_name(self, schema, wanted, object);
    g_autofree char *quoted = hf_mssql_quote_name(name);
    g_autofree char *of = hf_mssql_planner_qualified(self, table->schema, table);
    hf_mssql_planner_after(self, "ALTER TABLE %s %sADD CONSTRAINT %s CHECK (%s)", of, validated ? "" : "WITH NOCHECK ",
                           quoted, condition);
    hf_mssql_planner_comment(self, comment, table->schema, "TABLE", g_hash_table_lookup(self->names, table),
                             "CONSTRAINT", name);
}

static void plan_check(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralColumn *value,
                       const HfNeutralCheck *check)
{
    HfMssqlTableScope scope;
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    hf_mssql_table_scope_init(&scope, self, table, value, notes);
    HfMssqlObject *object = hf_mssql_planner_add(
        self, "check", g_strdup_printf("%s on %s.%s", check->name, table->schema, table->name), check->source);
    g_autoptr(HfExpression) expression = hf_expression_parse(check->expression, &reason);
    g_autofree char *condition = expression != NULL ? hf_mssql_condition(&scope.scope, expression, &reason) : NULL;
    if (condition == NULL) {
        hf_mssql_object_leave(object, reason);
        return;
    }
    hf_mssql_object_tell_notes(object, notes);
    add_check(self, table, check->name, condition, check->validated, object, check->comment);
}

static char *on_table(const char *name, const HfNeutralTable *table)
{
    return g_strdup_printf("%s on %s.%s", name, table->schema, table->name);
}

static void plan_domain_checks(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralColumn *column)
{
    for (guint i = 0; i < column->type.checks->len; i++) {
        g_autofree char *name = g_strdup_printf("%s_%s_check", table->name, column->name);
        if (hf_mssql_map_is_encrypted(self->map, table, column)) {
            hf_mssql_object_tell(
                hf_mssql_planner_add(self, "check", on_table(name, table), column->type.checks->pdata[i]),
                HF_VERDICT_LEFT, "the column is encrypted, and nothing looks at its values");
            continue;
        }
        HfNeutralCheck check = {.name = name,
                                .expression = column->type.checks->pdata[i],
                                .validated = column->type.checks_validated,
                                .source = column->type.checks->pdata[i]};
        plan_check(self, table, column, &check);
    }
}

/* What the type itself says in the source, and only a check can there. */
static void plan_type_check(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralColumn *column)
{
    const HfMssqlColumn *there = g_hash_table_lookup(self->columns, column);
    HfNeutralKind kind = column->type.kind;
    bool json =
        kind == HF_NEUTRAL_JSON || kind == HF_NEUTRAL_ARRAY || kind == HF_NEUTRAL_COMPOSITE || kind == HF_NEUTRAL_MAP;
    if (!hf_mssql_type_fits(HF_NEUTRAL_TEXT, there->type) || (!json && kind != HF_NEUTRAL_ENUM) ||
        wants_text(self, table, column) || there->encrypted)
        return;
    g_autofree char *name = hf_mssql_quote_name(there->name);
    g_autoptr(GString) condition = g_string_new(NULL);
    if (kind == HF_NEUTRAL_JSON)
        /* Before 2022 ISJSON takes objects and arrays alone; in brackets every value is one. */
        g_string_append_printf(condition, "ISJSON(N'[' + %s + N']') = 1", name);
    else if (json)
        g_string_append_printf(condition, "ISJSON(%s) = 1", name);
    for (guint i = 0; kind == HF_NEUTRAL_ENUM && i < column->type.labels->len; i++) {
        g_autofree char *label = hf_mssql_quote_text(column->type.labels->pdata[i]);
        g_string_append_printf(condition, "%s%s", i > 0 ? ", " : "", label);
    }
    if (kind == HF_NEUTRAL_ENUM) {
        g_autofree char *list = g_strdup(condition->len > 0 ? condition->str : "NULL");
        g_string_printf(condition, "%s IN (%s)", name, list);
    }
    g_autofree char *wanted = g_strdup_printf("CK_%s_%s_%s", table->name, column->name, json ? "is_json" : "is_one_of");
    add_check(self, table, wanted, condition->str, true, NULL, NULL);
}

void hf_mssql_plan_checks(HfMssqlPlanner *self, const HfNeutralTable *table)
{
    for (guint i = 0; i < table->columns->len; i++) {
        plan_type_check(self, table, table->columns->pdata[i]);
        plan_domain_checks(self, table, table->columns->pdata[i]);
    }
    for (guint i = 0; i < table->checks->len; i++)
        plan_check(self, table, NULL, table->checks->pdata[i]);
}

/* ---- Identity ------------------------------------------------------------------------------------------------------
 */

void hf_mssql_plan_reseed(HfMssqlPlanner *self, const HfNeutralTable *table)
{
    const HfNeutralColumn *column = identity_of(self, table);
    if (column == NULL)
        return;
    g_autofree char *name = hf_mssql_planner_qualified(self, table->schema, table);
    g_autofree char *quoted = hf_mssql_quote_text(name);
    /* The value is that of the last row: the next one gets it and the increment. Where there was never a row, the first
     * one gets it. */
    int64_t step = table->rows > 0 ? column->identity_increment : 0;
    hf_mssql_planner_after(self, "DBCC CHECKIDENT (%s, RESEED, %" G_GINT64_FORMAT ")", quoted,
                           column->identity_next - step);
}
