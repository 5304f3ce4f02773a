/*
 * Lists go by keyset: a page ends at a value of the column that it is sorted by and an id, and the next page begins
 * after both, by a comparison that an index answers however far the page is. A cursor holds sort, id and value.
 *
 * Names of columns and tables come from the tables of nouns alone; whatever a caller sends is a parameter, whose type
 * the database takes from the column that it meets.
 */
#include "catalog/noun.h"

#include "base/error.h"
#include "catalog/noun_body.h"
#include "catalog/row.h"

#include <string.h>

#define DEFAULT_LIMIT 25
#define MAX_LIMIT 500

/* A statement that grows with its parameters. */
typedef struct {
    GString *sql;
    GPtrArray *parameters; /* char*, ended by NULL when it is run */
} Statement;

static Statement *statement_new(const char *begin)
{
    Statement *self = g_new0(Statement, 1);
    self->sql = g_string_new(begin);
    self->parameters = g_ptr_array_new_with_free_func(g_free);
    return self;
}

static void statement_free(Statement *self)
{
    g_string_free(self->sql, TRUE);
    g_ptr_array_unref(self->parameters);
    g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Statement, statement_free)

/* Appends `before`, the place of a new parameter, `after`. */
static void add_parameter(Statement *self, const char *before, const char *value, const char *after)
{
    g_ptr_array_add(self->parameters, g_strdup(value));
    g_string_append_printf(self->sql, "%s$%u%s", before, self->parameters->len, after);
}

static HfPgRows *run(HfCatalog *catalog, Statement *self, GError **error)
{
    g_ptr_array_add(self->parameters, NULL);
    return hf_catalog_query(catalog, self->sql->str, (const char *const *)self->parameters->pdata, error);
}

/* ---- Lists ---------------------------------------------------------------------------------------------------------
 */

static bool bad_list(const HfNoun *noun, const char *what, const char *value, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "a list of %s takes no %s \"%.60s\"", noun->name, what, value);
    return false;
}

/* Whether the filter is one of a time. */
static bool add_time(Statement *list, const HfNoun *noun, const char *name, const char *value)
{
    bool since = strcmp(name, "since") == 0;
    if (noun->time == NULL || (!since && strcmp(name, "until") != 0))
        return false;
    g_string_append_printf(list->sql, " AND v.%s %s", noun->time, since ? ">=" : "<");
    add_parameter(list, " ", value, "::timestamptz");
    return true;
}

static bool add_filters(Statement *list, const HfNoun *noun, const HfListQuery *query, GError **error)
{
    bool by_state = false;
    for (const char *const *f = query->filters; f != NULL && f[0] != NULL; f += 2) {
        bool is_member = g_strcmp0(noun->member, f[0]) == 0, is_state = strcmp(f[0], "state") == 0;
        if (add_time(list, noun, f[0], f[1]))
            continue;
        if (!is_member && (noun->filters == NULL || !g_strv_contains(noun->filters, f[0])))
            return bad_list(noun, "filter", f[0], error);
        by_state = by_state || is_state;
        if (is_state && noun->open != NULL && strcmp(f[1], "open") == 0) {
            g_string_append_printf(list->sql, " AND v.state IN (%s)", noun->open);
            continue;
        }
        g_string_append_printf(list->sql, is_member ? " AND v.%ss" : " AND v.%s", f[0]);
        add_parameter(list, is_member ? " @> ARRAY[" : " = ", f[1], is_member ? "]" : "");
    }
    if (noun->hidden != NULL && !by_state)
        g_string_append_printf(list->sql, " AND v.state <> '%s'", noun->hidden);
    if (query->search == NULL || *query->search == '\0')
        return true;
    if (noun->search == NULL)
        return bad_list(noun, "search", query->search, error);
    g_string_append_printf(list->sql, " AND strpos(lower(v.%s)", noun->search);
    add_parameter(list, ", lower(", query->search, ")) > 0");
    /* What a shorter text stands in is found soon in the list's own order, as a rule. */
    if (noun->is_long && g_utf8_strlen(query->search, -1) >= 3)
        g_string_append_printf(list->sql, " AND holdfast.grams(v.%s) @> holdfast.grams($%u)", noun->search,
                               list->parameters->len);
    return true;
}

/* The column of `sort`, which must be one of the noun's; "-" before it says that it descends. */
static const char *find_sort_column(const HfNoun *noun, const char *sort, GError **error)
{
    for (const char *const *s = noun->sorts; *s != NULL; s++)
        if (strcmp(*s + (**s == '-'), sort + (*sort == '-')) == 0)
            return *s + (**s == '-');
    bad_list(noun, "sort", sort, error);
    return NULL;
}

static char *make_cursor(const char *sort, const char *id, const char *value)
{
    g_autofree char *text = g_strjoin("\n", sort, id, value, NULL);
    char *cursor = g_base64_encode((const guchar *)text, strlen(text));
    g_strdelimit(cursor, "+", '-');
    return g_strdelimit(cursor, "/", '_');
}

/* Its three fields, transfer full; NULL with error. */
static char **read_cursor(const HfNoun *noun, const char *sort, const char *cursor, GError **error)
{
    gsize length = 0;
    g_autofree char *plain = g_strdelimit(g_strdelimit(g_strdup(cursor), "-", '+'), "_", '/');
    g_autofree guchar *bytes = g_base64_decode(plain, &length);
    g_autofree char *text = g_strndup((const char *)bytes, length);
    g_auto(GStrv) fields = g_strsplit(text, "\n", 3);
    if (g_utf8_validate(text, (gssize)length, NULL) && g_strv_length(fields) == 3 && strcmp(fields[0], sort) == 0)
        return g_steal_pointer(&fields);
    bad_list(noun, "cursor", cursor, error);
    return NULL;
}

static bool add_cursor(Statement *list, const HfNoun *noun, const char *sort, const char *column, bool descends,
                       const char *cursor, GError **error)
{
    if (cursor == NULL)
        return true;
    g_auto(GStrv) fields = read_cursor(noun, sort, cursor, error);
    if (fields == NULL)
        return false;
    g_string_append_printf(list->sql, " AND (v.%s, v.id) %s ", column, descends ? "<" : ">");
    add_parameter(list, "(", fields[2], ", ");
    add_parameter(list, "", fields[1], ")");
    return true;
}

/* The page as JSON; a row more than the limit tells that there is another page. */
static char *page_of(const HfPgRows *rows, unsigned limit, const char *sort)
{
    size_t found = hf_pg_rows_count(rows), shown = MIN(found, limit);
    GString *text = g_string_new("{\"items\":[");
    for (size_t i = 0; i < shown; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "", hf_pg_rows_text(rows, i, 2));
    if (found > shown) {
        g_autofree char *cursor =
            make_cursor(sort, hf_pg_rows_text(rows, shown - 1, 0), hf_pg_rows_text(rows, shown - 1, 1));
        g_string_append_printf(text, "],\"cursor\":\"%s\"}", cursor);
    } else {
        g_string_append(text, "],\"cursor\":null}");
    }
    return g_string_free(text, FALSE);
}

char *hf_noun_list(HfCatalog *catalog, const HfNoun *noun, const char *organization, const HfListQuery *query,
                   GError **error)
{
    unsigned limit = query->limit != 0 ? MIN(query->limit, MAX_LIMIT) : DEFAULT_LIMIT;
    const char *sort = query->sort != NULL ? query->sort : noun->sorts[0];
    const char *column = find_sort_column(noun, sort, error);
    bool descends = *sort == '-';
    if (column == NULL)
        return NULL;
    g_autoptr(Statement) list = statement_new("SELECT v.id::text, v.");
    g_string_append_printf(list->sql, "%s::text, v.json FROM %s v WHERE true", column, noun->view);
    if (organization != NULL)
        add_parameter(list, " AND v.organization_id = ", organization, "");
    if (!add_filters(list, noun, query, error) || !add_cursor(list, noun, sort, column, descends, query->cursor, error))
        return NULL;
    const char *direction = descends ? "DESC" : "ASC";
    g_string_append_printf(list->sql, " ORDER BY v.%s %s, v.id %s LIMIT %u", column, direction, direction, limit + 1);
    g_autoptr(HfPgRows) rows = run(catalog, list, error);
    return rows != NULL ? page_of(rows, limit, sort) : NULL;
}

/* ---- One -----------------------------------------------------------------------------------------------------------
 */

static bool check_id(const HfNoun *noun, const char *id, GError **error)
{
    return id != NULL && (g_uuid_string_is_valid(id) || hf_not_found(noun->name, id, error));
}

char *hf_noun_get(HfCatalog *catalog, const HfNoun *noun, const char *organization, const char *id, int *version,
                  GError **error)
{
    if (!check_id(noun, id, error))
        return NULL;
    g_autoptr(Statement) get = statement_new("SELECT v.json, v.version FROM ");
    g_string_append_printf(get->sql, "%s v", noun->view);
    add_parameter(get, " WHERE v.id = ", id, "");
    if (organization != NULL)
        add_parameter(get, " AND v.organization_id = ", organization, "");
    g_autoptr(HfPgRows) rows = run(catalog, get, error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found(noun->name, id, error)))
        return NULL;
    if (version != NULL)
        *version = (int)hf_pg_rows_int64(rows, 0, 1);
    return g_strdup(hf_pg_rows_text(rows, 0, 0));
}

char *hf_noun_find(HfCatalog *catalog, const HfNoun *noun, const char *organization, const char *name, GError **error)
{
    g_autoptr(Statement) find = statement_new("SELECT v.id::text FROM ");
    g_string_append_printf(find->sql, "%s v", noun->view);
    add_parameter(find, " WHERE (v.name = ", name, "");
    add_parameter(find, " OR v.id::text = ", name, ")");
    if (organization != NULL)
        add_parameter(find, " AND v.organization_id = ", organization, "");
    g_string_append(find->sql, " LIMIT 2");
    g_autoptr(HfPgRows) rows = run(catalog, find, error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found(noun->name, name, error)))
        return NULL;
    if (hf_pg_rows_count(rows) == 1)
        return g_strdup(hf_pg_rows_text(rows, 0, 0));
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "there are several of the name %s: give the id", name);
    return NULL;
}

/* ---- Changes -------------------------------------------------------------------------------------------------------
 */

/* "database_ids" is kept in `link` (organization_id, schedule_id, database_id). */
static bool save_links(HfCatalog *catalog, const HfNoun *noun, const char *organization, const char *id,
                       const GPtrArray *values, GError **error)
{
    for (guint i = 0; i < values->len; i++) {
        const HfBodyValue *value = g_ptr_array_index(values, i);
        if (value->field->type != HF_FIELD_IDS)
            continue;
        int stem = (int)strlen(value->field->name) - 1;
        g_autofree char *clear = g_strdup_printf("DELETE FROM %s WHERE organization_id = $1::uuid AND %s_id = $2::uuid",
                                                 value->field->link, noun->table);
        g_autofree char *fill = g_strdup_printf("INSERT INTO %s (organization_id, %s_id, %.*s) "
                                                "SELECT DISTINCT $1::uuid, $2::uuid, unnest($3::uuid[])",
                                                value->field->link, noun->table, stem, value->field->name);
        if (!hf_catalog_do(catalog, clear, HF_PARAMETERS(organization, id), error) ||
            !hf_catalog_do(catalog, fill, HF_PARAMETERS(organization, id, hf_or_empty(value->value)), error))
            return false;
    }
    return true;
}

char *hf_noun_create(HfCatalog *catalog, const HfNoun *noun, const struct HfSealer *sealer, const char *organization,
                     const char *created_by, const HfJson *json, HfJsonNode body, GError **error)
{
    g_autoptr(GPtrArray) values = hf_noun_read_body(noun, sealer, true, json, body, error);
    if (values == NULL)
        return NULL;
    g_autoptr(Statement) insert = statement_new("INSERT INTO ");
    g_autoptr(GString) columns = g_string_new("created_by");
    g_string_append(columns, noun->installation ? "" : ", organization_id");
    for (guint i = 0; i < values->len; i++) {
        const HfBodyValue *value = g_ptr_array_index(values, i);
        if (value->field->type != HF_FIELD_IDS)
            g_string_append_printf(columns, ", %s", value->field->name);
    }
    g_string_append_printf(insert->sql, "%s (%s) VALUES (", noun->table, columns->str);
    add_parameter(insert, "", hf_or_empty(created_by), "");
    if (!noun->installation)
        add_parameter(insert, ", ", organization, "");
    for (guint i = 0; i < values->len; i++) {
        const HfBodyValue *value = g_ptr_array_index(values, i);
        if (value->field->type == HF_FIELD_IDS)
            continue;
        if (value->value != NULL)
            add_parameter(insert, ", ", value->value, "");
        else
            g_string_append(insert->sql, ", NULL");
    }
    g_string_append(insert->sql, ") RETURNING id::text");
    g_autoptr(HfPgRows) rows = run(catalog, insert, error);
    g_autofree char *id = rows != NULL ? g_strdup(hf_pg_rows_text(rows, 0, 0)) : NULL;
    return id != NULL && save_links(catalog, noun, organization, id, values, error) ? g_steal_pointer(&id) : NULL;
}

static void add_condition(Statement *change, const HfNoun *noun, const char *organization, const char *id, int version)
{
    HfNumber number;
    add_parameter(change, " WHERE id = ", id, "");
    if (organization != NULL && !noun->installation)
        add_parameter(change, " AND organization_id = ", organization, "");
    if (version != 0)
        add_parameter(change, " AND version = ", hf_number(&number, version), "");
}

/* Nothing was changed: either it is not there, or it is in another version. */
static bool tell_why(HfCatalog *catalog, const HfNoun *noun, const char *organization, const char *id, GError **error)
{
    int version = 0;
    g_autofree char *json = hf_noun_get(catalog, noun, organization, id, &version, error);
    if (json != NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, HF_NOUN_STALE ": the %s %s has version %d now", noun->name, id,
                    version);
    return false;
}

bool hf_noun_change(HfCatalog *catalog, const HfNoun *noun, const struct HfSealer *sealer, const char *organization,
                    const char *id, int version, const HfJson *json, HfJsonNode body, GError **error)
{
    g_autoptr(GPtrArray) values = NULL;
    if (!check_id(noun, id, error) || (values = hf_noun_read_body(noun, sealer, false, json, body, error)) == NULL)
        return false;
    g_autoptr(Statement) update = statement_new("UPDATE ");
    g_string_append_printf(update->sql, "%s SET version = version + 1", noun->table);
    for (guint i = 0; i < values->len; i++) {
        const HfBodyValue *value = g_ptr_array_index(values, i);
        if (value->field->type == HF_FIELD_IDS)
            continue;
        g_string_append_printf(update->sql, ", %s = ", value->field->name);
        if (value->value != NULL)
            add_parameter(update, "", value->value, "");
        else
            g_string_append(update->sql, "NULL");
    }
    add_condition(update, noun, organization, id, version);
    g_string_append(update->sql, noun->installation ? " RETURNING id::text" : " RETURNING organization_id::text");
    g_autoptr(HfPgRows) rows = run(catalog, update, error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !tell_why(catalog, noun, organization, id, error)))
        return false;
    return save_links(catalog, noun, hf_pg_rows_text(rows, 0, 0), id, values, error);
}

bool hf_noun_remove(HfCatalog *catalog, const HfNoun *noun, const char *organization, const char *id, int version,
                    GError **error)
{
    if (!check_id(noun, id, error))
        return false;
    g_autoptr(Statement) removal = statement_new("DELETE FROM ");
    g_string_append(removal->sql, noun->table);
    add_condition(removal, noun, organization, id, version);
    g_string_append(removal->sql, " RETURNING id::text");
    g_autoptr(HfPgRows) rows = run(catalog, removal, error);
    return rows != NULL && (hf_pg_rows_count(rows) > 0 || tell_why(catalog, noun, organization, id, error));
}
