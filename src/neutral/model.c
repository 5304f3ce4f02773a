#include "neutral/model.h"

#include "base/error.h"

#include <string.h>

/*
 * Each struct is told once, as a table of its fields; making, freeing, writing and reading all go by the tables. So a
 * new field is one line in the header and one here.
 */

/* A NAME is a text that must be there. */
typedef enum { NAME, TEXT, FLAG, NUMBER, WORD, PART, TEXTS, LIST } FieldKind;

typedef struct Shape Shape;

typedef struct {
    const char *key;
    FieldKind kind;
    size_t offset;
    const char *const *words; /* of a WORD: an enum, by its values */
    const Shape *shape;       /* of a PART, a struct inside, and of the elements of a LIST */
} Field;

struct Shape {
    size_t size;
    const Field *fields; /* up to one without a key */
};

static const char *const kinds[HF_NEUTRAL_KINDS + 1] = {"boolean",
                                                        "int16",
                                                        "int32",
                                                        "int64",
                                                        "decimal",
                                                        "float32",
                                                        "float64",
                                                        "money",
                                                        "char",
                                                        "text",
                                                        "text without case",
                                                        "bytes",
                                                        "uuid",
                                                        "date",
                                                        "time",
                                                        "time with zone",
                                                        "timestamp",
                                                        "instant",
                                                        "interval",
                                                        "json",
                                                        "xml",
                                                        "enum",
                                                        "array",
                                                        "composite",
                                                        "range",
                                                        "network",
                                                        "mac",
                                                        "bits",
                                                        "search vector",
                                                        "map",
                                                        "geometry",
                                                        "other",
                                                        NULL};
static const char *const identities[] = {"none", "always", "by default", NULL};

const char *hf_neutral_kind_name(HfNeutralKind kind)
{
    return kinds[kind];
}

#define TEXT_OF(type, member)                                                                                          \
    {                                                                                                                  \
#member, TEXT, offsetof(type, member), NULL, NULL                                                              \
    }
#define NAME_OF(type, member)                                                                                          \
    {                                                                                                                  \
#member, NAME, offsetof(type, member), NULL, NULL                                                              \
    }
#define FLAG_OF(type, member)                                                                                          \
    {                                                                                                                  \
#member, FLAG, offsetof(type, member), NULL, NULL                                                              \
    }
#define NUMBER_OF(type, member)                                                                                        \
    {                                                                                                                  \
#member, NUMBER, offsetof(type, member), NULL, NULL                                                            \
    }
#define WORD_OF(type, member, list)                                                                                    \
    {                                                                                                                  \
#member, WORD, offsetof(type, member), list, NULL                                                              \
    }
#define TEXTS_OF(type, member)                                                                                         \
    {                                                                                                                  \
#member, TEXTS, offsetof(type, member), NULL, NULL                                                             \
    }
#define PART_OF(type, member, inner)                                                                                   \
    {                                                                                                                  \
#member, PART, offsetof(type, member), NULL, &(inner)                                                          \
    }
#define LIST_OF(type, member, inner)                                                                                   \
    {                                                                                                                  \
#member, LIST, offsetof(type, member), NULL, &(inner)                                                          \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        NULL, TEXT, 0, NULL, NULL                                                                                      \
    }
#define SHAPE(name, type, ...)                                                                                         \
    static const Field name##_fields[] = {__VA_ARGS__, END};                                                           \
    static const Shape name = {sizeof(type), name##_fields};

SHAPE(type_shape, HfNeutralType, WORD_OF(HfNeutralType, kind, kinds), NAME_OF(HfNeutralType, source),
      TEXT_OF(HfNeutralType, domain), FLAG_OF(HfNeutralType, sized), NUMBER_OF(HfNeutralType, length),
      NUMBER_OF(HfNeutralType, precision), NUMBER_OF(HfNeutralType, scale), TEXTS_OF(HfNeutralType, labels),
      TEXTS_OF(HfNeutralType, checks), FLAG_OF(HfNeutralType, checks_validated))
SHAPE(measure_shape, HfNeutralMeasure, FLAG_OF(HfNeutralMeasure, known), NUMBER_OF(HfNeutralMeasure, units),
      NUMBER_OF(HfNeutralMeasure, digits), NUMBER_OF(HfNeutralMeasure, scale))
SHAPE(column_shape, HfNeutralColumn, NAME_OF(HfNeutralColumn, name), PART_OF(HfNeutralColumn, type, type_shape),
      FLAG_OF(HfNeutralColumn, nullable), TEXT_OF(HfNeutralColumn, default_value), TEXT_OF(HfNeutralColumn, generated),
      TEXT_OF(HfNeutralColumn, collation), TEXT_OF(HfNeutralColumn, comment),
      WORD_OF(HfNeutralColumn, identity, identities), NUMBER_OF(HfNeutralColumn, identity_start),
      NUMBER_OF(HfNeutralColumn, identity_increment), NUMBER_OF(HfNeutralColumn, identity_next),
      FLAG_OF(HfNeutralColumn, identity_bounded), PART_OF(HfNeutralColumn, measure, measure_shape))
SHAPE(key_shape, HfNeutralKey, NAME_OF(HfNeutralKey, name), FLAG_OF(HfNeutralKey, primary),
      FLAG_OF(HfNeutralKey, nulls_distinct), FLAG_OF(HfNeutralKey, deferrable), TEXTS_OF(HfNeutralKey, columns),
      TEXTS_OF(HfNeutralKey, included), TEXT_OF(HfNeutralKey, comment), NAME_OF(HfNeutralKey, source))
SHAPE(foreign_key_shape, HfNeutralForeignKey, NAME_OF(HfNeutralForeignKey, name),
      TEXTS_OF(HfNeutralForeignKey, columns), NAME_OF(HfNeutralForeignKey, to_schema),
      NAME_OF(HfNeutralForeignKey, to_table), TEXTS_OF(HfNeutralForeignKey, to_columns),
      NAME_OF(HfNeutralForeignKey, on_update), NAME_OF(HfNeutralForeignKey, on_delete),
      TEXTS_OF(HfNeutralForeignKey, delete_columns), FLAG_OF(HfNeutralForeignKey, match_full),
      FLAG_OF(HfNeutralForeignKey, deferrable), FLAG_OF(HfNeutralForeignKey, validated),
      TEXT_OF(HfNeutralForeignKey, comment), NAME_OF(HfNeutralForeignKey, source))
SHAPE(check_shape, HfNeutralCheck, NAME_OF(HfNeutralCheck, name), NAME_OF(HfNeutralCheck, expression),
      FLAG_OF(HfNeutralCheck, validated), TEXT_OF(HfNeutralCheck, comment), NAME_OF(HfNeutralCheck, source))
SHAPE(item_shape, HfNeutralIndexItem, TEXT_OF(HfNeutralIndexItem, column), TEXT_OF(HfNeutralIndexItem, expression),
      FLAG_OF(HfNeutralIndexItem, descending))
SHAPE(index_shape, HfNeutralIndex, NAME_OF(HfNeutralIndex, name), NAME_OF(HfNeutralIndex, method),
      FLAG_OF(HfNeutralIndex, unique), FLAG_OF(HfNeutralIndex, nulls_distinct),
      LIST_OF(HfNeutralIndex, items, item_shape), TEXTS_OF(HfNeutralIndex, included),
      TEXT_OF(HfNeutralIndex, predicate), TEXT_OF(HfNeutralIndex, comment), NAME_OF(HfNeutralIndex, source))
SHAPE(table_shape, HfNeutralTable, NAME_OF(HfNeutralTable, schema), NAME_OF(HfNeutralTable, name),
      TEXT_OF(HfNeutralTable, comment), NUMBER_OF(HfNeutralTable, rows), NUMBER_OF(HfNeutralTable, bytes),
      FLAG_OF(HfNeutralTable, partitioned), FLAG_OF(HfNeutralTable, elsewhere), FLAG_OF(HfNeutralTable, has_heirs),
      LIST_OF(HfNeutralTable, columns, column_shape), LIST_OF(HfNeutralTable, keys, key_shape),
      LIST_OF(HfNeutralTable, foreign_keys, foreign_key_shape), LIST_OF(HfNeutralTable, checks, check_shape),
      LIST_OF(HfNeutralTable, indexes, index_shape))
SHAPE(sequence_shape, HfNeutralSequence, NAME_OF(HfNeutralSequence, schema), NAME_OF(HfNeutralSequence, name),
      TEXT_OF(HfNeutralSequence, comment), NUMBER_OF(HfNeutralSequence, start), NUMBER_OF(HfNeutralSequence, increment),
      NUMBER_OF(HfNeutralSequence, minimum), NUMBER_OF(HfNeutralSequence, maximum), NUMBER_OF(HfNeutralSequence, cache),
      NUMBER_OF(HfNeutralSequence, next), FLAG_OF(HfNeutralSequence, cycles))
SHAPE(view_shape, HfNeutralView, NAME_OF(HfNeutralView, schema), NAME_OF(HfNeutralView, name),
      TEXT_OF(HfNeutralView, comment), NAME_OF(HfNeutralView, source), TEXT_OF(HfNeutralView, check_option),
      LIST_OF(HfNeutralView, columns, column_shape))
SHAPE(schema_shape, HfNeutralSchema, NAME_OF(HfNeutralSchema, name), TEXT_OF(HfNeutralSchema, comment))
SHAPE(leftover_shape, HfNeutralLeftover, NAME_OF(HfNeutralLeftover, kind), NAME_OF(HfNeutralLeftover, name),
      NAME_OF(HfNeutralLeftover, source))
SHAPE(model_shape, HfNeutralModel, NAME_OF(HfNeutralModel, source), NAME_OF(HfNeutralModel, database),
      TEXT_OF(HfNeutralModel, comment), NAME_OF(HfNeutralModel, encoding), TEXT_OF(HfNeutralModel, collation),
      LIST_OF(HfNeutralModel, schemas, schema_shape), LIST_OF(HfNeutralModel, sequences, sequence_shape),
      LIST_OF(HfNeutralModel, tables, table_shape), LIST_OF(HfNeutralModel, views, view_shape),
      LIST_OF(HfNeutralModel, leftovers, leftover_shape))

static void *member(const void *object, const Field *field)
{
    return (char *)object + field->offset;
}

/* ---- Making and freeing --------------------------------------------------------------------------------------------
 */

static void init(void *object, const Shape *shape)
{
    for (const Field *field = shape->fields; field->key != NULL; field++) {
        if (field->kind == PART)
            init(member(object, field), field->shape);
        else if (field->kind == TEXTS)
            *(GPtrArray **)member(object, field) = g_ptr_array_new_with_free_func(g_free);
        else if (field->kind == LIST)
            *(GPtrArray **)member(object, field) = g_ptr_array_new();
    }
}

static void clear(void *object, const Shape *shape)
{
    for (const Field *field = shape->fields; field->key != NULL; field++) {
        if (field->kind == NAME || field->kind == TEXT) {
            g_free(*(char **)member(object, field));
        } else if (field->kind == PART) {
            clear(member(object, field), field->shape);
        } else if (field->kind == TEXTS || field->kind == LIST) {
            GPtrArray *list = *(GPtrArray **)member(object, field);
            for (guint i = 0; field->kind == LIST && i < list->len; i++) {
                clear(list->pdata[i], field->shape);
                g_free(list->pdata[i]);
            }
            g_ptr_array_unref(list);
        }
    }
}

static void *add(GPtrArray *list, const Shape *shape)
{
    void *object = g_malloc0(shape->size);
    init(object, shape);
    if (list != NULL)
        g_ptr_array_add(list, object);
    return object;
}

HfNeutralModel *hf_neutral_model_new(void)
{
    return add(NULL, &model_shape);
}

void hf_neutral_model_free(HfNeutralModel *self)
{
    if (self == NULL)
        return;
    clear(self, &model_shape);
    g_free(self);
}

HfNeutralSchema *hf_neutral_add_schema(HfNeutralModel *self)
{
    return add(self->schemas, &schema_shape);
}

HfNeutralSequence *hf_neutral_add_sequence(HfNeutralModel *self)
{
    return add(self->sequences, &sequence_shape);
}

HfNeutralTable *hf_neutral_add_table(HfNeutralModel *self)
{
    return add(self->tables, &table_shape);
}

HfNeutralView *hf_neutral_add_view(HfNeutralModel *self)
{
    return add(self->views, &view_shape);
}

HfNeutralLeftover *hf_neutral_add_leftover(HfNeutralModel *self)
{
    return add(self->leftovers, &leftover_shape);
}

bool hf_neutral_is_left_out(const HfNeutralModel *self, const char *table)
{
    for (guint i = 0; i < self->leftovers->len; i++) {
        const HfNeutralLeftover *leftover = self->leftovers->pdata[i];
        if (strcmp(leftover->kind, "table") == 0 && strcmp(leftover->name, table) == 0)
            return true;
    }
    return false;
}

void hf_neutral_remove_leftover(HfNeutralModel *self, guint index)
{
    HfNeutralLeftover *leftover = g_ptr_array_steal_index(self->leftovers, index);
    clear(leftover, &leftover_shape);
    g_free(leftover);
}

HfNeutralColumn *hf_neutral_add_column(GPtrArray *columns)
{
    return add(columns, &column_shape);
}

HfNeutralKey *hf_neutral_add_key(HfNeutralTable *table)
{
    return add(table->keys, &key_shape);
}

HfNeutralForeignKey *hf_neutral_add_foreign_key(HfNeutralTable *table)
{
    return add(table->foreign_keys, &foreign_key_shape);
}

HfNeutralCheck *hf_neutral_add_check(HfNeutralTable *table)
{
    return add(table->checks, &check_shape);
}

HfNeutralIndex *hf_neutral_add_index(HfNeutralTable *table)
{
    return add(table->indexes, &index_shape);
}

HfNeutralIndexItem *hf_neutral_add_index_item(HfNeutralIndex *index)
{
    return add(index->items, &item_shape);
}

/* ---- Looking up ----------------------------------------------------------------------------------------------------
 */

HfNeutralTable *hf_neutral_find_table(const HfNeutralModel *self, const char *schema, const char *name)
{
    for (guint i = 0; i < self->tables->len; i++) {
        HfNeutralTable *table = self->tables->pdata[i];
        if (strcmp(table->name, name) == 0 && strcmp(table->schema, schema) == 0)
            return table;
    }
    return NULL;
}

HfNeutralColumn *hf_neutral_find_column(const GPtrArray *columns, const char *name)
{
    for (guint i = 0; i < columns->len; i++)
        if (strcmp(((HfNeutralColumn *)columns->pdata[i])->name, name) == 0)
            return columns->pdata[i];
    return NULL;
}

/* ---- JSON ----------------------------------------------------------------------------------------------------------
 */

static void write_object(const void *object, const Shape *shape, HfJsonWriter *json, const char *key);

static void write_list(const GPtrArray *list, const Field *field, HfJsonWriter *json)
{
    hf_json_writer_begin_array(json, field->key);
    for (guint i = 0; i < list->len; i++) {
        if (field->kind == TEXTS) {
            hf_json_writer_string(json, NULL, list->pdata[i]);
        } else {
            hf_json_writer_break(json);
            write_object(list->pdata[i], field->shape, json, NULL);
        }
    }
    hf_json_writer_end_array(json);
}

static void write_object(const void *object, const Shape *shape, HfJsonWriter *json, const char *key)
{
    hf_json_writer_begin_object(json, key);
    for (const Field *field = shape->fields; field->key != NULL; field++) {
        const void *at = member(object, field);
        if (field->kind == NAME || field->kind == TEXT)
            hf_json_writer_string(json, field->key, *(char *const *)at);
        else if (field->kind == FLAG)
            hf_json_writer_bool(json, field->key, *(const bool *)at);
        else if (field->kind == NUMBER)
            hf_json_writer_int64(json, field->key, *(const int64_t *)at);
        else if (field->kind == WORD)
            hf_json_writer_string(json, field->key, field->words[*(const int *)at]);
        else if (field->kind == PART)
            write_object(at, field->shape, json, field->key);
        else
            write_list(*(GPtrArray *const *)at, field, json);
    }
    hf_json_writer_end_object(json);
}

void hf_neutral_model_write(const HfNeutralModel *self, HfJsonWriter *json, const char *key)
{
    write_object(self, &model_shape, json, key);
}

static bool read_object(const HfJson *json, HfJsonNode node, void *object, const Shape *shape, GError **error);

static bool read_number(const HfJson *json, HfJsonNode node, const char *key, int64_t *number, GError **error)
{
    const char *text = hf_json_scalar(json, hf_json_get(json, node, key), NULL);
    if (text != NULL && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, number, NULL))
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "the model's \"%s\" is no whole number", key);
    return false;
}

static bool read_word(const HfJson *json, HfJsonNode node, const Field *field, int *value, GError **error)
{
    g_autofree char *text = NULL;
    if (!hf_json_get_string(json, node, field->key, &text, error))
        return false;
    for (*value = 0; field->words[*value] != NULL; ++*value)
        if (strcmp(field->words[*value], text) == 0)
            return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "the model's \"%s\" is \"%s\", which is not known here", field->key,
                text);
    return false;
}

static bool read_list(const HfJson *json, HfJsonNode node, const Field *field, GPtrArray *list, GError **error)
{
    HfJsonNode array;
    if (!hf_json_get_array(json, node, field->key, &array, error))
        return false;
    for (HfJsonNode each = hf_json_first(json, array); each != HF_JSON_NONE; each = hf_json_next(json, array, each)) {
        if (field->kind == LIST) {
            if (!read_object(json, each, add(list, field->shape), field->shape, error))
                return false;
            continue;
        }
        char *text = hf_json_string(json, each, error);
        if (text == NULL)
            return false;
        g_ptr_array_add(list, text);
    }
    return true;
}

static bool read_field(const HfJson *json, HfJsonNode node, void *at, const Field *field, GError **error)
{
    switch (field->kind) {
    case NAME:
        return hf_json_get_string(json, node, field->key, at, error);
    case TEXT:
        return hf_json_get_optional_string(json, node, field->key, at, error);
    case FLAG:
        return hf_json_get_bool(json, node, field->key, at, error);
    case NUMBER:
        return read_number(json, node, field->key, at, error);
    case WORD:
        return read_word(json, node, field, at, error);
    case PART:
        return read_object(json, hf_json_get(json, node, field->key), at, field->shape, error);
    case TEXTS:
    case LIST:
        return read_list(json, node, field, *(GPtrArray **)at, error);
    }
    return false;
}

static bool read_object(const HfJson *json, HfJsonNode node, void *object, const Shape *shape, GError **error)
{
    if (node == HF_JSON_NONE || !hf_json_is_object(json, node)) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "the model lacks an object that it must have");
        return false;
    }
    for (const Field *field = shape->fields; field->key != NULL; field++)
        if (!read_field(json, node, member(object, field), field, error))
            return false;
    return true;
}

HfNeutralModel *hf_neutral_model_read(const HfJson *json, HfJsonNode node, GError **error)
{
    g_autoptr(HfNeutralModel) model = hf_neutral_model_new();
    return read_object(json, node, model, &model_shape, error) ? g_steal_pointer(&model) : NULL;
}
