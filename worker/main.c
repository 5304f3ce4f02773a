#include "base/error.h"
#include "base/version.h"
#include "worker/child.h"
#include "worker/log.h"
#include "worker/supervisor.h"

#include <stdio.h>
#include <stdlib.h>

static struct {
    char *config, *pool, *name, *run_job;
    int attempt;
    gboolean version;
} options;

static const GOptionEntry entries[] = {
    {"config", 0, 0, G_OPTION_ARG_FILENAME, &options.config, "The configuration file", "FILE"},
    {"pool", 0, 0, G_OPTION_ARG_STRING, &options.pool, "Whose jobs it takes (default: default)", "NAME"},
    {"name", 0, 0, G_OPTION_ARG_STRING, &options.name, "Its name in jobs and logs", "NAME"},
    {"version", 0, 0, G_OPTION_ARG_NONE, &options.version, "Print the version", NULL},
    {"run-job", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &options.run_job, "Run one attempt", "ID"},
    {"attempt", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &options.attempt, "Its number", "N"},
    {NULL},
};

static bool parse(int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new("- runs the jobs of Holdfast");
    g_autofree char *help = hf_configuration_help();
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_description(context, help);
    return g_option_context_parse(context, &argc, &argv, error);
}

int main(int argc, char **argv)
{
    HfWorker worker;
    g_autoptr(GError) error = NULL;
    hf_worker_log_install();
    if (!parse(argc, argv, &error)) {
        g_warning("%s", error->message);
        return 2;
    }
    if (options.version) {
        printf("holdfast-worker %s\n", hf_version());
        return 0;
    }
    if (!hf_worker_open(&worker, options.config, options.pool != NULL ? options.pool : "default", options.name,
                        &error)) {
        g_warning("%s", error->message);
        return hf_error_exit_status(error);
    }
    hf_worker_log_set_level(worker.configuration->log_level);
    hf_worker_log_set_name(worker.name, options.run_job);
    int status = 0;
    if (options.run_job != NULL)
        status = hf_child_run(&worker, options.run_job, options.attempt);
    else
        hf_supervisor_run(&worker, options.config);
    /* The thread of the signals goes on to the end of the process. */
    fflush(stderr);
    hf_worker_log_set_name("", NULL);
    hf_worker_close(&worker);
    return status;
}
