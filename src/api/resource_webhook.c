/* Webhooks: whom to tell before services are halted and after they resume. The job's log shows no more of them than the
 * name and the status, so that what an address answers is not to be read through us. */
#include "api/resource_noun.h"
#include "api/resources.h"
#include "catalog/setting_table.h"
#include "http/post.h"
#include "service/webhook.h"

static bool check_url(const HfRequest *request, GError **error)
{
    g_autofree char *url = NULL;
    return hf_request_text(request, "url", 2000, &url, error) && (url == NULL || hf_http_check_url(url, error));
}

bool hf_webhook_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    return check_url(request, error) && hf_noun_handle_create(api, route, request, response, error);
}

bool hf_webhook_handle_change(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    return check_url(request, error) && hf_noun_handle_change(api, route, request, response, error);
}

/* ---- Trying one ----------------------------------------------------------------------------------------------------
 */

static void answer_try(HfResponse *response, int status, int64_t duration_us, const char *message)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "ok", *message == '\0');
    if (status != 0)
        hf_json_writer_int64(&writer, "status", status);
    else
        hf_json_writer_string(&writer, "status", NULL);
    hf_json_writer_string(&writer, "message", message);
    hf_json_writer_int64(&writer, "duration_ms", duration_us / 1000);
    hf_json_writer_end_object(&writer);
    hf_response_json(response, 200, g_string_free(text, FALSE));
}

/* That it does not answer is an answer, too: 200. */
bool hf_webhook_handle_test(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    const char *organization = request->principal->organization, *id = request->ids[0];
    int status = 0;
    (void)route;
    g_autoptr(HfWebhookRow) webhook = hf_request_only(request, (const char *const[]){NULL}, error)
                                          ? hf_webhook_get(api->catalog, organization, id, error)
                                          : NULL;
    if (webhook == NULL)
        return false;
    g_autoptr(GError) reason = NULL;
    gint64 begun_us = g_get_monotonic_time();
    bool told = hf_webhook_try(webhook, api->sealer, api->configuration, organization, &status, &reason);
    const char *message = told ? "" : reason->message;
    answer_try(response, status, g_get_monotonic_time() - begun_us, message);
    const HfChange change = {.action = "webhook.test", .id = id, .name = webhook->name, .detail = message};
    return hf_change_audit(api, request, &change, error);
}
