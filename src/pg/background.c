#include "pg/background.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ---- Connecting ----------------------------------------------------------------------------------------------------
 */

/* Shared by the thread and who waits for it; the last of them frees it. */
typedef struct {
    HfPgTarget *target;
    PGconn *conn;
    int done_fd; /* an eventfd, written when conn is there */
} Connecting;

static void connecting_clear(gpointer data)
{
    Connecting *self = data;
    PQfinish(self->conn);
    hf_pg_target_free(self->target);
    close(self->done_fd);
}

static gpointer run_connect(gpointer data)
{
    Connecting *self = data;
    const char *const *keywords, *const *values;
    hf_pg_target_parameters(self->target, &keywords, &values);
    self->conn = PQconnectdbParams(keywords, values, hf_pg_target_is_alone(self->target));
    g_assert(self->conn != NULL);
    eventfd_write(self->done_fd, 1);
    g_atomic_rc_box_release_full(self, connecting_clear);
    return NULL;
}

PGconn *hf_pg_background_connect(const HfPgTarget *target, int cancel_fd)
{
    Connecting *self = g_atomic_rc_box_new0(Connecting);
    self->target =
        hf_pg_target_with_password(target, hf_pg_target_password(target)); /* a copy, to outlive the caller */
    self->done_fd = eventfd(0, EFD_CLOEXEC);
    g_assert(self->done_fd >= 0);
    GThread *thread = g_thread_new("connect", run_connect, g_atomic_rc_box_acquire(self));

    struct pollfd fds[] = {{.fd = self->done_fd, .events = POLLIN}, {.fd = cancel_fd, .events = POLLIN}};
    while (poll(fds, G_N_ELEMENTS(fds), -1) < 0 && errno == EINTR)
        ;
    eventfd_t done;
    PGconn *conn = NULL;
    if (fds[0].revents != 0 && eventfd_read(self->done_fd, &done) == 0)
        conn = g_steal_pointer(&self->conn);
    if (conn != NULL) /* it is all but over: what libraries keep for a thread goes before the program can */
        g_thread_join(thread);
    else
        g_thread_unref(thread);
    g_atomic_rc_box_release_full(self, connecting_clear);
    return conn;
}

/* ---- Cancelling ----------------------------------------------------------------------------------------------------
 */

typedef struct {
    PGcancel *cancel;
    int done; /* atomic */
} Request;

struct HfPgCancel {
    Request *request; /* shared with the thread */
    GThread *thread;
};

static void request_clear(gpointer data)
{
    PQfreeCancel(((Request *)data)->cancel);
}

static gpointer run_cancel(gpointer data)
{
    Request *request = data;
    char reason[256];
    if (request->cancel != NULL && !PQcancel(request->cancel, reason, (int)sizeof reason))
        g_debug("cancelling: %s", reason);
    g_atomic_int_set(&request->done, 1);
    g_atomic_rc_box_release_full(request, request_clear);
    return NULL;
}

HfPgCancel *hf_pg_cancel_start(PGconn *conn)
{
    HfPgCancel *self = g_new0(HfPgCancel, 1);
    self->request = g_atomic_rc_box_new0(Request);
    self->request->cancel = PQgetCancel(conn);
    self->thread = g_thread_new("cancel", run_cancel, g_atomic_rc_box_acquire(self->request));
    return self;
}

bool hf_pg_cancel_is_done(HfPgCancel *self)
{
    return g_atomic_int_get(&self->request->done) != 0;
}

void hf_pg_cancel_wait(HfPgCancel *self)
{
    if (self->thread != NULL)
        g_thread_join(g_steal_pointer(&self->thread));
}

void hf_pg_cancel_free(HfPgCancel *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->thread, g_thread_unref);
    g_atomic_rc_box_release_full(self->request, request_clear);
    g_free(self);
}
