#include "cli/archive_file.h"

#include "base/error.h"
#include "cli/key_options.h"
#include "cli/options.h"

#include <string.h>
#include <unistd.h>

bool hf_path_is_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

bool hf_path_is_archive(const char *from)
{
    bool conninfo = strchr(from, '=') != NULL || strstr(from, "://") != NULL;
    return hf_path_is_stream(from) || g_file_test(from, G_FILE_TEST_IS_REGULAR) ||
           (!conninfo && strchr(from, '/') != NULL);
}

static bool is_folder(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_DIR);
}

static HfStorage *open_folder_of(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    return hf_storage_local_new(folder, error);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

struct HfArchiveFile {
    HfStorage *storage; /* NULL for standard input */
    HfStorageObject *object;
    HfAgeIdentities *identities;
    HfArchiveReader *reader;
};

static bool refuse_folder(const char *path, GError **error)
{
    g_autofree char *contents = g_build_filename(path, "toc.dat", NULL);
    bool is_dump = g_file_test(contents, G_FILE_TEST_EXISTS);
    return hf_option_fail(error, "--from: %s is a folder and no regular file; %s", path,
                          is_dump ? "it looks like a dump of pg_dump: use pg_restore" : "name the archive in it");
}

static bool open_object(HfArchiveFile *self, const char *path, GCancellable *cancellable, GError **error)
{
    if (hf_path_is_stream(path)) {
        if (isatty(STDIN_FILENO))
            return hf_option_fail(error, "--from -: standard input is a terminal, where no archive comes from");
        self->object = hf_storage_spool_input(STDIN_FILENO, "standard input", cancellable, error);
        return self->object != NULL;
    }
    if (is_folder(path))
        return refuse_folder(path, error);
    g_autofree char *name = g_path_get_basename(path);
    self->storage = open_folder_of(path, error);
    if (self->storage == NULL)
        return false;
    self->object = hf_storage_get(self->storage, name, error);
    return self->object != NULL;
}

HfArchiveFile *hf_archive_file_open(const char *path, GCancellable *cancellable, GError **error)
{
    g_autoptr(HfArchiveFile) self = g_new0(HfArchiveFile, 1);
    if (!open_object(self, path, cancellable, error))
        return NULL;
    self->identities = hf_identities_from_options(&self->object->input, cancellable, error);
    if (self->identities == NULL)
        return NULL;
    self->reader = hf_archive_reader_open(&self->object->input, self->identities, error);
    if (self->reader == NULL) {
        g_prefix_error(error, "%s: ", hf_path_is_stream(path) ? "standard input" : path);
        return NULL;
    }
    return g_steal_pointer(&self);
}

void hf_archive_file_close(HfArchiveFile *self)
{
    if (self == NULL)
        return;
    hf_archive_reader_free(self->reader);
    hf_age_identities_free(self->identities);
    hf_storage_object_free(self->object);
    hf_storage_free(self->storage);
    g_free(self);
}

HfArchiveReader *hf_archive_file_reader(const HfArchiveFile *self)
{
    return self->reader;
}

HfInput *hf_archive_file_input(const HfArchiveFile *self)
{
    return &self->object->input;
}

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

struct HfArchiveTarget {
    HfStorage *storage; /* NULL for standard output */
    HfStoragePut *put;
};

static bool open_stream(HfArchiveTarget *self, const char *option, GError **error)
{
    if (isatty(STDOUT_FILENO))
        return hf_option_fail(error, "%s -: standard output is a terminal: send it to a file or a program", option);
    self->put = hf_storage_stream_put(STDOUT_FILENO, "standard output");
    return true;
}

static bool check_place(const char *option, const char *path, GError **error)
{
    if (is_folder(path) || g_str_has_suffix(path, "/"))
        return hf_option_fail(error, "%s: %s is a folder; name the file to write in it", option, path);
    g_autofree char *folder = g_path_get_dirname(path);
    if (g_file_test(folder, G_FILE_TEST_EXISTS))
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                "%s: cannot open the folder %s: No such file or directory; check the name, or create it first", option,
                folder);
    return false;
}

static bool open_file(HfArchiveTarget *self, const char *option, const char *path, HfExisting existing, GError **error)
{
    if (!check_place(option, path, error))
        return false;
    g_autofree char *name = g_path_get_basename(path);
    bool replace = existing == HF_EXISTING_REPLACE;
    if (!replace && g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "%s: %s exists already; choose another name%s", option, path,
                    existing == HF_EXISTING_ASK_FORCE ? " or give --force" : "");
        return false;
    }
    self->storage = open_folder_of(path, error);
    if (self->storage != NULL)
        self->put =
            hf_storage_put(self->storage, name, replace ? HF_STORAGE_PUT_OVERWRITE : HF_STORAGE_PUT_NEW, 0, error);
    return self->put != NULL;
}

HfArchiveTarget *hf_archive_target_open(const char *option, const char *path, HfExisting existing, GError **error)
{
    g_autoptr(HfArchiveTarget) self = g_new0(HfArchiveTarget, 1);
    bool ok =
        hf_path_is_stream(path) ? open_stream(self, option, error) : open_file(self, option, path, existing, error);
    return ok ? g_steal_pointer(&self) : NULL;
}

bool hf_archive_target_open_given(const char *option, const char *path, bool force, HfArchiveTarget **target,
                                  GError **error)
{
    if (path == NULL)
        return true;
    *target = hf_archive_target_open(option, path, force ? HF_EXISTING_REPLACE : HF_EXISTING_ASK_FORCE, error);
    return *target != NULL;
}

void hf_archive_target_close(HfArchiveTarget *self)
{
    if (self == NULL)
        return;
    if (self->put != NULL)
        hf_storage_put_free(self->put);
    hf_storage_free(self->storage);
    g_free(self);
}

HfStoragePut *hf_archive_target_put(const HfArchiveTarget *self)
{
    return self->put;
}

bool hf_archive_target_write(const HfArchiveTarget *self, const char *text, GError **error)
{
    HfStoragePut *put = hf_archive_target_put(self);
    return hf_output_write(&put->output, text, strlen(text), error) && hf_storage_put_commit(put, error);
}
