/*
 * Downloads: a link that works once and not for long, for a browser takes a file by its address alone. The bytes are
 * nginx's: the answer names the file below nginx's internal location of its storage root (nginx/holdfast-site.conf),
 * and nginx sends it, or the range that was asked for. (Links of jobs' files: resource_job_file.c.)
 */
#include "api/change.h"
#include "api/resources.h"
#include "base/error.h"
#include "base/units.h"
#include "catalog/audit.h"
#include "catalog/backup_table.h"
#include "catalog/storage_table.h"
#include "crypto/password.h"
#include "storage/storage.h"

#include <string.h>

#define LINK_PREFIX "hfl_"
#define MAX_LINK 128

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

static bool make(HfApi *api, const HfRequest *request, const char *link, int64_t expires_us, GError **error)
{
    uint8_t hash[32];
    const HfPrincipal *principal = request->principal;
    hf_sha256(link, strlen(link), hash);
    return hf_download_create(api->catalog, principal->organization, request->ids[0], hash, principal->actor,
                              expires_us, error);
}

bool hf_download_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                               GError **error)
{
    (void)route;
    if (!hf_request_only(request, (const char *const[]){NULL}, error))
        return false;
    g_autoptr(HfBackupRow) backup =
        hf_backup_get(api->catalog, request->principal->organization, request->ids[0], error);
    bool is_there = backup != NULL && check_state(backup, error) && check_file(api, backup, error);
    g_autofree char *link = is_there ? hf_token_new(LINK_PREFIX, error) : NULL;
    if (link == NULL || !hf_catalog_begin(api->catalog, error))
        return false;
    int64_t expires_us = g_get_real_time() + HF_LINK_S * G_USEC_PER_SEC;
    HfChange change = {.action = "backup.link", .id = backup->id, .name = backup->name};
    bool done = make(api, request, link, expires_us, error);
    if (!hf_change_end(api, request, &change, done, response, error))
        return false;
    g_autofree char *expires = hf_format_time(expires_us);
    hf_response_json(response, 201,
                     g_strdup_printf("{\"url\":\"/api/v1/downloads/%s\",\"expires_at\":\"%s\"}", link, expires));
    return true;
}

/* ---- Using it ------------------------------------------------------------------------------------------------------
 */

bool hf_download_no_such_link(GError **error)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                        "there is no such link, or not any more: a link works once, and for five minutes");
    return false;
}

static bool audit(HfApi *api, const HfRequest *request, const HfBackupRow *backup, const char *actor, GError **error)
{
    HfAuditEvent event = {.organization = backup->organization,
                          .actor = actor,
                          .action = "backup.download",
                          .object_kind = "backup",
                          .object_id = backup->id,
                          .object_name = backup->name,
                          .address = request->address,
                          .outcome = "success",
                          .detail = hf_request_header(request, "Range")};
    return hf_audit_append(api->catalog, &event, error);
}

/* The link's backup, and its storage; the link is used up, and that is in the audit log. Transfer full. */
static HfBackupRow *use_up(HfApi *api, const HfRequest *request, HfStorageRow **storage, GError **error)
{
    uint8_t hash[32];
    const char *link = request->ids[0];
    g_autofree char *actor = NULL;
    if (!g_str_has_prefix(link, LINK_PREFIX) || strlen(link) >= MAX_LINK)
        return hf_download_no_such_link(error), NULL;
    hf_sha256(link, strlen(link), hash);
    if (!hf_catalog_begin(api->catalog, error))
        return NULL;
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfBackupRow) backup = hf_download_use(api->catalog, hash, &actor, &reason);
    if (backup == NULL && reason == NULL)
        hf_download_no_such_link(&reason);
    if (backup != NULL && check_state(backup, &reason))
        *storage = hf_storage_row_get(api->catalog, backup->organization, backup->storage_id, &reason);
    if (*storage != NULL && audit(api, request, backup, actor, &reason) && hf_catalog_commit(api->catalog, &reason))
        return g_steal_pointer(&backup);
    hf_catalog_rollback(api->catalog);
    g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
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
    g_autoptr(HfStorageRow) storage = NULL;
    if (request->head) { /* it would use the link up */
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "a link takes GET alone");
        return false;
    }
    if (g_str_has_prefix(request->ids[0], HF_JOB_FILE_LINK))
        return hf_job_file_handle_get(api, route, request, response, error);
    g_autoptr(HfBackupRow) backup = use_up(api, request, &storage, error);
    g_autofree char *place = backup != NULL ? place_of(api->configuration, storage, backup, error) : NULL;
    if (place == NULL)
        return false;
    g_autofree char *name = g_uri_escape_string(backup->name, NULL, FALSE);
    g_autofree char *disposition = g_strconcat("attachment; filename*=UTF-8''", name, NULL);
    hf_response_header(response, "X-Accel-Redirect", place);
    hf_response_header(response, "Content-Type", "application/octet-stream");
    hf_response_header(response, "Content-Disposition", disposition);
    return true;
}
