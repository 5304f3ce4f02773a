#include "archive/archive_json.h"

#include "archive/manifest.h"
#include "base/error.h"
#include "config.h"

/* A newer format may have changed all else, but has these two keys. */
bool hf_archive_json_check_format(const HfJson *json, GError **error)
{
    uint64_t format = 0;
    g_autofree char *product = NULL;
    if (!hf_json_get_uint64(json, 0, "format", &format, error) ||
        !hf_json_get_string(json, 0, "product", &product, error))
        return false;
    if (format == HF_ARCHIVE_FORMAT)
        return true;
    if (format == 0)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CORRUPT, "there is no archive format 0");
    else
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "the archive was written by a newer Holdfast, %.100s, in archive format %" G_GUINT64_FORMAT
                    "; this is %s, which reads format %d: use that version or a later one",
                    product, format, PACKAGE_STRING, HF_ARCHIVE_FORMAT);
    return false;
}

bool hf_archive_json_read_array(const HfJson *json, HfJsonNode object, const char *key,
                                bool (*read)(const HfJson *json, HfJsonNode node, gpointer to, GError **error),
                                gpointer to, GError **error)
{
    HfJsonNode array = HF_JSON_NONE;
    if (!hf_json_get_array(json, object, key, &array, error))
        return false;
    size_t index = 0;
    for (HfJsonNode node = hf_json_first(json, array); node != HF_JSON_NONE; node = hf_json_next(json, array, node)) {
        if (!read(json, node, to, error)) {
            g_prefix_error(error, "%s[%zu]: ", key, index);
            return false;
        }
        index++;
    }
    return true;
}
