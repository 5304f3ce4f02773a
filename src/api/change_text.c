#include "api/change_text.h"

#include <string.h>

#define MAX_VALUE 200
#define MAX_TEXT 999

static char *cut(const char *text, size_t most)
{
    const char *end = text + MIN(strlen(text), most);
    while (end > text && (*end & 0xc0) == 0x80)
        end--;
    return *end == '\0' ? g_strdup(text) : g_strdup_printf("%.*s…", (int)(end - text), text);
}

/* "none" for null and for what is not there. Transfer full. */
static char *value_text(const HfJson *json, HfJsonNode node)
{
    HfJsonWriter writer;
    if (node == HF_JSON_NONE || hf_json_is_null(json, node))
        return g_strdup("none");
    char *plain = hf_json_string(json, node, NULL);
    if (plain != NULL)
        return plain;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_copy(json, node, &writer, NULL);
    return g_string_free(text, FALSE);
}

static void add(GString *text, const char *key, const char *was, const char *between, const char *is)
{
    if (text->len >= MAX_TEXT)
        return;
    g_string_append_printf(text, "%s%s: ", text->len > 0 ? "; " : "", key);
    g_string_append_printf(text, "%s%s%s", was, between, is);
}

/* What two values differ in may lie behind what is told of them. */
static void add_values(GString *text, const char *key, const char *was, const char *is)
{
    g_autofree char *old = cut(was, MAX_VALUE), *new = cut(is, MAX_VALUE);
    if (strcmp(old, new) == 0)
        add(text, key, "another", "", "");
    else
        add(text, key, old, " -> ", new);
}

/* A secret is in no representation, but whether there is one. */
static bool has_secret(const HfJson *before, const char *key)
{
    g_autofree char *name = g_strconcat("has_", key, NULL);
    bool has = false;
    return hf_json_get_bool(before, 0, name, &has, NULL) && has;
}

static void add_unknown(GString *text, const HfJson *before, const HfJson *body, const char *key)
{
    if (!hf_json_is_null(body, hf_json_get(body, 0, key)))
        add(text, key, "given anew", "", "");
    else if (has_secret(before, key))
        add(text, key, "taken away", "", "");
}

char *hf_change_text(const HfJson *before, const HfJson *after, const HfJson *body)
{
    const char *key;
    GString *text = g_string_new(NULL);
    for (size_t i = 0; (key = hf_json_key(body, 0, i)) != NULL; i++) {
        HfJsonNode was = hf_json_get(before, 0, key), is = hf_json_get(after, 0, key);
        bool is_known = was != HF_JSON_NONE || is != HF_JSON_NONE;
        g_autofree char *old = value_text(before, was), *new = value_text(after, is);
        if (strcmp(key, "url") == 0 && strcmp(old, new) != 0)
            add(text, key, "another", "", ""); /* there may be a secret in it */
        else if (is_known && strcmp(old, new) != 0)
            add_values(text, key, old, new);
        else if (!is_known)
            add_unknown(text, before, body, key);
    }
    if (text->len == 0)
        g_string_append(text, "nothing is another");
    g_autofree char *whole = g_string_free(text, FALSE);
    return cut(whole, MAX_TEXT);
}

char *hf_change_text_removed(const HfJson *before)
{
    HfJsonNode used = hf_json_get(before, 0, "used_at");
    if (used == HF_JSON_NONE)
        return NULL;
    g_autofree char *role = value_text(before, hf_json_get(before, 0, "role")), *at = value_text(before, used);
    return hf_json_is_null(before, used) ? g_strdup_printf("%s, never used", role)
                                         : g_strdup_printf("%s, used last at %s", role, at);
}
