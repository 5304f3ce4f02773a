/* With a Redis of its own, on a socket in a folder of its own. */
#include "queue/queue.h"

#include "base/error.h"
#include "base/json.h"
#include "tests/unit/cmocka_all.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

typedef struct {
    char *folder, *socket, *address;
    GSubprocess *redis;
    HfQueue *queue;
} Fixture;

static void end_with_us(gpointer data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static bool answers(const Fixture *self)
{
    g_autoptr(HfQueue) queue = hf_queue_new(self->address, NULL, NULL, "");
    g_autoptr(GError) error = NULL;
    bool asked;
    return hf_queue_cancel_asked(queue, "x", &asked, &error);
}

static void start_redis(Fixture *self)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_subprocess_launcher_set_child_setup(launcher, end_with_us, NULL, NULL);
    self->redis = g_subprocess_launcher_spawn(launcher, NULL, "redis-server", "--port", "0", "--unixsocket",
                                              self->socket, "--save", "", "--dir", self->folder, NULL);
    assert_non_null(self->redis);
    for (int i = 0; i < 1000 && !answers(self); i++)
        g_usleep(10000);
}

static void stop_redis(Fixture *self)
{
    g_subprocess_force_exit(self->redis);
    g_subprocess_wait(self->redis, NULL, NULL);
    g_clear_object(&self->redis);
    g_unlink(self->socket);
}

static int set_up(void **state)
{
    Fixture *self = *state = g_new0(Fixture, 1);
    signal(SIGPIPE, SIG_IGN);
    self->folder = g_dir_make_tmp("queue-XXXXXX", NULL);
    self->socket = g_build_filename(self->folder, "redis.sock", NULL);
    self->address = g_strconcat("unix:", self->socket, NULL);
    start_redis(self);
    self->queue = hf_queue_new(self->address, NULL, NULL, "test:");
    return 0;
}

static int tear_down(void **state)
{
    Fixture *self = *state;
    hf_queue_free(self->queue);
    stop_redis(self);
    g_rmdir(self->folder);
    g_free(self->address);
    g_free(self->socket);
    g_free(self->folder);
    g_free(self);
    return 0;
}

static void assert_done(bool done, const GError *error)
{
    if (!done)
        fail_msg("%s", error != NULL ? error->message : "no error");
}

#define DO(call)                                                                                                       \
    do {                                                                                                               \
        g_autoptr(GError) error = NULL;                                                                                \
        bool done = call;                                                                                              \
        assert_done(done, error);                                                                                      \
    } while (0)

/* Takes until an entry comes: the first call only makes the group. */
static char *take(HfQueue *queue, const char *worker, char **entry)
{
    char *job = NULL;
    for (int i = 0; i < 3 && job == NULL; i++) {
        g_autoptr(GError) error = NULL;
        job = hf_queue_take(queue, "default", worker, 50, entry, &error);
        assert_null(error);
    }
    return job;
}

static void an_entry_goes_to_one_worker_in_order(void **state)
{
    Fixture *self = *state;
    g_autoptr(HfQueue) other = hf_queue_new(self->address, NULL, NULL, "test:");
    DO(hf_queue_publish(self->queue, "default", "job-1", &error));
    DO(hf_queue_publish(self->queue, "default", "job-2", &error));
    g_autofree char *first_entry = NULL, *second_entry = NULL, *none_entry = NULL;
    g_autofree char *first = take(self->queue, "w1", &first_entry), *second = take(other, "w2", &second_entry);
    assert_string_equal(first, "job-1");
    assert_string_equal(second, "job-2");
    DO(hf_queue_acknowledge(self->queue, "default", first_entry, &error));
    DO(hf_queue_acknowledge(other, "default", second_entry, &error));
    assert_null(take(self->queue, "w1", &none_entry));
}

static void pools_and_prefixes_keep_apart(void **state)
{
    Fixture *self = *state;
    g_autoptr(HfQueue) stranger = hf_queue_new(self->address, NULL, NULL, "other:");
    DO(hf_queue_publish(self->queue, "large", "job-1", &error));
    g_autofree char *entry = NULL;
    assert_null(take(self->queue, "w1", &entry));
    DO(hf_queue_publish(stranger, "default", "job-2", &error));
    assert_null(take(self->queue, "w1", &entry));
}

static HfJobView view(Fixture *self, int64_t after, uint64_t known)
{
    HfJobView seen;
    DO(hf_queue_view_job(self->queue, "abc", "job-1", after, known, &seen, &error));
    return seen;
}

static void a_poll_sees_document_lines_and_poller_at_once(void **state)
{
    Fixture *self = *state;
    DO(hf_queue_put_principal(self->queue, "abc", "{\"actor\": \"user ada\"}", 60, &error));
    DO(hf_queue_mirror(self->queue, "job-1", "org-1", "{\"state\": \"running\"}", 0, 60, &error));
    DO(hf_queue_mirror_line(self->queue, "job-1", 1, 0, "info", "one \"quoted\"\n", &error));
    DO(hf_queue_mirror_line(self->queue, "job-1", 2, 1000000, "warning", "two", &error));
    DO(hf_queue_mirror_line(self->queue, "job-1", 2, 1000000, "warning", "two, again", &error));
    HfJobView all = view(self, 0, 0);
    assert_string_equal(all.principal, "{\"actor\": \"user ada\"}");
    assert_string_equal(all.organization, "org-1");
    assert_string_equal(all.document, "{\"state\": \"running\"}");
    assert_int_equal(all.last_seq, 2);
    assert_string_equal(all.lines->str,
                        "[{\"seq\":1,\"at\":\"1970-01-01T00:00:00.000000Z\",\"level\":\"info\",\"message\":"
                        "\"one \\\"quoted\\\"\\n\"},{\"seq\":2,\"at\":\"1970-01-01T00:00:01.000000Z\",\"level\":"
                        "\"warning\",\"message\":\"two\"}]");
    HfJobView rest = view(self, 1, 0), none = view(self, 2, 0), same = view(self, 2, all.revision);
    assert_non_null(strstr(rest.lines->str, "two"));
    assert_null(strstr(rest.lines->str, "one"));
    assert_string_equal(none.lines->str, "[]");
    assert_int_equal(none.last_seq, 2);
    assert_null(same.document);
    assert_null(same.lines);
    assert_int_equal(same.revision, all.revision);
    DO(hf_queue_mirror_line(self->queue, "job-1", 3, 0, "info", "three", &error));
    HfJobView changed = view(self, 2, all.revision);
    assert_true(changed.revision > all.revision);
    assert_non_null(changed.document);
    for (HfJobView *each[] = {&all, &rest, &none, &same, &changed, NULL}, **v = each; *v != NULL; v++)
        hf_job_view_clear(*v);
}

static void a_poll_from_before_what_is_here_is_not_answered(void **state)
{
    Fixture *self = *state;
    DO(hf_queue_mirror_line(self->queue, "job-1", 7, 0, "info", "of an attempt before", &error));
    DO(hf_queue_mirror(self->queue, "job-1", "org-1", "{}", 100, 60, &error));
    DO(hf_queue_mirror_line(self->queue, "job-1", 101, 0, "info", "one", &error));
    DO(hf_queue_mirror_line(self->queue, "job-1", 102, 0, "info", "two", &error));
    HfJobView before = view(self, 7, 0), from = view(self, 100, 0), known = view(self, 7, from.revision);
    assert_string_equal(before.organization, "org-1");
    assert_null(before.document);
    assert_null(before.lines);
    assert_false(before.is_known);
    assert_int_equal(from.last_seq, 102);
    assert_true(known.is_known);
    /* The oldest lines were cut off, or Redis was emptied and only a later one came. */
    HfJobView cut = view(self, 90, 0);
    assert_null(cut.document);
    DO(hf_queue_mirror(self->queue, "job-1", "org-1", "{}", HF_QUEUE_ALL_LINES, 60, &error));
    HfJobView none = view(self, 102, 0), document_alone = view(self, HF_QUEUE_ALL_LINES, 0);
    assert_null(none.document);
    assert_string_equal(document_alone.document, "{}");
    for (HfJobView *each[] = {&before, &from, &known, &cut, &none, &document_alone, NULL}, **v = each; *v != NULL; v++)
        hf_job_view_clear(*v);
}

static void what_is_not_written_again_is_not_believed_for_long(void **state)
{
    Fixture *self = *state;
    DO(hf_queue_mirror(self->queue, "job-1", "org-1", "{}", 0, 1, &error));
    g_usleep(700000);
    DO(hf_queue_mirror_line(self->queue, "job-1", 1, 0, "info", "a line alone does not keep it", &error));
    g_usleep(600000);
    HfJobView gone = view(self, 0, 0);
    assert_null(gone.organization);
    hf_job_view_clear(&gone);
}

/* Redis itself, which answers nothing while it is stopped. */
static void signal_redis(const Fixture *self, int number)
{
    g_subprocess_send_signal(self->redis, number);
    g_usleep(50000);
}

static int keep_answers(Fixture *self)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    hf_queue_keep_answers(self->queue, epoll);
    return epoll;
}

static void a_poll_of_what_has_not_changed_does_not_ask_redis_but_for_a_second(void **state)
{
    Fixture *self = *state;
    DO(hf_queue_mirror(self->queue, "job-1", "org-1", "{}", 0, 60, &error));
    int epoll = keep_answers(self);
    HfJobView first = view(self, 0, 0), later;
    signal_redis(self, SIGSTOP);
    HfJobView again = view(self, 0, 0), other;
    assert_string_equal(again.document, "{}");
    assert_false(hf_queue_view_job(self->queue, "abc", "job-2", 0, 0, &other, NULL));
    g_usleep(1100000);
    assert_false(hf_queue_view_job(self->queue, "abc", "job-1", 0, 0, &later, NULL));
    signal_redis(self, SIGCONT);
    hf_job_view_clear(&first);
    hf_job_view_clear(&again);
    close(epoll);
}

/* Polls until the document is that one: Redis tells of a change in a moment, far sooner than in the second after which
 * nothing is kept any more. */
static void assert_seen_at_once(Fixture *self, int epoll, const char *document)
{
    for (int i = 0; i < 150; i++) {
        struct epoll_event event;
        if (epoll_wait(epoll, &event, 1, 5) == 1) {
            assert_null(event.data.ptr);
            hf_queue_hear(self->queue);
        }
        HfJobView seen = view(self, 0, 0);
        bool is_new = g_strcmp0(seen.document, document) == 0;
        hf_job_view_clear(&seen);
        if (is_new)
            return;
    }
    fail_msg("%s is not seen", document != NULL ? document : "the end of it");
}

static void what_another_has_changed_is_seen_at_once(void **state)
{
    Fixture *self = *state;
    g_autoptr(HfQueue) other = hf_queue_new(self->address, NULL, NULL, "test:");
    int epoll = keep_answers(self);
    assert_seen_at_once(self, epoll, NULL);
    DO(hf_queue_mirror(other, "job-1", "org-1", "{\"n\":1}", 0, 60, &error));
    assert_seen_at_once(self, epoll, "{\"n\":1}");
    DO(hf_queue_mirror(other, "job-1", "org-1", "{\"n\":2}", 0, 60, &error));
    assert_seen_at_once(self, epoll, "{\"n\":2}");
    stop_redis(self);
    start_redis(self);
    assert_seen_at_once(self, epoll, NULL);
    DO(hf_queue_mirror(self->queue, "job-1", "org-1", "{\"n\":3}", 0, 60, &error));
    assert_seen_at_once(self, epoll, "{\"n\":3}");
    DO(hf_queue_mirror(other, "job-1", "org-1", "{\"n\":4}", 0, 60, &error));
    assert_seen_at_once(self, epoll, "{\"n\":4}");
    close(epoll);
}

static void entries_that_nobody_takes_do_not_pile_up(void **state)
{
    Fixture *self = *state;
    for (int i = 0; i < 2500; i++)
        DO(hf_queue_publish(self->queue, "default", "job-1", &error));
    g_autoptr(HfQueue) other = hf_queue_new(self->address, NULL, NULL, "test:");
    int left = 0;
    for (char *job, *entry; (job = take(other, "w1", &entry)) != NULL; left++) {
        g_free(job);
        g_free(entry);
    }
    assert_in_range(left, 1000, 1200);
}

static uint64_t forget_workers(Fixture *self, unsigned idle_s)
{
    uint64_t forgotten;
    DO(hf_queue_forget_workers(self->queue, "default", idle_s, &forgotten, &error));
    return forgotten;
}

static void names_of_workers_go_unless_they_are_young_or_hold_an_entry(void **state)
{
    Fixture *self = *state;
    g_autofree char *entry = NULL, *other_entry = NULL;
    assert_int_equal(forget_workers(self, 0), 0); /* there is no stream yet */
    DO(hf_queue_publish(self->queue, "default", "job-0", &error));
    assert_int_equal(forget_workers(self, 0), 0); /* and no group */
    DO(hf_queue_publish(self->queue, "default", "job-1", &error));
    g_autofree char *other = take(self->queue, "w0", &other_entry), *job = take(self->queue, "w1", &entry);
    assert_string_equal(other, "job-0");
    assert_string_equal(job, "job-1");
    DO(hf_queue_acknowledge(self->queue, "default", other_entry, &error));
    assert_int_equal(forget_workers(self, 3600), 0);
    assert_int_equal(forget_workers(self, 0), 1);
    assert_int_equal(forget_workers(self, 0), 0);
    DO(hf_queue_acknowledge(self->queue, "default", entry, &error));
    assert_int_equal(forget_workers(self, 0), 1);
    DO(hf_queue_publish(self->queue, "default", "job-2", &error));
    g_autofree char *later_entry = NULL, *later = take(self->queue, "w1", &later_entry);
    assert_string_equal(later, "job-2");
}

static void a_job_that_is_not_mirrored_is_not_there(void **state)
{
    Fixture *self = *state;
    HfJobView nothing = view(self, 0, 0);
    assert_null(nothing.organization);
    assert_null(nothing.principal);
    assert_null(nothing.document);
    hf_job_view_clear(&nothing);
}

static void what_is_short_lived_is_kept_counted_and_forgotten(void **state)
{
    Fixture *self = *state;
    uint64_t count = 0;
    bool asked = true;
    DO(hf_queue_cancel_asked(self->queue, "job-1", &asked, &error));
    assert_false(asked);
    DO(hf_queue_ask_cancel(self->queue, "job-1", &error));
    DO(hf_queue_cancel_asked(self->queue, "job-1", &asked, &error));
    assert_true(asked);
    for (uint64_t i = 1; i <= 3; i++) {
        DO(hf_queue_count(self->queue, "ada", 60, &count, &error));
        assert_int_equal(count, i);
    }
    DO(hf_queue_forget(self->queue, "ada", &error));
    DO(hf_queue_count(self->queue, "ada", 60, &count, &error));
    assert_int_equal(count, 1);
    DO(hf_queue_close_gate(self->queue, "db", "{}", &error));
    g_autofree char *closed = hf_queue_gate(self->queue, "db", NULL);
    assert_string_equal(closed, "{}");
    DO(hf_queue_open_gate(self->queue, "db", &error));
    assert_null(hf_queue_gate(self->queue, "db", NULL));
    DO(hf_queue_put_principal(self->queue, "p", "x", 60, &error));
    DO(hf_queue_drop_principal(self->queue, "p", &error));
    assert_null(hf_queue_get_principal(self->queue, "p", NULL));
}

static void a_redis_that_was_emptied_or_restarted_goes_on(void **state)
{
    Fixture *self = *state;
    g_autofree char *entry = NULL, *later_entry = NULL;
    DO(hf_queue_publish(self->queue, "default", "job-1", &error));
    g_autofree char *job = take(self->queue, "w1", &entry);
    assert_non_null(job);
    stop_redis(self);
    start_redis(self);
    DO(hf_queue_acknowledge(self->queue, "default", entry, &error));
    DO(hf_queue_publish(self->queue, "default", "job-2", &error));
    g_autofree char *later = take(self->queue, "w1", &later_entry);
    assert_string_equal(later, "job-2");
}

static void a_redis_that_is_away_costs_nothing_and_is_found_again(void **state)
{
    Fixture *self = *state;
    g_autoptr(GError) away = NULL;
    DO(hf_queue_publish(self->queue, "default", "job-1", &error));
    stop_redis(self);
    assert_false(hf_queue_publish(self->queue, "default", "job-1", &away));
    assert_true(g_error_matches(away, HF_ERROR, HF_ERROR_NETWORK));
    gint64 start = g_get_monotonic_time();
    for (int i = 0; i < 1000; i++) {
        g_autoptr(GError) still = NULL;
        assert_false(hf_queue_publish(self->queue, "default", "job-1", &still));
        assert_non_null(strstr(still->message, "is away"));
    }
    assert_true(g_get_monotonic_time() - start < 900 * G_TIME_SPAN_MILLISECOND); /* it is not tried a thousand times */
    start_redis(self);
    g_usleep(1100000);
    DO(hf_queue_publish(self->queue, "default", "job-1", &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_entry_goes_to_one_worker_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pools_and_prefixes_keep_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_poll_sees_document_lines_and_poller_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_poll_from_before_what_is_here_is_not_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_written_again_is_not_believed_for_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_poll_of_what_has_not_changed_does_not_ask_redis_but_for_a_second, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_another_has_changed_is_seen_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(entries_that_nobody_takes_do_not_pile_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_of_workers_go_unless_they_are_young_or_hold_an_entry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_job_that_is_not_mirrored_is_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_short_lived_is_kept_counted_and_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_redis_that_was_emptied_or_restarted_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_redis_that_is_away_costs_nothing_and_is_found_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
