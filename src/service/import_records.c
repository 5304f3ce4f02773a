#include "service/import_records.h"

#include "base/error.h"
#include "service/import_match.h"
#include "sheet/xlsx.h"

#include <gio/gunixinputstream.h>
#include <string.h>

/* ---- The result ----------------------------------------------------------------------------------------------------
 */

static void free_row(void *row)
{
    g_ptr_array_unref(row);
}

static void free_field(void *data)
{
    HfImportField *field = data;
    g_free(field->name);
    g_free(field->to);
    g_free(field);
}

static void free_match(void *data)
{
    HfImportMatch *match = data;
    g_free(match->from);
    g_free(match->to);
    g_free(match->type);
    g_free(match);
}

void hf_import_result_clear(HfImportResult *self)
{
    g_clear_pointer(&self->fields, g_ptr_array_unref);
    g_clear_pointer(&self->columns, g_ptr_array_unref);
    g_clear_pointer(&self->matches, g_ptr_array_unref);
    g_clear_pointer(&self->left_out, g_ptr_array_unref);
    g_clear_pointer(&self->by_default, g_ptr_array_unref);
    g_clear_pointer(&self->preview, g_ptr_array_unref);
    g_clear_pointer(&self->sheets, g_ptr_array_unref);
    g_clear_pointer(&self->other_sheets, g_ptr_array_unref);
    g_clear_pointer(&self->all_sheets, g_ptr_array_unref);
    g_clear_pointer(&self->header, g_free);
    g_clear_pointer(&self->table, g_free);
}

bool hf_import_fail_at(const HfImportOptions *options, const char *place, const char *column, const char *reason,
                       GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s: %s%s%s: %s; nothing was imported", options->label, place,
                column != NULL ? ", column " : "", column != NULL ? column : "", reason);
    return false;
}

/* ---- Records -------------------------------------------------------------------------------------------------------
 */

bool hf_import_records_open(HfImportRecords *self, const HfImportOptions *options, HfImportResult *result,
                            GCancellable *cancellable, GError **error)
{
    g_autoptr(GInputStream) stream = g_unix_input_stream_new(options->fd, FALSE);
    *result = (HfImportResult){.form = options->form,
                               .fields = g_ptr_array_new_with_free_func(free_field),
                               .matches = g_ptr_array_new_with_free_func(free_match),
                               .left_out = g_ptr_array_new_with_free_func(g_free),
                               .by_default = g_ptr_array_new_with_free_func(g_free),
                               .preview = g_ptr_array_new_with_free_func(free_row)};
    *self = (HfImportRecords){.options = options, .result = result, .cancellable = cancellable};
    hf_record_init(&self->record);
    self->reader = options->format == HF_IMPORT_CSV
                       ? hf_csv_reader_open(stream, options->label, &result->form, cancellable, error)
                       : hf_xlsx_reader_open(options->fd, options->label, options->sheet, cancellable, error);
    if (self->reader == NULL || options->format != HF_IMPORT_XLSX)
        return self->reader != NULL;
    result->sheets = hf_xlsx_reader_sheets(self->reader);
    result->other_sheets = hf_xlsx_reader_others(self->reader);
    result->all_sheets = hf_xlsx_reader_all_sheets(self->reader);
    return true;
}

void hf_import_records_clear(HfImportRecords *self)
{
    if (self->reader != NULL)
        self->reader->close(self->reader);
    hf_record_clear(&self->record);
    g_free(self->sent);
}

/* Transfer full. */
static char *line_of(const HfRecord *record)
{
    GString *line = g_string_new(NULL);
    hf_csv_append(line, record, ',');
    g_string_truncate(line, line->len - 2);
    return g_string_free(line, FALSE);
}

char *hf_import_records_line(const HfImportRecords *self)
{
    return line_of(&self->record);
}

/* Transfer full. */
static char *header_of(const GPtrArray *fields)
{
    HfRecord names;
    hf_record_init(&names);
    for (guint i = 0; i < fields->len; i++) {
        const char *name = ((const HfImportField *)fields->pdata[i])->name;
        hf_record_add(&names, name, strlen(name));
    }
    char *line = line_of(&names);
    hf_record_clear(&names);
    return line;
}

bool hf_import_records_match(HfImportRecords *self, GPtrArray *columns, GError **error)
{
    bool more;
    self->result->columns = g_ptr_array_ref(columns);
    if (!self->reader->next(self->reader, &self->record, &more, error))
        return false;
    if (!more) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s is empty", self->options->label);
        return false;
    }
    self->pending = self->options->no_header;
    self->fields = hf_record_count(&self->record);
    bool ok = hf_import_match(self->options, &self->record, columns, self->result, &self->sent, error);
    self->result->header = header_of(self->result->fields);
    return ok;
}

/* An empty line is a record of nothing where there is one column, else none. */
bool hf_import_records_next(HfImportRecords *self, bool *more, GError **error)
{
    size_t length;
    if (self->pending) {
        self->pending = false;
        return *more = true;
    }
    do
        if (!self->reader->next(self->reader, &self->record, more, error))
            return false;
    while (*more && self->fields > 1 && hf_record_count(&self->record) == 1 &&
           hf_record_get(&self->record, 0, &length) == NULL);
    return true;
}

/* Rows of a sheet end where nothing more is. */
char *hf_import_records_wrong_count(const HfImportRecords *self)
{
    guint count = hf_record_count(&self->record);
    bool short_row = self->options->format == HF_IMPORT_XLSX && count < self->fields;
    return count == self->fields || short_row
               ? NULL
               : g_strdup_printf("it has %u fields, and the first line %u", count, self->fields);
}

const char *hf_import_records_get(const HfImportRecords *self, guint field, size_t *length)
{
    return field < hf_record_count(&self->record) ? hf_record_get(&self->record, field, length) : NULL;
}
