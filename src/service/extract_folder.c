#include "service/extract.h"

#include "base/error.h"
#include "service/extract_selection.h"
#include "storage/storage.h"

#include <errno.h>
#include <glib/gstdio.h>

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
    HfStorage *storage;
    HfProgress *progress;
    GCancellable *cancellable;
} Folder;

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

static bool copy_members(Folder *self, const GPtrArray *members, GError **error)
{
    for (guint i = 0; i < members->len; i++) {
        if (hf_error_check_cancelled(self->cancellable, error) && copy_member(self, members->pdata[i], error))
            continue;
        g_prefix_error(error, "after %u of %u files: ", i, members->len);
        return false;
    }
    return true;
}

/* The members to write, HfMember*; the manifest itself comes last. */
static GPtrArray *choose_members(const HfExtractOptions *options, GError **error)
{
    bool all = options->tables == NULL || *options->tables == NULL;
    g_autoptr(HfExtractSelection) selection =
        all ? NULL : hf_extract_select(options->archive, options->tables, true, error);
    if (!all && selection == NULL)
        return NULL;
    GPtrArray *chosen = g_ptr_array_new();
    const HfManifest *manifest = hf_archive_reader_manifest(options->archive);
    for (guint i = 0; i < manifest->members->len; i++) {
        HfMember *member = manifest->members->pdata[i];
        uint32_t oid;
        if (all || !hf_part_name_parse(member->name, &oid) || hf_extract_takes_rows(selection, oid))
            g_ptr_array_add(chosen, member);
    }
    g_ptr_array_add(chosen, (gpointer)hf_archive_reader_manifest_member(options->archive));
    return chosen;
}

static bool folder_fail(int number, const char *folder, GError **error)
{
    bool denied = number == EACCES || number == EPERM || number == EROFS;
    g_set_error(error, HF_ERROR, denied ? HF_ERROR_DENIED : HF_ERROR_STORAGE,
                "cannot use the folder %s: %s; name another one", folder, g_strerror(number));
    return false;
}

static bool make_empty_folder(const char *folder, GError **error)
{
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return folder_fail(errno, folder, error);
    errno = 0;
    g_autoptr(GDir) names = g_dir_open(folder, 0, NULL);
    if (names == NULL)
        return folder_fail(errno, folder, error);
    if (g_dir_read_name(names) == NULL)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the folder %s is not empty; name another one, or empty it",
                folder);
    return false;
}

bool hf_extract_to_folder(const HfExtractOptions *options, const char *folder, HfProgress *progress,
                          GCancellable *cancellable, GError **error)
{
    g_autoptr(GPtrArray) members = choose_members(options, error);
    if (members == NULL || !make_empty_folder(folder, error))
        return false;
    g_autoptr(HfStorage) storage = hf_storage_local_new(folder, error);
    if (storage == NULL)
        return false;
    if (progress != NULL) {
        hf_progress_set_phase(progress, "writing files");
        for (guint i = 0; i < members->len; i++)
            hf_progress_expect(progress, ((const HfMember *)members->pdata[i])->size_bytes);
    }
    Folder self = {options, storage, progress, cancellable};
    if (!copy_members(&self, members, error))
        return false;
    if (progress != NULL)
        hf_progress_finish(progress);
    return true;
}
