#include "cli/restore_options.h"

#include "base/units.h"
#include "cli/options.h"
#include "cli/scope_options.h"

#define DEFAULT_KEEP_S (7 * 24 * 3600)

static struct {
    char *jobs, *proof, *keep_old, *maintenance_db;
    char **role_map;
    gboolean dry_run, drop_others, no_owner, no_privileges, create_roles;
} options;

GOptionGroup *hf_restore_options(void)
{
    static const GOptionEntry entries[] = {
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Only find out whether it can be done", NULL},
        HF_JOBS_ENTRY(&options.jobs),
        {"drop-others", 0, 0, G_OPTION_ARG_NONE, &options.drop_others,
         "Where a database is replaced: let the tables go that --schema and --table do not choose", NULL},
        {"no-owner", 'O', 0, G_OPTION_ARG_NONE, &options.no_owner, "The role that connects owns everything", NULL},
        {"no-privileges", 'x', 0, G_OPTION_ARG_NONE, &options.no_privileges, "Do not restore grants", NULL},
        {"role-map", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.role_map, "Give to NEW what is OLD's; may be repeated",
         "OLD=NEW"},
        {"create-roles", 0, 0, G_OPTION_ARG_NONE, &options.create_roles,
         "Make roles that are missing, without passwords", NULL},
        {"proof", 0, 0, G_OPTION_ARG_STRING, &options.proof,
         "Compare what was made with what it was made from: every row (default), row counts, nothing",
         "digest|count|none"},
        {"keep-old", 0, 0, G_OPTION_ARG_STRING, &options.keep_old,
         "swap: keep the old database so long (default: 7d; 0s: drop it at once)", "TIME"},
        {"maintenance-db", 0, 0, G_OPTION_ARG_STRING, &options.maintenance_db,
         "Connect here for making and renaming (default: postgres, else template1)", "NAME"},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("restore", "What is made:", "What is made", NULL, NULL);
    g_option_group_add_entries(group, entries);
    return group;
}

/* Fatal ones are in the error. */
static void tell_finding(const HfFinding *finding, gpointer data)
{
    (void)data;
    if (!finding->fatal)
        g_message("preflight: %s", finding->text);
}

bool hf_restore_options_jobs_alone(unsigned *jobs, GError **error)
{
    if (options.proof != NULL || options.keep_old != NULL || options.maintenance_db != NULL ||
        options.role_map != NULL || options.dry_run || options.drop_others || options.no_owner ||
        options.no_privileges || options.create_roles)
        return hf_option_fail(error, "of the options under \"What is made\" --jobs alone goes with --to-mssql");
    return hf_option_jobs(options.jobs, jobs, error);
}

bool hf_restore_from_options(HfRestoreOptions *restore, GError **error)
{
    static const char *const proofs[] = {
        [HF_PROOF_DIGEST] = "digest", [HF_PROOF_COUNT] = "count", [HF_PROOF_NONE] = "none", NULL};
    unsigned proof = HF_PROOF_DIGEST;
    restore->keep_old_s = DEFAULT_KEEP_S;
    if (restore->mode != HF_RESTORE_SWAP && options.keep_old != NULL)
        return hf_option_fail(error, "--keep-old belongs to --mode swap: no other mode keeps an old database");
    HfPatternLists patterns = hf_scope_patterns();
    if (options.drop_others && (restore->mode == HF_RESTORE_NEW || !hf_pattern_lists_given(&patterns)))
        return hf_option_fail(error, "--drop-others belongs to --table or --schema with --mode swap or in-place");
    if (!hf_option_jobs(options.jobs, &restore->jobs, error) ||
        !hf_option_choice("--proof", options.proof, proofs, &proof, error) ||
        !hf_option_duration("--keep-old", options.keep_old, &restore->keep_old_s, error) ||
        !hf_option_role_map((const char *const *)options.role_map, &restore->role_map, error))
        return false;
    restore->proof = (HfProof)proof;
    restore->dry_run = options.dry_run;
    restore->drop_others = options.drop_others;
    restore->no_owner = options.no_owner;
    restore->no_privileges = options.no_privileges;
    restore->create_roles = options.create_roles;
    restore->maintenance_db = options.maintenance_db;
    restore->on_finding = tell_finding;
    return true;
}

/* ---- Report --------------------------------------------------------------------------------------------------------
 */

static void report_findings(HfJsonWriter *json, const HfRestoreResult *result)
{
    hf_json_writer_begin_array(json, "findings");
    for (guint i = 0; result->findings != NULL && i < result->findings->len; i++) {
        const HfFinding *finding = result->findings->pdata[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_bool(json, "fatal", finding->fatal);
        hf_json_writer_string(json, "text", finding->text);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

void hf_restore_report_json(HfJsonWriter *json, const HfRestoreOptions *restore, const HfRestoreResult *result)
{
    hf_json_writer_bool(json, "dry_run", restore->dry_run);
    hf_json_writer_string(json, "database", result->database);
    hf_json_writer_uint64(json, "tables", result->tables);
    hf_json_writer_uint64(json, "tables_proved", result->tables_proved);
    hf_json_writer_uint64(json, "rows", result->rows);
    hf_json_writer_uint64(json, "raw_bytes", result->raw_bytes);
    hf_json_writer_string(json, "kept", result->kept);
    hf_json_writer_string(json, "kept_until", result->kept_until);
    hf_json_writer_fixed(json, "downtime_s", result->downtime_s, 3);
    report_findings(json, result);
}

static void report_rows(HfReport *report, const char *done, const HfRestoreOptions *restore,
                        const HfRestoreResult *result)
{
    static const char *const proofs[] = {[HF_PROOF_DIGEST] = "every row was read back and compared",
                                         [HF_PROOF_COUNT] = "the row counts were compared",
                                         [HF_PROOF_NONE] = "not proved, as --proof none asks"};
    g_autofree char *tables = hf_format_count(result->tables);
    g_autofree char *rows = hf_format_count(result->rows);
    g_autofree char *raw = hf_format_bytes(result->raw_bytes);
    hf_report_line(report, "%s: %s table%s with %s row%s (%s) %s; %s", result->database, tables,
                   result->tables == 1 ? "" : "s", rows, result->rows == 1 ? "" : "s", raw, done,
                   proofs[restore->proof]);
}

static void report_swap(HfReport *report, const char *to, const HfRestoreResult *result)
{
    g_autofree char *downtime = hf_format_duration(result->downtime_s);
    g_autofree char *quoted = g_shell_quote(to);
    if (result->kept == NULL) {
        hf_report_line(report, "the swap took %s; the old database was dropped, as --keep-old 0s asks", downtime);
        return;
    }
    hf_report_line(report, "the swap took %s; the old database is kept as %s until %s", downtime, result->kept,
                   result->kept_until);
    hf_report_line(report, "to go back: holdfast undo --to %s", quoted);
}

void hf_restore_report_text(HfReport *report, const char *what, const char *done, const char *to,
                            const HfRestoreOptions *restore, const HfRestoreResult *result)
{
    if (restore->dry_run) {
        hf_report_line(report, "the %s can be done; nothing was touched", what);
        return;
    }
    report_rows(report, done, restore, result);
    if (restore->mode == HF_RESTORE_SWAP)
        report_swap(report, to, result);
}
