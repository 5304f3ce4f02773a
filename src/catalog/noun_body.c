#include "catalog/noun_body.h"

#include "base/error.h"
#include "catalog/row.h"
#include "crypto/seal.h"

#include <string.h>

typedef struct {
    const HfNoun *noun;
    const struct HfSealer *sealer;
    const HfJson *json;
} Body;

static bool unfit(const HfField *field, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
static bool unfit(const HfField *field, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s %s", field->name, what);
    return false;
}

static int64_t bound(const HfField *field, int64_t otherwise)
{
    return field->max > 0 ? field->max : otherwise;
}

/* ---- One reader a type: the value as the text of a parameter -------------------------------------------------------
 */

/* Borrowed; NULL with error. */
static const char *string_of(const Body *body, const HfField *field, HfJsonNode node, GError **error)
{
    bool is_string = false;
    const char *text = hf_json_scalar(body->json, node, &is_string);
    if (text != NULL && is_string)
        return text;
    unfit(field, error, "must be a text");
    return NULL;
}

static bool has_control_characters(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text))
        if (g_unichar_iscntrl(g_utf8_get_char(text)))
            return true;
    return false;
}

static bool read_text(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    const char *text = string_of(body, field, node, error);
    int64_t max = bound(field, 200);
    if (text == NULL)
        return false;
    if (g_utf8_strlen(text, -1) > max)
        return unfit(field, error, "must have at most %" G_GINT64_FORMAT " characters", max);
    if (field->type == HF_FIELD_LINE && (*text == '\0' || has_control_characters(text)))
        return unfit(field, error, "must be one line of text, and not empty");
    *value = g_strdup(text);
    return true;
}

static bool read_integer(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    bool is_string = false, bounded = field->min != 0 || field->max != 0;
    const char *text = hf_json_scalar(body->json, node, &is_string);
    int64_t min = bounded ? field->min : G_MININT64, max = bounded ? field->max : G_MAXINT64;
    if (text == NULL || is_string || !g_ascii_string_to_signed(text, 10, min, max, NULL, NULL))
        return unfit(field, error, "must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
    *value = g_strdup(text);
    return true;
}

static bool read_boolean(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    bool is_string = false;
    const char *text = hf_json_scalar(body->json, node, &is_string);
    if (text == NULL || is_string || (strcmp(text, "true") != 0 && strcmp(text, "false") != 0))
        return unfit(field, error, "must be true or false");
    *value = g_strdup(text);
    return true;
}

static bool read_time(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    const char *text = string_of(body, field, node, error);
    if (text == NULL)
        return false;
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    if (time == NULL)
        return unfit(field, error, "must be a time such as 2026-03-01T02:00:00Z");
    g_autoptr(GDateTime) utc = g_date_time_to_utc(time);
    *value = g_date_time_format(utc, "%Y-%m-%dT%H:%M:%S.%fZ");
    return true;
}

static bool read_id(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    const char *text = string_of(body, field, node, error);
    if (text == NULL)
        return false;
    if (!g_uuid_string_is_valid(text))
        return unfit(field, error, "must be an id");
    *value = g_strdup(text);
    return true;
}

static bool read_ids(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    int64_t max = bound(field, 1000);
    if (!hf_json_is_array(body->json, node) || (int64_t)hf_json_size(body->json, node) > max)
        return unfit(field, error, "must be an array of at most %" G_GINT64_FORMAT " ids", max);
    g_autoptr(GString) list = g_string_new("{");
    for (HfJsonNode n = hf_json_first(body->json, node); n != HF_JSON_NONE; n = hf_json_next(body->json, node, n)) {
        g_autofree char *id = NULL;
        if (!read_id(body, field, n, &id, error))
            return false;
        g_string_append_printf(list, "%s%s", list->len > 1 ? "," : "", id);
    }
    *value = g_strconcat(list->str, "}", NULL);
    return true;
}

static bool read_choice(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    const char *text = string_of(body, field, node, error);
    if (text == NULL)
        return false;
    if (!g_strv_contains(field->choices, text)) {
        g_autofree char *choices = g_strjoinv(", ", (char **)(gpointer)field->choices);
        return unfit(field, error, "must be one of %s", choices);
    }
    *value = g_strdup(text);
    return true;
}

static bool read_object(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    if (!hf_json_is_object(body->json, node))
        return unfit(field, error, "must be an object");
    HfJsonWriter writer;
    g_autoptr(GString) text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_copy(body->json, node, &writer, NULL);
    int64_t max = bound(field, 10000);
    if ((int64_t)text->len > max)
        return unfit(field, error, "must have at most %" G_GINT64_FORMAT " bytes", max);
    *value = g_string_free(g_steal_pointer(&text), FALSE);
    return true;
}

static bool read_secret(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    const char *text = string_of(body, field, node, error);
    int64_t max = bound(field, 1000);
    if (text == NULL)
        return false;
    if (*text == '\0' || (int64_t)strlen(text) > max)
        return unfit(field, error, "must have 1 to %" G_GINT64_FORMAT " bytes", max);
    g_autofree char *purpose = g_strconcat(body->noun->name, " ", field->name, NULL);
    g_autoptr(GBytes) sealed = hf_sealer_seal(body->sealer, purpose, text, strlen(text), error);
    if (sealed == NULL)
        return false;
    *value = hf_bytes_parameter(sealed);
    return true;
}

static bool read_value(const Body *body, const HfField *field, HfJsonNode node, char **value, GError **error)
{
    static bool (*const readers[])(const Body *, const HfField *, HfJsonNode, char **, GError **) = {
        [HF_FIELD_TEXT] = read_text,       [HF_FIELD_LINE] = read_text,     [HF_FIELD_INTEGER] = read_integer,
        [HF_FIELD_BOOLEAN] = read_boolean, [HF_FIELD_TIME] = read_time,     [HF_FIELD_ID] = read_id,
        [HF_FIELD_IDS] = read_ids,         [HF_FIELD_CHOICE] = read_choice, [HF_FIELD_OBJECT] = read_object,
        [HF_FIELD_SECRET] = read_secret,
    };
    if (!hf_json_is_null(body->json, node))
        return readers[field->type](body, field, node, value, error);
    return field->nullable || unfit(field, error, "must have a value");
}

/* ---- The body ------------------------------------------------------------------------------------------------------
 */

static const HfField *find_field(const HfNoun *noun, const char *name, GError **error)
{
    for (size_t i = 0; i < noun->field_count; i++)
        if (strcmp(noun->fields[i].name, name) == 0)
            return &noun->fields[i];
    g_autoptr(GString) names = g_string_new(NULL);
    for (size_t i = 0; i < noun->field_count; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", noun->fields[i].name);
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "a %s has no \"%.60s\"; what it takes: %s", noun->name, name,
                names->str);
    return NULL;
}

static bool check_required(const HfNoun *noun, const HfJson *json, HfJsonNode body, GError **error)
{
    for (size_t i = 0; i < noun->field_count; i++)
        if (noun->fields[i].required && hf_json_get(json, body, noun->fields[i].name) == HF_JSON_NONE)
            return unfit(&noun->fields[i], error, "is missing");
    return true;
}

static void free_value(gpointer data)
{
    HfBodyValue *value = data;
    g_free(value->value);
    g_free(value);
}

GPtrArray *hf_noun_read_body(const HfNoun *noun, const struct HfSealer *sealer, bool creating, const HfJson *json,
                             HfJsonNode node, GError **error)
{
    const Body body = {noun, sealer, json};
    const char *name;
    if (!hf_json_is_object(json, node)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "a %s is a JSON object", noun->name);
        return NULL;
    }
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(free_value);
    for (size_t i = 0; (name = hf_json_key(json, node, i)) != NULL; i++) {
        const HfField *field = find_field(noun, name, error);
        if (field == NULL)
            return NULL;
        if (field->fixed && !creating) {
            unfit(field, error, "cannot be changed any more");
            return NULL;
        }
        HfBodyValue *value = g_new0(HfBodyValue, 1);
        g_ptr_array_add(values, value);
        value->field = field;
        if (!read_value(&body, field, hf_json_get(json, node, name), &value->value, error))
            return NULL;
    }
    return !creating || check_required(noun, json, node, error) ? g_steal_pointer(&values) : NULL;
}
