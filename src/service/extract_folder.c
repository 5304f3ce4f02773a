#include "service/extract.h"

#include "base/error.h"
#include "service/archive_selection.h"
#include "storage/storage.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Hands bytes on, counts them, and ends when somebody asks to stop. */
typedef struct {
    HfOutput output;
    HfOutput *to;
    HfProgress *progress; /* may be NULL */
    GCancellable *cancellable;
} WatchedOutput;

static bool write_watched(HfOutput *output, const void *data, size_t length, GError **error)
{
    WatchedOutput *self = (WatchedOutput *)output;
    if (!hf_error_check_cancelled(self->cancellable, error) || !hf_output_write(self->to, data, length, error))
        return false;
    if (self->progress != NULL) {
        hf_progress_lane_add(self->progress, 0, 0, length);
        hf_progress_add_out(self->progress, length);
    }
    return true;
}

typedef struct {
    const HfExtractOptions *options;
    const char *path;
    bool was_made; /* it was not there */
    HfStorage *storage;
    HfProgress *progress;
    GCancellable *cancellable;
} Folder;

/* ---- Files ---------------------------------------------------------------------------------------------------------
 */

static bool copy_member(Folder *self, const HfMember *member, GError **error)
{
    g_autoptr(HfStoragePut) put =
        hf_storage_put(self->storage, member->name, HF_STORAGE_PUT_NEW, member->size_bytes, error);
    if (put == NULL)
        return false;
    WatchedOutput output = {{write_watched}, &put->output, self->progress, self->cancellable};
    if (self->progress != NULL)
        hf_progress_lane_begin(self->progress, 0, member->name, member->size_bytes);
    bool ok = hf_archive_reader_copy(self->options->archive, member, &output.output, error) &&
              hf_storage_put_commit(put, error);
    if (self->progress != NULL)
        hf_progress_lane_end(self->progress, 0);
    return ok;
}

/* The folders that were made for a member, as far as they are empty by now. */
static void remove_folders_of(const Folder *self, const HfMember *member)
{
    g_autofree char *name = g_strdup(member->name);
    for (char *slash = strrchr(name, '/'); slash != NULL; slash = strrchr(name, '/')) {
        *slash = '\0';
        g_autofree char *path = g_build_filename(self->path, name, NULL);
        if (g_rmdir(path) != 0)
            return;
    }
}

/* The first `complete` members are files. The next one is none: what has its name is somebody else's. */
static bool remove_what_was_made(const Folder *self, const GPtrArray *members, guint complete)
{
    bool removed = true;
    for (guint i = 0; i < members->len && i <= complete; i++) {
        const HfMember *member = members->pdata[i];
        g_autofree char *path = g_build_filename(self->path, member->name, NULL);
        removed &= i == complete || g_unlink(path) == 0 || errno == ENOENT;
        remove_folders_of(self, member);
    }
    return (!self->was_made || g_rmdir(self->path) == 0) && removed;
}

static bool copy_members(Folder *self, const GPtrArray *members, GError **error)
{
    for (guint i = 0; i < members->len; i++) {
        if (hf_error_check_cancelled(self->cancellable, error) && copy_member(self, members->pdata[i], error))
            continue;
        bool removed = remove_what_was_made(self, members, i);
        g_prefix_error(error, "after %u of %u files (%s): ", i, members->len,
                       removed ? "removed again" : "not all of them could be removed again");
        return false;
    }
    return true;
}

/* The members to write, HfMember*; the manifest itself comes last. */
static GPtrArray *choose_members(const HfExtractOptions *options, GError **error)
{
    bool all = !hf_pattern_lists_given(&options->patterns);
    g_autoptr(HfArchiveSelection) selection =
        all ? NULL : hf_archive_select(options->archive, &options->patterns, HF_SELECT_TO_READ, error);
    if (!all && selection == NULL)
        return NULL;
    if (selection != NULL)
        hf_archive_selection_tell_lost(selection);
    GPtrArray *chosen = g_ptr_array_new();
    const HfManifest *manifest = hf_archive_reader_manifest(options->archive);
    for (guint i = 0; i < manifest->members->len; i++) {
        HfMember *member = manifest->members->pdata[i];
        uint32_t oid;
        if (all || !hf_part_name_parse(member->name, &oid) || hf_archive_selection_takes_rows(selection, oid))
            g_ptr_array_add(chosen, member);
    }
    g_ptr_array_add(chosen, (gpointer)hf_archive_reader_manifest_member(options->archive));
    return chosen;
}

/* ---- The folder ----------------------------------------------------------------------------------------------------
 */

static bool folder_fail(const Folder *self, int number, GError **error)
{
    bool denied = number == EACCES || number == EPERM || number == EROFS;
    bool absent = number == ENOENT;
    HfErrorCode code = denied ? HF_ERROR_DENIED : absent ? HF_ERROR_NOT_FOUND : HF_ERROR_STORAGE;
    g_set_error(error, HF_ERROR, (int)code, "cannot use the folder %s: %s; %s", self->path, g_strerror(number),
                absent ? "check the name; the folder that it is in must be created first" : "name another one");
    return false;
}

static bool has_file(const Folder *self, const char *name)
{
    g_autofree char *path = g_build_filename(self->path, name, NULL);
    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

/* The manifest is written last: an extract that was killed left none. */
static bool occupied_fail(const Folder *self, GError **error)
{
    bool half = has_file(self, HF_MEMBER_HEAD) && !has_file(self, HF_MEMBER_MANIFEST);
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the folder %s is not empty; %s", self->path,
                half ? "an extract that was killed left its files there: remove them, or name another folder"
                     : "name another one, or empty it");
    return false;
}

static bool make_empty_folder(Folder *self, GError **error)
{
    self->was_made = g_mkdir(self->path, 0700) == 0;
    if (!self->was_made && errno != EEXIST)
        return folder_fail(self, errno, error);
    errno = 0;
    g_autoptr(GDir) names = g_dir_open(self->path, 0, NULL);
    if (names == NULL)
        return folder_fail(self, errno, error);
    return g_dir_read_name(names) == NULL || occupied_fail(self, error);
}

bool hf_extract_to_folder(const HfExtractOptions *options, const char *folder, HfProgress *progress,
                          GCancellable *cancellable, GError **error)
{
    Folder self = {.options = options, .path = folder, .progress = progress, .cancellable = cancellable};
    g_autoptr(GPtrArray) members = choose_members(options, error);
    if (members == NULL || !make_empty_folder(&self, error))
        return false;
    g_autoptr(HfStorage) storage = self.storage = hf_storage_local_new(folder, error);
    if (storage == NULL) {
        if (self.was_made)
            g_rmdir(folder);
        return false;
    }
    if (progress != NULL) {
        hf_progress_set_phase(progress, "writing files");
        for (guint i = 0; i < members->len; i++)
            hf_progress_expect(progress, ((const HfMember *)members->pdata[i])->size_bytes);
    }
    if (!copy_members(&self, members, error))
        return false;
    if (progress != NULL)
        hf_progress_finish(progress);
    return true;
}
