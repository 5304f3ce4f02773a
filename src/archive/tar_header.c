/*
 * Why not libarchive: a reader compares each header with the one that must stand there, so its bytes are a matter of
 * our format; a library may choose other ones in its next version. And data need not pass through it.
 */
#include "archive/tar_header.h"

#include <string.h>

/* Numbers are octal digits up to a NUL. */
typedef struct {
    char name[100];
    char mode[8];
    char user_id[8];
    char group_id[8];
    char size[12];
    char mtime[12];
    char checksum[8];
    char type;
    char link_name[100];
    char magic[6];
    char version[2];
    char user[32];
    char group[32];
    char device_major[8];
    char device_minor[8];
    char prefix[155];
    char unused[12];
} Ustar;
G_STATIC_ASSERT(sizeof(Ustar) == HF_TAR_BLOCK);

#define MAX_11_DIGITS ((uint64_t)077777777777)

#define TYPE_FILE '0'
#define TYPE_EXTENDED 'x'

static void put_octal(char *field, size_t width, uint64_t value)
{
    g_snprintf(field, (gulong)width, "%0*" G_GINT64_MODIFIER "o", (int)width - 1, value);
}

/* The sum of all bytes, the checksum's own taken as spaces. */
static void put_checksum(Ustar *header)
{
    unsigned sum = 0;
    memset(header->checksum, ' ', sizeof header->checksum);
    for (size_t i = 0; i < sizeof *header; i++)
        sum += ((const uint8_t *)header)[i];
    put_octal(header->checksum, sizeof header->checksum - 1, sum);
}

static void append_ustar(GByteArray *to, const char *name, char type, uint64_t size_bytes, int64_t mtime)
{
    Ustar header = {.type = type, .magic = "ustar", .version = {'0', '0'}};
    g_assert(strlen(name) <= sizeof header.name);
    memcpy(header.name, name, strlen(name));
    put_octal(header.mode, sizeof header.mode, g_str_has_suffix(name, ".sh") ? 0755 : 0644);
    put_octal(header.user_id, sizeof header.user_id, 0);
    put_octal(header.group_id, sizeof header.group_id, 0);
    put_octal(header.size, sizeof header.size, MIN(size_bytes, MAX_11_DIGITS));
    put_octal(header.mtime, sizeof header.mtime, CLAMP(mtime, 0, (int64_t)MAX_11_DIGITS));
    put_octal(header.device_major, sizeof header.device_major, 0);
    put_octal(header.device_minor, sizeof header.device_minor, 0);
    put_checksum(&header);
    g_byte_array_append(to, (const uint8_t *)&header, sizeof header);
}

/* A record of a pax header starts with its own length, that number's digits among it: two, for every size there is. */
static void append_extended_header(GByteArray *to, uint64_t size_bytes, int64_t mtime)
{
    char block[HF_TAR_BLOCK] = "", record[64];
    g_snprintf(record, sizeof record, " size=%" G_GUINT64_FORMAT "\n", size_bytes);
    g_snprintf(block, sizeof block, "%zu%s", strlen(record) + 2, record);
    append_ustar(to, "PaxHeader", TYPE_EXTENDED, strlen(block), mtime);
    g_byte_array_append(to, (const uint8_t *)block, sizeof block);
}

GByteArray *hf_tar_header(const char *name, uint64_t size_bytes, int64_t mtime)
{
    GByteArray *header = g_byte_array_new();
    if (size_bytes > MAX_11_DIGITS)
        append_extended_header(header, size_bytes, mtime);
    append_ustar(header, name, TYPE_FILE, size_bytes, mtime);
    return header;
}

int64_t hf_tar_header_mtime(const uint8_t header[HF_TAR_BLOCK])
{
    char digits[sizeof((Ustar *)0)->mtime + 1] = "";
    memcpy(digits, header + G_STRUCT_OFFSET(Ustar, mtime), sizeof digits - 1);
    return g_ascii_strtoll(digits, NULL, 8);
}
