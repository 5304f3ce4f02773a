/*
 * The least that a FastCGI program can do, for tests/bench: SOCKET CHILDREN. Each child accepts, says hello, and
 * accepts again.
 */
#include <fcgiapp.h>
#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void serve(int socket)
{
    FCGX_Request request;
    FCGX_InitRequest(&request, socket, 0);
    while (FCGX_Accept_r(&request) == 0) {
        FCGX_PutS("Content-Type: text/plain\r\n\r\nhello", request.out);
        FCGX_Finish_r(&request);
    }
}

int main(int argc, char **argv)
{
    guint64 children;
    if (argc != 3 || !g_ascii_string_to_unsigned(argv[2], 10, 1, 64, &children, NULL) || FCGX_Init() != 0)
        return 2;
    int socket = FCGX_OpenSocket(argv[1], 1024);
    if (socket < 0)
        return 1;
    for (guint64 i = 0; i < children; i++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            serve(socket);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    return 0;
}
