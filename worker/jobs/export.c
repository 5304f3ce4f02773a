/*
 * Tables of a database into files that wait for their download. No error of an export has a value of a row: viewers see
 * a job's error.
 */
#include "service/export.h"

#include "base/error.h"
#include "base/units.h"
#include "catalog/audit.h"
#include "service/job_files.h"
#include "service/request_body.h"
#include "worker/place.h"

#include <string.h>

#define DEFAULT_LOCK_WAIT_S 60
#define MAX_DETAIL 4000 /* bytes of tables and rows in the audit log */

typedef struct {
    HfJobFiles *files;
    GPtrArray *tables; /* HfExportedTable, in the order of the files; their outputs are gone */
    char *database_id, *database_name;
} Kept;

static void free_kept(gpointer data)
{
    Kept *self = data;
    hf_job_files_free(self->files);
    if (self->tables != NULL)
        g_ptr_array_unref(self->tables);
    g_free(self->database_id);
    g_free(self->database_name);
    g_free(self);
}

static HfExportFormat format_of(const HfJobRun *run)
{
    return strcmp(hf_body_text(run->request, 0, "format"), "xlsx") == 0 ? HF_EXPORT_XLSX : HF_EXPORT_CSV;
}

/* HfExportOptions.open */
static HfOutput *open_file(const char *schema, const char *name, guint count, gpointer data, GError **error)
{
    const HfJobRun *run = data;
    Kept *kept = run->kept;
    (void)count;
    g_autofree char *file = hf_export_file_name(schema, name, format_of(run));
    for (guint i = 0; i < hf_job_files_count(kept->files); i++)
        if (strcmp(hf_job_files_get(kept->files, i)->name, file) == 0) {
            g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                        "%s would be the file of two tables; export one of them alone", file);
            return NULL;
        }
    return hf_job_files_add(kept->files, file);
}

static char *write_result(const HfJobRun *run, const Kept *kept)
{
    HfJsonWriter writer;
    uint64_t rows = 0;
    GString *text = g_string_new(NULL);
    g_autofree char *expires = hf_format_time(hf_job_files_get(kept->files, 0)->expires_us);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "format", hf_body_text(run->request, 0, "format"));
    hf_json_writer_begin_array(&writer, "files");
    for (guint i = 0; i < kept->tables->len; i++) {
        const HfExportedTable *table = kept->tables->pdata[i];
        const HfJobFileRow *file = hf_job_files_get(kept->files, i);
        g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
        hf_json_writer_begin_object(&writer, NULL);
        hf_json_writer_uint64(&writer, "number", i);
        hf_json_writer_string(&writer, "file", file->name);
        hf_json_writer_string(&writer, "table", name);
        hf_json_writer_uint64(&writer, "rows", table->rows);
        hf_json_writer_int64(&writer, "size_bytes", file->size_bytes);
        hf_json_writer_end_object(&writer);
        rows += table->rows;
    }
    hf_json_writer_end_array(&writer);
    hf_json_writer_uint64(&writer, "tables", kept->tables->len);
    hf_json_writer_uint64(&writer, "rows", rows);
    hf_json_writer_string(&writer, "expires_at", expires);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

static bool export_tables(HfJobRun *run, const HfPgTarget *source, GError **error)
{
    Kept *kept = run->kept;
    g_auto(GStrv) tables = hf_body_texts(run->request, 0, "tables");
    const HfExportOptions options = {.source = source,
                                     .tables = (const char *const *)tables,
                                     .format = format_of(run),
                                     .lock_wait_ms =
                                         hf_body_number(run->request, 0, "lock_wait_s", DEFAULT_LOCK_WAIT_S) * 1000,
                                     .open = open_file,
                                     .data = run};
    if (!hf_export(&options, run->progress, run->cancellable, &kept->tables, error) ||
        !hf_job_files_end(kept->files, error))
        return false;
    run->size_bytes = 0;
    for (guint i = 0; i < hf_job_files_count(kept->files); i++)
        run->size_bytes += hf_job_files_get(kept->files, i)->size_bytes;
    run->result = write_result(run, kept);
    return true;
}

bool hf_job_run_export(HfJobRun *run, GError **error)
{
    g_auto(HfPlace) place = {0};
    g_autoptr(GError) reason = NULL;
    if (!hf_place_open(&place, run, error))
        return false;
    Kept *kept = g_new0(Kept, 1);
    run->kept = kept;
    run->free_kept = free_kept;
    kept->database_id = g_strdup(place.database->id);
    kept->database_name = g_strdup(place.database->name);
    kept->files = hf_job_files_begin(run->catalog, run->worker->sealer, run->job, error);
    if (kept->files == NULL)
        return false;
    if (export_tables(run, place.target, &reason))
        return true;
    if (g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND))
        hf_worker_note_missing(run, place.server, place.database);
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

/* "public.people 12 rows, public.pet 3 rows, …; job ID". Transfer full. */
static char *describe(const HfJobRun *run, const Kept *kept)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < kept->tables->len && text->len < MAX_DETAIL; i++) {
        const HfExportedTable *table = kept->tables->pdata[i];
        g_string_append_printf(text, "%s%s.%s %" G_GUINT64_FORMAT " rows", i > 0 ? ", " : "", table->schema,
                               table->name, table->rows);
    }
    return g_strdup_printf("%u table%s of job %s for %s: %s", kept->tables->len, kept->tables->len == 1 ? "" : "s",
                           run->job->id, run->job->created_by, text->str);
}

bool hf_job_record_export(HfJobRun *run, GError **error)
{
    const Kept *kept = run->kept;
    g_autofree char *detail = describe(run, kept);
    const HfAuditEvent event = {.organization = run->job->organization,
                                .actor = run->worker->actor,
                                .action = "export.tables",
                                .object_kind = "database",
                                .object_id = kept->database_id,
                                .object_name = kept->database_name,
                                .outcome = "success",
                                .detail = detail};
    return hf_job_files_record(kept->files, error) && hf_audit_append(run->catalog, &event, error);
}
