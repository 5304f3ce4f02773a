#include "service/webhook.h"

#include "base/error.h"
#include "base/json.h"
#include "base/units.h"
#include "crypto/age.h"
#include "crypto/primitives.h"
#include "http/post.h"

#include <string.h>

#define TRIES 3
#define TIMEOUT_MS 10000
#define FIRST_PAUSE_MS 500 /* doubled after each try */
#define LOOK_PAUSE_US 20000

/* ---- The document --------------------------------------------------------------------------------------------------
 */

static char *write_body(const HfWebhookEvent *event, const HfWebhookRow *webhook)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    g_autofree char *id = g_uuid_string_random();
    g_autofree char *now = hf_format_time(g_get_real_time());
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "id", id);
    hf_json_writer_string(&writer, "event", event->event);
    hf_json_writer_string(&writer, "at", now);
    hf_json_writer_string(&writer, "job_id", event->job_id);
    hf_json_writer_string(&writer, "organization_id", event->organization);
    hf_json_writer_string(&writer, "organization", webhook->organization_name);
    hf_json_writer_string(&writer, "server", event->server);
    hf_json_writer_string(&writer, "database_id", event->database_id);
    hf_json_writer_string(&writer, "database", event->database);
    hf_json_writer_string(&writer, "outcome", event->outcome);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

/* *header NULL: there is no secret to sign with. Transfer full. */
static bool sign(const HfSealer *sealer, const HfWebhookRow *webhook, const char *body, char **header, GError **error)
{
    *header = NULL;
    if (webhook->secret == NULL)
        return true;
    gsize length;
    const void *sealed = g_bytes_get_data(webhook->secret, &length);
    char *secret = hf_sealer_open_text(sealer, HF_WEBHOOK_SECRET, sealed, length, error);
    if (secret == NULL)
        return false;
    uint8_t mac[HF_CRYPTO_KEY_BYTES];
    gint64 now_s = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT ".%s", now_s, body);
    bool ok = hf_crypto_hmac_sha256(secret, strlen(secret), text, strlen(text), mac, error);
    hf_age_secret_free(secret);
    if (!ok)
        return false;
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_printf(line, "Holdfast-Signature: t=%" G_GINT64_FORMAT ",v1=", now_s);
    for (size_t i = 0; i < sizeof mac; i++)
        g_string_append_printf(line, "%02x", mac[i]);
    *header = g_strdup(line->str);
    return true;
}

/* ---- Sending -------------------------------------------------------------------------------------------------------
 */

/* *status 0: there was no answer. */
static bool send_once(const HfHttpPost *post, int *status, bool *again, GError **error)
{
    g_autoptr(GError) reason = NULL;
    *status = 0;
    if (!hf_http_post(post, status, &reason)) {
        *again = g_error_matches(reason, HF_ERROR, HF_ERROR_NETWORK);
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    *again = *status >= 500 || *status == 408 || *status == 429;
    if (*status < 200 || *status >= 300)
        g_set_error(error, HF_ERROR, HF_ERROR_NETWORK, "it answered with status %d", *status);
    return *status >= 200 && *status < 300;
}

static bool pause_for(gint64 pause_ms, GCancellable *cancellable, GError **error)
{
    gint64 end_us = g_get_monotonic_time() + pause_ms * 1000;
    while (g_get_monotonic_time() < end_us && !g_cancellable_is_cancelled(cancellable))
        g_usleep(LOOK_PAUSE_US);
    return hf_error_check_cancelled(cancellable, error);
}

static bool deliver(const HfHttpPost *post, int tries, int *status, GError **error)
{
    gint64 pause_ms = FIRST_PAUSE_MS;
    for (int number = 1;; number++, pause_ms *= 2) {
        bool again = false;
        g_autoptr(GError) reason = NULL;
        if (send_once(post, status, &again, &reason))
            return true;
        if (!again || number == tries) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
        if (!pause_for(pause_ms, post->cancellable, error))
            return false;
    }
}

static bool tell(const HfWebhookRow *webhook, const HfSealer *sealer, const char *roots, const HfWebhookEvent *event,
                 int tries, int *status, GCancellable *cancellable, GError **error)
{
    g_autofree char *body = write_body(event, webhook);
    g_autofree char *signature = NULL;
    if (!hf_http_check_url(webhook->url, error) || !sign(sealer, webhook, body, &signature, error))
        return false;
    return deliver(&(HfHttpPost){.url = webhook->url,
                                 .headers = (const char *const[]){signature, NULL},
                                 .body = body,
                                 .roots = *roots != '\0' ? roots : NULL,
                                 .timeout_ms = TIMEOUT_MS,
                                 .cancellable = cancellable},
                   tries, status, error);
}

bool hf_webhook_try(const HfWebhookRow *webhook, const HfSealer *sealer, const HfConfiguration *configuration,
                    const char *organization, int *status, GError **error)
{
    const HfWebhookEvent event = {.event = "test", .organization = organization};
    *status = 0;
    return tell(webhook, sealer, configuration->webhook_roots, &event, 1, status, NULL, error);
}

bool hf_webhook_tell(HfCatalog *catalog, const HfSealer *sealer, const HfConfiguration *configuration,
                     const HfWebhookEvent *event, GCancellable *cancellable, GError **error)
{
    g_autoptr(GPtrArray) webhooks = hf_webhook_active(catalog, event->organization, error);
    for (guint i = 0; webhooks != NULL && i < webhooks->len; i++) {
        const HfWebhookRow *webhook = webhooks->pdata[i];
        int status = 0;
        g_autoptr(GError) reason = NULL;
        if (tell(webhook, sealer, configuration->webhook_roots, event, TRIES, &status, cancellable, &reason)) {
            g_message("the webhook %s was told: %s", webhook->name, event->event);
        } else if (g_error_matches(reason, HF_ERROR, HF_ERROR_CANCELLED)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        } else if (webhook->must_succeed && event->outcome == NULL) {
            g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                        "the webhook %s could not be told (%s), and without that nothing is to be halted: see to what "
                        "it calls, or let it go without",
                        webhook->name, reason->message);
            return false;
        } else {
            g_warning("the webhook %s could not be told %s: %s", webhook->name, event->event, reason->message);
        }
    }
    return webhooks != NULL;
}
