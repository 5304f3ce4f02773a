/*
 * Watching a job. A poll costs one round trip to Redis: who asks, the document, the new lines. When Redis does not have
 * the job or all of those lines, or is away, the catalog answers.
 */
#include "api/change.h"
#include "api/guard.h"
#include "api/resources.h"
#include "base/error.h"
#include "catalog/job.h"

#include <string.h>

#define LINES_A_POLL 1000

static bool read_after(const HfRequest *request, int64_t *after, GError **error)
{
    const char *text = hf_request_parameter(request, "after");
    guint64 number = 0;
    if (text != NULL && !g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &number, NULL)) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "after is the cursor of the answer before");
        return false;
    }
    *after = (int64_t)number;
    return true;
}

/*
 * The ETag is the revision and what the answer starts after: an answer for another cursor is another one, although the
 * job's state is the same. 0: the poller has none for this cursor.
 */
static uint64_t known_revision(const HfRequest *request, int64_t after)
{
    const char *header = hf_request_header(request, "If-None-Match");
    char *end;
    if (header == NULL || *header != '"')
        return 0;
    uint64_t revision = g_ascii_strtoull(header + 1, &end, 10);
    bool fits = *end == '-' && g_ascii_strtoll(end + 1, &end, 10) == after && strcmp(end, "\"") == 0;
    return fits ? revision : 0;
}

static void set_etag(HfResponse *response, uint64_t revision, int64_t after)
{
    g_autofree char *tag = g_strdup_printf("\"%" G_GUINT64_FORMAT "-%" G_GINT64_FORMAT "\"", revision, after);
    hf_response_header(response, "ETag", tag);
}

static bool not_found(const char *id, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "there is no job %s", id);
    return false;
}

/* The document with its log in it: the closing brace of the one makes room for the other. */
static void answer_view(HfResponse *response, const HfJobView *view)
{
    int length = (int)strlen(view->document) - 1;
    char *json = g_strdup_printf("%.*s,\"log\":%s,\"cursor\":%" G_GINT64_FORMAT "}", length, view->document,
                                 view->lines->str, view->last_seq);
    hf_response_json(response, 200, json);
}

/* Its ETag is its digest: there is no revision without Redis. */
static bool answer_from_catalog(HfApi *api, const HfRequest *request, int64_t after, HfResponse *response,
                                GError **error)
{
    char *json =
        hf_job_document(api->catalog, request->principal->organization, request->ids[0], after, LINES_A_POLL, error);
    if (json == NULL)
        return false;
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, json, -1);
    g_autofree char *tag = g_strdup_printf("\"%.32s\"", digest);
    bool known = g_strcmp0(hf_request_header(request, "If-None-Match"), tag) == 0;
    hf_response_json(response, known ? 304 : 200, json);
    hf_response_header(response, "ETag", tag);
    return true;
}

static bool answer(HfApi *api, const HfRequest *request, int64_t after, const HfJobView *view, HfResponse *response,
                   GError **error)
{
    if (view->organization == NULL)
        return answer_from_catalog(api, request, after, response, error);
    if (strcmp(view->organization, request->principal->organization) != 0)
        return not_found(request->ids[0], error);
    if (view->is_known)
        response->status = 304;
    else if (view->document != NULL)
        answer_view(response, view);
    else
        return answer_from_catalog(api, request, after, response, error);
    set_etag(response, view->revision, after);
    return true;
}

/* Who asks came with the view, if Redis knew. */
static bool check(HfApi *api, const HfRoute *route, HfRequest *request, const HfJobView *view, HfResponse *response,
                  GError **error)
{
    request->principal = hf_guard_from_kept(api, request, view->principal);
    if (request->principal == NULL && !hf_guard_find_principal(api, route, request, error))
        return false;
    return hf_guard_check(api, route, request, response);
}

bool hf_job_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    HfJobView view = {0};
    int64_t after = 0;
    g_autoptr(GError) wrong = NULL;
    const char *id = request->ids[0];
    bool good = read_after(request, &after, &wrong) && (g_uuid_string_is_valid(id) || not_found(id, &wrong));
    hf_guard_read_credentials(api, request);
    g_autoptr(GError) away = NULL;
    if (good && request->principal_hash != NULL &&
        !hf_queue_view_job(api->queue, request->principal_hash, id, after, known_revision(request, after), &view,
                           &away))
        g_debug("the catalog is asked: %s", away->message);
    bool done = check(api, route, request, &view, response, error);
    if (done && !good)
        g_propagate_error(error, g_steal_pointer(&wrong));
    done = done && good && answer(api, request, after, &view, response, error);
    hf_job_view_clear(&view);
    return done;
}

/* A queued job is cancelled without a worker that would tell Redis; a running one learns of it there at once. */
static void tell_queue(HfApi *api, const char *organization, const char *id, bool ended)
{
    g_autoptr(GError) away = NULL;
    unsigned kept_s = ended ? HF_QUEUE_ENDED_S : HF_QUEUE_LIVE_S;
    g_autofree char *document = hf_job_document(api->catalog, organization, id, 0, 0, &away);
    if (document == NULL || !hf_queue_ask_cancel(api->queue, id, &away) ||
        !hf_queue_mirror(api->queue, id, organization, document, HF_QUEUE_ALL_LINES, kept_s, &away))
        g_info("the worker of the job %s learns of the cancel with its next heartbeat: %s", id, away->message);
}

bool hf_job_handle_cancel(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    const char *id = request->ids[0];
    g_autofree char *state = NULL;
    (void)route;
    if (!hf_catalog_begin(api->catalog, error))
        return false;
    bool done = hf_job_cancel(api->catalog, request->principal->organization, id, &state, error);
    if (!hf_change_end(api, request, &(HfChange){.action = "job.cancel", .id = id}, done, response, error))
        return false;
    tell_queue(api, request->principal->organization, id, strcmp(state, "running") != 0);
    hf_response_json(response, 202, g_strdup_printf("{\"job_id\":\"%s\",\"state\":\"%s\"}", id, state));
    return true;
}
