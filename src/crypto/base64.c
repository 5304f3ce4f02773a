#include "crypto/base64.h"

#include <string.h>

/* GLib's decoder passes over what it does not know, so strictness is had by encoding again and comparing. */
uint8_t *hf_base64_decode(const char *text, size_t length, HfBase64Padding padding, size_t *decoded_length)
{
    if (padding == HF_BASE64_RAW && memchr(text, '=', length) != NULL)
        return NULL;
    g_autoptr(GString) padded = g_string_new_len(text, (gssize)length);
    while (padding == HF_BASE64_RAW && padded->len % 4 != 0)
        g_string_append_c(padded, '=');

    g_autofree uint8_t *data = g_base64_decode(padded->str, decoded_length);
    g_autofree char *again = g_base64_encode(data, *decoded_length);
    if (strlen(again) != padded->len || memcmp(again, padded->str, padded->len) != 0)
        return NULL;
    return g_steal_pointer(&data);
}

char *hf_base64_encode_raw(const void *data, size_t length)
{
    char *text = g_base64_encode(data, length);
    char *padding = strchr(text, '=');
    if (padding != NULL)
        *padding = '\0';
    return text;
}
