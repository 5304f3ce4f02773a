/* The contract of storage.h, run over each way in which the local driver keeps its temporary files. */
#include "config.h" /* first: it asks the C library for what is Linux alone */

#include "storage/storage.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef HfStorage *(*NewStorage)(const char *folder, GError **error);

static NewStorage new_storage; /* the driver under test */

typedef struct {
    char *folder;
    HfStorage *storage;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    fixture->folder = g_dir_make_tmp("holdfast-storage-XXXXXX", NULL);
    fixture->storage = new_storage(fixture->folder, NULL);
    *state = fixture;
    return fixture->storage != NULL ? 0 : -1;
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
            remove_tree(child);
        else
            g_unlink(child);
    }
    g_rmdir(path);
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    hf_storage_free(fixture->storage);
    remove_tree(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture);
    return 0;
}

/* ---- Helpers -------------------------------------------------------------------------------------------------------
 */

static HfStoragePut *begin(Fixture *fixture, const char *name, HfStoragePutFlags flags, const char *text)
{
    g_autoptr(GError) error = NULL;
    HfStoragePut *put = hf_storage_put(fixture->storage, name, flags, 0, &error);
    if (put == NULL)
        fail_msg("%s", error->message);
    assert_true(hf_output_write(&put->output, text, strlen(text), NULL));
    return put;
}

static void store(Fixture *fixture, const char *name, HfStoragePutFlags flags, const char *text)
{
    g_autoptr(HfStoragePut) put = begin(fixture, name, flags, text);
    g_autoptr(GError) error = NULL;
    if (!hf_storage_put_commit(put, &error))
        fail_msg("%s", error->message);
}

static void assert_content(Fixture *fixture, const char *name, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfStorageObject) object = hf_storage_get(fixture->storage, name, &error);
    if (object == NULL)
        fail_msg("%s", error->message);
    assert_int_equal(object->input.size_bytes, strlen(expected));
    g_autofree char *text = g_malloc0(strlen(expected) + 1);
    assert_true(hf_input_read_at(&object->input, 0, text, strlen(expected), NULL));
    assert_string_equal(text, expected);
}

/* The names in the folder itself, hidden ones too, joined by spaces. */
static char *names_on_disk(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static void assert_on_disk(const char *folder, const char *expected)
{
    g_autofree char *names = names_on_disk(folder);
    assert_string_equal(names, expected);
}

static char *listed(Fixture *fixture, const char *folder)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) entries = hf_storage_list(fixture->storage, folder, NULL);
    assert_non_null(entries);
    for (guint i = 0; i < entries->len; i++) {
        const HfStorageEntry *entry = entries->pdata[i];
        g_string_append_printf(text, "%s=%d ", entry->name, (int)entry->info.size_bytes);
    }
    return g_string_free(text, FALSE);
}

static void assert_listed(Fixture *fixture, const char *folder, const char *expected)
{
    g_autofree char *text = listed(fixture, folder);
    assert_string_equal(text, expected);
}

static void assert_error(GError **error, HfErrorCode code, const char *words)
{
    assert_non_null(*error);
    if (!g_error_matches(*error, HF_ERROR, (int)code) || strstr((*error)->message, words) == NULL)
        fail_msg("%s error, where %s with \"%s\" is due: %s", hf_error_code_name((HfErrorCode)(*error)->code),
                 hf_error_code_name(code), words, (*error)->message);
    g_clear_error(error);
}

static void assert_put_refused(Fixture *fixture, const char *name, HfStoragePutFlags flags, HfErrorCode code,
                               const char *words)
{
    g_autoptr(GError) error = NULL;
    assert_null(hf_storage_put(fixture->storage, name, flags, 0, &error));
    assert_error(&error, code, words);
}

/* ---- The contract --------------------------------------------------------------------------------------------------
 */

static void an_object_is_visible_only_after_commit(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    HfStorageInfo info;
    g_autoptr(HfStoragePut) put = begin(fixture, "a", HF_STORAGE_PUT_NEW, "one ");
    assert_null(hf_storage_get(fixture->storage, "a", &error));
    assert_error(&error, HF_ERROR_NOT_FOUND, "/a");
    assert_false(hf_storage_stat(fixture->storage, "a", &info, &error));
    assert_error(&error, HF_ERROR_NOT_FOUND, "/a");
    assert_listed(fixture, "", "");
    assert_true(hf_output_write(&put->output, "two", 3, NULL));
    assert_true(hf_output_write(&put->output, "", 0, NULL));
    assert_true(hf_storage_put_commit(put, NULL));
    assert_content(fixture, "a", "one two");
    assert_listed(fixture, "", "a=7 ");
    assert_on_disk(fixture->folder, "a");
}

static void abort_leaves_nothing(void **state)
{
    Fixture *fixture = *state;
    hf_storage_put_free(begin(fixture, "a", HF_STORAGE_PUT_NEW, "text"));
    assert_on_disk(fixture->folder, "");
    store(fixture, "a", HF_STORAGE_PUT_NEW, "old");
    hf_storage_put_free(begin(fixture, "a", HF_STORAGE_PUT_OVERWRITE, "new"));
    assert_content(fixture, "a", "old");
    assert_on_disk(fixture->folder, "a");
}

static void a_taken_name_is_refused_at_once(void **state)
{
    Fixture *fixture = *state;
    store(fixture, "a", HF_STORAGE_PUT_NEW, "old");
    assert_put_refused(fixture, "a", HF_STORAGE_PUT_NEW, HF_ERROR_CONFLICT, "--force");
    assert_content(fixture, "a", "old");
    assert_on_disk(fixture->folder, "a");
}

static void a_name_taken_meanwhile_is_refused_at_commit(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfStoragePut) late = begin(fixture, "a", HF_STORAGE_PUT_NEW, "late");
    store(fixture, "a", HF_STORAGE_PUT_NEW, "first");
    assert_false(hf_storage_put_commit(late, &error));
    assert_error(&error, HF_ERROR_CONFLICT, "--force");
    g_clear_pointer(&late, hf_storage_put_free);
    assert_content(fixture, "a", "first");
    assert_on_disk(fixture->folder, "a");
}

static void overwrite_replaces_in_one_step(void **state)
{
    Fixture *fixture = *state;
    store(fixture, "a", HF_STORAGE_PUT_OVERWRITE, "old"); /* a free name will do too */
    g_autoptr(HfStorageObject) reader = hf_storage_get(fixture->storage, "a", NULL);
    g_autoptr(HfStoragePut) put = begin(fixture, "a", HF_STORAGE_PUT_OVERWRITE, "newer");
    assert_content(fixture, "a", "old");
    assert_true(hf_storage_put_commit(put, NULL));
    assert_content(fixture, "a", "newer");
    assert_on_disk(fixture->folder, "a");
    char text[4] = "";
    assert_true(hf_input_read_at(&reader->input, 0, text, 3, NULL));
    assert_string_equal(text, "old");
}

static void what_is_no_regular_file_is_never_replaced(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *pipe = g_build_filename(fixture->folder, "pipe", NULL);
    g_autofree char *link = g_build_filename(fixture->folder, "link", NULL);
    g_autofree char *folder = g_build_filename(fixture->folder, "folder", NULL);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(symlink("nowhere", link), 0);
    assert_int_equal(g_mkdir(folder, 0700), 0);
    assert_put_refused(fixture, "pipe", HF_STORAGE_PUT_OVERWRITE, HF_ERROR_CONFLICT, "not a regular file");
    assert_put_refused(fixture, "link", HF_STORAGE_PUT_OVERWRITE, HF_ERROR_CONFLICT, "not a regular file");
    assert_put_refused(fixture, "folder", HF_STORAGE_PUT_OVERWRITE, HF_ERROR_CONFLICT, "not a regular file");

    g_autoptr(GError) error = NULL;
    assert_null(hf_storage_get(fixture->storage, "pipe", &error));
    assert_error(&error, HF_ERROR_USAGE, "not a regular file");
    assert_null(hf_storage_get(fixture->storage, "folder", &error));
    assert_error(&error, HF_ERROR_USAGE, "not a regular file");
    assert_false(hf_storage_remove(fixture->storage, "folder", &error));
    assert_error(&error, HF_ERROR_CONFLICT, "folder");
    assert_listed(fixture, "", "");
}

typedef struct {
    Fixture *fixture;
    HfStoragePutFlags flags;
    int number;
    int *winners;
    int *losers;
    int *ready;
} Putter;

static gpointer put_in_a_race(gpointer data)
{
    Putter *self = data;
    g_autoptr(GError) error = NULL;
    char text[8];
    g_snprintf(text, sizeof text, "%07d", self->number);
    g_autoptr(HfStoragePut) put = hf_storage_put(self->fixture->storage, "race", self->flags, 0, NULL);
    bool written = put != NULL && hf_output_write(&put->output, text, 7, NULL);
    g_atomic_int_inc(self->ready);
    while (g_atomic_int_get(self->ready) < 8)
        g_usleep(100);
    if (written && hf_storage_put_commit(put, &error))
        g_atomic_int_inc(self->winners);
    else if (g_error_matches(error, HF_ERROR, HF_ERROR_CONFLICT))
        g_atomic_int_inc(self->losers);
    return NULL;
}

static void race(Fixture *fixture, HfStoragePutFlags flags, int expected_winners)
{
    int winners = 0, losers = 0, ready = 0;
    Putter putters[8];
    GThread *threads[8];
    for (int i = 0; i < 8; i++) {
        putters[i] = (Putter){fixture, flags, i, &winners, &losers, &ready};
        threads[i] = g_thread_new("putter", put_in_a_race, &putters[i]);
    }
    for (int i = 0; i < 8; i++)
        g_thread_join(threads[i]);
    assert_int_equal(winners, expected_winners);
    assert_int_equal(losers, 8 - expected_winners);
    assert_on_disk(fixture->folder, "race");
    assert_listed(fixture, "", "race=7 ");
}

static void of_several_putters_of_a_new_name_one_wins(void **state)
{
    race(*state, HF_STORAGE_PUT_NEW, 1);
}

static void several_putters_may_overwrite_and_leave_one_whole(void **state)
{
    race(*state, HF_STORAGE_PUT_OVERWRITE, 8);
}

static void objects_are_listed_found_and_removed(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    HfStorageInfo info;
    gint64 before = g_get_real_time();
    store(fixture, "b", HF_STORAGE_PUT_NEW, "22");
    store(fixture, "a", HF_STORAGE_PUT_NEW, "1");
    store(fixture, ".hidden \xC3\xA9", HF_STORAGE_PUT_NEW, "");
    assert_listed(fixture, "", ".hidden \xC3\xA9=0 a=1 b=2 ");
    assert_true(hf_storage_stat(fixture->storage, "b", &info, NULL));
    assert_int_equal(info.size_bytes, 2);
    assert_true(ABS(info.modified_us - before) < 60 * G_USEC_PER_SEC);
    assert_true(hf_storage_remove(fixture->storage, "b", NULL));
    assert_false(hf_storage_remove(fixture->storage, "b", &error));
    assert_error(&error, HF_ERROR_NOT_FOUND, "/b");
    assert_listed(fixture, "", ".hidden \xC3\xA9=0 a=1 ");
}

static void folders_come_with_the_names(void **state)
{
    Fixture *fixture = *state;
    store(fixture, "shop/2024/a", HF_STORAGE_PUT_NEW, "1");
    store(fixture, "shop/2024/b", HF_STORAGE_PUT_NEW, "22");
    store(fixture, "shop/c", HF_STORAGE_PUT_NEW, "333");
    assert_content(fixture, "shop/2024/b", "22");
    assert_listed(fixture, "", "");
    assert_listed(fixture, "shop", "shop/c=3 ");
    assert_listed(fixture, "shop/2024", "shop/2024/a=1 shop/2024/b=2 ");
    assert_listed(fixture, "absent", "");
    assert_put_refused(fixture, "shop/c/d", HF_STORAGE_PUT_NEW, HF_ERROR_NOT_FOUND, "not a folder");
    assert_true(hf_storage_remove(fixture->storage, "shop/2024/a", NULL));
    assert_listed(fixture, "shop/2024", "shop/2024/b=2 ");
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *long_name = g_strnfill(1025, 'a'), *long_part = g_strnfill(256, 'a');
    const char *bad[] = {"",     "/",  "/etc/passwd", "..",   "../a", "a/../b",           "a/..",   ".", "./a",
                         "a//b", "a/", "a/./b",       "\xFF", "//",   ".a.partial-00000", long_name};
    HfStorageInfo info;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        assert_put_refused(fixture, bad[i], HF_STORAGE_PUT_OVERWRITE, HF_ERROR_USAGE, "cannot be the name");
        assert_null(hf_storage_get(fixture->storage, bad[i], &error));
        assert_error(&error, HF_ERROR_USAGE, "cannot be the name");
        assert_false(hf_storage_stat(fixture->storage, bad[i], &info, &error));
        assert_error(&error, HF_ERROR_USAGE, "cannot be the name");
        assert_false(hf_storage_remove(fixture->storage, bad[i], &error));
        assert_error(&error, HF_ERROR_USAGE, "cannot be the name");
        if (*bad[i] != '\0')
            assert_null(hf_storage_list(fixture->storage, bad[i], NULL));
    }
    assert_put_refused(fixture, long_part, HF_STORAGE_PUT_NEW, HF_ERROR_USAGE, "shorter");
    assert_on_disk(fixture->folder, "");
}

static void the_longest_name_can_be_put(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *name = g_strnfill(255, 'n');
    store(fixture, name, HF_STORAGE_PUT_NEW, "1");
    store(fixture, name, HF_STORAGE_PUT_OVERWRITE, "2");
    assert_content(fixture, name, "2");
}

static void a_read_that_passes_the_end_is_refused(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    char buffer[16] = "";
    store(fixture, "a", HF_STORAGE_PUT_NEW, "0123456789");
    g_autoptr(HfStorageObject) object = hf_storage_get(fixture->storage, "a", NULL);
    assert_true(hf_input_read_at(&object->input, 4, buffer, 6, NULL));
    assert_memory_equal(buffer, "456789", 6);
    assert_true(hf_input_read_at(&object->input, 10, buffer, 0, NULL));
    assert_false(hf_input_read_at(&object->input, 5, buffer, 6, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "passes the end");
    assert_false(hf_input_read_at(&object->input, 11, buffer, 0, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "passes the end");
    assert_false(hf_input_read_at(&object->input, UINT64_MAX, buffer, 2, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "passes the end");

    g_autofree char *path = g_build_filename(fixture->folder, "a", NULL);
    assert_int_equal(truncate(path, 3), 0);
    assert_false(hf_input_read_at(&object->input, 0, buffer, 10, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "cut short");
}

static void a_large_object_arrives_whole(void **state)
{
    Fixture *fixture = *state;
    const size_t piece = 3 * 1000 * 1000, pieces = 9; /* passes the point where writing to disk starts */
    g_autofree char *data = g_malloc(piece), *back = g_malloc(piece);
    g_autoptr(HfStoragePut) put = begin(fixture, "large", HF_STORAGE_PUT_NEW, "");
    for (size_t i = 0; i < pieces; i++) {
        memset(data, (int)i, piece);
        assert_true(hf_output_write(&put->output, data, piece, NULL));
    }
    assert_true(hf_storage_put_commit(put, NULL));
    g_autoptr(HfStorageObject) object = hf_storage_get(fixture->storage, "large", NULL);
    assert_int_equal(object->input.size_bytes, piece * pieces);
    for (size_t i = pieces; i-- > 0;) {
        memset(data, (int)i, piece);
        assert_true(hf_input_read_at(&object->input, i * piece, back, piece, NULL));
        assert_memory_equal(back, data, piece);
    }
}

static void files_are_for_their_owner_alone(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *path = g_build_filename(fixture->folder, "shop", "a", NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    struct stat status;
    mode_t mask = umask(0);
    store(fixture, "shop/a", HF_STORAGE_PUT_NEW, "1");
    umask(mask);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(stat(folder, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
}

/* ---- Faults --------------------------------------------------------------------------------------------------------
 */

static void a_missing_folder_is_named(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *missing = g_build_filename(fixture->folder, "missing", NULL);
    g_autofree char *file = g_build_filename(fixture->folder, "file", NULL);
    assert_null(new_storage(missing, &error));
    assert_error(&error, HF_ERROR_NOT_FOUND, missing);
    store(fixture, "file", HF_STORAGE_PUT_NEW, "");
    assert_null(new_storage(file, &error));
    assert_error(&error, HF_ERROR_NOT_FOUND, "not a folder");
    g_unlink(file);
    g_rmdir(fixture->folder);
    assert_put_refused(fixture, "a", HF_STORAGE_PUT_NEW, HF_ERROR_NOT_FOUND, fixture->folder);
}

static void a_folder_without_the_right_to_write_is_denied(void **state)
{
    Fixture *fixture = *state;
    store(fixture, "a", HF_STORAGE_PUT_NEW, "secret");
    assert_int_equal(chmod(fixture->folder, 0555), 0);
    const uid_t nobody = 65534;
    bool dropped = geteuid() == 0 && seteuid(nobody) == 0;
    g_autoptr(GError) put_error = NULL, get_error = NULL, remove_error = NULL;
    HfStoragePut *put = hf_storage_put(fixture->storage, "b", HF_STORAGE_PUT_NEW, 0, &put_error);
    HfStorageObject *object = dropped ? hf_storage_get(fixture->storage, "a", &get_error) : NULL;
    bool removed = hf_storage_remove(fixture->storage, "a", &remove_error);
    if (dropped)
        assert_int_equal(seteuid(0), 0);
    chmod(fixture->folder, 0700);
    assert_null(put);
    assert_null(object);
    assert_false(removed);
    assert_error(&put_error, HF_ERROR_DENIED, "/b");
    assert_error(&remove_error, HF_ERROR_DENIED, "/a");
    if (dropped)
        assert_error(&get_error, HF_ERROR_DENIED, "/a");
}

static bool write_megabytes(HfStoragePut *put, int count, GError **error)
{
    g_autofree char *data = g_malloc0(1024 * 1024);
    for (int i = 0; i < count; i++)
        if (!hf_output_write(&put->output, data, 1024 * 1024, error))
            return false;
    return true;
}

static void assert_full(Fixture *fixture, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(HfStoragePut) put = begin(fixture, "a", HF_STORAGE_PUT_NEW, "text");
    assert_false(write_megabytes(put, 4, &error));
    assert_error(&error, HF_ERROR_STORAGE, words);
    assert_false(hf_storage_put_commit(put, &error));
    assert_error(&error, HF_ERROR_STORAGE, "an earlier write failed");
    g_clear_pointer(&put, hf_storage_put_free);
    assert_on_disk(fixture->folder, "");
}

static void a_file_that_grows_too_large_is_a_storage_error(void **state)
{
    struct rlimit before, small;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 1500 * 1000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_full(*state, "ulimit -f");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

/* In a mount namespace of a child's own, since the mount must not be seen elsewhere. */
static void a_full_disk_is_a_storage_error(void **state)
{
    Fixture *fixture = *state;
    enum { NO_MOUNT = 77 };

    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("none", fixture->folder, "tmpfs", 0, "size=2m") != 0)
            _exit(NO_MOUNT);
        Fixture full = {fixture->folder, new_storage(fixture->folder, NULL)};
        assert_full(&full, "free space"); /* a failure ends the child with a status of its own */
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_MOUNT)
        skip();
    assert_int_equal(status, 0);
}

static void die_while_putting(Fixture *fixture, bool commit)
{
    pid_t child = fork();
    if (child == 0) {
        HfStoragePut *put = hf_storage_put(fixture->storage, "a", HF_STORAGE_PUT_OVERWRITE, 0, NULL);
        bool written = put != NULL && hf_output_write(&put->output, "text", 4, NULL);
        if (written && (!commit || hf_storage_put_commit(put, NULL)))
            raise(SIGKILL);
        _exit(1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void a_killed_put_leaves_no_object(void **state)
{
    Fixture *fixture = *state;
    die_while_putting(fixture, false);
    assert_listed(fixture, "", "");
    if (new_storage == hf_storage_local_new)
        assert_on_disk(fixture->folder, "");
    die_while_putting(fixture, true);
    assert_content(fixture, "a", "text");
    assert_listed(fixture, "", "a=4 ");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_object_is_visible_only_after_commit),
        CASE(abort_leaves_nothing),
        CASE(a_taken_name_is_refused_at_once),
        CASE(a_name_taken_meanwhile_is_refused_at_commit),
        CASE(overwrite_replaces_in_one_step),
        CASE(what_is_no_regular_file_is_never_replaced),
        CASE(of_several_putters_of_a_new_name_one_wins),
        CASE(several_putters_may_overwrite_and_leave_one_whole),
        CASE(objects_are_listed_found_and_removed),
        CASE(folders_come_with_the_names),
        CASE(names_that_lead_elsewhere_are_refused),
        CASE(the_longest_name_can_be_put),
        CASE(a_read_that_passes_the_end_is_refused),
        CASE(a_large_object_arrives_whole),
        CASE(files_are_for_their_owner_alone),
        CASE(a_missing_folder_is_named),
        CASE(a_folder_without_the_right_to_write_is_denied),
        CASE(a_file_that_grows_too_large_is_a_storage_error),
        CASE(a_full_disk_is_a_storage_error),
        CASE(a_killed_put_leaves_no_object),
    };
    new_storage = hf_storage_local_new;
    int failed = cmocka_run_group_tests_name("storage/local", tests, NULL, NULL);
    new_storage = hf_storage_local_new_named;
    failed += cmocka_run_group_tests_name("storage/local, named temporary files", tests, NULL, NULL);
    return failed;
}
