/*
 * Tells an organization's webhooks what becomes of its services: a POST of a JSON object {"id", "event", "at",
 * "job_id", "organization_id", "organization", "server", "database_id", "database", "outcome"}, tried a few times with
 * the same id. With a secret it carries
 *
 *   Holdfast-Signature: t=<seconds since 1970>,v1=<HMAC-SHA256 in hexadecimal of "<t>.<body>" under the secret>
 */
#ifndef HF_SERVICE_WEBHOOK_H
#define HF_SERVICE_WEBHOOK_H

#include "base/configuration.h"
#include "catalog/catalog.h"
#include "catalog/setting_table.h"
#include "crypto/seal.h"

#include <gio/gio.h>

typedef struct {
    const char *event; /* "halt.before", "halt.after"; "test", which is of no job and no database */
    const char *job_id, *organization, *server, *database_id, *database;
    const char *outcome; /* after: "succeeded", "failed", "lost", "moved", "opened"; NULL: it is yet to be seen */
} HfWebhookEvent;

/* Tells all that are active, one after the other. Who cannot be told is a warning; before a halt, with one that must
 * succeed, it is HF_ERROR_CONFLICT, and the others are not told. Blocks, for each at most a minute or so. */
bool hf_webhook_tell(HfCatalog *catalog, const HfSealer *sealer, const HfConfiguration *configuration,
                     const HfWebhookEvent *event, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sends a "test" to one, active or not, once and for at most ten seconds. *status is what it answered with, 0 if it did
 * not; true: with one of 200 to 299. */
bool hf_webhook_try(const HfWebhookRow *webhook, const HfSealer *sealer, const HfConfiguration *configuration,
                    const char *organization, int *status, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
