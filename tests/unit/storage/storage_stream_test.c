#include "config.h" /* first: it asks the C library for what is Linux alone */

#include "storage/storage.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int open_scratch(void)
{
    return open(g_get_tmp_dir(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static void assert_error(GError **error, HfErrorCode code, const char *words)
{
    assert_non_null(*error);
    assert_true(g_error_matches(*error, HF_ERROR, (int)code));
    if (strstr((*error)->message, words) == NULL)
        fail_msg("no \"%s\" in: %s", words, (*error)->message);
    g_clear_error(error);
}

static void assert_reads(HfStorageObject *object, const char *expected)
{
    assert_non_null(object);
    size_t length = strlen(expected);
    g_autofree char *text = g_malloc0(length + 1);
    assert_int_equal(object->input.size_bytes, length);
    assert_true(hf_input_read_at(&object->input, 0, text, length, NULL));
    assert_string_equal(text, expected);
    g_autoptr(GError) error = NULL;
    assert_false(hf_input_read_at(&object->input, length, text, 1, &error));
    assert_error(&error, HF_ERROR_CORRUPT, "passes the end");
}

/* ---- Put -----------------------------------------------------------------------------------------------------------
 */

static void a_put_to_a_file_continues_at_its_offset(void **state)
{
    (void)state;
    int fd = open_scratch();
    assert_int_equal(write(fd, "head ", 5), 5);
    g_autoptr(HfStoragePut) put = hf_storage_stream_put(fd, "standard output");
    assert_true(hf_output_write(&put->output, "body", 4, NULL));
    assert_true(hf_storage_put_commit(put, NULL));
    char text[16] = "";
    assert_int_equal(pread(fd, text, sizeof text, 0), 9);
    assert_string_equal(text, "head body");
    g_clear_pointer(&put, hf_storage_put_free);
    assert_int_equal(close(fd), 0); /* it was left open */
}

typedef struct {
    int fd;
    size_t length;
} Reader;

static gpointer count_to_end(gpointer data)
{
    Reader *self = data;
    char buffer[10000];
    for (ssize_t got; (got = read(self->fd, buffer, sizeof buffer)) > 0;)
        self->length += (size_t)got;
    return NULL;
}

static void a_slow_pipe_that_would_block_takes_all(void **state)
{
    (void)state;
    int fds[2];
    assert_true(g_unix_open_pipe(fds, FD_CLOEXEC, NULL));
    assert_true(g_unix_set_fd_nonblocking(fds[1], TRUE, NULL));
    Reader reader = {fds[0], 0};
    g_autoptr(HfStoragePut) put = hf_storage_stream_put(fds[1], "standard output");
    GThread *thread = g_thread_new("reader", count_to_end, &reader);
    g_autofree char *data = g_malloc0(3000000);
    assert_true(hf_output_write(&put->output, data, 3000000, NULL));
    assert_true(hf_storage_put_commit(put, NULL));
    close(fds[1]);
    g_thread_join(thread);
    assert_int_equal(reader.length, 3000000);
    close(fds[0]);
}

static void a_reader_that_ended_is_a_storage_error(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    int fds[2];
    assert_true(g_unix_open_pipe(fds, FD_CLOEXEC, NULL));
    close(fds[0]);
    g_autoptr(HfStoragePut) put = hf_storage_stream_put(fds[1], "standard output");
    assert_false(hf_output_write(&put->output, "text", 4, &error));
    assert_error(&error, HF_ERROR_STORAGE, "standard output: Broken pipe; the program that reads it ended early");
    assert_false(hf_storage_put_commit(put, &error));
    assert_error(&error, HF_ERROR_STORAGE, "an earlier write failed");
    close(fds[1]);
}

static void a_full_device_is_a_storage_error(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    g_autoptr(HfStoragePut) put = hf_storage_stream_put(fd, "standard output");
    assert_false(hf_output_write(&put->output, "text", 4, &error));
    assert_error(&error, HF_ERROR_STORAGE, "free space");
    close(fd);
}

/* ---- Spooled input -------------------------------------------------------------------------------------------------
 */

static void a_file_is_read_in_place_from_its_offset(void **state)
{
    (void)state;
    int fd = open_scratch();
    assert_int_equal(write(fd, "0123456789", 10), 10);
    assert_int_equal(lseek(fd, 4, SEEK_SET), 4);
    g_autoptr(HfStorageObject) object = hf_storage_spool_input(fd, "standard input", NULL, NULL);
    assert_int_equal(pwrite(fd, "X", 1, 5), 1); /* in place: no copy was made */
    close(fd);
    assert_reads(object, "4X6789");
}

static void a_file_past_its_end_is_empty(void **state)
{
    (void)state;
    int fd = open_scratch();
    assert_int_equal(lseek(fd, 100, SEEK_SET), 100);
    g_autoptr(HfStorageObject) object = hf_storage_spool_input(fd, "standard input", NULL, NULL);
    close(fd);
    assert_reads(object, "");
}

static gpointer write_slowly(gpointer data)
{
    int fd = GPOINTER_TO_INT(data);
    for (int i = 0; i < 5; i++) {
        if (write(fd, "piece ", 6) != 6)
            break;
        g_usleep(2000);
    }
    close(fd);
    return NULL;
}

static void a_pipe_is_spooled_to_its_end(void **state)
{
    (void)state;
    int fds[2];
    assert_true(g_unix_open_pipe(fds, FD_CLOEXEC, NULL));
    assert_true(g_unix_set_fd_nonblocking(fds[0], TRUE, NULL));
    GThread *thread = g_thread_new("writer", write_slowly, GINT_TO_POINTER(fds[1]));
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(HfStorageObject) object = hf_storage_spool_input(fds[0], "standard input", cancellable, NULL);
    g_thread_join(thread);
    close(fds[0]);
    assert_reads(object, "piece piece piece piece piece ");
}

static gpointer cancel_soon(gpointer data)
{
    g_usleep(20000);
    g_cancellable_cancel(data);
    return NULL;
}

static void a_silent_pipe_can_be_cancelled(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    int fds[2];
    assert_true(g_unix_open_pipe(fds, FD_CLOEXEC, NULL));
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    GThread *thread = g_thread_new("canceller", cancel_soon, cancellable);
    assert_null(hf_storage_spool_input(fds[0], "standard input", cancellable, &error));
    g_thread_join(thread);
    assert_error(&error, HF_ERROR_CANCELLED, "cancelled");
    close(fds[0]);
    close(fds[1]);
}

static void a_spool_without_room_names_the_temporary_folder(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    struct rlimit before, small;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 10;
    int fds[2];
    assert_true(g_unix_open_pipe(fds, FD_CLOEXEC, NULL));
    assert_int_equal(write(fds[1], "more than ten bytes", 19), 19);
    close(fds[1]);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    HfStorageObject *object = hf_storage_spool_input(fds[0], "standard input", NULL, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_null(object);
    assert_error(&error, HF_ERROR_STORAGE, "TMPDIR");
    close(fds[0]);
}

static void a_descriptor_that_cannot_be_read_is_an_error(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    int folder = open(g_get_tmp_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_null(hf_storage_spool_input(folder, "standard input", NULL, &error));
    assert_error(&error, HF_ERROR_CONFLICT, "it is a folder");
    close(folder);
    assert_null(hf_storage_spool_input(folder, "standard input", NULL, &error));
    assert_error(&error, HF_ERROR_STORAGE, "standard input");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_put_to_a_file_continues_at_its_offset),
        cmocka_unit_test(a_slow_pipe_that_would_block_takes_all),
        cmocka_unit_test(a_reader_that_ended_is_a_storage_error),
        cmocka_unit_test(a_full_device_is_a_storage_error),
        cmocka_unit_test(a_file_is_read_in_place_from_its_offset),
        cmocka_unit_test(a_file_past_its_end_is_empty),
        cmocka_unit_test(a_pipe_is_spooled_to_its_end),
        cmocka_unit_test(a_silent_pipe_can_be_cancelled),
        cmocka_unit_test(a_spool_without_room_names_the_temporary_folder),
        cmocka_unit_test(a_descriptor_that_cannot_be_read_is_an_error),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("storage/stream", tests, NULL, NULL);
}
