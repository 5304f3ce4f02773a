/* The audit log. */
#include "base/error.h"
#include "catalog/audit.h"
#include "cli/admin.h"
#include "cli/options.h"
#include "cli/work.h"
#include "service/audit_anchor.h"

static struct {
    char *action, *actor;
} options;

static const GOptionEntry entries[] = {
    {"action", 0, 0, G_OPTION_ARG_STRING, &options.action, "list: this action alone, as \"server.create\"", "ACTION"},
    {"actor", 0, 0, G_OPTION_ARG_STRING, &options.actor, "list: what this one did, as \"user ada\"", "ACTOR"},
    {NULL},
};

static bool list(HfAdmin *admin, GError **error)
{
    static const HfAdminColumn columns[] = {
        {"AT", "at"},        {"ACTOR", "actor"},     {"ACTION", "action"}, {"OBJECT", "object_name"},
        {"FROM", "address"}, {"OUTCOME", "outcome"}, {"DETAIL", "detail"}, {NULL}};
    const char *filters[5] = {NULL};
    size_t count = 0;
    if (options.action != NULL) {
        filters[count++] = "action";
        filters[count++] = options.action;
    }
    if (options.actor != NULL) {
        filters[count++] = "actor";
        filters[count] = options.actor;
    }
    return hf_admin_list(admin, &hf_noun_audit, filters, columns, error);
}

static bool verify(HfAdmin *admin, GError **error)
{
    HfReport report;
    HfAuditEnd end;
    g_auto(HfAuditAnchor) anchor = {0};
    const char *path = admin->configuration->audit_anchor;
    if (!hf_audit_anchor_verify(admin->catalog, admin->sealer, path, 0, &end, &anchor, error))
        return false;
    hf_report_begin(&report, hf_work_wants_json(), NULL);
    if (report.is_json) {
        hf_json_writer_uint64(&report.json, "rows", end.rows);
        hf_json_writer_string(&report.json, "hash", end.hash);
        hf_json_writer_uint64(&report.json, "noted_rows", anchor.end.rows);
        hf_json_writer_string(&report.json, "noted_at", anchor.at);
    } else {
        hf_report_line(&report, "the chain of %" G_GUINT64_FORMAT " rows is whole", end.rows);
        if (anchor.at != NULL)
            hf_report_line(&report, "%s noted %" G_GUINT64_FORMAT " of them at %s, and they are there", path,
                           anchor.end.rows, anchor.at);
        else
            hf_report_line(&report, "nothing is noted in %s: rows that were cut off the end would not be seen", path);
    }
    return hf_report_end(&report, true, error);
}

static bool run(const HfCommand *self, char **arguments, GError **error)
{
    static const HfAdminVerb verbs[] = {
        {"list", list, .installation = true}, {"verify", verify, .installation = true}, {NULL}};
    return hf_admin_run(self, arguments, entries, verbs, NULL, error);
}

const HfCommand hf_command_audit = {
    .name = "audit",
    .synopsis = "list|verify",
    .summary = "Who did what, and whether nobody has changed that record.",
    .examples =
        "\"verify\" walks the whole chain of hashes and names the first row that does not fit. That the newest rows\n"
        "are gone it sees from what a worker on this machine notes each minute ([service] audit_anchor).\n\n"
        "Examples:\n"
        "  holdfast audit list --actor 'user ada'\n"
        "  holdfast audit verify --json",
    .run = run,
};
