#include "worker/place.h"

#include "service/own_server.h"

HfPgTarget *hf_worker_reach(const HfJobRun *run, const HfServerRow *server, const char *database, GError **error)
{
    return hf_own_server_unseal(run->catalog, run->worker->configuration, run->worker->sealer, server, database,
                                run->cancellable, error);
}

bool hf_place_open(HfPlace *self, const HfJobRun *run, GError **error)
{
    const HfJobRow *job = run->job;
    self->database = hf_database_get(run->catalog, job->organization, job->database_id, error);
    if (self->database == NULL)
        return false;
    self->server = hf_server_get(run->catalog, job->organization, self->database->server_id, error);
    self->target = self->server != NULL ? hf_worker_reach(run, self->server, self->database->name, error) : NULL;
    return self->target != NULL;
}

void hf_place_close(HfPlace *self)
{
    hf_server_row_free(self->server);
    hf_database_row_free(self->database);
    hf_pg_target_free(self->target);
}
