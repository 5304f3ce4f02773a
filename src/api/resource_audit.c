/*
 * The audit log's chain: one for the whole installation, so that who sees one organization's rows can check them. A
 * walk may take long, and anybody's may be asked for by auditors of all organizations: so there is one at a time, and
 * what it found is kept in Redis for a minute, signed, for whoever can write there must not be able to say that all is
 * well.
 */
#include "api/resources.h"
#include "base/error.h"
#include "base/units.h"
#include "crypto/password.h"
#include "service/audit_anchor.h"

#include <string.h>

#define CHAIN_S 30 /* with the statement that is under way then, and one more, less than a request may take */
#define KEPT_S 60

/* ---- What was found a moment ago -----------------------------------------------------------------------------------
 */

/* "<signature>\n<until, us>\n<JSON>" */
static void keep(HfApi *api, const char *found)
{
    int64_t until_us = g_get_real_time() + (int64_t)KEPT_S * G_USEC_PER_SEC;
    g_autofree char *what = g_strdup_printf("%" G_GINT64_FORMAT "\n%s", until_us, found);
    g_autofree char *signature = hf_sealer_sign(api->sealer, "audit chain", what);
    g_autofree char *text = g_strconcat(signature, "\n", what, NULL);
    g_autoptr(GError) away = NULL;
    if (!hf_queue_put_chain(api->queue, text, KEPT_S, &away))
        g_debug("what the audit log's walk found is not kept: %s", away->message);
}

/* Transfer full; NULL: nothing that can be believed. */
static char *find_kept(HfApi *api)
{
    g_autofree char *text = hf_queue_get_chain(api->queue, NULL);
    g_auto(GStrv) parts = text != NULL ? g_strsplit(text, "\n", 3) : NULL;
    if (parts == NULL || g_strv_length(parts) != 3)
        return NULL;
    g_autofree char *signature = hf_sealer_sign(api->sealer, "audit chain", text + strlen(parts[0]) + 1);
    bool good = hf_secret_equal(parts[0], signature) && g_ascii_strtoll(parts[1], NULL, 10) > g_get_real_time();
    return good ? g_strdup(parts[2]) : NULL;
}

/* ---- A walk --------------------------------------------------------------------------------------------------------
 */

static void write_end(HfJsonWriter *writer, const HfAuditEnd *end)
{
    hf_json_writer_uint64(writer, "rows", end->rows);
    hf_json_writer_string(writer, "hash", *end->hash != '\0' ? end->hash : NULL);
}

static char *write_found(const HfAuditEnd *end, const HfAuditAnchor *anchor, const GError *broken)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    g_autofree char *now = hf_format_time(g_get_real_time());
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "ok", broken == NULL);
    hf_json_writer_string(&writer, "checked_at", now);
    write_end(&writer, end);
    hf_json_writer_string(&writer, "message", broken != NULL ? broken->message : "");
    if (anchor->at == NULL) {
        hf_json_writer_string(&writer, "anchor", NULL);
    } else {
        hf_json_writer_begin_object(&writer, "anchor");
        write_end(&writer, &anchor->end);
        hf_json_writer_string(&writer, "at", anchor->at);
        hf_json_writer_end_object(&writer);
    }
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

static bool refuse_second(const HfRequest *request, HfResponse *response)
{
    hf_response_problem(response, 503, "busy", "Busy for the moment",
                        "the audit log is being checked for somebody else",
                        "Try again in a few seconds: what is found then is yours too.", request);
    hf_response_header(response, "Retry-After", "5");
    return false;
}

static bool refuse_long(const HfRequest *request, HfResponse *response, const GError *reason)
{
    hf_response_problem(response, 503, "busy", "It takes too long", reason->message,
                        "Ask who runs the installation for \"holdfast audit verify\".", request);
    return false;
}

/* Inside a transaction. */
static bool walk(HfApi *api, const HfRequest *request, HfResponse *response, GError **error)
{
    bool only;
    HfAuditEnd end;
    g_auto(HfAuditAnchor) anchor = {0};
    g_autoptr(GError) reason = NULL;
    int64_t until_us = g_get_monotonic_time() + (int64_t)CHAIN_S * G_USEC_PER_SEC;
    if (!hf_audit_begin_only_walk(api->catalog, &only, error))
        return false;
    if (!only)
        return refuse_second(request, response);
    bool whole = hf_audit_anchor_verify(api->catalog, api->sealer, api->configuration->audit_anchor, until_us, &end,
                                        &anchor, &reason);
    if (g_error_matches(reason, HF_ERROR, HF_ERROR_LIMIT) && g_get_monotonic_time() >= until_us)
        return refuse_long(request, response, reason);
    if (!whole && !g_error_matches(reason, HF_ERROR, HF_ERROR_CORRUPT)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    char *found = write_found(&end, &anchor, reason);
    keep(api, found);
    hf_response_json(response, 200, found);
    return true;
}

bool hf_audit_handle_chain(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    char *kept = find_kept(api);
    (void)route;
    if (kept != NULL) {
        hf_response_json(response, 200, kept);
        return true;
    }
    if (!hf_catalog_begin(api->catalog, error))
        return false;
    bool done = walk(api, request, response, error);
    hf_catalog_rollback(api->catalog); /* nothing was written */
    return done;
}
