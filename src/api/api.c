#include "api/guard.h"

static const char *or_null(const char *text)
{
    return *text != '\0' ? text : NULL;
}

static bool open_catalog(HfApi *self, GError **error)
{
    g_autofree char *password = hf_configuration_read_secret(self->configuration->catalog_password_file, error);
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
    g_autofree char *password = hf_configuration_read_secret(configuration->redis_password_file, error);
    if (password == NULL)
        return false;
    self->queue = hf_queue_new(configuration->redis_address, or_null(configuration->redis_user), or_null(password),
                               configuration->redis_prefix);
    return true;
}

bool hf_api_open(HfApi *self, const HfConfiguration *configuration, GError **error)
{
    *self = (HfApi){.configuration = configuration, .beliefs = hf_guard_beliefs_new()};
    self->sealer = hf_sealer_open(configuration->secret_file, error);
    if (self->sealer != NULL && open_catalog(self, error) && open_queue(self, error))
        return true;
    hf_api_close(self);
    return false;
}

void hf_api_close(HfApi *self)
{
    g_clear_pointer(&self->beliefs, g_hash_table_unref);
    g_clear_pointer(&self->queue, hf_queue_free);
    g_clear_pointer(&self->catalog, hf_catalog_free);
    g_clear_pointer(&self->sealer, hf_sealer_free);
    g_clear_pointer(&self->catalog_target, hf_pg_target_free);
}
