#include "base/error.h"

#include <gio/gio.h>

typedef struct {
    const char *name;
    int exit_status;
    bool may_pass;
} ErrorKind;

static const ErrorKind kinds[] = {
    [HF_ERROR_USAGE] = {"usage", 2, false},       [HF_ERROR_NOT_FOUND] = {"not-found", 1, false},
    [HF_ERROR_CONFLICT] = {"conflict", 1, false}, [HF_ERROR_DENIED] = {"denied", 1, false},
    [HF_ERROR_LIMIT] = {"limit", 1, false},       [HF_ERROR_NETWORK] = {"network", 1, true},
    [HF_ERROR_DATABASE] = {"database", 1, false}, [HF_ERROR_STORAGE] = {"storage", 1, false},
    [HF_ERROR_CORRUPT] = {"corrupt", 1, false},   [HF_ERROR_WRONG_KEY] = {"wrong-key", 1, false},
    [HF_ERROR_DIFFER] = {"differ", 3, false},     [HF_ERROR_CANCELLED] = {"cancelled", 1, false},
    [HF_ERROR_INTERNAL] = {"internal", 1, false},
};

/* G_DEFINE_QUARK would keep it in a static that threads write without a lock. */
GQuark hf_error_quark(void)
{
    return g_quark_from_static_string("hf-error-quark");
}

static const ErrorKind *kind_of(int code)
{
    return code >= 0 && code < (int)G_N_ELEMENTS(kinds) ? &kinds[code] : &kinds[HF_ERROR_INTERNAL];
}

const char *hf_error_code_name(HfErrorCode code)
{
    return kind_of((int)code)->name;
}

bool hf_error_code_may_pass(HfErrorCode code)
{
    return kind_of((int)code)->may_pass;
}

int hf_error_exit_status(const GError *error)
{
    if (error == NULL)
        return 0;
    return error->domain == HF_ERROR ? kind_of(error->code)->exit_status : 1;
}

bool hf_error_check_cancelled(GCancellable *cancellable, GError **error)
{
    if (!g_cancellable_is_cancelled(cancellable))
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_CANCELLED, "cancelled");
    return false;
}
