#include "service/extract.h"

#include "cli/archive_file.h"
#include "cli/command.h"
#include "cli/key_options.h"
#include "cli/options.h"
#include "cli/work.h"

#include <unistd.h>

static struct {
    char *from, *to;
    gboolean sql;
    char **tables;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_FILENAME, &options.from, "The archive; - is standard input", "FILE"},
    {"to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "Write its members into this folder, new or empty", "DIR"},
    {"sql", 0, 0, G_OPTION_ARG_NONE, &options.sql, "Write a script for psql to standard output", NULL},
    {"table", 't', 0, G_OPTION_ARG_STRING_ARRAY, &options.tables, "Only these tables; may be repeated", "PATTERN"},
    {NULL},
};

static bool check(GError **error)
{
    if (!hf_option_require("--from", options.from, "the archive to read", error))
        return false;
    if ((options.to != NULL) == (bool)options.sql)
        return hf_option_fail(error, "give either --to DIR, for files, or --sql, for a script on standard output");
    return options.to == NULL || hf_option_require("--to", options.to, "the folder to write to", error);
}

static bool extract_sql(const HfExtractOptions *extract, HfProgress *progress, GCancellable *cancellable,
                        GError **error)
{
    g_autoptr(HfStoragePut) put = hf_storage_stream_put(STDOUT_FILENO, "standard output");
    return hf_extract_as_sql(extract, &put->output, progress, cancellable, error) && hf_storage_put_commit(put, error);
}

static bool extract(HfWork *work, GError **error)
{
    GCancellable *cancellable = hf_work_cancellable(work);
    g_autoptr(HfArchiveFile) file = hf_archive_file_open(options.from, cancellable, error);
    if (file == NULL)
        return false;
    HfExtractOptions extract = {hf_archive_file_reader(file), (const char *const *)options.tables};
    HfProgress *progress = hf_work_begin_job(work, "extract");
    bool ok = options.sql ? extract_sql(&extract, progress, cancellable, error)
                          : hf_extract_to_folder(&extract, options.to, progress, cancellable, error);
    return hf_work_end_job(work, ok, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    if (!hf_options_parse(self, arguments, entries, error, hf_identity_options(), hf_work_options(HF_WORK_PROGRESS),
                          NULL) ||
        !check(error))
        return false;
    g_autoptr(HfWork) work = hf_work_begin(error);
    return work != NULL && extract(work, error);
}

const HfCommand hf_command_extract = {
    .name = "extract",
    .synopsis = "--from FILE (--to DIR | --sql) [--table PATTERN]… [--identity F]… [--passphrase-file F]",
    .summary = "Takes an archive apart, without a server: into files, or as one SQL script.",
    .examples = "What is extracted is not encrypted any more. A pattern is [SCHEMA.]TABLE with * and ?.\n\n"
                "Examples:\n"
                "  holdfast extract --from shop.hf --identity shop.key --to shop.d\n"
                "  holdfast extract --from shop.hf --identity shop.key --sql --table shop.orders | psql spare",
    .run = run,
};
