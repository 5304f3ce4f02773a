#include "pg/value.h"

void hf_value_int2(HfValueInput *in, GString *text)
{
    hf_value_append_signed(text, (int16_t)hf_value_take_u16(in));
}

void hf_value_int4(HfValueInput *in, GString *text)
{
    hf_value_append_signed(text, (int32_t)hf_value_take_u32(in));
}

void hf_value_int8(HfValueInput *in, GString *text)
{
    hf_value_append_signed(text, (int64_t)hf_value_take_u64(in));
}

void hf_value_unsigned4(HfValueInput *in, GString *text)
{
    hf_value_append_number(text, hf_value_take_u32(in), 1);
}

void hf_value_unsigned8(HfValueInput *in, GString *text)
{
    hf_value_append_number(text, hf_value_take_u64(in), 1);
}

void hf_value_money(HfValueInput *in, GString *text)
{
    int64_t cents = (int64_t)hf_value_take_u64(in);
    uint64_t magnitude = cents < 0 ? -(uint64_t)cents : (uint64_t)cents;
    if (cents < 0)
        g_string_append_c(text, '-');
    hf_value_append_number(text, magnitude / 100, 1);
    g_string_append_c(text, '.');
    hf_value_append_number(text, magnitude % 100, 2);
}

/* A numeric is a sequence of groups of four decimal digits; group i counts 10000^(weight - i). */
enum {
    NUMERIC_POSITIVE = 0x0000,
    NUMERIC_NEGATIVE = 0x4000,
    NUMERIC_NAN = 0xC000,
    NUMERIC_INFINITY = 0xD000,
    NUMERIC_MINUS_INFINITY = 0xF000,
    NUMERIC_MAX_SCALE = 0x3FFF,
    DIGITS_IN_GROUP = 4,
};

typedef struct {
    const uint8_t *groups;
    int count;
    int weight;
    int scale; /* digits after the point */
} Numeric;

/* Zero outside of the groups that are stored. */
static unsigned group_at(const Numeric *number, int index)
{
    if (index < 0 || index >= number->count)
        return 0;
    return (unsigned)number->groups[2 * index] << 8 | number->groups[2 * index + 1];
}

static void append_fraction(GString *text, const Numeric *number)
{
    if (number->scale == 0)
        return;
    g_string_append_c(text, '.');
    gsize end = text->len + (gsize)number->scale;
    for (int i = number->weight + 1; text->len < end; i++)
        hf_value_append_number(text, group_at(number, i), DIGITS_IN_GROUP);
    g_string_truncate(text, end);
}

static void append_finite(GString *text, const Numeric *number)
{
    hf_value_append_number(text, number->weight < 0 ? 0 : group_at(number, 0), 1);
    for (int i = 1; i <= number->weight; i++)
        hf_value_append_number(text, group_at(number, i), DIGITS_IN_GROUP);
    append_fraction(text, number);
}

static bool groups_are_valid(const Numeric *number)
{
    if (number->groups == NULL)
        return false;
    for (int i = 0; i < number->count; i++)
        if (group_at(number, i) > 9999)
            return false;
    return true;
}

void hf_value_numeric(HfValueInput *in, GString *text)
{
    Numeric number = {.count = hf_value_take_u16(in), .weight = (int16_t)hf_value_take_u16(in)};
    uint16_t sign = hf_value_take_u16(in);
    number.scale = hf_value_take_u16(in);
    number.groups = hf_value_take_bytes(in, 2 * (size_t)number.count);
    if (!groups_are_valid(&number) || number.scale > NUMERIC_MAX_SCALE) {
        hf_value_refuse(in);
        return;
    }
    switch (sign) {
    case NUMERIC_NEGATIVE:
        g_string_append_c(text, '-');
        append_finite(text, &number);
        break;
    case NUMERIC_POSITIVE:
        append_finite(text, &number);
        break;
    case NUMERIC_NAN:
        g_string_append(text, "NaN");
        break;
    case NUMERIC_INFINITY:
        g_string_append(text, "Infinity");
        break;
    case NUMERIC_MINUS_INFINITY:
        g_string_append(text, "-Infinity");
        break;
    default:
        hf_value_refuse(in);
    }
}
