#include "service/request_body.h"

#include "base/error.h"

#include <string.h>

#define DEFAULT_BYTES 200

static bool refuse(const HfBodyRule *rule, const char *expected, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s: %s is expected", rule->name, expected);
    return false;
}

static const HfBodyRule *find(const HfBodyRule *rules, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

/* ---- Checks --------------------------------------------------------------------------------------------------------
 */

static bool is_plain(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    return true;
}

static bool check_text(const HfBodyRule *rule, const HfJson *json, HfJsonNode value, GError **error)
{
    bool is_string = false;
    const char *text = hf_json_scalar(json, value, &is_string);
    size_t most = rule->max != 0 ? rule->max : DEFAULT_BYTES;
    if (!is_string || text == NULL)
        return refuse(rule, "a text", error);
    if ((rule->type == HF_BODY_ID || rule->type == HF_BODY_IDS) && !g_uuid_string_is_valid(text))
        return refuse(rule, "an id", error);
    if (strlen(text) > most || !is_plain(text))
        return refuse(rule, "a shorter text without control characters", error);
    if (rule->type != HF_BODY_CHOICE)
        return true;
    g_auto(GStrv) choices = g_strsplit(rule->choices, " ", -1);
    g_autofree char *expected = g_strconcat("one of ", rule->choices, NULL);
    return g_strv_contains((const char *const *)choices, text) || refuse(rule, expected, error);
}

static bool check_list(const HfBodyRule *rule, const HfJson *json, HfJsonNode value, GError **error)
{
    if (!hf_json_is_array(json, value) || hf_json_size(json, value) > HF_BODY_MAX_ITEMS)
        return refuse(rule, "an array of at most 200 texts", error);
    for (HfJsonNode item = hf_json_first(json, value); item != HF_JSON_NONE; item = hf_json_next(json, value, item))
        if (!check_text(rule, json, item, error))
            return false;
    return true;
}

static bool check_pairs(const HfBodyRule *rule, const HfJson *json, HfJsonNode value, GError **error)
{
    if (!hf_json_is_object(json, value) || hf_json_size(json, value) > HF_BODY_MAX_ITEMS)
        return refuse(rule, "an object of at most 200 texts", error);
    for (size_t i = 0; i < hf_json_size(json, value); i++)
        if (!check_text(rule, json, hf_json_get(json, value, hf_json_key(json, value, i)), error))
            return false;
    return true;
}

static bool check_number(const HfBodyRule *rule, const HfJson *json, HfJsonNode value, GError **error)
{
    bool is_string = true;
    guint64 number;
    const char *text = hf_json_scalar(json, value, &is_string);
    if (text != NULL && !is_string && g_ascii_string_to_unsigned(text, 10, rule->min, rule->max, &number, NULL))
        return true;
    g_autofree char *expected =
        g_strdup_printf("a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, rule->min, rule->max);
    return refuse(rule, expected, error);
}

static bool check_boolean(const HfBodyRule *rule, const HfJson *json, HfJsonNode value, GError **error)
{
    bool is_string = true;
    const char *text = hf_json_scalar(json, value, &is_string);
    return (!is_string && (g_strcmp0(text, "true") == 0 || g_strcmp0(text, "false") == 0)) ||
           refuse(rule, "true or false", error);
}

static bool check_value(const HfBodyRule *rule, const HfJson *json, HfJsonNode value, GError **error)
{
    switch (rule->type) {
    case HF_BODY_IDS:
    case HF_BODY_TEXTS:
        return check_list(rule, json, value, error);
    case HF_BODY_PAIRS:
        return check_pairs(rule, json, value, error);
    case HF_BODY_OBJECT:
        return hf_json_is_object(json, value) || refuse(rule, "an object", error);
    case HF_BODY_NUMBER:
        return check_number(rule, json, value, error);
    case HF_BODY_BOOLEAN:
        return check_boolean(rule, json, value, error);
    default:
        return check_text(rule, json, value, error);
    }
}

/* The member's value; HF_JSON_NONE if it is absent or null. */
static HfJsonNode member(const HfJson *json, HfJsonNode body, const char *name)
{
    HfJsonNode value = body == HF_JSON_NONE ? HF_JSON_NONE : hf_json_get(json, body, name);
    return value != HF_JSON_NONE && hf_json_is_null(json, value) ? HF_JSON_NONE : value;
}

bool hf_body_check(const HfJson *json, HfJsonNode body, const HfBodyRule *rules, size_t count, GError **error)
{
    if (body != HF_JSON_NONE && !hf_json_is_object(json, body)) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "a JSON object is expected");
        return false;
    }
    for (size_t i = 0; body != HF_JSON_NONE && i < hf_json_size(json, body); i++) {
        const char *name = hf_json_key(json, body, i);
        if (find(rules, count, name) == NULL) {
            g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%.100s: there is no such member", name);
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        HfJsonNode value = member(json, body, rules[i].name);
        if (value == HF_JSON_NONE && rules[i].required) {
            g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s is missing", rules[i].name);
            return false;
        }
        if (value != HF_JSON_NONE && !check_value(&rules[i], json, value, error))
            return false;
    }
    return true;
}

void hf_body_copy(const HfJson *json, HfJsonNode body, const HfBodyRule *rules, size_t count, HfJsonWriter *writer)
{
    for (size_t i = 0; i < count; i++) {
        HfJsonNode value = member(json, body, rules[i].name);
        if (value != HF_JSON_NONE && rules[i].type != HF_BODY_SECRET)
            hf_json_copy(json, value, writer, rules[i].name);
    }
}

char *hf_body_write(const HfJson *json, HfJsonNode body, const HfBodyRule *rules, size_t count)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_body_copy(json, body, rules, count, &writer);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

/* ---- Reading what was checked --------------------------------------------------------------------------------------
 */

const char *hf_body_text(const HfJson *json, HfJsonNode body, const char *name)
{
    HfJsonNode value = member(json, body, name);
    return value != HF_JSON_NONE ? hf_json_scalar(json, value, NULL) : NULL;
}

uint64_t hf_body_number(const HfJson *json, HfJsonNode body, const char *name, uint64_t otherwise)
{
    const char *text = hf_body_text(json, body, name);
    guint64 number;
    return text != NULL && g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, &number, NULL) ? number : otherwise;
}

bool hf_body_boolean(const HfJson *json, HfJsonNode body, const char *name)
{
    return g_strcmp0(hf_body_text(json, body, name), "true") == 0;
}

char **hf_body_texts(const HfJson *json, HfJsonNode body, const char *name)
{
    HfJsonNode list = member(json, body, name);
    if (list == HF_JSON_NONE)
        return NULL;
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    for (HfJsonNode item = hf_json_first(json, list); item != HF_JSON_NONE; item = hf_json_next(json, list, item)) {
        const char *text = hf_json_scalar(json, item, NULL);
        if (text != NULL)
            g_strv_builder_add(texts, text);
    }
    return g_strv_builder_end(texts);
}
