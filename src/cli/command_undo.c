#include "base/units.h"
#include "cli/command.h"
#include "cli/connection_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/work.h"
#include "service/copies.h"

#include <unistd.h>

#define DEFAULT_KEEP_S (7 * 24 * 3600)

static struct {
    char *to, *keep_old, *maintenance_db;
} options;

static const GOptionEntry entries[] = {
    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, "The database that was restored", "CONNINFO"},
    {"keep-old", 0, 0, G_OPTION_ARG_STRING, &options.keep_old, "Keep what is live now so long (default: 7d)", "TIME"},
    {"maintenance-db", 0, 0, G_OPTION_ARG_STRING, &options.maintenance_db,
     "Connect here for renaming (default: postgres, else template1)", "NAME"},
    {NULL},
};

static bool report(bool ok, const HfUndoResult *result, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json && ok) {
        hf_json_writer_string(&text.json, "database", result->database);
        hf_json_writer_string(&text.json, "kept", result->kept);
        hf_json_writer_string(&text.json, "kept_until", result->kept_until);
        hf_json_writer_fixed(&text.json, "downtime_s", result->downtime_s, 3);
    } else if (ok && !hf_work_is_quiet()) {
        g_autofree char *downtime = hf_format_duration(result->downtime_s);
        hf_report_line(&text, "%s is again what it was before the restore; it was away for %s", result->database,
                       downtime);
        hf_report_line(&text, "what was live until now is kept as %s until %s; undo again brings it back", result->kept,
                       result->kept_until);
    }
    return hf_report_end(&text, ok, error);
}

static bool undo(HfWork *work, const HfPgTarget *target, uint64_t keep_s, GError **error)
{
    HfUndoResult result = {0};
    bool ok = hf_undo(target, options.maintenance_db, keep_s, hf_work_cancellable(work), &result, error);
    ok = report(ok, &result, error);
    hf_undo_result_clear(&result);
    return ok;
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    uint64_t keep_s = DEFAULT_KEEP_S;
    if (!hf_options_parse(self, arguments, entries, error, hf_connection_options(), hf_work_options(HF_WORK_JSON),
                          NULL) ||
        !hf_option_duration("--keep-old", options.keep_old, &keep_s, error))
        return false;
    g_autoptr(HfPgTarget) target = hf_connection_target("--to", options.to, error);
    if (target == NULL)
        return false;
    g_autoptr(HfWork) work = hf_work_begin(error);
    return work != NULL && hf_connection_settle_password(&target, hf_work_cancellable(work), error) &&
           undo(work, target, keep_s, error);
}

const HfCommand hf_command_undo = {
    .name = "undo",
    .synopsis = "--to CONNINFO",
    .summary = "Swaps a database back to the copy that the last restore with --mode swap kept.",
    .examples = "What is live now is kept in its turn, so an undo can be undone. See holdfast copies.\n\n"
                "Examples:\n"
                "  holdfast undo --to 'host=db user=postgres dbname=shop'",
    .run = run,
};
