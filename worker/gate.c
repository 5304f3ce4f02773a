#include "worker/gate.h"

#include "base/error.h"
#include "base/units.h"

/* nginx keeps the gate's answer to the end of a second (nginx/holdfast-gate.conf). */
#define CACHE_US (1100 * 1000)
#define LOOK_PAUSE_US 20000

bool hf_gate_close(HfQueue *queue, const char *database_id, const char *job_id, GError **error)
{
    HfJsonWriter writer;
    g_autoptr(GString) json = g_string_new(NULL);
    g_autofree char *until = hf_format_time(g_get_real_time() + HF_QUEUE_GATE_S * G_USEC_PER_SEC);
    hf_json_writer_init(&writer, json);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "job_id", job_id);
    hf_json_writer_string(&writer, "until", until);
    hf_json_writer_end_object(&writer);
    return hf_queue_close_gate(queue, database_id, json->str, error);
}

bool hf_gate_close_for(const HfJobRun *run, const char *database_id, const char *job_id, GError **error)
{
    g_autoptr(GError) away = NULL;
    gint64 until_us = g_get_monotonic_time() + CACHE_US;
    if (!hf_gate_close(run->requester.queue, database_id, job_id, &away)) {
        g_warning("the gate stays open, for Redis does not answer: %s", away->message);
        return true;
    }
    g_message("the gate is closed");
    while (g_get_monotonic_time() < until_us && !g_cancellable_is_cancelled(run->cancellable))
        g_usleep(LOOK_PAUSE_US);
    return hf_error_check_cancelled(run->cancellable, error);
}
