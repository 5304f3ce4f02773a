#include "storage/storage.h"

#include "base/error.h"

#include <string.h>

#define MAX_NAME_BYTES 1024

bool hf_storage_is_partial_name(const char *base)
{
    return base[0] == '.' && strstr(base, ".partial-") != NULL;
}

static bool is_component(const char *part)
{
    return *part != '\0' && strcmp(part, ".") != 0 && strcmp(part, "..") != 0 && !hf_storage_is_partial_name(part);
}

static bool is_name(const char *name)
{
    if (strlen(name) > MAX_NAME_BYTES || !g_utf8_validate(name, -1, NULL))
        return false;
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    for (char **part = parts; *part != NULL; part++)
        if (!is_component(*part))
            return false;
    return parts[0] != NULL;
}

static bool check_name(const char *name, GError **error)
{
    if (is_name(name))
        return true;
    g_autofree char *shown = g_utf8_make_valid(name, MIN((gssize)strlen(name), 200));
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                "\"%s\" cannot be the name of a stored object: use a relative path of at most %d bytes of UTF-8, "
                "without \".\", \"..\" and empty parts",
                shown, MAX_NAME_BYTES);
    return false;
}

void hf_storage_free(HfStorage *self)
{
    if (self != NULL)
        self->driver->free(self);
}

HfStoragePut *hf_storage_put(HfStorage *self, const char *name, HfStoragePutFlags flags, uint64_t size_hint_bytes,
                             GError **error)
{
    return check_name(name, error) ? self->driver->put(self, name, flags, size_hint_bytes, error) : NULL;
}

bool hf_storage_put_commit(HfStoragePut *self, GError **error)
{
    return self->commit(self, error);
}

void hf_storage_put_free(HfStoragePut *self)
{
    if (self != NULL)
        self->free(self);
}

HfStorageObject *hf_storage_get(HfStorage *self, const char *name, GError **error)
{
    return check_name(name, error) ? self->driver->get(self, name, error) : NULL;
}

void hf_storage_object_free(HfStorageObject *self)
{
    if (self != NULL)
        self->free(self);
}

bool hf_storage_stat(HfStorage *self, const char *name, HfStorageInfo *info, GError **error)
{
    return check_name(name, error) && self->driver->stat(self, name, info, error);
}

bool hf_storage_remove(HfStorage *self, const char *name, GError **error)
{
    return check_name(name, error) && self->driver->remove(self, name, error);
}

static void free_entry(gpointer data)
{
    HfStorageEntry *entry = data;
    g_free(entry->name);
    g_free(entry);
}

static int compare_entries(const void *a, const void *b)
{
    const HfStorageEntry *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *hf_storage_list_folders(HfStorage *self, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    if ((*folder != '\0' && !check_name(folder, error)) || !self->driver->folders(self, folder, names, error))
        return NULL;
    g_ptr_array_sort(names, compare_names);
    return g_steal_pointer(&names);
}

GPtrArray *hf_storage_list(HfStorage *self, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(free_entry);
    if ((*folder != '\0' && !check_name(folder, error)) || !self->driver->list(self, folder, entries, error))
        return NULL;
    g_ptr_array_sort(entries, compare_entries);
    return g_steal_pointer(&entries);
}
