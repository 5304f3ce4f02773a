/*
 * Downloads: a link that works once and not for long, for a browser takes a file by its address alone. The bytes are
 * nginx's: the answer names the file below nginx's internal location of its storage root (nginx/holdfast-site.conf),
 * and nginx sends it, or the range that was asked for. (Links of jobs' files: resource_job_file.c.)
 */
#include "api/link.h"
#include "api/resources.h"
#include "base/error.h"
#include "catalog/backup_table.h"
#include "catalog/storage_table.h"
#include "storage/storage.h"

#include <string.h>

/* ---- Making a link -------------------------------------------------------------------------------------------------
 */

static bool check_state(const HfBackupRow *backup, GError **error)
{
    if (strcmp(backup->state, "deleted") != 0 && strcmp(backup->state, "missing") != 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the file of %s is %s", backup->name, backup->state);
    return false;
}

/* Whoever follows a link leaves the page, or has a download fail without a word: so it is known before. */
static bool check_file(HfApi *api, const HfBackupRow *backup, GError **error)
{
    HfStorageInfo info;
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfStorageRow) row = hf_storage_row_get(api->catalog, backup->organization, backup->storage_id, error);
    if (row == NULL)
        return false;
    g_autoptr(HfStorage) storage = hf_storage_local_new(row->path, &reason);
    if (storage != NULL && hf_storage_stat(storage, backup->path, &info, &reason))
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "the file of %s cannot be had from the storage %s: %s", backup->name,
                row->name, reason->message);
    return false;
}

/* HfLinkStore */
static bool store(HfApi *api, const HfRequest *request, gconstpointer backup, const uint8_t *hash, int64_t expires_us,
                  GError **error)
{
    const HfPrincipal *principal = request->principal;
    return hf_download_create(api->catalog, principal->organization, ((const HfBackupRow *)backup)->id, hash,
                              principal->actor, expires_us, error);
}

bool hf_download_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                               GError **error)
{
    (void)route;
    if (!hf_request_only(request, (const char *const[]){NULL}, error))
        return false;
    g_autoptr(HfBackupRow) backup =
        hf_backup_get(api->catalog, request->principal->organization, request->ids[0], error);
    if (backup == NULL || !check_state(backup, error) || !check_file(api, backup, error))
        return false;
    const HfChange change = {.action = "backup.link", .id = backup->id, .name = backup->name};
    return hf_link_make(api, request, HF_LINK_BACKUP, &change, G_MAXINT64, store, backup, response, error);
}

/* ---- Using it ------------------------------------------------------------------------------------------------------
 */

typedef struct {
    HfBackupRow *backup;
    HfStorageRow *storage; /* of its file */
} Found;

static void clear_found(Found *self)
{
    hf_backup_row_free(self->backup);
    hf_storage_row_free(self->storage);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, clear_found)

/* HfLinkUse: `found` is a Found. */
static bool use(HfApi *api, const HfRequest *request, const uint8_t *hash, gpointer found, char **actor,
                HfAuditEvent *event, GError **error)
{
    Found *self = found;
    const HfBackupRow *backup = self->backup = hf_download_use(api->catalog, hash, actor, error);
    if (backup == NULL || !check_state(backup, error))
        return false;
    self->storage = hf_storage_row_get(api->catalog, backup->organization, backup->storage_id, error);
    event->organization = backup->organization;
    event->action = "backup.download";
    event->object_kind = "backup";
    event->object_id = backup->id;
    event->object_name = backup->name;
    event->detail = hf_request_header(request, "Range");
    return self->storage != NULL;
}

/* Where nginx serves the file: below the number of its storage root. Transfer full. */
static char *place_of(const HfConfiguration *configuration, const HfStorageRow *storage, const HfBackupRow *backup,
                      GError **error)
{
    g_autoptr(GFile) folder = g_file_new_for_path(storage->path);
    g_autoptr(GFile) file = g_file_resolve_relative_path(folder, backup->path);
    g_auto(GStrv) roots = g_strsplit(configuration->storage_roots, ":", -1);
    for (unsigned i = 0; roots[i] != NULL && g_file_has_prefix(file, folder); i++) {
        g_autoptr(GFile) root = g_file_new_for_path(roots[i]);
        g_autofree char *path = g_file_get_relative_path(root, file);
        g_autofree char *encoded = path != NULL ? g_uri_escape_string(path, "/", FALSE) : NULL;
        if (encoded != NULL)
            return g_strdup_printf("%s/%u/%s", configuration->accel_prefix, i, encoded);
    }
    g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "%s does not lie in the storage %s, or that below no storage root",
                backup->name, storage->name);
    return NULL;
}

bool hf_download_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    if (request->head) { /* it would use the link up */
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "a link takes GET alone");
        return false;
    }
    if (g_str_has_prefix(request->ids[0], HF_LINK_JOB_FILE))
        return hf_job_file_handle_get(api, route, request, response, error);
    g_auto(Found) found = {0};
    if (!hf_link_use(api, request, HF_LINK_BACKUP, use, &found, error))
        return false;
    g_autofree char *place = place_of(api->configuration, found.storage, found.backup, error);
    if (place == NULL)
        return false;
    hf_response_header(response, "X-Accel-Redirect", place);
    hf_response_header(response, "Content-Type", "application/octet-stream");
    hf_link_name_file(response, found.backup->name);
    return true;
}
