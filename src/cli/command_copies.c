#include "base/units.h"
#include "cli/command.h"
#include "cli/connection_options.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/work.h"
#include "service/copies.h"

#include <unistd.h>

static struct {
    char *to, *maintenance_db;
    char **drop;
    gboolean drop_stale, all;
} options;

static const GOptionEntry entries[] = {
    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, "The database whose copies are meant", "CONNINFO"},
    {"all", 0, 0, G_OPTION_ARG_NONE, &options.all, "List the copies of every database of the server", NULL},
    {"drop", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.drop, "Drop this copy; may be repeated", "NAME"},
    {"drop-stale", 0, 0, G_OPTION_ARG_NONE, &options.drop_stale,
     "Drop the copies that have expired, and what an interrupted restore left", NULL},
    {"maintenance-db", 0, 0, G_OPTION_ARG_STRING, &options.maintenance_db,
     "Connect here for that (default: postgres, else template1)", "NAME"},
    {NULL},
};

/* ---- List ----------------------------------------------------------------------------------------------------------
 */

static char *state_of(const HfCopy *copy)
{
    if (copy->in_use)
        return g_strdup("in use");
    if (copy->kind != HF_COPY_KEPT)
        return g_strdup("interrupted");
    return copy->expired ? g_strdup_printf("expired %s", copy->until) : g_strdup_printf("until %s", copy->until);
}

static void list_text(HfReport *report, GPtrArray *copies)
{
    g_autoptr(HfTextTable) list = hf_text_table_new("lllrll");
    if (copies->len == 0) {
        hf_report_line(report, "there are no copies");
        return;
    }
    hf_text_table_add(list, (const char *[]){"NAME", "OF", "KIND", "SIZE", "STATE", "WHAT IT HOLDS"});
    for (guint i = 0; i < copies->len; i++) {
        const HfCopy *copy = copies->pdata[i];
        g_autofree char *size = hf_format_bytes(copy->size_bytes);
        g_autofree char *state = state_of(copy);
        g_autofree char *holds = hf_copy_tell(copy);
        hf_text_table_add(list,
                          (const char *[]){copy->name, copy->of, hf_copy_kind_name(copy->kind), size, state, holds});
    }
    hf_text_table_print(list, report->text);
}

static void list_json(HfJsonWriter *json, GPtrArray *copies)
{
    hf_json_writer_begin_array(json, "copies");
    for (guint i = 0; i < copies->len; i++) {
        const HfCopy *copy = copies->pdata[i];
        bool kept = copy->kind == HF_COPY_KEPT;
        g_autofree char *holds = hf_copy_tell(copy);
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "name", copy->name);
        hf_json_writer_string(json, "of", copy->of);
        hf_json_writer_string(json, "kind", hf_copy_kind_name(copy->kind));
        hf_json_writer_string(json, "since", copy->since);
        hf_json_writer_string(json, "until", copy->until);
        hf_json_writer_bool(json, "expired", copy->expired);
        hf_json_writer_bool(json, "in_use", copy->in_use);
        hf_json_writer_string(json, "holds", holds);
        hf_json_writer_string(json, kept ? "replaced_by_archive" : "archive", copy->archive);
        if (kept)
            hf_json_writer_string(json, "replaced_by_undo_to", copy->undo_to);
        hf_json_writer_uint64(json, "size_bytes", copy->size_bytes);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

static bool list(HfWork *work, const HfPgTarget *target, GError **error)
{
    HfReport text;
    g_autoptr(GPtrArray) copies =
        hf_copies_list(target, options.maintenance_db, options.all, hf_work_cancellable(work), error);
    hf_report_begin(&text, hf_work_wants_json(), copies == NULL && error != NULL ? *error : NULL);
    if (copies != NULL && text.is_json)
        list_json(&text.json, copies);
    else if (copies != NULL)
        list_text(&text, copies);
    return hf_report_end(&text, copies != NULL, error);
}

/* ---- Drop ----------------------------------------------------------------------------------------------------------
 */

static void dropped_json(HfJsonWriter *json, char **dropped)
{
    hf_json_writer_begin_array(json, "dropped");
    for (char **name = dropped; *name != NULL; name++)
        hf_json_writer_string(json, NULL, *name);
    hf_json_writer_end_array(json);
}

static void dropped_text(HfReport *report, char **dropped)
{
    for (char **name = dropped; *name != NULL; name++)
        hf_report_line(report, "dropped %s", *name);
    if (*dropped == NULL)
        hf_report_line(report, "there was nothing to drop");
}

static bool drop(HfWork *work, const HfPgTarget *target, GError **error)
{
    HfReport text;
    g_auto(GStrv) dropped = hf_copies_drop(target, options.maintenance_db, (const char *const *)options.drop,
                                           hf_work_cancellable(work), error);
    hf_report_begin(&text, hf_work_wants_json(), dropped == NULL && error != NULL ? *error : NULL);
    if (dropped != NULL && text.is_json)
        dropped_json(&text.json, dropped);
    else if (dropped != NULL && !hf_work_is_quiet())
        dropped_text(&text, dropped);
    return hf_report_end(&text, dropped != NULL, error);
}

/* ---- Run -----------------------------------------------------------------------------------------------------------
 */

static bool check(GError **error)
{
    if ((options.drop != NULL) + options.drop_stale + options.all > 1)
        return hf_option_fail(error, "--drop, --drop-stale and --all exclude each other");
    return true;
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    if (!hf_options_parse(self, arguments, entries, error, hf_connection_options(), hf_work_options(HF_WORK_JSON),
                          NULL) ||
        !check(error))
        return false;
    g_autoptr(HfPgTarget) target = hf_connection_target("--to", options.to, error);
    if (target == NULL)
        return false;
    g_autoptr(HfWork) work = hf_work_begin(error);
    if (work == NULL || !hf_connection_settle_password(&target, hf_work_cancellable(work), error))
        return false;
    bool dropping = options.drop != NULL || options.drop_stale;
    return dropping ? drop(work, target, error) : list(work, target, error);
}

const HfCommand hf_command_copies = {
    .name = "copies",
    .synopsis = "--to CONNINFO [--all | --drop NAME… | --drop-stale]",
    .summary = "Lists and drops what restores left beside a database: kept copies and interrupted work.",
    .examples = "A copy in use (a restore is under way) is never dropped.\n\n"
                "Examples:\n"
                "  holdfast copies --to 'host=db user=postgres dbname=shop'\n"
                "  holdfast copies --to service=shop --drop-stale",
    .run = run,
};
