#include "engine/ends/mssql_encryption.h"
#include "engine/ends/mssql_planner.h"

#include "base/error.h"

#include <string.h>

/* Views that decrypt; and those of the source: one SELECT over tables and views that go, of expressions that translate.
 */

typedef struct {
    HfMssqlScope scope;
    HfMssqlPlanner *planner;
    GPtrArray *from; /* HfFrom that are tables */
} ViewScope;

/* ---- Views that decrypt --------------------------------------------------------------------------------------------
 */

static void append_decrypted(const HfMssqlColumn *there, GString *sql)
{
    g_autofree char *name = hf_mssql_quote_name(there->name);
    if (!there->encrypted) {
        g_string_append(sql, name);
        return;
    }
    g_autofree char *value = hf_mssql_decrypt_sql(there, name);
    const char *collation = hf_mssql_column_collation(there);
    g_string_append_printf(sql, "%s%s%s AS %s", value, collation != NULL ? " COLLATE " : "",
                           collation != NULL ? collation : "", name);
}

void hf_mssql_plan_decrypting_view(HfMssqlPlanner *self, const HfNeutralTable *table)
{
    g_autoptr(GString) list = g_string_new(NULL);
    bool any = false;
    for (guint i = 0; i < table->columns->len; i++) {
        const HfMssqlColumn *there = g_hash_table_lookup(self->columns, table->columns->pdata[i]);
        any = any || there->encrypted;
        g_string_append(list, i > 0 ? ", " : "");
        append_decrypted(there, list);
    }
    if (!any)
        return;
    const char *schema = hf_mssql_planner_schema(self, table->schema);
    g_autofree char *wanted = g_strconcat(g_hash_table_lookup(self->names, table), "_decrypted", NULL);
    g_autofree char *name = hf_mssql_planner_name(self, schema, wanted, NULL);
    g_autofree char *first = hf_mssql_quote_name(schema), *second = hf_mssql_quote_name(name);
    g_autofree char *of = hf_mssql_planner_qualified(self, table->schema, table);
    char *view = g_strconcat(first, ".", second, NULL);
    hf_mssql_planner_after(self, "CREATE VIEW %s AS\nSELECT %s FROM %s", view, list->str, of);
    hf_mssql_object_tell(g_hash_table_lookup(self->objects, table), HF_VERDICT_CHANGED,
                         "the view %s decrypts, for those who open the key", view);
    for (guint i = 0; i < self->plan->tables->len; i++) {
        HfMssqlTable *made = self->plan->tables->pdata[i];
        if (made->table == table)
            made->view = view;
    }
    g_hash_table_insert(self->decrypted, (void *)table, view);
}

/* ---- Views of the source -------------------------------------------------------------------------------------------
 */

static const GPtrArray *columns_of(const HfMssqlPlanner *self, const HfFrom *from, const void **of)
{
    const HfNeutralTable *table = hf_neutral_find_table(self->model, from->schema, from->table);
    if (table != NULL && hf_mssql_planner_goes(self, table)) {
        *of = table;
        return table->columns;
    }
    for (guint i = 0; i < self->model->views->len; i++) {
        const HfNeutralView *view = self->model->views->pdata[i];
        if (strcmp(view->name, from->table) == 0 && strcmp(view->schema, from->schema) == 0 &&
            g_hash_table_contains(self->views, view)) {
            *of = view;
            return view->columns;
        }
    }
    return NULL;
}

static const HfNeutralColumn *find_column(const HfMssqlScope *scope, const char *qualifier, const char *name,
                                          bool *as_text)
{
    const ViewScope *self = (const ViewScope *)scope;
    for (guint i = 0; i < self->from->len; i++) {
        const HfFrom *from = self->from->pdata[i];
        const void *of;
        if (qualifier != NULL && strcmp(qualifier, from->alias != NULL ? from->alias : from->table) != 0)
            continue;
        const GPtrArray *columns = columns_of(self->planner, from, &of);
        const HfNeutralColumn *column = columns != NULL ? hf_neutral_find_column(columns, name) : NULL;
        if (column == NULL)
            continue;
        *as_text = hf_mssql_planner_is_as_text(self->planner, column);
        return column;
    }
    return NULL;
}

static const char *name_column(const HfMssqlScope *scope, const HfNeutralColumn *column)
{
    return hf_mssql_planner_column_name(((const ViewScope *)scope)->planner, column);
}

static const char *type_of_column(const HfMssqlScope *scope, const HfNeutralColumn *column)
{
    const HfMssqlColumn *there = g_hash_table_lookup(((const ViewScope *)scope)->planner->columns, column);
    return there != NULL ? there->type : NULL;
}

static void gather(const HfFrom *from, GPtrArray *tables)
{
    if (from->join == HF_JOIN_NONE) {
        g_ptr_array_add(tables, (void *)from);
        return;
    }
    gather(from->left, tables);
    gather(from->right, tables);
}

static bool append_from(const ViewScope *self, const HfFrom *from, GString *sql, GError **error)
{
    static const char *const joins[] = {[HF_JOIN_INNER] = "INNER JOIN",
                                        [HF_JOIN_LEFT] = "LEFT OUTER JOIN",
                                        [HF_JOIN_RIGHT] = "RIGHT OUTER JOIN",
                                        [HF_JOIN_FULL] = "FULL OUTER JOIN",
                                        [HF_JOIN_CROSS] = "CROSS JOIN"};
    if (from->join == HF_JOIN_NONE) {
        const void *of;
        if (columns_of(self->planner, from, &of) == NULL) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "%s.%s does not go", from->schema, from->table);
            return false;
        }
        const char *decrypted = g_hash_table_lookup(self->planner->decrypted, of);
        g_autofree char *name =
            decrypted != NULL ? g_strdup(decrypted) : hf_mssql_planner_qualified(self->planner, from->schema, of);
        if (decrypted != NULL)
            hf_mssql_note(self->scope.notes, "it reads a table with encrypted columns: they are NULL unless the key is "
                                             "open");
        g_autofree char *alias = hf_mssql_quote_name(from->alias != NULL ? from->alias : from->table);
        if (hf_neutral_find_table(self->planner->model, from->schema, from->table) == of &&
            ((const HfNeutralTable *)of)->has_heirs) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "%s.%s, which has the rows of tables that inherit from it",
                        from->schema, from->table);
            return false;
        }
        g_string_append_printf(sql, "%s AS %s", name, alias);
        return true;
    }
    g_string_append_c(sql, '(');
    if (!append_from(self, from->left, sql, error))
        return false;
    g_string_append_printf(sql, " %s ", joins[from->join]);
    if (!append_from(self, from->right, sql, error))
        return false;
    g_autofree char *on = from->on != NULL ? hf_mssql_condition(&self->scope, from->on, error) : NULL;
    if (from->on != NULL && on == NULL)
        return false;
    if (on != NULL)
        g_string_append_printf(sql, " ON %s", on);
    g_string_append_c(sql, ')');
    return true;
}

/* ---- Grouping ------------------------------------------------------------------------------------------------------
 */

static bool is_same(const HfExpression *a, const HfExpression *b)
{
    if (a->kind != b->kind || g_strcmp0(a->text, b->text) != 0 || g_strcmp0(a->qualifier, b->qualifier) != 0 ||
        a->parts->len != b->parts->len)
        return false;
    for (guint i = 0; i < a->parts->len; i++)
        if (!is_same(hf_expression_part(a, i), hf_expression_part(b, i)))
            return false;
    return true;
}

static bool is_aggregate(const HfExpression *self)
{
    static const char *const names[] = {"count", "sum", "min", "max", NULL};
    return self->kind == HF_EXPRESSION_CALL && g_strv_contains(names, self->text);
}

static bool has_kind(const HfExpression *self, bool (*is)(const HfExpression *self))
{
    bool found = is(self);
    for (guint i = 0; !found && i < self->parts->len; i++)
        found = has_kind(hf_expression_part(self, i), is);
    return found;
}

static bool is_column(const HfExpression *self)
{
    return self->kind == HF_EXPRESSION_COLUMN;
}

/* Whether all of it is constant, aggregated, or an item of GROUP BY. Here a primary key in GROUP BY stands for all
 * columns of its table, there not. */
static bool is_grouped(const HfExpression *self, const GPtrArray *items)
{
    bool grouped = is_aggregate(self);
    for (guint i = 0; !grouped && i < items->len; i++)
        grouped = is_same(self, items->pdata[i]);
    if (grouped || self->kind == HF_EXPRESSION_COLUMN)
        return grouped;
    for (guint i = 0; i < self->parts->len; i++)
        if (!is_grouped(hf_expression_part(self, i), items))
            return false;
    return true;
}

static bool check_grouping(const HfSelect *select, GError **error)
{
    bool groups = select->group_by->len > 0 || select->having != NULL;
    for (guint i = 0; !groups && i < select->values->len; i++)
        groups = has_kind(select->values->pdata[i], is_aggregate);
    for (guint i = 0; i < select->group_by->len; i++)
        if (!has_kind(select->group_by->pdata[i], is_column)) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "GROUP BY of a constant");
            return false;
        }
    for (guint i = 0; groups && i <= select->values->len; i++) {
        const HfExpression *each = i < select->values->len ? select->values->pdata[i] : select->having;
        if (each != NULL && !is_grouped(each, select->group_by)) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "a column that GROUP BY does not name");
            return false;
        }
    }
    return true;
}

/* ---- Parts ---------------------------------------------------------------------------------------------------------
 */

/* `alike`: the values are held against each other, as by DISTINCT. */
static bool append_values(const ViewScope *self, const GPtrArray *values, bool alike, bool listed, GString *sql,
                          GError **error)
{
    for (guint i = 0; i < values->len; i++) {
        HfMssqlClass class;
        const HfExpression *each = values->pdata[i];
        g_autofree char *value = hf_mssql_value(&self->scope, each, &class, error);
        if (value == NULL)
            return false;
        if (alike && class == HF_MSSQL_OPAQUE) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "DISTINCT or GROUP BY of values that are kept as text");
            return false;
        }
        if (alike && class == HF_MSSQL_TEXT)
            hf_mssql_note(self->scope.notes, "texts that differ in trailing spaces alone are equal");
        /* A text that is of no column would have the database's collation, and so a view over this one. */
        bool made = listed && class == HF_MSSQL_TEXT && hf_expression_without_casts(each)->kind != HF_EXPRESSION_COLUMN;
        g_string_append_printf(sql, "%s%s%s", i > 0 ? ", " : "", value, made ? " COLLATE " HF_MSSQL_COLLATION : "");
    }
    return true;
}

static bool append_condition(const ViewScope *self, const char *word, const HfExpression *condition, GString *sql,
                             GError **error)
{
    if (condition == NULL)
        return true;
    g_autofree char *text = hf_mssql_condition(&self->scope, condition, error);
    if (text != NULL)
        g_string_append_printf(sql, " %s %s", word, text);
    return text != NULL;
}

static bool append_select(const ViewScope *self, const HfSelect *select, GString *sql, GError **error)
{
    g_string_append(sql, select->distinct ? "SELECT DISTINCT " : "SELECT ");
    if (!append_values(self, select->values, select->distinct, true, sql, error))
        return false;
    for (guint i = 0; i < select->from->len; i++) {
        g_string_append(sql, i > 0 ? ", " : " FROM ");
        if (!append_from(self, select->from->pdata[i], sql, error))
            return false;
    }
    if (!append_condition(self, "WHERE", select->where, sql, error) || !check_grouping(select, error))
        return false;
    if (select->group_by->len > 0) {
        g_string_append(sql, " GROUP BY ");
        if (!append_values(self, select->group_by, true, false, sql, error))
            return false;
    }
    return append_condition(self, "HAVING", select->having, sql, error);
}

/* Whether a set that ignores case has room for the name. */
static bool is_new(GHashTable *names, const char *name)
{
    return strpbrk(name, "\r\n") == NULL && strstr(name, "$(") == NULL &&
           g_hash_table_add(names, g_utf8_casefold(name, -1));
}

/* Names of columns and aliases are as they are here, for what is over the view says them too. */
static bool check_names(const HfNeutralView *view, const GPtrArray *tables, GError **error)
{
    bool ok = true;
    g_autoptr(GHashTable) columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; ok && i < view->columns->len; i++)
        ok = is_new(columns, ((HfNeutralColumn *)view->columns->pdata[i])->name);
    for (guint i = 0; ok && i < tables->len; i++) {
        const HfFrom *from = tables->pdata[i];
        ok = is_new(aliases, from->alias != NULL ? from->alias : from->table);
    }
    if (!ok)
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "names that differ by case alone, or have line breaks");
    return ok;
}

static char *translate(HfMssqlPlanner *planner, const HfNeutralView *view, GPtrArray *notes, GError **error)
{
    if (view->columns->len == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "no columns");
        return NULL;
    }
    g_autoptr(HfSelect) select = hf_select_parse(view->source, error);
    if (select == NULL)
        return NULL;
    if (select->values->len != view->columns->len) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "a list of values that is not that of its columns");
        return NULL;
    }
    g_autoptr(GPtrArray) tables = g_ptr_array_new();
    for (guint i = 0; i < select->from->len; i++)
        gather(select->from->pdata[i], tables);
    if (!check_names(view, tables, error))
        return NULL;
    ViewScope scope = {
        {.find = find_column, .name = name_column, .type = type_of_column, .notes = notes}, planner, tables};
    g_autoptr(GString) sql = g_string_new(NULL);
    return append_select(&scope, select, sql, error) ? g_string_free(g_steal_pointer(&sql), FALSE) : NULL;
}

static void tell_view(HfMssqlPlanner *self, const HfNeutralView *view, HfMssqlObject *object)
{
    const char *name = g_hash_table_lookup(self->names, view);
    if (strcmp(name, view->name) != 0)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "its name is %s there", name);
    if (g_strcmp0(view->check_option, "local") == 0)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED,
                             "its CHECK OPTION is that of the views that it reads, too, whatever they say");
    hf_mssql_planner_comment(self, view->comment, view->schema, "VIEW", name, NULL, NULL);
    for (guint i = 0; i < view->columns->len; i++) {
        const HfNeutralColumn *column = view->columns->pdata[i];
        hf_mssql_planner_comment(self, column->comment, view->schema, "VIEW", name, "COLUMN", column->name);
    }
}

void hf_mssql_plan_view(HfMssqlPlanner *self, const HfNeutralView *view)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    HfMssqlObject *object =
        hf_mssql_planner_add(self, "view", g_strconcat(view->schema, ".", view->name, NULL), view->source);
    g_autofree char *select = translate(self, view, notes, &reason);
    if (select == NULL) {
        hf_mssql_object_leave(object, reason);
        if (view->check_option != NULL)
            hf_mssql_object_tell(object, HF_VERDICT_LEFT, "it is WITH %s CHECK OPTION", view->check_option);
        return;
    }
    hf_mssql_object_tell_notes(object, notes);
    g_hash_table_add(self->views, (void *)view);
    g_autofree char *name = hf_mssql_planner_qualified(self, view->schema, view);
    g_autoptr(GString) columns = g_string_new(NULL);
    for (guint i = 0; i < view->columns->len; i++) {
        g_autofree char *column = hf_mssql_quote_name(((HfNeutralColumn *)view->columns->pdata[i])->name);
        g_string_append_printf(columns, "%s%s", i > 0 ? ", " : "", column);
    }
    hf_mssql_planner_after(self, "CREATE VIEW %s (%s) AS %s%s", name, columns->str, select,
                           view->check_option != NULL ? " WITH CHECK OPTION" : "");
    tell_view(self, view, object);
}
