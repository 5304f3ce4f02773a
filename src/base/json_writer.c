#include "base/json.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void require(bool holds, const char *rule)
{
    if (G_UNLIKELY(!holds))
        g_error("JSON writer: %s", rule);
}

void hf_json_writer_init(HfJsonWriter *self, GString *text)
{
    *self = (HfJsonWriter){.text = text, .first = true};
}

void hf_json_writer_break(HfJsonWriter *self)
{
    self->line_break = true;
}

static void append_break(HfJsonWriter *self)
{
    if (self->line_break)
        g_string_append_c(self->text, '\n');
    self->line_break = false;
}

static void append_escaped(GString *text, unsigned char c)
{
    static const char names[] = "\"\\bfnrt", values[] = "\"\\\b\f\n\r\t";

    const char *value = strchr(values, c);
    if (value != NULL)
        g_string_append_printf(text, "\\%c", names[value - values]);
    else
        g_string_append_printf(text, "\\u%04x", c);
}

static void append_valid(GString *text, const char *at, const char *end)
{
    const char *plain = at;
    for (; at < end; at++) {
        if ((unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
            continue;
        g_string_append_len(text, plain, at - plain);
        append_escaped(text, (unsigned char)*at);
        plain = at + 1;
    }
    g_string_append_len(text, plain, at - plain);
}

static void append_string(GString *text, const char *value)
{
    const char *end;

    g_string_append_c(text, '"');
    while (!g_utf8_validate(value, -1, &end)) {
        append_valid(text, value, end);
        g_string_append(text, "\xEF\xBF\xBD");
        value = end + 1;
    }
    append_valid(text, value, end);
    g_string_append_c(text, '"');
}

/* What stands before a value: the comma, the line break and the key. */
static void prepare(HfJsonWriter *self, const char *key)
{
    bool in_object = self->depth > 0 && self->stack[self->depth - 1] == '{';
    require(in_object == (key != NULL), "a key belongs to every value inside an object and to no other");
    require(self->depth > 0 || self->first, "one value at the root");
    if (!self->first)
        g_string_append_c(self->text, ',');
    self->first = false;
    self->nodes += key != NULL ? 2 : 1;
    append_break(self);
    if (key != NULL) {
        append_string(self->text, key);
        g_string_append_c(self->text, ':');
    }
}

static void begin(HfJsonWriter *self, const char *key, char bracket)
{
    prepare(self, key);
    require(self->depth < sizeof self->stack, "nested too deep");
    self->stack[self->depth++] = bracket;
    self->first = true;
    g_string_append_c(self->text, bracket);
}

static void end(HfJsonWriter *self, char open, char close)
{
    require(self->depth > 0 && self->stack[self->depth - 1] == open, "an end without its begin");
    self->depth--;
    self->first = false;
    append_break(self);
    g_string_append_c(self->text, close);
}

void hf_json_writer_begin_object(HfJsonWriter *self, const char *key)
{
    begin(self, key, '{');
}

void hf_json_writer_end_object(HfJsonWriter *self)
{
    end(self, '{', '}');
}

void hf_json_writer_begin_array(HfJsonWriter *self, const char *key)
{
    begin(self, key, '[');
}

void hf_json_writer_end_array(HfJsonWriter *self)
{
    end(self, '[', ']');
}

void hf_json_writer_string(HfJsonWriter *self, const char *key, const char *value)
{
    prepare(self, key);
    if (value != NULL)
        append_string(self->text, value);
    else
        g_string_append(self->text, "null");
}

void hf_json_writer_uint64(HfJsonWriter *self, const char *key, uint64_t value)
{
    prepare(self, key);
    g_string_append_printf(self->text, "%" G_GUINT64_FORMAT, value);
}

void hf_json_writer_int64(HfJsonWriter *self, const char *key, int64_t value)
{
    prepare(self, key);
    g_string_append_printf(self->text, "%" G_GINT64_FORMAT, value);
}

void hf_json_writer_fixed(HfJsonWriter *self, const char *key, double value, unsigned digits)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE + DBL_MAX_10_EXP], format[8];

    prepare(self, key);
    g_snprintf(format, sizeof format, "%%.%uf", MIN(digits, 9));
    g_string_append(self->text, g_ascii_formatd(text, sizeof text, format, isfinite(value) ? value : 0));
}

void hf_json_writer_bool(HfJsonWriter *self, const char *key, bool value)
{
    prepare(self, key);
    g_string_append(self->text, value ? "true" : "false");
}

/* The text of a number or a literal, as it was read. */
static void append_primitive(HfJsonWriter *self, const char *key, const char *text)
{
    prepare(self, key);
    g_string_append(self->text, text);
}

void hf_json_copy(const HfJson *self, HfJsonNode node, HfJsonWriter *writer, const char *key)
{
    bool is_string;
    const char *text = hf_json_scalar(self, node, &is_string);
    if (text != NULL && is_string) {
        hf_json_writer_string(writer, key, text);
    } else if (text != NULL) {
        append_primitive(writer, key, text);
    } else if (hf_json_is_array(self, node)) {
        hf_json_writer_begin_array(writer, key);
        for (HfJsonNode n = hf_json_first(self, node); n != HF_JSON_NONE; n = hf_json_next(self, node, n))
            hf_json_copy(self, n, writer, NULL);
        hf_json_writer_end_array(writer);
    } else {
        const char *name;
        hf_json_writer_begin_object(writer, key);
        for (size_t i = 0; (name = hf_json_key(self, node, i)) != NULL; i++)
            hf_json_copy(self, hf_json_get(self, node, name), writer, name);
        hf_json_writer_end_object(writer);
    }
}
