/*
 * Files that jobs have made for people: a link that works once, as for a backup's file. The bytes are in the catalog,
 * sealed: they are opened and sent piece by piece.
 */
#include "api/link.h"
#include "api/resources.h"
#include "base/error.h"
#include "service/job_files.h"

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

/* HfLinkStore */
static bool store(HfApi *api, const HfRequest *request, gconstpointer file, const uint8_t *hash, int64_t expires_us,
                  GError **error)
{
    return hf_job_file_link_create(api->catalog, file, hash, request->principal->actor, expires_us, error);
}

bool hf_job_file_handle_link(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route;
    if (!hf_request_only(request, (const char *const[]){NULL}, error))
        return false;
    g_autoptr(HfJobFileRow) file = find(api, request, error);
    if (file == NULL)
        return false;
    const HfChange change = {.action = "export.link", .id = file->job_id, .name = file->name};
    return hf_link_make(api, request, HF_LINK_JOB_FILE, &change, file->expires_us, store, file, response, error);
}

/* ---- Using it ------------------------------------------------------------------------------------------------------
 */

/* HfLinkUse: `found` is an HfJobFileRow. */
static bool use(HfApi *api, const HfRequest *request, const uint8_t *hash, gpointer found, char **actor,
                HfAuditEvent *event, GError **error)
{
    HfJobFileRow *file = hf_job_file_link_use(api->catalog, hash, actor, error);
    (void)request;
    *(HfJobFileRow **)found = file;
    if (file == NULL)
        return false;
    event->organization = file->organization;
    event->action = "export.download";
    event->object_kind = "export";
    event->object_id = file->job_id;
    event->object_name = file->name;
    return true;
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
    g_autoptr(HfJobFileRow) file = NULL;
    (void)route;
    if (!hf_link_use(api, request, HF_LINK_JOB_FILE, use, &file, error))
        return false;
    uint64_t bytes = (uint64_t)file->size_bytes;
    hf_link_name_file(response, file->name);
    Sent *sent = g_new(Sent, 1);
    *sent = (Sent){api, g_steal_pointer(&file)};
    hf_response_stream(response, "application/octet-stream", bytes, send, sent, free_sent);
    return true;
}
