#include "base/error.h"
#include "engine/copy_text.h"
#include "engine/ends/mssql.h"
#include "engine/ends/mssql_encryption.h"
#include "engine/ends/mssql_expression.h"
#include "engine/ends/mssql_type.h"
#include "engine/ends/postgres_values.h"
#include "pg/connection.h"

#include <string.h>

#define MONEY_DIGITS 19
#define MONEY_SCALE 4
#define DEFAULT_DECIMAL_DIGITS 18

static void load_free(void *data)
{
    HfMssqlLoad *self = data;
    hf_manifest_table_free(self->info);
    g_ptr_array_unref(self->leaves);
    g_free(self->select);
    g_array_unref(self->columns);
    g_free(self->open_key);
    g_free(self->make_plain);
    g_free(self->encrypt);
    g_free(self->drop_plain);
    g_free(self);
}

static bool refuse(const HfMssqlColumn *column, const char *why, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s.%s: column %s cannot be loaded into %s: %s", column->table->schema,
                column->table->name, column->column->name, column->type, why);
    return false;
}

/* What the column there takes, and so what PostgreSQL is asked for. */
static bool shape_of(const HfMssqlMap *map, HfMssqlLoadColumn *load, HfValueShape *shape, GError **error)
{
    const HfMssqlColumn *column = load->column;
    int64_t size, scale;
    HfNeutralKind kind = hf_mssql_type_kind(column->type, &size, &scale);
    bool has_brackets = strchr(column->type, '(') != NULL;
    *shape = (HfValueShape){.kind = kind, .second_digits = has_brackets ? MIN(size, 6) : 6};
    for (int awkward = 0; awkward < HF_AWKWARDS; awkward++)
        shape->choices[awkward] = hf_mssql_map_choice(map, column->table, column->column, (HfAwkward)awkward);
    if (kind == HF_NEUTRAL_XML)
        return refuse(column,
                      "SQL Server changes its white space, so that nobody can prove the values: choose "
                      "nvarchar(max)",
                      error);
    if (g_str_has_prefix(column->type, "binary"))
        return refuse(column, "shorter values would get zeros at their end: choose varbinary", error);
    if (kind == HF_NEUTRAL_MONEY) {
        *shape = (HfValueShape){.kind = HF_NEUTRAL_DECIMAL, .precision = MONEY_DIGITS, .scale = MONEY_SCALE};
    } else if (kind == HF_NEUTRAL_DECIMAL) {
        shape->precision = size > 0 ? size : DEFAULT_DECIMAL_DIGITS;
        shape->scale = scale;
    } else if (kind == HF_NEUTRAL_CHAR) {
        shape->kind = HF_NEUTRAL_TEXT;
        shape->padded = true;
    }
    load->kind = shape->kind;
    load->padded = shape->padded;
    load->limit = shape->kind == HF_NEUTRAL_TEXT    ? 2 * MAX(size, 0)
                  : shape->kind == HF_NEUTRAL_BYTES ? MAX(size, 0)
                                                    : 0;
    bool bounded = shape->kind == HF_NEUTRAL_TEXT || shape->kind == HF_NEUTRAL_BYTES;
    if (column->encrypted && bounded && (load->limit == 0 || load->limit > HF_MSSQL_MAX_PLAIN_BYTES))
        load->limit = HF_MSSQL_MAX_PLAIN_BYTES;
    return true;
}

static bool add_column(HfMssqlLoad *self, const HfMssqlMap *map, const HfMssqlColumn *column, unsigned ordinal,
                       GString *query, GError **error)
{
    HfMssqlLoadColumn load = {.column = column, .ordinal = ordinal};
    HfValueShape shape;
    if (!shape_of(map, &load, &shape, error))
        return false;
    g_autofree char *value = hf_postgres_value_sql(column->column, &shape);
    g_string_append_printf(query, "%s%s", self->columns->len > 0 ? ", " : "", value);
    g_array_append_val(self->columns, load);
    g_ptr_array_add(self->info->columns,
                    hf_column_new(column->column->name, column->type, hf_postgres_value_oid(shape.kind)));
    return true;
}

static void free_info(void *info)
{
    hf_manifest_table_free(info);
}

static bool is_encrypted(const HfMssqlLoad *self)
{
    for (guint i = 0; i < self->columns->len; i++)
        if (g_array_index(self->columns, HfMssqlLoadColumn, i).column->encrypted)
            return true;
    return false;
}

/* The statements that bring its rows in through a table of plain values. */
static void add_encryption(HfMssqlLoad *self, const HfMssqlKeyChoice *key)
{
    g_autoptr(GString) made = g_string_new(NULL);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GString) values = g_string_new(NULL);
    for (guint i = 0; i < self->columns->len; i++) {
        HfMssqlLoadColumn *load = &g_array_index(self->columns, HfMssqlLoadColumn, i);
        const char *comma = i > 0 ? ", " : "", *collation = hf_mssql_column_collation(load->column);
        g_autofree char *name = hf_mssql_quote_name(load->column->name);
        g_autofree char *value =
            load->column->encrypted ? hf_mssql_encrypt_sql(load->column, key, name) : g_strdup(name);
        load->ordinal = i + 1; /* of that table */
        g_string_append_printf(made, "%s%s %s%s%s NULL", comma, name, load->column->type,
                               collation != NULL ? " COLLATE " : "", collation != NULL ? collation : "");
        g_string_append_printf(names, "%s%s", comma, name);
        g_string_append_printf(values, "%s%s", comma, value);
    }
    self->open_key = hf_mssql_key_open_sql(key);
    self->make_plain = g_strdup_printf("CREATE TABLE " HF_MSSQL_PLAIN_TABLE " (%s)", made->str);
    self->encrypt = g_strdup_printf("INSERT INTO %s (%s) SELECT %s FROM " HF_MSSQL_PLAIN_TABLE, self->there->name,
                                    names->str, values->str);
    self->drop_plain = g_strdup("DROP TABLE " HF_MSSQL_PLAIN_TABLE);
}

static HfMssqlLoad *load_new(const HfMssqlPlan *plan, const HfMssqlMap *map, const HfMssqlTable *there, GError **error)
{
    HfMssqlLoad *self = g_new0(HfMssqlLoad, 1);
    *self = (HfMssqlLoad){.there = there,
                          .info = hf_manifest_table_new(),
                          .leaves = g_ptr_array_new_with_free_func(free_info),
                          .columns = g_array_new(FALSE, FALSE, sizeof(HfMssqlLoadColumn))};
    self->info->schema = g_strdup(there->table->schema);
    self->info->name = g_strdup(there->table->name);
    self->info->format = HF_FORMAT_BINARY;
    g_autoptr(GString) query = g_string_new("SELECT ");
    unsigned ordinal = 0;
    for (guint i = 0; i < plan->columns->len; i++) {
        const HfMssqlColumn *column = plan->columns->pdata[i];
        if (column->table != there->table)
            continue;
        ordinal++;
        if (!column->computed && !add_column(self, map, column, ordinal, query, error)) {
            load_free(self);
            return NULL;
        }
    }
    g_autofree char *name = hf_pg_quote_qualified(self->info->schema, self->info->name);
    self->select = g_strdup(query->str);
    self->info->query = g_strdup_printf("%s FROM %s%s", query->str, there->table->partitioned ? "" : "ONLY ", name);
    if (is_encrypted(self))
        add_encryption(self, plan->key);
    return self;
}

HfManifestTable *hf_mssql_load_add_leaf(HfMssqlLoad *self, const char *schema, const char *name)
{
    HfManifestTable *leaf = hf_manifest_table_new();
    g_autofree char *quoted = hf_pg_quote_qualified(schema, name);
    leaf->schema = g_strdup(schema);
    leaf->name = g_strdup(name);
    leaf->format = self->info->format;
    leaf->query = g_strdup_printf("%s FROM ONLY %s", self->select, quoted);
    for (guint i = 0; i < self->info->columns->len; i++) {
        const HfColumn *column = self->info->columns->pdata[i];
        g_ptr_array_add(leaf->columns, hf_column_new(column->name, column->type, column->type_oid));
    }
    g_ptr_array_add(self->leaves, leaf);
    return leaf;
}

bool hf_mssql_load_has(const HfMssqlLoad *self, const HfManifestTable *info)
{
    return self->info == info || g_ptr_array_find(self->leaves, info, NULL);
}

GPtrArray *hf_mssql_loads_new(const HfMssqlPlan *plan, const HfMssqlMap *map, GError **error)
{
    g_autoptr(GPtrArray) loads = g_ptr_array_new_with_free_func(load_free);
    for (guint i = 0; i < plan->tables->len; i++) {
        HfMssqlLoad *load = load_new(plan, map, plan->tables->pdata[i], error);
        if (load == NULL)
            return NULL;
        g_ptr_array_add(loads, load);
    }
    return g_steal_pointer(&loads);
}

const HfMssqlLoad *hf_mssql_loads_find(const GPtrArray *loads, const HfManifestTable *info)
{
    for (guint i = 0; i < loads->len; i++)
        if (hf_mssql_load_has(loads->pdata[i], info))
            return loads->pdata[i];
    return NULL;
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------
 */

#define KEY_BYTES 200
#define VALUE_BYTES 60

static const HfNeutralKey *primary_key(const HfNeutralTable *table)
{
    for (guint i = 0; i < table->keys->len; i++)
        if (((HfNeutralKey *)table->keys->pdata[i])->primary)
            return table->keys->pdata[i];
    return NULL;
}

static bool is_of_key(const HfNeutralKey *key, const char *name)
{
    return key == NULL || g_ptr_array_find_with_equal_func(key->columns, name, g_str_equal, NULL);
}

static void append_value(GString *text, const HfTypeTable *types, const HfColumn *column, const uint8_t *value,
                         size_t length)
{
    g_autoptr(GString) shown = g_string_new(value != NULL ? NULL : "NULL");
    if (value != NULL && !hf_type_value_text(types, column->type_oid, value, length, shown, NULL))
        g_string_assign(shown, "?");
    g_autofree char *valid = g_utf8_make_valid(shown->str, (gssize)shown->len);
    g_autofree char *cut = g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), VALUE_BYTES));
    g_string_append_printf(text, "%s%s=%s%s", text->len > 0 ? ", " : "", column->name, cut,
                           strlen(cut) < strlen(valid) ? "…" : "");
}

char *hf_mssql_load_row_key(const HfMssqlLoad *self, const uint8_t *row, size_t length)
{
    HfCopyFields fields;
    const HfNeutralKey *key = primary_key(self->there->table);
    const GPtrArray *columns = self->info->columns;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    GString *text = g_string_new(NULL);
    bool ok = hf_copy_fields_begin(&fields, row, length, columns->len, NULL);
    for (guint i = 0; ok && i < columns->len && text->len < KEY_BYTES; i++) {
        const HfColumn *column = columns->pdata[i];
        const uint8_t *value;
        size_t size;
        ok = hf_copy_fields_next(&fields, &value, &size, NULL);
        if (ok && is_of_key(key, column->name) && !g_array_index(self->columns, HfMssqlLoadColumn, i).column->encrypted)
            append_value(text, types, column, value, size);
    }
    return g_string_free(text, FALSE);
}

HfTdsKind hf_mssql_tds_kind(HfNeutralKind kind)
{
    switch (kind) {
    case HF_NEUTRAL_BOOLEAN:
        return HF_TDS_BIT;
    case HF_NEUTRAL_INT16:
        return HF_TDS_INT16;
    case HF_NEUTRAL_INT32:
        return HF_TDS_INT32;
    case HF_NEUTRAL_INT64:
        return HF_TDS_INT64;
    case HF_NEUTRAL_FLOAT32:
        return HF_TDS_FLOAT32;
    case HF_NEUTRAL_FLOAT64:
        return HF_TDS_FLOAT64;
    case HF_NEUTRAL_DECIMAL:
        return HF_TDS_DECIMAL;
    case HF_NEUTRAL_BYTES:
        return HF_TDS_BYTES;
    case HF_NEUTRAL_UUID:
        return HF_TDS_UUID;
    case HF_NEUTRAL_DATE:
    case HF_NEUTRAL_TIME:
    case HF_NEUTRAL_TIMESTAMP:
    case HF_NEUTRAL_INSTANT:
        return HF_TDS_MOMENT;
    default:
        return HF_TDS_TEXT;
    }
}
