#include "worker/worker.h"

#include "base/json.h"
#include "catalog/job.h"

#include <string.h>
#include <unistd.h>

#define MAX_DOCUMENT_NODES 100000

static const char *or_null(const char *text)
{
    return *text != '\0' ? text : NULL;
}

static bool open_all(HfWorker *self, const char *file, GError **error)
{
    self->configuration = hf_configuration_load(file, error);
    if (self->configuration == NULL)
        return false;
    self->sealer = hf_sealer_open(self->configuration->secret_file, error);
    self->redis_password =
        self->sealer != NULL ? hf_configuration_read_secret(self->configuration->redis_password_file, error) : NULL;
    g_autofree char *password = self->redis_password != NULL
                                    ? hf_configuration_read_secret(self->configuration->catalog_password_file, error)
                                    : NULL;
    if (password == NULL)
        return false;
    self->catalog_target = hf_pg_target_new(self->configuration->catalog_conninfo, or_null(password), error);
    return self->catalog_target != NULL;
}

static char *choose_name(const HfWorker *self, const char *name)
{
    if (name != NULL)
        return g_strdup(name);
    if (*self->configuration->worker_name != '\0')
        return g_strdup(self->configuration->worker_name);
    return g_strdup_printf("%s-%d", g_get_host_name(), (int)getpid());
}

bool hf_worker_open(HfWorker *self, const char *configuration_file, const char *pool, const char *name, GError **error)
{
    *self = (HfWorker){0};
    if (!open_all(self, configuration_file, error)) {
        hf_worker_close(self);
        return false;
    }
    self->name = choose_name(self, name);
    self->actor = g_strconcat("worker ", self->name, NULL);
    self->pool = g_strdup(pool);
    return true;
}

void hf_worker_close(HfWorker *self)
{
    g_clear_pointer(&self->configuration, hf_configuration_free);
    g_clear_pointer(&self->catalog_target, hf_pg_target_free);
    g_clear_pointer(&self->sealer, hf_sealer_free);
    g_clear_pointer(&self->redis_password, g_free);
    g_clear_pointer(&self->name, g_free);
    g_clear_pointer(&self->actor, g_free);
    g_clear_pointer(&self->pool, g_free);
}

HfCatalog *hf_worker_new_catalog(const HfWorker *self)
{
    return hf_catalog_new(self->catalog_target, NULL);
}

HfQueue *hf_worker_new_queue(const HfWorker *self)
{
    const HfConfiguration *configuration = self->configuration;
    return hf_queue_new(configuration->redis_address, or_null(configuration->redis_user), or_null(self->redis_password),
                        configuration->redis_prefix);
}

static unsigned kept_s(const HfJson *document)
{
    bool ended = !hf_json_is_null(document, hf_json_get(document, 0, "ended_at"));
    return ended ? HF_QUEUE_ENDED_S : HF_QUEUE_LIVE_S;
}

void hf_worker_refresh_mirror(HfCatalog *catalog, HfQueue *queue, const char *organization, const char *job,
                              int64_t missing)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *text = hf_job_document(catalog, NULL, job, 0, 0, &reason);
    g_autoptr(HfJson) document =
        text != NULL ? hf_json_parse("the job", text, strlen(text), MAX_DOCUMENT_NODES, &reason) : NULL;
    if (document == NULL || !hf_queue_mirror(queue, job, organization, text, missing, kept_s(document), &reason))
        g_debug("the job %s is not mirrored: %s", job, reason->message);
}
