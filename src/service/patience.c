#include "service/patience.h"

#include "base/error.h"

#define AGAIN_US (100 * 1000)

bool hf_patience_try(HfPatienceTry try_once, gpointer data, uint64_t patience_ms, GCancellable *cancellable,
                     GError **error)
{
    gint64 until_us = g_get_monotonic_time() + (gint64)patience_ms * 1000;
    for (bool told = false;; told = true) {
        g_autoptr(GError) reason = NULL;
        if (try_once(data, &reason))
            return true;
        if (!g_error_matches(reason, HF_ERROR, HF_ERROR_CONFLICT) || g_get_monotonic_time() >= until_us) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
        if (!told)
            g_message("waiting, as it may be a dead one: %s", reason->message);
        if (!hf_error_check_cancelled(cancellable, error))
            return false;
        g_usleep(AGAIN_US);
    }
}
