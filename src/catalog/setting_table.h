/*
 * Settings, webhooks, answers kept for Idempotency-Key, and the counts of /metrics.
 */
#ifndef HF_CATALOG_SETTING_TABLE_H
#define HF_CATALOG_SETTING_TABLE_H

#include "catalog/noun.h"

/* Fields: name, url, secret, must_succeed, is_active. */
extern const HfNoun hf_noun_webhook;

#define HF_WEBHOOK_SECRET "webhook secret" /* what the sealer is told */

typedef struct {
    char *id, *organization_name, *name, *url;
    GBytes *secret;    /* sealed; NULL: the body is not signed */
    bool must_succeed; /* else nothing is halted */
} HfWebhookRow;
void hf_webhook_row_free(HfWebhookRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfWebhookRow, hf_webhook_row_free)
HfWebhookRow *hf_webhook_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The active ones; elements HfWebhookRow. Transfer full. */
GPtrArray *hf_webhook_active(HfCatalog *catalog, const char *organization, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Those of an organization, whose id it has: one JSON object of name and value, with their version as "version". */
extern const HfNoun hf_noun_setting;
/* Inside the transaction that changes some: raises their version, which must be `version` unless that is 0;
 * HF_ERROR_CONFLICT (HF_NOUN_STALE) if it is not. */
bool hf_setting_begin_change(HfCatalog *catalog, const char *organization, int version, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The value as JSON, transfer full; the installation's where the organization has none. NULL without error: neither. */
char *hf_setting_get(HfCatalog *catalog, const char *organization, const char *name, GError **error);
/* How many the organization has. */
bool hf_setting_count(HfCatalog *catalog, const char *organization, uint64_t *count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* `value_json` NULL: removes it. */
bool hf_setting_set(HfCatalog *catalog, const char *organization, const char *name, const char *value_json,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Inside the transaction that does what was asked. With `status` 0 on return it is to be done now, and ended by
 * hf_idempotency_finish in the same transaction; else it was done before, and this is the answer (transfer full): roll
 * back and give it. A second caller with the same key waits for the end of the first one's transaction.
 * HF_ERROR_CONFLICT: the key came with another request.
 */
bool hf_idempotency_begin(HfCatalog *catalog, const char *organization, const char *actor, const char *key,
                          const uint8_t *request_hash, int *status, char **answer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_idempotency_finish(HfCatalog *catalog, const char *organization, const char *actor, const char *key, int status,
                           const char *answer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * For /metrics, of the whole installation, as JSON, transfer full:
 * {"jobs": [{"pool", "kind", "state", "count"}], (queued and running)
 *  "ended": [{"kind", "state", "count"}], (of the last 24 hours)
 *  "backups": {"count", "bytes"}, "halted": n,
 *  "alarms": [{"organization", "server", "database", "raised": bool, "last_good_s": since 1970 or null}]}
 */
char *hf_metrics(HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
