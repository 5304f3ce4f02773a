#include "engine/ends/mssql_encryption.h"
#include "engine/ends/mssql_planner.h"

#include <string.h>

/*
 * The order is that of names and types: first every name is given (tables before sequences, views and constraints,
 * which share the names of a schema there), then every column its type, which needs to know the keys that it is in;
 * then the script follows the model.
 */

#define MAX_COLUMNS 1024
#define MAX_NAME_UNITS 120 /* of 128, so that a number fits behind */
#define MAX_COMMENT_UNITS 3750

static const char *const verdicts[] = {"same", "changed", "left behind"};

const char *hf_verdict_name(HfVerdict verdict)
{
    return verdicts[verdict];
}

/* ---- Objects -------------------------------------------------------------------------------------------------------
 */

static void free_object(void *data)
{
    HfMssqlObject *object = data;
    g_free(object->name);
    g_ptr_array_unref(object->notes);
    g_free(object);
}

static void free_column(void *data)
{
    HfMssqlColumn *column = data;
    g_free(column->name);
    g_free(column->type);
    g_free(column);
}

static void free_step(void *data)
{
    HfMssqlStep *step = data;
    g_free(step->sql);
    g_free(step);
}

static void free_table(void *data)
{
    HfMssqlTable *table = data;
    g_free(table->name);
    g_free((char *)table->view);
    g_free(table);
}

HfMssqlObject *hf_mssql_planner_add(HfMssqlPlanner *self, const char *kind, char *name, const char *source)
{
    HfMssqlObject *object = g_new0(HfMssqlObject, 1);
    *object =
        (HfMssqlObject){.kind = kind, .name = name, .source = source, .notes = g_ptr_array_new_with_free_func(g_free)};
    g_ptr_array_add(self->plan->objects, object);
    return object;
}

void hf_mssql_object_tell(HfMssqlObject *self, HfVerdict verdict, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *note = g_strdup_vprintf(format, list);
    va_end(list);
    bool leaves = verdict == HF_VERDICT_LEFT && self->verdict != HF_VERDICT_LEFT;
    self->verdict = MAX(self->verdict, verdict);
    if (leaves) /* what keeps it comes first */
        g_ptr_array_insert(self->notes, 0, g_steal_pointer(&note));
    else
        hf_mssql_note(self->notes, note);
}

void hf_mssql_object_tell_notes(HfMssqlObject *self, const GPtrArray *notes)
{
    for (guint i = 0; i < notes->len; i++)
        hf_mssql_object_tell(self, HF_VERDICT_CHANGED, "%s", (const char *)notes->pdata[i]);
}

void hf_mssql_object_leave(HfMssqlObject *self, const GError *reason)
{
    hf_mssql_object_tell(self, HF_VERDICT_LEFT, "not translated: %s", reason->message);
}

/* ---- Names ---------------------------------------------------------------------------------------------------------
 */

/* Of schemas whose names there differ by case alone all become the first. */
static void unite_schemas(HfMssqlPlanner *self)
{
    g_autoptr(GHashTable) firsts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < self->model->schemas->len; i++) {
        HfNeutralSchema *schema = self->model->schemas->pdata[i];
        char *folded = g_utf8_casefold(hf_mssql_map_schema(self->map, schema->name), -1);
        HfNeutralSchema *first = g_hash_table_lookup(firsts, folded);
        g_hash_table_insert(self->schemas, schema->name, first != NULL ? first : schema);
        if (first == NULL)
            g_hash_table_insert(firsts, folded, schema);
        else
            g_free(folded);
    }
}

const char *hf_mssql_planner_schema(const HfMssqlPlanner *self, const char *schema)
{
    const HfNeutralSchema *first = g_hash_table_lookup(self->schemas, schema);
    return hf_mssql_map_schema(self->map, first != NULL ? first->name : schema);
}

bool hf_mssql_planner_goes(const HfMssqlPlanner *self, const HfNeutralTable *table)
{
    return ((HfMssqlObject *)g_hash_table_lookup(self->objects, table))->verdict != HF_VERDICT_LEFT;
}

char *hf_mssql_plain_name(const char *name)
{
    char *plain = g_strdelimit(g_strdup(name), "\r\n", '_');
    for (char *at = strstr(plain, "$("); at != NULL; at = strstr(at, "$("))
        at[1] = '_';
    return plain;
}

char *hf_mssql_planner_inside(const HfMssqlPlanner *self, const HfNeutralTable *table, const char *of)
{
    return g_strconcat(hf_mssql_planner_schema(self, table->schema), "\n",
                       (const char *)g_hash_table_lookup(self->names, table), "\n", of, NULL);
}

char *hf_mssql_planner_name(HfMssqlPlanner *self, const char *schema, const char *name, HfMssqlObject *object)
{
    g_autofree char *plain = hf_mssql_plain_name(name);
    g_autofree char *cut = g_utf8_substring(plain, 0, MIN(g_utf8_strlen(plain, -1), MAX_NAME_UNITS));
    if (strcmp(cut, name) != 0 && object != NULL)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "its name is %s there", cut);
    for (unsigned number = 1;; number++) {
        g_autofree char *candidate = number == 1 ? g_strdup(cut) : g_strdup_printf("%s_%u", cut, number);
        g_autofree char *whole = g_strconcat(schema, "\n", candidate, NULL);
        char *key = g_utf8_casefold(whole, -1);
        if (!g_hash_table_add(self->taken, key))
            continue;
        if (number > 1) {
            self->plan->renamed++;
            if (object != NULL)
                hf_mssql_object_tell(object, HF_VERDICT_CHANGED,
                                     "its name is %s there: in a schema names must differ by more than case",
                                     candidate);
        }
        return g_steal_pointer(&candidate);
    }
}

char *hf_mssql_planner_qualified(const HfMssqlPlanner *self, const char *schema, const void *of)
{
    g_autofree char *first = hf_mssql_quote_name(hf_mssql_planner_schema(self, schema));
    g_autofree char *second = hf_mssql_quote_name(g_hash_table_lookup(self->names, of));
    return g_strconcat(first, ".", second, NULL);
}

const char *hf_mssql_planner_column_name(const HfMssqlPlanner *self, const HfNeutralColumn *column)
{
    const HfMssqlColumn *there = g_hash_table_lookup(self->columns, column);
    return there != NULL ? there->name : column->name;
}

char *hf_mssql_planner_list(const HfMssqlPlanner *self, const HfNeutralTable *table, const GPtrArray *columns)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < columns->len; i++) {
        const HfNeutralColumn *column = hf_neutral_find_column(table->columns, columns->pdata[i]);
        g_autofree char *name =
            hf_mssql_quote_name(column != NULL ? hf_mssql_planner_column_name(self, column) : columns->pdata[i]);
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", name);
    }
    return g_string_free(list, FALSE);
}

static void name_all(HfMssqlPlanner *self)
{
    const HfNeutralModel *model = self->model;
    for (guint i = 0; i < model->tables->len; i++) {
        const HfNeutralTable *table = model->tables->pdata[i];
        g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
        HfMssqlObject *object = hf_mssql_planner_add(self, "table", g_steal_pointer(&name), NULL);
        g_hash_table_insert(self->objects, (void *)table, object);
        g_hash_table_insert(
            self->names, (void *)table,
            hf_mssql_planner_name(self, hf_mssql_planner_schema(self, table->schema), table->name, object));
        if (table->partitioned)
            hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "its partitions become one table");
        if (table->elsewhere)
            hf_mssql_object_tell(object, HF_VERDICT_CHANGED,
                                 "some of its partitions are foreign tables: its rows stay behind");
        if (table->columns->len > MAX_COLUMNS)
            hf_mssql_object_tell(object, HF_VERDICT_LEFT, "it has %u columns, and a table there has at most %d",
                                 table->columns->len, MAX_COLUMNS);
    }
    for (guint i = 0; i < model->sequences->len; i++) {
        const HfNeutralSequence *sequence = model->sequences->pdata[i];
        HfMssqlObject *object =
            hf_mssql_planner_add(self, "sequence", g_strconcat(sequence->schema, ".", sequence->name, NULL), NULL);
        g_hash_table_insert(
            self->names, (void *)sequence,
            hf_mssql_planner_name(self, hf_mssql_planner_schema(self, sequence->schema), sequence->name, object));
    }
    for (guint i = 0; i < model->views->len; i++) {
        const HfNeutralView *view = model->views->pdata[i];
        g_hash_table_insert(self->names, (void *)view,
                            hf_mssql_planner_name(self, hf_mssql_planner_schema(self, view->schema), view->name, NULL));
    }
}

/* ---- Statements ----------------------------------------------------------------------------------------------------
 */

/* `sql` transfer full. */
static void add_step(HfMssqlPlanner *self, char *sql)
{
    HfMssqlStep *step = g_new(HfMssqlStep, 1);
    *step = (HfMssqlStep){.sql = sql, .table = self->table, .other = self->other};
    g_ptr_array_add(self->plan->after_data, step);
}

void hf_mssql_planner_before(HfMssqlPlanner *self, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_ptr_array_add(self->plan->before_data, g_strdup_vprintf(format, list));
    va_end(list);
}

void hf_mssql_planner_after(HfMssqlPlanner *self, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add_step(self, g_strdup_vprintf(format, list));
    va_end(list);
}

static void append_level(GString *sql, unsigned level, const char *kind, const char *name)
{
    g_autofree char *quoted = hf_mssql_quote_text(name);
    g_string_append_printf(sql, ", @level%utype = N'%s', @level%uname = %s", level, kind, level, quoted);
}

/* An extended property holds 7,500 bytes. Transfer full. */
static char *cut_comment(HfMssqlPlanner *self, const char *comment, const char *schema, const char *name,
                         const char *name2)
{
    glong units = 0, used = 0;
    g_autofree gunichar2 *wide = g_utf8_to_utf16(comment, -1, NULL, &units, NULL);
    if (wide == NULL || units <= MAX_COMMENT_UNITS)
        return g_strdup(comment);
    const char *end = comment;
    for (; used < MAX_COMMENT_UNITS - 1; end = g_utf8_next_char(end))
        used += g_utf8_get_char(end) > 0xffff ? 2 : 1;
    g_autofree char *of = schema != NULL ? g_strjoin(".", schema, name, name2, NULL) : g_strdup(self->model->database);
    hf_mssql_object_tell(hf_mssql_planner_add(self, "comment", g_steal_pointer(&of), comment), HF_VERDICT_CHANGED,
                         "it is cut: there it has at most %d UTF-16 units", MAX_COMMENT_UNITS);
    return g_strndup(comment, (gsize)(end - comment));
}

/* The database and the schema dbo are there before, and may have a comment of somebody else's, which stays. */
static void append_unless_there(const HfMssqlPlanner *self, GString *sql, const char *schema)
{
    g_autofree char *name = schema != NULL ? hf_mssql_quote_text(hf_mssql_planner_schema(self, schema)) : NULL;
    g_string_append(sql, "IF NOT EXISTS (SELECT 1 FROM sys.extended_properties WHERE name = N'MS_Description' AND ");
    if (name != NULL)
        g_string_append_printf(sql, "class = 3 AND major_id = SCHEMA_ID(%s))\n    ", name);
    else
        g_string_append(sql, "class = 0)\n    ");
}

void hf_mssql_planner_comment(HfMssqlPlanner *self, const char *comment, const char *schema, const char *kind,
                              const char *name, const char *kind2, const char *name2)
{
    if (comment == NULL)
        return;
    g_autofree char *text = cut_comment(self, comment, schema, name, name2);
    g_autofree char *value = hf_mssql_quote_text(text);
    bool constant = *value == 'N'; /* else an expression, which an argument cannot be */
    g_autoptr(GString) sql = g_string_new(NULL);
    if (!constant)
        g_string_append_printf(sql, "DECLARE @text nvarchar(4000) = %s;\n    ", value);
    if (kind == NULL)
        append_unless_there(self, sql, schema);
    g_string_append_printf(sql, "EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = %s",
                           constant ? value : "@text");
    if (schema != NULL)
        append_level(sql, 0, "SCHEMA", hf_mssql_planner_schema(self, schema));
    if (kind != NULL)
        append_level(sql, 1, kind, name);
    if (kind2 != NULL)
        append_level(sql, 2, kind2, name2);
    add_step(self, g_strdup(sql->str));
}

/* ---- Schemas and sequences -----------------------------------------------------------------------------------------
 */

static void plan_schema(HfMssqlPlanner *self, const HfNeutralSchema *schema)
{
    const char *name = hf_mssql_planner_schema(self, schema->name);
    HfMssqlObject *object = hf_mssql_planner_add(self, "schema", g_strdup(schema->name), NULL);
    if (strcmp(name, schema->name) != 0)
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "its name is %s there", name);
    const HfNeutralSchema *first = g_hash_table_lookup(self->schemas, schema->name);
    if (schema != first) {
        hf_mssql_object_tell(object, HF_VERDICT_CHANGED, "it is one with %s there", first->name);
    } else if (g_ascii_strcasecmp(name, "dbo") != 0) {
        g_autofree char *quoted = hf_mssql_quote_name(name);
        hf_mssql_planner_before(self, "CREATE SCHEMA %s", quoted);
    }
    if (schema == first)
        hf_mssql_planner_comment(self, schema->comment, schema->name, NULL, NULL, NULL, NULL);
}

static void plan_sequence(HfMssqlPlanner *self, const HfNeutralSequence *sequence)
{
    g_autofree char *name = hf_mssql_planner_qualified(self, sequence->schema, sequence);
    hf_mssql_planner_before(self,
                            "CREATE SEQUENCE %s AS bigint START WITH %" G_GINT64_FORMAT
                            " INCREMENT BY %" G_GINT64_FORMAT " MINVALUE %" G_GINT64_FORMAT
                            " MAXVALUE %" G_GINT64_FORMAT "%s",
                            name, sequence->start, sequence->increment, sequence->minimum, sequence->maximum,
                            sequence->cycles ? " CYCLE" : "");
    if (sequence->next != sequence->start)
        hf_mssql_planner_after(self, "ALTER SEQUENCE %s RESTART WITH %" G_GINT64_FORMAT, name, sequence->next);
    hf_mssql_planner_comment(self, sequence->comment, sequence->schema, "SEQUENCE",
                             g_hash_table_lookup(self->names, sequence), NULL, NULL);
}

typedef struct {
    const char *kind; /* NULL: any other */
    HfVerdict verdict;
    const char *text;
} LeftoverNote;

#define OF_ONE_PARTITION "only this partition has it, and there all of them are one table"

static const LeftoverNote leftover_notes[] = {
    {"type", HF_VERDICT_CHANGED, "what it says goes into the columns of this type"},
    {"partition", HF_VERDICT_CHANGED, "its rows go into the table that it is a partition of"},
    {"constraint of a partition", HF_VERDICT_LEFT, OF_ONE_PARTITION},
    {"index of a partition", HF_VERDICT_LEFT, OF_ONE_PARTITION},
    {"default of a partition", HF_VERDICT_LEFT, OF_ONE_PARTITION},
    {"invalid index", HF_VERDICT_LEFT, "it is not valid in the source either"},
    {"grants", HF_VERDICT_LEFT, "roles are others there"},
    {"comment", HF_VERDICT_LEFT, "what it is of is no object there"},
    {"setting", HF_VERDICT_LEFT, "settings are others there"},
    {"view option", HF_VERDICT_LEFT,
     "a view there reads with its owner's rights, and shows its tables' rows to functions"},
    {"default of a view", HF_VERDICT_LEFT, "a view there has those of its table"},
    {"table", HF_VERDICT_LEFT, "it was left out on purpose"},
    {NULL, HF_VERDICT_LEFT, "SQL Server has no such object, or none that means the same"},
};

static void plan_leftovers(HfMssqlPlanner *self)
{
    for (guint i = 0; i < self->model->leftovers->len; i++) {
        const HfNeutralLeftover *leftover = self->model->leftovers->pdata[i];
        HfMssqlObject *object = hf_mssql_planner_add(self, leftover->kind, g_strdup(leftover->name), leftover->source);
        const LeftoverNote *note = leftover_notes;
        while (note->kind != NULL && strcmp(note->kind, leftover->kind) != 0)
            note++;
        hf_mssql_object_tell(object, note->verdict, "%s", note->text);
    }
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static void plan_tables(HfMssqlPlanner *self)
{
    static void (*const steps[])(HfMssqlPlanner * self, const HfNeutralTable *table) = {
        hf_mssql_plan_table,   hf_mssql_plan_checks,       hf_mssql_plan_keys,
        hf_mssql_plan_indexes, hf_mssql_plan_foreign_keys, hf_mssql_plan_reseed};
    for (size_t step = 0; step < G_N_ELEMENTS(steps); step++)
        for (guint i = 0; i < self->model->tables->len; i++) {
            const HfNeutralTable *table = self->model->tables->pdata[i];
            self->table = table;
            if (hf_mssql_planner_goes(self, table))
                steps[step](self, table);
        }
    self->table = NULL;
}

static void free_list(void *list)
{
    g_ptr_array_unref(list);
}

HfMssqlPlan *hf_mssql_plan_new(const HfNeutralModel *model, const HfMssqlMap *map)
{
    HfMssqlPlan *plan = g_new0(HfMssqlPlan, 1);
    plan->objects = g_ptr_array_new_with_free_func(free_object);
    plan->tables = g_ptr_array_new_with_free_func(free_table);
    plan->columns = g_ptr_array_new_with_free_func(free_column);
    plan->before_data = g_ptr_array_new_with_free_func(g_free);
    plan->after_data = g_ptr_array_new_with_free_func(free_step);
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) names = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    g_autoptr(GHashTable) objects = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) columns = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) key_units = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) views = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) cascades = g_hash_table_new_full(NULL, NULL, NULL, free_list);
    g_autoptr(GHashTable) defaulted = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) schemas = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) decrypted = g_hash_table_new(NULL, NULL);
    HfMssqlPlanner self = {model, map,      plan,      taken,   names,     objects, columns, key_units,
                           views, cascades, defaulted, schemas, decrypted, NULL,    NULL};
    plan->key = hf_mssql_map_key(map);
    unite_schemas(&self);
    name_all(&self);
    hf_mssql_planner_comment(&self, model->comment, NULL, NULL, NULL, NULL, NULL);
    for (guint i = 0; i < model->schemas->len; i++)
        plan_schema(&self, model->schemas->pdata[i]);
    for (guint i = 0; i < model->sequences->len; i++)
        plan_sequence(&self, model->sequences->pdata[i]);
    hf_mssql_plan_key_units(&self);
    hf_mssql_plan_types(&self);
    plan_tables(&self);
    for (guint i = 0; i < model->tables->len; i++)
        if (hf_mssql_planner_goes(&self, model->tables->pdata[i]))
            hf_mssql_plan_decrypting_view(&self, model->tables->pdata[i]);
    for (guint i = 0; i < model->views->len; i++)
        hf_mssql_plan_view(&self, model->views->pdata[i]);
    plan_leftovers(&self);
    return plan;
}

void hf_mssql_plan_free(HfMssqlPlan *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->objects);
    g_ptr_array_unref(self->tables);
    g_ptr_array_unref(self->columns);
    g_ptr_array_unref(self->before_data);
    g_ptr_array_unref(self->after_data);
    g_free(self);
}

guint hf_mssql_plan_count(const HfMssqlPlan *self, HfVerdict verdict)
{
    guint count = 0;
    for (guint i = 0; i < self->objects->len; i++)
        count += ((HfMssqlObject *)self->objects->pdata[i])->verdict == verdict;
    return count;
}

/* ---- Script --------------------------------------------------------------------------------------------------------
 */

static void append_comment(GString *script, const char *text)
{
    g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_autofree char *plain = hf_mssql_plain_name(*line); /* sqlcmd looks for $(variables) in comments, too */
        g_string_append_printf(script, "-- %s\n", plain);
    }
}

static void append_batch(GString *script, const char *sql)
{
    g_string_append_printf(script, "%s;\nGO\n", sql);
}

static void append_left(GString *script, const HfMssqlPlan *self)
{
    append_comment(script, "Left behind:");
    for (guint i = 0; i < self->objects->len; i++) {
        const HfMssqlObject *object = self->objects->pdata[i];
        if (object->verdict != HF_VERDICT_LEFT)
            continue;
        g_autofree char *line = g_strdup_printf("  %s %s: %s", object->kind, object->name,
                                                object->notes->len > 0 ? (char *)object->notes->pdata[0] : "");
        append_comment(script, line);
    }
}

static void append_key(GString *script, const HfMssqlPlan *self)
{
    if (self->key == NULL)
        return;
    append_comment(script, "Columns are encrypted: a script that loads the rows opens the key, and uses ENCRYPTBYKEY.");
    g_autofree char *make = self->key->kind == HF_MSSQL_KEY_DEFAULT ? hf_mssql_key_script() : g_strdup("");
    g_string_append(script, make);
}

char *hf_mssql_plan_script(const HfMssqlPlan *self, const HfNeutralModel *model)
{
    GString *script = g_string_new(NULL);
    g_autofree char *title = g_strdup_printf("The database %s of %s, for SQL Server 2017 or newer. Run it in a new "
                                             "database, up to the mark before the rows are loaded.",
                                             model->database, model->source);
    append_comment(script, title);
    append_comment(script, "Texts are compared by code units (" HF_MSSQL_COLLATION "), as PostgreSQL compares them for "
                           "equality.");
    append_left(script, self);
    g_string_append(script, "SET ANSI_NULLS ON;\nGO\nSET QUOTED_IDENTIFIER ON;\nGO\nSET ANSI_PADDING ON;\nGO\n"
                            "SET ANSI_WARNINGS ON;\nGO\nSET ARITHABORT ON;\nGO\nSET CONCAT_NULL_YIELDS_NULL ON;\nGO\n"
                            "SET NUMERIC_ROUNDABORT OFF;\nGO\nSET XACT_ABORT ON;\nGO\n");
    append_key(script, self);
    for (guint i = 0; i < self->before_data->len; i++)
        append_batch(script, self->before_data->pdata[i]);
    append_comment(script, "---- the rows are loaded here ----");
    for (guint i = 0; i < self->after_data->len; i++)
        append_batch(script, ((HfMssqlStep *)self->after_data->pdata[i])->sql);
    return g_string_free(script, FALSE);
}
