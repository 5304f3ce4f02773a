#include "api/change.h"

#include "api/change_text.h"
#include "base/error.h"
#include "catalog/audit.h"

#include <string.h>

#define MAX_NODES 100000

HfJson *hf_change_look(HfApi *api, const HfNoun *noun, const char *organization, const char *id, GError **error)
{
    g_autofree char *text = hf_noun_get(api->catalog, noun, organization, id, NULL, error);
    return text != NULL ? hf_json_parse("what is changed", text, strlen(text), MAX_NODES, error) : NULL;
}

static char *name_in(const HfJson *json)
{
    char *name = NULL;
    return json != NULL && hf_json_get_optional_string(json, 0, "name", &name, NULL) ? name : NULL;
}

/* What the audit log calls the object. */
static char *object_name(const HfRequest *request, const HfChange *change)
{
    if (change->name != NULL)
        return g_strdup(change->name);
    char *name = name_in(request->json);
    return name != NULL ? name : name_in(change->before);
}

/* What was, and what is now. */
static char *object_detail(HfApi *api, const HfRequest *request, const HfChange *change)
{
    if (change->detail != NULL || change->before == NULL)
        return g_strdup(change->detail);
    /* A person is something else in another organization. */
    const char *organization = change->installation ? NULL : request->principal->organization;
    g_autoptr(HfJson) after = hf_change_look(api, change->noun, organization, change->id, NULL);
    return after != NULL && request->json != NULL ? hf_change_text(change->before, after, request->json)
                                                  : hf_change_text_removed(change->before);
}

bool hf_change_audit(HfApi *api, const HfRequest *request, const HfChange *change, GError **error)
{
    const HfPrincipal *principal = request->principal;
    g_autofree char *kind = g_strndup(change->action, strcspn(change->action, "."));
    g_autofree char *name = object_name(request, change), *detail = object_detail(api, request, change);
    const char *organization = change->organization != NULL ? change->organization : principal->organization;
    HfAuditEvent event = {.organization = change->installation || change->account != NULL ? NULL : organization,
                          .actor = principal->actor,
                          .action = change->action,
                          .object_kind = kind,
                          .object_id = change->id,
                          .object_name = name,
                          .address = request->address,
                          .outcome = "success",
                          .detail = detail};
    return change->account != NULL ? hf_audit_append_of(api->catalog, change->account, &event, error)
                                   : hf_audit_append(api->catalog, &event, error);
}

/* A change of another's version is not just a conflict: 412 says that If-Match did not hold. */
static void answer_stale(GError **error, const HfRequest *request, HfResponse *response)
{
    if (!g_error_matches(*error, HF_ERROR, HF_ERROR_CONFLICT) || !g_str_has_prefix((*error)->message, HF_NOUN_STALE))
        return;
    hf_response_problem(response, 412, "stale", "Changed by somebody else", (*error)->message,
                        "Read it again, and repeat the change if it is still wanted.", request);
    g_clear_error(error);
}

bool hf_change_end(HfApi *api, const HfRequest *request, const HfChange *change, bool done, HfResponse *response,
                   GError **error)
{
    if (done && hf_change_audit(api, request, change, error) && hf_catalog_commit(api->catalog, error))
        return true;
    hf_catalog_rollback(api->catalog);
    answer_stale(error, request, response);
    return false;
}
