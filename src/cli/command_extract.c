#include "service/extract.h"

#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/key_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/scope_options.h"
#include "cli/work.h"

#include <unistd.h>

static struct {
    char *from, *to;
    gboolean sql, data_only, no_owner, no_privileges, create_roles;
    char **role_map;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, "The archive; - is standard input", "FILE"},
    {"to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "Write its members into this folder, new or empty", "DIR"},
    {"sql", 0, 0, G_OPTION_ARG_NONE, &options.sql, "Write a script for psql to standard output", NULL},
    {"data-only", 0, 0, G_OPTION_ARG_NONE, &options.data_only, "With --sql: only rows, to fill tables that are there",
     NULL},
    {"no-owner", 'O', 0, G_OPTION_ARG_NONE, &options.no_owner, "With --sql: the role that connects owns everything",
     NULL},
    {"no-privileges", 'x', 0, G_OPTION_ARG_NONE, &options.no_privileges, "With --sql: leave out grants", NULL},
    {"role-map", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.role_map,
     "With --sql: give to NEW what is OLD's; may be repeated", "OLD=NEW"},
    {"create-roles", 0, 0, G_OPTION_ARG_NONE, &options.create_roles,
     "With --sql: make roles that are missing, without passwords", NULL},
    {NULL},
};

/* Options that do nothing where they are given are refused, so that nobody relies on them. */
static bool check_sql_options(GError **error)
{
    const char *roles = options.no_owner           ? "--no-owner"
                        : options.no_privileges    ? "--no-privileges"
                        : options.role_map != NULL ? "--role-map"
                        : options.create_roles     ? "--create-roles"
                                                   : NULL;
    if (!options.sql && (options.data_only || roles != NULL))
        return hf_option_fail(error, "%s belongs to --sql; files are written as the archive has them",
                              options.data_only ? "--data-only" : roles);
    if (options.data_only && roles != NULL)
        return hf_option_fail(error, "%s: with --data-only the script has no roles, owners and grants", roles);
    return true;
}

static bool check(HfExtractOptions *extract, GError **error)
{
    if (!hf_option_require("--from", options.from, "the archive to read", error))
        return false;
    if ((options.to != NULL) == (bool)options.sql)
        return hf_option_fail(error, "give either --to DIR, for files, or --sql, for a script on standard output");
    if ((options.to != NULL && !hf_option_require("--to", options.to, "the folder to write to", error)) ||
        !check_sql_options(error) ||
        !hf_option_role_map((const char *const *)options.role_map, &extract->schema.role_map, error))
        return false;
    extract->patterns = hf_scope_patterns();
    extract->data_only = options.data_only;
    extract->create_roles = options.create_roles;
    extract->schema.no_owner = options.no_owner;
    extract->schema.no_privileges = options.no_privileges;
    return true;
}

static bool extract_sql(const HfExtractOptions *extract, HfProgress *progress, GCancellable *cancellable,
                        GError **error)
{
    g_autoptr(HfStoragePut) put = hf_storage_stream_put(STDOUT_FILENO, "standard output");
    return hf_extract_as_sql(extract, &put->output, progress, cancellable, error) && hf_storage_put_commit(put, error);
}

/* What was asked for says it all to people. */
static bool report(bool ok, double seconds, GError **error)
{
    HfReport result;
    hf_report_begin(&result, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (result.is_json) {
        hf_json_writer_string(&result.json, "file", options.from);
        hf_json_writer_string(&result.json, "to", options.to);
        hf_json_writer_fixed(&result.json, "elapsed_s", seconds, 3);
    }
    return hf_report_end(&result, ok, error);
}

static bool extract(HfWork *work, HfExtractOptions *extract, GError **error)
{
    GCancellable *cancellable = hf_work_cancellable(work);
    g_autoptr(GTimer) timer = g_timer_new();
    g_autoptr(HfArchiveFile) file = hf_archive_file_open(options.from, cancellable, error);
    if (file == NULL)
        return false;
    extract->archive = hf_archive_file_reader(file);
    HfProgress *progress = hf_work_begin_job(work, "extract");
    bool ok = options.sql ? extract_sql(extract, progress, cancellable, error)
                          : hf_extract_to_folder(extract, options.to, progress, cancellable, error);
    ok = hf_work_end_job(work, ok, error);
    return report(ok, g_timer_elapsed(timer, NULL), error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    HfExtractOptions to_extract = {0};
    if (!hf_options_parse(self, arguments, entries, error, hf_identity_options(), hf_scope_options(),
                          hf_work_options(HF_WORK_PROGRESS | HF_WORK_JSON), NULL) ||
        !check(&to_extract, error))
        return false;
    /* Standard output is for the script. */
    if (options.sql)
        hf_report_set_fd(STDERR_FILENO);
    g_autoptr(GHashTable) role_map = to_extract.schema.role_map;
    g_autoptr(HfWork) work = hf_work_begin(error);
    return work != NULL && extract(work, &to_extract, error);
}

const HfCommand hf_command_extract = {
    .name = "extract",
    .synopsis = "--from FILE (--to DIR | --sql [--data-only]) [--table PATTERN]… [--identity F]… [--passphrase-file F]",
    .summary = "Takes an archive apart, without a server: into files, or as one SQL script.",
    .examples = "What is extracted is not encrypted any more. Patterns are those of backup.\n\n"
                "Examples:\n"
                "  holdfast extract --from shop.hf --identity shop.key --to shop.d\n"
                "  holdfast extract --from shop.hf --identity shop.key --sql --table shop.orders | psql -X spare\n"
                "  holdfast extract --from shop.hf --identity shop.key --sql --data-only --table shop.orders \\\n"
                "      | psql -X shop",
    .run = run,
};
