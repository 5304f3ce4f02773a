/*
 * A child waits in epoll, where alone it can be told to end, and takes a connection without blocking: another child may
 * have been quicker. EPOLLEXCLUSIVE wakes one child for a connection, not all of them. It hears there, too, that Redis
 * has news of what it keeps.
 *
 * A request that takes too long is ended by the parent with its child, whatever it waits for: the child says until when
 * it may take, in memory that both see, which costs no system call.
 */
#include "api/serve.h"

#include "api/api.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#define REQUEST_S 60
/* nginx says all that comes before a request's body at once; whoever does not is not nginx. */
#define HEAD_S 5
/* So many requests a child answers before it is replaced: whatever a library should leak stays bounded. */
#define REQUESTS_A_CHILD 1000000

static volatile sig_atomic_t ending;
static char listening; /* its address stands for the socket in epoll */

static void on_signal(int number)
{
    (void)number;
    ending = 1;
}

static int open_epoll(int socket, GError **error)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = &listening};
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll >= 0 && fcntl(socket, F_SETFL, O_NONBLOCK) == 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) == 0)
        return epoll;
    g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "cannot wait on the socket: %s", g_strerror(errno));
    if (epoll >= 0)
        close(epoll);
    return -1;
}

static void answer(HfApi *api, FCGX_Request *fcgi, HfDeadline *deadline)
{
    int64_t now_us = g_get_monotonic_time();
    hf_deadline_set(deadline, now_us + HEAD_S * G_USEC_PER_SEC);
    if (FCGX_Accept_r(fcgi) == 0) {
        hf_deadline_set(deadline, now_us + REQUEST_S * G_USEC_PER_SEC);
        hf_api_answer(api, fcgi);
        FCGX_Finish_r(fcgi);
    }
    hf_deadline_set(deadline, 0);
}

static bool wait_for_request(HfApi *api, int epoll, const sigset_t *mask)
{
    struct epoll_event events[2];
    bool is_there = false;
    int count = epoll_pwait(epoll, events, G_N_ELEMENTS(events), -1, mask);
    for (int i = 0; i < count; i++)
        if (events[i].data.ptr != NULL)
            is_there = true;
        else
            hf_queue_hear(api->queue);
    return is_there;
}

static void serve(HfApi *api, int socket, int epoll, HfDeadline *deadline)
{
    FCGX_Request fcgi;
    sigset_t waiting;
    sigprocmask(SIG_SETMASK, NULL, &waiting);
    sigdelset(&waiting, SIGTERM);
    FCGX_InitRequest(&fcgi, socket, FCGI_FAIL_ACCEPT_ON_INTR);
    for (unsigned i = 0; !ending && i < REQUESTS_A_CHILD; i++)
        if (wait_for_request(api, epoll, &waiting))
            answer(api, &fcgi, deadline);
    FCGX_Free(&fcgi, 1);
}

bool hf_serve(const HfConfiguration *configuration, int socket, const HfPlaces *places, HfDeadline *deadline,
              GError **error)
{
    HfApi api;
    signal(SIGTERM, on_signal);
    if (FCGX_Init() != 0) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_INTERNAL, "FastCGI cannot be used");
        return false;
    }
    int epoll = open_epoll(socket, error);
    if (epoll < 0)
        return false;
    bool opened = hf_api_open(&api, configuration, error);
    if (opened) {
        api.places = *places;
        hf_queue_keep_answers(api.queue, epoll);
        serve(&api, socket, epoll, deadline);
        hf_api_close(&api);
    }
    close(epoll);
    return opened;
}
