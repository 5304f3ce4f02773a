#include "service/assess.h"

#include "base/units.h"
#include "engine/ends/mssql_encryption.h"
#include "engine/ends/postgres_awkward.h"

#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<style>\n"
    "body { font: 15px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 70rem; margin: 2rem "
    "auto; "
    "padding: 0 1rem }\n"
    "h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem }\n"
    "table { border-collapse: collapse; width: 100% }\n"
    "th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ddd; "
    "overflow-wrap: anywhere }\n"
    "td.number, th.number { text-align: right } td.number { white-space: nowrap }\n"
    "pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f5f5f5; padding: .6rem; margin: .3rem 0; "
    "font-size: .85rem }\n"
    "th { overflow-wrap: normal } td.same, td.changed, td.left { white-space: nowrap }\n"
    "td.digest { font: .8rem/1.9 monospace }\n"
    ".same { color: #14652b } .changed { color: #7a4d00 } .left { color: #a31515 }\n"
    "@media (max-width: 40rem) { body { margin: 1rem auto } th, td { padding: .25rem .2rem; font-size: .8rem } "
    "td.digest { font-size: .65rem } }\n"
    "@media print { body { margin: 0; max-width: none } tr { break-inside: avoid } pre { background: none } "
    "details { display: none } }\n"
    "</style>\n";

static const char *const classes[] = {"same", "changed", "left"};

/* Text for a page: what would move or hide others is shown as a question mark. */
void hf_html_append_text(GString *html, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    for (char *c = valid; *c != '\0'; c++)
        if (((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
            *c = '?';
    g_autofree char *escaped = g_markup_escape_text(valid, -1);
    g_string_append(html, escaped);
}

static void append_cell(GString *html, const char *text)
{
    g_string_append(html, "<td>");
    hf_html_append_text(html, text);
    g_string_append(html, "</td>");
}

static void append_number(GString *html, const char *text)
{
    g_string_append_printf(html, "<td class=\"number\">%s</td>", text);
}

static char *name_of(const HfNeutralTable *table)
{
    return g_strconcat(table->schema, ".", table->name, NULL);
}

/* ---- Sections ------------------------------------------------------------------------------------------------------
 */

static void append_summary(GString *html, const HfAssessment *self)
{
    g_autofree char *rows = hf_format_count(self->rows);
    g_autofree char *bytes = hf_format_bytes(self->bytes);
    g_autofree char *time = hf_format_duration(self->estimated_s);
    g_string_append(html, "<title>");
    hf_html_append_text(html, self->model->database);
    g_string_append(html, " to SQL Server</title>\n</head>\n<body>\n<h1>");
    hf_html_append_text(html, self->model->database);
    g_string_append(html, " to SQL Server</h1>\n<p>");
    hf_html_append_text(html, self->model->source);
    g_string_append_printf(html, ": %u tables, %s rows, %s; their rows take about %s.</p>\n<p>",
                           self->model->tables->len, rows, bytes, time);
    for (HfVerdict verdict = HF_VERDICT_SAME; verdict <= HF_VERDICT_LEFT; verdict++)
        g_string_append_printf(html, "%s<strong class=\"%s\">%u %s</strong>", verdict > 0 ? " · " : "",
                               classes[verdict], hf_mssql_plan_count(self->plan, verdict), hf_verdict_name(verdict));
    g_string_append(html, "</p>\n");
}

static void append_findings(GString *html, const HfAssessment *self)
{
    g_string_append(html, "<h2>Values that SQL Server does not take as they are</h2>\n");
    if (self->findings->len == 0) {
        g_string_append(html, "<p>None.</p>\n");
        return;
    }
    g_string_append(html, "<table><thead><tr><th>What</th><th>Where</th><th class=\"number\">Rows</th>"
                          "<th>Keys of such rows</th><th>Choice</th></tr></thead><tbody>\n");
    for (guint i = 0; i < self->findings->len; i++) {
        const HfAwkwardFinding *finding = self->findings->pdata[i];
        g_autofree char *table = name_of(finding->table);
        const char *inner = finding->column != NULL ? finding->column->name : finding->key;
        g_autofree char *where = inner != NULL ? g_strdup_printf("%s: %s", table, inner) : g_strdup(table);
        g_autofree char *rows = hf_format_count(finding->rows);
        g_autofree char *keys =
            g_strdup_printf("%s%s%s", finding->first != NULL ? finding->first : "", finding->last != NULL ? " … " : "",
                            finding->last != NULL ? finding->last : "");
        const char *choice = hf_assessment_choice(self, finding);
        g_string_append(html, "<tr>");
        append_cell(html, finding->kind);
        append_cell(html, where);
        append_number(html, rows);
        append_cell(html, keys);
        append_cell(html, choice != NULL ? choice : "");
        g_string_append(html, "</tr>\n");
    }
    g_string_append(html, "</tbody></table>\n");
}

static void append_object(GString *html, const HfMssqlObject *object)
{
    g_string_append_printf(html, "<tr><td class=\"%s\">%s</td>", classes[object->verdict],
                           hf_verdict_name(object->verdict));
    append_cell(html, object->kind);
    append_cell(html, object->name);
    g_string_append(html, "<td>");
    for (guint i = 0; i < object->notes->len; i++) {
        g_string_append(html, i > 0 ? "<br>" : "");
        hf_html_append_text(html, object->notes->pdata[i]);
    }
    if (object->verdict == HF_VERDICT_LEFT && object->source != NULL && *object->source != '\0') {
        g_string_append(html, "<pre>");
        hf_html_append_text(html, object->source);
        g_string_append(html, "</pre>");
    }
    g_string_append(html, "</td></tr>\n");
}

/* What needs attention comes first. */
static void append_objects(GString *html, const HfAssessment *self)
{
    g_string_append(html, "<h2>Objects</h2>\n<table><thead><tr><th>Verdict</th><th>Kind</th><th>Name</th><th>Notes</th>"
                          "</tr></thead><tbody>\n");
    for (int verdict = HF_VERDICT_LEFT; verdict >= HF_VERDICT_SAME; verdict--)
        for (guint i = 0; i < self->plan->objects->len; i++) {
            const HfMssqlObject *object = self->plan->objects->pdata[i];
            if ((int)object->verdict == verdict)
                append_object(html, object);
        }
    g_string_append(html, "</tbody></table>\n");
}

static void append_tables(GString *html, const HfAssessment *self)
{
    g_string_append(html, "<h2>Tables</h2>\n<table><thead><tr><th>Table</th><th class=\"number\">Rows</th>"
                          "<th class=\"number\">Size</th></tr></thead><tbody>\n");
    for (guint i = 0; i < self->model->tables->len; i++) {
        const HfNeutralTable *table = self->model->tables->pdata[i];
        g_autofree char *name = name_of(table);
        g_autofree char *rows = hf_format_count((uint64_t)table->rows);
        g_autofree char *bytes = hf_format_bytes((uint64_t)table->bytes);
        g_string_append(html, "<tr>");
        append_cell(html, name);
        append_number(html, rows);
        append_number(html, bytes);
        g_string_append(html, "</tr>\n");
    }
    g_string_append(html, "</tbody></table>\n");
}

static void append_encryption(GString *html, const HfAssessment *self)
{
    const HfMssqlPlan *plan = self->plan;
    if (plan->key == NULL)
        return;
    g_autofree char *open = hf_mssql_key_open_sql(plan->key), *close = hf_mssql_key_close_sql(plan->key);
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_append_printf(sql, "%s;\n", open);
    for (guint i = 0; i < plan->tables->len; i++) {
        const HfMssqlTable *table = plan->tables->pdata[i];
        if (table->view != NULL)
            g_string_append_printf(sql, "SELECT * FROM %s;\n", table->view);
    }
    g_string_append_printf(sql, "%s;", close);
    g_string_append(html, "<h2>Encrypted columns</h2>\n<p>Who may use the key and its certificate reads them so; all "
                          "others see NULL.</p>\n<pre>");
    hf_html_append_text(html, sql->str);
    g_string_append(html, "</pre>\n");
}

static void append_columns(GString *html, const HfAssessment *self)
{
    g_string_append(html, "<h2>Columns</h2>\n<table><thead><tr><th>Table</th><th>Column</th><th>PostgreSQL</th>"
                          "<th>SQL Server</th><th>Note</th></tr></thead><tbody>\n");
    for (guint i = 0; i < self->plan->columns->len; i++) {
        const HfMssqlColumn *column = self->plan->columns->pdata[i];
        g_autofree char *name = name_of(column->table);
        g_string_append(html, "<tr>");
        append_cell(html, name);
        append_cell(html, column->column->name);
        append_cell(html, column->column->type.source);
        g_autofree char *there = g_strconcat(column->type, column->encrypted ? ", encrypted" : "", NULL);
        append_cell(html, there);
        append_cell(html, column->note != NULL ? column->note : "");
        g_string_append(html, "</tr>\n");
    }
    g_string_append(html, "</tbody></table>\n");
}

char *hf_assessment_html(const HfAssessment *self)
{
    return hf_assessment_html_with(self, "");
}

char *hf_assessment_html_with(const HfAssessment *self, const char *outcome)
{
    GString *html = g_string_new(head);
    g_autofree char *script = hf_mssql_plan_script(self->plan, self->model);
    append_summary(html, self);
    g_string_append(html, outcome);
    append_findings(html, self);
    append_objects(html, self);
    append_encryption(html, self);
    append_tables(html, self);
    append_columns(html, self);
    g_string_append(html, "<details><summary>The T-SQL script</summary><pre>");
    hf_html_append_text(html, script);
    g_string_append(html, "</pre></details>\n</body>\n</html>\n");
    return g_string_free(html, FALSE);
}
