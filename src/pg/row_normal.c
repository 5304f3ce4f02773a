/*
 * A server prints an array with what it keeps beside the elements, and takes it without:
 *
 * - An array that held a NULL keeps its map of NULLs when that element is set, and so does a slice of such an array.
 *   array_send then says that there are NULLs. array_recv looks at the elements instead.
 * - An array without elements may have dimensions of length 0 (an empty oidvector that became an oid[]). array_recv
 *   makes one without dimensions of it.
 *
 * So the bytes that were read from a table need not be those that are read back from its copy. We do what array_recv
 * does. Most arrays have neither: then the price is a look at their first bytes. Types in which an array lies deeper
 * (a range over arrays) are not safe in binary, so this has not to look for any.
 */
#include "pg/row_normal.h"

#include "base/error.h"

#include <string.h>

enum {
    MAX_DIMENSIONS = 6,
    ARRAY_FIXED_BYTES = 12, /* number of dimensions, flags, OID of the element type */
    DIMENSION_BYTES = 8,    /* length, lower bound */
    FLAGS_AT = 4,
};

#define NULL_LENGTH UINT32_MAX

struct HfRowNormal {
    size_t count;  /* of fields */
    size_t walked; /* up to the last array */
    bool is_array[];
};

static uint32_t get_u32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_BE(value);
}

static void put_u32(uint8_t *at, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(at, &value, sizeof value);
}

HfRowNormal *hf_row_normal_new(const HfTypeTable *types, const uint32_t *oids, size_t count)
{
    HfRowNormal *self = g_malloc0(sizeof *self + count * sizeof self->is_array[0]);
    self->count = count;
    for (size_t i = 0; i < count; i++) {
        self->is_array[i] = hf_type_is_array(types, oids[i]);
        if (self->is_array[i])
            self->walked = i + 1;
    }
    if (self->walked == 0)
        g_clear_pointer(&self, g_free);
    return self;
}

void hf_row_normal_free(HfRowNormal *self)
{
    g_free(self);
}

/* Elements up to the end, each a length and so many bytes. False if they are not that; stops at a NULL. */
static bool find_null(const uint8_t *at, const uint8_t *end, bool *found)
{
    *found = false;
    while (at < end && !*found) {
        if (end - at < 4)
            return false;
        uint32_t length = get_u32(at);
        at += 4;
        *found = length == NULL_LENGTH;
        if (!*found && length > (size_t)(end - at))
            return false;
        at += *found ? 0 : length;
    }
    return true;
}

/* Sets *length to what it then has. */
static bool normalize_array(uint8_t *value, uint32_t *length)
{
    uint32_t dimensions = *length < ARRAY_FIXED_BYTES ? NULL_LENGTH : get_u32(value);
    if (dimensions > MAX_DIMENSIONS || *length < ARRAY_FIXED_BYTES + dimensions * DIMENSION_BYTES)
        return false;
    uint8_t *elements = value + ARRAY_FIXED_BYTES + dimensions * DIMENSION_BYTES;
    bool empty = dimensions == 0, has_null;
    for (const uint8_t *at = value + ARRAY_FIXED_BYTES; at < elements; at += DIMENSION_BYTES)
        empty = empty || get_u32(at) == 0;
    if (empty) {
        if (elements != value + *length)
            return false;
        put_u32(value, 0);
        put_u32(value + FLAGS_AT, 0);
        *length = ARRAY_FIXED_BYTES;
        return true;
    }
    if (get_u32(value + FLAGS_AT) == 0)
        return true;
    if (!find_null(elements, value + *length, &has_null))
        return false;
    put_u32(value + FLAGS_AT, has_null);
    return true;
}

/* Normalizes the value of `length` bytes, whose length stands before it, and closes the gap that it leaves. */
static bool normalize_field(uint8_t *value, uint32_t *length, uint8_t *row, size_t *row_length)
{
    uint32_t before = *length;
    if (!normalize_array(value, length))
        return false;
    if (*length < before) {
        put_u32(value - 4, *length);
        memmove(value + *length, value + before, (size_t)(row + *row_length - (value + before)));
        *row_length -= before - *length;
    }
    return true;
}

static bool apply(const HfRowNormal *self, uint8_t *row, size_t *length)
{
    size_t at = 2;
    if (*length < at || ((size_t)row[0] << 8 | row[1]) != self->count)
        return false;
    for (size_t i = 0; i < self->walked; i++) {
        if (*length - at < 4)
            return false;
        uint32_t size = get_u32(row + at);
        at += 4;
        if (size == NULL_LENGTH)
            continue;
        if (size > *length - at || (self->is_array[i] && !normalize_field(row + at, &size, row, length)))
            return false;
        at += size;
    }
    return true;
}

bool hf_row_normal_apply(const HfRowNormal *self, uint8_t *row, size_t *length, GError **error)
{
    if (apply(self, row, length))
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "the server's COPY gave a row that is not one of %zu binary fields",
                self->count);
    return false;
}
