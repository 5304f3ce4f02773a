/*
 * Without a limit for wrong records the file is one COPY, as foreign keys of a table to itself need it. The server says
 * which line of the COPY it did not take; where that stands in the file is remembered only where records and lines do
 * not go in step.
 *
 * With a limit, and for a preview, records go in batches, each in a COPY under a savepoint. When a batch is refused,
 * what stands before the line that the server names is loaded again, that line is put aside, and the rest goes on;
 * where it names none (a foreign key is checked at the end), the batch is halved until one record is left.
 */
#include "service/import.h"

#include "base/error.h"
#include "engine/copy_text.h"
#include "service/import_match.h"
#include "service/import_records.h"

#include <string.h>

#define BATCH_BYTES ((gsize)256 << 10)
#define BATCH_ROWS 1000
#define MAX_PLACES 1000000

/* From this record on, records and lines go in step. */
typedef struct {
    uint64_t record, line;
    char *before; /* "line ", "sheet People, row " */
} Place;

/* One record of a batch. */
typedef struct {
    gsize start, end; /* in the lines for COPY */
    char *place, *line;
} Row;

typedef struct {
    const HfImportOptions *options;
    HfProgress *progress;
    GCancellable *cancellable;
    HfImportResult *result;
    HfPg *pg;
    HfImportRecords in;
    char *into;    /* the table that COPY loads */
    char *columns; /* quoted, with commas */
    GString *lines;
    GArray *places; /* Place: of the one COPY */
    GArray *rows;   /* Row: of a batch */
    Row odd;        /* the one after them, if its fields are too many or too few: that ends a batch */
    char *odd_why;  /* NULL: there is none */
} Import;

/* ---- Lines ---------------------------------------------------------------------------------------------------------
 */

/* Appends the record as a line of COPY's text format. */
static void append_line(Import *self)
{
    bool first = true;
    for (guint i = 0; i < self->in.fields; i++) {
        size_t length, start;
        const char *text = hf_import_records_get(&self->in, i, &length);
        if (!self->in.sent[i])
            continue;
        if (!first)
            g_string_append_c(self->lines, '\t');
        first = false;
        start = self->lines->len;
        if (text == NULL) {
            g_string_append(self->lines, "\\N");
        } else {
            g_string_append_len(self->lines, text, (gssize)length);
            hf_copy_text_escape(self->lines, start);
        }
    }
    g_string_append_c(self->lines, '\n');
}

static void count_progress(Import *self, uint64_t rows)
{
    hf_progress_lane_add(self->progress, 0, rows, self->lines->len);
    g_string_truncate(self->lines, 0);
}

/* ---- What the server says ------------------------------------------------------------------------------------------
 */

/* The SQLSTATE at its end says whether it is about the row. */
static bool is_of_a_row(const GError *reason)
{
    static const char *const classes[] = {"(22", "(23", "(44", "(P0"};
    const char *state = strrchr(reason->message, '(');
    for (size_t i = 0; state != NULL && i < G_N_ELEMENTS(classes); i++)
        if (g_str_has_prefix(state, classes[i]) && strlen(state) == 7)
            return true;
    return false;
}

/* "COPY people, line 3, column born: …": the line, 0 if it names none, and the file's column. */
static uint64_t find_line(const Import *self, const char *message, const char **column)
{
    const char *at = strstr(message, "; COPY ");
    const char *comma = at != NULL ? strstr(at, ", ") : NULL;
    uint64_t line = 0;
    *column = NULL;
    for (; comma != NULL && line == 0; comma = strstr(comma + 2, ", ")) { /* names may have commas */
        const char *digits = comma + strcspn(comma, "0123456789");
        char *end = NULL;
        line = g_ascii_strtoull(digits, &end, 10);
        const char *rest = g_str_has_prefix(end, ", ") ? strchr(end + 2, ' ') : NULL;
        for (guint i = 0; rest != NULL && i < self->result->matches->len; i++) {
            const HfImportMatch *match = self->result->matches->pdata[i];
            if (g_str_has_prefix(rest + 1, match->to) && rest[1 + strlen(match->to)] == ':')
                *column = match->from;
        }
    }
    return line;
}

/* What the server says, without who it is and where in the COPY. Transfer full. */
static char *words_of(const Import *self, const char *message)
{
    const char *who = hf_pg_target_describe(self->options->target);
    if (g_str_has_prefix(message, who) && g_str_has_prefix(message + strlen(who), ": "))
        message += strlen(who) + 2;
    const char *copy = strstr(message, "; COPY ");
    return copy != NULL ? g_strndup(message, (gsize)(copy - message)) : g_strdup(message);
}

/* ---- All at once ---------------------------------------------------------------------------------------------------
 */

static void clear_place(void *place)
{
    g_free(((Place *)place)->before);
}

static void remember_place(Import *self, uint64_t record)
{
    const char *text = self->in.record.place;
    gsize before = strlen(text);
    while (before > 0 && g_ascii_isdigit(text[before - 1]))
        before--;
    uint64_t line = g_ascii_strtoull(text + before, NULL, 10);
    const Place *last = self->places->len > 0 ? &g_array_index(self->places, Place, self->places->len - 1) : NULL;
    if ((last != NULL && line - last->line == record - last->record && strlen(last->before) == before &&
         strncmp(last->before, text, before) == 0) ||
        self->places->len == MAX_PLACES)
        return;
    Place place = {record, line, g_strndup(text, before)};
    g_array_append_val(self->places, place);
}

/* Transfer full. */
static char *place_of(const Import *self, uint64_t record)
{
    guint i = self->places->len;
    while (i > 0 && g_array_index(self->places, Place, i - 1).record > record)
        i--;
    if (i == 0 || (self->places->len == MAX_PLACES && i == MAX_PLACES))
        return g_strdup_printf("record %" G_GUINT64_FORMAT, record);
    const Place *place = &g_array_index(self->places, Place, i - 1);
    return g_strdup_printf("%s%" G_GUINT64_FORMAT, place->before, place->line + record - place->record);
}

static bool send_all(Import *self, GError **error)
{
    bool more = true;
    uint64_t record = 0, counted = 0;
    while (hf_import_records_next(&self->in, &more, error) && more) {
        g_autofree char *wrong = hf_import_records_wrong_count(&self->in);
        if (wrong != NULL)
            return hf_import_fail_at(self->options, self->in.record.place, NULL, wrong, error);
        remember_place(self, ++record);
        append_line(self);
        if (self->lines->len < BATCH_BYTES)
            continue;
        if (!hf_pg_copy_in_write(self->pg, self->lines->str, self->lines->len, error))
            return false;
        count_progress(self, record - counted);
        counted = record;
        if (!hf_error_check_cancelled(self->cancellable, error))
            return false;
    }
    if (more || !hf_pg_copy_in_write(self->pg, self->lines->str, self->lines->len, error))
        return false;
    count_progress(self, record - counted);
    return hf_pg_copy_in_end(self->pg, &self->result->rows, error);
}

static bool copy_all(Import *self, GError **error)
{
    GError *reason = NULL;
    g_autofree char *sql = g_strdup_printf("COPY %s (%s) FROM STDIN", self->into, self->columns);
    if (!hf_pg_copy_in_begin(self->pg, sql, error))
        return false;
    if (send_all(self, &reason))
        return true;
    if (reason->domain != HF_ERROR || !is_of_a_row(reason)) {
        g_propagate_error(error, reason);
        return false;
    }
    const char *column;
    uint64_t line = find_line(self, reason->message, &column);
    g_autofree char *place = line > 0 ? place_of(self, line) : g_strdup("some line");
    g_autofree char *words = words_of(self, reason->message);
    g_error_free(reason);
    return hf_import_fail_at(self->options, place, column, words, error);
}

/* ---- In batches ----------------------------------------------------------------------------------------------------
 */

static void clear_row(void *data)
{
    Row *row = data;
    g_free(row->place);
    g_free(row->line);
}

static void clear_odd(Import *self)
{
    clear_row(&self->odd);
    self->odd = (Row){0};
    g_clear_pointer(&self->odd_why, g_free);
}

static bool put_aside(Import *self, const char *place, const char *line, const char *column, const char *reason,
                      GError **error)
{
    const HfImportWrong wrong = {.place = place, .column = column, .reason = reason, .line = line};
    if (++self->result->wrong > self->options->wrong_limit) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                    "%s: more than %" G_GUINT64_FORMAT " lines are wrong (%s%s%s: %s); nothing was imported",
                    self->options->label, self->options->wrong_limit, place, column != NULL ? ", column " : "",
                    column != NULL ? column : "", reason);
        return false;
    }
    return self->options->on_wrong(&wrong, self->options->data, error);
}

static const Row *row_at(const Import *self, guint i)
{
    return &g_array_index(self->rows, Row, i);
}

/* Rows [from, to) under a savepoint. */
static bool copy_range(Import *self, guint from, guint to, GError **error)
{
    uint64_t rows;
    g_autofree char *sql = g_strdup_printf("COPY %s (%s) FROM STDIN", self->into, self->columns);
    gsize start = row_at(self, from)->start, end = row_at(self, to - 1)->end;
    return hf_pg_exec(self->pg, "SAVEPOINT batch", error) && hf_pg_copy_in_begin(self->pg, sql, error) &&
           hf_pg_copy_in_write(self->pg, self->lines->str + start, end - start, error) &&
           hf_pg_copy_in_end(self->pg, &rows, error) && hf_pg_exec(self->pg, "RELEASE SAVEPOINT batch", error);
}

static bool load_range(Import *self, guint from, guint to, GError **error)
{
    while (from < to) {
        GError *reason = NULL;
        if (copy_range(self, from, to, &reason)) {
            self->result->rows += to - from;
            return true;
        }
        if (!is_of_a_row(reason)) {
            g_propagate_error(error, reason);
            return false;
        }
        const char *column;
        uint64_t line = find_line(self, reason->message, &column);
        bool alone = to - from == 1, known = alone || (line > 0 && line <= to - from);
        guint wrong = known ? from + (alone ? 0 : (guint)line - 1) : from + (to - from) / 2;
        g_autofree char *words = words_of(self, reason->message);
        g_error_free(reason);
        if (!hf_pg_exec(self->pg, "ROLLBACK TO SAVEPOINT batch; RELEASE SAVEPOINT batch", error) ||
            !load_range(self, from, wrong, error))
            return false;
        if (known && !put_aside(self, row_at(self, wrong)->place, row_at(self, wrong)->line, column, words, error))
            return false;
        from = wrong + known;
    }
    return true;
}

static bool read_batch(Import *self, guint max_rows, bool *more, GError **error)
{
    g_array_set_size(self->rows, 0);
    while (self->rows->len < max_rows && self->lines->len < BATCH_BYTES && self->odd_why == NULL) {
        if (!hf_import_records_next(&self->in, more, error))
            return false;
        if (!*more)
            return true;
        Row row = {.start = self->lines->len,
                   .place = g_strdup(self->in.record.place),
                   .line = hf_import_records_line(&self->in)};
        self->odd_why = hf_import_records_wrong_count(&self->in);
        if (self->odd_why != NULL) {
            self->odd = row;
            return true;
        }
        append_line(self);
        row.end = self->lines->len;
        g_array_append_val(self->rows, row);
    }
    return true;
}

static bool load_batch(Import *self, GError **error)
{
    if (!load_range(self, 0, self->rows->len, error) ||
        (self->odd_why != NULL && !put_aside(self, self->odd.place, self->odd.line, NULL, self->odd_why, error)))
        return false;
    clear_odd(self);
    return true;
}

static bool copy_batches(Import *self, GError **error)
{
    for (bool more = true; more;) {
        if (!read_batch(self, BATCH_ROWS, &more, error) || !load_batch(self, error))
            return false;
        count_progress(self, self->rows->len);
        if (!hf_error_check_cancelled(self->cancellable, error))
            return false;
    }
    return true;
}

/* ---- Preview -------------------------------------------------------------------------------------------------------
 */

/* In a temporary table with the columns of the real one, which has nothing else of it. */
static bool preview(Import *self, GError **error)
{
    bool more = true;
    g_autoptr(GString) texts = g_string_new(NULL);
    if (!hf_pg_execf(self->pg, error,
                     "CREATE TEMPORARY TABLE holdfast_preview ON COMMIT DROP AS SELECT %s FROM %s WITH NO DATA",
                     self->columns, self->into))
        return false;
    g_free(self->into);
    self->into = g_strdup("pg_temp.holdfast_preview");
    if (!read_batch(self, HF_IMPORT_PREVIEW_ROWS, &more, error) || !load_batch(self, error))
        return false;
    for (guint i = 0; i < self->result->matches->len; i++) {
        const HfImportMatch *match = self->result->matches->pdata[i];
        g_autofree char *name = hf_pg_quote_ident(match->to);
        g_string_append_printf(texts, "%s%s::pg_catalog.text", i > 0 ? ", " : "", name);
    }
    g_autofree char *sql = g_strdup_printf("SELECT %s FROM %s", texts->str, self->into);
    g_autoptr(HfPgRows) rows = hf_pg_query(self->pg, sql, NULL, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        GPtrArray *row = g_ptr_array_new_with_free_func(g_free);
        for (guint c = 0; c < self->result->matches->len; c++)
            g_ptr_array_add(row, g_strdup(hf_pg_rows_text(rows, i, (int)c)));
        g_ptr_array_add(self->result->preview, row);
    }
    return rows != NULL;
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool commit(Import *self, GError **error)
{
    bool *in_doubt = &self->result->in_doubt;
    hf_progress_set_phase(self->progress, "committing");
    if (self->options->before_commit != NULL && !self->options->before_commit(self->options->data, error))
        return false;
    if (hf_pg_commit(self->pg, in_doubt, error))
        return true;
    g_prefix_error(error, "%s",
                   *in_doubt ? "no answer came to the COMMIT; look whether the rows are there: "
                             : "nothing was imported: ");
    return false;
}

static bool load(Import *self, GError **error)
{
    hf_progress_set_phase(self->progress, self->options->preview ? "previewing" : "importing");
    hf_progress_expect(self->progress, self->options->bytes);
    hf_progress_lane_begin(self->progress, 0, self->result->table, self->options->bytes);
    const char *begin = self->options->no_warnings ? "BEGIN; SET LOCAL client_min_messages TO error" : "BEGIN";
    bool ok = hf_pg_exec(self->pg, begin, error) && (self->options->preview           ? preview(self, error)
                                                     : self->options->wrong_limit > 0 ? copy_batches(self, error)
                                                                                      : copy_all(self, error));
    hf_progress_lane_end(self->progress, 0);
    return ok && (self->options->preview ? hf_pg_exec(self->pg, "ROLLBACK", error) : commit(self, error));
}

static bool import_into(Import *self, GError **error)
{
    g_autoptr(GPtrArray) columns = NULL;
    g_autoptr(GString) list = g_string_new(NULL);
    if (!hf_import_find_table(self->pg, self->options->table, &self->result->table, &columns, error) ||
        !hf_import_records_match(&self->in, columns, error))
        return false;
    for (guint i = 0; i < self->result->matches->len; i++) {
        g_autofree char *name = hf_pg_quote_ident(((const HfImportMatch *)self->result->matches->pdata[i])->to);
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", name);
    }
    self->columns = g_strdup(list->str);
    self->into = g_strdup(self->result->table);
    return load(self, error);
}

bool hf_import(const HfImportOptions *options, HfProgress *progress, GCancellable *cancellable, HfImportResult *result,
               GError **error)
{
    Import self = {.options = options, .progress = progress, .cancellable = cancellable, .result = result};
    hf_progress_set_phase(progress, "preparing");
    self.lines = g_string_new(NULL);
    self.places = g_array_new(FALSE, FALSE, sizeof(Place));
    g_array_set_clear_func(self.places, clear_place);
    self.rows = g_array_new(FALSE, FALSE, sizeof(Row));
    g_array_set_clear_func(self.rows, clear_row);
    bool ok = hf_import_records_open(&self.in, options, result, cancellable, error);
    self.pg = ok ? hf_pg_connect(options->target, cancellable, error) : NULL;
    ok = self.pg != NULL && import_into(&self, error);
    if (ok)
        hf_progress_finish(progress);
    hf_pg_close(self.pg);
    hf_import_records_clear(&self.in);
    clear_odd(&self);
    g_array_unref(self.rows);
    g_array_unref(self.places);
    g_string_free(self.lines, TRUE);
    g_free(self.columns);
    g_free(self.into);
    return ok;
}
