/*
 * Uploads, by tus 1.0 (core, creation, termination, expiration). POST makes one of a known length; PATCH appends a
 * piece, as large as nginx lets it be, from the offset that HEAD tells. The offset goes on when bytes are on disk, so
 * whatever breaks, the client goes on from what is there. The last step is taken together with the check: what is an
 * archive becomes a backup in the same transaction, what is none is refused and removed. The file of a table, for an
 * import, is not looked at here.
 */
#include "api/change.h"
#include "api/resource_noun.h"
#include "api/resources.h"
#include "base/error.h"
#include "catalog/audit.h"
#include "catalog/storage_table.h"
#include "service/upload_file.h"

#include <string.h>

#define VERSION HF_TUS_VERSION
#define MAX_NAME 200
#define PIECE_BYTES (256 * 1024)
#define STEP_BYTES (16 * 1024 * 1024) /* so much is on disk before the offset goes on */

static bool usage(GError **error, const char *message)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

/* ---- Headers -------------------------------------------------------------------------------------------------------
 */

static void add_number(HfResponse *response, const char *name, uint64_t number)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);
    hf_response_header(response, name, text);
}

static void add_state(HfResponse *response, int64_t offset, int64_t expires_us)
{
    g_autoptr(GDateTime) expires = g_date_time_new_from_unix_utc(expires_us / G_USEC_PER_SEC);
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autofree char *time = g_date_time_format(expires, "%Y %H:%M:%S GMT");
    g_autofree char *date =
        g_strdup_printf("%s, %02d %s %s", days[g_date_time_get_day_of_week(expires) - 1],
                        g_date_time_get_day_of_month(expires), months[g_date_time_get_month(expires) - 1], time);
    hf_response_header(response, "Upload-Expires", date);
    add_number(response, "Upload-Offset", (uint64_t)offset);
}

static bool check_version(const HfRequest *request, HfResponse *response)
{
    if (g_strcmp0(hf_request_header(request, "Tus-Resumable"), VERSION) == 0)
        return true;
    hf_response_problem(response, 412, "tus-version", "Another version of tus",
                        "the header Tus-Resumable is not " VERSION, "Use a client of tus " VERSION ".", request);
    hf_response_header(response, "Tus-Version", VERSION);
    return false;
}

static bool read_number(const HfRequest *request, const char *name, int64_t *number, GError **error)
{
    const char *text = hf_request_header(request, name);
    guint64 value = 0;
    if (text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &value, NULL)) {
        *number = (int64_t)value;
        return true;
    }
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the header %s is missing, or no number", name);
    return false;
}

/* A value of Upload-Metadata, "name base64,…"; transfer full, NULL: not there, or not text. */
static char *read_metadata(const HfRequest *request, const char *name)
{
    const char *header = hf_request_header(request, "Upload-Metadata");
    g_auto(GStrv) pairs = g_strsplit(header != NULL ? header : "", ",", -1);
    for (char **pair = pairs; *pair != NULL; pair++) {
        g_auto(GStrv) parts = g_strsplit(g_strstrip(*pair), " ", 2);
        if (parts[0] == NULL || parts[1] == NULL || strcmp(parts[0], name) != 0)
            continue;
        gsize length;
        g_autofree guchar *bytes = g_base64_decode(parts[1], &length);
        g_autofree char *text = g_strndup((const char *)bytes, length);
        bool clean = *text != '\0' && strlen(text) == length && g_utf8_validate(text, -1, NULL);
        for (const char *c = text; clean && *c != '\0'; c++)
            clean = (unsigned char)*c >= 0x20 && *c != 0x7f && *c != '/';
        return clean ? g_steal_pointer(&text) : NULL;
    }
    return NULL;
}

static int64_t new_expiry(const HfApi *api)
{
    return g_get_real_time() + (int64_t)api->configuration->upload_hours * 3600 * G_USEC_PER_SEC;
}

/* ---- Asking --------------------------------------------------------------------------------------------------------
 */

bool hf_upload_handle_options(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    (void)route, (void)request, (void)error;
    response->status = 204;
    hf_response_header(response, "Tus-Version", VERSION);
    hf_response_header(response, "Tus-Extension", "creation,expiration,termination");
    add_number(response, "Tus-Max-Size", api->configuration->max_upload_bytes);
    return true;
}

/* What nginx asks before it takes a piece: the table says who may send one. */
bool hf_upload_handle_permit(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)api, (void)route, (void)request, (void)error;
    response->status = 204;
    return true;
}

/* One that has expired waits only for its removal. */
static HfUploadRow *find(HfApi *api, const HfRequest *request, GError **error)
{
    g_autoptr(HfUploadRow) upload =
        hf_upload_get(api->catalog, request->principal->organization, request->ids[0], error);
    if (upload == NULL || upload->expires_us > g_get_real_time())
        return g_steal_pointer(&upload);
    g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the upload %s has expired", upload->id);
    return NULL;
}

/* HEAD asks for the headers, the page for the rest. */
bool hf_upload_handle_get(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    g_autoptr(HfUploadRow) upload = find(api, request, error);
    if (upload == NULL || !hf_noun_answer(api, route->noun, upload->organization, upload->id, 200, response, error))
        return false;
    add_state(response, upload->offset_bytes, upload->expires_us);
    add_number(response, "Upload-Length", (uint64_t)upload->size_bytes);
    return true;
}

/* ---- Making and ending ---------------------------------------------------------------------------------------------
 */

static bool check_size(const HfApi *api, const HfUploadRow *upload, GError **error)
{
    uint64_t most = api->configuration->max_upload_bytes;
    if (strcmp(upload->purpose, "table") == 0)
        most = MIN(most, HF_TABLE_FILE_MAX);
    if (upload->size_bytes == 0)
        return usage(error, "Upload-Length is 0: an empty file is no archive and no table");
    if ((uint64_t)upload->size_bytes <= most)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "the file is larger than the %" G_GUINT64_FORMAT " bytes that may be",
                most);
    return false;
}

static bool read_purpose(const HfRequest *request, HfUploadRow *upload, GError **error)
{
    upload->purpose = read_metadata(request, "purpose");
    if (upload->purpose == NULL)
        upload->purpose = g_strdup("backup");
    return strcmp(upload->purpose, "backup") == 0 || strcmp(upload->purpose, "table") == 0 ||
           usage(error, "the purpose in Upload-Metadata is backup or table");
}

static bool read_upload(HfApi *api, const HfRequest *request, HfUploadRow *upload, GError **error)
{
    if (!read_purpose(request, upload, error) || !read_number(request, "Upload-Length", &upload->size_bytes, error) ||
        !check_size(api, upload, error))
        return false;
    upload->name = read_metadata(request, "filename");
    upload->storage_id = read_metadata(request, "storage_id");
    if (upload->name == NULL || upload->storage_id == NULL || strlen(upload->name) > MAX_NAME)
        return usage(error, "Upload-Metadata needs filename (up to 200 bytes, no folder) and storage_id, in base64");
    upload->created_by = g_strdup(request->principal->actor);
    upload->expires_us = new_expiry(api);
    g_autoptr(HfStorageRow) storage =
        hf_storage_row_get(api->catalog, request->principal->organization, upload->storage_id, error);
    return storage != NULL;
}

bool hf_upload_handle_create(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    const char *organization = request->principal->organization;
    g_autoptr(HfUploadRow) upload = g_new0(HfUploadRow, 1);
    if (!hf_request_only(request, (const char *const[]){NULL}, error) || !check_version(request, response) ||
        !read_upload(api, request, upload, error) || !hf_catalog_begin(api->catalog, error))
        return false;
    upload->id = hf_upload_create(api->catalog, organization, upload, error);
    HfChange change = {.action = "upload.create", .id = upload->id, .name = upload->name};
    if (!hf_change_end(api, request, &change, upload->id != NULL, response, error) ||
        !hf_noun_answer(api, route->noun, organization, upload->id, 201, response, error))
        return false;
    g_autofree char *location = g_strconcat("/api/v1/uploads/", upload->id, NULL);
    hf_response_header(response, "Location", location);
    add_state(response, 0, upload->expires_us);
    return true;
}

bool hf_upload_handle_remove(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error)
{
    (void)route;
    g_autoptr(HfUploadRow) upload = find(api, request, error);
    if (upload == NULL || !check_version(request, response) || !hf_upload_file_remove(api->catalog, upload, error) ||
        !hf_catalog_begin(api->catalog, error))
        return false;
    HfChange change = {.action = "upload.remove", .id = upload->id, .name = upload->name};
    bool done = hf_upload_remove(api->catalog, upload->organization, upload->id, error);
    if (!hf_change_end(api, request, &change, done, response, error))
        return false;
    response->status = 204;
    return true;
}

/* ---- Receiving -----------------------------------------------------------------------------------------------------
 */

typedef struct {
    HfApi *api;
    HfRequest *request;
    HfUploadRow *upload; /* its offset goes on with what is received */
    HfUploadFile *file;
} Receiver;

static bool advance(Receiver *self, int64_t to, GError **error)
{
    HfUploadRow *upload = self->upload;
    int64_t expires_us = new_expiry(self->api);
    if (!hf_upload_advance(self->api->catalog, upload->id, upload->offset_bytes, to, expires_us, error))
        return false;
    upload->offset_bytes = to;
    upload->expires_us = expires_us;
    return true;
}

/* Writes what the request brings to disk, up to `end`. The offset follows in steps; the last one is the caller's. */
static bool receive(Receiver *self, int64_t *end, GError **error)
{
    g_autofree char *piece = g_malloc(PIECE_BYTES);
    int64_t at = self->upload->offset_bytes, size = self->upload->size_bytes;
    int length;
    while (at < size && (length = FCGX_GetStr(piece, (int)MIN(PIECE_BYTES, size - at), self->request->fcgi->in)) > 0) {
        if (!hf_upload_file_write(self->file, at, piece, (size_t)length, error))
            return false;
        at += length;
        if (at < size && at - self->upload->offset_bytes >= STEP_BYTES &&
            (!hf_upload_file_sync(self->file, error) || !advance(self, at, error)))
            return false;
    }
    *end = at;
    return hf_upload_file_sync(self->file, error);
}

static char *summary_of(const HfBackupRow *backup, const char *unread, const char *id)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "backup_id", id);
    hf_json_writer_string(&writer, "database_name", backup->database_name);
    hf_json_writer_bool(&writer, "is_readable", strcmp(backup->fingerprints, HF_BACKUP_UNKNOWN_KEY) != 0);
    hf_json_writer_string(&writer, "unread", unread);
    hf_json_writer_int64(&writer, "rows", backup->rows);
    hf_json_writer_int64(&writer, "tables", backup->tables);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

/* In the transaction: the upload is complete, and a backup. */
static bool record(Receiver *self, const HfBackupRow *backup, const char *unread, GError **error)
{
    HfCatalog *catalog = self->api->catalog;
    g_autofree char *id = hf_backup_insert(catalog, backup->organization, backup, error);
    if (id == NULL || !advance(self, self->upload->size_bytes, error))
        return false;
    g_autofree char *summary = summary_of(backup, unread, id);
    HfChange change = {.action = "backup.upload", .id = id, .name = backup->name};
    return hf_upload_finish(catalog, self->upload->id, "complete", summary, NULL, error) &&
           hf_change_audit(self->api, self->request, &change, error) && hf_catalog_commit(catalog, error);
}

static bool complete(Receiver *self, const HfBackupRow *backup, const char *unread, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (!hf_upload_file_keep(self->file, error) || !hf_catalog_begin(self->api->catalog, error))
        return false;
    if (record(self, backup, unread, &reason)) {
        if (!hf_upload_file_remove(self->api->catalog, self->upload, &reason)) /* its other name stays */
            g_warning("%s", reason->message);
        return true;
    }
    hf_catalog_rollback(self->api->catalog);
    if (!g_error_matches(reason, HF_ERROR, HF_ERROR_NETWORK)) /* after which it may be done all the same */
        hf_upload_file_unkeep(self->file);
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

/* In the transaction: it is none, and that is in the audit log. */
static bool record_refusal(Receiver *self, const char *why, GError **error)
{
    const HfPrincipal *principal = self->request->principal;
    HfAuditEvent event = {.organization = principal->organization,
                          .actor = principal->actor,
                          .action = "upload.refuse",
                          .object_kind = "upload",
                          .object_id = self->upload->id,
                          .object_name = self->upload->name,
                          .address = self->request->address,
                          .outcome = "failure",
                          .detail = why};
    return hf_upload_finish(self->api->catalog, self->upload->id, "refused", NULL, why, error) &&
           hf_audit_append(self->api->catalog, &event, error) && hf_catalog_commit(self->api->catalog, error);
}

static bool refuse(Receiver *self, const char *why, GError **error)
{
    if (!hf_upload_file_remove(self->api->catalog, self->upload, error) || !hf_catalog_begin(self->api->catalog, error))
        return false;
    if (record_refusal(self, why, error))
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s is refused: %s", self->upload->name, why);
    else
        hf_catalog_rollback(self->api->catalog);
    return false;
}

/* Whether it is what it says an import finds out. */
static bool complete_table(Receiver *self, GError **error)
{
    HfCatalog *catalog = self->api->catalog;
    HfChange change = {.action = "upload.complete", .id = self->upload->id, .name = self->upload->name};
    if (!hf_catalog_begin(catalog, error))
        return false;
    if (advance(self, self->upload->size_bytes, error) &&
        hf_upload_finish(catalog, self->upload->id, "complete", NULL, NULL, error) &&
        hf_change_audit(self->api, self->request, &change, error) && hf_catalog_commit(catalog, error))
        return true;
    hf_catalog_rollback(catalog);
    return false;
}

static bool finish(Receiver *self, GError **error)
{
    if (strcmp(self->upload->purpose, "table") == 0)
        return complete_table(self, error);
    g_autoptr(GError) reason = NULL;
    g_autofree char *unread = NULL;
    g_autoptr(HfBackupRow) backup =
        hf_upload_file_check(self->file, self->api->catalog, self->api->sealer, &unread, &reason);
    if (backup != NULL)
        return complete(self, backup, unread, error);
    if (g_error_matches(reason, HF_ERROR, HF_ERROR_CORRUPT) || g_error_matches(reason, HF_ERROR, HF_ERROR_USAGE) ||
        g_error_matches(reason, HF_ERROR, HF_ERROR_LIMIT))
        return refuse(self, reason->message, error);
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

static bool check_type(const HfRequest *request, HfResponse *response)
{
    if (g_strcmp0(FCGX_GetParam("CONTENT_TYPE", request->fcgi->envp), "application/offset+octet-stream") == 0)
        return true;
    hf_response_problem(response, 415, "media-type", "Another kind of body",
                        "the Content-Type is not application/offset+octet-stream", "Use a client of tus " VERSION ".",
                        request);
    return false;
}

static bool check_offset(const HfRequest *request, const HfUploadRow *upload, GError **error)
{
    int64_t offset;
    if (!read_number(request, "Upload-Offset", &offset, error))
        return false;
    if (strcmp(upload->state, "receiving") != 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the upload %s is %s", upload->id, upload->state);
    else if (offset != upload->offset_bytes)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the upload %s is at %" G_GINT64_FORMAT ": go on from there",
                    upload->id, upload->offset_bytes);
    else if (request->content_length > (uint64_t)(upload->size_bytes - offset))
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "that is more than the %" G_GINT64_FORMAT " bytes of the upload",
                    upload->size_bytes);
    else
        return true;
    return false;
}

/* Once more, now that the file is ours: another request may have gone on since, or ended it. Transfer full. */
static HfUploadRow *find_again(HfApi *api, const HfRequest *request, const HfUploadRow *before, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfUploadRow) upload = find(api, request, &reason);
    if (upload != NULL)
        return check_offset(request, upload, error) ? g_steal_pointer(&upload) : NULL;
    if (g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND))
        (void)!hf_upload_file_remove(api->catalog, before, NULL);
    g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
}

static bool run(Receiver *self, HfResponse *response, GError **error)
{
    int64_t end;
    if (!receive(self, &end, error))
        return false;
    bool is_whole = end == self->upload->size_bytes;
    if (is_whole ? !finish(self, error) : end > self->upload->offset_bytes && !advance(self, end, error))
        return false;
    response->status = 204;
    add_state(response, self->upload->offset_bytes, self->upload->expires_us);
    return true;
}

bool hf_upload_handle_receive(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response,
                              GError **error)
{
    (void)route;
    g_autoptr(HfUploadRow) found = find(api, request, error);
    if (found == NULL || !check_version(request, response) || !check_type(request, response) ||
        !check_offset(request, found, error))
        return false;
    g_autoptr(HfUploadFile) file = hf_upload_file_open(api->catalog, api->configuration, found, error);
    g_autoptr(HfUploadRow) upload = file != NULL ? find_again(api, request, found, error) : NULL;
    Receiver self = {.api = api, .request = request, .upload = upload, .file = file};
    return upload != NULL && run(&self, response, error);
}
