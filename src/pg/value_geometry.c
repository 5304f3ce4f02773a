#include "pg/value.h"

#include <string.h>

enum { POINT_BYTES = 16 };

static void append_coordinate(HfValueInput *in, GString *text)
{
    uint64_t bits = hf_value_take_u64(in);
    double number;
    memcpy(&number, &bits, sizeof number);
    hf_value_append_double(text, number);
}

static void append_points(HfValueInput *in, GString *text, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            g_string_append_c(text, ',');
        hf_value_point(in, text);
    }
}

/* A path or polygon has at least one point. */
static uint32_t take_point_count(HfValueInput *in)
{
    uint32_t count = hf_value_take_count(in, POINT_BYTES);
    if (count == 0)
        hf_value_refuse(in);
    return count;
}

void hf_value_point(HfValueInput *in, GString *text)
{
    g_string_append_c(text, '(');
    append_coordinate(in, text);
    g_string_append_c(text, ',');
    append_coordinate(in, text);
    g_string_append_c(text, ')');
}

void hf_value_lseg(HfValueInput *in, GString *text)
{
    g_string_append_c(text, '[');
    append_points(in, text, 2);
    g_string_append_c(text, ']');
}

void hf_value_box(HfValueInput *in, GString *text)
{
    append_points(in, text, 2);
}

void hf_value_path(HfValueInput *in, GString *text)
{
    bool closed = hf_value_take_u8(in) != 0;
    uint32_t count = take_point_count(in);
    g_string_append_c(text, closed ? '(' : '[');
    append_points(in, text, count);
    g_string_append_c(text, closed ? ')' : ']');
}

void hf_value_polygon(HfValueInput *in, GString *text)
{
    uint32_t count = take_point_count(in);
    g_string_append_c(text, '(');
    append_points(in, text, count);
    g_string_append_c(text, ')');
}

void hf_value_line(HfValueInput *in, GString *text)
{
    g_string_append_c(text, '{');
    append_coordinate(in, text);
    g_string_append_c(text, ',');
    append_coordinate(in, text);
    g_string_append_c(text, ',');
    append_coordinate(in, text);
    g_string_append_c(text, '}');
}

void hf_value_circle(HfValueInput *in, GString *text)
{
    g_string_append_c(text, '<');
    hf_value_point(in, text);
    g_string_append_c(text, ',');
    append_coordinate(in, text);
    g_string_append_c(text, '>');
}
