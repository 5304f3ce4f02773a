#include "catalog/row.h"

#include "base/error.h"
#include "base/json.h"

#include <string.h>

const char *hf_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

const char *hf_number(HfNumber *self, int64_t value)
{
    g_snprintf(self->text, sizeof self->text, "%" G_GINT64_FORMAT, value);
    return self->text;
}

static char *hex_parameter(const uint8_t *data, gsize length)
{
    GString *text = g_string_sized_new(2 * length + 2);
    g_string_append(text, "\\x");
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(text, "%02x", data[i]);
    return g_string_free(text, FALSE);
}

char *hf_bytes_parameter(GBytes *bytes)
{
    gsize length = 0;
    const uint8_t *data = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    return data != NULL ? hex_parameter(data, length) : g_strdup("");
}

char *hf_hash_parameter(const uint8_t hash[32])
{
    return hex_parameter(hash, 32);
}

char *hf_list_parameter(const char *const *texts)
{
    HfJsonWriter writer;
    GString *list = g_string_new(NULL);
    hf_json_writer_init(&writer, list);
    hf_json_writer_begin_array(&writer, NULL);
    for (; *texts != NULL; texts++)
        hf_json_writer_string(&writer, NULL, *texts);
    hf_json_writer_end_array(&writer);
    return g_string_free(list, FALSE);
}

bool hf_not_found(const char *what, const char *id, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "there is no %s %s", what, id);
    return false;
}

bool hf_id_check(const char *what, const char *id, GError **error)
{
    return id == NULL || g_uuid_string_is_valid(id) || hf_not_found(what, id, error);
}

void hf_row_texts(void *self, const HfPgRows *rows, size_t row, const size_t *offsets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *(char **)(void *)((char *)self + offsets[i]) = g_strdup(hf_pg_rows_text(rows, row, (int)i));
}

void hf_row_free_texts(void *self, const size_t *offsets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        g_free(*(char **)(void *)((char *)self + offsets[i]));
}

GBytes *hf_row_bytes(const HfPgRows *rows, size_t row, int column)
{
    const char *text = hf_pg_rows_text(rows, row, column);
    if (text == NULL || !g_str_has_prefix(text, "\\x"))
        return NULL;
    gsize length = strlen(text + 2) / 2;
    uint8_t *data = g_malloc(MAX(length, 1));
    for (gsize i = 0; i < length; i++)
        data[i] = (uint8_t)(g_ascii_xdigit_value(text[2 + 2 * i]) << 4 | g_ascii_xdigit_value(text[3 + 2 * i]));
    return g_bytes_new_take(data, length);
}

char **hf_rows_list(const HfPgRows *rows)
{
    GStrvBuilder *list = g_strv_builder_new();
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        g_strv_builder_add(list, hf_pg_rows_text(rows, i, 0));
    char **texts = g_strv_builder_end(list);
    g_strv_builder_unref(list);
    return texts;
}
