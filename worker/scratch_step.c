#include "worker/scratch_step.h"

#include "catalog/restore_table.h"
#include "service/copies.h"

bool hf_scratch_step_begin(HfJobRun *run, const HfPgTarget *server, const char *note, GError **error)
{
    const HfJobRow *job = run->job;
    const char *step = *job->step != '\0' ? job->step : HF_STEP_SCRATCH; /* an attempt before may have come further */
    if (!hf_job_set_step(run->catalog, job->id, job->attempt, step, error))
        return false;
    g_autoptr(HfPg) pg = hf_pg_connect(server, run->cancellable, error);
    return pg != NULL && hf_copies_drop_lost(pg, server, note, true, run->cancellable, error);
}
