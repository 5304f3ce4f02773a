#include "service/request.h"

#include "catalog/audit.h"

#include <string.h>

void hf_request_forget(HfRequester *self)
{
    g_clear_pointer(&self->made, g_ptr_array_unref);
}

void hf_request_publish(HfRequester *self)
{
    g_autoptr(GError) reason = NULL;
    for (guint i = 0; self->queue != NULL && self->made != NULL && reason == NULL && i + 1 < self->made->len; i += 2)
        if (!hf_queue_publish(self->queue, self->made->pdata[i], self->made->pdata[i + 1], &reason))
            g_info("the scheduler will publish the job %s: %s", (char *)self->made->pdata[i + 1], reason->message);
    hf_request_forget(self);
}

char *hf_request_run(HfRequester *self, HfRequestFunction request, const char *id, const HfJson *json, HfJsonNode body,
                     GError **error)
{
    if (!hf_catalog_begin(self->catalog, error))
        return NULL;
    g_autofree char *answer = request(self, id, json, body, error);
    if (answer == NULL || !hf_catalog_commit(self->catalog, error)) {
        hf_catalog_rollback(self->catalog);
        hf_request_forget(self);
        return NULL;
    }
    hf_request_publish(self);
    return g_steal_pointer(&answer);
}

char *hf_request_make(HfRequester *self, HfNewJob *job, const char *object_kind, const char *object_id,
                      const char *object_name, GError **error)
{
    job->created_by = self->actor;
    job->reason = self->reason != NULL ? self->reason : "manual";
    g_autofree char *id = hf_job_create(self->catalog, self->organization, job, error);
    if (id == NULL)
        return NULL;
    g_autofree char *action = g_strconcat(job->kind, ".request", NULL);
    const char *more = job->what != NULL ? job->what : self->why;
    g_autofree char *detail =
        g_strdup_printf("job %s, %s%s%s", id, job->reason, more != NULL ? ": " : "", more != NULL ? more : "");
    const HfAuditEvent event = {.organization = self->organization,
                                .actor = self->actor,
                                .action = action,
                                .object_kind = object_kind,
                                .object_id = object_id,
                                .object_name = object_name,
                                .address = self->address,
                                .outcome = "success",
                                .detail = detail};
    if (!hf_audit_append(self->catalog, &event, error))
        return NULL;
    if (self->made == NULL)
        self->made = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(self->made, g_strdup(job->pool != NULL ? job->pool : "default"));
    g_ptr_array_add(self->made, g_strdup(id));
    return g_steal_pointer(&id);
}

bool hf_request_seal(HfRequester *self, const char *key, GBytes **secret, GError **error)
{
    *secret = key != NULL ? hf_sealer_seal(self->sealer, HF_JOB_SECRET, key, strlen(key), error) : NULL;
    return key == NULL || *secret != NULL;
}

char *hf_request_hold_place(const char *server_id, const char *database_name)
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, database_name, -1);
    return g_strdup_printf("place:%s/%.32s", server_id, digest);
}

char *hf_request_hold_database(const HfDatabaseRow *database)
{
    g_autofree char *place = hf_request_hold_place(database->server_id, database->name);
    return g_strdup_printf("%s database:%s", place, database->id);
}

char *hf_request_answer(const char *job_id)
{
    return g_strdup_printf("{\"job_id\":\"%s\"}", job_id);
}
