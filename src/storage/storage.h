/*
 * Where archives are kept. A storage holds objects: named, immutable runs of bytes that appear whole or not at all. A
 * driver fills in HfStorageDriver; callers use the functions, which check what is the same for every driver.
 *
 * Names are relative and in UTF-8, with '/' between folders, at most 1024 bytes; empty components, "." and ".." are
 * refused, as are names that a driver keeps for its temporary files (".<name>.partial-<digits>"). Folders are not
 * objects: a put makes those that its name needs, and an empty one does not show.
 *
 * Thread rule: one storage may be used from several threads at once, a put from one thread at a time, the input of an
 * object from any number.
 *
 * Errors, for every function: HF_ERROR_USAGE for such a name, HF_ERROR_NOT_FOUND, HF_ERROR_CONFLICT when a name is
 * taken, HF_ERROR_DENIED for a missing right or a read-only file system, HF_ERROR_LIMIT, HF_ERROR_STORAGE for all else
 * that fails below (disk full, I/O error), with the path, the system's words and what to do. Later drivers add
 * HF_ERROR_NETWORK. All functions block.
 */
#ifndef HF_STORAGE_STORAGE_H
#define HF_STORAGE_STORAGE_H

#include "base/io.h"

#include <gio/gio.h>

typedef struct HfStorage HfStorage;
typedef struct HfStoragePut HfStoragePut;
typedef struct HfStorageObject HfStorageObject;

typedef struct {
    uint64_t size_bytes;
    int64_t modified_us; /* since 1970, UTC */
} HfStorageInfo;

typedef struct {
    char *name; /* as a put takes it */
    HfStorageInfo info;
} HfStorageEntry;

typedef enum {
    HF_STORAGE_PUT_NEW = 0,       /* the name must be free */
    HF_STORAGE_PUT_OVERWRITE = 1, /* what stands under the name is replaced, in one step, at commit */
} HfStoragePutFlags;

/* ---- Driver contract -----------------------------------------------------------------------------------------------
 */

/*
 * A put in progress. Bytes go to `output` (first member, so that a put is an output). Whoever fills one in owes this:
 *
 * commit  Makes what was written visible under the name, complete and durable, in one step. Called once at most.
 *         Where the name must be free and is not any more: HF_ERROR_CONFLICT, and what took it is untouched. After a
 *         failed write it refuses. On false the name is as it was before the put, unless the message says otherwise.
 * free    Releases everything; without a successful commit nothing of the put is left behind.
 *
 * A process that dies leaves nothing under the name, and if the driver can do so nothing at all.
 */
struct HfStoragePut {
    HfOutput output;
    bool (*commit)(HfStoragePut *self, GError **error);
    void (*free)(HfStoragePut *self);
};

/* An object open for reading: `input` is its first member. It reads the same bytes until freed, even if the name is
 * overwritten or removed meanwhile; a driver that cannot promise this fails the read. */
struct HfStorageObject {
    HfInput input;
    void (*free)(HfStorageObject *self);
};

/*
 * A driver's operations; names have been checked.
 *
 * put     Refuses a taken name before any work is done, if it must be free. `size_hint_bytes` is what the caller
 * expects to write, 0 if unknown; it may be wrong either way and only helps a driver to choose its pieces. The writer
 *         may hand over pieces of any size; large ones are better.
 * get     Opens an object; one that is absent is HF_ERROR_NOT_FOUND.
 * stat    The same without opening it.
 * list    Appends a new HfStorageEntry for each object directly inside `folder` ("" is the top), in no order. A folder
 *         that is absent is empty. Puts in progress do not show.
 * folders The same for the folders directly inside it: appends the name (char*) of each.
 * remove  Removes an object, durably; one that is absent is HF_ERROR_NOT_FOUND.
 * free    Called when no put and no object of the storage is in use any more.
 */
typedef struct {
    HfStoragePut *(*put)(HfStorage *self, const char *name, HfStoragePutFlags flags, uint64_t size_hint_bytes,
                         GError **error);
    HfStorageObject *(*get)(HfStorage *self, const char *name, GError **error);
    bool (*stat)(HfStorage *self, const char *name, HfStorageInfo *info, GError **error);
    bool (*list)(HfStorage *self, const char *folder, GPtrArray *entries, GError **error);
    bool (*folders)(HfStorage *self, const char *folder, GPtrArray *names, GError **error);
    bool (*remove)(HfStorage *self, const char *name, GError **error);
    void (*free)(HfStorage *self);
} HfStorageDriver;

struct HfStorage {
    const HfStorageDriver *driver;
};

/* Whether the last part of a name is one that a driver may give to a temporary file: ".<name>.partial-<digits>". */
bool hf_storage_is_partial_name(const char *base);

/* ---- Use -----------------------------------------------------------------------------------------------------------
 */

void hf_storage_free(HfStorage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfStorage, hf_storage_free)

/* Transfer full. Write to `&put->output`, commit, free; freeing without a commit aborts. */
HfStoragePut *hf_storage_put(HfStorage *self, const char *name, HfStoragePutFlags flags, uint64_t size_hint_bytes,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_storage_put_commit(HfStoragePut *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_storage_put_free(HfStoragePut *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfStoragePut, hf_storage_put_free)

/* Transfer full. Read from `&object->input`. */
HfStorageObject *hf_storage_get(HfStorage *self, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_storage_object_free(HfStorageObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfStorageObject, hf_storage_object_free)

bool hf_storage_stat(HfStorage *self, const char *name, HfStorageInfo *info, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_storage_remove(HfStorage *self, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The objects directly inside `folder` ("" is the top), sorted by name: HfStorageEntry, transfer full. */
GPtrArray *hf_storage_list(HfStorage *self, const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The folders directly inside `folder`, as names that a list takes, sorted; hidden ones (".…") and links are none.
 * char*, transfer full. */
GPtrArray *hf_storage_list_folders(HfStorage *self, const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Drivers -------------------------------------------------------------------------------------------------------
 */

/*
 * Files in a folder, which must exist; it is held open. Files have mode 0600 and folders 0700. An unfinished put has
 * no name, so nothing of it outlives the process. On file systems without such files it is named
 * ".<name>.partial-<digits>", which is removed on abort and stays after a kill -9.
 */
HfStorage *hf_storage_local_new(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same with named temporary files everywhere, for the tests. */
HfStorage *hf_storage_local_new_named(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * A put to a descriptor that is open already, such as standard output; it stays open. `label` names it in messages.
 * Commit makes a regular file durable; neither kill nor abort takes back what was written. The program must ignore
 * SIGPIPE: a reader that ended is then HF_ERROR_STORAGE. Transfer full.
 */
HfStoragePut *hf_storage_stream_put(int fd, const char *label);

/*
 * An object over a descriptor that is open already, such as standard input; it may be closed afterwards. A regular file
 * is read where it is, from the present offset on. All else is first copied whole, until its end, into a temporary file
 * without a name in g_get_tmp_dir(); `cancellable` (may be NULL) ends that with HF_ERROR_CANCELLED. Transfer full.
 */
HfStorageObject *hf_storage_spool_input(int fd, const char *label, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
