#include "engine/ends/mssql_planner.h"

#include <string.h>

/* Keys, indexes and foreign keys. */

#define MAX_CLUSTERED_BYTES 900
#define MAX_KEY_COLUMNS 32
#define MAX_INDEX_UNITS 850 /* 1,700 bytes */

/* The bytes of a key over these columns at the most; -1: one of them can be in none. */
static int64_t key_bytes(const HfMssqlPlanner *self, const HfNeutralTable *table, const GPtrArray *columns)
{
    int64_t bytes = 0;
    for (guint i = 0; i < columns->len; i++) {
        const HfNeutralColumn *column = hf_neutral_find_column(table->columns, columns->pdata[i]);
        const HfMssqlColumn *there = column != NULL ? g_hash_table_lookup(self->columns, column) : NULL;
        int64_t mine = there != NULL ? hf_mssql_type_key_bytes(there->type) : -1;
        if (mine < 0)
            return -1;
        bytes += mine;
    }
    return bytes;
}

static bool all_not_null(const HfNeutralTable *table, const GPtrArray *columns)
{
    for (guint i = 0; i < columns->len; i++) {
        const HfNeutralColumn *column = hf_neutral_find_column(table->columns, columns->pdata[i]);
        if (column == NULL || column->nullable)
            return false;
    }
    return true;
}

static char *on_table(const char *name, const HfNeutralTable *table)
{
    return g_strdup_printf("%s on %s.%s", name, table->schema, table->name);
}

/* Whether it can be a key there; else tells why not. */
static bool check_key(HfMssqlPlanner *self, const HfNeutralTable *table, const GPtrArray *columns,
                      HfMssqlObject *object, int64_t *bytes)
{
    *bytes = key_bytes(self, table, columns);
    if (*bytes < 0)
        hf_mssql_object_tell(object, HF_VERDICT_LEFT,
                             "a column of it has values that are too long for a key, or of a type that is in none");
    else if (columns->len > MAX_KEY_COLUMNS)
        hf_mssql_object_tell(object, HF_VERDICT_LEFT, "it has %u columns, and a key there has at most %d", columns->len,
                             MAX_KEY_COLUMNS);
    return *bytes >= 0 && columns->len <= MAX_KEY_COLUMNS;
}

static bool is_computed(const HfMssqlPlanner *self, const HfNeutralColumn *column)
{
    const HfMssqlColumn *there = g_hash_table_lookup(self->columns, column);
    return there != NULL && there->computed;
}

/* "[a] IS NOT NULL AND [b] IS NOT NULL" of those that may be NULL. Transfer full; NULL: the object is left, for no
 * filter names a computed column. */
static char *not_null_filter(const HfMssqlPlanner *self, const HfNeutralTable *table, const GPtrArray *columns,
                             HfMssqlObject *object)
{
    GString *filter = g_string_new(NULL);
    for (guint i = 0; i < columns->len; i++) {
        const HfNeutralColumn *column = hf_neutral_find_column(table->columns, columns->pdata[i]);
        if (!column->nullable)
            continue;
        if (is_computed(self, column)) {
            hf_mssql_object_tell(object, HF_VERDICT_LEFT,
                                 "a filter for several NULLs cannot name the computed column %s", column->name);
            g_string_free(filter, TRUE);
            return NULL;
        }
        g_autofree char *name = hf_mssql_quote_name(hf_mssql_planner_column_name(self, column));
        g_string_append_printf(filter, "%s%s IS NOT NULL", filter->len > 0 ? " AND " : "", name);
    }
    return g_string_free(filter, FALSE);
}

static bool has(const GPtrArray *names, const char *name)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)names, name, g_str_equal, NULL);
}

/* The columns that an index has besides its key; one that is in both is once there. Transfer full. */
static char *included_list(const HfMssqlPlanner *self, const HfNeutralTable *table, const GPtrArray *included,
                           const GPtrArray *key)
{
    g_autoptr(GPtrArray) rest = g_ptr_array_new();
    for (guint i = 0; i < included->len; i++)
        if (!has(key, included->pdata[i]) && !has(rest, included->pdata[i]))
            g_ptr_array_add(rest, included->pdata[i]);
    return hf_mssql_planner_list(self, table, rest);
}

static void plan_key(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralKey *key)
{
    int64_t bytes;
    const char *schema = hf_mssql_planner_schema(self, table->schema);
    HfMssqlObject *object = hf_mssql_planner_add(self, key->primary ? "primary key" : "unique constraint",
                                                 on_table(key->name, table), key->source);
    if (!check_key(self, table, key->columns, object, &bytes))
        return;
    if (key->deferrable)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "it is checked with each statement, never at the end");
    bool filtered = !key->primary && key->nulls_distinct && !all_not_null(table, key->columns);
    g_autofree char *filter = filtered ? not_null_filter(self, table, key->columns, object) : g_strdup("");
    if (filter == NULL)
        return;
    g_autofree char *of = hf_mssql_planner_qualified(self, table->schema, table);
    g_autofree char *columns = hf_mssql_planner_list(self, table, key->columns);
    g_autofree char *included = included_list(self, table, key->included, key->columns);
    g_autofree char *name = hf_mssql_planner_name(self, schema, key->name, object);
    g_autofree char *inside = hf_mssql_planner_inside(self, table, "indexes");
    g_free(hf_mssql_planner_name(self, inside, name, NULL)); /* it has an index of its name */
    g_autofree char *quoted = hf_mssql_quote_name(name);
    if (filtered || (*included != '\0' && !key->primary)) {
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED,
                             filtered ? "a unique index of the rows without NULL" : "a unique index with more columns");
        hf_mssql_planner_after(self, "CREATE UNIQUE NONCLUSTERED INDEX %s ON %s (%s)%s%s%s%s%s", quoted, of, columns,
                               *included != '\0' ? " INCLUDE (" : "", included, *included != '\0' ? ")" : "",
                               filtered ? " WHERE " : "", filter);
    } else {
        if (*included != '\0')
            hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "without the columns that it includes");
        hf_mssql_planner_after(self, "ALTER TABLE %s ADD CONSTRAINT %s %s %s (%s)", of, quoted,
                               key->primary ? "PRIMARY KEY" : "UNIQUE",
                               key->primary && bytes <= MAX_CLUSTERED_BYTES ? "CLUSTERED" : "NONCLUSTERED", columns);
    }
    bool index = filtered || (*included != '\0' && !key->primary);
    hf_mssql_planner_comment(self, key->comment, table->schema, "TABLE", g_hash_table_lookup(self->names, table),
                             index ? "INDEX" : "CONSTRAINT", name);
}

void hf_mssql_plan_keys(HfMssqlPlanner *self, const HfNeutralTable *table)
{
    for (guint i = 0; i < table->keys->len; i++)
        plan_key(self, table, table->keys->pdata[i]);
}

/* ---- Indexes -------------------------------------------------------------------------------------------------------
 */

/* A computed column for an expression, whose statement goes to `made`; its quoted name, or NULL and the object is left.
 * Transfer full. */
static char *computed_column(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralIndex *index, guint item,
                             HfMssqlObject *object, GPtrArray *made)
{
    int64_t size;
    HfMssqlClass class = HF_MSSQL_OPAQUE;
    HfMssqlTableScope scope;
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    hf_mssql_table_scope_init(&scope, self, table, NULL, notes);
    scope.scope.deterministic = true;
    const char *source = ((HfNeutralIndexItem *)index->items->pdata[item])->expression;
    g_autoptr(HfExpression) expression = hf_expression_parse(source, &reason);
    g_autofree char *value =
        expression != NULL ? hf_mssql_sized_value(&scope.scope, expression, &class, &size, &reason) : NULL;
    if (value == NULL) {
        hf_mssql_object_leave(object, reason);
        return NULL;
    }
    bool text = class == HF_MSSQL_TEXT || class == HF_MSSQL_PADDED;
    if (class == HF_MSSQL_FLOAT || class == HF_MSSQL_OPAQUE || class == HF_MSSQL_BYTES) {
        hf_mssql_object_tell(object, HF_VERDICT_LEFT, "an expression of a type that no index there takes");
        return NULL;
    }
    if (text && (size == 0 || size > MAX_INDEX_UNITS)) {
        hf_mssql_object_tell(object, HF_VERDICT_LEFT, "an expression whose values may be too long for an index");
        return NULL;
    }
    hf_mssql_object_tell_notes(object, notes);
    g_autofree char *wanted = g_strdup_printf("%s_%u", index->name, item + 1);
    g_autofree char *inside = hf_mssql_planner_inside(self, table, "columns");
    g_autofree char *name = hf_mssql_planner_name(self, inside, wanted, NULL);
    g_autofree char *quoted = hf_mssql_quote_name(name);
    g_autofree char *of = hf_mssql_planner_qualified(self, table->schema, table);
    hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "over a computed column %s", name);
    g_ptr_array_add(made, text ? g_strdup_printf("ALTER TABLE %s ADD %s AS (CAST(%s AS nvarchar(%d)) COLLATE %s)", of,
                                                 quoted, value, (int)size, HF_MSSQL_COLLATION)
                               : g_strdup_printf("ALTER TABLE %s ADD %s AS (%s)", of, quoted, value));
    return g_steal_pointer(&quoted);
}

/* "[a] DESC, [b]", a column once; NULL: the object is left. The statements that must come before go to `made`. Transfer
 * full. */
static char *index_items(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralIndex *index,
                         HfMssqlObject *object, GPtrArray *made)
{
    g_autoptr(GString) list = g_string_new(NULL);
    g_autoptr(GPtrArray) seen = g_ptr_array_new();
    for (guint i = 0; i < index->items->len; i++) {
        const HfNeutralIndexItem *item = index->items->pdata[i];
        const HfNeutralColumn *column =
            item->column != NULL ? hf_neutral_find_column(table->columns, item->column) : NULL;
        if (column != NULL && has(seen, item->column))
            continue;
        g_ptr_array_add(seen, item->column != NULL ? item->column : item->expression);
        g_autofree char *name = column != NULL         ? hf_mssql_quote_name(hf_mssql_planner_column_name(self, column))
                                : item->column == NULL ? computed_column(self, table, index, i, object, made)
                                                       : NULL;
        if (name == NULL)
            return NULL;
        g_string_append_printf(list, "%s%s%s", i > 0 ? ", " : "", name, item->descending ? " DESC" : "");
    }
    return g_string_free(g_steal_pointer(&list), FALSE);
}

static bool never_null(const HfNeutralTable *table, const HfExpression *self)
{
    bool known =
        self->kind == HF_EXPRESSION_TEXT || self->kind == HF_EXPRESSION_NUMBER || hf_expression_is_strict(self);
    if (self->kind == HF_EXPRESSION_COLUMN) {
        const HfNeutralColumn *column = hf_neutral_find_column(table->columns, self->text);
        known = column != NULL && !column->nullable;
    }
    for (guint i = 0; known && i < self->parts->len; i++)
        known = never_null(table, hf_expression_part(self, i));
    return known;
}

bool hf_mssql_index_needs_computed_filter(const HfNeutralTable *table, const HfNeutralIndex *index)
{
    for (guint i = 0; index->unique && index->nulls_distinct && i < index->items->len; i++) {
        const HfNeutralIndexItem *item = index->items->pdata[i];
        g_autoptr(HfExpression) expression =
            item->expression != NULL ? hf_expression_parse(item->expression, NULL) : NULL;
        if (item->expression != NULL && (expression == NULL || !never_null(table, expression)))
            return true;
    }
    return false;
}

static GPtrArray *plain_columns(const HfNeutralIndex *index)
{
    GPtrArray *columns = g_ptr_array_new();
    for (guint i = 0; i < index->items->len; i++) {
        const HfNeutralIndexItem *item = index->items->pdata[i];
        if (item->column != NULL)
            g_ptr_array_add(columns, item->column);
    }
    return columns;
}

/* The predicate, with what a unique index needs for several NULLs. Transfer full; NULL: the object is left. */
static char *index_filter(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralIndex *index,
                          const GPtrArray *columns, HfMssqlObject *object)
{
    g_autofree char *not_null =
        index->unique && index->nulls_distinct ? not_null_filter(self, table, columns, object) : g_strdup("");
    if (not_null == NULL)
        return NULL;
    if (*not_null != '\0')
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "of the rows without NULL");
    if (index->predicate == NULL)
        return g_steal_pointer(&not_null);
    HfMssqlTableScope scope;
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    hf_mssql_table_scope_init(&scope, self, table, NULL, notes);
    g_autoptr(HfExpression) expression = hf_expression_parse(index->predicate, &reason);
    g_autofree char *filter = expression != NULL ? hf_mssql_filter(&scope.scope, expression, &reason) : NULL;
    if (filter == NULL) {
        hf_mssql_object_leave(object, reason);
        return NULL;
    }
    hf_mssql_object_tell_notes(object, notes);
    return *not_null != '\0' ? g_strconcat(not_null, " AND ", filter, NULL) : g_steal_pointer(&filter);
}

static void plan_index(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralIndex *index)
{
    int64_t bytes;
    HfMssqlObject *object = hf_mssql_planner_add(self, "index", on_table(index->name, table), index->source);
    g_autoptr(GPtrArray) columns = plain_columns(index);
    if (strcmp(index->method, "btree") != 0 && strcmp(index->method, "hash") != 0) {
        hf_mssql_object_tell(object, HF_VERDICT_LEFT, "SQL Server has no index of the method %s", index->method);
        return;
    }
    if (hf_mssql_index_needs_computed_filter(table, index)) {
        hf_mssql_object_tell(object, HF_VERDICT_LEFT,
                             "a filter for several NULLs cannot name the computed column that it would be over");
        return;
    }
    g_autofree char *filter = index_filter(self, table, index, columns, object);
    if (filter == NULL || !check_key(self, table, columns, object, &bytes))
        return;
    g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *items = index_items(self, table, index, object, made);
    if (items == NULL)
        return;
    for (guint i = 0; i < made->len; i++)
        hf_mssql_planner_after(self, "%s", (char *)made->pdata[i]);
    g_autofree char *of = hf_mssql_planner_qualified(self, table->schema, table);
    g_autofree char *included = included_list(self, table, index->included, columns);
    g_autofree char *inside = hf_mssql_planner_inside(self, table, "indexes");
    g_autofree char *name = hf_mssql_planner_name(self, inside, index->name, object);
    g_autofree char *quoted = hf_mssql_quote_name(name);
    hf_mssql_planner_after(self, "CREATE %sNONCLUSTERED INDEX %s ON %s (%s)%s%s%s%s%s", index->unique ? "UNIQUE " : "",
                           quoted, of, items, *included != '\0' ? " INCLUDE (" : "", included,
                           *included != '\0' ? ")" : "", *filter != '\0' ? " WHERE " : "", filter);
    hf_mssql_planner_comment(self, index->comment, table->schema, "TABLE", g_hash_table_lookup(self->names, table),
                             "INDEX", name);
}

void hf_mssql_plan_indexes(HfMssqlPlanner *self, const HfNeutralTable *table)
{
    for (guint i = 0; i < table->indexes->len; i++)
        plan_index(self, table, table->indexes->pdata[i]);
}

/* ---- Foreign keys --------------------------------------------------------------------------------------------------
 */

static bool same_columns(const GPtrArray *a, const GPtrArray *b)
{
    for (guint i = 0; i < a->len; i++)
        if (!g_ptr_array_find_with_equal_func((GPtrArray *)b, a->pdata[i], g_str_equal, NULL))
            return false;
    return a->len == b->len;
}

/* The columns of a key there that has these, in its order, which a foreign key to it must have too; a filtered index is
 * none. Transfer container; NULL: there is none. */
static GPtrArray *find_key(const HfMssqlPlanner *self, const HfNeutralTable *table, const GPtrArray *columns)
{
    if (!all_not_null(table, columns) || key_bytes(self, table, columns) < 0)
        return NULL;
    for (guint i = 0; i < table->keys->len; i++) {
        GPtrArray *mine = ((HfNeutralKey *)table->keys->pdata[i])->columns;
        if (!same_columns(mine, columns))
            continue;
        GPtrArray *order = g_ptr_array_new();
        g_ptr_array_extend(order, mine, NULL, NULL);
        return order;
    }
    for (guint i = 0; i < table->indexes->len; i++) {
        const HfNeutralIndex *index = table->indexes->pdata[i];
        g_autoptr(GPtrArray) mine = plain_columns(index);
        if (index->unique && index->predicate == NULL && mine->len == index->items->len && same_columns(mine, columns))
            return g_steal_pointer(&mine);
    }
    return NULL;
}

/* The columns of a foreign key in the order in which those that they refer to are in the key. Transfer container. */
static GPtrArray *in_order_of(const GPtrArray *order, const HfNeutralForeignKey *key)
{
    guint at;
    GPtrArray *columns = g_ptr_array_new();
    for (guint i = 0; i < order->len; i++)
        if (g_ptr_array_find_with_equal_func(key->to_columns, order->pdata[i], g_str_equal, &at))
            g_ptr_array_add(columns, key->columns->pdata[at]);
    return columns;
}

static bool same_types(const HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralTable *to,
                       const HfNeutralForeignKey *key)
{
    for (guint i = 0; i < key->columns->len; i++) {
        const HfNeutralColumn *a = hf_neutral_find_column(table->columns, key->columns->pdata[i]);
        const HfNeutralColumn *b = hf_neutral_find_column(to->columns, key->to_columns->pdata[i]);
        const HfMssqlColumn *there = a != NULL ? g_hash_table_lookup(self->columns, a) : NULL;
        const HfMssqlColumn *that = b != NULL ? g_hash_table_lookup(self->columns, b) : NULL;
        if (there == NULL || that == NULL || strcmp(there->type, that->type) != 0 ||
            (a->type.kind == HF_NEUTRAL_TEXT_WITHOUT_CASE) != (b->type.kind == HF_NEUTRAL_TEXT_WITHOUT_CASE))
            return false;
    }
    return true;
}

/* ---- Cascades ------------------------------------------------------------------------------------------------------
 * SQL Server takes a cascade only if no table is reached in two ways from any other, or from itself. So one more from
 * `from` to `to` is refused if anything that leads to `from` leads already to anything that follows from `to`.
 */

static bool reaches(const HfMssqlPlanner *self, const HfNeutralTable *from, const HfNeutralTable *to)
{
    const GPtrArray *next = g_hash_table_lookup(self->cascades, from);
    if (from == to)
        return true;
    for (guint i = 0; next != NULL && i < next->len; i++)
        if (reaches(self, next->pdata[i], to)) /* there is no way round: each step was let in by add_cascade */
            return true;
    return false;
}

static void gather_below(const HfMssqlPlanner *self, const HfNeutralTable *table, GPtrArray *below)
{
    const GPtrArray *next = g_hash_table_lookup(self->cascades, table);
    g_ptr_array_add(below, (void *)table);
    for (guint i = 0; next != NULL && i < next->len; i++)
        gather_below(self, next->pdata[i], below);
}

static bool is_second_way(const HfMssqlPlanner *self, const HfNeutralTable *from, const HfNeutralTable *to)
{
    g_autoptr(GPtrArray) below = g_ptr_array_new();
    gather_below(self, to, below);
    if (g_ptr_array_find(below, from, NULL))
        return true;
    for (guint i = 0; i < self->model->tables->len; i++) {
        const HfNeutralTable *above = self->model->tables->pdata[i];
        for (guint j = 0; reaches(self, above, from) && j < below->len; j++)
            if (reaches(self, above, below->pdata[j]))
                return true;
    }
    return false;
}

static void add_cascade(HfMssqlPlanner *self, const HfNeutralTable *from, const HfNeutralTable *to)
{
    GPtrArray *next = g_hash_table_lookup(self->cascades, from);
    if (next == NULL)
        g_hash_table_insert(self->cascades, (void *)from, next = g_ptr_array_new());
    g_ptr_array_add(next, (void *)to);
}

static bool acts(const char *action)
{
    return strcmp(action, "no action") != 0 && strcmp(action, "restrict") != 0;
}

/* Why SQL Server does not take the action, or takes it for another; NULL: it does. */
static const char *objection(const HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralForeignKey *key,
                             const char *action)
{
    bool sets_null = strcmp(action, "set null") == 0, sets_default = strcmp(action, "set default") == 0;
    for (guint i = 0; (sets_null || sets_default) && i < key->columns->len; i++) {
        const HfNeutralColumn *column = hf_neutral_find_column(table->columns, key->columns->pdata[i]);
        bool defaulted = g_hash_table_contains(self->defaulted, column);
        if (sets_null && !column->nullable)
            return "a column of it cannot be NULL";
        if (sets_default && !defaulted && (!column->nullable || column->default_value != NULL))
            return "a column of it has no default there";
    }
    return NULL;
}

static void append_action(const HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralForeignKey *key,
                          const char *event, const char *action, HfMssqlObject *object, GString *sql)
{
    g_autofree char *upper = g_ascii_strup(action, -1);
    bool some =
        strcmp(event, "DELETE") == 0 && key->delete_columns->len > 0 && key->delete_columns->len < key->columns->len;
    const char *why = some ? "there it would be of all columns" : objection(self, table, key, action);
    if (!acts(action))
        return;
    if (why != NULL)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "ON %s %s becomes NO ACTION: %s", event, upper, why);
    else
        g_string_append_printf(sql, " ON %s %s", event, upper);
}

static char *actions_of(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralTable *to,
                        const HfNeutralForeignKey *key, HfMssqlObject *object)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    append_action(self, table, key, "DELETE", key->on_delete, object, sql);
    append_action(self, table, key, "UPDATE", key->on_update, object, sql);
    if (sql->len == 0)
        return g_strdup("");
    if (!is_second_way(self, to, table)) {
        add_cascade(self, to, table);
        return g_string_free(g_steal_pointer(&sql), FALSE);
    }
    hf_mssql_object_tell(object, HF_VERDICT_CHANGED,
                         "ON DELETE %s and ON UPDATE %s become NO ACTION: SQL Server refuses a second way by which "
                         "a change reaches %s.%s",
                         key->on_delete, key->on_update, table->schema, table->name);
    return g_strdup("");
}

static void plan_foreign_key(HfMssqlPlanner *self, const HfNeutralTable *table, const HfNeutralForeignKey *key)
{
    HfMssqlObject *object = hf_mssql_planner_add(self, "foreign key", on_table(key->name, table), key->source);
    const HfNeutralTable *to = hf_neutral_find_table(self->model, key->to_schema, key->to_table);
    g_autoptr(GPtrArray) order = to != NULL ? find_key(self, to, key->to_columns) : NULL;
    if (to == NULL || !hf_mssql_planner_goes(self, to))
        hf_mssql_object_tell(object, HF_VERDICT_LEFT, "%s.%s does not go", key->to_schema, key->to_table);
    else if (order == NULL)
        hf_mssql_object_tell(object, HF_VERDICT_LEFT,
                             "what it refers to is no key there: a column of it may be NULL, or is too long");
    else if (!same_types(self, table, to, key))
        hf_mssql_object_tell(object, HF_VERDICT_LEFT, "its columns have other types there than those it refers to");
    if (object->verdict == HF_VERDICT_LEFT)
        return;
    if (key->deferrable)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "it is checked with each statement, never at the end");
    if (key->match_full && key->columns->len > 1)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "rows in which some of its columns are NULL are not refused");
    g_autofree char *actions = actions_of(self, table, to, key, object);
    const char *schema = hf_mssql_planner_schema(self, table->schema);
    g_autofree char *name = hf_mssql_planner_name(self, schema, key->name, object);
    g_autofree char *quoted = hf_mssql_quote_name(name);
    g_autofree char *of = hf_mssql_planner_qualified(self, table->schema, table);
    g_autofree char *that = hf_mssql_planner_qualified(self, to->schema, to);
    g_autoptr(GPtrArray) mine = in_order_of(order, key);
    g_autofree char *columns = hf_mssql_planner_list(self, table, mine);
    g_autofree char *to_columns = hf_mssql_planner_list(self, to, order);
    self->other = to != table ? to : NULL;
    hf_mssql_planner_after(self, "ALTER TABLE %s %sADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s)%s", of,
                           key->validated ? "" : "WITH NOCHECK ", quoted, columns, that, to_columns, actions);
    self->other = NULL;
    hf_mssql_planner_comment(self, key->comment, table->schema, "TABLE", g_hash_table_lookup(self->names, table),
                             "CONSTRAINT", name);
}

void hf_mssql_plan_foreign_keys(HfMssqlPlanner *self, const HfNeutralTable *table)
{
    for (guint i = 0; i < table->foreign_keys->len; i++)
        plan_foreign_key(self, table, table->foreign_keys->pdata[i]);
}
