/*
 * holdfast-api: a parent that opens the socket and keeps N children. SIGTERM lets every child finish its request;
 * SIGHUP replaces the children, each when it has finished its request, with the configuration as it is then. A child
 * that dies is replaced, after a pause if it could not serve; one that takes too long for a request is ended. All
 * signals are blocked and taken one by one, so none is missed.
 */
#include "api/log.h"
#include "api/route.h"
#include "api/serve.h"
#include "base/error.h"
#include "base/version.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BACKLOG 1024
#define MAX_CHILDREN 64
#define SYSTEMD_SOCKET 3

typedef struct {
    char *configuration_file, *socket_path;
    int children;
    gboolean print_routes, print_version;
} Options;

typedef struct {
    const Options *options;
    HfConfiguration *configuration;
    int socket;
    HfPlaces places;
    HfDeadline *deadlines;        /* of each child */
    pid_t children[MAX_CHILDREN]; /* 0: to be started */
} Parent;

/* ---- Children ------------------------------------------------------------------------------------------------------
 */

static pid_t start_child(const Parent *self, HfDeadline *deadline)
{
    hf_deadline_set(deadline, 0);
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
    g_autoptr(GError) error = NULL;
    if (!hf_serve(self->configuration, self->socket, &self->places, deadline, &error)) {
        g_critical("a child cannot serve: %s", error->message);
        sleep(1);
        _exit(1);
    }
    _exit(0);
}

static void keep_children(Parent *self)
{
    for (int i = 0; i < self->options->children; i++)
        if (self->children[i] <= 0)
            self->children[i] = start_child(self, &self->deadlines[i]);
}

static void end_children(const Parent *self)
{
    for (int i = 0; i < self->options->children; i++)
        if (self->children[i] > 0)
            kill(self->children[i], SIGTERM);
}

static void end_late_children(const Parent *self)
{
    for (int i = 0; i < self->options->children; i++)
        if (self->children[i] > 0 && hf_deadline_is_over(&self->deadlines[i])) {
            g_warning("the child %d takes too long for a request and is ended", (int)self->children[i]);
            kill(self->children[i], SIGKILL);
        }
}

static void note_end(Parent *self, pid_t pid, int status)
{
    for (int i = 0; i < self->options->children; i++)
        if (self->children[i] == pid)
            self->children[i] = 0;
    if (WIFSIGNALED(status))
        g_warning("the child %d was ended by signal %d and is replaced", (int)pid, WTERMSIG(status));
}

static void reap(Parent *self)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        note_end(self, pid, status);
}

/* ---- The parent ----------------------------------------------------------------------------------------------------
 */

/* A configuration that is wrong is told, and the one before goes on. */
static void reload(Parent *self)
{
    g_autoptr(GError) error = NULL;
    HfConfiguration *configuration = hf_configuration_load(self->options->configuration_file, &error);
    if (configuration == NULL) {
        g_warning("the configuration is not reloaded: %s", error->message);
        return;
    }
    hf_configuration_free(self->configuration);
    self->configuration = configuration;
    hf_api_log_set_level(configuration->log_level);
    end_children(self);
}

static bool has_children(const Parent *self)
{
    for (int i = 0; i < self->options->children; i++)
        if (self->children[i] > 0)
            return true;
    return false;
}

/* The next signal, or 0 when a second has gone by. */
static int wait_a_second(Parent *self, const sigset_t *signals)
{
    const struct timespec second = {.tv_sec = 1};
    int number = sigtimedwait(signals, NULL, &second);
    end_late_children(self);
    reap(self);
    return MAX(number, 0);
}

static void supervise(Parent *self, const sigset_t *signals)
{
    int number = 0;
    while (number != SIGTERM && number != SIGINT) {
        keep_children(self);
        number = wait_a_second(self, signals);
        if (number == SIGHUP)
            reload(self);
    }
    end_children(self);
    while (has_children(self))
        (void)wait_a_second(self, signals);
}

static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
    sigaddset(signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Under systemd the socket is handed over; one of our own is for our user and group, nginx's among them. */
static int open_socket(const char *path, GError **error)
{
    const char *pid = g_getenv("LISTEN_PID");
    bool ours = pid != NULL && g_ascii_strtoll(pid, NULL, 10) == getpid();
    if (path == NULL && ours && g_getenv("LISTEN_FDS") != NULL)
        return SYSTEMD_SOCKET;
    mode_t mask = umask(0117);
    int fd = path != NULL ? FCGX_OpenSocket(path, BACKLOG) : -1;
    umask(mask);
    if (fd < 0)
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "cannot listen on %s", path != NULL ? path : "(no --socket)");
    return fd;
}

static bool run(const Options *options, GError **error)
{
    sigset_t signals;
    Parent self = {.options = options};
    self.configuration = hf_configuration_load(options->configuration_file, error);
    if (self.configuration == NULL)
        return false;
    hf_api_log_set_level(self.configuration->log_level);
    self.socket = open_socket(options->socket_path, error);
    bool ok = self.socket >= 0 && hf_places_open(&self.places, options->children, error) &&
              (self.deadlines = hf_deadlines_open(options->children, error)) != NULL;
    if (ok) {
        block_signals(&signals);
        supervise(&self, &signals);
    }
    hf_configuration_free(self.configuration);
    return ok;
}

static bool parse(int argc, char **argv, Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->configuration_file, "The configuration file", "FILE"},
        {"socket", 's', 0, G_OPTION_ARG_FILENAME, &options->socket_path, "Where nginx finds it", "PATH"},
        {"children", 'n', 0, G_OPTION_ARG_INT, &options->children, "How many requests at a time (4)", "N"},
        {"routes", 0, 0, G_OPTION_ARG_NONE, &options->print_routes, "Print the authorization table as JSON", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->print_version, "Print the version", NULL},
        {NULL},
    };
    g_autofree char *help = hf_configuration_help();
    g_autoptr(GOptionContext) context = g_option_context_new("- the HTTP API of Holdfast, behind nginx");
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_description(context, help);
    g_autoptr(GError) reason = NULL;
    if (g_option_context_parse(context, &argc, &argv, &reason) && argc == 1 && options->children >= 1 &&
        options->children <= MAX_CHILDREN)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s; --help tells the options",
                reason != NULL ? reason->message
                : argc > 1     ? "unknown arguments"
                               : "--children takes 1 to 64");
    return false;
}

int main(int argc, char **argv)
{
    Options options = {.children = 4};
    g_autoptr(GError) error = NULL;
    hf_api_log_install();
    bool ok = parse(argc, argv, &options, &error);
    if (ok && options.print_version)
        printf("holdfast-api %s\n", hf_version());
    else if (ok && options.print_routes) {
        g_autofree char *routes = hf_routes_to_json();
        printf("%s\n", routes);
    } else if (ok)
        ok = run(&options, &error);
    if (!ok)
        g_critical("%s", error->message);
    g_free(options.configuration_file);
    g_free(options.socket_path);
    return hf_error_exit_status(error);
}
