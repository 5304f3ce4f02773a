/*
 * The gate: what nginx asks before each request of a site whose database may be swapped (nginx/holdfast-gate.conf). One
 * read of Redis; whatever is away, the gate is open.
 */
#include "api/resources.h"
#include "base/error.h"
#include "base/json.h"

#include <string.h>

/* Who halts the services, and until when; NULL: nobody. Transfer full. */
static char *ask_halt(HfApi *api, const HfRequest *request)
{
    g_autoptr(GError) away = NULL;
    g_autofree char *id = g_ascii_strdown(request->ids[0], -1);
    char *halt = g_uuid_string_is_valid(id) ? hf_queue_gate(api->queue, id, &away) : NULL;
    if (away != NULL)
        g_debug("the gate is open: %s", away->message);
    return halt;
}

/* nginx keeps an answer to the end of this second: its own "1s" may be two. */
static void keep_for_a_second(HfResponse *response)
{
    g_autofree char *now = g_strdup_printf("@%" G_GINT64_FORMAT, g_get_real_time() / G_USEC_PER_SEC);
    hf_response_header(response, "X-Accel-Expires", now);
}

bool hf_gate_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route, (void)error;
    g_autofree char *halt = ask_halt(api, request);
    response->status = halt != NULL ? 403 : 204;
    hf_response_header(response, "X-Holdfast-Gate", halt != NULL ? "halted" : "open");
    keep_for_a_second(response);
    return true;
}

/* ---- For the maintenance page --------------------------------------------------------------------------------------
 */

/* The document of the job that halts, as Redis has it; NULL: it has none. */
static HfJson *ask_job(HfApi *api, const char *id)
{
    HfJobView view = {0};
    HfJson *json = NULL;
    if (id != NULL && hf_queue_view_job(api->queue, "-", id, HF_QUEUE_ALL_LINES, 0, &view, NULL) &&
        view.document != NULL)
        json = hf_json_parse("a job's document", view.document, strlen(view.document), 100000, NULL);
    hf_job_view_clear(&view);
    return json;
}

static void write_text(HfJsonWriter *writer, const char *name, const HfJson *json)
{
    g_autofree char *text = NULL;
    if (json != NULL)
        (void)!hf_json_get_optional_string(json, 0, name, &text, NULL);
    hf_json_writer_string(writer, name, text);
}

static void write_percent(HfJsonWriter *writer, const HfJson *job)
{
    HfJsonNode progress = job != NULL ? hf_json_get(job, 0, "progress") : HF_JSON_NONE;
    if (progress != HF_JSON_NONE && !hf_json_is_null(job, progress))
        hf_json_copy(job, hf_json_get(job, progress, "percent"), writer, "percent");
    else
        hf_json_writer_string(writer, "percent", NULL);
}

/* What anybody may see who is kept waiting: nothing of the database but how far it is. */
bool hf_gate_handle_progress(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route, (void)error;
    g_autofree char *text = ask_halt(api, request), *id = NULL;
    g_autoptr(HfJson) halt = text != NULL ? hf_json_parse("the gate", text, strlen(text), 100, NULL) : NULL;
    if (halt != NULL)
        (void)!hf_json_get_optional_string(halt, 0, "job_id", &id, NULL);
    g_autoptr(HfJson) job = ask_job(api, id);
    HfJsonWriter writer;
    GString *answer = g_string_new(NULL);
    hf_json_writer_init(&writer, answer);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "is_halted", text != NULL);
    write_text(&writer, "until", halt);
    write_text(&writer, "phase", job);
    write_percent(&writer, job);
    hf_json_writer_end_object(&writer);
    hf_response_json(response, 200, g_string_free(answer, FALSE));
    return true;
}
