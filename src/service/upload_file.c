#include "service/upload_file.h"

#include "base/error.h"
#include "catalog/storage_table.h"
#include "service/backup_contents.h"
#include "service/unseal.h"
#include "storage/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A storage shows no file of such a name (storage/storage.h). */
#define HIDDEN_NAME ".upload-%s.partial-0"
#define KEPT_NAME "upload-%s.hf"

/* A child of the API looks, and many look at once. What takes more memory (256 MiB for scrypt with age's own factor,
 * and as much for the manifest of some 10,000 tables) is kept without being read: a worker reads it when it is used. */
#define MAX_WORK_FACTOR 18
#define MAX_MANIFEST_BYTES ((size_t)32 * 1024 * 1024)
#define MAX_PASSPHRASES 4u

struct HfUploadFile {
    const HfUploadRow *upload;
    char *hidden, *kept; /* in the folder */
    int folder, fd;
};

static bool fail(const char *what, GError **error)
{
    int number = errno;
    bool denied = number == EACCES || number == EPERM || number == EROFS;
    g_set_error(error, HF_ERROR, denied ? HF_ERROR_DENIED : HF_ERROR_STORAGE, "cannot %s the file of the upload: %s",
                what, g_strerror(number));
    return false;
}

/* ---- Opening -------------------------------------------------------------------------------------------------------
 */

static char *hidden_name(const char *id)
{
    return g_strdup_printf(HIDDEN_NAME, id);
}

static HfStorageRow *find_storage(HfCatalog *catalog, const HfConfiguration *configuration, const HfUploadRow *upload,
                                  GError **error)
{
    g_autoptr(HfStorageRow) storage = hf_storage_row_get(catalog, upload->organization, upload->storage_id, error);
    if (storage == NULL || hf_configuration_allows_storage(configuration, storage->path))
        return g_steal_pointer(&storage);
    g_set_error(error, HF_ERROR, HF_ERROR_DENIED,
                "the folder %s is not there, or not below one of the folders that the configuration allows",
                storage->path);
    return NULL;
}

/* One that another has taken away since it was opened is not the upload's any more. */
static bool lock(const HfUploadFile *self, GError **error)
{
    if (flock(self->fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno != EWOULDBLOCK)
        return fail("lock", error);
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "another request sends bytes of the upload %s: wait for its end",
                self->upload->id);
    return false;
}

HfUploadFile *hf_upload_file_open(HfCatalog *catalog, const HfConfiguration *configuration, const HfUploadRow *upload,
                                  GError **error)
{
    g_autoptr(HfStorageRow) storage = find_storage(catalog, configuration, upload, error);
    if (storage == NULL)
        return NULL;
    g_autoptr(HfUploadFile) self = g_new0(HfUploadFile, 1);
    *self = (HfUploadFile){
        .upload = upload, .hidden = hidden_name(upload->id), .kept = g_strdup_printf(KEPT_NAME, upload->id), .fd = -1};
    self->folder = open(storage->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->folder >= 0)
        self->fd = openat(self->folder, self->hidden, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (self->fd < 0)
        return fail("open", error), NULL;
    return lock(self, error) ? g_steal_pointer(&self) : NULL;
}

void hf_upload_file_close(HfUploadFile *self)
{
    if (self == NULL)
        return;
    if (self->fd >= 0)
        close(self->fd);
    if (self->folder >= 0)
        close(self->folder);
    g_free(self->hidden);
    g_free(self->kept);
    g_free(self);
}

/* ---- Bytes ---------------------------------------------------------------------------------------------------------
 */

bool hf_upload_file_write(HfUploadFile *self, int64_t offset, const void *data, size_t length, GError **error)
{
    const char *at = data;
    while (length > 0) {
        ssize_t written = pwrite(self->fd, at, length, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail("write to", error);
        at += written;
        offset += written;
        length -= (size_t)written;
    }
    return true;
}

bool hf_upload_file_sync(HfUploadFile *self, GError **error)
{
    return fdatasync(self->fd) == 0 || fail("write to", error);
}

bool hf_upload_file_keep(HfUploadFile *self, GError **error)
{
    if (linkat(self->folder, self->hidden, self->folder, self->kept, 0) != 0 && errno != EEXIST)
        return fail("give its name to", error);
    return fsync(self->folder) == 0 || fail("give its name to", error);
}

void hf_upload_file_unkeep(HfUploadFile *self)
{
    unlinkat(self->folder, self->kept, 0);
}

/* ---- The file of a table -------------------------------------------------------------------------------------------
 */

bool hf_upload_file_is_table(const HfUploadRow *upload, GError **error)
{
    if (upload->expires_us <= g_get_real_time())
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                    "the upload %s is gone: it was imported, or its time is over; upload the file again", upload->id);
    else if (strcmp(upload->purpose, "table") != 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "the upload %s is that of a backup: one for an import is made with the purpose table", upload->id);
    else if (strcmp(upload->state, "complete") != 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the upload %s is %s", upload->id, upload->state);
    else
        return true;
    return false;
}

int hf_upload_file_read(HfCatalog *catalog, const HfConfiguration *configuration, const HfUploadRow *upload,
                        GError **error)
{
    struct stat info;
    if (!hf_upload_file_is_table(upload, error))
        return -1;
    g_autoptr(HfStorageRow) storage = find_storage(catalog, configuration, upload, error);
    if (storage == NULL)
        return -1;
    g_autofree char *hidden = hidden_name(upload->id);
    g_autofree char *path = g_build_filename(storage->path, hidden, NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &info) != 0) {
        fail("read", error);
    } else if (!S_ISREG(info.st_mode) || info.st_size != upload->size_bytes) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "the file of the upload %s is not what was sent", upload->id);
    } else {
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

bool hf_upload_file_remove(HfCatalog *catalog, const HfUploadRow *upload, GError **error)
{
    g_autoptr(HfStorageRow) storage = hf_storage_row_get(catalog, upload->organization, upload->storage_id, error);
    if (storage == NULL)
        return false;
    g_autofree char *hidden = hidden_name(upload->id);
    g_autofree char *path = g_build_filename(storage->path, hidden, NULL);
    return unlink(path) == 0 || errno == ENOENT || fail("remove", error);
}

bool hf_upload_expire(HfCatalog *catalog, GError **error)
{
    g_autoptr(GPtrArray) uploads = hf_upload_expired(catalog, error);
    for (guint i = 0; uploads != NULL && i < uploads->len; i++) {
        const HfUploadRow *upload = uploads->pdata[i];
        g_autoptr(GError) reason = NULL;
        if (!hf_upload_file_remove(catalog, upload, &reason) ||
            !hf_upload_remove(catalog, upload->organization, upload->id, &reason))
            g_warning("the upload %s has expired and cannot be removed: %s", upload->id, reason->message);
    }
    return uploads != NULL;
}

/* ---- What it is ----------------------------------------------------------------------------------------------------
 */

typedef struct {
    HfInput *file;
    const HfSealer *sealer;
    HfBackupRow *row; /* its fingerprints are NULL until a key fits */
    char *unread;     /* why no more is known of it; NULL: it was read */
} Check;

/* One key (NULL: none) opens the file, but what it holds is too much for us. */
static bool is_opened(Check *self, const HfAgeIdentities *identities, const HfKeyRow *key)
{
    g_autoptr(HfAgeReader) age = key != NULL ? hf_age_reader_open(self->file, identities, NULL) : NULL;
    return key == NULL || age != NULL;
}

/* With one key (NULL: none). False with error: it is no archive, whatever the key. */
static bool try_key(Check *self, HfKeyRow *key, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfAgeIdentities) identities = hf_age_identities_new();
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    if (key != NULL)
        g_ptr_array_add(keys, key);
    hf_age_identities_set_max_work_factor(identities, MAX_WORK_FACTOR);
    if (!hf_unseal_identities(self->sealer, keys, identities, error))
        return false;
    g_autoptr(HfArchiveReader) archive =
        hf_archive_reader_open_within(self->file, identities, MAX_MANIFEST_BYTES, &reason);
    bool too_much = g_error_matches(reason, HF_ERROR, HF_ERROR_LIMIT);
    if (archive != NULL)
        hf_backup_describe(self->row, archive);
    else if (too_much)
        self->unread = g_strdup_printf("it is read when a job uses it: %s", reason->message);
    else if (!g_error_matches(reason, HF_ERROR, HF_ERROR_WRONG_KEY)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    if (archive != NULL || (too_much && is_opened(self, identities, key)))
        self->row->fingerprints = g_strdup(key != NULL ? key->fingerprint : "");
    return true;
}

static bool try_keys(Check *self, const GPtrArray *keys, GError **error)
{
    unsigned passphrases = 0;
    bool ok = try_key(self, NULL, error);
    for (guint i = 0; ok && i < keys->len && self->row->fingerprints == NULL && self->unread == NULL; i++) {
        HfKeyRow *key = keys->pdata[i];
        passphrases += strcmp(key->kind, "passphrase") == 0;
        if (strcmp(key->kind, "passphrase") != 0 || passphrases <= MAX_PASSPHRASES)
            ok = try_key(self, key, error);
    }
    if (ok && self->row->fingerprints == NULL && self->unread == NULL)
        self->unread =
            passphrases <= MAX_PASSPHRASES
                ? g_strdup("none of the organization's keys opens it")
                : g_strdup_printf("none of the keys that were tried opens it: of %u passphrases the newest %u, as each "
                                  "takes a second; a job that uses it tries them all",
                                  passphrases, MAX_PASSPHRASES);
    return ok;
}

/* As a row that nobody could read. */
static void fill_unread(HfBackupRow *row)
{
    if (row->fingerprints == NULL)
        row->fingerprints = g_strdup(HF_BACKUP_UNKNOWN_KEY);
    if (row->database_name == NULL)
        row->database_name = g_strdup("");
}

static bool read_archive(Check *self, HfCatalog *catalog, GError **error)
{
    g_autoptr(GPtrArray) keys = hf_key_with_secret(catalog, self->row->organization, NULL, error);
    if (keys == NULL || !try_keys(self, keys, error))
        return false;
    fill_unread(self->row);
    return true;
}

/* Text around age would have to be decoded whole first. */
static bool refuse_armor(HfInput *file, GError **error)
{
    uint8_t start[64];
    size_t length = MIN(sizeof start, file->size_bytes);
    if (!hf_input_read_at(file, 0, start, length, error))
        return false;
    if (!hf_age_is_armored(start, length))
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                        "the file is armored: send it as age writes it without --armor");
    return false;
}

HfBackupRow *hf_upload_file_check(HfUploadFile *self, HfCatalog *catalog, const HfSealer *sealer, char **unread,
                                  GError **error)
{
    const HfUploadRow *upload = self->upload;
    g_autoptr(HfBackupRow) row = g_new0(HfBackupRow, 1);
    row->organization = g_strdup(upload->organization);
    row->name = g_strdup(upload->name);
    row->storage_id = g_strdup(upload->storage_id);
    row->path = g_strdup(self->kept);
    row->type = g_strdup("uploaded");
    row->created_by = g_strdup(upload->created_by);
    row->size_bytes = upload->size_bytes;
    if (lseek(self->fd, 0, SEEK_SET) != 0 || ftruncate(self->fd, (off_t)upload->size_bytes) != 0)
        return fail("read", error), NULL;
    g_autoptr(HfStorageObject) file = hf_storage_spool_input(self->fd, upload->name, NULL, error);
    if (file == NULL || !refuse_armor(&file->input, error))
        return NULL;
    Check check = {.file = &file->input, .sealer = sealer, .row = row};
    bool ok = read_archive(&check, catalog, error);
    *unread = check.unread;
    return ok ? g_steal_pointer(&row) : NULL;
}
