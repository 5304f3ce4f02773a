/*
 * Files that jobs have made for people: a link that works once, as for a backup's file. The bytes are in the catalog,
 * sealed: they are opened and sent piece by piece.
 */
#include "api/change.h"
#include "api/resources.h"
#include "base/error.h"
#include "base/units.h"
#include "catalog/audit.h"
#include "crypto/password.h"
#include "service/job_files.h"

#include <string.h>

#define MAX_LINK 128

/* ---- Making a link -------------------------------------------------------------------------------------------------
 */

/* What is no number is none of a file. Transfer full. */
static HfJobFileRow *find(HfApi *api, const HfRequest *request, GError **error)
{
    guint64 number;
    if (g_ascii_string_to_unsigned(request->ids[1], 10, 0, G_MAXINT32, &number, NULL))
        return hf_job_file_get(api->catalog, request->principal->organization, request->ids[0], (int)number, error);
    g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the job %s has no such file", request->ids[0]);
    return NULL;
}

bool hf_job_file_handle_link(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    uint8_t hash[32];
    (void)route;
    if (!hf_request_only(request, (const char *const[]){NULL}, error))
        return false;
    g_autoptr(HfJobFileRow) file = find(api, request, error);
    g_autofree char *link = file != NULL ? hf_token_new(HF_JOB_FILE_LINK, error) : NULL;
    if (link == NULL || !hf_catalog_begin(api->catalog, error))
        return false;
    int64_t expires_us = MIN(file->expires_us, g_get_real_time() + HF_LINK_S * G_USEC_PER_SEC);
    HfChange change = {.action = "export.link", .id = file->job_id, .name = file->name};
    hf_sha256(link, strlen(link), hash);
    bool done = hf_job_file_link_create(api->catalog, file, hash, request->principal->actor, expires_us, error);
    if (!hf_change_end(api, request, &change, done, response, error))
        return false;
    g_autofree char *expires = hf_format_time(expires_us);
    hf_response_json(response, 201,
                     g_strdup_printf("{\"url\":\"/api/v1/downloads/%s\",\"expires_at\":\"%s\"}", link, expires));
    return true;
}

/* ---- Using it ------------------------------------------------------------------------------------------------------
 */

static bool audit(HfApi *api, const HfRequest *request, const HfJobFileRow *file, const char *actor, GError **error)
{
    HfAuditEvent event = {.organization = file->organization,
                          .actor = actor,
                          .action = "export.download",
                          .object_kind = "export",
                          .object_id = file->job_id,
                          .object_name = file->name,
                          .address = request->address,
                          .outcome = "success"};
    return hf_audit_append(api->catalog, &event, error);
}

/* The link's file; the link is used up, and that is in the audit log. Transfer full. */
static HfJobFileRow *use_up(HfApi *api, const HfRequest *request, GError **error)
{
    uint8_t hash[32];
    const char *link = request->ids[0];
    g_autofree char *actor = NULL;
    g_autoptr(GError) reason = NULL;
    if (strlen(link) >= MAX_LINK)
        return hf_download_no_such_link(error), NULL;
    hf_sha256(link, strlen(link), hash);
    if (!hf_catalog_begin(api->catalog, error))
        return NULL;
    g_autoptr(HfJobFileRow) file = hf_job_file_link_use(api->catalog, hash, &actor, &reason);
    if (file == NULL && reason == NULL)
        hf_download_no_such_link(&reason);
    if (file != NULL && audit(api, request, file, actor, &reason) && hf_catalog_commit(api->catalog, &reason))
        return g_steal_pointer(&file);
    hf_catalog_rollback(api->catalog);
    g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
}

typedef struct {
    HfApi *api;
    HfJobFileRow *file;
} Sent;

static bool send(gpointer data, HfOutput *output, GError **error)
{
    const Sent *self = data;
    return hf_job_file_send(self->api->catalog, self->api->sealer, self->file, output, error);
}

static void free_sent(gpointer data)
{
    Sent *self = data;
    hf_job_file_row_free(self->file);
    g_free(self);
}

bool hf_job_file_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route;
    HfJobFileRow *file = use_up(api, request, error);
    if (file == NULL)
        return false;
    g_autofree char *name = g_uri_escape_string(file->name, NULL, FALSE);
    g_autofree char *disposition = g_strconcat("attachment; filename*=UTF-8''", name, NULL);
    Sent *sent = g_new(Sent, 1);
    *sent = (Sent){api, file};
    hf_response_stream(response, "application/octet-stream", (uint64_t)file->size_bytes, send, sent, free_sent);
    hf_response_header(response, "Content-Disposition", disposition);
    return true;
}
