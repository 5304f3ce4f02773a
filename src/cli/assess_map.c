#include "cli/assess_map.h"

#include "cli/options.h"

#define MAX_BYTES ((gsize)16 << 20)

bool hf_assess_map_read(const char *path, HfAssessOptions *assess, char **text, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (path == NULL)
        return true;
    if (!g_file_get_contents(path, text, &assess->map_length, &reason))
        return hf_option_fail(error, "--map: %s", reason->message);
    if (assess->map_length > MAX_BYTES)
        return hf_option_fail(error, "--map: %s has more than 16 MiB", path);
    assess->map_file = path;
    assess->map_text = *text;
    return true;
}
