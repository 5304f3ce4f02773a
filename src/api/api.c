#include "api/api.h"

#include "base/error.h"

#include <string.h>

/* The first line of a file that holds a secret; "" for no file. Transfer full. */
static char *read_first_line(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) reason = NULL;
    if (*path == '\0')
        return g_strdup("");
    if (!g_file_get_contents(path, &text, NULL, &reason)) {
        g_set_error(error, HF_ERROR, HF_ERROR_DENIED, "cannot read a password: %s", reason->message);
        return NULL;
    }
    text[strcspn(text, "\r\n")] = '\0';
    return g_steal_pointer(&text);
}

static const char *or_null(const char *text)
{
    return *text != '\0' ? text : NULL;
}

static bool open_catalog(HfApi *self, GError **error)
{
    g_autofree char *password = read_first_line(self->configuration->catalog_password_file, error);
    if (password == NULL)
        return false;
    self->catalog_target = hf_pg_target_new(self->configuration->catalog_conninfo, or_null(password), error);
    if (self->catalog_target == NULL)
        return false;
    self->catalog = hf_catalog_new(self->catalog_target, NULL);
    return true;
}

static bool open_queue(HfApi *self, GError **error)
{
    const HfConfiguration *configuration = self->configuration;
    g_autofree char *password = read_first_line(configuration->redis_password_file, error);
    if (password == NULL)
        return false;
    self->queue = hf_queue_new(configuration->redis_address, or_null(configuration->redis_user), or_null(password),
                               configuration->redis_prefix);
    return true;
}

bool hf_api_open(HfApi *self, const HfConfiguration *configuration, GError **error)
{
    *self = (HfApi){.configuration = configuration};
    self->sealer = hf_sealer_open(configuration->secret_file, error);
    if (self->sealer != NULL && open_catalog(self, error) && open_queue(self, error))
        return true;
    hf_api_close(self);
    return false;
}

void hf_api_close(HfApi *self)
{
    g_clear_pointer(&self->queue, hf_queue_free);
    g_clear_pointer(&self->catalog, hf_catalog_free);
    g_clear_pointer(&self->sealer, hf_sealer_free);
    g_clear_pointer(&self->catalog_target, hf_pg_target_free);
}
