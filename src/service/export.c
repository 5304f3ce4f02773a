#include "service/export.h"

#include "base/error.h"
#include "engine/ends/postgres_catalog.h"
#include "sheet/xlsx.h"

#include <string.h>

#define BUFFER_BYTES ((gsize)256 << 10)

typedef struct {
    const HfExportOptions *options;
    HfProgress *progress;
    GCancellable *cancellable;
    HfPostgresSnapshot *snapshot;
    bool check_utf8; /* the database does not say what its bytes are */
} Export;

/* One table as it is written. */
typedef struct {
    Export *export;
    HfExportedTable *table;
    char *from;         /* "ONLY schema.name", quoted */
    uint64_t bytes;     /* on disk */
    GPtrArray *columns; /* char* */
    GArray *kinds;      /* HfCellKind */
    GByteArray *buffer; /* of CSV */
    HfXlsxWriter *workbook;
    HfRecord record;
} Table;

/* ---- What to export ------------------------------------------------------------------------------------------------
 */

static void free_exported(void *data)
{
    HfExportedTable *table = data;
    g_free(table->schema);
    g_free(table->name);
    g_free(table);
}

static void free_table(void *data)
{
    Table *table = data;
    g_free(table->from);
    g_ptr_array_unref(table->columns);
    g_array_unref(table->kinds);
    g_byte_array_unref(table->buffer);
    hf_xlsx_writer_free(table->workbook);
    hf_record_clear(&table->record);
    g_free(table);
}

static HfCellKind kind_of(int64_t type_oid, int64_t modifier)
{
    switch (type_oid) {
    case 16:
        return HF_CELL_BOOLEAN;
    case 20:
    case 21:
    case 23:
    case 26:
    case 700:
    case 701:
        return HF_CELL_NUMBER;
    case 1700:
        return modifier >= 0 ? HF_CELL_FIXED_NUMBER : HF_CELL_NUMBER;
    case 1082:
        return HF_CELL_DATE;
    case 1114:
        return HF_CELL_TIMESTAMP;
    default:
        return HF_CELL_TEXT;
    }
}

/* Columns with the types under their domains. */
static bool read_columns(Export *self, Table *table, const char *oid, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(
        self->snapshot->pg,
        "WITH RECURSIVE under (number, name, type, modifier) AS (SELECT a.attnum, a.attname, a.atttypid, a.atttypmod "
        "FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "UNION ALL SELECT u.number, u.name, t.typbasetype, t.typtypmod FROM under u JOIN pg_catalog.pg_type t ON t.oid "
        "= u.type WHERE t.typtype = 'd') SELECT u.name, u.type::pg_catalog.oid, u.modifier FROM under u JOIN "
        "pg_catalog.pg_type t ON t.oid = u.type WHERE t.typtype <> 'd' ORDER BY u.number",
        (const char *[]){oid, NULL}, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        HfCellKind kind = kind_of(hf_pg_rows_int64(rows, i, 1), hf_pg_rows_int64(rows, i, 2));
        g_ptr_array_add(table->columns, g_strdup(hf_pg_rows_text(rows, i, 0)));
        g_array_append_val(table->kinds, kind);
    }
    if (rows != NULL && table->columns->len == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s has no columns to export", table->from);
    return rows != NULL && table->columns->len > 0;
}

static char *oid_array(GHashTable *oids)
{
    GHashTableIter iter;
    gpointer oid;
    GString *text = g_string_new("{");
    g_hash_table_iter_init(&iter, oids);
    while (g_hash_table_iter_next(&iter, &oid, NULL))
        g_string_append_printf(text, "%s%u", text->len > 1 ? "," : "", GPOINTER_TO_UINT(oid));
    return g_string_free(g_string_append_c(text, '}'), FALSE);
}

/* A partition goes with the table above it, if that goes. */
static const char tables_sql[] =
    "SELECT c.oid, n.nspname, c.relname, c.relkind = 'p', coalesce((SELECT pg_catalog.sum(pg_catalog.pg_table_size("
    "t.relid)) FROM pg_catalog.pg_partition_tree(c.oid) t), pg_catalog.pg_table_size(c.oid))::bigint FROM "
    "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY "
    "($1::pg_catalog.oid[]) AND NOT EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(c.oid) a WHERE a.relid <> "
    "c.oid AND a.relid = ANY ($1::pg_catalog.oid[])) ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\"";

static GPtrArray *read_tables(Export *self, GPtrArray *exported, GError **error)
{
    g_autofree char *oids = oid_array(self->snapshot->relations);
    g_autoptr(HfPgRows) rows = hf_pg_query(self->snapshot->pg, tables_sql, (const char *[]){oids, NULL}, error);
    if (rows == NULL)
        return NULL;
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(free_table);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        Table *table = g_new0(Table, 1);
        table->export = self;
        table->table = g_new0(HfExportedTable, 1);
        table->table->schema = g_strdup(hf_pg_rows_text(rows, i, 1));
        table->table->name = g_strdup(hf_pg_rows_text(rows, i, 2));
        g_autofree char *quoted = hf_pg_quote_qualified(table->table->schema, table->table->name);
        table->from = g_strconcat(hf_pg_rows_bool(rows, i, 3) ? "" : "ONLY ", quoted, NULL);
        table->bytes = (uint64_t)hf_pg_rows_int64(rows, i, 4);
        table->columns = g_ptr_array_new_with_free_func(g_free);
        table->kinds = g_array_new(FALSE, FALSE, sizeof(HfCellKind));
        table->buffer = g_byte_array_new();
        hf_record_init(&table->record);
        g_ptr_array_add(tables, table);
        g_ptr_array_add(exported, table->table);
        if (!read_columns(self, table, hf_pg_rows_text(rows, i, 0), error))
            return NULL;
    }
    if (tables->len > HF_EXPORT_MAX_TABLES) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "%u tables match; at most %d are exported at a time", tables->len,
                    HF_EXPORT_MAX_TABLES);
        return NULL;
    }
    return g_steal_pointer(&tables);
}

/* ---- CSV -----------------------------------------------------------------------------------------------------------
 */

static bool flush(Table *self, GError **error)
{
    bool ok = hf_output_write(self->table->output, self->buffer->data, self->buffer->len, error);
    g_byte_array_set_size(self->buffer, 0);
    return ok;
}

/* A line as the server prints it ends with LF. */
static bool add_line(Table *self, const uint8_t *line, size_t length, GError **error)
{
    g_byte_array_append(self->buffer, line, (guint)length - 1);
    g_byte_array_append(self->buffer, (const guint8 *)"\r\n", 2);
    return self->buffer->len < BUFFER_BYTES || flush(self, error);
}

/* ---- XLSX ----------------------------------------------------------------------------------------------------------
 */

/* Undoes COPY's escapes, in place; the new length. */
static size_t unescape(char *field, size_t length)
{
    static const char letters[] = "bfnrtv", values[] = "\b\f\n\r\t\v";
    size_t to = 0;
    for (size_t at = 0; at < length; at++) {
        if (field[at] == '\\' && at + 1 < length) {
            const char *letter = strchr(letters, field[++at]);
            field[to++] = letter != NULL ? values[letter - letters] : field[at];
        } else {
            field[to++] = field[at];
        }
    }
    return to;
}

/* A line of COPY's text format. */
static bool add_row(Table *self, char *line, size_t length, GError **error)
{
    char *end = line + length - 1;
    hf_record_reset(&self->record);
    self->record.number = self->table->rows + 1;
    for (char *field = line; field <= end;) {
        char *tab = memchr(field, '\t', (size_t)(end - field));
        char *field_end = tab != NULL ? tab : end;
        size_t field_length = (size_t)(field_end - field);
        if (field_length == 2 && memcmp(field, "\\N", 2) == 0)
            hf_record_add_null(&self->record);
        else
            hf_record_add(&self->record, field, unescape(field, field_length));
        field = field_end + 1;
    }
    return hf_xlsx_writer_add(self->workbook, &self->record, error);
}

/* ---- A table -------------------------------------------------------------------------------------------------------
 */

static char *copy_sql(const Table *self, HfExportFormat format)
{
    g_autoptr(GString) columns = g_string_new(NULL);
    for (guint i = 0; i < self->columns->len; i++) {
        g_autofree char *name = hf_pg_quote_ident(self->columns->pdata[i]);
        g_string_append_printf(columns, "%s%s", i > 0 ? ", " : "", name);
    }
    return g_strdup_printf("COPY (SELECT %s FROM %s) TO STDOUT%s", columns->str, self->from,
                           format == HF_EXPORT_CSV ? " (FORMAT csv, HEADER true)" : "");
}

static bool take(Table *self, uint8_t *line, size_t length, GError **error)
{
    Export *export = self->export;
    if (export->check_utf8 && !g_utf8_validate((const char *)line, (gssize)length, NULL)) {
        g_set_error(error, HF_ERROR, HF_ERROR_DATABASE,
                    "row %" G_GUINT64_FORMAT " is not in UTF-8, and the database (SQL_ASCII) does not say what it is",
                    self->table->rows + 1);
        return false;
    }
    return export->options->format == HF_EXPORT_CSV ? add_line(self, line, length, error)
                                                    : add_row(self, (char *)line, length, error);
}

/* The first line of CSV is the header. */
static bool copy_rows(Table *self, GError **error)
{
    HfPg *pg = self->export->snapshot->pg;
    g_autofree char *sql = copy_sql(self, self->export->options->format);
    bool header = self->export->options->format == HF_EXPORT_CSV;
    uint64_t rows = 0, bytes = 0;
    uint8_t *line;
    size_t length;
    if (!hf_pg_copy_out_begin(pg, sql, error))
        return false;
    for (;;) {
        if (!hf_pg_copy_out_next(pg, &line, &length, error))
            return false;
        if (line == NULL || bytes > BUFFER_BYTES) {
            hf_progress_lane_add(self->export->progress, 0, rows, bytes);
            rows = bytes = 0;
            if (!hf_error_check_cancelled(self->export->cancellable, error))
                break;
        }
        if (line == NULL)
            return true;
        if (!take(self, line, length, error))
            break;
        self->table->rows += !header;
        rows += !header;
        bytes += length;
        header = false;
    }
    hf_pg_copy_out_abandon(pg);
    return false;
}

static bool export_table(Table *self, GError **error)
{
    Export *export = self->export;
    bool xlsx = export->options->format == HF_EXPORT_XLSX;
    if (xlsx)
        self->workbook = hf_xlsx_writer_open(self->table->name, self->columns, self->kinds, 0, error);
    if ((xlsx && self->workbook == NULL) || !copy_rows(self, error))
        return false;
    bool ok = xlsx ? hf_xlsx_writer_finish(self->workbook, self->table->output, export->cancellable, error)
                   : flush(self, error);
    g_clear_pointer(&self->workbook, hf_xlsx_writer_free);
    return ok;
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool open_files(const Export *self, const GPtrArray *tables, GError **error)
{
    for (guint i = 0; i < tables->len; i++) {
        const Table *table = tables->pdata[i];
        table->table->output =
            self->options->open(table->table->schema, table->table->name, tables->len, self->options->data, error);
        if (table->table->output == NULL)
            return false;
        hf_progress_expect(self->progress, table->bytes);
    }
    return true;
}

static bool export_all(Export *self, const GPtrArray *tables, GError **error)
{
    hf_progress_set_phase(self->progress, "exporting");
    for (guint i = 0; i < tables->len; i++) {
        Table *table = tables->pdata[i];
        g_autofree char *name = g_strconcat(table->table->schema, ".", table->table->name, NULL);
        hf_progress_lane_begin(self->progress, 0, name, table->bytes);
        bool ok = export_table(table, error);
        hf_progress_lane_end(self->progress, 0);
        if (!ok) {
            g_prefix_error(error, "%s: ", name);
            return false;
        }
    }
    return true;
}

char *hf_export_file_name(const char *schema, const char *name, HfExportFormat format)
{
    char *file = g_strconcat(schema, ".", name, format == HF_EXPORT_CSV ? ".csv" : ".xlsx", NULL);
    for (char *at = file; *at != '\0'; at++)
        *at = *at == '/' || g_ascii_iscntrl(*at) ? '_' : *at;
    return file;
}

bool hf_export(const HfExportOptions *options, HfProgress *progress, GCancellable *cancellable, GPtrArray **exported,
               GError **error)
{
    const HfScope scope = {.patterns = {.tables = options->tables}};
    Export self = {.options = options, .progress = progress, .cancellable = cancellable};
    *exported = g_ptr_array_new_with_free_func(free_exported);
    hf_progress_set_phase(progress, "taking the snapshot");
    g_autoptr(HfPostgresSnapshot) snapshot =
        hf_postgres_snapshot_open(options->source, &scope, options->lock_wait_ms, cancellable, error);
    if (snapshot == NULL)
        return false;
    self.snapshot = snapshot;
    g_autofree char *encoding = hf_pg_query_text(snapshot->pg, "SHOW server_encoding", NULL, error);
    g_autoptr(GPtrArray) tables = encoding != NULL ? read_tables(&self, *exported, error) : NULL;
    if (tables == NULL)
        return false;
    self.check_utf8 = strcmp(encoding, "SQL_ASCII") == 0;
    if (!open_files(&self, tables, error) || !export_all(&self, tables, error) ||
        !hf_postgres_snapshot_end(snapshot, error))
        return false;
    hf_progress_finish(progress);
    return true;
}
