#include "service/job_report.h"

#include "base/error.h"
#include "base/units.h"
#include "catalog/report_table.h"
#include "crypto/age.h"
#include "service/migrate_mssql.h"

#include <string.h>

#define PURPOSE "job report"

static const char *const names[] = {
    [HF_JOB_REPORT_JSON] = "report", [HF_JOB_REPORT_HTML] = "page", [HF_JOB_REPORT_SCRIPT] = "script"};

static bool put(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, HfJobReportPart part, const char *text,
                GError **error)
{
    size_t length = text != NULL ? strlen(text) : 0;
    if (text == NULL)
        return true;
    if (length > HF_JOB_REPORT_MAX) {
        g_autofree char *size = hf_format_bytes(length), *most = hf_format_bytes(HF_JOB_REPORT_MAX);
        g_warning("the %s is not kept: it has %s, and no more than %s are; holdfast on the command line writes it to a "
                  "file",
                  names[part], size, most);
        return true;
    }
    g_autoptr(GBytes) sealed = hf_sealer_seal(sealer, PURPOSE, text, length, error);
    return sealed != NULL && hf_report_put(catalog, job->organization, job->id, names[part], sealed, error);
}

bool hf_job_report_write(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, const HfJobReport *report,
                         GError **error)
{
    if (!hf_catalog_begin(catalog, error))
        return false;
    g_autoptr(HfJobRow) owned = hf_job_owned(catalog, job->id, job->attempt, error); /* nobody else's till the end */
    if (owned != NULL && put(catalog, sealer, job, HF_JOB_REPORT_JSON, report->json, error) &&
        put(catalog, sealer, job, HF_JOB_REPORT_HTML, report->html, error) &&
        put(catalog, sealer, job, HF_JOB_REPORT_SCRIPT, report->script, error) && hf_catalog_commit(catalog, error))
        return true;
    hf_catalog_rollback(catalog);
    return false;
}

/* ---- Refused rows --------------------------------------------------------------------------------------------------
 */

static void free_refused(gpointer data)
{
    HfJobRefused *self = data;
    g_free(self->part);
    hf_age_secret_free(self->json);
    g_free(self);
}

/* Of the first `count`. */
static size_t total_of(const GPtrArray *rows, guint count)
{
    return count > 0 ? ((const HfJobRefused *)rows->pdata[count - 1])->total : 0;
}

/* `json` is taken. */
static void append(GPtrArray *rows, const char *part, char *json)
{
    HfJobRefused *row = g_new(HfJobRefused, 1);
    *row = (HfJobRefused){g_strdup(part), json, total_of(rows, rows->len) + strlen(json)};
    g_ptr_array_add(rows, row);
}

static char *open_sealed(const HfSealer *sealer, GBytes *sealed, GError **error)
{
    gsize length;
    const void *bytes = g_bytes_get_data(sealed, &length);
    return hf_sealer_open_text(sealer, PURPOSE, bytes, length, error);
}

static bool check_room(const GPtrArray *before, const char *json, GError **error)
{
    if (total_of(before, before->len) + strlen(json) <= HF_JOB_REFUSED_MAX)
        return true;
    g_autofree char *most = hf_format_bytes(HF_JOB_REFUSED_MAX);
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "the rows that are refused have over %s with this one, which is more than is kept with a job: change "
                "them, or migrate on the command line, which writes them to a file",
                most);
    return false;
}

bool hf_job_refused_add(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, GPtrArray *before,
                        const char *part, const char *json, GError **error)
{
    if (!check_room(before, json, error))
        return false;
    g_autoptr(GBytes) sealed = hf_sealer_seal(sealer, PURPOSE, json, strlen(json), error);
    if (sealed == NULL || !hf_catalog_begin(catalog, error))
        return false;
    g_autoptr(HfJobRow) owned = hf_job_owned(catalog, job->id, job->attempt, error);
    if (owned != NULL && hf_refused_add(catalog, job->organization, job->id, part, sealed, error) &&
        hf_catalog_commit(catalog, error)) {
        append(before, part, g_strdup(json));
        return true;
    }
    hf_catalog_rollback(catalog);
    return false;
}

/* Names of parts (borrowed) to how many of the rows are of them. */
static GHashTable *count_parts(const GPtrArray *rows)
{
    GHashTable *counts = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < rows->len; i++) {
        char *part = ((const HfJobRefused *)rows->pdata[i])->part;
        g_hash_table_replace(counts, part, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(counts, part)) + 1));
    }
    return counts;
}

static GHashTable *names_of(const GPtrArray *kept)
{
    GHashTable *stay = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < kept->len; i++)
        g_hash_table_add(stay, ((const HfKeptPart *)kept->pdata[i])->name);
    return stay;
}

static bool check_kept(const GPtrArray *before, const GPtrArray *kept, GError **error)
{
    g_autoptr(GHashTable) counts = count_parts(before);
    for (guint i = 0; i < kept->len; i++) {
        const HfKeptPart *part = kept->pdata[i];
        if (GPOINTER_TO_UINT(g_hash_table_lookup(counts, part->name)) == part->refused)
            continue;
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "an earlier migration has put %" G_GUINT64_FORMAT
                    " rows of a part (%s) aside, and the report of this job could not name them: begin again in a new "
                    "database",
                    part->refused, part->name);
        return false;
    }
    return true;
}

bool hf_job_refused_keep(HfCatalog *catalog, const HfJobRow *job, GPtrArray *before, const GPtrArray *kept,
                         GError **error)
{
    if (!check_kept(before, kept, error) || !hf_catalog_begin(catalog, error))
        return false;
    g_autoptr(GHashTable) stay = names_of(kept);
    g_autoptr(HfJobRow) owned = hf_job_owned(catalog, job->id, job->attempt, error);
    bool ok = owned != NULL;
    for (guint i = 0; ok && i < before->len; i++)
        if (!g_hash_table_contains(stay, ((const HfJobRefused *)before->pdata[i])->part))
            ok = hf_refused_remove(catalog, job->organization, job->id, ((const HfJobRefused *)before->pdata[i])->part,
                                   error);
    if (!ok || !hf_catalog_commit(catalog, error)) {
        hf_catalog_rollback(catalog);
        return false;
    }
    for (guint i = before->len; i > 0; i--)
        if (!g_hash_table_contains(stay, ((const HfJobRefused *)before->pdata[i - 1])->part))
            g_ptr_array_remove_index(before, i - 1);
    for (guint i = 0; i < before->len; i++) {
        HfJobRefused *row = before->pdata[i];
        row->total = total_of(before, i) + strlen(row->json);
    }
    return true;
}

GPtrArray *hf_job_refused_read(HfCatalog *catalog, const HfSealer *sealer, const char *organization, const char *job_id,
                               GError **error)
{
    g_autoptr(GPtrArray) sealed = hf_refused_list(catalog, organization, job_id, error);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_refused);
    for (guint i = 0; sealed != NULL && i < sealed->len; i++) {
        const HfRefusedRow *row = sealed->pdata[i];
        char *json = open_sealed(sealer, row->sealed, error);
        if (json == NULL)
            return NULL;
        append(rows, row->part, json);
    }
    return sealed != NULL ? g_steal_pointer(&rows) : NULL;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

/* `report` is an object, or NULL. Transfer full. */
static char *join(const char *report, const GPtrArray *refused)
{
    GString *text = g_string_new(report != NULL ? report : "{}");
    g_string_truncate(text, text->len - 1);
    g_string_append_printf(text, "%s\"refused_rows\":[", text->len > 1 ? "," : "");
    for (guint i = 0; i < refused->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "," : "", ((const HfJobRefused *)refused->pdata[i])->json);
    g_string_append(text, "]}");
    return g_string_free(text, FALSE);
}

/* NULL without error: there are none, and `report` is what there is. */
static char *read_refused_too(HfCatalog *catalog, const HfSealer *sealer, const char *organization, const char *job_id,
                              const char *report, GError **error)
{
    g_autoptr(GPtrArray) refused = hf_job_refused_read(catalog, sealer, organization, job_id, error);
    return refused != NULL && refused->len > 0 ? join(report, refused) : NULL;
}

char *hf_job_report_read(HfCatalog *catalog, const HfSealer *sealer, const char *organization, const char *job_id,
                         HfJobReportPart part, GError **error)
{
    g_autoptr(GBytes) sealed = NULL;
    g_autoptr(GError) reason = NULL;
    if (!hf_report_get(catalog, organization, job_id, names[part], &sealed, error))
        return NULL;
    char *text = sealed != NULL ? open_sealed(sealer, sealed, &reason) : NULL;
    char *joined = part == HF_JOB_REPORT_JSON && reason == NULL
                       ? read_refused_too(catalog, sealer, organization, job_id, text, &reason)
                       : NULL;
    if (joined != NULL || reason != NULL) {
        hf_age_secret_free(text);
        text = joined;
    }
    if (reason != NULL)
        g_propagate_error(error, g_steal_pointer(&reason));
    else if (text == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                    "the job %s has no such report: it is of another kind, has not come so far, or the report was too "
                    "long to be kept, which its log says",
                    job_id);
    return text;
}
