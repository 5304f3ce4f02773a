#include "engine/ends/mssql_map.h"

#include "base/error.h"
#include "engine/ends/mssql_type.h"

#include <string.h>

#define MAX_VALUES 100000

/* One line of the file; what it does not have is NULL. */
typedef struct {
    char *table, *column, *type, *schema, *to, *kind, *choice;
    char *place; /* "columns[2]" */
    HfChoice chosen;
    HfAwkward awkward;
} Line;

struct HfMssqlMap {
    char *file;
    GPtrArray *schemas, *types, *columns, *values; /* Line */
    GStrv encrypted;
    char *key, *certificate;
    HfMssqlKeyChoice choice;
};

static const char *const awkward_names[] = {"infinity",        "bc",         "after 9999", "24:00", "not a number",
                                            "too many digits", "json escape"};
static const char *const choice_names[] = {"refuse", "null", "clamp", "text"};

const char *hf_awkward_name(HfAwkward awkward)
{
    return awkward_names[awkward];
}

const char *hf_choice_name(HfChoice choice)
{
    return choice_names[choice];
}

static void free_line(void *data)
{
    Line *line = data;
    g_free(line->table);
    g_free(line->column);
    g_free(line->type);
    g_free(line->schema);
    g_free(line->to);
    g_free(line->kind);
    g_free(line->choice);
    g_free(line->place);
    g_free(line);
}

void hf_mssql_map_free(HfMssqlMap *self)
{
    if (self == NULL)
        return;
    g_free(self->file);
    g_ptr_array_unref(self->schemas);
    g_ptr_array_unref(self->types);
    g_ptr_array_unref(self->columns);
    g_ptr_array_unref(self->values);
    g_strfreev(self->encrypted);
    g_free(self->key);
    g_free(self->certificate);
    g_free(self);
}

static bool fail(const HfMssqlMap *self, const char *place, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static bool fail(const HfMssqlMap *self, const char *place, GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *what = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s: %s: %s", self->file, place, what);
    return false;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

/* What a line of a list may say, and must. */
typedef struct {
    const char *list;
    const char *must[4], *may[3];
    size_t offset; /* of the list in the map */
} Rule;

static const Rule rules[] = {
    {"schemas", {"schema", "to"}, {NULL}, offsetof(HfMssqlMap, schemas)},
    {"types", {"type", "to"}, {NULL}, offsetof(HfMssqlMap, types)},
    {"columns", {"table", "column", "to"}, {NULL}, offsetof(HfMssqlMap, columns)},
    {"values", {"kind", "choice"}, {"table", "column"}, offsetof(HfMssqlMap, values)},
};

static char **slot(Line *line, const char *key)
{
    const struct {
        const char *key;
        char **at;
    } slots[] = {{"table", &line->table},   {"column", &line->column}, {"type", &line->type},
                 {"schema", &line->schema}, {"to", &line->to},         {"kind", &line->kind},
                 {"choice", &line->choice}};
    for (size_t i = 0; i < G_N_ELEMENTS(slots); i++)
        if (strcmp(slots[i].key, key) == 0)
            return slots[i].at;
    return NULL;
}

static bool is_allowed(const Rule *rule, const char *key)
{
    for (size_t i = 0; rule->must[i] != NULL; i++)
        if (strcmp(rule->must[i], key) == 0)
            return true;
    for (size_t i = 0; rule->may[i] != NULL; i++)
        if (strcmp(rule->may[i], key) == 0)
            return true;
    return false;
}

static bool read_line(const HfMssqlMap *self, const HfJson *json, HfJsonNode node, const Rule *rule, Line *line,
                      GError **error)
{
    const char *key;
    if (!hf_json_is_object(json, node))
        return fail(self, line->place, error, "must be an object");
    for (size_t i = 0; (key = hf_json_key(json, node, i)) != NULL; i++) {
        bool is_string = false;
        const char *value = hf_json_scalar(json, hf_json_get(json, node, key), &is_string);
        if (!is_allowed(rule, key))
            return fail(self, line->place, error, "\"%s\" is not known here", key);
        if (!is_string || value == NULL || *value == '\0')
            return fail(self, line->place, error, "\"%s\" must be a text in quotes", key);
        *slot(line, key) = g_strdup(value);
    }
    for (size_t i = 0; rule->must[i] != NULL; i++)
        if (*slot(line, rule->must[i]) == NULL)
            return fail(self, line->place, error, "lacks \"%s\"", rule->must[i]);
    return true;
}

/* The index of a word, or -1. */
static int word_index(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}

static bool understand(const HfMssqlMap *self, Line *line, GError **error)
{
    if (line->kind != NULL) {
        int awkward = word_index(awkward_names, HF_AWKWARDS, line->kind);
        int choice = word_index(choice_names, G_N_ELEMENTS(choice_names), line->choice);
        if (awkward < 0)
            return fail(self, line->place, error,
                        "\"kind\" is \"%s\": it must be one of \"infinity\", \"bc\", \"after 9999\", \"24:00\", "
                        "\"not a number\", \"too many digits\", \"json escape\"",
                        line->kind);
        if (choice < 0)
            return fail(self, line->place, error,
                        "\"choice\" is \"%s\": it must be one of \"refuse\", \"null\", \"clamp\", \"text\"",
                        line->choice);
        if (choice == HF_CHOICE_CLAMP && (awkward == HF_AWKWARD_NOT_A_NUMBER || awkward == HF_AWKWARD_JSON_ESCAPE))
            return fail(self, line->place, error, "there is no nearest value to \"%s\": choose refuse, null or text",
                        line->kind);
        if ((line->table == NULL) != (line->column == NULL))
            return fail(self, line->place, error, "\"table\" and \"column\" go together");
        line->awkward = (HfAwkward)awkward;
        line->chosen = (HfChoice)choice;
    } else if (line->schema == NULL && !hf_mssql_type_is_known(line->to)) {
        return fail(self, line->place, error,
                    "\"to\" is \"%s\", which is no type that Holdfast loads: write one like nvarchar(200), "
                    "nvarchar(max), decimal(38, 10), varbinary(max), datetime2(6) or xml",
                    line->to);
    }
    return true;
}

static bool read_list(HfMssqlMap *self, const HfJson *json, const Rule *rule, GError **error)
{
    GPtrArray *list = *(GPtrArray **)((char *)self + rule->offset);
    HfJsonNode array = hf_json_get(json, 0, rule->list);
    if (array == HF_JSON_NONE)
        return true;
    if (!hf_json_is_array(json, array))
        return fail(self, rule->list, error, "must be a list");
    for (HfJsonNode each = hf_json_first(json, array); each != HF_JSON_NONE; each = hf_json_next(json, array, each)) {
        Line *line = g_new0(Line, 1);
        line->place = g_strdup_printf("%s[%u]", rule->list, list->len);
        g_ptr_array_add(list, line);
        if (!read_line(self, json, each, rule, line, error) || !understand(self, line, error))
            return false;
    }
    return true;
}

static bool read_map(HfMssqlMap *self, const HfJson *json, GError **error)
{
    const char *key;
    if (!hf_json_is_object(json, 0))
        return fail(self, "the whole", error, "must be an object");
    for (size_t i = 0; (key = hf_json_key(json, 0, i)) != NULL; i++) {
        bool known = false;
        for (size_t r = 0; r < G_N_ELEMENTS(rules); r++)
            known = known || strcmp(rules[r].list, key) == 0;
        if (!known)
            return fail(self, key, error, "is not known here: there are schemas, types, columns and values");
    }
    for (size_t r = 0; r < G_N_ELEMENTS(rules); r++)
        if (!read_list(self, json, &rules[r], error))
            return false;
    return true;
}

HfMssqlMap *hf_mssql_map_new(const char *file, const char *text, size_t length, GError **error)
{
    g_autoptr(HfMssqlMap) map = g_new0(HfMssqlMap, 1);
    map->file = g_strdup(file != NULL ? file : "--map");
    map->schemas = g_ptr_array_new_with_free_func(free_line);
    map->types = g_ptr_array_new_with_free_func(free_line);
    map->columns = g_ptr_array_new_with_free_func(free_line);
    map->values = g_ptr_array_new_with_free_func(free_line);
    map->encrypted = g_new0(char *, 1);
    if (text == NULL)
        return g_steal_pointer(&map);
    g_autoptr(GError) problem = NULL;
    g_autoptr(HfJson) json = hf_json_parse(file, text, length, MAX_VALUES, &problem);
    if (json == NULL)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, problem->message);
    return json != NULL && read_map(map, json, error) ? g_steal_pointer(&map) : NULL;
}

/* ---- Holding against a model ---------------------------------------------------------------------------------------
 */

static bool names(const Line *line, const HfNeutralTable *table, const HfNeutralColumn *column)
{
    g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
    return strcmp(line->table, name) == 0 && strcmp(line->column, column->name) == 0;
}

/* The named column. False: there is none; true with NULL: nor is it needed, for its table is left out. */
static bool find(const HfMssqlMap *self, const Line *line, const HfNeutralModel *model, const HfNeutralColumn **found,
                 GError **error)
{
    *found = NULL;
    for (guint t = 0; t < model->tables->len; t++) {
        const HfNeutralTable *table = model->tables->pdata[t];
        for (guint c = 0; c < table->columns->len; c++)
            if (names(line, table, table->columns->pdata[c])) {
                *found = table->columns->pdata[c];
                return true;
            }
    }
    return hf_neutral_is_left_out(model, line->table) ||
           fail(self, line->place, error,
                "there is no column %s in a table %s: names are as in schema.table, without quotes", line->column,
                line->table);
}

static bool check_fit(const HfMssqlMap *self, const Line *line, const HfNeutralColumn *column, GError **error)
{
    if (!hf_mssql_type_fits(column->type.kind, line->to))
        return fail(self, line->place, error, "values of %s do not fit into %s: nvarchar takes every value",
                    column->type.source, line->to);
    return true;
}

static bool is_of_type(const Line *line, const HfNeutralColumn *column)
{
    return strcmp(line->type, column->type.source) == 0 || g_strcmp0(line->type, column->type.domain) == 0;
}

/* A type must be one that a column has. */
static bool check_type(const HfMssqlMap *self, const Line *line, const HfNeutralModel *model, GError **error)
{
    for (guint t = 0; t < model->tables->len; t++) {
        const HfNeutralTable *table = model->tables->pdata[t];
        for (guint c = 0; c < table->columns->len; c++)
            if (is_of_type(line, table->columns->pdata[c]))
                return check_fit(self, line, table->columns->pdata[c], error);
    }
    return fail(self, line->place, error,
                "no column has the type %s: write it as PostgreSQL prints it, like \"character varying(20)\"",
                line->type);
}

static bool check_schema(const HfMssqlMap *self, const Line *line, const HfNeutralModel *model, GError **error)
{
    for (guint i = 0; i < model->schemas->len; i++)
        if (strcmp(((HfNeutralSchema *)model->schemas->pdata[i])->name, line->schema) == 0)
            return true;
    return fail(self, line->place, error, "there is no schema %s with anything that goes", line->schema);
}

/* Names of schemas stand in scripts as they are. */
static bool check_schema_names(const HfMssqlMap *self, const HfNeutralModel *model, GError **error)
{
    for (guint i = 0; i < model->schemas->len; i++) {
        const char *name = hf_mssql_map_schema(self, ((HfNeutralSchema *)model->schemas->pdata[i])->name);
        if (strpbrk(name, "\r\n") != NULL || strstr(name, "$(") != NULL)
            return fail(self, "schemas", error,
                        "the schema \"%s\" has a line break or $( in its name: give it another one there", name);
    }
    return true;
}

bool hf_mssql_map_check(const HfMssqlMap *self, const HfNeutralModel *model, GError **error)
{
    if (!check_schema_names(self, model, error))
        return false;
    for (guint i = 0; i < self->schemas->len; i++)
        if (!check_schema(self, self->schemas->pdata[i], model, error))
            return false;
    for (guint i = 0; i < self->types->len; i++)
        if (!check_type(self, self->types->pdata[i], model, error))
            return false;
    for (guint i = 0; i < self->columns->len; i++) {
        const HfNeutralColumn *column;
        if (!find(self, self->columns->pdata[i], model, &column, error) ||
            (column != NULL && !check_fit(self, self->columns->pdata[i], column, error)))
            return false;
    }
    for (guint i = 0; i < self->values->len; i++) {
        const Line *line = self->values->pdata[i];
        const HfNeutralColumn *column = NULL;
        if (line->table != NULL && !find(self, line, model, &column, error))
            return false;
        if (column != NULL && line->chosen == HF_CHOICE_NULL && !column->nullable)
            return fail(self, line->place, error, "%s.%s cannot be NULL: choose refuse, clamp or text", line->table,
                        line->column);
    }
    return true;
}

/* ---- Asking --------------------------------------------------------------------------------------------------------
 */

const char *hf_mssql_map_schema(const HfMssqlMap *self, const char *schema)
{
    for (guint i = 0; i < self->schemas->len; i++)
        if (strcmp(((Line *)self->schemas->pdata[i])->schema, schema) == 0)
            return ((Line *)self->schemas->pdata[i])->to;
    return strcmp(schema, "public") == 0 ? "dbo" : schema;
}

const char *hf_mssql_map_type(const HfMssqlMap *self, const HfNeutralTable *table, const HfNeutralColumn *column)
{
    for (guint i = 0; i < self->columns->len; i++)
        if (names(self->columns->pdata[i], table, column))
            return ((Line *)self->columns->pdata[i])->to;
    for (guint i = 0; i < self->types->len; i++) {
        const Line *line = self->types->pdata[i];
        if (is_of_type(line, column) && hf_mssql_type_fits(column->type.kind, line->to))
            return line->to;
    }
    return NULL;
}

HfChoice hf_mssql_map_choice(const HfMssqlMap *self, const HfNeutralTable *table, const HfNeutralColumn *column,
                             HfAwkward awkward)
{
    const Line *found = NULL;
    for (guint i = 0; i < self->values->len; i++) {
        const Line *line = self->values->pdata[i];
        if (line->awkward != awkward)
            continue;
        if (line->table != NULL && names(line, table, column))
            return line->chosen;
        if (line->table == NULL)
            found = line;
    }
    /* What is said of all columns is not said of those that cannot take it. */
    if (found == NULL || (found->chosen == HF_CHOICE_NULL && !column->nullable))
        return HF_CHOICE_REFUSE;
    return found->chosen;
}

/* ---- Encryption ----------------------------------------------------------------------------------------------------
 */

void hf_mssql_map_encrypt(HfMssqlMap *self, const char *const *columns, const HfMssqlKeyChoice *key)
{
    bool is_default = key->kind == HF_MSSQL_KEY_DEFAULT;
    g_strfreev(self->encrypted);
    self->encrypted = columns != NULL ? g_strdupv((char **)columns) : g_new0(char *, 1);
    g_free(self->key);
    g_free(self->certificate);
    self->key = g_strdup(is_default ? HF_MSSQL_DEFAULT_KEY : key->key);
    self->certificate = g_strdup(is_default ? HF_MSSQL_DEFAULT_CERTIFICATE : key->certificate);
    self->choice = (HfMssqlKeyChoice){key->kind, self->key, self->certificate};
}

bool hf_mssql_map_is_encrypted(const HfMssqlMap *self, const HfNeutralTable *table, const HfNeutralColumn *column)
{
    if (self->encrypted[0] == NULL)
        return false;
    g_autofree char *name = g_strconcat(table->schema, ".", table->name, ".", column->name, NULL);
    return g_strv_contains((const char *const *)self->encrypted, name);
}

const char *const *hf_mssql_map_encrypted(const HfMssqlMap *self)
{
    return (const char *const *)self->encrypted;
}

const HfMssqlKeyChoice *hf_mssql_map_key(const HfMssqlMap *self)
{
    return self->encrypted[0] != NULL ? &self->choice : NULL;
}
