/* Resumes what a job that died has halted; and opens, if somebody asks for it, what a migration has closed for good. */
#include "service/request_body.h"
#include "worker/closed_source.h"
#include "worker/halt.h"
#include "worker/place.h"

bool hf_job_run_resume(HfJobRun *run, GError **error)
{
    g_auto(HfPlace) place = {0};
    hf_progress_set_phase(run->progress, "resuming services");
    return hf_place_open(&place, run, error) &&
           hf_halt_recover(run, place.server, place.database, place.target, error) &&
           hf_closed_source_open(run, &place, hf_body_boolean(run->request, 0, "moved"), error);
}
