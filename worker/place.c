#include "worker/place.h"

#include "service/own_server.h"

HfPgTarget *hf_worker_reach(const HfJobRun *run, const HfServerRow *server, const char *database, GError **error)
{
    g_autoptr(HfPgTarget) target = hf_own_server_unseal(run->catalog, run->worker->configuration, run->worker->sealer,
                                                        server, database, run->cancellable, error);
    return target != NULL ? hf_pg_target_discreet(target, true) : NULL;
}

/* False: nobody knows. */
static bool ask_whether_missing(const HfJobRun *run, const HfServerRow *server, const char *name, bool *missing,
                                GError **error)
{
    g_autoptr(HfPgTarget) target = hf_worker_reach(run, server, NULL, error);
    g_autoptr(HfPg) pg = target != NULL ? hf_pg_connect(target, run->cancellable, error) : NULL;
    g_autoptr(HfPgRows) rows = pg != NULL ? hf_pg_query(pg, "SELECT FROM pg_catalog.pg_database WHERE datname = $1",
                                                        (const char *const[]){name, NULL}, error)
                                          : NULL;
    *missing = rows != NULL && hf_pg_rows_count(rows) == 0;
    return rows != NULL;
}

void hf_worker_note_missing(const HfJobRun *run, const HfServerRow *server, const HfDatabaseRow *database)
{
    bool missing;
    g_autoptr(GError) reason = NULL;
    if (!ask_whether_missing(run, server, database->name, &missing, &reason) ||
        (missing && !hf_database_note_missing(run->catalog, database->id, true, &reason)))
        g_warning("whether the server %s has no database %s any more is not noted: %s", server->name, database->name,
                  reason->message);
    else if (missing)
        g_warning("the server %s has no database %s any more", server->name, database->name);
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
