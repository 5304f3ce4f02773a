#include "base/error.h"
#include "base/version.h"
#include "cli/command.h"
#include "cli/log.h"
#include "cli/report.h"
#include "cli/screen.h"
#include "cli/work.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const HfCommand *const commands[] = {
    &hf_command_keygen, &hf_command_backup,  &hf_command_restore, &hf_command_undo,     &hf_command_copies,
    &hf_command_verify, &hf_command_inspect, &hf_command_extract, &hf_command_migrate,  &hf_command_init,
    &hf_command_user,   &hf_command_token,   &hf_command_server,  &hf_command_schedule, &hf_command_job,
    &hf_command_rescan, &hf_command_audit,   &hf_command_assess,  &hf_command_export,   &hf_command_import,
};

/* What is opened later must not get the number of a standard stream that we were started without. */
static void open_closed_streams(void)
{
    while (true) {
        int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (fd > STDERR_FILENO)
            close(fd);
        if (fd < 0 || fd > STDERR_FILENO)
            return;
    }
}

static char *overview(void)
{
    GString *text =
        g_string_new("holdfast backs up PostgreSQL databases, proves the backups, and restores them with a way "
                     "back.\n\nUsage:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        g_string_append_printf(text, "  holdfast %-8s %s\n", commands[i]->name, commands[i]->summary);
    g_string_append(text, "\n\"holdfast COMMAND --help\" tells a command's options, \"man holdfast\" everything.\n");
    return g_string_free(text, FALSE);
}

static const HfCommand *find_command(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    g_autofree char *message =
        g_strdup_printf("holdfast: error: there is no command \"%s\"; \"holdfast --help\" lists the commands", name);
    hf_screen_print(message);
    return NULL;
}

/* The exit status; what commands print by themselves has been checked by then. */
static int flush_output(void)
{
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(const HfCommand *command, char **arguments)
{
    g_autoptr(GError) error = NULL;
    if (command->run(command, arguments, &error) || error == NULL)
        return flush_output();
    hf_log_error(error);
    if (g_error_matches(error, HF_ERROR, HF_ERROR_USAGE)) {
        g_autofree char *hint =
            g_strdup_printf("holdfast: \"holdfast %s --help\" tells the options of this command", command->name);
        hf_screen_print(hint);
    } else {
        hf_report_failure(hf_work_wants_json(), error);
    }
    return hf_error_exit_status(error);
}

static int show_help(const char *name)
{
    static char word[] = "--help";
    static char *help[] = {word, NULL};
    if (name != NULL) {
        const HfCommand *command = find_command(name);
        return command != NULL ? run(command, help) : 2;
    }
    g_autofree char *text = overview();
    fputs(text, stdout);
    return flush_output();
}

static bool is_any(const char *text, const char *a, const char *b)
{
    return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

int main(int argc, char **argv)
{
    open_closed_streams();
    /* A reader that ends and a limit of the file size are errors of a write, and no sudden death. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    setlocale(LC_CTYPE, "C.UTF-8"); /* arguments are names in UTF-8, whatever the environment speaks */
    hf_log_install();
    if (argc < 2) {
        g_autofree char *text = overview();
        fputs(text, stderr);
        return 2;
    }
    if (is_any(argv[1], "--version", "-V")) {
        printf("holdfast %s\n", hf_version());
        return flush_output();
    }
    if (is_any(argv[1], "--help", "-h") || strcmp(argv[1], "help") == 0)
        return show_help(strcmp(argv[1], "help") == 0 ? argv[2] : NULL);
    const HfCommand *command = find_command(argv[1]);
    return command != NULL ? run(command, argv + 2) : 2;
}
