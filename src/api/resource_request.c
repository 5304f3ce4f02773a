/*
 * Whatever makes a job: POST /backups, DELETE /backups/{id} … The route names the function of service/request_<kind>.h.
 *
 * It can be sent again without making a second job: with the same Idempotency-Key, by the same actor, the first answer
 * is given again for a day. That answer is written in the transaction that makes the job, so there is never one without
 * the other.
 */
#include "api/resources.h"
#include "base/error.h"
#include "catalog/setting_table.h"
#include "crypto/password.h"

#include <string.h>

#define MAX_KEY 200

typedef struct {
    const char *key; /* NULL: the request may make another job each time */
    uint8_t hash[32];
    int known; /* the status that was answered before; 0: none */
    char *answer;
} Again;

/* Over what makes the request what it is, however its body was spelled. */
static void hash_request(const HfRequest *request, uint8_t hash[32])
{
    HfJsonWriter writer;
    g_autoptr(GString) text = g_string_new(request->method);
    g_string_append_c(text, ' ');
    g_string_append_len(text, request->path, (gssize)request->path_length);
    g_string_append_c(text, '\n');
    hf_json_writer_init(&writer, text);
    if (request->json != NULL)
        hf_json_copy(request->json, 0, &writer, NULL);
    hf_sha256(text->str, text->len, hash);
}

static bool read_key(const HfRequest *request, Again *again, GError **error)
{
    again->key = hf_request_header(request, "Idempotency-Key");
    if (again->key != NULL && (*again->key == '\0' || strlen(again->key) > MAX_KEY)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "Idempotency-Key is a text of 1 to %d bytes", MAX_KEY);
        return false;
    }
    if (again->key != NULL)
        hash_request(request, again->hash);
    return true;
}

static bool ask_known(HfApi *api, const HfPrincipal *principal, Again *again, GError **error)
{
    return again->key == NULL || hf_idempotency_begin(api->catalog, principal->organization, principal->actor,
                                                      again->key, again->hash, &again->known, &again->answer, error);
}

static bool make(HfApi *api, HfRequester *requester, const HfRoute *route, const HfRequest *request, Again *again,
                 GError **error)
{
    const HfPrincipal *principal = request->principal;
    HfJsonNode body = request->json != NULL ? 0 : HF_JSON_NONE;
    if (!hf_job_check_room(api->catalog, principal->organization, error))
        return false;
    again->answer = route->request(requester, request->ids[0], request->json, body, error);
    return again->answer != NULL &&
           (again->key == NULL || hf_idempotency_finish(api->catalog, principal->organization, principal->actor,
                                                        again->key, 202, again->answer, error));
}

static bool run(HfApi *api, HfRequester *requester, const HfRoute *route, const HfRequest *request, Again *again,
                GError **error)
{
    if (!hf_catalog_begin(api->catalog, error))
        return false;
    bool done = ask_known(api, request->principal, again, error) &&
                (again->known != 0 || make(api, requester, route, request, again, error));
    if (done && again->known == 0 && hf_catalog_commit(api->catalog, error)) {
        hf_request_publish(requester);
        return true;
    }
    hf_catalog_rollback(api->catalog);
    hf_request_forget(requester);
    return done && again->known != 0;
}

bool hf_request_handle(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    const HfPrincipal *principal = request->principal;
    Again again = {0};
    HfRequester requester = {.catalog = api->catalog,
                             .queue = api->queue,
                             .sealer = api->sealer,
                             .organization = principal->organization,
                             .actor = principal->actor,
                             .address = request->address};
    bool done = read_key(request, &again, error) && run(api, &requester, route, request, &again, error);
    if (done)
        hf_response_json(response, again.known != 0 ? again.known : 202, g_steal_pointer(&again.answer));
    g_free(again.answer);
    return done;
}
