#include "api/change.h"

#include "base/error.h"
#include "catalog/audit.h"

#include <string.h>

/* What the audit log calls the object. */
static char *object_name(const HfRequest *request, const HfChange *change)
{
    char *name = NULL;
    if (change->name != NULL)
        return g_strdup(change->name);
    return request->json != NULL && hf_json_get_optional_string(request->json, 0, "name", &name, NULL) ? name : NULL;
}

bool hf_change_audit(HfApi *api, const HfRequest *request, const HfChange *change, GError **error)
{
    const HfPrincipal *principal = request->principal;
    g_autofree char *kind = g_strndup(change->action, strcspn(change->action, "."));
    g_autofree char *name = object_name(request, change);
    const char *organization = change->organization != NULL ? change->organization : principal->organization;
    HfAuditEvent event = {.organization = change->installation || change->account != NULL ? NULL : organization,
                          .actor = principal->actor,
                          .action = change->action,
                          .object_kind = kind,
                          .object_id = change->id,
                          .object_name = name,
                          .address = request->address,
                          .outcome = "success",
                          .detail = change->detail};
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
