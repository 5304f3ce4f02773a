/*
 * A file into a table, or a look at what would come of it.
 *
 * An import is not to happen twice. All of it is one transaction, whose COMMIT is noted as the job's step before it is
 * asked for: an attempt that follows one that died before that begins again, one that finds the step does not know what
 * became of it, and says so.
 *
 * What the server or the reader says of a line has values of it. Viewers see a job's error, so that says only that
 * something is wrong; what and where stands in the report, with the lines that were put aside.
 */
#include "service/import_mssql.h"

#include "base/error.h"
#include "base/units.h"
#include "catalog/audit.h"
#include "catalog/upload_table.h"
#include "crypto/age.h"
#include "service/job_report.h"
#include "service/mssql_reach.h"
#include "service/request_body.h"
#include "service/upload_file.h"
#include "worker/place.h"

#include <string.h>
#include <unistd.h>

#define COMMITTING "committing"
#define MAX_WRONG_BYTES ((size_t)1 << 20) /* of all lines that are put aside */

typedef struct {
    HfJobRun *run;
    HfImportResult result;
    GPtrArray *wrong; /* Wrong */
    size_t wrong_bytes;
} Import;

/* ---- Wrong lines ---------------------------------------------------------------------------------------------------
 */

typedef struct {
    char *place, *column, *reason, *line;
} Wrong;

static void free_wrong(void *data)
{
    Wrong *self = data;
    g_free(self->place);
    g_free(self->column);
    g_free(self->reason);
    hf_age_secret_free(self->line);
    g_free(self);
}

/* HfImportOptions.on_wrong */
static bool on_wrong(const HfImportWrong *wrong, gpointer data, GError **error)
{
    Import *self = data;
    self->wrong_bytes += strlen(wrong->line) + strlen(wrong->reason);
    if (self->wrong_bytes > MAX_WRONG_BYTES) {
        g_autofree char *most = hf_format_bytes(MAX_WRONG_BYTES);
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                    "the lines that are wrong have over %s, which is more than is kept; nothing was imported", most);
        return false;
    }
    Wrong *copy = g_new(Wrong, 1);
    *copy = (Wrong){g_strdup(wrong->place), g_strdup(wrong->column), g_strdup(wrong->reason), g_strdup(wrong->line)};
    g_ptr_array_add(self->wrong, copy);
    return true;
}

/* ---- The report ----------------------------------------------------------------------------------------------------
 */

static void write_names(HfJsonWriter *writer, const char *key, const GPtrArray *names)
{
    hf_json_writer_begin_array(writer, key);
    for (guint i = 0; names != NULL && i < names->len; i++)
        hf_json_writer_string(writer, NULL, names->pdata[i]);
    hf_json_writer_end_array(writer);
}

static void write_columns(HfJsonWriter *writer, const HfImportResult *result)
{
    hf_json_writer_begin_array(writer, "fields");
    for (guint i = 0; result->fields != NULL && i < result->fields->len; i++) {
        const HfImportField *field = result->fields->pdata[i];
        hf_json_writer_begin_object(writer, NULL);
        hf_json_writer_string(writer, "name", field->name);
        hf_json_writer_string(writer, "to", field->to);
        hf_json_writer_end_object(writer);
    }
    hf_json_writer_end_array(writer);
    hf_json_writer_begin_array(writer, "columns");
    for (guint i = 0; result->columns != NULL && i < result->columns->len; i++) {
        const HfImportColumn *column = result->columns->pdata[i];
        hf_json_writer_begin_object(writer, NULL);
        hf_json_writer_string(writer, "name", column->name);
        hf_json_writer_string(writer, "type", column->type);
        hf_json_writer_bool(writer, "needed", column->needed);
        hf_json_writer_bool(writer, "generated", column->generated);
        hf_json_writer_end_object(writer);
    }
    hf_json_writer_end_array(writer);
    hf_json_writer_begin_array(writer, "matches");
    for (guint i = 0; result->matches != NULL && i < result->matches->len; i++) {
        const HfImportMatch *match = result->matches->pdata[i];
        hf_json_writer_begin_object(writer, NULL);
        hf_json_writer_string(writer, "from", match->from);
        hf_json_writer_string(writer, "to", match->to);
        hf_json_writer_string(writer, "type", match->type);
        hf_json_writer_end_object(writer);
    }
    hf_json_writer_end_array(writer);
}

static void write_rows(HfJsonWriter *writer, const HfImportResult *result)
{
    hf_json_writer_begin_array(writer, "rows");
    for (guint i = 0; result->preview != NULL && i < result->preview->len; i++)
        write_names(writer, NULL, result->preview->pdata[i]);
    hf_json_writer_end_array(writer);
}

static void write_wrong(HfJsonWriter *writer, const GPtrArray *lines)
{
    hf_json_writer_begin_array(writer, "wrong");
    for (guint i = 0; i < lines->len; i++) {
        const Wrong *wrong = lines->pdata[i];
        hf_json_writer_begin_object(writer, NULL);
        hf_json_writer_string(writer, "place", wrong->place);
        hf_json_writer_string(writer, "column", wrong->column);
        hf_json_writer_string(writer, "reason", wrong->reason);
        hf_json_writer_string(writer, "line", wrong->line);
        hf_json_writer_end_object(writer);
    }
    hf_json_writer_end_array(writer);
}

static bool keep_report(const Import *self, const GError *reason, GError **error)
{
    const HfJobRun *run = self->run;
    const HfImportResult *result = &self->result;
    const char delimiter[] = {result->form.delimiter, '\0'};
    HfJsonWriter writer;
    g_autoptr(GString) json = g_string_new(NULL);
    hf_json_writer_init(&writer, json);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_begin_object(&writer, "import");
    hf_json_writer_string(&writer, "table", result->table);
    hf_json_writer_string(&writer, "delimiter", *delimiter != '\0' ? delimiter : NULL);
    hf_json_writer_string(&writer, "encoding", result->form.encoding);
    write_names(&writer, "sheets", result->sheets);
    write_names(&writer, "other_sheets", result->other_sheets);
    write_names(&writer, "all_sheets", result->all_sheets);
    write_columns(&writer, result);
    write_names(&writer, "left_out", result->left_out);
    write_names(&writer, "by_default", result->by_default);
    write_rows(&writer, result);
    hf_json_writer_string(&writer, "header", result->header);
    write_wrong(&writer, self->wrong);
    hf_json_writer_string(&writer, "code", reason != NULL ? hf_error_code_name((HfErrorCode)reason->code) : NULL);
    hf_json_writer_string(&writer, "message", reason != NULL ? reason->message : NULL);
    hf_json_writer_end_object(&writer);
    hf_json_writer_end_object(&writer);
    const HfJobReport report = {.json = json->str};
    return hf_job_report_write(run->catalog, run->worker->sealer, run->job, &report, error);
}

static char *write_result(const Import *self, bool preview, bool ok)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "ok", ok);
    hf_json_writer_string(&writer, "table", self->result.table);
    if (!preview)
        hf_json_writer_uint64(&writer, "rows", ok ? self->result.rows : 0);
    hf_json_writer_uint64(&writer, "wrong", self->wrong->len);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

/* ---- Reading and writing -------------------------------------------------------------------------------------------
 */

/* HfImportOptions.before_commit */
static bool before_commit(gpointer data, GError **error)
{
    const Import *self = data;
    const HfJobRow *job = self->run->job;
    return hf_job_set_step(self->run->catalog, job->id, job->attempt, COMMITTING, error);
}

static HfTdsTarget *find_mssql(const HfJobRun *run, GError **error)
{
    g_autoptr(HfMssqlServerRow) server = hf_mssql_server_get(run->catalog, run->job->organization,
                                                             hf_body_text(run->request, 0, "mssql_server_id"), error);
    char *password = NULL;
    if (server == NULL)
        return NULL;
    if (run->job->secret != NULL) {
        gsize length;
        const void *sealed = g_bytes_get_data(run->job->secret, &length);
        password = hf_sealer_open_text(run->worker->sealer, HF_JOB_SECRET, sealed, length, error);
        if (password == NULL)
            return NULL;
    }
    g_autoptr(HfTdsTarget) target = hf_mssql_reach_target(
        run->worker->sealer, server, hf_body_text(run->request, 0, "database_name"), password, error);
    hf_age_secret_free(password);
    return target != NULL && hf_mssql_reach_check_not_own(target, run->worker->configuration, error)
               ? g_steal_pointer(&target)
               : NULL;
}

static bool import_into(Import *self, HfImportOptions *options, GError **error)
{
    HfJobRun *run = self->run;
    if (hf_body_text(run->request, 0, "mssql_server_id") == NULL) {
        g_auto(HfPlace) place = {0};
        if (!hf_place_open(&place, run, error))
            return false;
        g_autoptr(HfPgTarget) target = hf_pg_target_discreet(place.target, false); /* its words are for the report */
        options->target = target;
        return hf_import(options, run->progress, run->cancellable, &self->result, error);
    }
    g_autoptr(HfTdsTarget) target = find_mssql(run, error);
    return target != NULL && hf_import_mssql(options, target, run->progress, run->cancellable, &self->result, error);
}

/* {"E-Mail": "email"} as "E-Mail=email". */
static char **read_columns(const HfJson *request)
{
    HfJsonNode pairs = hf_json_get(request, 0, "columns");
    g_autoptr(GStrvBuilder) columns = g_strv_builder_new();
    if (pairs == HF_JSON_NONE || hf_json_is_null(request, pairs) || hf_json_size(request, pairs) == 0)
        return NULL;
    for (size_t i = 0; i < hf_json_size(request, pairs); i++) {
        const char *from = hf_json_key(request, pairs, i);
        g_autofree char *both = g_strconcat(from, "=", hf_body_text(request, pairs, from), NULL);
        g_strv_builder_add(columns, both);
    }
    return g_strv_builder_end(columns);
}

static bool read_file(Import *self, const HfUploadRow *upload, bool preview, GError **error)
{
    const HfJobRun *run = self->run;
    const HfJson *request = run->request;
    g_auto(GStrv) columns = read_columns(request);
    const char *delimiter = hf_body_text(request, 0, "delimiter");
    HfImportOptions options = {.table = hf_body_text(request, 0, "table"),
                               .label = upload->name,
                               .bytes = (uint64_t)upload->size_bytes,
                               .format = hf_body_boolean(request, 0, "is_xlsx") ? HF_IMPORT_XLSX : HF_IMPORT_CSV,
                               .form = {.encoding = hf_body_text(request, 0, "encoding")},
                               .sheet = hf_body_text(request, 0, "sheet"),
                               .no_header = hf_body_boolean(request, 0, "no_header"),
                               .columns = (const char *const *)columns,
                               .preview = preview,
                               .wrong_limit =
                                   preview ? HF_IMPORT_PREVIEW_ROWS : hf_body_number(request, 0, "wrong_limit", 0),
                               .on_wrong = on_wrong,
                               .before_commit = before_commit,
                               .no_warnings = true,
                               .data = self};
    if (delimiter != NULL)
        options.form.delimiter = strcmp(delimiter, "tab") == 0 ? '\t' : *delimiter;
    options.fd = hf_upload_file_read(run->catalog, run->worker->configuration, upload, error);
    if (options.fd < 0)
        return false;
    bool ok = import_into(self, &options, error);
    close(options.fd);
    return ok;
}

/* ---- Jobs ----------------------------------------------------------------------------------------------------------
 */

/* About the file and the table, and not about the way to them. */
static bool is_finding(const Import *self, const GError *reason)
{
    return !g_cancellable_is_cancelled(self->run->cancellable) && !hf_error_code_may_pass((HfErrorCode)reason->code) &&
           self->result.fields != NULL;
}

static void fail_in_doubt(GError **error)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_CONFLICT,
                        "no answer came to the COMMIT: either all rows are in the table or none; look there before you "
                        "import the file again");
}

/* Takes `reason`. */
static void fail_discreetly(const Import *self, GError *reason, GError **error)
{
    if (self->result.in_doubt)
        fail_in_doubt(error);
    else if (is_finding(self, reason))
        g_set_error_literal(
            error, HF_ERROR, (HfErrorCode)reason->code,
            "the file does not go into the table, and nothing was imported: the job's report says which "
            "line, and why");
    else
        g_propagate_error(error, g_error_copy(reason));
    g_error_free(reason);
}

static HfUploadRow *find_upload(const HfJobRun *run, GError **error)
{
    return hf_upload_get(run->catalog, run->job->organization, hf_body_text(run->request, 0, "upload_id"), error);
}

static void clear(Import *self)
{
    hf_import_result_clear(&self->result);
    g_ptr_array_unref(self->wrong);
}

bool hf_job_run_preview(HfJobRun *run, GError **error)
{
    GError *reason = NULL;
    g_autoptr(HfUploadRow) upload = find_upload(run, error);
    if (upload == NULL)
        return false;
    Import self = {.run = run, .wrong = g_ptr_array_new_with_free_func(free_wrong)};
    bool ok = read_file(&self, upload, true, &reason);
    bool found = ok || is_finding(&self, reason);
    if (!found)
        g_propagate_error(error, g_steal_pointer(&reason));
    found = found && keep_report(&self, reason, error);
    run->result = write_result(&self, true, ok && self.wrong->len == 0);
    g_clear_error(&reason);
    clear(&self);
    return found;
}

bool hf_job_run_import(HfJobRun *run, GError **error)
{
    GError *reason = NULL;
    g_autoptr(GError) unkept = NULL;
    if (g_strcmp0(run->job->step, COMMITTING) == 0) {
        fail_in_doubt(error);
        return false;
    }
    g_autoptr(HfUploadRow) upload = find_upload(run, error);
    if (upload == NULL)
        return false;
    Import self = {.run = run, .wrong = g_ptr_array_new_with_free_func(free_wrong)};
    bool ok = read_file(&self, upload, false, &reason);
    run->result = write_result(&self, false, ok);
    run->size_bytes = upload->size_bytes;
    if (!keep_report(&self, reason, &unkept)) /* what is imported is imported */
        g_warning("the report is not kept: %s", unkept->message);
    if (!ok)
        fail_discreetly(&self, reason, error);
    clear(&self);
    return ok;
}

/* The file is of no use any more. */
bool hf_job_record_import(HfJobRun *run, GError **error)
{
    g_autoptr(HfJson) request = hf_json_parse("the request", run->job->request, strlen(run->job->request), 1000, error);
    g_autoptr(HfJson) result = hf_json_parse("the result", run->result, strlen(run->result), 100, error);
    if (request == NULL || result == NULL)
        return false;
    const char *server = hf_body_text(request, 0, "mssql_server_id");
    g_autofree char *detail = g_strdup_printf("%s rows of job %s for %s into %s, %s lines put aside",
                                              hf_body_text(result, 0, "rows"), run->job->id, run->job->created_by,
                                              hf_body_text(result, 0, "table"), hf_body_text(result, 0, "wrong"));
    const HfAuditEvent event = {.organization = run->job->organization,
                                .actor = run->worker->actor,
                                .action = "import.rows",
                                .object_kind = server != NULL ? "mssql_server" : "database",
                                .object_id = server != NULL ? server : hf_body_text(request, 0, "database_id"),
                                .object_name = run->job->name,
                                .outcome = "success",
                                .detail = detail};
    return hf_upload_end(run->catalog, hf_body_text(request, 0, "upload_id"), error) &&
           hf_audit_append(run->catalog, &event, error);
}
