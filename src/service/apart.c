/* What comes through the pipe: "=" and the answer, or "!", the error's code, a space and its message. */
#include "service/apart.h"

#include "base/error.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MORE_MEMORY_BYTES ((rlim_t)128 << 20)
#define PIECE_BYTES 65536

/* ---- In the process of its own -------------------------------------------------------------------------------------
 */

#ifndef __SANITIZE_ADDRESS__ /* which takes terabytes of addresses */
static void bound_memory(void)
{
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (statm == NULL || fscanf(statm, "%lu", &pages) != 1)
        pages = 0;
    if (statm != NULL)
        fclose(statm);
    rlim_t bytes = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + MORE_MEMORY_BYTES;
    (void)setrlimit(RLIMIT_AS, &(struct rlimit){bytes, bytes});
}
#else
static void bound_memory(void)
{
}
#endif

static void write_all(int fd, const GString *text)
{
    for (size_t at = 0; at < text->len;) {
        ssize_t written = write(fd, text->str + at, text->len - at);
        if (written < 0 && errno != EINTR)
            return;
        at += (size_t)MAX(written, 0);
    }
}

static G_NORETURN void work_and_exit(HfApartWork work, gconstpointer data, int fd, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    bound_memory();
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    GString *text = g_string_new("=");
    GError *error = NULL;
    if (!work(data, text, &error) && error != NULL)
        g_string_printf(text, "!%d %s", error->code, error->message);
    write_all(fd, text);
    _exit(0);
}

/* ---- In ours -------------------------------------------------------------------------------------------------------
 */

static bool wait_for_more(int fd, gint64 until_us, GError **error)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    for (;;) {
        gint64 left_ms = (until_us - g_get_monotonic_time()) / 1000;
        int ready = left_ms > 0 ? poll(&poll_fd, 1, (int)left_ms) : 0;
        if (ready > 0)
            return true;
        if (ready < 0 && errno == EINTR)
            continue;
        g_set_error_literal(error, HF_ERROR, HF_ERROR_NETWORK,
                            "it does not answer in time: check host, port and firewall");
        return false;
    }
}

static bool read_all(int fd, GString *text, gint64 until_us, size_t max_bytes, GError **error)
{
    for (;;) {
        char piece[PIECE_BYTES];
        if (!wait_for_more(fd, until_us, error))
            return false;
        ssize_t length = read(fd, piece, sizeof piece);
        if (length <= 0)
            return true;
        g_string_append_len(text, piece, length);
        if (text->len > max_bytes) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "it answers with more than %zu bytes", max_bytes);
            return false;
        }
    }
}

static char *read_answer(const GString *text, GError **error)
{
    if (text->len > 0 && text->str[0] == '=')
        return g_strdup(text->str + 1);
    char *message = NULL;
    int code = text->len > 0 ? (int)g_ascii_strtoll(text->str + 1, &message, 10) : HF_ERROR_NETWORK;
    g_set_error_literal(error, HF_ERROR, code, message != NULL ? message + 1 : "its answer is too large, or broken");
    return NULL;
}

char *hf_apart_run(HfApartWork work, gconstpointer data, unsigned limit_s, size_t max_bytes, GError **error)
{
    int fds[2];
    pid_t parent = getpid(), pid = pipe2(fds, 0) == 0 ? fork() : -1;
    if (pid < 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "a process cannot be started: %s", g_strerror(errno));
        return NULL;
    }
    if (pid == 0)
        work_and_exit(work, data, fds[1], parent);
    close(fds[1]);
    g_autoptr(GString) text = g_string_new(NULL);
    gint64 until_us = g_get_monotonic_time() + (gint64)limit_s * G_USEC_PER_SEC;
    bool whole = read_all(fds[0], text, until_us, max_bytes, error);
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(fds[0]);
    return whole ? read_answer(text, error) : NULL;
}
