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
    char *to, *copy, *keep_old, *maintenance_db;
    gboolean dry_run;
} options;

static const GOptionEntry entries[] = {
    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, "The database that was restored", "CONNINFO"},
    {"copy", 0, 0, G_OPTION_ARG_STRING, &options.copy, "Bring back this kept copy (default: the newest)", "NAME"},
    {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Only tell what would be done", NULL},
    {"keep-old", 0, 0, G_OPTION_ARG_STRING, &options.keep_old,
     "Keep what is live now so long (default: 7d; 0s: drop it at once)", "TIME"},
    {"maintenance-db", 0, 0, G_OPTION_ARG_STRING, &options.maintenance_db,
     "Connect here for renaming (default: postgres, else template1)", "NAME"},
    {NULL},
};

static void report_dry_run(HfReport *text, const HfUndoResult *result, uint64_t keep_s)
{
    g_autofree char *time = hf_format_duration((double)keep_s);
    hf_report_line(text, "the undo of %s would bring back %s: %s", result->database, result->copy, result->holds);
    if (keep_s > 0)
        hf_report_line(text, "what is live now would be kept for %s", time);
    else
        hf_report_line(text, "what is live now would be dropped");
    hf_report_line(text, "sessions that would be ended: %s", result->sessions != NULL ? result->sessions : "none");
    hf_report_line(text, "nothing was touched");
}

static void report_text(HfReport *text, const HfUndoResult *result)
{
    g_autofree char *downtime = hf_format_duration(result->downtime_s);
    g_autofree char *since = hf_copy_tell_time(result->since);
    hf_report_line(text, "%s is again what it was until %s (%s); it was away for %s", result->database, since,
                   result->copy, downtime);
    if (result->kept != NULL)
        hf_report_line(text, "what was live until now is kept as %s until %s; undo again brings it back", result->kept,
                       result->kept_until);
    else
        hf_report_line(text, "what was live until now was dropped");
}

static void report_json(HfJsonWriter *json, const HfUndoResult *result)
{
    hf_json_writer_string(json, "database", result->database);
    hf_json_writer_bool(json, "dry_run", options.dry_run);
    hf_json_writer_string(json, "copy", result->copy);
    hf_json_writer_string(json, "holds", result->holds);
    hf_json_writer_string(json, "since", result->since);
    hf_json_writer_string(json, "kept", result->kept);
    hf_json_writer_string(json, "kept_until", result->kept_until);
    hf_json_writer_string(json, "sessions", result->sessions);
    hf_json_writer_fixed(json, "downtime_s", result->downtime_s, 3);
}

static bool report(bool ok, const HfUndoResult *result, uint64_t keep_s, GError **error)
{
    HfReport text;
    hf_report_begin(&text, hf_work_wants_json(), ok || error == NULL ? NULL : *error);
    if (text.is_json && ok)
        report_json(&text.json, result);
    else if (ok && options.dry_run)
        report_dry_run(&text, result, keep_s);
    else if (ok && !hf_work_is_quiet())
        report_text(&text, result);
    return hf_report_end(&text, ok, error);
}

static bool undo(HfWork *work, const HfPgTarget *target, uint64_t keep_s, GError **error)
{
    HfUndoOptions undo = {.target = target,
                          .maintenance_db = options.maintenance_db,
                          .copy = options.copy,
                          .keep_old_s = keep_s,
                          .dry_run = options.dry_run};
    HfUndoResult result = {0};
    bool ok = hf_undo(&undo, hf_work_cancellable(work), &result, error);
    ok = report(ok, &result, keep_s, error);
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
    .synopsis = "--to CONNINFO [--copy NAME]",
    .summary = "Swaps a database back to a copy that was kept: the newest, or the one named.",
    .examples = "What is live now is kept in its turn, so an undo can be undone. holdfast copies lists the copies.\n\n"
                "Examples:\n"
                "  holdfast undo --to 'host=db user=postgres dbname=shop' --dry-run\n"
                "  holdfast undo --to service=shop --copy shop_hf_kept_20261121044621_19d2",
    .run = run,
};
