/*
 * For tests/system/test_value_text.py: reads lines "OID HEX" and prints each value's text on a line of its own, with
 * backslash, newline and carriage return escaped, or "error: …". A line "type OID KIND RELATED" describes a type first:
 * RELATED is the base type of a domain, the subtype of a range, the range of a multirange.
 */
#include "pg/type.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_type(HfTypeTable *types, const char *line)
{
    static char name[] = "described";
    HfType type = {.name = name, .has_binary = true};
    uint32_t related;
    if (sscanf(line, "type %" SCNu32 " %c %" SCNu32, &type.oid, &type.kind, &related) != 3)
        g_error("not a type: %s", line);
    *(type.kind == 'd' ? &type.base_oid : &type.subtype_oid) = related;
    hf_type_table_add(types, &type);
}

static GByteArray *bytes_from_hex(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();
    for (; g_ascii_isxdigit(hex[0]) && g_ascii_isxdigit(hex[1]); hex += 2) {
        uint8_t byte = (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
        g_byte_array_append(bytes, &byte, 1);
    }
    return bytes;
}

static void print_value(const HfTypeTable *types, const char *line)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    const char *hex = strchr(line, ' ');
    g_autoptr(GByteArray) bytes = bytes_from_hex(hex == NULL ? "" : hex + 1);
    if (!hf_type_value_text(types, (uint32_t)strtoul(line, NULL, 10), bytes->data, bytes->len, text, &error))
        g_string_printf(text, "error: %s", error->message);
    g_string_replace(text, "\\", "\\\\", 0);
    g_string_replace(text, "\n", "\\n", 0);
    g_string_replace(text, "\r", "\\r", 0);
    puts(text->str);
}

int main(void)
{
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        if (g_str_has_prefix(line, "type "))
            add_type(types, line);
        else
            print_value(types, line);
    }
    free(line);
    return 0;
}
