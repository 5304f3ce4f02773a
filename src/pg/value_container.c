/*
 * Values that are made of other values: each part is printed at the end of the text and then, if its characters ask for
 * it, put into quotes in place. Parts nest only as deeply as the types do, which pg/type.c bounds.
 */
#include "pg/value.h"

#include <string.h>

enum {
    MAX_DIMENSIONS = 6,
    BOX_OID = 603, /* the one type whose arrays separate elements by a semicolon: its text has commas */
};

/* A few bytes of a numeric can stand for many digits. The server refuses to print more than this, so nothing is lost.
 */
#define MAX_TEXT_BYTES ((gsize)1 << 30)

/* A 32-bit length, then the value of that type. -1 (NULL) has been ruled out. */
static void append_part(const HfTypeTable *types, uint32_t oid, HfValueInput *in, GString *text)
{
    uint32_t length = hf_value_take_count(in, 1);
    HfValueInput part = {.at = hf_value_take_bytes(in, length), .left = length, .malformed = in->malformed};
    gsize start = text->len;
    if (!part.malformed)
        hf_value_append(types, oid, &part, text);
    if (part.malformed || part.left != 0 || text->len - start > MAX_TEXT_BYTES)
        hf_value_refuse(in);
}

static bool is_null(const HfValueInput *in)
{
    static const uint8_t minus_one[] = {0xFF, 0xFF, 0xFF, 0xFF};
    return in->left >= sizeof minus_one && memcmp(in->at, minus_one, sizeof minus_one) == 0;
}

/* Puts the text from `start` on into double quotes. `escape_quote` is what stands before a quote within. */
static void quote_from(GString *text, gsize start, char escape_quote)
{
    g_autofree char *plain = g_strndup(text->str + start, text->len - start);
    g_string_truncate(text, start);
    g_string_append_c(text, '"');
    for (const char *at = plain; *at != '\0'; at++) {
        if (*at == '"')
            g_string_append_c(text, escape_quote);
        else if (*at == '\\')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *at);
    }
    g_string_append_c(text, '"');
}

typedef struct {
    int count;
    uint32_t length[MAX_DIMENSIONS];
    int32_t lower[MAX_DIMENSIONS];
    uint32_t items_below[MAX_DIMENSIONS]; /* how many elements one slice of this dimension holds in all */
    uint32_t items;
} Shape;

/* Every element takes at least the four bytes of its length, which bounds the product. */
static Shape take_shape(HfValueInput *in, int dimensions)
{
    Shape shape = {.count = dimensions};
    uint64_t items = dimensions > 0;
    for (int i = 0; i < dimensions; i++) {
        shape.length[i] = hf_value_take_u32(in);
        shape.lower[i] = (int32_t)hf_value_take_u32(in);
        if (shape.length[i] > INT32_MAX || (int64_t)shape.lower[i] + shape.length[i] > INT32_MAX)
            hf_value_refuse(in);
    }
    for (int i = dimensions; i-- > 0;) {
        items *= shape.length[i];
        if (items > in->left / 4)
            hf_value_refuse(in);
        shape.items_below[i] = (uint32_t)items;
    }
    shape.items = in->malformed ? 0 : (uint32_t)items;
    return shape;
}

/* The bounds are shown where not all of them start at 1. */
static void append_bounds(GString *text, const Shape *shape)
{
    bool usual = true;
    for (int i = 0; i < shape->count; i++)
        usual = usual && shape->lower[i] == 1;
    if (usual)
        return;
    for (int i = 0; i < shape->count; i++)
        g_string_append_printf(text, "[%d:%d]", shape->lower[i], shape->lower[i] + (int32_t)shape->length[i] - 1);
    g_string_append_c(text, '=');
}

/* As many braces as slices begin (or end) at the element of this index. */
static void append_braces(GString *text, const Shape *shape, uint32_t index, char brace)
{
    for (int i = 0; i < shape->count; i++)
        if (index % shape->items_below[i] == 0)
            g_string_append_c(text, brace);
}

static bool element_needs_quotes(const char *element, char delimiter)
{
    if (*element == '\0' || g_ascii_strcasecmp(element, "NULL") == 0)
        return true;
    for (; *element != '\0'; element++)
        if (strchr("\"\\{} \t\n\r\v\f", *element) != NULL || *element == delimiter)
            return true;
    return false;
}

static void append_element(const HfTypeTable *types, uint32_t oid, HfValueInput *in, GString *text, char delimiter)
{
    if (is_null(in)) {
        (void)hf_value_take_u32(in);
        g_string_append(text, "NULL");
        return;
    }
    gsize start = text->len;
    append_part(types, oid, in, text);
    if (element_needs_quotes(text->str + start, delimiter))
        quote_from(text, start, '\\');
}

void hf_value_array(const HfTypeTable *types, uint32_t element_oid, HfValueInput *in, GString *text)
{
    uint32_t dimensions = hf_value_take_u32(in);
    uint32_t has_nulls = hf_value_take_u32(in);
    uint32_t oid = hf_value_take_u32(in);
    if (dimensions > MAX_DIMENSIONS || has_nulls > 1 || oid != element_oid) {
        hf_value_refuse(in);
        return;
    }
    Shape shape = take_shape(in, (int)dimensions);
    if (shape.items == 0) {
        g_string_append(text, "{}");
        return;
    }
    gsize start = text->len;
    char delimiter = element_oid == BOX_OID ? ';' : ',';
    append_bounds(text, &shape);
    for (uint32_t i = 0; i < shape.items && !in->malformed; i++) {
        if (i > 0)
            g_string_append_c(text, delimiter);
        append_braces(text, &shape, i, '{');
        append_element(types, element_oid, in, text, delimiter);
        append_braces(text, &shape, i + 1, '}');
        if (text->len - start > MAX_TEXT_BYTES)
            hf_value_refuse(in);
    }
}

enum { RANGE_EMPTY = 1, RANGE_LOWER_INCLUSIVE = 2, RANGE_UPPER_INCLUSIVE = 4, RANGE_NO_LOWER = 8, RANGE_NO_UPPER = 16 };

static void append_range_bound(const HfTypeTable *types, uint32_t oid, HfValueInput *in, GString *text)
{
    gsize start = text->len;
    append_part(types, oid, in, text);
    const char *bound = text->str + start;
    if (*bound == '\0' || strpbrk(bound, "\"\\()[], \t\n\r\v\f") != NULL)
        quote_from(text, start, '"');
}

void hf_value_range(const HfTypeTable *types, uint32_t subtype_oid, HfValueInput *in, GString *text)
{
    uint8_t flags = hf_value_take_u8(in);
    if (flags & RANGE_EMPTY) {
        g_string_append(text, "empty");
        return;
    }
    g_string_append_c(text, flags & RANGE_LOWER_INCLUSIVE ? '[' : '(');
    if (!(flags & RANGE_NO_LOWER))
        append_range_bound(types, subtype_oid, in, text);
    g_string_append_c(text, ',');
    if (!(flags & RANGE_NO_UPPER))
        append_range_bound(types, subtype_oid, in, text);
    g_string_append_c(text, flags & RANGE_UPPER_INCLUSIVE ? ']' : ')');
}

void hf_value_multirange(const HfTypeTable *types, uint32_t range_oid, HfValueInput *in, GString *text)
{
    uint32_t count = hf_value_take_count(in, sizeof(uint32_t));
    g_string_append_c(text, '{');
    for (uint32_t i = 0; i < count && !in->malformed; i++) {
        if (i > 0)
            g_string_append_c(text, ',');
        append_part(types, range_oid, in, text);
    }
    g_string_append_c(text, '}');
}
