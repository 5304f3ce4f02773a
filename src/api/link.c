#include "api/link.h"

#include "base/error.h"
#include "base/units.h"
#include "crypto/password.h"

#include <string.h>

#define LINK_S 300
#define MAX_LINK 128

bool hf_link_make(HfApi *api, const HfRequest *request, const char *prefix, const HfChange *change, int64_t until_us,
                  HfLinkStore store, gconstpointer what, HfResponse *response, GError **error)
{
    uint8_t hash[32];
    g_autofree char *link = hf_token_new(prefix, error);
    if (link == NULL || !hf_catalog_begin(api->catalog, error))
        return false;
    int64_t expires_us = MIN(until_us, g_get_real_time() + LINK_S * G_USEC_PER_SEC);
    hf_sha256(link, strlen(link), hash);
    bool done = store(api, request, what, hash, expires_us, error);
    if (!hf_change_end(api, request, change, done, response, error))
        return false;
    g_autofree char *expires = hf_format_time(expires_us);
    hf_response_json(response, 201,
                     g_strdup_printf("{\"url\":\"/api/v1/downloads/%s\",\"expires_at\":\"%s\"}", link, expires));
    return true;
}

static bool fail_unknown(GError **error)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                        "there is no such link, or not any more: a link works once, and for five minutes");
    return false;
}

bool hf_link_use(HfApi *api, const HfRequest *request, const char *prefix, HfLinkUse use, gpointer found,
                 GError **error)
{
    uint8_t hash[32];
    const char *link = request->ids[0];
    g_autofree char *actor = NULL;
    g_autoptr(GError) reason = NULL;
    HfAuditEvent event = {.address = request->address, .outcome = "success"};
    if (!g_str_has_prefix(link, prefix) || strlen(link) >= MAX_LINK)
        return fail_unknown(error);
    hf_sha256(link, strlen(link), hash);
    if (!hf_catalog_begin(api->catalog, error))
        return false;
    bool used = use(api, request, hash, found, &actor, &event, &reason);
    if (!used && reason == NULL)
        fail_unknown(&reason);
    event.actor = actor;
    if (used && hf_audit_append(api->catalog, &event, &reason) && hf_catalog_commit(api->catalog, &reason))
        return true;
    hf_catalog_rollback(api->catalog);
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

void hf_link_name_file(HfResponse *response, const char *name)
{
    g_autofree char *escaped = g_uri_escape_string(name, NULL, FALSE);
    g_autofree char *disposition = g_strconcat("attachment; filename*=UTF-8''", escaped, NULL);
    hf_response_header(response, "Content-Disposition", disposition);
}
