/*
 * A Bech32 text is the human-readable part, "1", and characters of five bits each, of which the last six are a
 * checksum: the remainder of a polynomial division over the prefix (spread into high and low bits) and the data. The
 * text is all lower or all upper case; the checksum is always that of the lower case.
 */
#include "crypto/bech32.h"

#include "base/error.h"
#include "crypto/primitives.h"

#include <string.h>

#define CHECKSUM_CHARS 6

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t checksum_step(uint32_t checksum, uint8_t value)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    uint32_t top = checksum >> 25;
    checksum = (checksum & 0x1ffffff) << 5 ^ value;
    for (unsigned i = 0; i < G_N_ELEMENTS(generator); i++)
        if (top >> i & 1)
            checksum ^= generator[i];
    return checksum;
}

static uint32_t checksum_of_prefix(const char *prefix)
{
    uint32_t checksum = 1;
    for (const char *c = prefix; *c != '\0'; c++)
        checksum = checksum_step(checksum, (uint8_t)g_ascii_tolower(*c) >> 5);
    checksum = checksum_step(checksum, 0);
    for (const char *c = prefix; *c != '\0'; c++)
        checksum = checksum_step(checksum, (uint8_t)g_ascii_tolower(*c) & 31);
    return checksum;
}

static size_t data_chars(size_t length)
{
    return (length * 8 + 4) / 5;
}

/* The i-th group of five bits; past the end of the data are zeros. */
static uint8_t get_group(const uint8_t *data, size_t length, size_t i)
{
    size_t byte = i * 5 / 8;
    unsigned pair = (unsigned)data[byte] << 8 | (byte + 1 < length ? data[byte + 1] : 0);
    return pair >> (11 - i * 5 % 8) & 31;
}

/* The inverse, into zeroed data. False if a bit past the end is set. */
static bool put_group(uint8_t *data, size_t length, size_t i, uint8_t value)
{
    size_t byte = i * 5 / 8;
    unsigned pair = (unsigned)value << (11 - i * 5 % 8);
    data[byte] |= (uint8_t)(pair >> 8);
    if (byte + 1 < length)
        data[byte + 1] |= (uint8_t)pair;
    return byte + 1 < length || (pair & 0xff) == 0;
}

char *hf_bech32_encode(const char *prefix, const uint8_t *data, size_t length)
{
    size_t at = strlen(prefix), chars = data_chars(length);
    char *text = g_malloc0(at + 1 + chars + CHECKSUM_CHARS + 1);
    memcpy(text, prefix, at);
    text[at++] = '1';

    uint32_t checksum = checksum_of_prefix(prefix);
    for (size_t i = 0; i < chars; i++) {
        uint8_t value = get_group(data, length, i);
        checksum = checksum_step(checksum, value);
        text[at++] = alphabet[value];
    }
    for (int i = 0; i < CHECKSUM_CHARS; i++)
        checksum = checksum_step(checksum, 0);
    checksum ^= 1;
    for (int i = 0; i < CHECKSUM_CHARS; i++)
        text[at++] = alphabet[checksum >> 5 * (CHECKSUM_CHARS - 1 - i) & 31];

    for (char *c = text; g_ascii_isupper(*prefix) && *c != '\0'; c++)
        *c = g_ascii_toupper(*c);
    return text;
}

/* What is wrong with the characters after the "1", or NULL. */
static const char *decode_chars(const char *text, const char *prefix, uint8_t *data, size_t length)
{
    uint32_t checksum = checksum_of_prefix(prefix);
    bool upper = g_ascii_isupper(*prefix), padding_is_zero = true;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (upper ? g_ascii_islower(text[i]) : g_ascii_isupper(text[i]))
            return "it mixes upper and lower case";
        const char *found = strchr(alphabet, g_ascii_tolower(text[i]));
        if (found == NULL)
            return "it has a character that no key has";
        uint8_t value = (uint8_t)(found - alphabet);
        checksum = checksum_step(checksum, value);
        if (i < data_chars(length))
            padding_is_zero &= put_group(data, length, i, value);
    }
    if (checksum != 1)
        return "its checksum does not match (mistyped?)";
    return padding_is_zero ? NULL : "its last bits are not zero";
}

bool hf_bech32_decode(const char *text, const char *prefix, uint8_t *data, size_t length, GError **error)
{
    size_t prefix_length = strlen(prefix), whole = prefix_length + 1 + data_chars(length) + CHECKSUM_CHARS;
    const char *defect = NULL;
    memset(data, 0, length);
    if (!g_str_has_prefix(text, prefix) || text[prefix_length] != '1')
        defect = "it starts differently";
    else if (strlen(text) != whole)
        defect = "its length is wrong";
    else
        defect = decode_chars(text + prefix_length + 1, prefix, data, length);
    if (defect == NULL)
        return true;

    hf_crypto_wipe(data, length);
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "not a key of the form %s1… with %zu characters: %s", prefix, whole,
                defect);
    return false;
}
