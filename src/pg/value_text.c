#include "pg/value.h"

#include "base/error.h"

#include <string.h>

void hf_value_refuse(HfValueInput *in)
{
    in->malformed = true;
    in->left = 0;
}

const uint8_t *hf_value_take_bytes(HfValueInput *in, size_t length)
{
    if (length > in->left || in->malformed) {
        hf_value_refuse(in);
        return NULL;
    }
    const uint8_t *bytes = in->at;
    in->at += length;
    in->left -= length;
    return bytes;
}

static uint64_t take_integer(HfValueInput *in, size_t bytes)
{
    const uint8_t *at = hf_value_take_bytes(in, bytes);
    uint64_t value = 0;
    for (size_t i = 0; at != NULL && i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

uint8_t hf_value_take_u8(HfValueInput *in)
{
    return (uint8_t)take_integer(in, 1);
}

uint16_t hf_value_take_u16(HfValueInput *in)
{
    return (uint16_t)take_integer(in, 2);
}

uint32_t hf_value_take_u32(HfValueInput *in)
{
    return (uint32_t)take_integer(in, 4);
}

uint64_t hf_value_take_u64(HfValueInput *in)
{
    return take_integer(in, 8);
}

uint32_t hf_value_take_count(HfValueInput *in, size_t item_bytes)
{
    uint32_t count = hf_value_take_u32(in);
    if (count <= in->left / item_bytes)
        return count;
    hf_value_refuse(in);
    return 0;
}

const char *hf_value_take_cstring(HfValueInput *in)
{
    const uint8_t *end = in->left == 0 ? NULL : memchr(in->at, '\0', in->left);
    if (end != NULL)
        return (const char *)hf_value_take_bytes(in, (size_t)(end - in->at) + 1);
    hf_value_refuse(in);
    return "";
}

void hf_value_append_number(GString *text, uint64_t number, unsigned width)
{
    char digits[20];
    size_t first = sizeof digits;
    do
        digits[--first] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    for (size_t count = sizeof digits - first; count < width; count++)
        g_string_append_c(text, '0');
    g_string_append_len(text, digits + first, (gssize)(sizeof digits - first));
}

void hf_value_append_signed(GString *text, int64_t number)
{
    if (number < 0)
        g_string_append_c(text, '-');
    hf_value_append_number(text, number < 0 ? -(uint64_t)number : (uint64_t)number, 1);
}

void hf_value_append(const HfTypeTable *types, uint32_t oid, HfValueInput *in, GString *text)
{
    HfValueDecoder decode = hf_type_decoder(types, oid);
    if (decode != NULL) {
        decode(in, text);
        return;
    }
    const HfType *type = hf_type_table_get(types, oid);
    switch (type->kind) {
    case 'd':
        hf_value_append(types, type->base_oid, in, text);
        break;
    case 'e':
        hf_value_string(in, text);
        break;
    case 'r':
        hf_value_range(types, type->subtype_oid, in, text);
        break;
    case 'm':
        hf_value_multirange(types, type->subtype_oid, in, text);
        break;
    default: /* of the safe types only arrays remain */
        hf_value_array(types, type->element_oid, in, text);
    }
}

bool hf_type_value_text(const HfTypeTable *self, uint32_t oid, const uint8_t *value, size_t length, GString *text,
                        GError **error)
{
    const char *unsafe_reason = hf_type_binary_unsafe_reason(self, oid);
    if (unsafe_reason != NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                    "a binary value of the type with OID %u cannot be read (%s); such columns travel as text: "
                    "the archive's list of columns is damaged",
                    oid, unsafe_reason);
        return false;
    }
    HfValueInput in = {.at = value, .left = length};
    gsize start = text->len;
    hf_value_append(self, oid, &in, text);
    if (!in.malformed && in.left == 0)
        return true;
    g_string_truncate(text, start);
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                "%zu bytes that should be a value of type %s are not one; the data are damaged: verify the archive",
                length, hf_type_table_get(self, oid)->name);
    return false;
}
