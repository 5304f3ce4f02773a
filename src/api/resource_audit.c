/* The audit log's chain: one for the whole installation, so that who sees one organization's rows can check them. */
#include "api/resources.h"
#include "base/error.h"
#include "service/audit_anchor.h"

#define CHAIN_S 40 /* less than a request may take */

static void write_end(HfJsonWriter *writer, const HfAuditEnd *end)
{
    hf_json_writer_uint64(writer, "rows", end->rows);
    hf_json_writer_string(writer, "hash", *end->hash != '\0' ? end->hash : NULL);
}

static void answer(HfResponse *response, const HfAuditEnd *end, const HfAuditAnchor *anchor, const GError *broken)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "ok", broken == NULL);
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
    hf_response_json(response, 200, g_string_free(text, FALSE));
}

bool hf_audit_handle_chain(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    HfAuditEnd end;
    g_auto(HfAuditAnchor) anchor = {0};
    g_autoptr(GError) reason = NULL;
    int64_t until_us = g_get_monotonic_time() + (int64_t)CHAIN_S * G_USEC_PER_SEC;
    (void)route;
    bool whole = hf_audit_anchor_verify(api->catalog, api->sealer, api->configuration->audit_anchor, until_us, &end,
                                        &anchor, &reason);
    if (g_error_matches(reason, HF_ERROR, HF_ERROR_LIMIT)) {
        hf_response_problem(response, 503, "busy", "It takes too long", reason->message,
                            "Ask who runs the installation for \"holdfast audit verify\".", request);
        return false;
    }
    if (whole || g_error_matches(reason, HF_ERROR, HF_ERROR_CORRUPT)) {
        answer(response, &end, &anchor, reason);
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}
