/* Resumes what a job that died has halted. */
#include "worker/halt.h"
#include "worker/place.h"

bool hf_job_run_resume(HfJobRun *run, GError **error)
{
    g_auto(HfPlace) place = {0};
    hf_progress_set_phase(run->progress, "resuming services");
    return hf_place_open(&place, run, error) && hf_halt_recover(run, place.server, place.database, place.target, error);
}
