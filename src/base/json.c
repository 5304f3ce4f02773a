/*
 * A document is a copy of the text and jsmn's tokens over it; a node is the index of a token. Tokens stand in the order
 * of the text, so the first child of a token is the one after it, and the value of a key too.
 *
 * Once the tokens are known the text between them is not needed any more. So each string is unescaped where it stands
 * and every scalar gets a NUL behind it, over its closing quote or delimiter: from then on all are C strings.
 */
#include "base/json.h"

#include "base/error.h"
#include "base/json_grammar.h"

#include <string.h>

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

struct HfJson {
    char *what;
    char *text;
    jsmntok_t *tokens;
    int *next; /* of each token: its next sibling, or -1. The siblings of a key are the object's other keys. */
    size_t count;
};

void hf_json_free(HfJson *self)
{
    if (self == NULL)
        return;
    g_free(self->what);
    g_free(self->text);
    g_free(self->tokens);
    g_free(self->next);
    g_free(self);
}

/* ---- Parsing -------------------------------------------------------------------------------------------------------
 */

/* Copies the text with a line end behind it, since jsmn wants a delimiter after a number. */
static bool copy_text(HfJson *self, const char *text, size_t length, GError **error)
{
    if (length > G_MAXINT - 2) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "%s has %zu bytes, more than JSON of 2 GiB", self->what, length);
        return false;
    }
    if (length == 0)
        text = ""; /* it may be NULL */
    const char *bad = NULL;
    if (!g_utf8_validate_len(text, length, &bad)) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s is not valid JSON: no UTF-8 text at byte %zu", self->what,
                    (size_t)(bad - text));
        return false;
    }
    self->text = g_malloc(length + 2);
    memcpy(self->text, text, length);
    memcpy(self->text + length, "\n", 2);
    return true;
}

static bool tokenize(HfJson *self, GError **error)
{
    jsmn_parser parser;

    self->tokens = g_new(jsmntok_t, self->count);
    jsmn_init(&parser);
    int count = jsmn_parse(&parser, self->text, strlen(self->text), self->tokens, (unsigned)self->count);
    if (count >= 0 && (size_t)count == self->count)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "%s: the tokenizer gives %d where the grammar counts %zu values",
                self->what, count, self->count);
    return false;
}

/* Backwards over the tokens, next[parent] holds the child seen last, which is the next sibling of the one at hand. */
static void link_siblings(HfJson *self)
{
    self->next = g_new(int, self->count);
    for (size_t i = 0; i < self->count; i++)
        self->next[i] = -1;
    for (size_t i = self->count - 1; i > 0; i--) {
        int parent = self->tokens[i].parent;
        self->next[i] = self->next[parent];
        self->next[parent] = (int)i;
    }
    self->next[0] = -1;
}

static gunichar unit_at(const char *hex)
{
    gunichar unit = 0;
    for (int i = 0; i < 4; i++)
        unit = unit * 16 + (gunichar)g_ascii_xdigit_value(hex[i]);
    return unit;
}

/* Decodes the escape at `from` to `to`; moves both past it. */
static void unescape_one(const char **from, char **to)
{
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";

    char c = (*from)[1];
    if (c != 'u') {
        const char *name = strchr(names, c);
        *(*to)++ = name != NULL ? values[name - names] : c;
        *from += 2;
        return;
    }
    gunichar value = unit_at(*from + 2);
    *from += 6;
    if (value >= 0xD800 && value <= 0xDBFF) {
        value = 0x10000 + ((value - 0xD800) << 10) + (unit_at(*from + 2) - 0xDC00);
        *from += 6;
    }
    *to += g_unichar_to_utf8(value, *to);
}

static void unescape(char *start, const char *end)
{
    const char *from = memchr(start, '\\', (size_t)(end - start));
    if (from == NULL)
        return;
    char *to = start + (from - start);
    while (from < end) {
        if (*from == '\\')
            unescape_one(&from, &to);
        else
            *to++ = *from++;
    }
    *to = '\0';
}

static void make_c_strings(HfJson *self)
{
    for (size_t i = 0; i < self->count; i++) {
        const jsmntok_t *token = &self->tokens[i];
        if (token->type != JSMN_STRING && token->type != JSMN_PRIMITIVE)
            continue;
        self->text[token->end] = '\0';
        if (token->type == JSMN_STRING)
            unescape(self->text + token->start, self->text + token->end);
    }
}

static const char *text_of(const HfJson *self, HfJsonNode node)
{
    return self->text + self->tokens[node].start;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* `keys` is scratch that lasts from object to object. */
static bool check_keys(const HfJson *self, HfJsonNode object, GPtrArray *keys, GError **error)
{
    g_ptr_array_set_size(keys, 0);
    for (int key = (int)object + 1; key != -1; key = self->next[key])
        g_ptr_array_add(keys, self->text + self->tokens[key].start);
    g_ptr_array_sort(keys, compare_texts);
    for (guint i = 1; i < keys->len; i++)
        if (strcmp(keys->pdata[i - 1], keys->pdata[i]) == 0) {
            g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                        "%s is not valid JSON: the key \"%.100s\" twice in an object", self->what,
                        (const char *)keys->pdata[i]);
            return false;
        }
    return true;
}

static bool check_all_keys(const HfJson *self, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    for (size_t i = 0; i < self->count; i++)
        if (self->tokens[i].type == JSMN_OBJECT && self->tokens[i].size > 1 && !check_keys(self, i, keys, error))
            return false;
    return true;
}

HfJson *hf_json_parse(const char *what, const char *text, size_t length, size_t max_nodes, GError **error)
{
    g_autoptr(HfJson) self = g_new0(HfJson, 1);
    self->what = g_strdup(what);
    if (!copy_text(self, text, length, error) ||
        !hf_json_check_grammar(what, self->text, max_nodes, &self->count, error) || !tokenize(self, error))
        return NULL;
    link_siblings(self);
    make_c_strings(self);
    if (!check_all_keys(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

static bool is_type(const HfJson *self, HfJsonNode node, jsmntype_t type)
{
    return node < self->count && self->tokens[node].type == type;
}

bool hf_json_is_object(const HfJson *self, HfJsonNode node)
{
    return is_type(self, node, JSMN_OBJECT);
}

bool hf_json_is_array(const HfJson *self, HfJsonNode node)
{
    return is_type(self, node, JSMN_ARRAY);
}

bool hf_json_is_null(const HfJson *self, HfJsonNode node)
{
    return is_type(self, node, JSMN_PRIMITIVE) && *text_of(self, node) == 'n';
}

size_t hf_json_size(const HfJson *self, HfJsonNode node)
{
    bool container = hf_json_is_object(self, node) || hf_json_is_array(self, node);
    return container ? (size_t)self->tokens[node].size : 0;
}

HfJsonNode hf_json_get(const HfJson *self, HfJsonNode node, const char *key)
{
    if (!hf_json_is_object(self, node) || self->tokens[node].size == 0)
        return HF_JSON_NONE;
    for (int member = (int)node + 1; member != -1; member = self->next[member])
        if (strcmp(text_of(self, (HfJsonNode)member), key) == 0)
            return (HfJsonNode)member + 1;
    return HF_JSON_NONE;
}

const char *hf_json_scalar(const HfJson *self, HfJsonNode node, bool *is_string)
{
    if (is_string != NULL)
        *is_string = is_type(self, node, JSMN_STRING);
    return is_type(self, node, JSMN_STRING) || is_type(self, node, JSMN_PRIMITIVE) ? text_of(self, node) : NULL;
}

const char *hf_json_key(const HfJson *self, HfJsonNode object, size_t index)
{
    if (!hf_json_is_object(self, object) || index >= (size_t)self->tokens[object].size)
        return NULL;
    int member = (int)object + 1;
    while (index-- > 0)
        member = self->next[member];
    return text_of(self, (HfJsonNode)member);
}

HfJsonNode hf_json_first(const HfJson *self, HfJsonNode array)
{
    return hf_json_is_array(self, array) && self->tokens[array].size > 0 ? array + 1 : HF_JSON_NONE;
}

HfJsonNode hf_json_next(const HfJson *self, HfJsonNode array, HfJsonNode element)
{
    (void)array;
    return self->next[element] == -1 ? HF_JSON_NONE : (HfJsonNode)self->next[element];
}

static bool wrong_type(const HfJson *self, HfJsonNode node, const char *key, const char *type, GError **error)
{
    if (node == HF_JSON_NONE)
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s: \"%s\" is missing", self->what, key);
    else
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s: \"%s\" is not %s", self->what, key, type);
    return false;
}

bool hf_json_get_string(const HfJson *self, HfJsonNode object, const char *key, char **value, GError **error)
{
    HfJsonNode node = hf_json_get(self, object, key);
    if (!is_type(self, node, JSMN_STRING))
        return wrong_type(self, node, key, "a string", error);
    *value = g_strdup(text_of(self, node));
    return true;
}

bool hf_json_get_uint64(const HfJson *self, HfJsonNode object, const char *key, uint64_t *value, GError **error)
{
    HfJsonNode node = hf_json_get(self, object, key);
    guint64 number;
    if (!is_type(self, node, JSMN_PRIMITIVE) ||
        !g_ascii_string_to_unsigned(text_of(self, node), 10, 0, G_MAXUINT64, &number, NULL))
        return wrong_type(self, node, key, "a whole number from 0 to 2^64 - 1", error);
    *value = number;
    return true;
}

bool hf_json_get_bool(const HfJson *self, HfJsonNode object, const char *key, bool *value, GError **error)
{
    HfJsonNode node = hf_json_get(self, object, key);
    const char *text = is_type(self, node, JSMN_PRIMITIVE) ? text_of(self, node) : "";
    if (*text != 't' && *text != 'f')
        return wrong_type(self, node, key, "true or false", error);
    *value = *text == 't';
    return true;
}

bool hf_json_get_optional_string(const HfJson *self, HfJsonNode object, const char *key, char **value, GError **error)
{
    HfJsonNode node = hf_json_get(self, object, key);
    if (node != HF_JSON_NONE && !hf_json_is_null(self, node))
        return hf_json_get_string(self, object, key, value, error);
    *value = NULL;
    return true;
}

bool hf_json_get_array(const HfJson *self, HfJsonNode object, const char *key, HfJsonNode *array, GError **error)
{
    HfJsonNode node = hf_json_get(self, object, key);
    if (!hf_json_is_array(self, node))
        return wrong_type(self, node, key, "an array", error);
    *array = node;
    return true;
}

char *hf_json_string(const HfJson *self, HfJsonNode node, GError **error)
{
    if (is_type(self, node, JSMN_STRING))
        return g_strdup(text_of(self, node));
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s: an array holds something other than a string", self->what);
    return NULL;
}
