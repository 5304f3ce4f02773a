#include "worker/halt.h"

#include "base/units.h"
#include "catalog/restore_table.h"

bool hf_halt_services(HfJobRun *run, const char *database_id, GError **error)
{
    const HfJobRow *job = run->job;
    int64_t until_us = g_get_real_time() + HF_HALT_MAX_S * G_USEC_PER_SEC;
    g_autofree char *until = hf_format_time(until_us);
    g_autofree char *gate = g_strdup_printf("{\"job_id\":\"%s\",\"until\":\"%s\"}", job->id, until);
    g_autoptr(GError) away = NULL;
    if (!hf_halt_begin(run->catalog, job->organization, database_id, job->id, until_us, error))
        return false;
    if (!hf_queue_close_gate(run->requester.queue, database_id, gate, HF_HALT_MAX_S, &away))
        g_warning("the gate stays open, for Redis does not answer: %s", away->message);
    else
        g_message("services are halted until %s at the latest", until);
    return true;
}

void hf_resume_services(HfJobRun *run, const char *database_id)
{
    g_autoptr(GError) reason = NULL;
    bool ended = hf_halt_end(run->catalog, database_id, &reason);
    bool open = hf_queue_open_gate(run->requester.queue, database_id, reason == NULL ? &reason : NULL);
    if (ended && open)
        g_message("services resume");
    else
        g_warning("services resume after %d s at the latest: %s", HF_HALT_MAX_S, reason->message);
}
