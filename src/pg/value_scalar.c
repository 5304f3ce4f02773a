#include "pg/value.h"

#include <arpa/inet.h>
#include <string.h>

static void append_hex(GString *text, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        g_string_append_c(text, digits[bytes[i] >> 4]);
        g_string_append_c(text, digits[bytes[i] & 15]);
    }
}

void hf_value_bool(HfValueInput *in, GString *text)
{
    g_string_append_c(text, hf_value_take_u8(in) != 0 ? 't' : 'f');
}

void hf_value_bytea(HfValueInput *in, GString *text)
{
    g_string_append(text, "\\x");
    append_hex(text, in->at, in->left);
    in->left = 0;
}

/* A byte above ASCII in octal, as from PostgreSQL 16 on: older servers print it raw, which no encoding allows. */
void hf_value_char(HfValueInput *in, GString *text)
{
    uint8_t byte = hf_value_take_u8(in);
    if (byte >= 0x80)
        g_string_append_printf(text, "\\%03o", byte);
    else if (byte != 0)
        g_string_append_c(text, (char)byte);
}

void hf_value_string(HfValueInput *in, GString *text)
{
    if (in->left != 0 && memchr(in->at, '\0', in->left) != NULL)
        hf_value_refuse(in);
    g_string_append_len(text, (const char *)in->at, (gssize)in->left);
    in->left = 0;
}

void hf_value_json_versioned(HfValueInput *in, GString *text)
{
    if (hf_value_take_u8(in) != 1)
        hf_value_refuse(in);
    hf_value_string(in, text);
}

void hf_value_uuid(HfValueInput *in, GString *text)
{
    static const uint8_t group_bytes[] = {4, 2, 2, 2, 6};
    for (size_t i = 0; i < G_N_ELEMENTS(group_bytes); i++) {
        const uint8_t *bytes = hf_value_take_bytes(in, group_bytes[i]);
        if (bytes == NULL)
            return;
        if (i > 0)
            g_string_append_c(text, '-');
        append_hex(text, bytes, group_bytes[i]);
    }
}

void hf_value_bit(HfValueInput *in, GString *text)
{
    uint32_t bits = hf_value_take_u32(in);
    const uint8_t *bytes = hf_value_take_bytes(in, ((size_t)bits + 7) / 8);
    for (uint32_t i = 0; bytes != NULL && i < bits; i++)
        g_string_append_c(text, bytes[i / 8] & 0x80 >> i % 8 ? '1' : '0');
}

void hf_value_tid(HfValueInput *in, GString *text)
{
    uint32_t block = hf_value_take_u32(in);
    uint16_t offset = hf_value_take_u16(in);
    g_string_append_printf(text, "(%u,%u)", block, offset);
}

void hf_value_lsn(HfValueInput *in, GString *text)
{
    uint32_t high = hf_value_take_u32(in);
    uint32_t low = hf_value_take_u32(in);
    g_string_append_printf(text, "%X/%X", high, low);
}

/* The count comes first, then xmin, xmax and the transactions in progress. */
void hf_value_snapshot(HfValueInput *in, GString *text)
{
    uint32_t count = hf_value_take_u32(in);
    if (in->left != (2 + (uint64_t)count) * 8) {
        hf_value_refuse(in);
        return;
    }
    hf_value_append_number(text, hf_value_take_u64(in), 1);
    g_string_append_c(text, ':');
    hf_value_append_number(text, hf_value_take_u64(in), 1);
    g_string_append_c(text, ':');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            g_string_append_c(text, ',');
        hf_value_append_number(text, hf_value_take_u64(in), 1);
    }
}

/* Family (PostgreSQL's own numbers), bits of the netmask, whether it is a cidr, length and bytes of the address. */
static void append_network(HfValueInput *in, GString *text, bool netmask_always)
{
    uint8_t family = hf_value_take_u8(in);
    uint8_t bits = hf_value_take_u8(in);
    hf_value_take_u8(in);
    uint8_t length = hf_value_take_u8(in);
    const uint8_t *address = hf_value_take_bytes(in, length);
    bool v4 = family == 2 && length == 4, v6 = family == 3 && length == 16;
    if (address == NULL || !(v4 || v6) || bits > length * 8) {
        hf_value_refuse(in);
        return;
    }
    char printed[INET6_ADDRSTRLEN];
    g_string_append(text, inet_ntop(v4 ? AF_INET : AF_INET6, address, printed, sizeof printed));
    if (netmask_always || bits < length * 8)
        g_string_append_printf(text, "/%u", bits);
}

void hf_value_inet(HfValueInput *in, GString *text)
{
    append_network(in, text, false);
}

void hf_value_cidr(HfValueInput *in, GString *text)
{
    append_network(in, text, true);
}

static void append_hardware_address(HfValueInput *in, GString *text, size_t length)
{
    const uint8_t *bytes = hf_value_take_bytes(in, length);
    for (size_t i = 0; bytes != NULL && i < length; i++) {
        if (i > 0)
            g_string_append_c(text, ':');
        append_hex(text, bytes + i, 1);
    }
}

void hf_value_macaddr(HfValueInput *in, GString *text)
{
    append_hardware_address(in, text, 6);
}

void hf_value_macaddr8(HfValueInput *in, GString *text)
{
    append_hardware_address(in, text, 8);
}
