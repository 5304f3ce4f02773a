/*
 * Rows go as INSERTs of some hundred rows of constants. An error there names no row, and undoes that INSERT alone, as
 * long as it is not one that ends the transaction. So its rows are tried one by one on top of those before them, and
 * those that are refused once more, as one may refer to one behind it: what is left then is refused for itself, or
 * refers to itself in a circle. Where the transaction is gone, the rows before are, too, and only values that do not
 * become one of their type can be found.
 */
#include "service/import_mssql.h"

#include "base/error.h"
#include "engine/ends/mssql_expression.h"
#include "service/import_match.h"
#include "service/import_mssql_type.h"
#include "service/import_records.h"
#include "tds/connection.h"

#include <string.h>

#define BATCH_BYTES ((gsize)128 << 10)
#define BATCH_ROWS 200 /* at most 1,000 in an INSERT */

typedef struct {
    char *place;
    GPtrArray *values; /* char*: constants, one for each match */
} Row;

typedef struct {
    const HfImportOptions *options;
    HfProgress *progress;
    GCancellable *cancellable;
    HfImportResult *result;
    HfTds *tds;
    HfImportRecords in;
    bool identity; /* values of its identity are sent */
    char *insert;  /* "INSERT INTO [dbo].[people] ([id], [name]) VALUES " */
    GArray *types; /* HfImportMssqlType, one for each match */
    GArray *rows;  /* Row */
    gsize bytes;   /* of them */
} Import;

/* ---- The table -----------------------------------------------------------------------------------------------------
 */

static void free_column(void *data)
{
    HfImportColumn *column = data;
    g_free(column->name);
    g_free(column->type);
    g_free(column);
}

static bool is_any(const char *name, const char *const *names)
{
    return g_strv_contains(names, name);
}

/* "nvarchar(50)" of what the catalog says. Transfer full. */
static char *type_text(const char *name, int64_t bytes, int64_t precision, int64_t scale)
{
    static const char *const wide[] = {"nvarchar", "nchar", NULL};
    static const char *const narrow[] = {"varchar", "char", "varbinary", "binary", NULL};
    static const char *const exact[] = {"decimal", "numeric", NULL};
    static const char *const timed[] = {"time", "datetime2", "datetimeoffset", NULL};
    if (bytes == -1 && (is_any(name, wide) || is_any(name, narrow)))
        return g_strdup_printf("%s(max)", name);
    if (is_any(name, wide) || is_any(name, narrow))
        return g_strdup_printf("%s(%" G_GINT64_FORMAT ")", name, is_any(name, wide) ? bytes / 2 : bytes);
    if (is_any(name, exact))
        return g_strdup_printf("%s(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")", name, precision, scale);
    return is_any(name, timed) ? g_strdup_printf("%s(%" G_GINT64_FORMAT ")", name, scale) : g_strdup(name);
}

/* Also whether a match is of the identity, once there are matches. */
static HfTdsRows *query_columns(Import *self, GError **error)
{
    g_autofree char *name = hf_mssql_quote_text(self->result->table);
    g_autofree char *sql = g_strdup_printf(
        "SELECT c.name, t.name, c.max_length, c.precision, c.scale, c.is_nullable, c.is_identity, c.is_computed, "
        "c.default_object_id, CAST(COLLATIONPROPERTY(c.collation_name, 'CodePage') AS int) FROM sys.columns c JOIN "
        "sys.types t ON t.user_type_id = c.system_type_id WHERE "
        "c.object_id = OBJECT_ID(%s, N'U') ORDER BY c.column_id",
        name);
    HfTdsRows *rows = hf_tds_query(self->tds, sql, error);
    if (rows != NULL && hf_tds_rows_count(rows) == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "there is no table %s", self->result->table);
        g_clear_pointer(&rows, hf_tds_rows_free);
    }
    return rows;
}

static GPtrArray *columns_of(const HfTdsRows *rows)
{
    static const char *const computed[] = {"timestamp", "rowversion", NULL};
    GPtrArray *columns = g_ptr_array_new_with_free_func(free_column);
    for (size_t i = 0; i < hf_tds_rows_count(rows); i++) {
        HfImportColumn *column = g_new0(HfImportColumn, 1);
        const char *type = hf_tds_rows_text(rows, i, 1);
        bool identity = hf_tds_rows_int64(rows, i, 6) != 0;
        column->name = g_strdup(hf_tds_rows_text(rows, i, 0));
        column->type = type_text(type, hf_tds_rows_int64(rows, i, 2), hf_tds_rows_int64(rows, i, 3),
                                 hf_tds_rows_int64(rows, i, 4));
        column->generated = hf_tds_rows_int64(rows, i, 7) != 0 || is_any(type, computed);
        column->needed = hf_tds_rows_int64(rows, i, 5) == 0 && !identity && hf_tds_rows_int64(rows, i, 8) == 0;
        g_ptr_array_add(columns, column);
    }
    return columns;
}

/* "[dbo].[people]" of "people". */
static char *table_name(const char *given)
{
    const char *dot = strchr(given, '.');
    g_autofree char *schema = dot != NULL ? g_strndup(given, (gsize)(dot - given)) : g_strdup("dbo");
    g_autofree char *first = hf_mssql_quote_name(schema);
    g_autofree char *second = hf_mssql_quote_name(dot != NULL ? dot + 1 : given);
    return g_strconcat(first, ".", second, NULL);
}

/* Of char, varchar and text; 0 of others. */
static int64_t code_page_of(const HfTdsRows *rows, const char *column)
{
    static const char *const wide[] = {"nvarchar", "nchar", "ntext", NULL};
    for (size_t i = 0; i < hf_tds_rows_count(rows); i++)
        if (strcmp(hf_tds_rows_text(rows, i, 0), column) == 0)
            return is_any(hf_tds_rows_text(rows, i, 1), wide) || hf_tds_rows_text(rows, i, 9) == NULL
                       ? 0
                       : hf_tds_rows_int64(rows, i, 9);
    return 0;
}

static bool add_type(Import *self, const HfTdsRows *rows, const HfImportMatch *match, GError **error)
{
    HfImportMssqlType type;
    bool ok = hf_import_mssql_type_init(&type, match->type, code_page_of(rows, match->to), error);
    g_array_append_val(self->types, type);
    if (!ok)
        g_prefix_error(error, "column %s of %s: ", match->to, self->result->table);
    return ok;
}

static bool find_table(Import *self, GError **error)
{
    self->result->table = table_name(self->options->table);
    g_autoptr(HfTdsRows) rows = query_columns(self, error);
    g_autoptr(GPtrArray) columns = rows != NULL ? columns_of(rows) : NULL;
    g_autoptr(GString) insert = g_string_new(NULL);
    if (columns == NULL || !hf_import_records_match(&self->in, columns, error))
        return false;
    for (guint i = 0; i < self->result->matches->len; i++) {
        const HfImportMatch *match = self->result->matches->pdata[i];
        g_autofree char *name = hf_mssql_quote_name(match->to);
        g_string_append_printf(insert, "%s%s", i > 0 ? ", " : "", name);
        if (!add_type(self, rows, match, error))
            return false;
        for (size_t r = 0; r < hf_tds_rows_count(rows); r++)
            self->identity = self->identity || (hf_tds_rows_int64(rows, r, 6) != 0 &&
                                                strcmp(hf_tds_rows_text(rows, r, 0), match->to) == 0);
    }
    self->insert = g_strdup_printf("INSERT INTO %s (%s) VALUES ", self->result->table, insert->str);
    return true;
}

/* ---- Values --------------------------------------------------------------------------------------------------------
 */

static void clear_row(void *data)
{
    Row *row = data;
    g_free(row->place);
    g_ptr_array_unref(row->values);
}

static void clear_type(void *type)
{
    hf_import_mssql_type_clear(type);
}

/* The first value of the record that no column of its type takes, and why: transfer full. NULL: there is none. */
static char *find_wrong(const Import *self, const HfImportMatch **match)
{
    guint column = 0;
    for (guint i = 0; i < self->in.fields; i++) {
        size_t length;
        const char *text = hf_import_records_get(&self->in, i, &length);
        if (!self->in.sent[i])
            continue;
        *match = self->result->matches->pdata[column];
        const HfImportMssqlType *type = &g_array_index(self->types, HfImportMssqlType, column++);
        char *why = text != NULL ? hf_import_mssql_type_wrong(type, text) : NULL;
        if (why != NULL)
            return why;
    }
    *match = NULL;
    return NULL;
}

/* What is wrong with the record before it is sent, and in which column, if in one. NULL: nothing. Transfer full. */
static char *judge(const Import *self, const HfImportMatch **match)
{
    char *wrong = hf_import_records_wrong_count(&self->in);
    *match = NULL;
    return wrong != NULL ? wrong : find_wrong(self, match);
}

static void add_row(Import *self)
{
    Row row = {g_strdup(self->in.record.place), g_ptr_array_new_with_free_func(g_free)};
    for (guint i = 0; i < self->in.fields; i++) {
        size_t length;
        const char *text = hf_import_records_get(&self->in, i, &length);
        if (!self->in.sent[i])
            continue;
        const HfImportMssqlType *type = &g_array_index(self->types, HfImportMssqlType, row.values->len);
        char *value = text != NULL ? hf_import_mssql_type_constant(type, text) : g_strdup("NULL");
        self->bytes += strlen(value);
        g_ptr_array_add(row.values, value);
    }
    g_array_append_val(self->rows, row);
}

/* ---- Refused rows --------------------------------------------------------------------------------------------------
 */

/* Not one of the connection, of a right, of space. */
static bool is_of_a_row(const GError *reason)
{
    return g_error_matches(reason, HF_ERROR, HF_ERROR_DATABASE) || g_error_matches(reason, HF_ERROR, HF_ERROR_CONFLICT);
}

static bool insert(Import *self, guint from, guint to, GError **error)
{
    g_autoptr(GString) sql = g_string_new(self->insert);
    for (guint i = from; i < to; i++) {
        const GPtrArray *values = g_array_index(self->rows, Row, i).values;
        for (guint v = 0; v < values->len; v++)
            g_string_append_printf(sql, "%s%s", v > 0 ? ", " : i > from ? ", (" : "(", (const char *)values->pdata[v]);
        g_string_append_c(sql, ')');
    }
    return hf_tds_exec(self->tds, sql->str, error);
}

/* The column whose value does not become one of its type; NULL: none alone. */
static const HfImportMatch *find_column(Import *self, const Row *row)
{
    for (guint i = 0; i < row->values->len; i++) {
        const HfImportMatch *match = self->result->matches->pdata[i];
        g_autoptr(GError) reason = NULL;
        const char *value = row->values->pdata[i];
        if (strcmp(value, "NULL") != 0 &&
            !hf_tds_execf(self->tds, &reason, "DECLARE @value %s = %s", match->type, value) && is_of_a_row(reason))
            return match;
    }
    return NULL;
}

/* The server's words end with what it was about. */
static bool tell_refused(Import *self, const Row *row, const GError *reason, GError **error)
{
    const HfImportMatch *match = find_column(self, row);
    return hf_import_fail_at(self->options, row->place, match != NULL ? match->from : NULL, reason->message, error);
}

static bool is_alive(Import *self, bool *alive, GError **error)
{
    g_autoptr(HfTdsRows) rows = hf_tds_query(self->tds, "SELECT XACT_STATE()", error);
    *alive = rows != NULL && hf_tds_rows_count(rows) > 0 && hf_tds_rows_int64(rows, 0, 0) == 1;
    return rows != NULL;
}

/* The transaction is gone, and with it the rows that others may refer to: only values can be tried now. */
static bool tell_value(Import *self, const GError *why, GError **error)
{
    for (guint i = 0; i < self->rows->len; i++) {
        const Row *row = &g_array_index(self->rows, Row, i);
        const HfImportMatch *match = find_column(self, row);
        if (match != NULL)
            return hf_import_fail_at(self->options, row->place, match->from, why->message, error);
    }
    const char *last = g_array_index(self->rows, Row, self->rows->len - 1).place;
    g_autofree char *place = g_strdup_printf("%s to %s", g_array_index(self->rows, Row, 0).place, last);
    return hf_import_fail_at(self->options, place, NULL, why->message, error);
}

/* Rows of the batch that are not in yet, in their order: each by itself. Those that go in leave. */
static bool try_each(Import *self, GArray *left, GError **reason)
{
    for (guint i = 0; i < left->len;) {
        guint row = g_array_index(left, guint, i);
        g_autoptr(GError) why = NULL;
        if (insert(self, row, row + 1, &why)) {
            g_array_remove_index(left, i);
            continue;
        }
        if (i == 0 || !is_of_a_row(why)) {
            g_clear_error(reason);
            *reason = g_steal_pointer(&why);
        }
        if (*reason == NULL || !is_of_a_row(*reason))
            return false;
        i++;
    }
    return true;
}

static bool find_refused(Import *self, const GError *why, GError **error)
{
    bool alive;
    g_autoptr(GError) reason = NULL;
    g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < self->rows->len; i++)
        g_array_append_val(left, i);
    for (guint before = left->len + 1; left->len > 0 && left->len < before;) {
        if (!is_alive(self, &alive, error))
            return false;
        if (!alive)
            return tell_value(self, why, error);
        before = left->len;
        if (!try_each(self, left, &reason)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
    }
    if (!is_alive(self, &alive, error))
        return false;
    if (!alive || left->len == 0)
        return tell_value(self, reason != NULL ? reason : why, error);
    return tell_refused(self, &g_array_index(self->rows, Row, g_array_index(left, guint, 0)), reason, error);
}

static bool load_rows(Import *self, GError **error)
{
    GError *reason = NULL;
    if (self->rows->len > 0 && !insert(self, 0, self->rows->len, &reason)) {
        if (!is_of_a_row(reason)) {
            g_propagate_error(error, reason);
            return false;
        }
        bool ok = find_refused(self, reason, error);
        g_error_free(reason);
        return ok;
    }
    self->result->rows += self->rows->len;
    hf_progress_lane_add(self->progress, 0, self->rows->len, self->bytes);
    g_array_set_size(self->rows, 0);
    self->bytes = 0;
    return hf_error_check_cancelled(self->cancellable, error);
}

static bool load_all(Import *self, GError **error)
{
    bool more = true;
    while (hf_import_records_next(&self->in, &more, error) && more) {
        const HfImportMatch *match;
        g_autofree char *wrong = judge(self, &match);
        if (wrong != NULL) /* if no line before it is */
            return load_rows(self, error) && hf_import_fail_at(self->options, self->in.record.place,
                                                               match != NULL ? match->from : NULL, wrong, error);
        add_row(self);
        if ((self->rows->len == BATCH_ROWS || self->bytes >= BATCH_BYTES) && !load_rows(self, error))
            return false;
    }
    return !more && load_rows(self, error);
}

/* ---- Preview -------------------------------------------------------------------------------------------------------
 */

/* The first rows as they are in the file, each value held against its type alone. */
static bool preview(Import *self, GError **error)
{
    bool more = true;
    for (guint n = 0; n < HF_IMPORT_PREVIEW_ROWS; n++) {
        if (!hf_import_records_next(&self->in, &more, error))
            return false;
        if (!more)
            return true;
        const HfImportMatch *match;
        g_autofree char *wrong = judge(self, &match);
        g_autofree char *line = hf_import_records_line(&self->in);
        g_array_set_size(self->rows, 0);
        if (wrong == NULL) {
            add_row(self);
            match = find_column(self, &g_array_index(self->rows, Row, 0));
        }
        if (wrong != NULL || match != NULL) {
            const HfImportWrong told = {.place = self->in.record.place,
                                        .column = match != NULL ? match->from : NULL,
                                        .reason = wrong != NULL ? wrong : "no value of its column's type",
                                        .line = line};
            self->result->wrong++;
            if (!self->options->on_wrong(&told, self->options->data, error))
                return false;
            continue;
        }
        GPtrArray *row = g_ptr_array_new_with_free_func(g_free);
        for (guint i = 0; i < self->in.fields; i++) {
            size_t length;
            if (self->in.sent[i])
                g_ptr_array_add(row, g_strdup(hf_import_records_get(&self->in, i, &length)));
        }
        g_ptr_array_add(self->result->preview, row);
    }
    return true;
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

/* Without an answer from the server nobody knows what became of it. */
static bool commit(Import *self, GError **error)
{
    hf_progress_set_phase(self->progress, "committing");
    if (self->options->before_commit != NULL && !self->options->before_commit(self->options->data, error))
        return false;
    if (hf_tds_exec(self->tds, "COMMIT TRANSACTION", error))
        return true;
    self->result->in_doubt = hf_tds_error_number(self->tds) == 0;
    if (self->result->in_doubt)
        g_prefix_error(error,
                       "no answer came to the COMMIT, so that either all rows are in %s or none; look there before you "
                       "import again: ",
                       self->result->table);
    else
        g_prefix_error(error, "nothing was imported: ");
    return false;
}

static bool load(Import *self, GError **error)
{
    if (self->identity && !hf_tds_execf(self->tds, error, "SET IDENTITY_INSERT %s ON", self->result->table))
        return false;
    return hf_tds_exec(self->tds, "SET XACT_ABORT OFF", error) && hf_tds_exec(self->tds, "BEGIN TRANSACTION", error) &&
           load_all(self, error) && commit(self, error);
}

static bool import_into(Import *self, GError **error)
{
    if (!find_table(self, error))
        return false;
    hf_progress_set_phase(self->progress, self->options->preview ? "previewing" : "importing");
    hf_progress_expect(self->progress, self->options->bytes);
    hf_progress_lane_begin(self->progress, 0, self->result->table, self->options->bytes);
    bool ok = self->options->preview ? preview(self, error) : load(self, error);
    hf_progress_lane_end(self->progress, 0);
    return ok;
}

bool hf_import_mssql(const HfImportOptions *options, const HfTdsTarget *target, HfProgress *progress,
                     GCancellable *cancellable, HfImportResult *result, GError **error)
{
    Import self = {.options = options, .progress = progress, .cancellable = cancellable, .result = result};
    self.types = g_array_new(FALSE, FALSE, sizeof(HfImportMssqlType));
    g_array_set_clear_func(self.types, clear_type);
    self.rows = g_array_new(FALSE, FALSE, sizeof(Row));
    g_array_set_clear_func(self.rows, clear_row);
    hf_progress_set_phase(progress, "preparing");
    bool ok = hf_import_records_open(&self.in, options, result, cancellable, error);
    self.tds = ok ? hf_tds_connect(target, cancellable, error) : NULL;
    ok = self.tds != NULL && import_into(&self, error);
    if (ok)
        hf_progress_finish(progress);
    if (self.tds != NULL)
        hf_tds_close(self.tds);
    hf_import_records_clear(&self.in);
    g_array_unref(self.types);
    g_array_unref(self.rows);
    g_free(self.insert);
    return ok;
}
