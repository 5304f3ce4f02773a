/*
 * A put writes to a file that has no name yet (O_TMPFILE), so a process that dies at any moment leaves nothing. Commit
 * brings the content to disk, gives the file its name, and brings the folder to disk:
 *
 *     name must be free   link(2) to the name, which fails if it is taken: of several putters one wins
 *     overwrite           link to a hidden name, then rename(2) over the old one, since link cannot replace
 *
 * Without O_TMPFILE (NFS, FUSE, vfat) the file has a hidden name from the start. It then gets its final name by link
 * and unlink, or where there are no links by a rename that refuses to replace.
 *
 * Only the kernel's view of names is used for decisions: the checks at the start of a put spare the user a long wait
 * for a refusal, the ones that count are those of link and rename.
 */
#include "config.h" /* first: it asks the C library for what is Linux alone */

#include "storage/storage_posix.h"

#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel is told to start writing each time that so many bytes have gathered: the disk works while we do, and the
 * fsync at the end has little left to wait for. */
#define WRITEBACK_BYTES (8 * 1024 * 1024)

typedef struct {
    HfStorage storage;
    char *folder;
    int fd;
    bool always_named;
} Local;

static char *path_of(const Local *self, const char *name)
{
    return g_build_filename(self->folder, name, NULL);
}

static bool fail_at(const Local *self, HfStorageUse use, const char *verb, const char *name, GError **error)
{
    int number = errno;
    g_autofree char *path = path_of(self, name);
    return hf_storage_fail(number, use, verb, path, error);
}

/* The folder that holds `name`, or -1. */
static int open_parent(const Local *self, const char *name, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(name);
    int fd = openat(self->fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fail_at(self, HF_STORAGE_WRITING, "open the folder", parent, error);
    return fd;
}

/* Brings the names in a folder to disk. Some file systems have nothing to sync there and say EINVAL. */
static bool sync_folder(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL;
}

static bool sync_parent(const Local *self, const char *name, GError **error)
{
    int fd = open_parent(self, name, error);
    if (fd < 0)
        return false;
    bool done = sync_folder(fd) || fail_at(self, HF_STORAGE_WRITING, "sync the folder of", name, error);
    close(fd);
    return done;
}

/* ---- Put: the temporary file ---------------------------------------------------------------------------------------
 */

typedef struct {
    HfStoragePut put;
    char *path;    /* for messages */
    char *base;    /* the name inside the folder */
    char *partial; /* the hidden name inside the folder, or NULL while the file has none */
    int folder_fd;
    int fd;
    bool overwrite;
    bool failed;
    uint64_t written_bytes;
    uint64_t started_bytes; /* how far the kernel was told to write */
} LocalPut;

/* Straight from the kernel: GLib's generator has the same state in two children of one process. */
static char *partial_name(const char *base)
{
    uint64_t random = 0;
    if (getentropy(&random, sizeof random) != 0)
        g_error("getentropy: %s", g_strerror(errno));
    return g_strdup_printf(".%.200s.partial-%016" G_GINT64_MODIFIER "x", base, random);
}

/* O_TMPFILE files are linked by way of /proc, so that has to be there too. */
static int open_unnamed(int folder_fd)
{
    if (access("/proc/self/fd", X_OK) != 0)
        return -1;
    return openat(folder_fd, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

static bool open_temporary(LocalPut *self, bool named, GError **error)
{
    self->fd = named ? -1 : open_unnamed(self->folder_fd);
    if (self->fd >= 0)
        return true;
    g_autofree char *partial = partial_name(self->base);
    self->fd = openat(self->folder_fd, partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (self->fd < 0)
        return hf_storage_fail(errno, HF_STORAGE_WRITING, "create", self->path, error);
    self->partial = g_steal_pointer(&partial);
    return true;
}

static bool write_local(HfOutput *output, const void *data, size_t length, GError **error)
{
    LocalPut *self = (LocalPut *)output;
    self->failed = !hf_storage_write_all(self->fd, data, length, self->path, error);
    if (self->failed)
        return false;
    self->written_bytes += length;
    uint64_t gathered = self->written_bytes - self->started_bytes;
    if (gathered >= WRITEBACK_BYTES) {
        (void)sync_file_range(self->fd, (off_t)self->started_bytes, (off_t)gathered, SYNC_FILE_RANGE_WRITE);
        self->started_bytes = self->written_bytes;
    }
    return true;
}

/* ---- Put: commit ---------------------------------------------------------------------------------------------------
 */

static bool link_unnamed(const LocalPut *self, const char *name)
{
    char source[64];
    g_snprintf(source, sizeof source, "/proc/self/fd/%d", self->fd);
    return linkat(AT_FDCWD, source, self->folder_fd, name, AT_SYMLINK_FOLLOW) == 0;
}

/* The hidden name becomes `base`, which must be free. */
static bool move_to_free_name(LocalPut *self)
{
    if (linkat(self->folder_fd, self->partial, self->folder_fd, self->base, 0) == 0)
        return true; /* the hidden name goes when the put is freed */
    bool no_links = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS;
    if (!no_links || renameat2(self->folder_fd, self->partial, self->folder_fd, self->base, RENAME_NOREPLACE) != 0)
        return false;
    g_clear_pointer(&self->partial, g_free);
    return true;
}

static bool move_over(LocalPut *self)
{
    if (self->partial == NULL) {
        g_autofree char *partial = partial_name(self->base);
        if (!link_unnamed(self, partial))
            return false;
        self->partial = g_steal_pointer(&partial);
    }
    if (renameat(self->folder_fd, self->partial, self->folder_fd, self->base) != 0)
        return false;
    g_clear_pointer(&self->partial, g_free);
    return true;
}

static bool give_name(LocalPut *self)
{
    if (self->overwrite)
        return move_over(self);
    return self->partial != NULL ? move_to_free_name(self) : link_unnamed(self, self->base);
}

static void remove_partial(LocalPut *self)
{
    if (self->partial != NULL)
        unlinkat(self->folder_fd, self->partial, 0);
    g_clear_pointer(&self->partial, g_free);
}

static bool commit_local(HfStoragePut *put, GError **error)
{
    LocalPut *self = (LocalPut *)put;
    if (self->failed)
        return hf_storage_fail(ECANCELED, HF_STORAGE_WRITING, "complete", self->path, error);
    if (fsync(self->fd) != 0)
        return hf_storage_fail(errno, HF_STORAGE_WRITING, "write to", self->path, error);
    if (!give_name(self))
        return hf_storage_fail(errno, HF_STORAGE_WRITING, "create", self->path, error);
    remove_partial(self);
    if (sync_folder(self->folder_fd))
        return true;
    hf_storage_fail(errno, HF_STORAGE_WRITING, "sync the folder of", self->path, error);
    g_prefix_error(error, "the file is complete but its name may not outlive a crash of the machine: ");
    return false;
}

static void free_local_put(HfStoragePut *put)
{
    LocalPut *self = (LocalPut *)put;
    remove_partial(self);
    if (self->fd >= 0)
        close(self->fd);
    if (self->folder_fd >= 0)
        close(self->folder_fd);
    g_free(self->path);
    g_free(self->base);
    g_free(self);
}

/* ---- Put: begin ----------------------------------------------------------------------------------------------------
 */

/* A taken name is refused before hours of work. What is no regular file (/dev/null, a link) is never replaced. */
static bool check_target(const Local *self, const char *name, HfStoragePutFlags flags, GError **error)
{
    struct stat status;

    if (fstatat(self->fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT || fail_at(self, HF_STORAGE_WRITING, "create", name, error);
    if (S_ISREG(status.st_mode)) {
        errno = EEXIST;
        return flags == HF_STORAGE_PUT_OVERWRITE || fail_at(self, HF_STORAGE_WRITING, "create", name, error);
    }
    g_autofree char *path = path_of(self, name);
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "cannot create %s: something that is not a regular file has that name; choose another name", path);
    return false;
}

static bool make_folders(const Local *self, const char *name, GError **error)
{
    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        g_autofree char *folder = g_strndup(name, (gsize)(slash - name));
        if (mkdirat(self->fd, folder, 0700) == 0) {
            if (!sync_parent(self, folder, error))
                return false;
        } else if (errno != EEXIST) {
            return fail_at(self, HF_STORAGE_WRITING, "create the folder", folder, error);
        }
    }
    return true;
}

static HfStoragePut *put_local(HfStorage *storage, const char *name, HfStoragePutFlags flags, uint64_t size_hint_bytes,
                               GError **error)
{
    const Local *local = (const Local *)storage;
    (void)size_hint_bytes;

    if (!check_target(local, name, flags, error) || !make_folders(local, name, error))
        return NULL;
    LocalPut *self = g_new0(LocalPut, 1);
    *self = (LocalPut){.put = {{write_local}, commit_local, free_local_put}, .folder_fd = -1, .fd = -1};
    g_autoptr(HfStoragePut) put = &self->put;
    self->path = path_of(local, name);
    self->base = g_path_get_basename(name);
    self->overwrite = flags == HF_STORAGE_PUT_OVERWRITE;
    self->folder_fd = open_parent(local, name, error);
    if (self->folder_fd < 0 || !open_temporary(self, local->always_named, error))
        return NULL;
    return g_steal_pointer(&put);
}

/* ---- The rest ------------------------------------------------------------------------------------------------------
 */

static HfStorageObject *get_local(HfStorage *storage, const char *name, GError **error)
{
    const Local *self = (const Local *)storage;
    /* Non-blocking, so that a pipe of that name is refused and not waited for; a regular file does not care. */
    int fd = openat(self->fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        fail_at(self, HF_STORAGE_READING, "open", name, error);
        return NULL;
    }
    g_autofree char *path = path_of(self, name);
    return hf_storage_file_object_new(fd, 0, path, error);
}

/* False with errno if it is not there or no object. */
static bool stat_at(int folder_fd, const char *name, HfStorageInfo *info)
{
    struct stat status;
    if (fstatat(folder_fd, name, &status, 0) != 0)
        return false;
    if (!S_ISREG(status.st_mode)) {
        errno = ENOENT;
        return false;
    }
    info->size_bytes = (uint64_t)status.st_size;
    info->modified_us = status.st_mtim.tv_sec * G_USEC_PER_SEC + status.st_mtim.tv_nsec / 1000;
    return true;
}

static bool stat_local(HfStorage *storage, const char *name, HfStorageInfo *info, GError **error)
{
    const Local *self = (const Local *)storage;
    return stat_at(self->fd, name, info) || fail_at(self, HF_STORAGE_READING, "find", name, error);
}

static void append_entry(GPtrArray *entries, int folder_fd, const char *folder, const char *base)
{
    HfStorageInfo info;
    /* What is no file, or went away since, is left out. */
    if (hf_storage_is_partial_name(base) || !stat_at(folder_fd, base, &info))
        return;
    HfStorageEntry *entry = g_new0(HfStorageEntry, 1);
    entry->name = *folder != '\0' ? g_strconcat(folder, "/", base, NULL) : g_strdup(base);
    entry->info = info;
    g_ptr_array_add(entries, entry);
}

static void append_folder(GPtrArray *names, int folder_fd, const char *folder, const char *name)
{
    struct stat info;
    if (*name != '.' && fstatat(folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode))
        g_ptr_array_add(names, *folder != '\0' ? g_build_path("/", folder, name, NULL) : g_strdup(name));
}

static bool read_folder(HfStorage *storage, const char *folder,
                        void (*append)(GPtrArray *to, int folder_fd, const char *folder, const char *name),
                        GPtrArray *to, GError **error)
{
    const Local *self = (const Local *)storage;
    int fd = openat(self->fd, *folder != '\0' ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || fail_at(self, HF_STORAGE_READING, "open the folder", folder, error);
    DIR *stream = fdopendir(fd);
    g_assert(stream != NULL);
    errno = 0;
    for (const struct dirent *item; (item = readdir(stream)) != NULL; errno = 0)
        append(to, fd, folder, item->d_name);
    bool done = errno == 0 || fail_at(self, HF_STORAGE_READING, "read the folder", folder, error);
    closedir(stream);
    return done;
}

static bool list_local(HfStorage *storage, const char *folder, GPtrArray *entries, GError **error)
{
    return read_folder(storage, folder, append_entry, entries, error);
}

static bool folders_local(HfStorage *storage, const char *folder, GPtrArray *names, GError **error)
{
    return read_folder(storage, folder, append_folder, names, error);
}

static bool remove_local(HfStorage *storage, const char *name, GError **error)
{
    const Local *self = (const Local *)storage;
    if (unlinkat(self->fd, name, 0) != 0)
        return fail_at(self, HF_STORAGE_WRITING, "remove", name, error);
    return sync_parent(self, name, error);
}

static void free_local(HfStorage *storage)
{
    Local *self = (Local *)storage;
    close(self->fd);
    g_free(self->folder);
    g_free(self);
}

static HfStorage *new_local(const char *folder, bool always_named, GError **error)
{
    static const HfStorageDriver driver = {put_local,     get_local,    stat_local, list_local,
                                           folders_local, remove_local, free_local};

    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        hf_storage_fail(errno, HF_STORAGE_READING, "open the folder", folder, error);
        return NULL;
    }
    Local *self = g_new0(Local, 1);
    *self = (Local){.storage = {&driver}, .folder = g_strdup(folder), .fd = fd, .always_named = always_named};
    return &self->storage;
}

HfStorage *hf_storage_local_new(const char *folder, GError **error)
{
    return new_local(folder, false, error);
}

HfStorage *hf_storage_local_new_named(const char *folder, GError **error)
{
    return new_local(folder, true, error);
}
